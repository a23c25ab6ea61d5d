"""What clouds are said to build, in words common to them: the example stacks, and the corners of each view."""

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest

from hedgerow.graph import UNKNOWN, Snapshot, Views
from hedgerow.graph.sources import example
from hedgerow.graph.value import SECRET
from hedgerow.graph.views import GkeCluster, GkeNodePool
from hedgerow.graph.views.firewall import FIREWALL, firewall_rules
from hedgerow.graph.views.gke import CLUSTER
from hedgerow.graph.views.network_acl import ALL_PORTS, AclRule
from hedgerow.graph.views.prefix_list import PrefixLists
from hedgerow.graph.views.route import ways_out
from hedgerow.graph.views.subnet_edge import edges

from ..mutations.test_mutations import example as recorded


def views(*resources: dict[str, Any]) -> Views:
    return Views(example.snapshot({"resources": list(resources)}))


def test_aws_dev_has_private_nodes_in_subnets_of_which_only_the_public_ones_lead_out() -> None:
    found = Views(recorded("aws-dev"))
    assert {str(pool): pool.public for pool in found.node_pools} == {"EKS node group 'aws-dev-general'": False}
    assert {subnet.resource.name: (subnet.public_addresses, subnet.internet_route) for subnet in found.subnets} == {
        f"aws-dev-{tier}-{zone}": (False, tier == "public") for tier in ("intra", "private", "public") for zone in "abc"
    }
    assert [(str(network), network.automatic) for network in found.networks] == [("VPC 'aws-dev'", False)]
    assert [(str(each), each.by) for each in found.enforcers] == [
        ("EKS add-on 'aws-dev-before-nodes-vpc-cni'", "vpc-cni"),
        ("Platform 'aws-dev'", "vpc-cni"),
    ]


@pytest.mark.parametrize(
    ("stack", "autopilot", "pools"),
    [
        ("gcp-dev", True, {"GKE cluster 'gcp-dev'": (False, False, True)}),
        (
            "gcp-prod",
            False,
            {
                "GKE node pool 'gcp-prod-general'": (False, False, True),
                "GKE node pool 'gcp-prod-gpu'": (False, False, True),
            },
        ),
    ],
)
def test_both_kinds_of_gke_are_read_with_their_defaults_filled_in(
    stack: str, autopilot: bool, pools: dict[str, Any]
) -> None:
    found = Views(recorded(stack))
    (cluster,) = found.clusters
    assert isinstance(cluster, GkeCluster)
    assert (cluster.autopilot, cluster.public, cluster.private_nodes, cluster.default_network) == (
        autopilot,
        False,
        True,
        False,
    )
    assert {
        str(pool): (pool.public, pool.default_account, pool.metadata_server)
        for pool in found.node_pools
        if isinstance(pool, GkeNodePool)
    } == pools
    assert {each.by for each in found.enforcers} == {"dataplane-v2"}
    assert [(str(network), network.automatic) for network in found.networks] == [(f"Network '{stack}'", False)]


@pytest.mark.parametrize("stack", ["aws-tenants", "gcp-tenants"])
def test_a_stack_of_tenants_knows_of_its_cluster_only_what_the_contract_says(stack: str) -> None:
    found = Views(recorded(stack))
    assert (found.clusters, found.node_pools, found.networks, found.subnets) == ((), (), (), ())
    assert [each.by for each in found.enforcers] == [found.contract["network_policy"]]


@pytest.mark.parametrize(
    ("given", "public"),
    [
        ({"enablePrivateNodes": True, "enablePrivateEndpoint": True}, False),
        ({"enablePrivateNodes": True}, True),
        ({"enablePrivateEndpoint": "<unknown>"}, UNKNOWN),
        ("<secret>", UNKNOWN),
        ("nonsense", True),
    ],
    ids=str,
)
def test_an_endpoint_is_public_unless_it_is_said_to_be_private(given: Any, public: Any) -> None:
    cluster = views(
        {"type": "gcp:container/cluster:Cluster", "name": "main", "inputs": {"privateClusterConfig": given}}
    ).clusters[0]
    assert cluster.public is public


