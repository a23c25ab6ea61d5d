"""Networks of AWS for tests: random routes and network ACLs, and the resources that a program would register for them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from hedgerow.graph import UNKNOWN, Resource, Snapshot

Config = dict[str, Any]
NETWORK, SUBNETS, EDGE = "10.32.0.0/16", ("10.32.1.0/24", "10.32.2.0/24"), "10.32.3.0/24"
CIDRS = ("0.0.0.0/0", "10.0.0.0/8", "10.40.0.0/16", "8.8.8.0/24", "8.8.8.8/32", "::/0", "2600::/16")
LISTS = ("offices", "partners")
ADDRESSES = (
    "8.8.8.8",
    "8.8.8.9",
    "9.9.9.9",
    "10.32.1.7",
    "10.32.3.9",
    "10.32.9.9",
    "10.40.0.1",
    "10.9.9.9",
    "192.168.0.1",
    "169.254.169.254",
    "2600::1",
    "2a00::1",
)
PORTS = (22, 80, 443, 1023, 1024, 32768, 65535)
INPUTS = {
    "internet": "gatewayId",
    "private": "gatewayId",
    "nat": "natGatewayId",
    "egress-only": "egressOnlyGatewayId",
    "peering": "vpcPeeringConnectionId",
    "transit": "transitGatewayId",
    "interface": "networkInterfaceId",
    "endpoint": "vpcEndpointId",
}
IDS = {"internet": "igw-1", "private": "vgw-1", "nat": "<nat>"}
VPC, TABLE = "aws:ec2/vpc:Vpc", "aws:ec2/routeTable:RouteTable"
SUBNET, GATEWAY = "aws:ec2/subnet:Subnet", "aws:ec2/internetGateway:InternetGateway"
NAT = "aws:ec2/natGateway:NatGateway"
LIST, ACL = "aws:ec2/managedPrefixList:ManagedPrefixList", "aws:ec2/networkAcl:NetworkAcl"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"

DEFAULT_ACL = "<acl-default>"


def tables(*destinations: str) -> st.SearchStrategy[Config]:
    """Routes of one table: where to, and by what."""
    return st.dictionaries(st.sampled_from(destinations), st.sampled_from(sorted(INPUTS)), max_size=4)


_ports = st.sampled_from(
    ((0, 65535), (1024, 65535), (1024, 65535), (22, 443), (80, 80), (32768, 60999), (60000, 65535))
)
acl_rules = st.builds(
    lambda number, action, protocol, ports, cidr: {
        "number": number,
        "action": action,
        "protocol": protocol,
        "from": 0 if protocol in ("-1", "all") else ports[0],
        "to": 0 if protocol in ("-1", "all") else ports[1],
        "cidr": cidr,
    },
    st.sampled_from((1, 90, 100, 110, 1000, 32766)),
    st.sampled_from(("allow", "allow", "deny")),
    st.sampled_from(("tcp", "tcp", "6", "udp", "17", "132", "icmp", "-1", "-1", "all")),
    _ports,
    st.sampled_from(("0.0.0.0/0", "0.0.0.0/0", *CIDRS, "10.32.1.0/24")),
)
acls = st.fixed_dictionaries(
    {way: st.lists(acl_rules, max_size=4, unique_by=lambda rule: rule["number"]) for way in ("ingress", "egress")}
)


@st.composite
def configs(draw: st.DrawFn, *, barred: bool = False) -> Config:
    """Tables with routes, ACLs where `barred`, subnets that have some of them or none, and how each is written."""
    named = st.sampled_from(("one", "one", "two", None))
    inline, known = draw(st.booleans()), draw(st.booleans())
    # Of a list named inline, nobody knows before it is made which one is meant.
    near = tables(*CIDRS, *(LISTS if known or not inline else ()))
    return {
        "network": [NETWORK],
        "lists": {name: draw(st.lists(st.sampled_from(CIDRS), max_size=2, unique=True)) for name in LISTS},
        "tables": {name: sorted(draw(near).items()) for name in ("one", "two")},
        "acls": {"one": draw(acls), "two": draw(acls), "default": draw(st.none() | acls)} if barred else {},
        "subnets": [
            {"cidr": cidr, "table": draw(named), "acl": draw(named), "public_addresses": draw(st.booleans())}
            for cidr in SUBNETS[: draw(st.integers(1, 2))]
        ],
        "edge": {"cidr": EDGE, "table": None, "acl": draw(named), "public_addresses": False},
        "inline": inline,
        "known": known,
        "associated": draw(st.booleans()),
        "brief": draw(st.booleans()),
    }


def snapshot(config: Config) -> Snapshot:
    """The configuration as resources: ids known, as in a state, or linked, as before anything is made."""
    return Snapshot.of("test", "dev", [*network(config), *_nodes(config), _pod()])


def network(config: Config) -> Iterator[Resource]:
    """Everything but the cluster and its nodes."""
    yield _made(config, VPC, "net", {"cidrBlock": NETWORK})
    yield _made(config, GATEWAY, "igw", {})
    for name, cidrs in config["lists"].items():
        yield _made(config, LIST, name, {"entries": [{"cidr": cidr} for cidr in cidrs]})
    yield _made(config, NAT, "nat", {}, subnetId=(SUBNET, "edge"))
    for name, subnet in _subnets(config).items():
        inputs = {"mapPublicIpOnLaunch": subnet["public_addresses"], "cidrBlock": subnet["cidr"]}
        yield _made(config, SUBNET, name, inputs, vpcId=(VPC, "net"))
        if subnet["table"]:
            ends = {"subnetId": (SUBNET, name), "routeTableId": (TABLE, subnet["table"])}
            yield _made(config, ASSOCIATION, f"table-of-{name}", {}, **ends)
    yield from _tables(config)
    yield from _acls(config)


def _subnets(config: Config) -> Config:
    """Those of nodes, and the one that the NAT gateway is in, by name."""
    return {**{f"s{number}": each for number, each in enumerate(config["subnets"])}, "edge": config["edge"]}


def _tables(config: Config) -> Iterator[Resource]:
    for name, routes in config["tables"].items():
        inline = [{**_destination(config, to, ""), **_target(config, hop)} for to, hop in routes]
        table = _made(config, TABLE, name, {"routes": inline} if config["inline"] else {}, vpcId=(VPC, "net"))
        links = {} if config["known"] or not config["inline"] else {"routes": (f"urn::{NAT}::nat",)}
        yield replace(table, property_dependencies={**table.property_dependencies, **links})
        for number, (to, hop) in enumerate(routes if not config["inline"] else []):
            inputs = {**_destination(config, to, "destination"), **_target(config, hop)}
            lists = {"destinationPrefixListId": (LIST, to)} if to in LISTS else {}
            made = {"routeTableId": (TABLE, name), **lists, **({"natGatewayId": (NAT, "nat")} if hop == "nat" else {})}
            yield _made(config, "aws:ec2/route:Route", f"{name}-{number}", inputs, **made)


def _destination(config: Config, to: str, key: str) -> Config:
    if to in LISTS:
        return {"destinationPrefixListId": f"<{to}>" if config["known"] else UNKNOWN}
    named = f"{key}{'Ipv6CidrBlock' if ':' in to else 'CidrBlock'}"
    return {named[0].lower() + named[1:]: to}


def _target(config: Config, hop: str) -> Config:
    """Gateways of the internet are told by their id, or, where that is not known, by being nothing else."""
    known = config["known"] or hop == "private"
    return {INPUTS[hop]: IDS.get(hop, "x-1") if known else UNKNOWN}


def _acls(config: Config) -> Iterator[Resource]:
    for name, ways in config["acls"].items():
        if ways is None:
            continue
        default, inline = name == "default", config["inline"] or name == "default"
        mine = [(SUBNET, subnet) for subnet, each in _subnets(config).items() if each["acl"] == name]
        token = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl" if default else ACL
        ends: Config = {"defaultNetworkAclId": (VPC, "net")} if default else {"vpcId": (VPC, "net")}
        ends |= {"subnetIds": mine} if mine and not config["associated"] else {}
        yield _made(config, token, f"acl-{name}", _listed(ways) if inline else {}, **ends)
        for way, rules in ways.items() if not inline else ():
            for number, rule in enumerate(rules):
                inputs = _rule(config, way, rule)
                of = {"networkAclId": (ACL, f"acl-{name}")}
                token = "aws:ec2/networkAclRule:NetworkAclRule"
                yield _made(config, token, f"{name}-{way}-{number}", inputs, **of)
        for end in mine if config["associated"] else []:
            of = {"networkAclId": (ACL, f"acl-{name}"), "subnetId": end}
            yield _made(config, "aws:ec2/networkAclAssociation:NetworkAclAssociation", f"acl-of-{end[1]}", {}, **of)


def _listed(ways: Config) -> Config:
    return {
        way: [
            {
                "ruleNo": rule["number"],
                "action": rule["action"],
                "protocol": rule["protocol"],
                **_side(rule),
                **_span(rule),
            }
            for rule in rules
        ]
        for way, rules in ways.items()
    }


def _rule(config: Config, way: str, rule: Config) -> Config:
    brief = config["brief"]
    given = {"ruleNumber": rule["number"], "ruleAction": rule["action"], "protocol": rule["protocol"], **_side(rule)}
    told = {} if brief and way == "ingress" else {"egress": way == "egress"}
    return {**given, **told, **({} if brief and rule["protocol"] in ("-1", "all") else _span(rule))}


def _side(rule: Config) -> Config:
    return {"ipv6CidrBlock" if ":" in rule["cidr"] else "cidrBlock": rule["cidr"]}


def _span(rule: Config) -> Config:
    return {"fromPort": rule["from"], "toPort": rule["to"]}


def _nodes(config: Config) -> Iterator[Resource]:
    yield _made(config, "aws:eks/cluster:Cluster", "cluster", {"name": "main"})
    ends = [(SUBNET, f"s{number}") for number in range(len(config["subnets"]))]
    yield _made(config, "aws:eks/nodeGroup:NodeGroup", "nodes", {"clusterName": "main"}, subnetIds=ends)


def _made(config: Config, token: str, name: str, inputs: Config, **links: Any) -> Resource:
    """A resource whose links are ids where these are known; several ids where a link is a list."""
    known, given, linked = config["known"], dict(inputs), {}
    for key, to in links.items():
        several = to if isinstance(to, list) else [to]
        ids = [(DEFAULT_ACL if key == "defaultNetworkAclId" else f"<{of}>") if known else UNKNOWN for _, of in several]
        given[key] = ids if isinstance(to, list) else ids[0]
        linked[key] = tuple(f"urn::{token_}::{of}" for token_, of in several)
    outputs = {**given, "id": f"<{name}>"} if known else given
    if token == VPC and known:
        outputs = {**outputs, "defaultNetworkAclId": DEFAULT_ACL}
    return Resource(
        f"urn::{token}::{name}",
        token,
        name,
        inputs=given,
        outputs=outputs,
        property_dependencies={} if known else linked,
    )


def _pod() -> Resource:
    inputs = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "a"},
        "spec": {"containers": []},
    }
    return Resource("urn::Pod", "kubernetes:core/v1:Pod", "a/p", inputs=inputs)
