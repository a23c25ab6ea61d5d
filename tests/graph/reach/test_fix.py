"""Edits that close a path: exactly that one, none that settings ask for, and none of them for nothing."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path as Path_
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hedgerow.commands.fix_places import Places
from hedgerow.commands.reach import run
from hedgerow.facts.cidr import within
from hedgerow.graph import Resource, Snapshot, Views, printable
from hedgerow.graph.reach import EVERYTHING, PortRange, Reach, reach
from hedgerow.graph.reach.asked import asks
from hedgerow.graph.reach.demands import Demands
from hedgerow.graph.reach.edits import edited
from hedgerow.graph.reach.fix import Closing, Fix, fix
from hedgerow.graph.reach.ports import parse, shared, without
from hedgerow.graph.views.addresses import network, real
from hedgerow.report import reach_fix

from ...oracles import aws, clusters, gcp, services, tiers
from ...support import ROOT, TESTS, compare
from .clusters import VERSIONS, block, match, named, namespace, pod, policy, ports, random_clusters, resource, snapshot
from .test_clouds import recorded
from .test_command import folder
from .test_stacks import Asked

API, WEB, FAR = "pay/Pod/api", "pay/Pod/web", "mart/Pod/app"
INTERNET = ("internet", "internet/ipv6")
GOOGLE = (*INTERNET, "130.211.0.0/22", "35.191.0.0/16")
CLUSTER = (
    namespace("pay"),
    namespace("mart"),
    pod("pay/api", ports(http=8080), app="api"),
    pod("pay/web", app="web"),
    pod("mart/app", app="app"),
    pod("mart/other", app="other"),
)
LOCAL = {"externalTrafficPolicy": "Local", "allocateLoadBalancerNodePorts": False}
ONE_POD = {"pods": {"namespaceSelector": named("pay"), "podSelector": match(app="api")}}
FAR_POD = {"pods": {"namespaceSelector": named("mart"), "podSelector": match(app="app")}}
TEAM = {"namespaces": named("mart")}
SOME = [{"port": "http"}, {"port": 9000, "endPort": 9010}]
RULE = {"from": 22, "to": 80, "protocol": "tcp", "groups": [], "lists": [], "self": False}
SSH = {"protocol": "tcp", "ports": ["22", "8000-8100"]}


def service(kind: str = "LoadBalancer", **spec: Any) -> dict[str, Any]:
    web = {"name": "web", "port": 443, "targetPort": 8080}
    given = {"type": kind, "selector": {"app": "api"}, "ports": [web], **spec}
    return {"kind": "Service", "metadata": {"name": "front", "namespace": "pay"}, "spec": given}


def ingress(*names: str) -> dict[str, Any]:
    paths = [{"path": f"/{name}", "backend": {"service": {"name": name, "port": {"number": 443}}}} for name in names]
    spec = {"ingressClassName": "gce", "rules": [{"http": {"paths": paths}}]}
    return {"kind": "Ingress", "metadata": {"name": "edge", "namespace": "pay"}, "spec": spec}


def route(*names: str) -> tuple[dict[str, Any], ...]:
    gate = {"kind": "Gateway", "metadata": {"name": "gate", "namespace": "pay"}}
    rules = [{"backendRefs": [{"name": name, "port": 443}]} for name in names]
    way = {"kind": "HTTPRoute", "metadata": {"name": "way", "namespace": "pay"}}
    spec = {"parentRefs": [{"name": "gate"}], "rules": rules}
    return {**gate, "spec": {"gatewayClassName": "gke-l7-gxlb"}}, {**way, "spec": spec}


def default_backend(*names: str) -> dict[str, Any]:
    given = ingress(*names)
    backend = {"service": {"name": "front", "port": {"number": 443}}}
    return {**given, "spec": {**given["spec"], "defaultBackend": backend}}


def mirror(gate: dict[str, Any], way: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """The route with what it gets sent to another Service as well."""
    copied = {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "front", "port": 443}}}
    rules = [{**rule, "filters": [copied]} for rule in way["spec"]["rules"]]
    return gate, {**way, "spec": {**way["spec"], "rules": rules}}


def tier(kind: str, subject: dict[str, Any] = ONE_POD, **spec: Any) -> dict[str, Any]:
    more = {"tier": "Admin"} if kind == "ClusterNetworkPolicy" else {}
    return {"kind": kind, "metadata": {"name": "over"}, "spec": {**more, "priority": 1, "subject": subject, **spec}}


def admin(*rules: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return tier("AdminNetworkPolicy", **({"ingress": list(rules)} if rules else {}), **spec)


def groups(style: str, *cidrs: str) -> Snapshot:
    """A cluster whose nodes have one security group with one rule."""
    none: dict[str, Any] = {"ingress": [], "egress": []}
    made = {"alpha": {"ingress": [{**RULE, "cidrs": list(cidrs)}], "egress": []}, "beta": none, "cluster": none}
    return aws.snapshot({"groups": made, "lists": {}, "nodes": [["alpha"]], "style": style, "known": True})


def firewall(*allows: dict[str, Any], ranges: tuple[str, ...]) -> Snapshot:
    """A cluster in whose network one firewall rule counts."""
    given = {"direction": "INGRESS", "priority": 1000, "action": "allow", "disabled": False, "ports": list(allows)}
    sides = {"source_tags": [], "source_accounts": [], "target_tags": [], "target_accounts": []}
    nodes = [{"tags": [], "account": gcp.ACCOUNTS[0]}]
    return gcp.snapshot({"rules": [{**given, **sides, "ranges": list(ranges)}], "nodes": nodes, "known": True})


@dataclass(frozen=True)
class Case:
    """A cluster, the path that is to be closed, and who enforces NetworkPolicies."""

    objects: tuple[dict[str, Any], ...] | Snapshot
    source: str | tuple[str, ...] = FAR
    to: str = API
    port: str = ""
    plugin: str = "cilium"

    @property
    def snapshot(self) -> Snapshot:
        return self.objects if isinstance(self.objects, Snapshot) else snapshot(*CLUSTER, *self.objects)

    @property
    def ports(self) -> tuple[PortRange, ...]:
        return parse(self.port) if self.port else EVERYTHING

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,) if isinstance(self.source, str) else self.source

    def fixed(self) -> Fix:
        return fix(Views(self.snapshot), self.source, self.to, self.ports, plugin=self.plugin)


def api_in(*rules: dict[str, Any]) -> dict[str, Any]:
    return policy("pay/x", match(app="api"), ingress=list(rules))


HOST = {"containers": [{"name": "a", "ports": [{"containerPort": 53, "hostPort": 53, "protocol": "UDP"}]}]}
AGENT = pod("pay/agent", {"hostNetwork": True}, kind="DaemonSet", app="agent")
ADMIN_PORT = {"ports": [{"portRange": {"protocol": "TCP", "start": 8000, "end": 8100}}]}
OUT = policy("pay/out", match(app="api"), policyTypes=["Egress"])
NEAR = policy("pay/near", match(app="web"), policyTypes=["Egress"], egress=[{"to": [block("10.1.0.0/16")]}])
TWO_PORTS = [{"name": "web", "port": 443, "targetPort": 8080}, {"name": "admin", "port": 9000}]
INTERNAL_LB = {"service.beta.kubernetes.io/aws-load-balancer-internal": "true"}
INTERNAL = {**service(), "metadata": {"name": "front", "namespace": "pay", "annotations": INTERNAL_LB}}
RANGES = {"network": "10.40.0.0/16", "pods": "10.40.128.0/17"}
WORKLOAD = "hedgerow:index:Workload"
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
OFFICE, PEER = "8.8.8.0/24", "10.40.1.0/24"
CASES = {
    "nothing isolates it": Case(()),
    "nothing isolates it, one port": Case((), port="5432"),
    "a rule for everyone, and the source is free": Case((policy("pay/x", ingress=[{}]),)),
    "a rule for its namespace and the own one": Case(
        (api_in({"from": [{"namespaceSelector": named("mart")}, {"podSelector": {}}]}),)
    ),
    "a rule for every namespace, and those to come": Case(
        (api_in({"from": [{"namespaceSelector": {}}]}),), "*/any/pod", port="80"
    ),
    "a rule for it alone": Case(
        (api_in({"from": [{"podSelector": match(app="web")}]}, {"from": [{"podSelector": match(app="x")}]}),), WEB
    ),
    "a rule for several pods, and the source is isolated": Case(
        (
            policy("pay/out", policyTypes=["Egress"], egress=[{}]),
            policy("pay/x", ingress=[{"from": [{"podSelector": {}}]}]),
        ),
        WEB,
    ),
    "two policies that both let it through": Case(
        (api_in({"from": [{"podSelector": match(app="web")}]}), policy("pay/y", match(app="api"), ingress=[{}])), WEB
    ),
    "one port of a range": Case(
        (api_in({"from": [{"podSelector": match(app="web")}], "ports": SOME}),), WEB, API, "9005"
    ),
    "a port that a rule names": Case(
        (api_in({"from": [{"podSelector": match(app="web")}], "ports": SOME}),), WEB, API, "8080"
    ),
    "the only rule out of a policy that says no types": Case(
        (policy("pay/x", match(app="api"), egress=[{"to": [block(PEER)]}]),), API, PEER
    ),
    "a pod without labels beside one that is isolated": Case(
        (pod("x/plain"), pod("x/fenced", tier="b"), policy("x/deny", match(tier="b"))), "10.0.0.0/8", "x/Pod/plain"
    ),
    "an address": Case((api_in({"from": [block("10.0.0.0/8")]}),), "10.0.0.0/8"),
    "out to the metadata server": Case(
        (policy("pay/x", match(app="api"), policyTypes=["Egress"], egress=[{"to": [block("0.0.0.0/0")]}]),),
        API,
        "metadata",
    ),
    "out to the internet, and the policy says no types": Case(
        (policy("pay/x", match(app="api"), egress=[{"to": [block("0.0.0.0/0")]}], ingress=[{}]),), API, "internet"
    ),
    "out to the internet, and what is private is left out": Case(
        (policy("pay/x", match(app="api"), policyTypes=["Egress"], egress=[{"to": [block("0.0.0.0/0", *PRIVATE)]}]),),
        API,
        "internet",
    ),
    "an address with others told apart in it": Case(
        (api_in({"from": [block("10.0.0.0/8", "10.1.2.0/24")]}, {"from": [block("10.1.0.0/16")]}),), "10.0.0.0/8"
    ),
    "the plugin knows pods by their addresses": Case(
        (policy("mart/out", match(app="app"), policyTypes=["Egress"], egress=[{"to": [block("0.0.0.0/0")]}]),),
        plugin="vpc-cni",
    ),
    "a load balancer": Case((service(**LOCAL),), INTERNET, plugin="none"),
    "one range of a load balancer": Case(
        (service(**LOCAL, loadBalancerSourceRanges=[OFFICE, "9.9.9.0/24"]),), OFFICE, plugin="none"
    ),
    "the only range of a load balancer": Case(
        (service(**LOCAL, loadBalancerSourceRanges=[OFFICE]),), OFFICE, plugin="none"
    ),
    "one port of a load balancer": Case(
        (service(**LOCAL, loadBalancerSourceRanges=[OFFICE], ports=TWO_PORTS),), OFFICE, port="9000", plugin="none"
    ),
    "every port of a load balancer, by node ports too": Case((service(ports=TWO_PORTS),), INTERNET, plugin="none"),
    "an address that nothing else names, behind a load balancer": Case(
        (service(**LOCAL, ports=TWO_PORTS),), "8.8.8.8/32", port="8080", plugin="none"
    ),
    "an address that nothing else names, behind a range": Case(
        (service(**LOCAL, loadBalancerSourceRanges=[OFFICE]),), "8.8.8.8/32", plugin="none"
    ),
    "an address that nothing else names, by a policy": Case((), "10.1.2.3/32"),
    "out to an address that nothing else names": Case((), API, "8.8.8.8/32", "443"),
    "node ports of an internal load balancer": Case((INTERNAL,), INTERNET, plugin="none"),
    "a node port of an internal load balancer that is given": Case(
        ({**INTERNAL, "spec": service(ports=[{**TWO_PORTS[0], "nodePort": 30443}, TWO_PORTS[1]])["spec"]},),
        INTERNET,
        plugin="none",
    ),
    "a node port and addresses that the Service answers on": Case(
        (service("NodePort", externalIPs=["9.9.9.9"]),), INTERNET, plugin="none"
    ),
    "a node port and a port that is null": Case(
        (service("NodePort", ports=[{"port": 443, "targetPort": 8080}, None]),), INTERNET, plugin="none"
    ),
    "a node port": Case(
        (service("NodePort", ports=[{"port": 443, "targetPort": 8080, "nodePort": 30443}]),), INTERNET, plugin="none"
    ),
    "one path of an Ingress": Case((service("ClusterIP"), ingress("front", "other")), GOOGLE, plugin="none"),
    "the only path of an Ingress": Case((service("ClusterIP"), ingress("front")), GOOGLE, plugin="none"),
    "one rule of a route": Case((service("ClusterIP"), *route("other", "front")), GOOGLE, plugin="none"),
    "every path of an Ingress": Case((service("ClusterIP"), ingress("front", "front")), GOOGLE, plugin="none"),
    "two paths of three of an Ingress": Case(
        (service("ClusterIP"), ingress("front", "other", "front")), GOOGLE, plugin="none"
    ),
    "every path and the default backend of an Ingress": Case(
        (service("ClusterIP"), default_backend("front")), GOOGLE, plugin="none"
    ),
    "every rule of a route": Case((service("ClusterIP"), *route("front", "front")), GOOGLE, plugin="none"),
    "the default backend of an Ingress": Case((service("ClusterIP"), default_backend("other")), GOOGLE, plugin="none"),
    "the mirror of a route": Case((service("ClusterIP"), *mirror(*route("other"))), GOOGLE, plugin="none"),
    "addresses that a Service answers on": Case(
        (service("ClusterIP", externalIPs=["9.9.9.9"]),), INTERNET, plugin="none"
    ),
    "a host port": Case((pod("pay/dns", HOST, app="dns"),), INTERNET, "pay/Pod/dns", plugin="none"),
    "a pod on its node's network, from outside": Case((AGENT,), INTERNET, "pay/DaemonSet/agent"),
    "a pod on its node's network, from a pod": Case((AGENT,), WEB, "pay/DaemonSet/agent"),
    "an Admin rule above NetworkPolicies": Case(
        (policy("pay/deny"), admin({"action": "Allow", "from": [TEAM]})), plugin="calico"
    ),
    "some ports of an Admin rule": Case(
        (policy("pay/deny"), admin({"action": "Allow", "from": [FAR_POD], **ADMIN_PORT})), port="8080", plugin="calico"
    ),
    "one port of a ClusterNetworkPolicy": Case(
        (policy("pay/deny"), tier("ClusterNetworkPolicy", ingress=[{"action": "Accept", "from": [FAR_POD]}])),
        port="8080",
        plugin="calico",
    ),
    "an Admin rule and a NetworkPolicy": Case(
        (
            api_in({"from": [{"namespaceSelector": named("mart")}]}),
            admin({"action": "Allow", "from": [TEAM]}),
        ),
        plugin="calico",
    ),
    "networks of an Admin rule": Case(
        (admin(egress=[{"action": "Allow", "to": [{"networks": ["10.0.0.0/15"]}]}]), OUT, NEAR),
        API,
        "10.1.0.0/16",
        plugin="calico",
    ),
    "one range of an inline rule": Case(groups("inline", PEER, "10.40.2.0/24"), PEER, "a/Pod/p", plugin="none"),
    "one port of an inline rule": Case(groups("inline", PEER), PEER, "a/Pod/p", "53", plugin="none"),
    "the only range of an inline rule": Case(groups("inline", PEER), PEER, "a/Pod/p", plugin="none"),
    "a rule that is a resource": Case(groups("vpc", PEER), PEER, "a/Pod/p", plugin="none"),
    "the first ports of a rule that is a resource": Case(
        groups("vpc", PEER), PEER, "a/Pod/p", "TCP/22-50", plugin="none"
    ),
    "one range of a firewall": Case(firewall(SSH, ranges=(PEER, "10.40.2.0/24")), PEER, "a/Pod/p", plugin="none"),
    "one port of a firewall": Case(firewall(SSH, ranges=(PEER,)), PEER, "a/Pod/p", "8080", plugin="none"),
    "one protocol of a firewall": Case(
        firewall(SSH, {"protocol": "udp", "ports": ["53"]}, ranges=(PEER,)), PEER, "a/Pod/p", "UDP", plugin="none"
    ),
    "all of a firewall": Case(firewall(SSH, ranges=(PEER,)), PEER, "a/Pod/p", plugin="none"),
}


def lines(source: str, to: str, found: Fix) -> list[str]:
    return [f"{line.prefix}{line.text.plain}" for line in reach_fix.lines(source, to, found)]


@pytest.fixture(scope="module")
def fixes() -> dict[str, Fix]:
    return {name: case.fixed() for name, case in CASES.items()}


def test_each_kind_of_edit_is_told_as_a_person_would_write_it(fixes: dict[str, Fix]) -> None:
    found = {name: lines(case.sources[0], case.to, fixes[name]) for name, case in CASES.items()}
    compare(TESTS / "graph" / "reach" / "fixes.yaml", found)


@pytest.mark.parametrize("name", CASES)
def test_it_closes_the_path_and_what_it_tells_of_and_opens_nothing(name: str, fixes: dict[str, Fix]) -> None:
    case, found = CASES[name], fixes[name]
    assert (found.problem, found.perhaps, found.asks, found.lost) == ("", False, (), ())
    judge(case, found)


def judge(case: Case, found: Fix) -> None:
    """Closed, nothing else closed but what is told, nothing opened, and each edit needed for that."""
    views = Views(case.snapshot)
    certain, told, unsure = ({(each.source, each.destination) for each in some} for some in by_certainty(found))
    before, after = both(views, case, found.edits)
    assert not left(after, case)
    assert not opened(before, after)
    assert closed(before, after, case, sure=True) == certain
    assert unsure <= closed(before, after, case, sure=False) <= told
    for edit in found.edits:
        fewer = [each for each in found.edits if each is not edit]
        if fewer:
            before, after = both(views, case, fewer)
            more = closed(before, after, case, sure=True) - certain | closed(before, after, case, sure=False) - told
            assert left(after, case) or opened(before, after) or more


def by_certainty(found: Fix) -> tuple[list[Closing], list[Closing], list[Closing]]:
    """What closes for certain, all that closes, and what closes if it was there."""
    certain = [each for each in found.also if each.certain]
    return certain, list(found.also), [each for each in found.also if not each.certain]


def both(views: Views, case: Case, edits: Iterable[Any]) -> tuple[Reach, Reach]:
    after = Views(edited(views.snapshot, edits))
    apart = real(map(network, (*case.sources, case.to)))
    before = reach(views, plugin=case.plugin, beside=after, apart=apart)
    return before, reach(after, plugin=case.plugin, beside=views, apart=apart)


def left(after: Reach, case: Case) -> list[Any]:
    """What is left of the path, for certain or perhaps."""
    bounds = [(source, sure) for source in case.sources for sure in (True, False)]
    found = [shared(after.between(source, case.to, sure=sure), case.ports) for source, sure in bounds]
    return [ranges for ranges in found if ranges]


Table = dict[tuple[str, str], tuple[PortRange, ...]]


def table(found: Reach, *, sure: bool) -> Table:
    """Ports by pair: those that get through for certain, or those that may as well."""
    ports_: Table = {}
    for path in (*found.paths(), *(() if sure else found.unknown())):
        pair = path.source.name, path.destination.name
        ports_[pair] = (*ports_.get(pair, ()), *path.ports)
    return ports_


def lost(before: Reach, after: Reach, *, sure: bool) -> Table:
    """Ports of pairs that got through and do so no more; pods that only a policy speaks of aside."""
    old, new, there = table(before, sure=sure), table(after, sure=sure), set(after.names)
    gone = {pair: without(ranges, new.get(pair, ())) for pair, ranges in old.items() if set(pair) <= there}
    return {pair: ranges for pair, ranges in gone.items() if ranges}


def closed(before: Reach, after: Reach, case: Case, *, sure: bool) -> set[tuple[str, str]]:
    """Pairs that lost a port, the path's own ports aside."""
    own = {(source, case.to) for source in case.sources}
    gone = lost(before, after, sure=sure).items()
    return {pair for pair, ranges in gone if pair not in own or without(ranges, case.ports)}


