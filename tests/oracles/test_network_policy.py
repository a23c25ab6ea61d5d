"""The oracle itself: truth tables from Kubernetes' documentation, and what holds for every cluster."""

from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from .clusters import SPACES, clusters, probes, rules
from .endpoints import Manifest, namespace
from .many import many
from .network_policy import allowed

PORTS = "[{name: web, containerPort: 80}, {name: web, containerPort: 81, protocol: UDP}, {name: sip, containerPort: 81, protocol: SCTP}]"
CLUSTER = """
{apiVersion: v1, kind: Namespace, metadata: {name: x, labels: {ns: x, team: one}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: y, labels: {ns: y, team: one}}}
""" + "".join(
    f"""---
apiVersion: v1
kind: Pod
metadata: {{namespace: {space}, name: {name}, labels: {{pod: {name}, tier: {tier}}}}}
spec: {{hostNetwork: {str(name == "h").lower()}, containers: [{{name: c, ports: {PORTS}}}]}}
"""
    for space in ("x", "y", "z")
    for name, tier in (("a", "front"), ("b", "back"), ("h", "front"))
)
"""Two labelled namespaces and one, z, that only its pods name; pods a and b in each, and h on the host's network."""

ALL, IN, OUT = "Ingress, Egress", "Ingress", "Egress"
FRONT = "{podSelector: {matchLabels: {tier: front}}}"
TEAM = "{namespaceSelector: {matchLabels: {team: one}}}"
LAN = "{ipBlock: {cidr: 172.17.0.0/16, except: [172.17.1.0/24]}}"


def into(rules: str, chosen: str = "{}") -> str:
    """A policy in x on what comes in."""
    return f"{{podSelector: {chosen}, policyTypes: [Ingress], ingress: {rules}}}"


def out(rules: str, chosen: str = "{}") -> str:
    """A policy in x on what goes out."""
    return f"{{podSelector: {chosen}, policyTypes: [Egress], egress: {rules}}}"


def source(expressions: str) -> str:
    """A policy in x that lets pods of any namespace in, by expressions on their labels."""
    return into(f"[{{from: [{{namespaceSelector: {{}}, podSelector: {{matchExpressions: [{expressions}]}}}}]}}]")


DOCUMENTED = (
    "{podSelector: {matchLabels: {tier: back}}, policyTypes: [Ingress, Egress], "
    f"ingress: [{{from: [{LAN}, {TEAM}, {FRONT}], ports: [{{protocol: TCP, port: 80}}]}}], "
    "egress: [{to: [{ipBlock: {cidr: 10.0.0.0/24}}], ports: [{protocol: TCP, port: 81}]}]}"
)
AND = "[{from: [{namespaceSelector: {matchLabels: {ns: y}}, podSelector: {matchLabels: {pod: a}}}]}]"
OR = "[{from: [{namespaceSelector: {matchLabels: {ns: y}}}, {podSelector: {matchLabels: {pod: a}}}]}]"
NEVER = into("[{from: [{ipBlock: {cidr: 8.8.8.0/24, except: [8.8.8.0/25]}}, {ipBlock: {cidr: 8.8.8.8/32}}]}]")
SIX = into("[{from: [{ipBlock: {cidr: '2001:4860::/32', except: ['2001:4860:1::/48']}}]}]")
NAME = "kubernetes.io/metadata.name"

