"""Policies of the Admin and Baseline tiers, by hand: precedence, Pass, priorities, what is refused, who enforces."""

from typing import Any

import pytest

from hedgerow.graph import UNKNOWN, Views
from hedgerow.graph.reach import PortRange, Reach, difference, reach

from .clusters import answers, match, may, named, namespace, pod, policy, snapshot

API, WEB, FAR = "pay/Pod/api", "pay/Pod/web", "mart/Pod/app"
CLUSTER = (
    namespace("pay", tenant="pay"),
    namespace("mart", tenant="mart"),
    pod("pay/api", app="api"),
    pod("pay/web", app="web"),
    pod("mart/app", app="app"),
)
DENY = policy("pay/deny")
MART = {"namespaces": match(tenant="mart")}
PAY = {"namespaces": match(tenant="pay")}


def rule(action: str, *peers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"action": action, **({"from": list(peers)} if "to" not in more else {}), **more}


def admin(name: str, priority: Any, *rules: dict[str, Any], **spec: Any) -> dict[str, Any]:
    whole = {"priority": priority, "subject": PAY, "ingress": list(rules), **spec}
    return {"kind": "AdminNetworkPolicy", "metadata": {"name": name}, "spec": whole}


def baseline(*rules: dict[str, Any]) -> dict[str, Any]:
    whole = {"subject": PAY, "ingress": list(rules)}
    return {"kind": "BaselineAdminNetworkPolicy", "metadata": {"name": "default"}, "spec": whole}


def cluster(name: str, tier: str, priority: int, *rules: dict[str, Any]) -> dict[str, Any]:
    whole = {"tier": tier, "priority": priority, "subject": PAY, "ingress": list(rules)}
    return {"kind": "ClusterNetworkPolicy", "metadata": {"name": name}, "spec": whole}


def tiered(*objects: dict[str, Any], plugin: str = "calico") -> Reach:
    return answers(*CLUSTER, *objects, plugin=plugin)


TABLE: dict[str, tuple[tuple[dict[str, Any], ...], bool | None]] = {
    "an Admin Allow goes before a NetworkPolicy": ((DENY, admin("a", 1, rule("Allow", MART))), True),
    "an Admin Deny goes before a NetworkPolicy": (
        (policy("pay/open", ingress=[{}]), admin("a", 1, rule("Deny", MART))),
        False,
    ),
    "Pass leaves it to the NetworkPolicies": (
        (DENY, admin("a", 1, rule("Pass", MART), rule("Allow", MART))),
        False,
    ),
    "Pass leaves it to Baseline where no NetworkPolicy selects": (
        (admin("a", 1, rule("Pass", MART), rule("Allow", MART)), baseline(rule("Deny", MART))),
        False,
    ),
    "a NetworkPolicy goes before Baseline": (
        (policy("pay/open", ingress=[{}]), baseline(rule("Deny", MART))),
        True,
    ),
    "Baseline denies where nothing else speaks": ((baseline(rule("Deny", MART)),), False),
    "Baseline denies nobody else": ((baseline(rule("Deny", PAY)),), True),
    "the lower number goes first": (
        (admin("a", 20, rule("Allow", MART)), admin("b", 10, rule("Deny", MART))),
        False,
    ),
    "the upper rule goes first": ((admin("a", 1, rule("Allow", MART), rule("Deny", MART)),), True),
    "two of the same priority: either may decide": (
        (admin("a", 1, rule("Allow", MART)), admin("b", 1, rule("Deny", MART))),
        None,
    ),
    "two of the same priority that agree": (
        (DENY, admin("a", 1, rule("Allow", MART)), admin("b", 1, rule("Allow", MART))),
        True,
    ),
    "a rule about other ports": (
        (DENY, admin("a", 1, rule("Allow", MART, ports=[{"portNumber": {"port": 443}}]))),
        False,
    ),
    "a ClusterNetworkPolicy in the Admin tier": ((DENY, cluster("c", "Admin", 1, rule("Accept", MART))), True),
    "a ClusterNetworkPolicy in the Baseline tier": ((DENY, cluster("c", "Baseline", 1, rule("Accept", MART))), False),
    "a ClusterNetworkPolicy with a port": (
        (
            DENY,
            cluster("c", "Admin", 1, rule("Accept", MART, protocols=[{"tcp": {"destinationPort": {"number": 80}}}])),
        ),
        True,
    ),
    "no rules, no effect": ((DENY, admin("a", 1)), False),
    "a priority that is not known yet": ((DENY, admin("a", UNKNOWN, rule("Allow", MART))), None),
    "an action that is not known yet": ((DENY, admin("a", 1, rule(UNKNOWN, MART))), None),
}


@pytest.mark.parametrize("case", TABLE)
def test_a_tier_decides(case: str) -> None:
    objects, wanted = TABLE[case]
    assert may(tiered(*objects), FAR, API) is wanted


def test_the_witness_names_the_rule_and_its_layer() -> None:
    found = tiered(DENY, admin("gate", 1, rule("Pass", PAY), rule("Allow", MART)))
    (out, into) = found.why(FAR, API, PortRange("TCP", 80, 80)).reasons
    assert (str(out), out.layer) == ("Egress: no NetworkPolicy isolates it", "cluster policies")
    assert (str(into), into.rule, into.layer) == (
        "Ingress: spec.ingress[1] of AdminNetworkPolicy 'gate' lets it through", "spec.ingress[1]", "AdminNetworkPolicy",
    )  # fmt: skip
    found = tiered(baseline(rule("Deny", MART)))
    assert [str(each) for each in found.why(FAR, API, PortRange("TCP", 80, 80)).reasons] == [
        "Ingress: spec.ingress[0] of BaselineAdminNetworkPolicy 'default' denies it"
    ]