def opened(before: Reach, after: Reach) -> bool:
    """Whether any pair of endpoints that both have got a port, for certain or perhaps."""
    return bool(lost(after, before, sure=True) or lost(after, before, sure=False))


def test_what_is_no_path_needs_no_fix() -> None:
    assert Case((policy("pay/deny"),)).fixed() == Fix((), problem="there is no such path")


def test_pods_of_no_namespace_that_there_is_get_no_policy() -> None:
    found = Case((), "*/any/pod", "*/any/pod").fixed()
    assert found == Fix((), problem="no edit of what is declared closes it")


def test_a_name_that_is_no_endpoint_is_refused() -> None:
    with pytest.raises(LookupError, match="'pay/Pod/nobody' is no endpoint"):
        Case((), "pay/Pod/nobody").fixed()


def test_pods_that_nothing_tells_apart_are_closed_together_and_told() -> None:
    found = Case((pod("mart/twin", app="app"), policy("pay/x", match(app="api"), ingress=[{}]))).fixed()
    assert {(change.source, change.destination) for change in found.also} == {("mart/Pod/twin", API)}
    assert lines(FAR, API, found)[-2:] == ["  It closes besides:", "    mart/Pod/twin → pay/Pod/api  every port"]


def test_where_no_edit_closes_it_for_certain_the_best_is_told_and_the_doubt() -> None:
    """A rule for machines of the group itself is left: whether one has this address nobody knows."""
    rules = [{**RULE, "cidrs": [PEER]}, {**RULE, "cidrs": [], "self": True}]
    none: dict[str, Any] = {"ingress": [], "egress": []}
    made = {"alpha": {"ingress": rules, "egress": []}, "beta": none, "cluster": none}
    whole = aws.snapshot({"groups": made, "lists": {}, "nodes": [["alpha"]], "style": "vpc", "known": True})
    found = Case(whole, PEER, "a/Pod/p", plugin="none").fixed()
    assert [(edit.shown, edit.new) for edit in found.edits] == [("SecurityGroupIngressRule 'alpha-ingress-0-0'", ())]
    assert found.perhaps
    assert "  Whether the path is there after that is not known: see --why." in lines(PEER, "a/Pod/p", found)


