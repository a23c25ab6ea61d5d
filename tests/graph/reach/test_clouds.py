"""What the clouds let between addresses and nodes: example stacks as they would be built, and what is opaque."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from hedgerow.engine import embedded, project
from hedgerow.graph import UNKNOWN, Resource, Snapshot, Views
from hedgerow.graph.reach import PortRange, Reach, Why, reach
from hedgerow.graph.reach.policy import EGRESS, INGRESS
from hedgerow.graph.sources import example
from tests.support import ROOT

from . import vpcs
from .clusters import pod, resource

NODE = "kube-system/DaemonSet/node"
SSH, KUBELET, HTTPS = (PortRange("TCP", port, port) for port in (22, 10250, 443))
EKS, GKE = "aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster"


@cache
def recorded(stack: str) -> Snapshot:
    """A stack with a pod on its node's network in it, which stands for the node."""
    found = embedded.run_all(project.find(ROOT), [stack], lambda snapshot: snapshot)[0].result
    assert found is not None
    scope = next(item.provider for item in found.resources if item.type.startswith("kubernetes:"))
    node = resource(pod("kube-system/node", {"hostNetwork": True}, kind="DaemonSet", app="node"), scope)
    return Snapshot.of(found.project, found.stack, [*found.resources, node], found.config)


def changed(stack: str, type_: str, **inputs: Any) -> Snapshot:
    """The stack with some inputs of every resource of a type changed."""

    def change(item: Resource) -> Resource:
        given = {**item.inputs, **inputs}
        return replace(item, inputs=given, outputs=given) if item.type == type_ else item

    found = recorded(stack)
    return Snapshot.of(found.project, found.stack, map(change, found.resources), found.config)


def with_more(stack: Snapshot, *more: Resource) -> Snapshot:
    return Snapshot.of(stack.project, stack.stack, [*stack.resources, *more], stack.config)


def rule(cluster: Resource, **inputs: Any) -> Resource:
    """An ingress rule of the group that EKS makes, which no preview knows the id of."""
    token = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    given = {"securityGroupId": UNKNOWN, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, **inputs}
    return Resource(
        "urn::rule",
        token,
        "rule",
        inputs=given,
        outputs=given,
        property_dependencies={"securityGroupId": (cluster.urn,)},
    )


def told(why: Why) -> list[str]:
    return [f"{reason.layer}: {reason}" for reason in why.reasons]


def asked(snapshot: Snapshot, source: str, destination: str, port: PortRange) -> Why:
    return reach(Views(snapshot)).why(source, destination, port)


@pytest.mark.parametrize("stack", ["aws-dev", "aws-prod", "gcp-dev", "gcp-prod"])
def test_no_node_of_an_example_is_reached_from_the_internet_and_every_one_gets_out(stack: str) -> None:
    found: Reach = reach(Views(recorded(stack)))
    assert found.why("internet", NODE, SSH).allowed is False
    assert found.ports("internet", NODE) == found.unsure("internet", NODE) == ()
    assert found.why(NODE, "internet", HTTPS).allowed is True
    assert found.why("kube-system/any/pod", "metadata", HTTPS).allowed is True
    assert [problem.text for problem in found.problems] == []


def test_the_control_plane_of_eks_gets_to_nodes_by_the_group_that_both_have() -> None:
    snapshot = recorded("aws-prod")
    why = asked(snapshot, "10.32.192.4/32", NODE, KUBELET)
    assert (why.allowed, told(why)) == (
        None,
        [
            "security groups: Ingress: ingress[0] of security group of EKS cluster 'aws-prod' is for machines of a group, "
            "and whether one has this address is not known"
        ],
    )
    cluster = next(iter(snapshot.of_type(EKS)))
    open_ = with_more(snapshot, rule(cluster, cidrIpv4="10.32.192.0/26", fromPort=10250, toPort=10250))
    assert asked(open_, "10.32.192.4/32", NODE, KUBELET).allowed is True


