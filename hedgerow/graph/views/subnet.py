"""Subnets of AWS: which of them the internet reaches. Those of Google Cloud have no such difference, its nodes do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..snapshot import Resource, Snapshot
from ..value import MISSING, UNKNOWN, Mark, read
from .answer import some
from .kubernetes import listing
from .links import linked

SUBNET, DEFAULT_SUBNET = "aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"
SUBNETS = (SUBNET, DEFAULT_SUBNET)
VPC, GATEWAY = "aws:ec2/vpc:Vpc", "aws:ec2/internetGateway:InternetGateway"
TABLE, ROUTE = "aws:ec2/routeTable:RouteTable", "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"


@dataclass(frozen=True)
class Subnet:
    """A subnet of AWS."""

    resource: Resource
    public_addresses: Any
    """Whether its machines get a public address; or a mark."""
    internet_route: Any
    """Whether its routes lead to an internet gateway; or a mark."""

    @property
    def urn(self) -> str:
        return self.resource.urn

    @property
    def public(self) -> Any:
        """Whether the internet may reach its machines; or UNKNOWN."""
        return some([self.public_addresses, self.internet_route])

    def __str__(self) -> str:
        return f"Subnet '{self.resource.name}'"


def subnets(snapshot: Snapshot) -> Iterator[Subnet]:
    """Every subnet of AWS that is made or adopted here; a default one gives public addresses where nothing is said."""
    routes, tables = _gateway_routes(snapshot), _tables(snapshot)
    for resource in snapshot.of_type(*SUBNETS):
        if resource.inputs:
            given = resource.input("mapPublicIpOnLaunch")
            public = resource.type == DEFAULT_SUBNET if given is MISSING else given
            yield Subnet(resource, public, _leads_out(snapshot, resource, tables.get(resource.urn, []), routes))


def _leads_out(snapshot: Snapshot, subnet: Resource, tables: list[str], routes: Mapping[str, Any]) -> Any:
    """By the table it is put on; else by the main one of its network, which goes by the network's own URN."""
    of = tables or [network.urn for network in linked(snapshot, subnet, "vpcId", VPC)]
    return some(routes.get(urn, False) for urn in of) if of else UNKNOWN


def _tables(snapshot: Snapshot) -> dict[str, list[str]]:
    """Route tables by the subnet that is put on them."""
    found: dict[str, list[str]] = {}
    for association in snapshot.of_type(ASSOCIATION):
        tables = [table.urn for table in linked(snapshot, association, "routeTableId", TABLE)]
        for subnet in linked(snapshot, association, "subnetId", *SUBNETS):
            found.setdefault(subnet.urn, []).extend(tables or [association.urn])
    return found


def _gateway_routes(snapshot: Snapshot) -> dict[str, Any]:
    """Whether each route table leads to an internet gateway; a table that is not made here goes by its association."""
    found: dict[str, list[Any]] = {}
    for association in snapshot.of_type(ASSOCIATION):
        if not linked(snapshot, association, "routeTableId", TABLE):
            found[association.urn] = [UNKNOWN]
    for table in snapshot.of_type(TABLE):
        inline = listing(table.input("routes"))
        links = linked(snapshot, table, "routes", GATEWAY)
        targets = [] if isinstance(inline, Mark) else [_internet(read(route, "gatewayId"), links) for route in inline]
        found.setdefault(table.urn, []).extend([UNKNOWN] if isinstance(inline, Mark) else targets)
    for route in snapshot.of_type(ROUTE):
        answer = _internet(route.input("gatewayId"), linked(snapshot, route, "gatewayId", GATEWAY))
        for table in linked(snapshot, route, "routeTableId", TABLE, VPC):
            found.setdefault(table.urn, []).append(answer)
    return {urn: some(answers) for urn, answers in found.items()}


def _internet(target: Any, links: list[Resource]) -> Any:
    if target is MISSING:
        return False
    if links:
        return True
    return UNKNOWN if isinstance(target, Mark) else str(target).startswith("igw-")
