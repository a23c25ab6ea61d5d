"""What looks isolating and is not: the eighteen cases of the research, each with its witness or the rule that tells it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from hedgerow.graph import Resource, Snapshot, Views, judge
from hedgerow.graph.reach import EVERYTHING, PortRange, Reach, reach
from hedgerow.graph.sources import manifests
from policies import catalog

from ...support import ROOT
from .clusters import answers, block, match, may, named, namespace, pod, policy, snapshot

HTTP = PortRange("TCP", 80, 80)
API, DB, OWN, FOREIGN = "pay/Pod/api", "pay/Pod/db", "pay/Pod/own", "mart/Pod/app"
CLUSTER = (
    namespace("pay", team="pay"),
    namespace("mart", team="mart"),
    namespace("new", team="pay"),
    pod("pay/api", app="api"),
    pod("pay/db", app="db"),
    pod("pay/own", app="own"),
    pod("mart/app", app="app"),
    pod("new/spoof", app="spoof"),
)
DENY = policy("pay/deny", policyTypes=["Ingress", "Egress"])


def why(found: Reach, source: str, destination: str, port: PortRange = HTTP) -> list[str]:
    return [str(reason) for reason in found.why(source, destination, port).reasons]


def through(field: str, name: str) -> str:
    return f"{'Ingress' if 'ingress' in field else 'Egress'}: {field} of NetworkPolicy 'pay/{name}' lets it through"


FREE = "Egress: no NetworkPolicy isolates it"
DNS = PortRange("UDP", 53, 53)


def stopped(direction: str, name: str, others: str = "") -> str:
    return f"{direction}: NetworkPolicy 'pay/{name}' isolates it and does not let this through{others}"


INTO: dict[str, tuple[dict[str, Any], str, str]] = {
    "3a an empty rule lets everybody in": (policy("pay/x", ingress=[{}]), FOREIGN, "spec.ingress[0]"),
    "3b a rule without from lets everybody in": (
        policy("pay/x", ingress=[{"ports": [{"port": 80}]}]),
        FOREIGN,
        "spec.ingress[0]",
    ),
    "4 an empty from lets everybody in": (policy("pay/x", ingress=[{"from": []}]), "internet", "spec.ingress[0]"),
    "5 two peers are either, not both": (
        policy(
            "pay/x", ingress=[{"from": [{"namespaceSelector": match(team="mart")}, {"podSelector": match(app="own")}]}]
        ),
        FOREIGN,
        "spec.ingress[0]",
    ),
    "6 every namespace is every tenant": (
        policy("pay/x", ingress=[{"from": [{"namespaceSelector": {}}]}]),
        FOREIGN,
        "spec.ingress[0]",
    ),
    "6 and those to come": (
        policy("pay/x", ingress=[{"from": [{"namespaceSelector": {}}]}]),
        "*/any/pod",
        "spec.ingress[0]",
    ),
    "8 one broad allow voids the deny": (
        policy("pay/x", match(app="api"), ingress=[{"from": [{"podSelector": match(app="none")}]}, {}]),
        FOREIGN,
        "spec.ingress[1]",
    ),
    "9 a label that a tenant may set": (
        policy("pay/x", ingress=[{"from": [{"namespaceSelector": match(team="pay")}]}]),
        "new/Pod/spoof",
        "spec.ingress[0]",
    ),
    "12 a block of every address": (
        policy("pay/x", ingress=[{"from": [block("0.0.0.0/0")]}]),
        "internet",
        "spec.ingress[0]",
    ),
}


@pytest.mark.parametrize("case", INTO)
def test_a_way_in_is_found_with_its_rule(case: str) -> None:
    given, source, rule = INTO[case]
    found = answers(*CLUSTER, policy("pay/deny"), given)
    free = [] if source == "internet" else [FREE]
    assert why(found, source, API) == [*free, through(rule, "x")]


def test_1_policies_that_nobody_enforces_have_no_effect() -> None:
    found = reach(Views(snapshot(*CLUSTER, DENY)), plugin="none")
    assert why(found, FOREIGN, DB) == [
        "Egress: nobody enforces NetworkPolicies here",
        "Ingress: nobody enforces NetworkPolicies here",
    ]
    assert found.plugin == "none"


@pytest.mark.parametrize("spec", [{"policyTypes": ["Ingress"]}, {}, {"egress": []}, {"policyTypes": []}])
def test_2_egress_stays_open_where_no_type_and_no_rule_names_it(spec: dict[str, Any]) -> None:
    found = answers(*CLUSTER, policy("pay/deny", **spec))
    assert why(found, API, "metadata") == [FREE]
    assert why(found, FOREIGN, API) == [stopped("Ingress", "deny")]


def test_3_an_empty_list_of_rules_denies() -> None:
    found = answers(*CLUSTER, policy("pay/deny", ingress=[]))
    assert why(found, FOREIGN, API) == [stopped("Ingress", "deny")]


def test_6_a_pod_selector_alone_means_the_own_namespace() -> None:
    found = answers(*CLUSTER, policy("pay/x", ingress=[{"from": [{"podSelector": {}}]}]))
    assert why(found, OWN, API) == [FREE, through("spec.ingress[0]", "x")]
    assert why(found, FOREIGN, API) == [stopped("Ingress", "x")]


SERVERS = {"namespaceSelector": named("kube-system"), "podSelector": match(**{"k8s-app": "kube-dns"})}
WITHOUT_PROTOCOL = policy("pay/dns", policyTypes=["Egress"], egress=[{"to": [SERVERS], "ports": [{"port": 53}]}])
BY_NAME = policy(
    "pay/dns",
    policyTypes=["Egress"],
    egress=[{"to": [{"namespaceSelector": match(name="kube-system")}], "ports": [{"port": 53, "protocol": "UDP"}]}],
)


def test_7_a_port_without_protocol_is_not_dns() -> None:
    found = answers(*CLUSTER, DENY, WITHOUT_PROTOCOL)
    server = "kube-system/any/k8s-app=kube-dns"
    assert why(found, API, server, PortRange("TCP", 53, 53))[0] == through("spec.egress[0]", "dns")
    assert why(found, API, server, DNS) == [stopped("Egress", "deny", ", nor does another one")]


def test_10_a_label_that_stock_clusters_lack_selects_nothing() -> None:
    server = pod("kube-system/dns", **{"k8s-app": "kube-dns"})
    found = answers(*CLUSTER, server, DENY, BY_NAME)
    assert why(found, API, "kube-system/Pod/dns", DNS) == [stopped("Egress", "deny", ", nor does another one")]


def test_11_pods_on_the_nodes_network_are_outside() -> None:
    agent = pod("mart/agent", {"hostNetwork": True}, kind="DaemonSet", app="agent")
    deny = policy("mart/deny", policyTypes=["Ingress", "Egress"])
    found = answers(*CLUSTER, agent, DENY, deny)
    assert why(found, "mart/DaemonSet/agent", API) == [
        FREE,
        "Ingress: host-network pods are outside of policies, and share a node",
    ]
    assert why(found, "mart/DaemonSet/agent", "metadata") == [FREE]
    assert why(found, "internet", "mart/DaemonSet/agent") == ["Ingress: no NetworkPolicy isolates it"]
    assert why(found, FOREIGN, API) == ["Egress: NetworkPolicy 'mart/deny' isolates it and does not let this through"]


@pytest.mark.parametrize(
    ("plugin", "answer"), [("", None), ("cilium", False), ("dataplane-v2", False), ("vpc-cni", None), ("calico", None)]
)
def test_12_whether_a_block_holds_pods_is_the_plugins_matter(plugin: str, answer: bool | None) -> None:
    given = policy("pay/x", ingress=[{"from": [block("10.0.0.0/8")]}])
    found = reach(Views(snapshot(*CLUSTER, given)), plugin=plugin)
    says = {
        False: stopped("Ingress", "x"),
        None: "Ingress: spec.ingress[0] of NetworkPolicy 'pay/x' has an ipBlock, and whether that holds pods "
        "depends on the network plugin and its addresses",
    }
    assert (may(found, FOREIGN, API), why(found, FOREIGN, API)) == (answer, [says[answer]])
    assert why(found, "10.0.0.0/8", API) == [through("spec.ingress[0]", "x")]


def test_12_a_block_without_private_addresses_holds_no_pods() -> None:
    private = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
    out = policy("pay/x", policyTypes=["Egress"], egress=[{"to": [block("0.0.0.0/0", *private)]}])
    found = reach(Views(snapshot(*CLUSTER, out)))
    assert why(found, API, FOREIGN) == [stopped("Egress", "x")]
    assert why(found, API, "internet") == [through("spec.egress[0]", "x")]


def test_13_a_slip_in_a_label_selects_nothing_and_shows_who_would_be_let_in() -> None:
    found = answers(
        *CLUSTER, policy("pay/x", match(app="api"), ingress=[{"from": [{"podSelector": match(app="onw")}]}])
    )
    assert why(found, OWN, API) == why(found, "pay/any/pod", API) == [stopped("Ingress", "x")]
    assert why(found, "pay/any/app=onw", API) == [FREE, through("spec.ingress[0]", "x")]


def test_11_a_firm_no_towards_the_nodes_network_is_not_given() -> None:
    """From a node's network a pod is reached for certain; towards it, what no policy lets through is not known."""
    agent = pod("mart/agent", {"hostNetwork": True}, kind="DaemonSet", app="agent")
    out = policy("pay/out", match(app="own"), policyTypes=["Egress"], egress=[{"ports": [{"port": 443}]}])
    found = answers(*CLUSTER, agent, DENY, out)
    node = "mart/DaemonSet/agent"
    assert why(found, API, node) == [
        "Egress: a host-network pod may run on the source's own node, which no policy cuts off; "
        "whether policies count towards other nodes the documentation leaves undefined"
    ]
    assert (may(found, API, node), may(found, node, API), may(found, API, DB)) == (None, True, False)
    assert (may(found, OWN, node, "TCP/443"), may(found, OWN, node)) == (True, None)
    assert (found.ports(API, node), found.unsure(API, node)) == ((), EVERYTHING)
    assert (may(found, FOREIGN, node), may(found, "internet", node)) == (True, True)