def test_where_nobody_enforces_policies_and_no_cloud_filters_none_helps() -> None:
    problem = "nobody enforces NetworkPolicies here, and nothing else that is declared stands between them"
    assert Case((), plugin="none").fixed() == Fix((), problem=problem)
    assert Case((), "10.0.0.0/8", plugin="none").fixed() == Fix((), problem="no edit of what is declared closes it")


def test_the_layer_that_closes_the_fewest_others_is_chosen() -> None:
    """Behind a load balancer that hides who asks, a policy stops all of its users or none; its ranges stop one."""
    found = Case((service(allocateLoadBalancerNodePorts=False),), INTERNET, plugin="cilium").fixed()
    assert [(edit.shown, edit.at) for edit in found.edits] == [("Service 'pay/front'", "spec.loadBalancerSourceRanges")]


def test_where_every_edit_closes_an_asked_path_too_that_is_said() -> None:
    """The cloud filters alike for all pods: what one team asks for and another wants closed is one rule."""
    named_ = {"app.kubernetes.io/name": "p"}
    pods = [resource(pod("team/p", **named_)), resource(pod("b/q", app="q"))]
    inputs = {
        "tenant": "team",
        "name": "p",
        "load_balancer": "internal",
        "containers": {"c": {"ports": {"web": "TCP/80"}}},
    }
    platform = {"label_prefix": "any.example", "ranges": {}, "health_checks": [PEER], "network_policy": "none"}
    asking = Resource("urn::W", WORKLOAD, "p", custom=False, inputs={**inputs, "platform": platform})
    whole = groups("vpc", PEER)
    case = Case(Snapshot.of("test", "dev", [*whole.resources, *pods, asking]), PEER, "b/Pod/q", plugin="none")
    found = case.fixed()
    assert (found.edits, found.asks) == ((), ())
    assert lines(PEER, "b/Pod/q", found) == [
        "  10.40.1.0/24 → b/Pod/q: every edit that closes it closes paths too that the settings ask for",
        "    10.40.1.0/24 → team/Pod/p  TCP/80, asked for by load_balancer of Workload 'team/p' (urn::W)",
    ]
    assert [edit.shown for edit in Case(case.snapshot, PEER, "b/Pod/q", "TCP/22", "none").fixed().edits] == [
        "SecurityGroupIngressRule 'alpha-ingress-0-0'"
    ]


