"""What is not known is said to be so, with its reason; what is refused is told."""

from typing import Any

import pytest

from hedgerow.graph import SECRET, UNKNOWN, Resource, Snapshot, Views
from hedgerow.graph.reach import PortRange, reach
from hedgerow.graph.reach.network_policy import allowed

from .clusters import answers, block, match, may, namespace, pod, policy, resource, snapshot

CLUSTER = (namespace("a"), namespace("b"), pod("a/web", app="web"), pod("b/client", app="client"))
PEER = {"namespaceSelector": {}, "podSelector": match(app="client")}
VEILED: dict[str, tuple[dict[str, Any], str]] = {
    "selector": (policy("a/x", UNKNOWN), "has spec.podSelector, which is not known yet"),
    "label": (policy("a/x", match(app=UNKNOWN)), "has spec.podSelector, which is not known yet"),
    "secret": (policy("a/x", match(app=SECRET)), "has spec.podSelector, which is not known yet"),
    "types": (policy("a/x", policyTypes=UNKNOWN), "has spec.policyTypes, which is not known yet"),
    "rules": (policy("a/x", ingress=UNKNOWN), "has rules that are not known yet"),
    "no operator": (
        policy("a/x", {"matchExpressions": [{"key": "app", "operator": "Is"}]}),
        "would be refused: spec.podSelector: operator 'Is' of app is not known; write In, NotIn, Exists or DoesNotExist",
    ),
    "no range": (
        policy("a/x", ingress=[{"from": [block("10.0.0.0")]}]),
        "would be refused: spec.ingress[0].from[0].ipBlock.cidr is '10.0.0.0'; write a range such as 10.16.0.0/16",
    ),
    "port out of range": (
        policy("a/x", ingress=[{"ports": [{"port": 0}]}]),
        "would be refused: spec.ingress[0].ports[0] is 0 to 0; write ports from 1 to 65535, the smaller first",
    ),
    "port as text": (
        policy("a/x", ingress=[{"ports": [{"port": "80"}]}]),
        "would be refused: spec.ingress[0].ports[0].port is '80'; write a number, or a port's name without endPort",
    ),
    "empty peer": (
        policy("a/x", ingress=[{"from": [{}]}]),
        "would be refused: spec.ingress[0].from[0] must have either selectors or an ipBlock",
    ),
    "hole outside": (
        policy("a/x", ingress=[{"from": [block("10.0.0.0/8", "11.0.0.0/8")]}]),
        "would be refused: spec.ingress[0].from[0].ipBlock.except has 11.0.0.0/8, which is not a part of 10.0.0.0/8",
    ),
    "unknown type": (
        policy("a/x", policyTypes=["ingress"]),
        "would be refused: spec.policyTypes has 'ingress'; write Ingress or Egress",
    ),
    "a list that is none": (policy("a/x", ingress={"from": []}), "would be refused: spec.ingress is no list"),
}


@pytest.mark.parametrize("case", VEILED)
def test_a_policy_that_cannot_be_judged_makes_the_answer_unknown(case: str) -> None:
    given, reason = VEILED[case]
    found = answers(*CLUSTER, given)
    why = found.why("b/Pod/client", "a/Pod/web", PortRange("TCP", 80, 80))
    assert (why.allowed, [str(item) for item in why.reasons]) == (None, [f"Ingress: NetworkPolicy 'a/x' {reason}"])
    assert [(item.urn, item.text) for item in found.problems] == [(given_urn(), f"NetworkPolicy 'a/x' {told(reason)}")]
    assert ("b/Pod/client", "a/Pod/web") in {(path.source.name, path.destination.name) for path in found.unknown()}
    other_way = may(found, "a/Pod/web", "b/Pod/client")
    assert other_way is (True if case in ("selector", "label", "secret", "rules") else None)


def given_urn() -> str:
    return "::networking.k8s.io/v1::NetworkPolicy::a/x"


def told(reason: str) -> str:
    return "has spec.ingress, which is not known yet" if reason == "has rules that are not known yet" else reason


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"from": UNKNOWN}, "from"),
        ({"from": [{"namespaceSelector": {}, "podSelector": UNKNOWN}]}, "peer"),
        ({"from": [{"namespaceSelector": {}, "podSelector": match(app=UNKNOWN)}]}, "label"),
        ({"from": [PEER], "ports": UNKNOWN}, "ports"),
        ({"from": [PEER], "ports": [{"port": UNKNOWN}]}, "port"),
    ],
)
def test_a_rule_that_cannot_be_judged_opens_nothing_and_closes_nothing(rule: dict[str, Any], field: str) -> None:
    found = answers(*CLUSTER, policy("a/x", ingress=[rule]))
    why = found.why("b/Pod/client", "a/Pod/web", PortRange("TCP", 80, 80))
    assert (why.allowed, [str(item) for item in why.reasons]) == (
        None,
        ["Ingress: spec.ingress[0] of NetworkPolicy 'a/x' is not known yet"],
    )
    wide = answers(*CLUSTER, policy("a/x", ingress=[rule]), policy("a/y", ingress=[{"from": [PEER]}]))
    assert may(wide, "b/Pod/client", "a/Pod/web") is True