def test_what_is_only_looked_up_is_in_no_view() -> None:
    types = ("aws:eks/cluster:Cluster", "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:eks/nodeGroup:NodeGroup")
    google = ("gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool", "gcp:compute/network:Network")
    found = views(*({"type": kind, "name": kind} for kind in (*types, *google)))
    assert (found.clusters, found.node_pools, found.networks, found.subnets, found.enforcers) == ((), (), (), (), ())


def test_a_secret_contract_hides_who_enforces() -> None:
    found = views({"type": "hedgerow:index:Tenant", "name": "payments", "inputs": {"platform": "<secret>"}})
    assert [(str(each), each.by) for each in found.enforcers] == [("Platform 'payments'", SECRET)]
    others = views({"type": "acme:index:Shop", "name": "shop", "inputs": {"platform": "<unknown>"}})
    assert others.enforcers == ()


def created(*resources: dict[str, Any]) -> Snapshot:
    """As after a deployment: `<id of web>` is `web-id` everywhere, and nothing is linked."""

    def known(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: known(item) for key, item in value.items()}
        if isinstance(value, list):
            return [known(item) for item in value]
        return f"{value[7:-1]}-id" if isinstance(value, str) and value.startswith("<id of ") else value

    found = example.snapshot({"resources": known([*resources])})
    every = [replace(item, outputs={**item.inputs, "id": f"{item.name}-id"}) for item in found.resources]
    return Snapshot.of(found.project, found.stack, every)


def acl(name: str, **inputs: Any) -> dict[str, Any]:
    return {"type": "aws:ec2/networkAcl:NetworkAcl", "name": name, "inputs": {"vpcId": "<id of main>", **inputs}}


def on(name: str, acl: str, subnet: str) -> dict[str, Any]:
    given = {"networkAclId": acl, "subnetId": subnet}
    return {"type": "aws:ec2/networkAclAssociation:NetworkAclAssociation", "name": name, "inputs": given}


def default(**inputs: Any) -> dict[str, Any]:
    given = {"defaultNetworkAclId": "<id of main>", **inputs}
    return {"type": "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", "name": "mine", "inputs": given}


def subnet(name: str, **inputs: Any) -> dict[str, Any]:
    return {"type": "aws:ec2/subnet:Subnet", "name": name, "inputs": {"vpcId": "<id of main>", **inputs}}


NETWORK = (
    {"type": "aws:ec2/vpc:Vpc", "name": "main", "inputs": {"cidrBlock": "10.0.0.0/16"}},
    subnet("a"),
    subnet("b"),
)
AWS = "default network ACL of VPC 'main'"
WEB = "NetworkAcl 'web'"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([acl("web", subnetIds=["<id of a>"])], {"a": [WEB], "b": [AWS]}),
        ([acl("web"), on("one", "<id of web>", "<id of b>")], {"a": [AWS], "b": [WEB]}),
        ([acl("web", subnetIds=["<id of a>"]), on("one", "<id of web>", "<id of a>")], {"a": [WEB], "b": [AWS]}),
        (
            [acl("web", subnetIds=["<id of a>"]), acl("other", subnetIds=["<id of a>"])],
            {"a": ["NetworkAcl 'other'", WEB], "b": [AWS]},
        ),
        ([on("one", "acl-of-others", "<id of a>")], {"a": ["None"], "b": [AWS]}),
    ],
    ids=["listed", "associated", "both", "two", "made elsewhere"],
)
def test_the_acl_of_each_subnet_is_found_before_and_after_ids_are_known(
    given: Any, found: dict[str, list[str]]
) -> None:
    for snapshot in (example.snapshot({"resources": [*NETWORK, *given]}), created(*NETWORK, *given)):
        assert {edge.subnet.name: [*map(str, edge.acls)] for edge in edges(snapshot).values()} == found


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([default()], {"a": ["DefaultNetworkAcl 'mine'"], "b": ["DefaultNetworkAcl 'mine'"]}),
        ([default(), acl("web", subnetIds=["<id of b>"])], {"a": ["DefaultNetworkAcl 'mine'"], "b": [WEB]}),
        (
            [default(defaultNetworkAclId="<unknown>")],
            {"a": [AWS, "DefaultNetworkAcl 'mine'"], "b": [AWS, "DefaultNetworkAcl 'mine'"]},
        ),
        ([acl("web", subnetIds="<unknown>")], {"a": [AWS, WEB], "b": [AWS, WEB]}),
        ([acl("web", subnetIds="<id of a>")], {"a": [AWS, WEB], "b": [AWS]}),
        ([acl("web", subnetIds=["<unknown>", "<id of a>"])], {"a": [AWS, WEB], "b": [AWS, WEB]}),
        ([acl("web", vpcId="<unknown>", subnetIds="<secret>")], {"a": [AWS, WEB], "b": [AWS, WEB]}),
        ([acl("web", vpcId="vpc-123", subnetIds="<unknown>")], {"a": [AWS], "b": [AWS]}),
        ([acl("web"), on("one", "<id of web>", "<unknown>")], {"a": [AWS, WEB], "b": [AWS, WEB]}),
        ([acl("web"), on("one", "<unknown>", "<id of a>")], {"a": ["None"], "b": [AWS]}),
        (
            [subnet("c", vpcId="vpc-123"), acl("web")],
            {"a": [AWS], "b": [AWS], "c": ["default network ACL of Subnet 'c'"]},
        ),
    ],
    ids=str,
)
def test_a_subnet_has_the_default_one_unless_another_may_be_put_on_it(given: Any, found: dict[str, list[str]]) -> None:
    snapshot = example.snapshot({"resources": [*NETWORK, *given]})
    assert {edge.subnet.name: [*map(str, edge.acls)] for edge in edges(snapshot).values()} == found