def test_an_edit_that_closes_more_is_better_than_one_that_closes_what_is_asked_for() -> None:
    inputs = {
        "tenant": "team",
        "name": "p",
        "load_balancer": "internal",
        "containers": {"c": {"ports": {"web": "TCP/80"}}},
    }
    platform = {"label_prefix": "any.example", "ranges": RANGES, "health_checks": [PEER], "network_policy": "none"}
    asking = Resource("urn::W", WORKLOAD, "p", custom=False, inputs={**inputs, "platform": platform})
    pods = [resource(pod("team/p", **{"app.kubernetes.io/name": "p"})), resource(pod("b/q", app="q"))]
    for more, new in (((), ["10.40.2.0/24"]), ((asking,), [PEER, "10.40.2.0/24"])):
        whole = Snapshot.of("test", "dev", [*groups("inline", PEER, "10.40.2.0/24").resources, *pods, *more])
        (edit,) = Case(whole, PEER, "b/Pod/q", "TCP/22", "none").fixed().edits
        assert (edit.new[0]["cidrBlocks"], edit.new[0]["fromPort"]) == (new, 23 if more else 22)


def test_what_the_api_server_would_refuse_is_no_edit() -> None:
    """A policy that selects by a label which is none leaves everything unknown: no edit, and no doubt either."""
    found = Case((pod("x/odd", app="a b"),), "10.0.0.0/8", "x/Pod/odd").fixed()
    assert found == Fix((), problem="no edit of what is declared closes it")