def test_an_open_group_is_not_enough_while_nodes_are_in_private_subnets() -> None:
    snapshot = recorded("aws-prod")
    cluster = next(iter(snapshot.of_type(EKS)))
    why = asked(with_more(snapshot, rule(cluster, cidrIpv4="0.0.0.0/0")), "internet", NODE, SSH)
    assert why.allowed is False
    assert told(why)[-1] == (
        "routes: Ingress: route 'aws-prod-private-a' of Subnet 'aws-prod-private-a' lets nothing in"
    )


def test_an_open_group_in_public_subnets_opens_the_nodes() -> None:
    public = changed("aws-prod", "aws:ec2/subnet:Subnet", mapPublicIpOnLaunch=True)
    routes = [
        replace(item, inputs={"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1", "routeTableId": UNKNOWN})
        for item in public.of_type("aws:ec2/route:Route")
    ]
    others = [item for item in public.resources if item.type != "aws:ec2/route:Route"]
    snapshot = Snapshot.of(public.project, public.stack, [*others, *routes], public.config)
    cluster = next(iter(snapshot.of_type(EKS)))
    assert asked(snapshot, "internet", NODE, SSH).allowed is False
    why = asked(with_more(snapshot, rule(cluster, cidrIpv4="0.0.0.0/0")), "internet", NODE, SSH)
    assert told(why)[-2:] == [
        "security groups: Ingress: rule 'rule' lets it through",
        "routes: Ingress: route 'aws-prod-private-a' of Subnet 'aws-prod-private-a' leads there",
    ]


def test_a_public_pool_of_gke_is_guarded_by_the_firewall_alone() -> None:
    snapshot = changed("gcp-prod", "gcp:container/nodePool:NodePool", networkConfig={"enablePrivateNodes": False})
    network = next(iter(snapshot.of_type("gcp:compute/network:Network")))
    given = {"network": UNKNOWN, "allows": [{"protocol": "tcp", "ports": ["22"]}], "sourceRanges": ["0.0.0.0/0"]}
    token, links = "gcp:compute/firewall:Firewall", {"network": (network.urn,)}
    ssh = Resource("urn::ssh", token, "ssh", inputs=given, outputs=given, property_dependencies=links)
    assert asked(snapshot, "8.8.8.8/32", NODE, SSH).allowed is False
    opened = asked(with_more(snapshot, ssh), "8.8.8.8/32", NODE, SSH)
    assert "firewall rules: Ingress: Firewall 'ssh' lets it through" in told(opened)
    denied = replace(
        ssh, urn="urn::no", name="no", inputs={**given, "allows": [], "denies": given["allows"], "priority": 900}
    )
    closed = asked(with_more(snapshot, ssh, denied), "8.8.8.8/32", NODE, SSH)
    assert closed.allowed is False
    assert "firewall rules: Ingress: Firewall 'no' denies it" in told(closed)


def test_a_cluster_that_a_component_makes_out_of_sight_is_opaque() -> None:
    opaque = Resource("urn::eks", "eks:index:Cluster", "main", custom=False, inputs={"version": "1.35"})
    snapshot = Snapshot.of("test", "dev", [opaque, resource(pod("a/p"))])
    found = reach(Views(snapshot))
    why = found.why("a/Pod/p", "internet", HTTPS)
    assert (why.allowed, told(why)) == (
        None,
        ["security groups: Egress: the security groups of cluster 'main' are opaque"],
    )
    assert [problem.text for problem in found.problems] == [
        "EKS cluster 'main' is opaque: its security groups are not known"
    ]
    assert found.why("a/Pod/p", "a/any/pod", HTTPS).allowed is True


def test_a_firewall_policy_stands_before_the_rules_and_is_opaque() -> None:
    token = "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation"
    snapshot = with_more(
        recorded("gcp-prod"), Resource("urn::policy", token, "policy", inputs={"attachmentTarget": UNKNOWN})
    )
    assert asked(snapshot, NODE, "internet", HTTPS).allowed is None
    assert [problem.text for problem in reach(Views(snapshot)).problems] == [
        "firewall policy 'policy' is opaque: it is judged before the network's rules"
    ]


