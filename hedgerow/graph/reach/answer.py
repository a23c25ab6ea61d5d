"""Who can reach whom: the conjunction of all layers, asked by the names of endpoints."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import NamedTuple

from .endpoints import ADDRESS, Endpoint, Population
from .layer import Answer, Layer, Reason, Row, both
from .ports import EVERYTHING, PortRange, PortSpace, shared
from .sets import bits_of, members


class Path(NamedTuple):
    """What one endpoint may send to another, in the fewest ranges of ports."""

    source: Endpoint
    destination: Endpoint
    ports: tuple[PortRange, ...]


@dataclass(frozen=True)
class Why:
    """The witness of one port of one pair: the fewest objects that let it through or stop it, or what is not known."""

    source: str
    destination: str
    port: PortRange
    allowed: bool | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Problem:
    """Something that stands in the way of an exact answer: which object, and what of it."""

    urn: str
    text: str


class Cluster:
    """One cluster: its endpoints, its layers, and the rows of who reaches whom."""

    def __init__(self, people: Population, layers: Iterable[Layer], prefix: str = "") -> None:
        self.people, self.layers, self.prefix = people, tuple(layers), prefix
        self.space = PortSpace(cut for layer in self.layers for cut in layer.cuts())
        for layer in self.layers:
            layer.prepare(self.space)
        named = [item if item.kind == ADDRESS else replace(item, name=prefix + item.name) for item in people.endpoints]
        self.endpoints = tuple(sorted(named, key=lambda item: (item.kind == ADDRESS, item.name)))
        self._rows: dict[tuple[int, bool], Row] = {}

    @property
    def exact(self) -> bool:
        """Whether nothing is unknown, so that there is one answer."""
        return all(layer.exact for layer in self.layers)

    def row(self, source: int, *, sure: bool = True) -> Row:
        """What a site may send: for certain, or at most. An address sends to pods only, a metadata server nothing."""
        key = (source, sure or self.exact)
        found = self._rows.get(key)
        if found is None:
            piece = self.people.sites[source].piece
            found = self._rows[key] = {} if piece is not None and piece.metadata else self._row(source, sure=key[1])
        return found

    def _row(self, source: int, *, sure: bool) -> Row:
        row = reduce(both, (layer.row(source, sure=sure) for layer in self.layers))
        if self.people.sites[source].piece is None:
            return row
        return {ports: to & self.people.pods for ports, to in row.items() if to & self.people.pods}

    def doubtful(self, source: int) -> Row:
        """What a site may send only perhaps."""
        if self.exact:
            return {}
        found: dict[int, int] = {}
        sure = self.row(source)
        for ports, to in self.row(source, sure=False).items():
            left = to
            for given, there in sure.items():
                if left & there:
                    rest = ports & ~given
                    if rest:
                        found[rest] = found.get(rest, 0) | left & there
                    left &= ~there
            if left:
                found[ports] = found.get(ports, 0) | left
        return found

    @cached_property
    def at(self) -> list[list[tuple[int, Endpoint]]]:
        """Endpoints of each site, with their ranks in the order of names."""
        found: list[list[tuple[int, Endpoint]]] = [[] for _ in self.people.sites]
        for rank, endpoint in enumerate(self.endpoints):
            found[endpoint.site].append((rank, endpoint))
        return found

    def paths(self, source: Endpoint, row: Row) -> Iterator[Path]:
        """A row as paths, in the order of the destinations' names; nothing is said of a single pod and itself."""
        ends = [(*end, ports) for ports, to in row.items() for site in members(to) for end in self.at[site]]
        for _, end, ports in sorted(ends, key=lambda item: item[0]):
            if end is not source or not source.alone:
                yield Path(source, end, self.space.ranges(ports))

    def why(self, source: Endpoint, destination: Endpoint, port: PortRange) -> Answer:
        """The answer of the first layer that stops a port, of those that do not know, or of all."""
        if source is destination and source.alone:
            return Answer(True, (Reason("Egress", "a pod always reaches itself"),))
        answers = [layer.why(source.site, destination.site, port) for layer in self.layers]
        stopped = [answer for answer in answers if answer.allowed is False][:1]
        shown = stopped or [answer for answer in answers if answer.allowed is None] or answers
        return Answer(shown[0].allowed, tuple(reason for answer in shown for reason in answer.reasons))


Names = frozenset[str] | None
Ranges = tuple[PortRange, ...]
RowOf = Callable[[Cluster, int], Row]