def test_the_side_that_lets_in_asks_and_the_other_one_where_it_is_alone() -> None:
    into, out = tenant("pay", allow_from={"mart": ["TCP/80"]}), tenant("mart", allow_to={"pay": ["TCP/80", "UDP/53"]})
    api_ = {"tenant": "pay", "name": "api", "allow_from": {"mart/app": ["TCP/1"]}}
    app = {"tenant": "mart", "name": "app", "allow_to": {"pay/api": ["TCP/1"]}, "internet": ["TCP/443"]}
    loads = [Resource(f"urn::W{at}", WORKLOAD, "w", custom=False, inputs=each) for at, each in enumerate((api_, app))]
    both_sides, one_side = asked_by(into, out, *loads), asked_by(out, loads[1])
    assert both_sides == [
        "Tenant 'mart' (urn::Tenant::mart), as its own pods reach each other",
        "Tenant 'pay' (urn::Tenant::pay), as its own pods reach each other",
        "allow_from.mart[0] of Tenant 'pay' (urn::Tenant::pay)",
        "allow_from.mart/app[0] of Workload 'pay/api' (urn::W0)",
    ]
    assert one_side == [
        "Tenant 'mart' (urn::Tenant::mart), as its own pods reach each other",
        "allow_to.pay[0] of Tenant 'mart' (urn::Tenant::mart)",
        "allow_to.pay[1] of Tenant 'mart' (urn::Tenant::mart)",
        "allow_to.pay/api[0] of Workload 'mart/app' (urn::W1)",
    ]


