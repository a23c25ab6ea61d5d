"""Routes of AWS: where each subnet sends what, by the table that it is on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...facts.cidr import Network
from ..snapshot import Resource, Snapshot
from ..value import MISSING, UNKNOWN, Mark, read
from .addresses import network
from .kubernetes import listing
from .links import linked
from .prefix_list import PrefixLists
from .subnet import ASSOCIATION, ROUTE, SUBNETS, TABLE, VPC, Subnet

INTERNET, NAT, EGRESS_ONLY, INSIDE, LOCAL = "internet", "nat", "egress-only", "inside", "local"
"""Kinds of targets: an internet gateway, a NAT gateway, one for IPv6 outwards, another network, the network itself."""
TARGETS = {
    "gatewayId": INTERNET,
    "natGatewayId": NAT,
    "egressOnlyGatewayId": EGRESS_ONLY,
    "transitGatewayId": INSIDE,
    "vpcPeeringConnectionId": INSIDE,
    "coreNetworkArn": INSIDE,
    "networkInterfaceId": "",
    "vpcEndpointId": "",
    "localGatewayId": INSIDE,
    "carrierGatewayId": "",
}
"""Inputs of a route and what they lead to; empty for what cannot be told from here."""
DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "cidrBlock", "ipv6CidrBlock")
DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
MAIN = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
MAIN_IDS = ("mainRouteTableId", "defaultRouteTableId")
"""Outputs of a network that name its own table, which its subnets are on that are put on no other."""
MORE_RANGES = {
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": "cidrBlock",
    "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation": "ipv6CidrBlock",
}
BY_LIST = "destinationPrefixListId"
OTHER_GATEWAYS, NAT_GATEWAY = "aws:ec2/vpnGateway:VpnGateway", "aws:ec2/natGateway:NatGateway"


@dataclass(frozen=True)
class Route:
    """One route of a table. `target` is a kind, or UNKNOWN; `to` is None where the destination is not known."""

    resource: Resource
    to: Network | None
    target: Any
    listed: bool = False
    """Whether it is by a prefix list: one route for each range, and one without where the list may hold more."""
    by: tuple[str, ...] = ()
    """URNs of the subnets that its NAT gateway may be in."""

    @property
    def main(self) -> bool:
        """Whether it stands for all that the main table of a network may have, which is not declared here."""
        return self.to is None and self.resource.type == VPC and not self.listed

    @property
    def loose(self) -> bool:
        """Whether it may be for any address but those of the network itself."""
        return self.to is None and (self.listed or self.main)


@dataclass(frozen=True)
class Way:
    """How machines of one subnet get in and out. `routes` is None where its table is not known."""

    subnet: Resource
    public: Any
    """Whether they have public addresses; or a mark."""
    routes: tuple[Route, ...] | None

    def __str__(self) -> str:
        return f"Subnet '{self.subnet.name}'"


def ways_out(snapshot: Snapshot, subnets: Mapping[str, Subnet], chosen: Iterator[str]) -> list[Way]:
    """The ways of some subnets, by URN."""
    tables = _routes(snapshot)
    return [_way(snapshot, subnets[urn], tables) for urn in chosen]


def _way(snapshot: Snapshot, subnet: Subnet, tables: Mapping[str, list[Route]]) -> Way:
    """By the table that the subnet is put on, else by the main one of its network."""
    networks = linked(snapshot, subnet.resource, "vpcId", VPC) or _by_id(snapshot, subnet.resource, "vpcId", VPC)
    table = _table(snapshot, subnet.resource, networks)
    if table is None or len(networks) != 1:
        return Way(subnet.resource, subnet.public_addresses, None)
    return Way(subnet.resource, subnet.public_addresses, (*_local(snapshot, networks[0]), *tables.get(table, ())))


def _table(snapshot: Snapshot, subnet: Resource, networks: list[Resource]) -> str | None:
    """URN of the table that a subnet is on, or of its network where that is the table which it came with."""
    every = [(item, _subnets(snapshot, item)) for item in snapshot.of_type(ASSOCIATION)]
    on = [item for item, subnets in every if subnet in subnets]
    lost = [item for item, subnets in every if not subnets and _hidden(item.input("subnetId"))]
    if not on and not lost and len(networks) == 1:
        (network_,) = networks
        main = [(item, _networks(snapshot, item, "vpcId")) for item in snapshot.of_type(MAIN)]
        on = [item for item, meant in main if network_ in meant or not meant]
        if not on:
            return network_.urn
    found = [_tables(snapshot, item) for item in on]
    return found[0][0] if len(found) == 1 and len(found[0]) == 1 else None


def _local(snapshot: Snapshot, item: Resource) -> Iterator[Route]:
    """What a network routes within itself: its ranges, those that are given to it later too."""
    for key in ("cidrBlock", "ipv6CidrBlock"):
        if item.input(key) is not MISSING:
            yield Route(item, network(item.input(key)), LOCAL)
    for kind, key in MORE_RANGES.items():
        for more in snapshot.of_type(kind):
            if item in _networks(snapshot, more, "vpcId"):
                yield Route(item, network(more.input(key)), LOCAL)


def _tables(snapshot: Snapshot, item: Resource) -> list[str]:
    """URNs of the tables that an input means: a network's for the one that it came with."""
    found = linked(snapshot, item, "routeTableId", TABLE) or _by_id(snapshot, item)
    if found:
        return [each.urn for each in found]
    own = linked(snapshot, item, "routeTableId", DEFAULT_TABLE) or _by_id(snapshot, item, "routeTableId", DEFAULT_TABLE)
    networks = [each for table in own for each in _networks(snapshot, table, "defaultRouteTableId")]
    return [each.urn for each in networks or _networks(snapshot, item, "routeTableId")]


