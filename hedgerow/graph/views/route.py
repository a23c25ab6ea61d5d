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
OTHER_GATEWAYS = "aws:ec2/vpnGateway:VpnGateway"


@dataclass(frozen=True)
class Route:
    """One route of a table. `target` is a kind, or UNKNOWN; `to` is None where the destination is not known."""

    resource: Resource
    to: Network | None
    target: Any


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
    """By the table that the subnet is put on; the main table of a network has the routes that are put on that."""
    on = [item for item in snapshot.of_type(ASSOCIATION) if subnet.resource in _subnets(snapshot, item)]
    found = [table for item in on for table in linked(snapshot, item, "routeTableId", TABLE) or _by_id(snapshot, item)]
    networks = linked(snapshot, subnet.resource, "vpcId", VPC) or _by_id(snapshot, subnet.resource, "vpcId", VPC)
    local = [
        Route(item, network(item.input(key)), LOCAL)
        for item in networks
        for key in ("cidrBlock", "ipv6CidrBlock")
        if item.input(key) is not MISSING
    ]
    if len(found) != 1 or len(networks) != 1:
        return Way(subnet.resource, subnet.public_addresses, None)
    return Way(subnet.resource, subnet.public_addresses, (*local, *tables.get(found[0].urn, ())))


def _subnets(snapshot: Snapshot, item: Resource) -> list[Resource]:
    return linked(snapshot, item, "subnetId", *SUBNETS) or _by_id(snapshot, item, "subnetId", *SUBNETS)


def _by_id(snapshot: Snapshot, item: Resource, key: str = "routeTableId", *types: str) -> list[Resource]:
    given = item.input(key)
    return [
        each for each in snapshot.of_type(*(types or (TABLE,))) if isinstance(given, str) and each.output("id") == given
    ]


def _routes(snapshot: Snapshot) -> dict[str, list[Route]]:
    found: dict[str, list[Route]] = {}
    for table in snapshot.of_type(TABLE):
        inline = listing(table.input("routes"))
        given = [UNKNOWN] if isinstance(inline, Mark) else inline
        found.setdefault(table.urn, []).extend(_route(snapshot, table, each, inline=True) for each in given)
    for route in snapshot.of_type(ROUTE):
        for table in linked(snapshot, route, "routeTableId", TABLE) or _by_id(snapshot, route):
            found.setdefault(table.urn, []).append(_route(snapshot, route, route.inputs, inline=False))
    return found


def _route(snapshot: Snapshot, resource: Resource, given: Any, *, inline: bool) -> Route:
    texts = [read(given, key) for key in DESTINATIONS]
    known = [network(text) for text in texts if isinstance(text, str) and text]
    kinds = [
        _kind(snapshot, resource, given, key, inline=inline) for key in TARGETS if read(given, key) not in (MISSING, "")
    ]
    return Route(resource, known[0] if len(known) == 1 else None, kinds[0] if len(kinds) == 1 else UNKNOWN)


def _kind(snapshot: Snapshot, resource: Resource, given: Any, key: str, *, inline: bool) -> Any:
    if key != "gatewayId":
        return TARGETS[key] or UNKNOWN
    text = read(given, key)
    if isinstance(text, str):
        return {"local": LOCAL, "igw-": INTERNET, "vgw-": INSIDE}.get(text if text == "local" else text[:4], UNKNOWN)
    return INSIDE if linked(snapshot, resource, "routes" if inline else key, OTHER_GATEWAYS) else INTERNET