def test_14_what_policies_do_to_open_connections_is_said_to_be_left_out() -> None:
    """No snapshot shows connections that are there already: the page that explains the answers says so."""
    left_out = (ROOT / "docs" / "reach.md").read_text().partition("## Not judged\n")[2]
    assert left_out.split()[0:2] == ["Existing", "connections,"]


def findings(given: Snapshot) -> set[tuple[str, str, str]]:
    rules = tuple(catalog.load(ROOT / "policies"))
    return {(each.rule, each.message, each.witness) for each in judge(given, rules, today=date(2026, 11, 21))}


EVERYBODY = "NetworkPolicy 'pay/x' lets in everybody; name the peers of the rule"
LABEL = "by label {}, which others may label alike; select by kubernetes.io/metadata.name"
FIRST = "ingress rule 0 of NetworkPolicy 'pay/x'"
TOLD: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "3 an empty rule": (INTO["3a an empty rule lets everybody in"][0], ("np-no-allow-all", EVERYBODY, FIRST)),
    "4 an empty from": (INTO["4 an empty from lets everybody in"][0], ("np-no-allow-all", EVERYBODY, FIRST)),
    "5 two peers where one was meant": (
        INTO["5 two peers are either, not both"][0],
        (
            "np-or-trap",
            "NetworkPolicy 'pay/x' lets in every pod of the namespaces that it selects, and besides pods here by a "
            "podSelector of its own; write both selectors in one peer, or each in a rule of its own where both are meant",
            FIRST,
        ),
    ),
    "6 every namespace": (
        INTO["6 every namespace is every tenant"][0],
        (
            "np-no-allow-all",
            "NetworkPolicy 'pay/x' lets in pods of every namespace; select those that are meant, "
            "by kubernetes.io/metadata.name",
            FIRST,
        ),
    ),
    "7 a port without protocol": (
        WITHOUT_PROTOCOL,
        (
            "np-dns",
            "Namespace 'pay' closes egress for pods that cannot reach DNS; "
            "allow UDP 53 to kube-system pods k8s-app=kube-dns",
            "NetworkPolicy 'pay/deny' isolates Pod 'pay/api'",
        ),
    ),
    "8 one broad allow": (
        INTO["8 one broad allow voids the deny"][0],
        ("np-no-allow-all", EVERYBODY, "ingress rule 1 of NetworkPolicy 'pay/x'"),
    ),
    "9 a label that a tenant may set": (
        INTO["9 a label that a tenant may set"][0],
        ("np-safe-labels", f"NetworkPolicy 'pay/x' lets in namespaces {LABEL.format('team')}", FIRST),
    ),
    "10 a label that stock clusters lack": (
        BY_NAME,
        (
            "np-safe-labels",
            f"NetworkPolicy 'pay/dns' lets out to namespaces {LABEL.format('name')}",
            "egress rule 0 of NetworkPolicy 'pay/dns'",
        ),
    ),
    "10 TCP is forgotten": (
        BY_NAME,
        (
            "np-dns",
            "Namespace 'pay' closes egress for pods that cannot reach DNS; "
            "allow TCP 53 to kube-system pods k8s-app=kube-dns",
            "NetworkPolicy 'pay/deny' isolates Pod 'pay/api'",
        ),
    ),
    "11 a pod on the node's network": (
        pod("mart/agent", {"hostNetwork": True}, kind="DaemonSet", app="agent"),
        (
            "np-hostnetwork",
            "DaemonSet 'mart/agent' shares its node by hostNetwork, out of reach of NetworkPolicies and limits; "
            "leave it out",
            "",
        ),
    ),
    "12 a block of every address": (
        INTO["12 a block of every address"][0],
        (
            "np-no-allow-all",
            "NetworkPolicy 'pay/x' lets in every address, 0.0.0.0/0; name the ranges that are meant",
            FIRST,
        ),
    ),
    "13 a slip in a label": (
        policy("pay/x", match(app="api"), ingress=[{"from": [{"podSelector": match(app="onw")}]}]),
        (
            "np-dangling",
            "NetworkPolicy 'pay/x' selects no pods that are declared here, in its ingress rule 0; "
            "mend its labels, or delete it",
            "",
        ),
    ),
}