def test_an_acl_on_the_subnets_of_an_example_counts_by_its_links() -> None:
    snapshot = recorded("aws-prod")
    private = [item.urn for item in snapshot.of_type("aws:ec2/subnet:Subnet") if "-private-" in item.name]
    rule = {
        "ruleNo": 100,
        "action": "allow",
        "protocol": "tcp",
        "fromPort": 0,
        "toPort": 65535,
        "cidrBlock": "0.0.0.0/0",
    }
    given = {"subnetIds": [UNKNOWN for _ in private], "vpcId": UNKNOWN, "ingress": [rule], "egress": [rule]}
    token, links = "aws:ec2/networkAcl:NetworkAcl", {"subnetIds": tuple(private)}
    shut = Resource("urn::acl", token, "shut", inputs=given, outputs=given, property_dependencies=links)
    found = with_more(snapshot, shut)
    assert asked(found, NODE, "internet", HTTPS).allowed is True
    why = asked(found, NODE, "internet", PortRange("UDP", 53, 53))
    assert (why.allowed, told(why)) == (False, ["network ACLs: Egress: no rule of NetworkAcl 'shut' lets it out"])


def google(kind: str, called: str, /, **inputs: Any) -> dict[str, Any]:
    return {**vpcs.made(kind, called, **inputs), "type": f"gcp:{kind}"}


def gke(*more: dict[str, Any], public: Any = False, tags: Any = (), **network: Any) -> Snapshot:
    """A cluster of GKE in a network of two subnets, with one pool."""
    given = {"autoCreateSubnetworks": False, **network}
    pods = {"secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": "10.80.0.0/17"}]}
    here, far = ({"network": "<id of net>", "region": region} for region in ("europe-west1", "us-central1"))
    private = {"enablePrivateNodes": UNKNOWN if public is UNKNOWN else not public}
    pool = {"nodeConfig": {"tags": [*tags]}, "networkConfig": private}
    cluster = {"name": "main", "removeDefaultNodePool": True, "subnetwork": "<id of sub>", "network": "<id of net>"}
    return example.snapshot(
        {
            "resources": [
                google("compute/network:Network", "net", **given),
                google("compute/subnetwork:Subnetwork", "sub", ipCidrRange="10.80.128.0/20", **pods, **here),
                google("compute/subnetwork:Subnetwork", "far", ipCidrRange="10.90.0.0/20", **far),
                google("container/cluster:Cluster", "main", **cluster),
                google("container/nodePool:NodePool", "pool", cluster="<id of main>", **pool),
                *more,
            ],
            "objects": [vpcs.POD],
        }
    )


def nat(**inputs: Any) -> list[dict[str, Any]]:
    given = {"sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES", "region": "europe-west1"}
    router = google("compute/router:Router", "router", network="<id of net>")
    return [router, google("compute/routerNat:RouterNat", "nat", **{"router": "<id of router>", **given, **inputs})]


def hop(called: str, to: Any, /, **inputs: Any) -> dict[str, Any]:
    return google("compute/route:Route", called, network="<id of net>", destRange=to, **inputs)


def test_google_routes_within_its_subnets_and_to_the_internet_by_an_address_or_a_nat() -> None:
    inside = (True, ["Egress: inside the network everything is routed"])
    for address in ("10.80.130.1/32", "10.80.0.7/32", "10.90.0.9/32"):
        assert routed(gke(), address) == inside
    assert routed(gke(), "192.168.0.1/32") == (False, ["Egress: route 'net' does not lead there"])
    closed = "no node of cluster 'main' has a public address"
    assert routed(gke(), "internet") == (False, [f"Egress: {closed}, and no NAT is for them"])
    assert routed(gke(), "internet", INGRESS) == (False, [f"Ingress: {closed}"])
    assert routed(gke(*nat()), "internet") == (True, ["Egress: a NAT leads there"])
    assert routed(gke(*nat()), "internet", INGRESS)[0] is False
    assert routed(gke(public=True), "internet") == (True, ["Egress: its nodes lead there"])
    assert routed(gke(public=UNKNOWN), "internet")[0] is None
    assert routed(gke(*nat(), deleteDefaultRoutesOnCreate=True), "internet") == (
        False,
        ["Egress: no route leads there"],
    )
    assert routed(gke(*nat(), deleteDefaultRoutesOnCreate=UNKNOWN), "internet")[0] is None
    assert routed(gke(*nat()), "internet/ipv6")[0] is False


