"""Ports that nodes have for pods: of NodePort and LoadBalancer Services, of pods themselves, of routed addresses."""

from dataclasses import replace
from typing import Any

import pytest

from hedgerow.graph import UNKNOWN, Resource, Snapshot, Views
from hedgerow.graph.reach import PortRange, Reach, reach

from .clusters import namespace, pod, resource
from .test_clouds import EKS, changed, recorded, rule, with_more
from .test_ways import API, AWS, LOCAL, OFFICE, into, opened, service

HTTP = PortRange("TCP", 8080, 8080)
FRONT = "LoadBalancer Service 'shop/front' leads"
PUBLIC = "Ingress: whether nodes have public addresses is not known here"
NO_POLICY = "Ingress: no NetworkPolicy isolates it"
BY_NODE = f"{NO_POLICY}, as from the node"
ASKS = {"allocateLoadBalancerNodePorts": True}
INSIDE = {"networking.gke.io/load-balancer-type": "Internal"}
FIXED = {"port": 443, "targetPort": 8080, "nodePort": 30443}


def why(found: Reach, source: str, to: str = API, port: PortRange = HTTP) -> list[str]:
    return [str(reason) for reason in found.why(source, to, port).reasons]


TABLE: dict[str, tuple[dict[str, Any], bool | None, list[str]]] = {
    "a load balancer asks for node ports where it says nothing": (
        service(annotations=INSIDE, allocateLoadBalancerNodePorts=None),
        None,
        [f"Ingress: {FRONT} its node port to TCP/8080", PUBLIC, BY_NODE],
    ),
    "a load balancer without node ports": (
        service(annotations=INSIDE),
        False,
        [f"Ingress: {FRONT} port 443 to TCP/8080, and is not reached from the internet"],
    ),
    "a node port that is asked for all the same": (
        service(annotations=INSIDE, port=FIXED),
        None,
        [f"Ingress: {FRONT} its node port 30443 to TCP/8080", PUBLIC, BY_NODE],
    ),
    "nobody knows whether it asks": (
        service(annotations=INSIDE, allocateLoadBalancerNodePorts=UNKNOWN),
        None,
        [f"Ingress: {FRONT} its node port, if it gets one, to TCP/8080", PUBLIC, BY_NODE],
    ),
    "a NodePort Service with a port of its own": (
        service("NodePort", port=FIXED),
        None,
        ["Ingress: NodePort Service 'shop/front' leads its node port 30443 to TCP/8080", PUBLIC, BY_NODE],
    ),
    "an address that somebody leads to a node": (
        service("ClusterIP", externalIPs=["8.8.4.4", "10.1.2.3"]),
        None,
        [
            "Ingress: ClusterIP Service 'shop/front' leads port 443 of 8.8.4.4 and 10.1.2.3 to TCP/8080",
            "Ingress: whether the network leads what is for 8.8.4.4 or 10.1.2.3 to a node is not known here",
            BY_NODE,
        ],
    ),
    "addresses that are not known yet": (
        service("ClusterIP", externalIPs=UNKNOWN),
        None,
        [
            "Ingress: ClusterIP Service 'shop/front' leads port 443 of its externalIPs to TCP/8080",
            "Ingress: whether the network leads what is for its externalIPs to a node is not known here",
            BY_NODE,
        ],
    ),
    "a headless Service answers on no address": (
        service("ClusterIP", clusterIP="None", externalIPs=["8.8.4.4"]),
        False,
        [
            "Ingress: nothing lets it in from outside: no load balancer, node port, Ingress, route or host port leads to it"
        ],
    ),
    "a name for something outside answers on none either": (
        service("ExternalName", externalName="example.com", externalIPs=["8.8.4.4"]),
        False,
        [
            "Ingress: nothing lets it in from outside: no load balancer, node port, Ingress, route or host port leads to it"
        ],
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_what_the_internet_gets_by_a_port_of_the_nodes(case: str) -> None:
    given, wanted, reasons = TABLE[case]
    found = opened(given)
    assert (into(found), why(found, "internet")) == (wanted, reasons)


def test_a_load_balancers_ranges_do_not_count_at_its_node_port() -> None:
    ranges = {"loadBalancerSourceRanges": ["8.8.8.0/24"]}
    assert into(opened(service(**ranges)), "9.9.9.9") is False
    found = opened(service(**ranges, **ASKS))
    assert (into(found, "8.8.8.8"), into(found, "9.9.9.9")) == (True, None)
    assert why(found, "9.9.9.9") == [f"Ingress: {FRONT} its node port to TCP/8080", PUBLIC, BY_NODE]


def test_a_policy_sees_the_client_at_a_node_port_where_traffic_stays_local() -> None:
    """Else it sees a node, which no policy stops on the pod's own node."""
    local = opened(service(annotations=INSIDE, **ASKS, **LOCAL), OFFICE)
    assert (into(local, "8.8.8.8"), into(local, "9.9.9.9")) == (None, False)
    anywhere = opened(service(annotations=INSIDE, **ASKS), OFFICE)
    assert (into(anywhere, "8.8.8.8"), into(anywhere, "9.9.9.9")) == (None, None)
    assert why(anywhere, "9.9.9.9") == [
        f"Ingress: {FRONT} its node port to TCP/8080",
        PUBLIC,
        "Ingress: NetworkPolicy 'shop/office' isolates it and does not let this through, as from the node",
        "Ingress: it comes from a node, and what comes from a pod's own node no policy stops",
    ]


HOSTED: dict[str, tuple[Any, dict[str, bool | None]]] = {
    "a host port leads to the port of the container": (
        [{"containerPort": 53, "hostPort": 30053, "protocol": "UDP"}],
        {"UDP/53": None, "UDP/30053": False, "TCP/53": False},
    ),
    "one of the node itself is no way in": (
        [{"containerPort": 53, "hostPort": 53, "hostIP": "127.0.0.1"}],
        {"TCP/53": False},
    ),
    "one of a single address": (
        [{"containerPort": 53, "hostPort": 53, "hostIP": "10.1.2.3"}],
        {"TCP/53": None, "TCP/54": False},
    ),
    "zero is none": ([{"containerPort": 53, "hostPort": 0}], {"TCP/53": False}),
    "which port of the pod is not known": (
        [{"containerPort": UNKNOWN, "hostPort": 53}],
        {"TCP/1": None, "UDP/1": False},
    ),
    "whether it has one is not known": (
        [{"containerPort": 53, "hostPort": UNKNOWN}],
        {"TCP/53": None, "TCP/54": False},
    ),
    "its ports are not known": (UNKNOWN, {"TCP/53": None, "SCTP/1": None}),
}


@pytest.mark.parametrize("case", HOSTED)
def test_host_ports(case: str) -> None:
    ports, wanted = HOSTED[case]
    found = opened(pod("shop/dns", {"containers": [{"name": "a", "ports": ports}]}, app="dns"))
    assert {port: into(found, to="shop/Pod/dns", port=port) for port in wanted} == wanted


def test_what_a_host_port_says() -> None:
    ports = [{"containerPort": 53, "hostPort": 30053, "hostIP": "10.1.2.3"}]
    found = opened(pod("shop/dns", {"containers": [{"name": "a", "ports": ports}]}, app="dns"))
    assert why(found, "internet", "shop/Pod/dns", PortRange("TCP", 53, 53)) == [
        "Ingress: Pod 'shop/dns' has the host port 30053 of its node, on its address 10.1.2.3 only",
        PUBLIC,
        NO_POLICY,
    ]


WEB, APP = "shop/Deployment/web", PortRange("TCP", 8443, 8443)


def on_stack(stack: Snapshot, **spec: Any) -> Snapshot:
    """A stack with one more namespace, where everybody may ask a pod by a node port."""
    scope = next(item.provider for item in stack.resources if item.type.startswith("kubernetes:"))
    port = {"port": 443, "targetPort": 8443, **({"nodePort": spec.pop("node_port")} if "node_port" in spec else {})}
    given = service(spec.pop("kind", "NodePort"), spec.pop("annotations", None), port, selector={"app": "web"}, **spec)
    mine = (namespace("shop"), pod("shop/web", kind="Deployment", app="web"), given)
    return with_more(stack, *(resource(item, scope) for item in mine))


def public_nodes() -> Snapshot:
    """The example on AWS with its nodes in subnets that lead to an internet gateway, with public addresses."""
    found = changed("aws-prod", "aws:ec2/subnet:Subnet", mapPublicIpOnLaunch=True)
    inputs = {"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1", "routeTableId": UNKNOWN}
    kept = [replace(item, inputs=inputs) if item.type == "aws:ec2/route:Route" else item for item in found.resources]
    return Snapshot.of(found.project, found.stack, kept, found.config)


def opening(stack: Snapshot, first: int, last: int, cidr: str = "0.0.0.0/0") -> Snapshot:
    """The stack with a rule of the nodes' security group."""
    return with_more(stack, rule(next(iter(stack.of_type(EKS))), cidrIpv4=cidr, fromPort=first, toPort=last))


@pytest.mark.parametrize(
    ("opened_", "node_port", "wanted"),
    [
        ((30443, 30443), 30443, True),
        ((30000, 32767), 30443, True),
        ((30000, 32767), None, True),
        ((30443, 30443), None, None),
        ((30443, 30443), 30444, False),
        ((8443, 8443), 30443, False),
        ((8443, 8443), None, False),
    ],
)
def test_the_nodes_own_groups_judge_the_port_of_the_node(
    opened_: tuple[int, int], node_port: int | None, wanted: bool | None
) -> None:
    given = {} if node_port is None else {"node_port": node_port}
    found = reach(Views(on_stack(opening(public_nodes(), *opened_), **given, **LOCAL)))
    assert found.why("internet", WEB, APP).allowed is wanted
    assert (found.ports("internet", WEB), found.unsure("internet", WEB)) == {
        True: ((APP,), ()),
        None: ((), (APP,)),
        False: ((), ()),
    }[wanted]


def test_the_witness_names_the_rule_and_the_route_of_the_node() -> None:
    found = reach(Views(on_stack(opening(public_nodes(), 30000, 32767), **LOCAL)))
    assert why(found, "internet", WEB, APP) == [
        "Ingress: NodePort Service 'shop/front' leads its node port to TCP/8443",
        "Ingress: rule 'rule' lets it through",
        "Ingress: route 'aws-prod-private-a' of Subnet 'aws-prod-private-a' leads there",
        NO_POLICY,
    ]
    part = reach(Views(on_stack(opening(public_nodes(), 30000, 30099), **LOCAL)))
    assert why(part, "internet", WEB, APP)[1] == "Ingress: security groups let in only a part of TCP/30000-32767"


def test_nodes_without_public_addresses_are_not_reached_whatever_their_groups_let_in() -> None:
    found = reach(Views(on_stack(opening(recorded("aws-prod"), 30000, 32767), **LOCAL)))
    assert why(found, "internet", WEB, APP) == [
        "Ingress: NodePort Service 'shop/front' leads its node port to TCP/8443",
        "Ingress: route 'aws-prod-private-a' of Subnet 'aws-prod-private-a' lets nothing in",
    ]
    assert [way.public for way in found.ways if way.name == "shop/Service/front"] == [False]


def test_an_nlb_may_have_its_clients_let_into_the_nodes_groups() -> None:
    """The controller that EKS runs opens node ports to whoever may use the load balancer."""
    nlb: dict[str, Any] = {
        "kind": "LoadBalancer",
        "annotations": {f"{AWS}type": "nlb", f"{AWS}internal": "true"},
        **ASKS,
        **LOCAL,
    }
    found = reach(Views(on_stack(public_nodes(), **nlb)))
    assert why(found, "internet", WEB, APP) == [
        f"Ingress: {FRONT} its node port to TCP/8443",
        "Ingress: the cloud's controller may open the security groups of the nodes for it",
        NO_POLICY,
    ]
    assert found.why("internet", WEB, APP).allowed is None
    by_address = {**nlb, "annotations": {**nlb["annotations"], f"{AWS}type": "nlb-ip"}}
    assert reach(Views(on_stack(public_nodes(), **by_address))).why("internet", WEB, APP).allowed is False


def test_a_firewall_of_google_judges_the_port_of_the_node() -> None:
    private = {"networkConfig": {"enablePrivateNodes": False}}
    stack = changed("gcp-prod", "gcp:container/nodePool:NodePool", **private)
    network = next(iter(stack.of_type("gcp:compute/network:Network")))
    for ports, wanted in ((["30000-32767"], True), (["8443"], False), (["30000"], None)):
        given = {"network": UNKNOWN, "allows": [{"protocol": "tcp", "ports": ports}], "sourceRanges": ["0.0.0.0/0"]}
        links = {"network": (network.urn,)}
        token = "gcp:compute/firewall:Firewall"
        open_ = Resource("urn::nodes", token, "nodes", inputs=given, outputs=given, property_dependencies=links)
        found = reach(Views(with_more(on_stack(stack, **LOCAL), open_)))
        assert found.why("8.8.8.8", WEB, APP).allowed is wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"priority": 100}, (None, None)),
        ({}, (None, None)),
        ({"priority": 1001}, (True, True)),
        ({"priority": 100, "sourceRanges": ["9.9.9.0/24"]}, (True, None)),
        ({"priority": 100, "targetTags": ["others"]}, (True, True)),
        ({"priority": 100, "denies": [{"protocol": "icmp"}]}, (True, True)),
    ],
)
def test_a_firewall_of_google_may_deny_before_the_rule_for_a_load_balancer(given: Any, wanted: Any) -> None:
    stack, token = recorded("gcp-prod"), "gcp:compute/firewall:Firewall"
    links = {"network": (next(iter(stack.of_type("gcp:compute/network:Network"))).urn,)}
    inputs = {"network": UNKNOWN, "denies": [{"protocol": "all"}], "sourceRanges": ["0.0.0.0/0"], **given}
    deny = Resource("urn::deny", token, "deny", inputs=inputs, property_dependencies=links)
    balanced = on_stack(stack, kind="LoadBalancer", **LOCAL)
    found = reach(Views(with_more(balanced, deny)))
    assert tuple(found.why(source, WEB, APP).allowed for source in ("8.8.8.8", "9.9.9.9")) == wanted
    if wanted[1] is None:
        told = "Firewall 'deny' does not let everything through, and how the load balancer sends is not known"
        assert why(found, "9.9.9.9", WEB, APP)[-1] == f"Ingress: {told}"