def _networks(snapshot: Snapshot, item: Resource, key: str) -> list[Resource]:
    """The networks that an input means: by their link, their id, or that of the table which they came with."""
    given, ids = item.input(key), ("id",) if key == "vpcId" else MAIN_IDS
    written = [each for each in snapshot.of_type(VPC) if isinstance(given, str) and given in map(each.output, ids)]
    return linked(snapshot, item, key, VPC) or written


def _hidden(given: Any) -> bool:
    return isinstance(given, Mark) and given is not MISSING


def _subnets(snapshot: Snapshot, item: Resource) -> list[Resource]:
    return linked(snapshot, item, "subnetId", *SUBNETS) or _by_id(snapshot, item, "subnetId", *SUBNETS)


def _by_id(snapshot: Snapshot, item: Resource, key: str = "routeTableId", *types: str) -> list[Resource]:
    given = item.input(key)
    return [
        each for each in snapshot.of_type(*(types or (TABLE,))) if isinstance(given, str) and each.output("id") == given
    ]


def _routes(snapshot: Snapshot) -> dict[str, list[Route]]:
    """Routes by the table's URN; one of which it is not known whose it is belongs to every table."""
    found: dict[str, list[Route]] = {item.urn: [] for item in snapshot.of_type(TABLE, VPC)}
    lists = PrefixLists(snapshot)
    for table in snapshot.of_type(TABLE, DEFAULT_TABLE):
        owners = [table.urn]
        if table.type == DEFAULT_TABLE:
            owners = [item.urn for item in _networks(snapshot, table, "defaultRouteTableId")]
        inline = listing(table.input("routes"))
        for each in [UNKNOWN] if isinstance(inline, Mark) else inline:
            for urn in owners:
                found[urn].extend(_route(snapshot, lists, table, each, inline=True))
    for route in snapshot.of_type(ROUTE):
        owners = _tables(snapshot, route)
        for urn in owners:
            found[urn].extend(_route(snapshot, lists, route, route.inputs, inline=False))
        if not owners and _hidden(route.input("routeTableId")):
            for routes in found.values():
                routes.append(Route(route, None, UNKNOWN))
    for item in snapshot.of_type(VPC):
        if not any(
            item in _networks(snapshot, each, "defaultRouteTableId") for each in snapshot.of_type(DEFAULT_TABLE)
        ):
            found[item.urn].append(Route(item, None, UNKNOWN))
    return found


def _route(snapshot: Snapshot, lists: PrefixLists, resource: Resource, given: Any, *, inline: bool) -> Iterator[Route]:
    texts = [read(given, key) for key in DESTINATIONS]
    known = [network(text) for text in texts if isinstance(text, str) and text]
    keys = [key for key in TARGETS if read(given, key) not in (MISSING, "")]
    target = _kind(snapshot, resource, given, keys[0], inline=inline) if len(keys) == 1 else UNKNOWN
    by = _gateways(snapshot, resource, given, inline=inline) if target == NAT else ()
    if read(given, BY_LIST) in (MISSING, "") or isinstance(given, Mark):
        yield Route(resource, known[0] if len(known) == 1 else None, target, by=by)
        return
    ranges, whole = lists.ranges(resource, read(given, BY_LIST), "routes" if inline else BY_LIST)
    for each in (*ranges, *(() if whole else (None,))):
        yield Route(resource, each, target, listed=True, by=by)


def _gateways(snapshot: Snapshot, resource: Resource, given: Any, *, inline: bool) -> tuple[str, ...]:
    """Subnets of the NAT gateways that a route may be by, as far as they are made here."""
    text = read(given, "natGatewayId")
    links = linked(snapshot, resource, "routes" if inline else "natGatewayId", NAT_GATEWAY)
    written = [item for item in snapshot.of_type(NAT_GATEWAY) if isinstance(text, str) and item.output("id") == text]
    return tuple(subnet.urn for item in written or links for subnet in _subnets(snapshot, item))


def _kind(snapshot: Snapshot, resource: Resource, given: Any, key: str, *, inline: bool) -> Any:
    if key != "gatewayId":
        return TARGETS[key] or UNKNOWN
    text = read(given, key)
    if isinstance(text, str):
        return {"local": LOCAL, "igw-": INTERNET, "vgw-": INSIDE}.get(text if text == "local" else text[:4], UNKNOWN)
    return INSIDE if linked(snapshot, resource, "routes" if inline else key, OTHER_GATEWAYS) else INTERNET
