"""The path that is to be closed: its ends in one cluster, and its ports."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...facts.cidr import Network
from ..views import Views
from .addresses import Piece
from .answer import Cluster, Reach
from .endpoints import ADDRESS, Endpoint
from .fence import Ranges
from .policy import EGRESS, INGRESS
from .ports import PortRange, shared

Ports = tuple[PortRange, ...]
Names = Sequence[str]


@dataclass(frozen=True)
class Course:
    """From any of some endpoints to any of others. Several on a side are pieces of addresses: the internet's."""

    views: Views
    cluster: Cluster
    ranges: Ranges
    sources: tuple[Endpoint, ...]
    destinations: tuple[Endpoint, ...]
    ports: Ports

    @classmethod
    def of(cls, views: Views, found: Reach, names: tuple[Names, Names], ports: Ports, plugin: str) -> "Course":
        """The path in the first cluster that has its ends; LookupError where none has."""
        for cluster in found.clusters:
            named = {end.name: end for end in cluster.endpoints}
            sides = [tuple(named[name] for name in side if name in named) for side in names]
            if all(sides):
                return cls(views, cluster, Ranges.of(views, plugin), sides[0], sides[1], ports)
        raise LookupError(f"no cluster has both {names[0][0]!r} and {names[1][0]!r}")

    def side(self, direction: str) -> tuple[Endpoint | None, tuple[Endpoint, ...]]:
        """The pods whose rules count in a direction, None where those are addresses, and the ends across."""
        own, other = (self.destinations, self.sources) if direction == INGRESS else (self.sources, self.destinations)
        return (own[0] if own[0].kind != ADDRESS else None), other

    @property
    def way(self) -> str:
        """The direction in which it crosses the edge of the cluster; nothing where it does not."""
        return INGRESS if self.sources[0].kind == ADDRESS else EGRESS if self.destinations[0].kind == ADDRESS else ""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The addresses at the end outside of the cluster."""
        sites = [self.cluster.people.sites[end.site] for end in (*self.sources, *self.destinations)]
        return tuple(site.piece for site in sites if site.piece is not None)

    @property
    def ranges_apart(self) -> tuple[Network, ...]:
        """Their ranges, which stay told apart whatever is edited."""
        return tuple(piece.range for piece in self.pieces)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Its ends' names, each of one side with each of the other."""
        return [(one.name, other.name) for one in self.sources for other in self.destinations]

    def left(self, found: Reach, *, certain: bool = False) -> Ports:
        """The ports of it that get through, or may; those that do for `certain` alone.

        All of them where an end is not there any more: a pod that only a policy speaks of, and no policy after edits.
        """
        bounds = (True,) if certain else (True, False)
        if not all(name in found.names for pair in self.pairs for name in pair):
            return self.ports
        return shared(
            (each for pair in self.pairs for sure in bounds for each in found.between(*pair, sure=sure)), self.ports
        )
