"""What every layer of a cloud has in common: it filters between addresses and nodes, and so alike for all pods.

Pods of one cluster are never apart by it: two of them may share a node. Where that may differ on other nodes, `among`
says so. What comes in by a load balancer is not seen here: the cloud opens its own filters for it, or else `balanced`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from ...facts.cidr import within
from .addresses import LINK_LOCAL, Piece
from .endpoints import Population
from .layer import Answer, Layer, Reason, Relation, Row
from .policy import EGRESS, INGRESS
from .ports import PortRange, PortSpace
from .sets import Tri


class NodeLayer(ABC):
    """Ports between addresses and the nodes of a cluster, by bounds."""

    name = ""

    def __init__(self, people: Population) -> None:
        self._people, self.space = people, PortSpace(())
        self._relations: dict[bool, Relation] = {}

    @abstractmethod
    def cuts(self) -> Iterable[PortRange]:
        """Every range of ports that it tells apart."""

    @abstractmethod
    def ports(self, way: str, piece: Piece) -> Tri:
        """What an address may send in, or what pods may send to it, as masks of ports."""

    @abstractmethod
    def reason(self, way: str, piece: Piece, port: PortRange, *, allowed: bool | None) -> Reason:
        """What lets a port through, stops it, or is not known."""

    def reasons(self, way: str, piece: Piece, port: PortRange, *, allowed: bool | None) -> tuple[Reason, ...]:
        """All that it takes to say so."""
        return (self.reason(way, piece, port, allowed=allowed),)

    def among(self) -> Tri:
        """What pods may send to each other, wherever they run."""
        return Tri(self.space.everything, self.space.everything)

    def parted(self, port: PortRange) -> Answer:  # noqa: ARG002 (as every layer)
        """Whether pods may send to each other on a port, and what may stop them."""
        return Answer(True, ())

    @property
    def balanced(self) -> Layer | None:
        """What stands in its place for what a load balancer sends; nothing where the cloud opens it for that."""
        return None

    def prepare(self, space: PortSpace) -> None:
        """Work out both bounds for every address; one set of rectangles where they are the same."""
        self.space = space
        sure, may = self._relation(0), self._relation(1)
        self._relations = {True: sure, False: sure if sure.same(may) else may}

    @property
    def exact(self) -> bool:
        """Whether nothing is unknown: what is certain is all that is possible."""
        return self._relations[True] is self._relations[False]

    def row(self, source: int, *, sure: bool) -> Row:
        """What a site may send: for certain, or at most."""
        return self._relations[sure].row(source)

    def why(self, source: int, destination: int, port: PortRange) -> Answer:
        """The rules that decide; of two pods only what may stop them."""
        sites = self._people.sites
        way, piece = (INGRESS, sites[source].piece) if sites[source].piece else (EGRESS, sites[destination].piece)
        if piece is None:
            return self.parted(port)
        if unfiltered(piece):
            return Answer(True, ())
        wanted, found = self.space.mask(port), self.found[way, piece]
        allowed = True if found.sure & wanted == wanted else None if found.may & wanted else False
        return Answer(allowed, self.reasons(way, piece, port, allowed=allowed))

    @cached_property
    def found(self) -> dict[tuple[str, Piece], Tri]:
        """Ports each way, for every address that is filtered."""
        pieces = [site.piece for site in self._people.sites if site.piece is not None]
        filtered = [piece for piece in pieces if not unfiltered(piece)]
        return {(way, piece): self.ports(way, piece) for piece in filtered for way in (INGRESS, EGRESS)}

    def _relation(self, bound: int) -> Relation:
        people, everything = self._people, self.space.everything
        relation = Relation(len(people.sites))
        open_, alike = 0, dict[tuple[str, int], int]()
        for number, site in enumerate(people.sites):
            if site.piece is None:
                continue
            if unfiltered(site.piece):
                open_ |= 1 << number
                continue
            for way in (INGRESS, EGRESS):
                key = (way, self.found[way, site.piece][bound])
                alike[key] = alike.get(key, 0) | 1 << number
        relation.add(people.pods, people.pods, self.among()[bound])
        relation.add(open_, people.pods, everything)
        relation.add(people.pods, open_, everything)
        for (way, ports), sites in alike.items():
            ends = (sites, people.pods) if way == INGRESS else (people.pods, sites)
            relation.add(*ends, ports)
        return relation


def unfiltered(piece: Piece) -> bool:
    """Whether a cloud never filters an address: it is of the node itself."""
    return piece.metadata or any(within(piece.range, each) for each in LINK_LOCAL)


def of_all(found: Iterable[Tri], everything: int) -> Tri:
    """What a pod may use on whichever node it runs: for certain what all of them let through, perhaps what any does."""
    sure, may = everything, 0
    for each in found:
        sure, may = sure & each.sure, may | each.may
    return Tri(sure & may, may)


def port_ranges(ports: Any) -> list[PortRange]:
    """Ports as views give them."""
    return [PortRange(*each) for each in ports]
