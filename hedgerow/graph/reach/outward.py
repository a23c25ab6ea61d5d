"""Paths between pods and addresses of one kind: metadata servers, the internet, or what else is asked for."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .addresses import FAMILIES, Piece
from .answer import Cluster, Reach
from .endpoints import ADDRESS, Endpoint
from .node_layer import NodeLayer
from .ports import PortRange
from .sets import bits_of, members


class Way(NamedTuple):
    """What may be sent between pods of a namespace and a piece of addresses. `certain=False`: perhaps."""

    cluster: Cluster
    namespace: str
    source: Endpoint
    destination: Endpoint
    ports: tuple[PortRange, ...]
    certain: bool


def outward(found: Reach, meant: Callable[[Piece], bool]) -> Iterator[Way]:
    """Every path from pods to the pieces that are meant, those that are certain first, in the order of names."""
    for cluster in found.clusters:
        sites = cluster.people.sites
        wanted = bits_of(number for number, site in enumerate(sites) if site.piece is not None and meant(site.piece))
        for certain in (True,) if settled(cluster) else (True, False):
            for source in cluster.endpoints if wanted else ():
                if source.kind != ADDRESS:
                    yield from _ways(cluster, source, wanted, certain=certain)


def inward(found: Reach) -> Iterator[Way]:
    """Every path from the internet to pods, those that are certain first, in the order of names."""
    for cluster in found.clusters:
        sites = cluster.people.sites
        public = [end for end in cluster.endpoints if (piece := sites[end.site].piece) is not None and piece.public]
        public.sort(key=lambda end: end.name not in FAMILIES)
        for certain in (True,) if cluster.exact else (True, False):
            for source in public:
                row = cluster.row(source.site) if certain else cluster.doubtful(source.site)
                for path in cluster.paths(source, row):
                    home = cluster.people.homes[sites[path.destination.site].home].name
                    yield Way(cluster, home, source, path.destination, path.ports, certain)


def settled(cluster: Cluster) -> bool:
    """Whether nothing is unknown of what pods send: to each other and to what no cloud filters."""
    return all(layer.exact for layer in cluster.layers if not isinstance(layer, NodeLayer))


def _ways(cluster: Cluster, source: Endpoint, wanted: int, *, certain: bool) -> Iterator[Way]:
    people = cluster.people
    home = people.homes[people.sites[source.site].home].name
    row = cluster.row(source.site) if certain else cluster.doubtful(source.site)
    found = sorted((site, ports) for ports, to in row.items() for site in members(to & wanted))
    for site, ports in found:
        yield Way(cluster, home, source, cluster.at[site][0][1], cluster.space.ranges(ports), certain)