# What is asked, and what the answer must be: policies in x; source > destination:port/protocol; allowed.
TABLE: list[tuple[str, str, bool]] = [
    # no policy, and policies that isolate one direction or both
    ("", "y/a > x/a:80/TCP", True),
    ("", "1.1.1.1 > x/a:80/SCTP", True),
    ("{podSelector: {}, policyTypes: [Ingress]}", "y/a > x/a:80/TCP", False),
    ("{podSelector: {}, policyTypes: [Ingress]}", "x/b > x/a:80/TCP", False),
    ("{podSelector: {}, policyTypes: [Ingress]}", "x/a > y/a:80/TCP", True),
    ("{podSelector: {}, policyTypes: [Egress]}", "x/a > y/a:80/TCP", False),
    ("{podSelector: {}, policyTypes: [Egress]}", "y/a > x/a:80/TCP", True),
    (f"{{podSelector: {{}}, policyTypes: [{ALL}]}}", "x/a > internet:443/TCP", False),
    (f"{{podSelector: {{}}, policyTypes: [{ALL}]}}", "x/a > x/a:80/TCP", True),
    (f"{{podSelector: {{}}, policyTypes: [{ALL}]}}", "y/a > y/b:80/TCP", True),
    # policyTypes by default: Ingress always, Egress where there is an egress rule
    ("{}", "y/a > x/a:80/TCP", False),
    ("{}", "x/a > y/a:80/TCP", True),
    ("{egress: []}", "x/a > y/a:80/TCP", True),
    ("{policyTypes: [], egress: [{ports: [{port: 443}]}]}", "x/a > y/a:80/TCP", False),
    ("{policyTypes: [], egress: [{ports: [{port: 443}]}]}", "x/a > y/a:443/TCP", True),
    ("{policyTypes: null, egress: [{}]}", "y/a > x/a:80/TCP", False),
    ("{policyTypes: [Ingress], egress: [{ports: [{port: 443}]}], ingress: [{}]}", "x/a > y/a:80/TCP", True),
    ("{policyTypes: [Egress], ingress: [{ports: [{port: 443}]}]}", "y/a > x/a:80/TCP", True),
    # empty and missing lists of rules, of peers, of ports
    (into("[]"), "y/a > x/a:80/TCP", False),
    (into("null"), "y/a > x/a:80/TCP", False),
    (into("[{}]"), "9.9.9.9 > x/a:80/SCTP", True),
    (into("[{from: [], ports: []}]"), "z/a > x/a:80/UDP", True),
    (into("[{from: null, ports: [{port: 80}]}]"), "z/a > x/a:80/TCP", True),
    (into("[{from: null, ports: [{port: 80}]}]"), "z/a > x/a:81/TCP", False),
    # policies add up; they select in their own namespace only
    (f"{into('[]')};{into('[{}]')}", "y/a > x/a:80/TCP", True),
    (into("[]", "{matchLabels: {pod: a}}"), "y/a > x/b:80/TCP", True),
    (into("[]", "{matchLabels: {pod: a}}"), "y/b > x/a:80/TCP", False),
    (into("[]", "{matchLabels: {pod: a}}"), "x/b > y/a:80/TCP", True),
    # both sides must agree
    (f"{into('[{}]')};{out('[]')}", "x/b > x/a:80/TCP", False),
    (f"{into('[]')};{out('[{}]')}", "x/b > x/a:80/TCP", False),
    (f"{into('[{}]')};{out('[{}]')}", "x/b > x/a:80/TCP", True),
    # peers: pods here, namespaces, both in one item, in two items
    (into(f"[{{from: [{FRONT}]}}]"), "x/a > x/b:80/TCP", True),
    (into(f"[{{from: [{FRONT}]}}]"), "y/a > x/b:80/TCP", False),
    (into(f"[{{from: [{FRONT}]}}]"), "x/b > x/a:80/TCP", False),
    (into("[{from: [{podSelector: {}}]}]"), "x/b > x/a:80/TCP", True),
    (into("[{from: [{podSelector: {}}]}]"), "y/b > x/a:80/TCP", False),
    (into("[{from: [{podSelector: {}}]}]"), "8.8.8.8 > x/a:80/TCP", False),
    (into("[{from: [{namespaceSelector: {}}]}]"), "z/b > x/a:80/TCP", True),
    (into("[{from: [{namespaceSelector: {}}]}]"), "internet > x/a:80/TCP", False),
    (into(f"[{{from: [{TEAM}]}}]"), "y/b > x/a:80/TCP", True),
    (into(f"[{{from: [{TEAM}]}}]"), "z/b > x/a:80/TCP", False),
    (into(AND), "y/a > x/b:80/TCP", True),
    (into(AND), "y/b > x/b:80/TCP", False),
    (into(AND), "x/a > x/b:80/TCP", False),
    (into(OR), "y/b > x/b:80/TCP", True),
    (into(OR), "x/a > x/b:80/TCP", True),
    (into(OR), "z/a > x/b:80/TCP", False),
    (into(f"[{{from: [{{namespaceSelector: {{matchLabels: {{{NAME}: z}}}}}}]}}]"), "z/a > x/a:80/TCP", True),
    (into(f"[{{from: [{{namespaceSelector: {{matchLabels: {{{NAME}: z}}}}}}]}}]"), "y/a > x/a:80/TCP", False),
    (
        into("[{from: [{namespaceSelector: {matchExpressions: [{key: ns, operator: DoesNotExist}]}}]}]"),
        "z/a > x/a:80/TCP",
        True,
    ),
    (out("[{to: [{podSelector: {matchLabels: {pod: b}}}]}]"), "x/a > x/b:80/TCP", True),
    (out("[{to: [{podSelector: {matchLabels: {pod: b}}}]}]"), "x/a > y/b:80/TCP", False),
    # expressions: a key that is not there is not in any list
    (source("{key: pod, operator: In, values: [a, c]}"), "y/a > x/b:80/TCP", True),
    (source("{key: pod, operator: In, values: [a, c]}"), "y/b > x/a:80/TCP", False),
    (source("{key: pod, operator: NotIn, values: [a]}"), "y/a > x/b:80/TCP", False),
    (source("{key: pod, operator: NotIn, values: [a]}"), "y/b > x/a:80/TCP", True),
    (source("{key: absent, operator: NotIn, values: [a]}"), "y/a > x/b:80/TCP", True),
    (source("{key: absent, operator: In, values: [a]}"), "y/a > x/b:80/TCP", False),
    (source("{key: tier, operator: Exists}"), "y/a > x/b:80/TCP", True),
    (source("{key: tier, operator: DoesNotExist}"), "y/a > x/b:80/TCP", False),
    (source("{key: tier, operator: Exists}, {key: pod, operator: In, values: [b]}"), "y/a > x/b:80/TCP", False),
    # ports: TCP where no protocol is given, names by protocol, ranges
    (into("[{ports: [{port: 80}]}]"), "y/a > x/a:80/UDP", False),
    (into("[{ports: [{protocol: UDP}]}]"), "y/a > x/a:5353/UDP", True),
    (into("[{ports: [{protocol: UDP}]}]"), "y/a > x/a:5353/TCP", False),
    (into("[{ports: [{}]}]"), "y/a > x/a:5353/TCP", True),
    (into("[{ports: [{}]}]"), "y/a > x/a:5353/SCTP", False),
    (into("[{ports: [{port: 80, endPort: 90}]}]"), "y/a > x/a:90/TCP", True),
    (into("[{ports: [{port: 80, endPort: 90}]}]"), "y/a > x/a:91/TCP", False),
    (into("[{ports: [{port: 80, endPort: 90}]}]"), "y/a > x/a:79/TCP", False),
    (into("[{ports: [{port: web}]}]"), "y/a > x/a:80/TCP", True),
    (into("[{ports: [{port: web}]}]"), "y/a > x/a:81/UDP", False),
    (into("[{ports: [{port: web, protocol: UDP}]}]"), "y/a > x/a:81/UDP", True),
    (into("[{ports: [{port: web, protocol: UDP}]}]"), "y/a > x/a:80/UDP", False),
    (into("[{ports: [{port: sip, protocol: SCTP}]}]"), "y/a > x/a:81/SCTP", True),
    (into("[{ports: [{port: nobody}]}]"), "y/a > x/a:80/TCP", False),
    (into("[{ports: [{port: 443}, {port: web}]}]"), "y/a > x/a:80/TCP", True),
    (out("[{ports: [{port: web}]}]"), "x/a > y/a:80/TCP", True),
    (out("[{ports: [{port: web}]}]"), "x/a > 8.8.8.8:80/TCP", False),
    # ranges of addresses: an exception holds inside its own item only
    (into(f"[{{from: [{LAN}]}}]"), "172.17.0.9 > x/a:80/TCP", True),
    (into(f"[{{from: [{LAN}]}}]"), "172.17.1.9 > x/a:80/TCP", False),
    (into(f"[{{from: [{LAN}]}}]"), "172.18.0.1 > x/a:80/TCP", False),
    (into(f"[{{from: [{LAN}]}}]"), "2001:4860::1 > x/a:80/TCP", False),
    (NEVER, "8.8.8.8 > x/a:80/TCP", True),
    (NEVER, "8.8.8.9 > x/a:80/TCP", False),
    (NEVER, "8.8.8.200 > x/a:80/TCP", True),
    (SIX, "2001:4860::1 > x/a:80/TCP", True),
    (SIX, "2001:4860:1::1 > x/a:80/TCP", False),
    (SIX, "8.8.8.8 > x/a:80/TCP", False),
    (out("[{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]"), "x/a > 2001:4860::1:443/TCP", False),
    (out("[{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]"), "x/a > internet:443/TCP", True),
    (out("[{to: [{ipBlock: {cidr: '::/0'}}]}]"), "x/a > internet:443/TCP", True),
    (out("[{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]"), "x/a > internet:443/TCP", False),
    (out("[{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [0.0.0.0/1, 128.0.0.0/1]}}]}]"), "x/a > internet:443/TCP", False),
    (out("[{to: [{ipBlock: {cidr: 8.8.8.8/32}}]}]"), "x/a > internet:443/TCP", True),
    (out("[{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]"), "x/a > y/a:443/TCP", False),
    # the host's network is its node's: outside policies
    (into("[]"), "y/a > x/h:80/TCP", True),
    (out("[]"), "x/h > y/a:80/TCP", True),
    (into("[]"), "y/h > x/a:80/TCP", True),
    # the example of the documentation
    (DOCUMENTED, "172.17.0.1 > x/b:80/TCP", True),
    (DOCUMENTED, "172.17.1.1 > x/b:80/TCP", False),
    (DOCUMENTED, "y/b > x/b:80/TCP", True),
    (DOCUMENTED, "x/a > x/b:80/TCP", True),
    (DOCUMENTED, "z/a > x/b:80/TCP", False),
    (DOCUMENTED, "x/a > x/b:81/TCP", False),
    (DOCUMENTED, "x/b > 10.0.0.9:81/TCP", True),
    (DOCUMENTED, "x/b > 10.0.1.9:81/TCP", False),
    (DOCUMENTED, "z/a > x/a:80/TCP", True),
]