def test_the_default_acl_is_found_by_its_id_once_that_is_known() -> None:
    own = {"type": "aws:ec2/networkAclRule:NetworkAclRule", "name": "own"}
    given = {"networkAclId": "acl-1", "ruleNumber": 9, "ruleAction": "deny", "protocol": "-1", "cidrBlock": "0.0.0.0/0"}
    for more, name, count in (((), AWS, 5), ((default(defaultNetworkAclId="acl-1"),), "DefaultNetworkAcl 'mine'", 1)):
        found = created(*NETWORK, *more, {**own, "inputs": given})
        every = [
            replace(item, outputs={**item.outputs, "defaultNetworkAclId": "acl-1"}) if item.name == "main" else item
            for item in found.resources
        ]
        edge = next(iter(edges(Snapshot.of("test", "dev", every)).values()))
        assert [(str(each), len(each.rules)) for each in edge.acls if each] == [(name, count)]


def test_rules_of_an_acl_are_in_the_order_of_their_numbers() -> None:
    rules = [
        {"ruleNo": 200, "action": "ALLOW", "protocol": "tcp", "fromPort": 443, "toPort": 444, "ipv6CidrBlock": "::/0"},
        {"ruleNo": "100", "action": "deny", "protocol": 6, "fromPort": 0, "toPort": 22, "cidrBlock": "10.1.2.3/8"},
    ]
    hidden = {"ruleNo": "<unknown>", "action": "<unknown>", "protocol": "<secret>", "cidrBlock": "<unknown>"}
    given = acl("web", subnetIds=["<id of a>"], ingress=[*rules, hidden])
    snapshot = example.snapshot({"resources": [*NETWORK, given]})
    (web,) = next(iter(edges(snapshot).values())).acls
    assert web is not None
    ten, every = ip_network("10.0.0.0/8"), ip_network("::/0")
    assert web.rules == (
        AclRule(web.resource, "ingress", 100, False, (("TCP", 1, 22),), (ten,)),
        AclRule(web.resource, "ingress", 200, True, (("TCP", 443, 444),), (every,)),
        AclRule(web.resource, "ingress", UNKNOWN, UNKNOWN, ALL_PORTS, (), (4,), certain=False),
    )


@pytest.mark.parametrize(
    ("given", "ranges", "hidden"),
    [
        ({"cidrBlock": "10.0.1.0/24"}, ["10.0.1.0/24"], ()),
        ({"cidrBlock": "<unknown>", "ipv6CidrBlock": "fd00::/64"}, ["fd00::/64"], (4,)),
        ({"cidrBlock": "10.0.1.0/24", "ipv6CidrBlock": "<unknown>"}, ["10.0.1.0/24"], (6,)),
        ({"ipv4IpamPoolId": "ipam-pool-1"}, [], (4,)),
        ({"ipv6Native": True, "ipv6IpamPoolId": "ipam-pool-1"}, [], (6,)),
        ({"ipv6Native": True, "ipv6CidrBlock": "fd00::/64"}, ["fd00::/64"], ()),
    ],
    ids=str,
)
def test_where_a_subnet_lies_and_what_of_it_only_a_deployment_tells(given: Any, ranges: list[str], hidden: Any) -> None:
    snapshot = example.snapshot({"resources": [*NETWORK, subnet("c", **given), acl("web")]})
    *_, edge = edges(snapshot).values()
    assert ([*map(str, edge.ranges)], edge.hidden) == (ranges, hidden)