def test_rules_of_the_same_priority_are_both_named() -> None:
    found = tiered(admin("a", 7, rule("Allow", MART)), admin("b", 7, rule("Deny", MART)))
    assert [str(each) for each in found.why(FAR, API, PortRange("TCP", 80, 80)).reasons] == [
        "Ingress: spec.ingress[0] of AdminNetworkPolicy 'a' may decide, or another policy with priority 7",
        "Ingress: spec.ingress[0] of AdminNetworkPolicy 'b' may decide, or another policy with priority 7",
    ]


def test_networks_hold_pods_too() -> None:
    out = admin("a", 1, ingress=[], egress=[rule("Deny", to=[{"networks": ["0.0.0.0/0", "::/0"]}])])
    found = tiered(out)
    assert (may(found, API, FAR), may(found, API, "internet"), may(found, FAR, API)) == (False, False, True)
    passed = {"action": "Pass", "to": [{"namespaces": {}}]}
    out["spec"]["egress"].insert(0, passed)
    found = tiered(out)
    assert (may(found, API, FAR), may(found, API, "internet")) == (True, False)


def test_a_domain_name_is_not_known() -> None:
    egress = [
        rule("Allow", to=[{"domainNames": ["example.com"]}]),
        rule("Deny", to=[{"networks": ["0.0.0.0/0", "::/0"]}]),
    ]
    found = tiered(admin("a", 1, ingress=[], egress=egress))
    assert may(found, API, "internet") is None
    assert may(found, API, FAR) is False
    assert [str(each) for each in found.why(API, "internet", PortRange("TCP", 80, 80)).reasons][-1] == (
        "Egress: spec.egress[0] of AdminNetworkPolicy 'a' names domains, whose addresses are not known here"
    )


REFUSED = {
    "spec.priority is 1001; write a number from 0 to 1000": {"priority": 1001},
    "spec.priority is missing; write a number from 0 to 1000": {"priority": None},
    "spec.subject has none of namespaces, pods; give one of them": {"subject": {}},
    "spec.subject has more than one of namespaces, pods; give one of them": {
        "subject": {"namespaces": {}, "pods": {"podSelector": {}}}
    },
    "spec.ingress[0].action is 'allow'; write Allow, Deny or Pass": {"ingress": [rule("allow", MART)]},
    "spec.ingress[0].from is missing or empty; name whom it is about": {"ingress": [rule("Allow")]},
    "spec.ingress[0].from[0] has none of namespaces, pods; give one of them": {
        "ingress": [rule("Allow", {"networks": ["10.0.0.0/8"]})]
    },
    "spec.egress[0].to[0].networks[0] is '10.0.0.0'; write a range such as 10.16.0.0/16": {
        "egress": [rule("Deny", to=[{"networks": ["10.0.0.0"]}])]
    },
    "spec.ingress[0].ports[0].portRange is 90 to 80; write ports from 1 to 65535, the smaller first": {
        "ingress": [rule("Deny", MART, ports=[{"portRange": {"start": 90, "end": 80}}])]
    },
}


@pytest.mark.parametrize("problem", REFUSED)
def test_what_the_server_would_refuse_is_told_and_decides_nothing(problem: str) -> None:
    given = admin("a", 1, rule("Deny", MART))
    found = tiered({**given, "spec": {**given["spec"], **REFUSED[problem]}})
    assert [each.text for each in found.problems] == [f"AdminNetworkPolicy 'a' would be refused: {problem}"]
    assert may(found, FAR, API) is None


def test_a_wrong_tier_is_refused() -> None:
    found = tiered(cluster("c", "Middle", 1, rule("Deny", MART)))
    assert {each.text for each in found.problems} == {
        "ClusterNetworkPolicy 'c' would be refused: spec.tier is 'Middle'; write Admin or Baseline"
    }


@pytest.mark.parametrize("plugin", ["vpc-cni", "cilium", "dataplane-v2"])
def test_plugins_that_do_not_know_them_treat_them_as_absent(plugin: str) -> None:
    found = tiered(admin("a", 1, rule("Deny", MART)), plugin=plugin)
    assert may(found, FAR, API) is True
    assert [each.text for each in found.problems] == [
        f"AdminNetworkPolicy 'a' is not enforced by {plugin}; it is treated as absent"
    ]


def test_a_policy_of_another_group_is_none_of_these() -> None:
    other = {**admin("a", 1, rule("Deny", MART)), "apiVersion": "networking.k8s.aws/v1alpha1"}
    found = reach(Views(snapshot(*CLUSTER, other)), ways=False)
    assert may(found, FAR, API) is True


def test_pods_that_only_a_tier_speaks_of_are_judged() -> None:
    found = tiered(DENY, admin("a", 1, rule("Allow", {"pods": {"namespaceSelector": named("ops"), "podSelector": {}}})))
    assert may(found, "ops/any/pod", API) is True


def test_a_change_of_a_tier_is_told_and_nothing_else() -> None:
    """Ranges that only one side names cut the addresses of both alike."""
    out = admin("a", 1, ingress=[], egress=[rule("Deny", to=[{"networks": ["203.0.113.0/24", "8.8.8.0/24"]}])])
    before, after = (Views(snapshot(*CLUSTER, *more)) for more in ((), (out,)))
    found = difference(before, after, plugin="calico")
    assert {(each.what, each.source, each.destination) for each in found} == {
        ("closed", source, to) for source in (API, WEB, "pay/any/pod") for to in ("203.0.113.0/24", "8.8.8.0/24")
    }
    assert str(found[0].closed_by.reasons[0] if found[0].closed_by else "") == (
        "Egress: spec.egress[0] of AdminNetworkPolicy 'a' denies it"
    )