@pytest.mark.parametrize("case", TOLD)
def test_a_rule_tells_it_with_its_witness(case: str) -> None:
    given, expected = TOLD[case]
    assert expected in findings(snapshot(*CLUSTER, DENY, given))
    assert expected not in findings(snapshot(*CLUSTER, DENY))


def test_15_a_quota_for_some_pods_is_no_quota() -> None:
    quota = {"kind": "ResourceQuota", "apiVersion": "v1", "metadata": {"name": "q", "namespace": "pay"}}
    scoped = {**quota, "spec": {"hard": {"pods": "5"}, "scopes": ["BestEffort"]}}
    expected = (
        "ns-quota-present",
        "Namespace 'pay' has a ResourceQuota for some pods only; add one without scopes",
        "ResourceQuota 'pay/q' has scopes",
    )
    assert expected in findings(snapshot(namespace("pay"), scoped))


RBAC = {"apiVersion": "rbac.authorization.k8s.io/v1"}
MAKER = (
    {
        **RBAC,
        "kind": "ClusterRole",
        "metadata": {"name": "maker"},
        "rules": [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["create"]}],
    },
    {
        **RBAC,
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "team"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "maker"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "team"}],
    },
)


def test_15_a_quota_that_its_tenant_can_leave_behind(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(MAKER))
    expected = (
        "np-write-rbac",
        "ClusterRoleBinding 'team' lets Group 'team' write namespaces by ClusterRole 'maker'; bind a role without that",
        "rule 0 of ClusterRole 'maker'",
    )
    assert expected in findings(manifests.load(tmp_path)[0])