def test_what_google_routes_do_not_tell_is_said() -> None:
    machine = hop("machine", "192.168.0.0/16", nextHopInstance="one")
    hidden = hop("hidden", UNKNOWN, nextHopVpnTunnel="office")
    peer = google("compute/networkPeering:NetworkPeering", "peer", network="<id of net>")
    for given, address, doubt in (
        (machine, "192.168.0.1/32", "where route 'machine' leads is not known"),
        (hidden, "192.168.0.1/32", "whether route 'hidden' counts is not known"),
        (peer, "192.168.0.1/32", "what is connected with its network is not known"),
    ):
        assert routed(gke(given), address) == (None, [f"Egress: {doubt}"])
    texts = [problem.text for problem in reach(Views(gke(machine, hidden, peer))).problems]
    assert texts == ["Route 'hidden' is not all known yet"]


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"region": "us-central1"}, False),
        ({"region": UNKNOWN}, None),
        ({"type": "PRIVATE"}, False),
        ({"sourceSubnetworkIpRangesToNat": UNKNOWN}, None),
        ({"router": UNKNOWN}, None),
        ({"subnetworks": [{"name": "<id of sub>", "sourceIpRangesToNats": ["ALL_IP_RANGES"]}]}, True),
        ({"subnetworks": [{"name": "<id of far>", "sourceIpRangesToNats": ["ALL_IP_RANGES"]}]}, False),
        ({"subnetworks": [{"name": "<id of sub>", "sourceIpRangesToNats": ["LIST_OF_SECONDARY_IP_RANGES"]}]}, False),
        ({"subnetworks": UNKNOWN}, None),
    ],
    ids=str,
)
def test_a_nat_of_google_is_for_subnets_of_its_region(given: Any, answer: bool | None) -> None:
    listed = {"sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS"} if "subnetworks" in given else {}
    assert routed(gke(*nat(**listed, **given)), "internet")[0] is answer


@pytest.mark.parametrize(
    ("routes", "address", "answer"),
    [
        ([hop("vpn", "192.168.0.0/16", nextHopVpnTunnel="office")], "192.168.0.1/32", True),
        ([hop("vpn", "192.168.0.0/16", nextHopVpnTunnel="office", tags=["db"])], "192.168.0.1/32", False),
        ([hop("vpn", "192.168.0.0/16", nextHopVpnTunnel="office", tags=UNKNOWN)], "192.168.0.1/32", None),
        ([hop("vpn", UNKNOWN, nextHopVpnTunnel="office")], "192.168.0.1/32", None),
        ([hop("machine", "192.168.0.0/16", nextHopInstance="one")], "192.168.0.1/32", None),
        ([hop("vpn", "8.8.8.0/24", nextHopVpnTunnel="office")], "8.8.8.8/32", False),
        ([hop("vpn", "0.0.0.0/0", nextHopVpnTunnel="office", priority=900)], "8.8.8.8/32", False),
        ([hop("vpn", "0.0.0.0/0", nextHopVpnTunnel="office", priority=1001)], "8.8.8.8/32", True),
        ([hop("vpn", "0.0.0.0/0", nextHopVpnTunnel="office")], "8.8.8.8/32", None),
        ([hop("vpn", "0.0.0.0/0", nextHopVpnTunnel="office", priority=UNKNOWN)], "8.8.8.8/32", None),
        ([hop("vpn", "10.80.0.0/16", nextHopInstance="one")], "10.80.0.7/32", True),
        ([google("compute/networkPeering:NetworkPeering", "peer", network="<id of net>")], "192.168.0.1/32", None),
        ([google("compute/routerPeer:RouterPeer", "bgp", router="<id of router>")], "192.168.0.1/32", None),
    ],
    ids=[
        *("vpn", "other tags", "tags", "destination", "machine", "public", "first", "later", "same", "priority"),
        *("subnet first", "peering", "bgp"),
    ],
)
def test_of_google_routes_the_longest_prefix_counts_then_the_priority(
    routes: Any, address: str, answer: bool | None
) -> None:
    assert routed(gke(*nat(), *routes, tags=["web"]), address)[0] is answer


