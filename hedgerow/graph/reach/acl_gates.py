"""The edges of AWS subnets that a path crosses, between nodes and an address or between two nodes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..snapshot import Resource
from ..value import MISSING
from ..views.route import Way
from ..views.subnet_edge import Edge
from .addresses import Addresses, Piece
from .aws_routes import chosen
from .node_layer import unfiltered
from .policy import EGRESS, INGRESS

BACK = {INGRESS: EGRESS, EGRESS: INGRESS}


@dataclass(frozen=True)
class Gate:
    """One edge, as the request crosses it, and the addresses beyond."""

    edge: Edge
    way: str
    beyond: tuple[Piece, ...]
    sure: bool = True
    """Whether it is known that the path crosses it."""


class Gates:
    """Finds the edges on a way, among those of every subnet that is made here, by the routes of the nodes' subnets."""

    def __init__(self, addresses: Addresses, cluster: Resource, every: Iterable[Edge], ways: Iterable[Way]) -> None:
        self._addresses, self._every = addresses, tuple(every)
        self._ways = {way.subnet.urn: way for way in ways}
        family = cluster.input("kubernetesNetworkConfig", "ipFamily")
        self._versions = {"ipv6": (6,), "ipv4": (4,)}.get(str(family), (4,) if family is MISSING else (4, 6))
        self._inside: dict[tuple[str, int], tuple[Piece, ...]] = {}
        self._holding: dict[Piece, list[tuple[Edge, Any]]] = {}

    def of(self, edge: Edge, way: str, piece: Piece) -> list[Gate]:
        """Every edge between the nodes of a subnet and an address outside of it."""
        near = self._in(edge, piece.range.version)
        found = [Gate(edge, way, (piece,))]
        found += [Gate(other, BACK[way], near, sure) for other, sure in self._around(edge, piece)]
        for other, sure in self._translating(edge, piece) if way == EGRESS else ():
            found += [Gate(other, INGRESS, near, sure), Gate(other, EGRESS, (piece,), sure)]
        return [gate for gate in found if gate.beyond]

    def between(self, nodes: Iterable[Edge]) -> Iterator[list[Gate]]:
        """The edges between nodes in any two of some subnets."""
        every = tuple(nodes)
        for one in every:
            for other in every:
                for version in self._versions if one is not other else ():
                    near, far = self._in(one, version), self._in(other, version)
                    if near and far:
                        yield [Gate(one, EGRESS, far), Gate(other, INGRESS, near)]

    def _around(self, edge: Edge, piece: Piece) -> list[tuple[Edge, bool]]:
        """The subnet that holds an address, and whether that is certain: not where it may be one of another network."""
        if piece not in self._holding:
            every = ((other, holds(other, piece)) for other in self._every)
            self._holding[piece] = [(other, inside) for other, inside in every if inside is not False]
        holding = [(other, inside) for other, inside in self._holding[piece] if other is not edge]
        own = [other for other, inside in holding if inside is True and edge.network == other.network != ""]
        found = own or [other for other, _ in holding]
        return [(other, bool(own)) for other in found if not other.open]

    def _translating(self, edge: Edge, piece: Piece) -> list[tuple[Edge, bool]]:
        """Subnets of the NAT gateways by which a subnet leads to an address, and whether that is certain."""
        way = self._ways.get(edge.urn)
        routes = [] if way is None else chosen(way, piece)
        by = {urn for route in routes if route is not None for urn in route.by}
        found = [other for other in self._every if other.urn in by and other is not edge and not other.open]
        return [(other, len(routes) == len(by) == 1) for other in found]

    def _in(self, edge: Edge, version: int) -> tuple[Piece, ...]:
        """The addresses of a subnet; every private one where it is not known which."""
        key = (edge.urn, version)
        if key not in self._inside:
            ranges = [range_ for range_ in edge.ranges if range_.version == version]
            found = [piece for range_ in ranges for piece in self._addresses.overlapping(range_)]
            hidden = self._addresses.pieces if version in edge.hidden else ()
            found += [each for each in hidden if each.range.version == version and not each.public]
            self._inside[key] = tuple(piece for piece in dict.fromkeys(found) if not unfiltered(piece))
        return self._inside[key]


def holds(edge: Edge, piece: Piece) -> Any:
    """Whether a subnet holds an address: True, False or UNKNOWN."""
    return edge.holds(piece.range, public=piece.public)