class Reach:
    """Who can reach whom in everything that a snapshot declares."""

    def __init__(self, clusters: Iterable[Cluster], problems: Iterable[Problem], plugin: str = "") -> None:
        self.clusters, self.problems, self.plugin = tuple(clusters), tuple(problems), plugin

    @cached_property
    def names(self) -> Mapping[str, list[tuple[Cluster, Endpoint]]]:
        """Endpoints by name; an address is one of every cluster."""
        found: dict[str, list[tuple[Cluster, Endpoint]]] = {}
        for cluster in self.clusters:
            for endpoint in cluster.endpoints:
                found.setdefault(endpoint.name, []).append((cluster, endpoint))
        return found

    def paths(self) -> Iterator[Path]:
        """Every path that is certain, ordered by the names of source and destination."""
        return self.paths_of()

    def unknown(self) -> Iterator[Path]:
        """Every path that may be there and may not, with the ports of which that is so, ordered as `paths`."""
        return self.unknown_of()

    def paths_of(self, sources: Names = None, to: Names = None, ports: Ranges = EVERYTHING) -> Iterator[Path]:
        """The certain paths from any of `sources` to any of `to` (names; None for all) on any of `ports`."""
        return self._chosen(sources, to, ports, lambda cluster, site: cluster.row(site))

    def unknown_of(self, sources: Names = None, to: Names = None, ports: Ranges = EVERYTHING) -> Iterator[Path]:
        """As `paths_of`, the paths that may be there and may not."""
        return self._chosen(sources, to, ports, lambda cluster, site: cluster.doubtful(site))

    def outside(self, source: str, destination: str) -> bool:
        """Whether both are addresses, of which nothing is asked."""
        return self.endpoint(source).kind == ADDRESS == self.endpoint(destination).kind

    def _chosen(self, sources: Names, to: Names, ports: Ranges, row: RowOf) -> Iterator[Path]:
        for cluster in self.clusters:
            ends = cluster.endpoints
            wanted = bits_of({end.site for end in ends if to is None or end.name in to})
            for source in (end for end in ends if sources is None or end.name in sources):
                kept = {given: there & wanted for given, there in row(cluster, source.site).items() if there & wanted}
                for path in cluster.paths(source, kept):
                    ranges = path.ports if ports == EVERYTHING else shared(path.ports, ports)
                    if ranges and (to is None or path.destination.name in to):
                        yield Path(source, path.destination, ranges)

    def ports(self, source: str, destination: str) -> tuple[PortRange, ...]:
        """The ports that get through for certain; none across clusters."""
        return self._ports(source, destination, lambda cluster, site: cluster.row(site))

    def unsure(self, source: str, destination: str) -> tuple[PortRange, ...]:
        """The ports that may get through and may not."""
        return self._ports(source, destination, lambda cluster, site: cluster.doubtful(site))

    def why(self, source: str, destination: str, port: PortRange) -> Why:
        """What lets a single port through, what stops it, or what is not known."""
        found = self._pair(source, destination)
        if found is None:
            text = "they are in different clusters, which see each other's pods as addresses; those are not known"
            return Why(source, destination, port, None, (Reason("Egress", text),))
        cluster, one, other = found
        if one.kind == ADDRESS == other.kind:
            return Why(source, destination, port, None, (Reason("Egress", "both are outside of the cluster"),))
        answer = cluster.why(one, other, port)
        return Why(source, destination, port, answer.allowed, answer.reasons)

    def endpoint(self, name: str) -> Endpoint:
        """The endpoint of that name; LookupError where there is none."""
        return self._all(name)[0][1]

    def _ports(self, source: str, destination: str, row: RowOf) -> tuple[PortRange, ...]:
        found = self._pair(source, destination)
        if found is None:
            return ()
        cluster, one, other = found
        pairs = cluster.paths(one, {ports: to & 1 << other.site for ports, to in row(cluster, one.site).items()})
        return next((path.ports for path in pairs if path.destination is other), ())

    def _pair(self, source: str, destination: str) -> tuple[Cluster, Endpoint, Endpoint] | None:
        for cluster, one in self._all(source):
            for same, other in self._all(destination):
                if cluster is same:
                    return cluster, one, other
        return None

    def _all(self, name: str) -> list[tuple[Cluster, Endpoint]]:
        found = self.names.get(name)
        if found is None:
            raise LookupError(f"{name!r} is no endpoint; write namespace/Kind/name, internet, metadata or a range")
        return found