LIST, ENTRY = "ec2/managedPrefixList:ManagedPrefixList", "ec2/managedPrefixListEntry:ManagedPrefixListEntry"


def listed(given: Any, *more: dict[str, Any], target: Any = None) -> Snapshot:
    """A small network whose private subnets have a route for a prefix list, by default into another network."""
    to = {
        "routeTableId": "<id of private>",
        "destinationPrefixListId": given,
        **(target or {"transitGatewayId": "tgw-1"}),
    }
    return vpcs.snapshot(vpcs.made("ec2/route:Route", "by-list", **to), *more)


def routed(snapshot: Snapshot, address: str, way: str = EGRESS) -> tuple[bool | None, list[str]]:
    """What routes alone say of a way between a pod and an address."""
    found = reach(Views(snapshot), plugin="vpc-cni", ways=False)
    people = found.clusters[0]
    layer = next(each for each in people.layers if each.name == "routes")
    pod, other = (people.meant(name)[0].site for name in ("shop/Pod/web", address))
    answer = layer.why(*((pod, other) if way == EGRESS else (other, pod)), HTTPS)
    return answer.allowed, [str(reason) for reason in answer.reasons]


def entry(cidr: Any, of: Any = "<id of partners>") -> dict[str, Any]:
    return vpcs.made(ENTRY, f"entry-{cidr}", prefixListId=of, cidr=cidr)


def test_a_route_for_a_prefix_list_is_one_for_each_of_its_ranges() -> None:
    partners = vpcs.made(LIST, "partners", entries=[{"cidr": "172.20.0.0/16"}, {"cidr": "198.18.7.0/24"}])
    snapshot = listed("<id of partners>", partners, entry("192.168.9.0/24"))
    leads = (True, ["Egress: route 'by-list' of Subnet 'a' leads there"])
    for address in ("172.20.1.1/32", "198.18.7.7/32", "192.168.9.9/32"):
        assert routed(snapshot, address) == leads
    assert routed(snapshot, "172.21.1.1/32") == (
        False,
        ["Egress: route 'private-out' of Subnet 'a' does not lead there"],
    )
    assert routed(snapshot, "internet") == (True, ["Egress: route 'private-out' of Subnet 'a' leads there"])
    assert [*reach(Views(snapshot)).problems] == []


def test_a_list_of_others_may_hold_any_address_of_the_internet_and_is_told() -> None:
    snapshot = listed("pl-63a5400a", target={"gatewayId": "igw-1"})
    doubt = "Egress: route 'by-list' of Subnet 'a' leads there or does not: the ranges of its prefix list are not known"
    assert routed(listed("pl-63a5400a"), "internet") == (None, [doubt])
    assert routed(snapshot, "internet")[0] is True
    assert routed(listed("pl-63a5400a", target={"vpcEndpointId": "vpce-1"}), "203.0.112.1/32")[0] is None
    assert routed(snapshot, "10.0.2.5/32") == (True, ["Egress: Subnet 'a' is in the same network"])
    assert routed(snapshot, "172.20.1.1/32")[0] is False
    assert routed(listed("pl-63a5400a"), "172.20.1.1/32")[0] is None
    assert [problem.text for problem in reach(Views(snapshot)).problems] == [
        "Route 'by-list' is for a prefix list whose ranges are not known here"
    ]


@pytest.mark.parametrize(
    "hidden",
    [entry(UNKNOWN), entry("192.168.9.0/24", of=UNKNOWN), {"entries": UNKNOWN}, {"entries": [{"cidr": UNKNOWN}]}],
    ids=["cidr", "list", "entries", "inline cidr"],
)
def test_what_is_known_of_a_list_counts_and_the_rest_is_unknown(hidden: dict[str, Any]) -> None:
    more = [hidden] if "type" in hidden else []
    partners = vpcs.made(LIST, "partners", **({} if more else hidden))
    snapshot = listed("<id of partners>", partners, *more, entry("172.20.0.0/16"))
    assert routed(snapshot, "172.20.1.1/32")[0] is True
    assert routed(snapshot, "172.21.1.1/32")[0] is None
    assert routed(snapshot, "10.0.1.1/32")[0] is True


