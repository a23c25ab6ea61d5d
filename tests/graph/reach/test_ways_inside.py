"""Addresses inside the network: by pods' own addresses where those are routed, by load balancers and by node ports."""

from typing import Any

import pytest

from hedgerow.graph import UNKNOWN, Resource, Snapshot, Views
from hedgerow.graph.reach import PortRange, Reach, reach

from .clusters import block, match, may, policy, snapshot
from .test_gateways import gateway, route
from .test_node_ports import ASKS, FRONT, INSIDE, NO_POLICY
from .test_ways import API, AWS, CLUSTER, INNER, LOCAL, ingress, service

HTTP = PortRange("TCP", 8080, 8080)
NETWORK, PEER = "10.16.0.0/16", "192.168.0.0/16"
CONTRACT = {"label_prefix": "p.example.com", "ranges": {"network": NETWORK, "services": "10.17.0.0/20"}}
NODES_ONLY = policy("shop/nodes", match(app="api"), ingress=[{"from": [block(NETWORK)]}])
SHUT = policy("shop/shut", match(app="api"), ingress=[{"from": [block("192.0.2.0/24")]}])
OVERLAY = "Ingress: whether the network leads to the addresses of pods themselves is not known here"


def inside(*objects: dict[str, Any], plugin: str = "calico", **more: Any) -> Reach:
    """A cluster on a platform whose contract names its network, its plugin and its ranges."""
    given = {**CONTRACT, "network_policy": plugin, **more}
    platform = Resource("urn::platform", "hedgerow:k8s:ExistingPlatform", "p", custom=False, inputs={"contract": given})
    found = snapshot(*CLUSTER, *objects)
    return reach(Views(Snapshot.of("test", "dev", [platform, *found.resources])))


def why(found: Reach, source: str = NETWORK) -> list[str]:
    return [str(reason) for reason in found.why(source, API, HTTP).reasons]


ROUTED: dict[str, tuple[str, dict[str, Any], bool | None]] = {
    "Amazon's plugin": ("vpc-cni", {}, True),
    "Dataplane V2": ("dataplane-v2", {}, True),
    "Calico, which may have an overlay": ("calico", {}, None),
    "Cilium, which may have an overlay": ("cilium", {}, None),
    "nobody enforces policies": ("none", {}, None),
    "pods within the network": ("calico", {"ranges": {"network": NETWORK, "pods": "10.16.128.0/17"}}, True),
    "pods elsewhere": ("calico", {"ranges": {"network": NETWORK, "pods": "192.168.0.0/16"}}, None),
    "Google's load balancers": ("calico", {"health_checks": ["35.191.0.0/16", "130.211.0.0/22"]}, True),
}


@pytest.mark.parametrize("case", ROUTED)
def test_whether_pods_are_reached_by_their_own_addresses_is_the_contracts_matter(case: str) -> None:
    plugin, more, wanted = ROUTED[case]
    found = inside(plugin=plugin, **more)
    assert may(found, NETWORK, API, "TCP/8080") is wanted
    free = "Ingress: nobody enforces NetworkPolicies here" if plugin == "none" else NO_POLICY
    assert why(found) == [*([OVERLAY] if wanted is None else []), free]


def test_without_a_contract_the_network_is_taken_to_lead_to_pods() -> None:
    assert may(reach(Views(snapshot(*CLUSTER)), plugin="calico"), PEER, API, "TCP/8080") is True


def test_a_policy_stops_what_comes_to_a_pods_own_address() -> None:
    assert why(inside(SHUT)) == [
        "Ingress: NetworkPolicy 'shop/shut' isolates it and does not let this through",
    ]


