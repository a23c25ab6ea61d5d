"""Ways in, on random edges of a cluster: the witness agrees with the sets, and one more way in closes nothing."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hedgerow.graph import UNKNOWN, Resource, Snapshot, Views
from hedgerow.graph.reach import PortRange, Reach, reach

from .clusters import block, match, namespace, pod, policy, snapshot
from .test_gateways import gateway, grant, route
from .test_ways import AWS, CLUSTER, ingress, service
from .test_ways_inside import CONTRACT

MANY = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
POLICIES = (
    policy("shop/x", match(app="api"), ingress=[{"from": [block("8.8.8.0/24")], "ports": [{"port": 8080}]}]),
    policy("shop/y", match(app="api"), ingress=[{"from": [block("10.16.0.0/16")]}]),
    policy("shop/z", match(app=UNKNOWN), ingress=[]),
)
PODS = (
    pod("shop/agent", {"hostNetwork": True}, app="agent"),
    pod("shop/dns", {"containers": [{"name": "a", "ports": [{"containerPort": 8080, "hostPort": 80}]}]}, app="api"),
)
SOURCES = ("internet", "internet/ipv6", "10.16.0.0/16", "10.0.0.0/8", "8.8.8.0/24", "fc00::/7")
PORTS = tuple(PortRange(kind, port, port) for kind, port in (("TCP", 8080), ("UDP", 8080), ("TCP", 80), ("TCP", 9000)))

annotations = st.sampled_from(
    [
        {},
        {f"{AWS}scheme": "internal"},
        {f"{AWS}type": "nlb", f"{AWS}scheme": "internet-facing"},
        {f"{AWS}nlb-target-type": "ip"},
        {"networking.gke.io/load-balancer-type": "Internal"},
        {f"{AWS}scheme": UNKNOWN},
    ]
)
service_ports = st.sampled_from(
    [
        {"port": 443, "targetPort": 8080},
        {"port": 443, "targetPort": "http", "nodePort": 30443},
        {"port": 443, "targetPort": UNKNOWN},
        {"port": 8080, "protocol": "UDP"},
    ]
)
services = st.builds(
    lambda kind, notes, port, fields: service(kind, notes, port, **fields),
    st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer", UNKNOWN]),
    annotations,
    service_ports,
    st.fixed_dictionaries(
        {},
        optional={
            "externalTrafficPolicy": st.sampled_from(["Local", "Cluster"]),
            "externalIPs": st.sampled_from([["8.8.4.4"], []]),
            "loadBalancerSourceRanges": st.sampled_from([["8.8.8.0/24"], ["10.16.0.0/16"], [UNKNOWN]]),
            "allocateLoadBalancerNodePorts": st.sampled_from([True, False, UNKNOWN]),
            "loadBalancerClass": st.sampled_from(["service.k8s.aws/nlb", "example.com/lb"]),
        },
    ),
)
edges = st.sampled_from(
    [
        (),
        (ingress("gce", {"name": "front", "port": {"number": 443}}),),
        (ingress("alb", {"name": "front", "port": {"number": 443}}),),
        (ingress("nginx", {"name": "front", "port": {"number": 443}}),),
        (gateway(), route()),
        (gateway(cls="gke-l7-rilb"), route()),
        (gateway("infra"), namespace("infra"), route(home="infra", backend={"namespace": "shop"}), grant()),
    ]
)
plugins = st.sampled_from(["vpc-cni", "calico", "cilium", "dataplane-v2", "none", ""])
clusters = st.tuples(services, edges, st.lists(st.sampled_from([*POLICIES, *PODS]), max_size=3, unique_by=id), plugins)


def judged(objects: Any, plugin: str) -> Reach:
    """The cluster, on a platform where a plugin is given, else without any contract."""
    platform = Resource(
        "urn::p", "x:y:Z", "p", custom=False, inputs={"contract": {**CONTRACT, "network_policy": plugin}}
    )
    found = [*([platform] if plugin else []), *snapshot(*CLUSTER, *objects).resources]
    return reach(Views(Snapshot.of("test", "dev", found)))


def bounds(found: Reach, source: str, to: str, port: PortRange) -> tuple[bool, bool]:
    """Whether a port gets through for certain, and at most."""
    (cluster,) = found.clusters
    ends = (cluster.named[source][0], cluster.named[to][0])
    sure, more = (cluster.between(*ends, sure=each) for each in (True, False))
    there = [
        any(each.protocol == port.protocol and each.first <= port.first <= each.last for each in of)
        for of in (sure, more)
    ]
    return there[0], there[0] or there[1]


@MANY
@given(clusters)
def test_the_witness_agrees_with_the_sets(cluster: Any) -> None:
    front, edge, more, plugin = cluster
    found = judged((front, *edge, *more), plugin)
    for source in (name for name in SOURCES if name in found.names):
        for to in (end.name for end in found.clusters[0].endpoints if end.kind == "pods"):
            for port in PORTS:
                sure, may = bounds(found, source, to, port)
                why = found.witness(source, to, port)
                assert why.allowed is (True if sure else None if may else False), (source, to, port)
                assert why.reasons


@MANY
@given(clusters)
def test_one_more_way_in_closes_nothing(cluster: Any) -> None:
    front, edge, more, plugin = cluster
    second = {**service("NodePort"), "metadata": {"name": "second", "namespace": "shop"}}
    less, full = (judged((front, *edge, *more, *rest), plugin) for rest in ((), (second,)))
    for source in (name for name in SOURCES if name in less.names and name in full.names):
        for port in PORTS:
            before, after = (bounds(found, source, "shop/Pod/api", port) for found in (less, full))
            assert all(one <= other for one, other in zip(before, after, strict=True)), (source, port)
