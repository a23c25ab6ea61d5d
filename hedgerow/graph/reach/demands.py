"""Asked paths between the endpoints of a snapshot: which lines of the settings a pair of them lives by."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..value import MISSING
from ..views import Views
from .answer import Cluster, Reach
from .asked import Ask, Peers, asks
from .endpoints import Endpoint
from .fence import Ranges
from .matching import Matching
from .ports import PortRange, shared
from .sets import Tri


class Demand(NamedTuple):
    """Some ports of a path, and the line that asks for them."""

    source: str
    destination: str
    ports: tuple[PortRange, ...]
    ask: Ask


class Demands:
    """Who asks for a path; the asks are of one snapshot, the endpoints may be of that one after edits."""

    def __init__(self, views: Views, plugin: str = "") -> None:
        self.asks, self._ranges = asks(views), Ranges.of(views, plugin)

    def among(self, found: Reach, paths: Sequence[tuple[str, str, tuple[PortRange, ...]]]) -> Iterator[Demand]:
        """What is asked for of some paths, in their order, each by its ends' names."""
        if not self.asks:
            return
        for cluster in found.clusters:
            named = {end.name: end for end in cluster.endpoints}
            here = [ask for ask in self.asks if ask.scope in ("", cluster.people.scope)]
            fenced = self._fenced(cluster)
            meant = [
                (ask, self._meant(cluster, ask.sources, fenced), self._meant(cluster, ask.destinations, fenced))
                for ask in here
            ]
            for source, destination, ports in paths:
                ends = named.get(source), named.get(destination)
                for ask, sources, destinations in meant if None not in ends else ():
                    common = shared(ask.ports, ports) if _holds(sources, destinations, *ends) else ()
                    if common:
                        yield Demand(source, destination, common, ask)

    def _fenced(self, cluster: Cluster) -> int:
        """Pods of tenants: what a range lets in of them gets out by another line, or not at all."""
        tenants = {ask.tenant for ask in self.asks if ask.scope in ("", cluster.people.scope)}
        homes = zip(cluster.people.homes, cluster.people.by_home, strict=True)
        return sum(sites for home, sites in homes if home.name in tenants)

    def _meant(self, cluster: Cluster, peers: Peers, fenced: int) -> int:
        matching, nowhere = Matching(cluster.people, self._ranges), Tri(0, 0)
        found = 0
        for peer in peers:
            block = peer.block is not MISSING
            found |= matching.block(peer).sure & ~fenced if block else matching.pods(peer, nowhere).sure
        return found


def _holds(sources: int, destinations: int, one: Endpoint | None, other: Endpoint | None) -> bool:
    return one is not None and other is not None and bool(sources >> one.site & destinations >> other.site & 1)
