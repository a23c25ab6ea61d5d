"""Networks of AWS for tests: random routes, and the resources that a program would register for them."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from hedgerow.graph import UNKNOWN, Resource, Snapshot

Config = dict[str, Any]
NETWORK = "10.32.0.0/16"
CIDRS = ("0.0.0.0/0", "10.0.0.0/8", "10.40.0.0/16", "8.8.8.0/24", "8.8.8.8/32", "::/0")
ADDRESSES = (
    "8.8.8.8",
    "8.8.8.9",
    "9.9.9.9",
    "10.32.1.7",
    "10.40.0.1",
    "10.9.9.9",
    "192.168.0.1",
    "169.254.169.254",
    "2600::1",
)
INPUTS = {
    "internet": "gatewayId",
    "nat": "natGatewayId",
    "egress-only": "egressOnlyGatewayId",
    "peering": "vpcPeeringConnectionId",
    "transit": "transitGatewayId",
}
VPC, TABLE = "aws:ec2/vpc:Vpc", "aws:ec2/routeTable:RouteTable"
SUBNET, GATEWAY = "aws:ec2/subnet:Subnet", "aws:ec2/internetGateway:InternetGateway"

tables = st.dictionaries(st.sampled_from(CIDRS), st.sampled_from(sorted(INPUTS)), max_size=4)
subnets = st.lists(
    st.fixed_dictionaries({"table": st.sampled_from(["one", "two"]), "public_addresses": st.booleans()}),
    min_size=1,
    max_size=2,
)
configs = st.builds(
    lambda one, two, listed, inline, known: {
        "network": [NETWORK],
        "tables": {"one": sorted(one.items()), "two": sorted(two.items())},
        "subnets": listed,
        "inline": inline,
        "known": known,
    },
    tables,
    tables,
    subnets,
    st.booleans(),
    st.booleans(),
)


def snapshot(config: Config) -> Snapshot:
    """The configuration as resources: ids known, as in a state, or linked, as before anything is made."""
    return Snapshot.of("test", "dev", [*_network(config), *_nodes(config), _pod()])


def _network(config: Config) -> Iterator[Resource]:
    yield _made(config, VPC, "net", {"cidrBlock": NETWORK})
    yield _made(config, GATEWAY, "igw", {})
    for name, routes in config["tables"].items():
        inline = [{"cidrBlock": cidr, **_target(config, to)} for cidr, to in routes if ":" not in cidr]
        inline += [{"ipv6CidrBlock": cidr, **_target(config, to)} for cidr, to in routes if ":" in cidr]
        yield _made(config, TABLE, name, {"routes": inline} if config["inline"] else {})
        for number, (cidr, to) in enumerate(routes if not config["inline"] else []):
            key = "destinationIpv6CidrBlock" if ":" in cidr else "destinationCidrBlock"
            inputs = {key: cidr, **_target(config, to)}
            yield _made(config, "aws:ec2/route:Route", f"{name}-{number}", inputs, routeTableId=(TABLE, name))


def _target(config: Config, to: str) -> Config:
    """Gateways of the internet are told by their id, or, where that is not known, by being nothing else."""
    return {INPUTS[to]: "igw-1" if to == "internet" and config["known"] else UNKNOWN if not config["known"] else "x-1"}


def _nodes(config: Config) -> Iterator[Resource]:
    yield _made(config, "aws:eks/cluster:Cluster", "cluster", {"name": "main"})
    for number, subnet in enumerate(config["subnets"]):
        inputs = {"mapPublicIpOnLaunch": subnet["public_addresses"]}
        yield _made(config, SUBNET, f"s{number}", inputs, vpcId=(VPC, "net"))
        ends = {"subnetId": (SUBNET, f"s{number}"), "routeTableId": (TABLE, subnet["table"])}
        yield _made(config, "aws:ec2/routeTableAssociation:RouteTableAssociation", f"a{number}", {}, **ends)
    ids = [f"<s{number}>" if config["known"] else UNKNOWN for number in range(len(config["subnets"]))]
    links = {"subnetIds": tuple(f"urn::{SUBNET}::s{number}" for number in range(len(ids)))}
    inputs = {"clusterName": "main", "subnetIds": ids}
    yield Resource(
        "urn::nodes",
        "aws:eks/nodeGroup:NodeGroup",
        "nodes",
        inputs=inputs,
        outputs=inputs,
        property_dependencies={} if config["known"] else links,
    )


def _made(config: Config, token: str, name: str, inputs: Config, **links: tuple[str, str]) -> Resource:
    known = config["known"]
    given = {**inputs, **{key: f"<{of}>" if known else UNKNOWN for key, (_, of) in links.items()}}
    linked = {} if known else {key: (f"urn::{type_}::{of}",) for key, (type_, of) in links.items()}
    outputs = {**given, "id": f"<{name}>"} if known else given
    return Resource(f"urn::{token}::{name}", token, name, inputs=given, outputs=outputs, property_dependencies=linked)


def _pod() -> Resource:
    inputs = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "a"},
        "spec": {"containers": []},
    }
    return Resource("urn::Pod", "kubernetes:core/v1:Pod", "a/p", inputs=inputs)