def asked_by(*components: Resource) -> list[str]:
    return [str(ask) for ask in asks(Views(Snapshot.of("test", "dev", components)))]


def test_ports_that_settings_ask_for_are_theirs_and_the_others_are_closed() -> None:
    whole = Snapshot.of("test", "dev", [*map(resource, CLUSTER), tenant("pay", allow_from={"mart": ["TCP/80"]})])
    case = Case(whole)
    found = case.fixed()
    assert [str(ask) for ask in found.asks] == ["allow_from.mart[0] of Tenant 'pay' (urn::Tenant::pay)"]
    before, after = both(Views(whole), case, found.edits)
    assert after.between(FAR, API) == (PortRange("TCP", 80, 80),)
    assert not closed(before, after, case, sure=False)
    assert not opened(before, after)
    assert lines(FAR, API, found)[:3] == [
        "  mart/Pod/app → pay/Pod/api: 1 edit",
        "    this path is asked for on some of these ports by allow_from.mart[0] of Tenant 'pay' (urn::Tenant::pay); take "
        "that line out",
        "",
    ]


def test_what_a_component_makes_is_edited_where_the_component_is() -> None:
    made = resource(api_in({"from": [{"podSelector": match(app="web")}]}))
    fence = Resource("urn::Fence", "my:index:Fence", "team", custom=False)
    whole = Snapshot.of("test", "dev", [*map(resource, CLUSTER), fence, replace(made, parent="urn::Fence")])
    assert lines(WEB, API, Case(whole, WEB).fixed())[2] == (
        "  change NetworkPolicy 'pay/x', made by Fence 'team': spec.ingress[0]"
    )


def test_a_command_closes_the_whole_internet_at_once_and_tells_it_to_machines(tmp_path: Path_) -> None:
    where = folder(tmp_path / "a", *CLUSTER, service(**LOCAL))
    assert run(where, str(tmp_path / "out.json"), source="internet", to=API, mend=True, plugin="none") == 0
    change = "change Service 'pay/front' in all.yaml:65: spec.loadBalancerSourceRanges"
    ranges = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
    assert json.loads((tmp_path / "out.json").read_text())["fixes"] == [
        {
            "from": "internet",
            "to": API,
            "problem": "",
            "certain": True,
            "asked": [],
            "edits": [
                {
                    "says": change,
                    "urn": "manifest::core/v1::Service::pay/front",
                    "object": "Service 'pay/front'",
                    "origin": "all.yaml:65",
                    "field": "spec.loadBalancerSourceRanges",
                    "old": [],
                    "new": [ranges],
                    "difference": ["+ loadBalancerSourceRanges:", *(f"+ - {each}" for each in ranges)],
                }
            ],
            "also": [],
            "lost": [],
        }
    ]


def test_a_command_closes_an_address_alone_on_either_side(tmp_path: Path_, capsys: pytest.CaptureFixture[str]) -> None:
    where = folder(tmp_path / "a", *CLUSTER, service(**LOCAL))
    assert run(where, source="8.8.8.8", to=f"{API}:8080", mend=True, plugin="none") == 0
    assert "\n".join(fixes_of(capsys)).startswith("  8.8.8.8/32 → pay/Pod/api: 1 edit")
    assert run(where, source=API, to="8.8.8.8:443", mend=True, plugin="cilium") == 0
    assert fixes_of(capsys) == ["  pay/Pod/api → 8.8.8.8/32: 1 edit"]


def test_an_item_of_a_list_of_objects_is_found_by_its_line(tmp_path: Path_, capsys: pytest.CaptureFixture[str]) -> None:
    items = [
        {"apiVersion": VERSIONS[item["kind"]], **item} for item in (*CLUSTER, api_in({"from": [{"podSelector": {}}]}))
    ]
    (tmp_path / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=1))
    assert run(str(tmp_path / "all.json"), source=WEB, to=API, mend=True, plugin="cilium") == 0
    told = next(line for line in fixes_of(capsys, 2) if "change" in line)
    line = int(told.split("all.json:")[1].split(":")[0])
    assert '"podSelector": {}' in "".join((tmp_path / "all.json").read_text().splitlines()[line : line + 4])