def _policy(spec: Manifest, name: str = "p", space: str = "x") -> Manifest:
    metadata = {"name": name, "namespace": space}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


def _objects(policies: str) -> list[Manifest]:
    specs = [yaml.safe_load(text) for text in policies.split(";") if text]
    return [*yaml.safe_load_all(CLUSTER), *(_policy(spec, f"p{index}") for index, spec in enumerate(specs))]


def _end(objects: list[Manifest], text: str) -> Any:
    pods = {f"{namespace(each)}/{each['metadata']['name']}": each for each in objects if each["kind"] == "Pod"}
    return pods.get(text, text)


def asked(policies: str, packet: str) -> tuple[list[Manifest], Any, Any, str, int]:
    """A row of the table as the oracle is asked."""
    objects, (start, rest) = _objects(policies), packet.split(" > ")
    target, service = rest.rsplit(":", 1)
    port, protocol = service.split("/")
    return objects, _end(objects, start), _end(objects, target), protocol, int(port)


@pytest.mark.parametrize(("policies", "packet", "expected"), TABLE)
def test_truth(policies: str, packet: str, expected: bool) -> None:
    assert allowed(*asked(policies, packet)) is expected


SIDE = {"initContainers": [{"name": "s", "restartPolicy": "Always", "ports": [{"name": "late", "containerPort": 99}]}]}


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("Deployment", {"template": {"metadata": {"labels": {"pod": "w"}}, "spec": SIDE}}),
        ("Rollout", {"template": {"metadata": {"labels": {"pod": "w"}}, "spec": SIDE}}),
        ("CronJob", {"jobTemplate": {"spec": {"template": {"metadata": {"labels": {"pod": "w"}}, "spec": SIDE}}}}),
    ],
)
def test_pods_are_known_by_their_owner_s_template(kind: str, spec: Manifest) -> None:
    owner = {"apiVersion": "any/v1", "kind": kind, "metadata": {"name": "w", "namespace": "x", "labels": {"pod": "no"}}}
    rule = into("[{ports: [{port: late}]}]", "{matchLabels: {pod: w}}")
    objects = [*_objects(rule), {**owner, "spec": spec}]
    assert [allowed(objects, "8.8.8.8", objects[-1], "TCP", port) for port in (98, 99)] == [False, True]
    assert not allowed(objects, objects[-1], objects[-1], "TCP", 98), "one pod of it to another"