def test_what_is_certain_stays_so_beside_what_is_not_known() -> None:
    """Whether or not the policy selects it, port 80 gets through."""
    found = answers(*CLUSTER, policy("a/x", UNKNOWN, ingress=[{"ports": [{"port": 80}]}]))
    assert may(found, "b/Pod/client", "a/Pod/web", "TCP/80") is True
    assert may(found, "b/Pod/client", "a/Pod/web", "TCP/81") is None


def test_labels_of_a_namespace_that_is_not_declared_are_not_known() -> None:
    given = policy("a/x", ingress=[{"from": [{"namespaceSelector": match(team="b")}]}])
    found = answers(namespace("a"), pod("a/web"), pod("b/client"), pod("default/client"), given)
    assert may(found, "b/Pod/client", "a/Pod/web") is None
    assert may(found, "default/Pod/client", "a/Pod/web") is False, "the API server makes `default` without labels"


def test_a_namespace_whose_name_is_not_known_yet_is_found_by_its_link() -> None:
    home = Resource(
        urn="urn::ns", type="kubernetes:core/v1:Namespace", name="team", inputs={"metadata": {"labels": {"team": "b"}}}
    )
    client = pod("a/x", app="client")
    client["metadata"]["namespace"] = UNKNOWN
    linked = Resource(
        urn="urn::pod",
        type="kubernetes:core/v1:Pod",
        name="client",
        inputs=client,
        dependencies=("urn::ns",),
    )
    given = [namespace("a"), pod("a/web"), policy("a/x", ingress=[{"from": [{"namespaceSelector": match(team="b")}]}])]
    found = reach(Views(Snapshot.of("t", "dev", [home, linked, *map(resource, given)])))
    assert may(found, "team/Pod/x", "a/Pod/web") is True
    lost = Resource(urn="urn::pod", type="kubernetes:core/v1:Pod", name="client", inputs=client)
    found = reach(Views(Snapshot.of("t", "dev", [lost, *map(resource, given)])))
    assert may(found, "?/Pod/x", "a/Pod/web") is None


def test_a_helm_release_is_opaque() -> None:
    release = Resource(
        urn="urn::r", type="kubernetes:helm.sh/v3:Release", name="mesh", inputs={"namespace": "a", "chart": "mesh"}
    )
    given = [*CLUSTER, policy("a/x", match(app="web"), ingress=[{"from": [{"podSelector": match(app="mesh")}]}])]
    found = reach(Views(Snapshot.of("t", "dev", [release, *map(resource, given)])))
    assert may(found, "a/Release/mesh", "a/Pod/web") is None
    assert [item.urn for item in found.problems] == ["urn::r"]


def test_clusters_do_not_meet() -> None:
    one, two = (
        "urn:pulumi:dev::t::pulumi:providers:kubernetes::eks",
        "urn:pulumi:dev::t::pulumi:providers:kubernetes::gke",
    )
    both = [*snapshot(*CLUSTER, provider=one).resources, *snapshot(*CLUSTER, policy("a/deny"), provider=two).resources]
    found = reach(Views(Snapshot.of("t", "dev", both)), ways=False)
    assert may(found, "eks:b/Pod/client", "eks:a/Pod/web") is True
    assert may(found, "gke:b/Pod/client", "gke:a/Pod/web") is False
    assert may(found, "internet", "gke:a/Pod/web") is False
    assert may(found, "internet", "eks:a/Pod/web") is True
    assert may(found, "eks:b/Pod/client", "gke:a/Pod/web") is None
    assert found.ports("eks:b/Pod/client", "gke:a/Pod/web") == ()


def test_the_neutral_question() -> None:
    given = snapshot(*CLUSTER, policy("a/x", match(app="web"), ingress=[{"ports": [{"port": 80}]}]))
    assert allowed(given, "b/Pod/client", "a/Pod/web", "TCP", 80) is True
    assert allowed(given, "b/Pod/client", "a/Pod/web", "TCP", 81) is False
    with pytest.raises(LookupError, match="'b/Pod/nobody' is no endpoint"):
        allowed(given, "b/Pod/nobody", "a/Pod/web", "TCP", 80)


@pytest.mark.parametrize(
    "kind", ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController", "Rollout"]
)
def test_every_owner_of_pods_is_an_endpoint(kind: str) -> None:
    found = answers(namespace("a"), pod("a/web", kind=kind, app="web"), policy("a/x", match(app="web")))
    assert may(found, "a/any/pod", f"a/{kind}/web") is False


def test_a_cron_job_is_an_endpoint() -> None:
    template = pod("a/web", kind="Job", app="web")["spec"]
    job = {
        "kind": "CronJob",
        "metadata": {"name": "web", "namespace": "a"},
        "spec": {"jobTemplate": {"spec": template}},
    }
    found = answers(namespace("a"), job, policy("a/x", match(app="web")))
    assert may(found, "a/any/pod", "a/CronJob/web") is False


def test_a_single_pod_always_reaches_itself_and_two_of_a_template_by_the_rules() -> None:
    found = answers(namespace("a"), pod("a/one"), pod("a/many", kind="Deployment"), policy("a/deny"))
    assert may(found, "a/Pod/one", "a/Pod/one") is True
    assert may(found, "a/Deployment/many", "a/Deployment/many") is False