TENANTS, PLUGINS = ("x", "y"), ("none", "cilium", "vpc-cni", "calico")
PORTS = st.lists(st.sampled_from(["TCP/80", "UDP/1-100", "TCP/53-8080"]), min_size=1, max_size=2, unique=True)
SETTINGS = st.fixed_dictionaries(
    {}, optional={"allow_from": st.dictionaries(st.sampled_from(["y", "z"]), PORTS, min_size=1), "internet": PORTS}
)
QUICK = settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)


def drawn(whole: Snapshot, data: st.DataObject, plugin: str) -> Case | None:
    """Some path of a cluster that ends at pods."""
    paths = [path for path in reach(Views(whole), plugin=plugin).paths() if path.destination.kind == "pods"]
    if not paths:
        return None
    path = data.draw(st.sampled_from(paths))
    port = data.draw(st.sampled_from(["", "TCP/80", str(path.ports[0])]))
    return Case(whole, path.source.name, path.destination.name, port, plugin)


@QUICK
@given(random_clusters(), st.data())
def test_a_fix_of_any_path_closes_it_opens_nothing_and_holds_no_edit_too_many(
    objects: Any, data: st.DataObject
) -> None:
    judged(drawn(snapshot(*objects), data, data.draw(st.sampled_from(PLUGINS[1:]))))


def judged(case: Case | None) -> None:
    """Judge a case's fix, where there is one."""
    found = case.fixed() if case is not None else Fix(())
    if case is not None and found.edits and not found.perhaps:
        judge(case, found)


@QUICK
@given(clusters.clusters(), st.data())
def test_a_fix_of_any_path_of_other_owners_does_too(objects: Any, data: st.DataObject) -> None:
    judged(drawn(Snapshot.of("test", "dev", [owned(item) for item in objects]), data, "cilium"))


def owned(item: dict[str, Any]) -> Resource:
    version, given_ = item["apiVersion"], item["metadata"]
    token = version if "/" in version else f"core/{version}"
    place = f"{given_.get('namespace', '')}/{given_['name']}"
    return Resource(f"{item['kind']}::{place}", f"kubernetes:{token}:{item['kind']}", place, inputs=item)


@QUICK
@given(services.entered_clusters(), st.data())
def test_a_fix_of_a_way_in_does_too(objects: Any, data: st.DataObject) -> None:
    whole, plugin = Snapshot.of("test", "dev", [owned(item) for item in objects]), data.draw(st.sampled_from(PLUGINS))
    found = reach(Views(whole), plugin=plugin)
    paths = [path for path in (*found.paths(), *found.unknown()) if path.source.name in (*INTERNET, "8.8.8.0/24")]
    if paths:
        path = data.draw(st.sampled_from(paths))
        judged(Case(whole, path.source.name, path.destination.name, str(path.ports[0]), plugin))


@QUICK
@given(tiers.tiered_clusters(), st.data())
def test_a_fix_below_admin_rules_does_too(objects: Any, data: st.DataObject) -> None:
    judged(drawn(Snapshot.of("test", "dev", [owned(item) for item in objects]), data, "calico"))


@QUICK
@given(random_clusters(), st.dictionaries(st.sampled_from(TENANTS), SETTINGS, min_size=1), st.data())
def test_a_fix_closes_no_path_that_settings_ask_for(objects: Any, asking: dict[str, Any], data: st.DataObject) -> None:
    given_ = [tenant(name, **inputs) for name, inputs in asking.items()]
    case = drawn(Snapshot.of("test", "dev", [*map(resource, objects), *given_]), data, "cilium")
    found = case.fixed() if case is not None else Fix(())
    if case is None or not found.edits:
        return
    before, after = both(Views(case.snapshot), case, found.edits)
    hosts = {f"{each['metadata']['namespace']}/Pod/{each['metadata']['name']}" for each in objects if on_node(each)}
    for sure in (True, False):
        for (source, to), ranges in lost(before, after, sure=sure).items():
            if not {source, to} & hosts:
                assert shared(ranges, wanted(asking, source, to)) == ()


def on_node(item: dict[str, Any]) -> bool:
    return bool(item["kind"] == "Pod" and item["spec"].get("hostNetwork"))


def tenant(name: str, **inputs: Any) -> Resource:
    """A tenant as its component registers it."""
    return Resource(f"urn::Tenant::{name}", "hedgerow:index:Tenant", name, custom=False, inputs=inputs)


def wanted(asking: dict[str, Any], source: str, to: str) -> tuple[PortRange, ...]:
    """The ports that tenants ask for, by the names of two endpoints alone."""
    sender, receiver = source.partition("/")[0], to.partition("/")[0]
    if source.count("/") < 2 or source.startswith("metadata"):
        return ()
    if sender == receiver and sender in asking:
        return EVERYTHING
    texts = list(asking.get(receiver, {}).get("allow_from", {}).get(sender, []))
    if outside(to):
        texts += asking.get(sender, {}).get("internet", [])
    return tuple(range_ for text in texts for range_ in parse(text))


def outside(name: str) -> bool:
    """Whether a name is that of addresses which are neither private nor a node's own."""
    if name in INTERNET:
        return True
    try:
        found = ip_network(name)
    except ValueError:
        return False
    inner = (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "169.254.0.0/16",
        "fe80::/10",
    )
    return not any(within(found, ip_network(each)) for each in inner)


@QUICK
@given(aws.configs(), st.data())
def test_a_fix_in_security_groups_closes_what_it_says(config: Any, data: st.DataObject) -> None:
    from_addresses(aws.snapshot(config), data)