def test_a_plain_route_comes_before_one_by_a_list_and_of_two_lists_either_may() -> None:
    partners = vpcs.made(LIST, "partners", entries=[{"cidr": "172.20.0.0/16"}])
    shut = {"routeTableId": "<id of private>", "natGatewayId": "<id of out>"}
    plain = vpcs.made("ec2/route:Route", "plain", destinationCidrBlock="172.20.0.0/16", **shut)
    assert routed(listed("<id of partners>", partners, plain), "172.20.1.1/32") == (
        False,
        ["Egress: route 'plain' of Subnet 'a' does not lead there"],
    )
    twin = vpcs.made(LIST, "twin", entries=[{"cidr": "172.20.0.0/16"}])
    other = vpcs.made("ec2/route:Route", "other", destinationPrefixListId="<id of twin>", **shut)
    assert routed(listed("<id of partners>", partners, twin, other), "172.20.1.1/32")[0] is None
    narrow = {**twin, "inputs": {"entries": [{"cidr": "172.20.5.0/24"}]}}
    assert routed(listed("<id of partners>", partners, narrow, other), "172.20.1.1/32")[0] is True
    assert routed(listed("<id of partners>", partners, narrow, other), "172.20.5.1/32")[0] is False


def test_the_main_table_of_a_network_is_known_where_it_is_declared() -> None:
    def on_main(*more: dict[str, Any]) -> Snapshot:
        found = vpcs.snapshot(*more, nodes=["a"])
        every = [item for item in found.resources if item.name != "on-a"]
        return Snapshot.of(found.project, found.stack, every)

    doubt = "Subnet 'a' is on the main table of its network, which is not declared"
    assert routed(on_main(), "10.0.2.5/32")[0] is True
    assert routed(on_main(), "internet") == (None, [f"Egress: {doubt}"])
    assert [problem.text for problem in reach(Views(on_main())).problems] == [doubt]
    token, given = "ec2/defaultRouteTable:DefaultRouteTable", {"defaultRouteTableId": "<id of main>"}
    out = {"cidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1"}
    assert routed(on_main(vpcs.made(token, "own", **given)), "internet")[0] is False
    assert routed(on_main(vpcs.made(token, "own", routes=[out], **given)), "internet")[0] is True
    other = vpcs.made(
        "ec2/mainRouteTableAssociation:MainRouteTableAssociation",
        "on-main",
        vpcId="<id of main>",
        routeTableId="<id of private>",
    )
    assert routed(on_main(other), "internet") == (True, ["Egress: route 'private-out' of Subnet 'a' leads there"])
    lost = vpcs.made("ec2/routeTableAssociation:RouteTableAssociation", "lost", subnetId=UNKNOWN, routeTableId=UNKNOWN)
    assert routed(on_main(other, lost), "internet")[0] is None


def test_a_route_of_which_the_table_is_not_known_may_be_in_any_and_more_ranges_are_local() -> None:
    hidden = vpcs.made("ec2/route:Route", "lost", routeTableId=UNKNOWN, destinationCidrBlock="192.0.2.0/24")
    assert routed(vpcs.snapshot(hidden), "internet")[0] is None
    token = "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
    more = vpcs.made(token, "more", vpcId="<id of main>", cidrBlock="100.64.0.0/16")
    assert routed(vpcs.snapshot(more), "100.64.1.1/32") == (True, ["Egress: Subnet 'a' is in the same network"])
    assert routed(vpcs.snapshot(), "100.64.1.1/32")[0] is False


def test_a_gateway_endpoint_changes_nothing() -> None:
    given = {"vpcEndpointType": "Gateway", "serviceName": "com.amazonaws.eu-west-1.s3", "vpcId": "<id of main>"}
    endpoint = vpcs.made("ec2/vpcEndpoint:VpcEndpoint", "s3", routeTableIds=["<id of private>"], **given)
    with_it, without = (reach(Views(vpcs.snapshot(*more))) for more in ((endpoint,), ()))
    assert [*with_it.paths()] == [*without.paths()]
    assert [*with_it.problems] == [*without.problems] == []