def test_a_namespace_cannot_give_itself_another_s_name() -> None:
    forged = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "z", "labels": {NAME: "y"}}}
    objects = [*_objects(into(f"[{{from: [{{namespaceSelector: {{matchLabels: {{{NAME}: y}}}}}}]}}]")), forged]
    assert not allowed(objects, _end(objects, "z/a"), _end(objects, "x/a"), "TCP", 80)


def test_a_policy_of_another_group_is_none() -> None:
    objects = _objects(into("[]"))
    objects[-1]["apiVersion"] = "crd.projectcalico.org/v1"
    assert allowed(objects, _end(objects, "y/a"), _end(objects, "x/a"), "TCP", 80)


SETTINGS = many(100)


@SETTINGS
@given(st.data())
def test_one_more_rule_in_a_policy_closes_no_path(data: st.DataObject) -> None:
    objects = data.draw(clusters())
    policies = [each for each in objects if each["kind"] == "NetworkPolicy"]
    packets = [data.draw(probes(objects)) for _ in range(4)]
    before = [allowed(objects, *packet) for packet in packets]
    for policy in policies:
        spec = policy["spec"]
        # A first egress rule would make a policy without policyTypes isolate egress, which it did not before.
        if data.draw(st.booleans()) and (spec.get("policyTypes") or spec.get("egress")):
            spec["egress"] = [*(spec.get("egress") or []), data.draw(rules("to"))]
        else:
            spec["ingress"] = [*(spec.get("ingress") or []), data.draw(rules("from"))]
    after = [allowed(objects, *packet) for packet in packets]
    assert all(now or not then for then, now in zip(before, after, strict=True))