@QUICK
@given(gcp.configs, st.data())
def test_a_fix_in_firewalls_closes_what_it_says(config: Any, data: st.DataObject) -> None:
    from_addresses(gcp.snapshot(config), data)


def from_addresses(whole: Snapshot, data: st.DataObject) -> None:
    """Close some path from an address where only the cloud's filters can."""
    paths = [path for path in reach(Views(whole), plugin="none").paths() if path.source.kind == "address"]
    filtered = [path for path in paths if not path.source.name.startswith(("169.254", "fe80"))]
    if filtered:
        path = data.draw(st.sampled_from(filtered))
        judged(Case(whole, path.source.name, path.destination.name, plugin="none"))


STACKS = ("aws-dev", "gcp-dev")
CACHE = "169.254.20.10/32"
"""Where pods ask for names on EKS, and on Autopilot."""


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> tuple[str, Snapshot]:
    return request.param, recorded(request.param)


def test_every_path_of_a_tenant_in_an_example_is_asked_for_and_no_other(stack: tuple[str, Snapshot]) -> None:
    """As derived from the files of the settings by another test, and from what components were registered with here."""
    name, whole = stack
    views, independent = Views(whole), Asked(name)
    found, demands, wrong = reach(views), Demands(views), {}
    ends = found.clusters[0].endpoints
    pairs = [(one.name, other.name) for one in ends for other in ends if one is not other]
    asked = {pair: set[str]() for pair in pairs}
    for each in demands.among(found, [(*pair, EVERYTHING) for pair in pairs]):
        asked[each.source, each.destination].update(map(str, each.ports))
    for one, other in pairs:
        tenants = {independent.party(one)[0], independent.party(other)[0]} & set(independent.tenants)
        cache = name == "gcp-dev" and other == CACHE and independent.party(one)[0] in tenants
        ports_ = {"TCP/53", "UDP/53"} if cache else independent.ports(one, other)
        if tenants and "metadata" not in one and asked[one, other] != ports_:
            wrong[one, other] = (asked[one, other], ports_)
    assert len(pairs) > 60
    assert wrong == {}


def test_a_path_that_settings_ask_for_names_their_line(
    stack: tuple[str, Snapshot], monkeypatch: pytest.MonkeyPatch, tmp_path: Path_, capsys: pytest.CaptureFixture[str]
) -> None:
    name, whole = stack
    ends = {"source": "payments/Deployment/api", "to": "search/Deployment/index", "mend": True}
    says = "  payments/Deployment/api → search/Deployment/index: the settings ask for it"
    field = "workloads.index.allow_from.payments/api[0]"
    monkeypatch.chdir(ROOT)
    state = exported(whole, tmp_path / f"{name}.json")
    assert run(state, **ends) == 0
    line = f"    this path is asked for by stacks/tenants/search.yaml:5: {field}; take that line out"
    assert fixes_of(capsys) == [says, line]
    back = {"source": "search/Deployment/index", "to": "payments/Deployment/api", "mend": True}
    assert run(state, **back) == 0
    line = "    this path is asked for by stacks/tenants/payments.yaml:3: allow_from.search[0]; take that line out"
    assert fixes_of(capsys)[1:] == [line]
    monkeypatch.chdir(tmp_path)
    assert run(state, **ends) == 0
    urn = f"urn:pulumi:{name}::hedgerow::hedgerow:index:Tenant$hedgerow:index:Workload::search-index"
    line = f"    this path is asked for by allow_from.payments/api[0] of Workload 'search/index' ({urn}); take that line out"
    assert fixes_of(capsys) == [says, line]


def fixes_of(capsys: pytest.CaptureFixture[str], parts: int = 1) -> list[str]:
    """The lines below Fixes, of so many parts of them."""
    return "\n".join(capsys.readouterr().out.split("Fixes\n")[1].split("\n\n")[:parts]).splitlines()


def exported(whole: Snapshot, path: Path_) -> str:
    """A snapshot as `pulumi stack export` would have it once all of it is made."""
    entries = [
        {
            "urn": item.urn,
            "type": item.type,
            "custom": item.custom,
            "parent": item.parent,
            "provider": f"{item.provider}::id" if item.provider else "",
            "inputs": printable(item.inputs),
            "outputs": {**printable(item.outputs), "id": item.name},
            "propertyDependencies": {key: list(urns) for key, urns in item.property_dependencies.items()},
        }
        for item in whole.resources
    ]
    path.write_text(json.dumps({"version": 3, "deployment": {"resources": entries}}))
    return str(path)


def test_a_class_that_says_otherwise_is_the_place(tmp_path: Path_, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stacks" / "tenants").mkdir(parents=True)
    (tmp_path / "Pulumi.yaml").write_text("name: test\nruntime: python\nmain: stacks\n")
    (tmp_path / "stacks" / "__main__.py").touch()
    text = "allow_from: {mart: [TCP/80]}\nenvironments:\n  prod:\n    allow_from:\n      mart: [TCP/80]\n"
    (tmp_path / "stacks" / "tenants" / "pay.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    whole = Snapshot.of("test", "dev", [*map(resource, CLUSTER), tenant("pay", allow_from={"mart": ["TCP/80"]})])
    found = Places("dev", Views(whole)).of(Case(whole, port="80").fixed())
    assert [str(ask) for ask in found.asks] == ["stacks/tenants/pay.yaml:5: environments.prod.allow_from.mart[0]"]