def test_what_is_known_of_a_list_in_a_security_group_counts_and_the_rest_is_unknown() -> None:
    partners = vpcs.made(LIST, "partners", entries=[{"cidr": "172.20.0.0/16"}])
    rule = {"securityGroupId": "<id of main-cluster>", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    token = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"

    def answers(given: Any, *more: dict[str, Any]) -> list[bool | None]:
        snapshot = vpcs.snapshot(vpcs.made(token, "by-list", prefixListId=given, **rule), partners, *more)
        found = reach(Views(snapshot), plugin="vpc-cni", ways=False).clusters[0]
        layer = next(each for each in found.layers if each.name == "security groups")
        ends = [(found.meant(name)[0].site, found.meant("shop/Pod/web")[0].site) for name in ADDRESSES]
        return [layer.why(*each, HTTPS).allowed for each in ends]

    assert answers("<id of partners>") == [True, False]
    assert answers("<id of partners>", entry(UNKNOWN)) == [True, None]
    assert answers("pl-63a5400a") == [None, None]


ADDRESSES = ("172.20.1.1/32", "198.51.100.1/32")


def test_a_security_group_takes_every_port_of_any_protocol_but_tcp_and_udp() -> None:
    given = {"securityGroupId": "<id of main-cluster>", "ipProtocol": "132", "fromPort": 80, "toPort": 80}
    token = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    snapshot = vpcs.snapshot(vpcs.made(token, "sctp", cidrIpv4="10.0.0.0/16", **given))
    found = reach(Views(snapshot), plugin="vpc-cni", ways=False)
    assert found.ports("10.0.2.5/32", "shop/Pod/web") == (PortRange("SCTP", 1, 65535),)


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"sourceRanges": ["0.0.0.0/0"]}, False),
        ({"sourceRanges": ["0.0.0.0/0"], "destinationRanges": ["0.0.0.0/1", "128.0.0.0/1"]}, False),
        ({"sourceRanges": ["0.0.0.0/0"], "destinationRanges": ["10.99.0.0/16"]}, None),
        ({"sourceRanges": ["0.0.0.0/0"], "destinationRanges": UNKNOWN}, None),
        ({"direction": "EGRESS", "destinationRanges": ["0.0.0.0/0"]}, False),
        ({"direction": "EGRESS", "sourceRanges": ["0.0.0.0/0"]}, False),
        ({"direction": "EGRESS", "destinationRanges": ["0.0.0.0/0"], "sourceRanges": ["10.99.0.0/16"]}, None),
        ({"direction": "EGRESS", "destinationRanges": ["192.0.2.0/24"], "sourceRanges": ["10.99.0.0/16"]}, True),
    ],
    ids=str,
)
def test_a_firewall_rule_for_some_addresses_of_its_machines_counts_perhaps(given: Any, answer: bool | None) -> None:
    deny = {"network": "<id of net>", "priority": 100, "denies": [{"protocol": "all"}]}
    allow = {"network": "<id of net>", "allows": [{"protocol": "tcp"}], "sourceRanges": ["0.0.0.0/0"]}
    rules = [google(FIREWALL, "deny", **deny, **given), google(FIREWALL, "allow", **allow)]
    found = reach(Views(gke(*rules)), ways=False)
    layer = next(each for each in found.clusters[0].layers if each.name == "firewall rules")
    internet, web = (found.clusters[0].meant(name)[0].site for name in ("internet", "shop/Pod/web"))
    source, destination = (web, internet) if "direction" in given else (internet, web)
    assert layer.why(source, destination, HTTPS).allowed is answer
    other = "sourceRanges" if "direction" in given else "destinationRanges"
    doubt = f"Firewall 'deny' cannot be judged: whether its {other} hold the addresses of the nodes is not known"
    narrow = given.get(other) in (UNKNOWN, ["10.99.0.0/16"])
    assert [problem.text for problem in found.problems] == ([doubt] if narrow else [])


FIREWALL = "compute/firewall:Firewall"