def test_without_any_network_acl_nothing_is_read_of_subnets() -> None:
    assert edges(example.snapshot({"resources": [*NETWORK]})) == {}


def test_routes_by_prefix_lists_and_by_nat_gateways() -> None:
    lists = {"type": "aws:ec2/managedPrefixList:ManagedPrefixList", "name": "partners"}
    table = {"routes": [{"destinationPrefixListId": "<id of partners>", "transitGatewayId": "tgw-1"}]}
    out = {"routeTableId": "<id of table>", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "<id of nat>"}
    table_of_a = {"subnetId": "<id of a>", "routeTableId": "<id of table>"}
    given = [
        {**lists, "inputs": {"entries": [{"cidr": "172.20.0.0/16"}, {"cidr": "172.21.0.0/16"}]}},
        {"type": "aws:ec2/routeTable:RouteTable", "name": "table", "inputs": table},
        {"type": "aws:ec2/natGateway:NatGateway", "name": "nat", "inputs": {"subnetId": "<id of b>"}},
        {"type": "aws:ec2/route:Route", "name": "out", "inputs": out},
        {"type": "aws:ec2/routeTableAssociation:RouteTableAssociation", "name": "on-a", "inputs": table_of_a},
    ]
    for snapshot in (example.snapshot({"resources": [*NETWORK, *given]}), created(*NETWORK, *given)):
        known = {each.urn: each for each in Views(snapshot).subnets}
        (way,) = ways_out(snapshot, known, (each.urn for each in known.values() if each.resource.name == "a"))
        told = [(str(each.to), each.target, each.listed, [urn[-1] for urn in each.by]) for each in way.routes or ()]
        assert told == [
            ("10.0.0.0/16", "local", False, []),
            ("172.20.0.0/16", "inside", True, []),
            ("172.21.0.0/16", "inside", True, []),
            ("0.0.0.0/0", "nat", False, ["b"]),
        ]


def test_a_prefix_list_that_is_only_looked_up_is_not_known() -> None:
    token = "aws:ec2/managedPrefixList:ManagedPrefixList"
    snapshot = example.snapshot({"resources": [{"type": token, "name": "theirs"}]})
    resource = snapshot.resources[0]
    assert PrefixLists(snapshot).ranges(resource, resource.urn, "id") == ((), False)


@pytest.mark.parametrize(
    ("given", "placed", "ranges"),
    [
        ({}, True, ["0.0.0.0/0"]),
        ({"destinationRanges": ["0.0.0.0/0"]}, True, ["0.0.0.0/0"]),
        ({"destinationRanges": ["2001:db8::/32"]}, UNKNOWN, ["0.0.0.0/0", "::/0"]),
        ({"destinationRanges": "<unknown>", "sourceRanges": ["192.0.2.0/24"]}, UNKNOWN, ["192.0.2.0/24"]),
        ({"direction": "EGRESS", "destinationRanges": ["192.0.2.0/24"]}, True, ["192.0.2.0/24"]),
        ({"direction": "EGRESS", "sourceRanges": ["10.0.0.0/8"]}, UNKNOWN, ["0.0.0.0/0", "::/0"]),
    ],
    ids=str,
)
def test_a_firewall_rule_with_ranges_of_its_own_side_may_be_for_others(
    given: dict[str, Any], placed: Any, ranges: list[str]
) -> None:
    rule = {"type": FIREWALL, "name": "web", "inputs": {"allows": [{"protocol": "tcp"}], **given}}
    cluster = {"type": CLUSTER, "name": "main", "inputs": {"name": "main"}}
    snapshot = example.snapshot({"resources": [cluster, rule]})
    found = next(firewall_rules(snapshot, next(iter(snapshot.of_type(CLUSTER)))))
    assert (found.placed, [*map(str, found.ranges)]) == (placed, ranges)