@SETTINGS
@given(st.data())
def test_the_order_of_anything_changes_nothing(data: st.DataObject) -> None:
    objects = data.draw(clusters())
    packets = [data.draw(probes(objects)) for _ in range(4)]
    before = [allowed(objects, *packet) for packet in packets]
    turned = data.draw(st.permutations(objects))
    for policy in (each["spec"] for each in turned if each["kind"] == "NetworkPolicy"):
        for rule in (policy.get("ingress") or []) + (policy.get("egress") or []):
            for key in ("from", "to", "ports"):
                (rule.get(key) or []).reverse()
        for key in ("policyTypes", "ingress", "egress"):
            (policy.get(key) or []).reverse()
    assert [allowed(turned, *packet) for packet in packets] == before


@SETTINGS
@given(st.data())
def test_names_of_objects_and_of_namespaces_mean_nothing(data: st.DataObject) -> None:
    objects = data.draw(clusters())
    packets = [data.draw(probes(objects)) for _ in range(4)]
    before = [allowed(objects, *packet) for packet in packets]
    fresh = {id(each): _renamed(each) for each in objects}
    again = [(fresh.get(id(one), one), fresh.get(id(other), other), *rest) for one, other, *rest in packets]
    assert [allowed(list(fresh.values()), *packet) for packet in again] == before


def _renamed(manifest: Manifest) -> Manifest:
    new, metadata = deepcopy(manifest), manifest["metadata"]
    if manifest["kind"] == "Namespace":
        new["metadata"]["name"] = f"the-{metadata['name']}"
    else:
        new["metadata"] |= {"name": f"some-{metadata['name']}", "namespace": f"the-{namespace(manifest)}"}
    return _with_names(new)


def _with_names(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_names(each) for each in value]
    if not isinstance(value, dict):
        return value
    new = {key: _with_names(each) for key, each in value.items()}
    if value.get("key") == NAME:
        new["values"] = [f"the-{each}" for each in value["values"]]
    if value.get(NAME) in SPACES:
        new[NAME] = f"the-{value[NAME]}"
    return new