BALANCED = "Ingress: {} port 443 to TCP/8080"
BY_NODE = "as from the node"
TABLE: dict[str, tuple[tuple[dict[str, Any], ...], str, bool | None, list[str]]] = {
    "an internal load balancer, from its own network": (
        (service(annotations=INSIDE, **LOCAL),),
        NETWORK,
        True,
        [BALANCED.format(FRONT), NO_POLICY],
    ),
    "an internal load balancer, from elsewhere": (
        (service(annotations=INSIDE, **LOCAL),),
        PEER,
        None,
        [OVERLAY, NO_POLICY],
    ),
    "a policy sees the client": (
        (service(annotations=INSIDE, **LOCAL), SHUT),
        NETWORK,
        False,
        ["Ingress: NetworkPolicy 'shop/shut' isolates it and does not let this through"],
    ),
    "a policy sees a node": (
        (service(annotations=INSIDE), NODES_ONLY),
        NETWORK,
        True,
        [
            BALANCED.format(FRONT),
            "Ingress: spec.ingress[0] of NetworkPolicy 'shop/nodes' lets it through, as from the node",
        ],
    ),
    "from elsewhere a policy sees a node too": (
        (service(annotations=INSIDE), NODES_ONLY),
        PEER,
        None,
        [
            BALANCED.format(FRONT),
            "Ingress: whether a route leads from there to the load balancer is not known here",
            "Ingress: spec.ingress[0] of NetworkPolicy 'shop/nodes' lets it through, as from the node",
        ],
    ),
    "its own ranges": (
        (service(annotations=INSIDE, loadBalancerSourceRanges=["10.16.1.0/24"]), NODES_ONLY),
        "10.16.1.0/24",
        True,
        [
            BALANCED.format(FRONT),
            "Ingress: spec.ingress[0] of NetworkPolicy 'shop/nodes' lets it through, as from the node",
        ],
    ),
    "a public load balancer's addresses inside": (
        (service(), SHUT),
        NETWORK,
        None,
        [
            BALANCED.format(FRONT),
            "Ingress: whether a public load balancer takes packets on its addresses inside the network is not known here",
            "Ingress: NetworkPolicy 'shop/shut' isolates it and does not let this through, as from the node",
            "Ingress: it comes from a node, and what comes from a pod's own node no policy stops",
        ],
    ),
    "a node port": (
        (service("NodePort"), SHUT),
        NETWORK,
        None,
        [
            "Ingress: NodePort Service 'shop/front' leads its node port to TCP/8080",
            "Ingress: whether an address inside the network gets to the nodes is not known here",
            "Ingress: NetworkPolicy 'shop/shut' isolates it and does not let this through, as from the node",
            "Ingress: it comes from a node, and what comes from a pod's own node no policy stops",
        ],
    ),
    "a node port that keeps clients": (
        (service("NodePort", **LOCAL), SHUT),
        NETWORK,
        False,
        ["Ingress: NetworkPolicy 'shop/shut' isolates it and does not let this through"],
    ),
    "an internal Ingress": (
        (INNER, ingress("alb", {"name": "front", "port": {"number": 443}}), NODES_ONLY),
        NETWORK,
        True,
        [
            "Ingress: Ingress 'shop/edge' leads to TCP/8080 by Service 'shop/front'",
            "Ingress: spec.ingress[0] of NetworkPolicy 'shop/nodes' lets it through, as from the node",
        ],
    ),
    "an internal gateway": (
        (INNER, gateway(cls="gke-l7-rilb"), route(), SHUT),
        NETWORK,
        False,
        ["Ingress: NetworkPolicy 'shop/shut' isolates it and does not let this through"],
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_which_address_inside_gets_in_and_how(case: str) -> None:
    objects, source, wanted, reasons = TABLE[case]
    found = inside(*objects)
    assert (found.why(source, API, HTTP).allowed, why(found, source)) == (wanted, reasons)
    assert found.ports(source, API) == ((HTTP,) if wanted is True else ())


def test_googles_public_load_balancers_are_reached_from_inside_by_a_nat_only() -> None:
    checks = {"health_checks": ["35.191.0.0/16", "130.211.0.0/22"]}
    found = inside(service(), SHUT, plugin="dataplane-v2", **checks)
    assert (may(found, "internet", API, "TCP/8080"), may(found, NETWORK, API, "TCP/8080")) == (None, False)
    opaque = inside(service(loadBalancerClass=UNKNOWN), SHUT, plugin="dataplane-v2", **checks)
    assert may(opaque, NETWORK, API, "TCP/8080") is None


def test_node_ports_of_a_load_balancer_are_open_to_the_network_beside_it() -> None:
    ranges = {"loadBalancerSourceRanges": ["192.0.2.0/24"]}
    assert may(inside(service(annotations=INSIDE, **ranges), SHUT), NETWORK, API, "TCP/8080") is False
    assert may(inside(service(annotations=INSIDE, **ranges, **ASKS), SHUT), NETWORK, API, "TCP/8080") is None


def test_load_balancers_that_ask_pods_by_their_addresses() -> None:
    """An NLB hides its clients behind its own address from TCP, and keeps them for UDP or where it is told to."""
    nodes = policy("shop/nodes", match(app="api"), ingress=[{"from": [block(NETWORK)]}])
    public = {f"{AWS}nlb-target-type": "ip", f"{AWS}scheme": "internet-facing"}
    kept = {
        **public,
        f"{AWS}target-group-attributes": "deregistration_delay.timeout_seconds=1,preserve_client_ip.enabled=true",
    }
    udp = {"port": 443, "targetPort": 8080, "protocol": "UDP"}
    for given, port, wanted in (
        (service(annotations=public), "TCP/8080", True),
        (service(annotations=kept), "TCP/8080", False),
        (service(annotations=public, port=udp), "UDP/8080", False),
    ):
        assert may(inside(given, nodes, plugin="calico"), "8.8.8.8", API, port) is wanted


def test_a_classic_load_balancer_of_amazon_hides_its_clients() -> None:
    """It asks nodes in its own name, so that no policy tells clients apart; a Network Load Balancer may keep them."""
    clients = policy("shop/office", match(app="api"), ingress=[{"from": [block("8.8.8.0/24")]}])
    unkept = {f"{AWS}type": "nlb", f"{AWS}target-group-attributes": "preserve_client_ip.enabled=false"}
    for annotations, plugin, wanted in (
        ({}, "vpc-cni", False),
        ({}, "calico", True),
        ({f"{AWS}type": "nlb"}, "vpc-cni", True),
        (unkept, "vpc-cni", False),
    ):
        found = inside(service(annotations=annotations, **LOCAL), clients, plugin=plugin)
        assert may(found, "8.8.8.8", API, "TCP/8080") is wanted