def test_16_namespaces_apart_share_the_nodes_credentials() -> None:
    """Ingress is fenced and egress is not: every tenant's pods still get the role of the node."""
    fenced = [policy(f"{space}/deny", policyTypes=["Ingress"]) for space in ("pay", "mart", "new")]
    found = answers(*CLUSTER, *fenced)
    assert why(found, FOREIGN, API) == [stopped("Ingress", "deny")]
    for source in (API, FOREIGN, "new/Pod/spoof"):
        assert why(found, source, "metadata") == [FREE]


def test_17_clusters_apart_in_one_network_are_not_taken_for_isolated() -> None:
    dev, prod = (f"urn:pulumi:x::t::pulumi:providers:kubernetes::{name}" for name in ("dev", "prod"))
    both = [*snapshot(*CLUSTER, provider=dev).resources, *snapshot(*CLUSTER, provider=prod).resources]
    found = reach(Views(Snapshot.of("t", "x", both)), plugin="vpc-cni")
    assert why(found, f"dev:{API}", f"prod:{DB}") == [
        "Egress: they are in different clusters, which see each other's pods as addresses; those are not known"
    ]
    assert why(found, "10.0.0.0/8", f"prod:{DB}") == ["Ingress: no NetworkPolicy isolates it"]


def test_18_a_private_endpoint_beside_a_public_one_for_everybody() -> None:
    given = {"endpointPrivateAccess": True, "endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]}
    kind = "aws:eks/cluster:Cluster"
    cluster = Resource(f"urn:pulumi:d::t::{kind}::c", kind, "c", inputs={"name": "c", "vpcConfig": given})
    told = {rule: message for rule, message, _ in findings(Snapshot.of("t", "d", [cluster]))}
    assert told["eks-endpoint"] == (
        "EKS cluster 'c' answers every address of the internet, 0.0.0.0/0; turn its public endpoint off, "
        "or name in publicAccessCidrs the ranges that may reach it"
    )
