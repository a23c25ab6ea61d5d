"""Who can reach whom: the conjunction of all layers, asked by the names of endpoints."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import NamedTuple

from .addresses import FAMILIES, Piece
from .endpoints import ADDRESS, Endpoint, Population
from .layer import Answer, Layer, Problem, Reason, Row, both, named, together
from .parts import Part, some, whole
from .ports import EVERYTHING, PortRange, PortSpace, shared, united, without
from .sets import bits_of, members
from .way import NAME, Way
from .ways import Ways


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


APART = "they are in different clusters, which see each other's pods as addresses; those are not known"
OUTSIDE = "both are outside of the cluster"


class Cluster:
    """One cluster: its endpoints, its layers, and the rows of who reaches whom."""

    def __init__(self, people: Population, layers: Iterable[Layer], prefix: str = "", ways: Ways | None = None) -> None:
        self.people, self.layers, self.prefix, self.ways = people, tuple(layers), prefix, ways
        every = (*self.layers, *(() if ways is None else (ways,)))
        self.space = PortSpace(cut for layer in every for cut in layer.cuts())
        for layer in every:
            layer.prepare(self.space)
        ends = [item if item.kind == ADDRESS else replace(item, name=prefix + item.name) for item in people.endpoints]
        self.endpoints = tuple(sorted(ends, key=lambda item: (item.kind == ADDRESS, item.name)))
        self._rows: dict[tuple[int, bool], Row] = {}

    @property
    def exact(self) -> bool:
        """Whether nothing is unknown, so that there is one answer."""
        return self._settled and (self.ways is None or self.ways.exact)

    @cached_property
    def _settled(self) -> bool:
        return all(layer.exact for layer in self.layers)

    def _exact(self, source: int) -> bool:
        """Whether there is one answer for all that a site may send."""
        return self._settled and (self.ways is None or self.ways.exact or not self.ways.applies(source))

    def row(self, source: int, *, sure: bool = True) -> Row:
        """What a site may send: for certain, or at most. An address sends to pods only, a metadata server nothing."""
        key = (source, sure or self._exact(source))
        found = self._rows.get(key)
        if found is None:
            piece = self.people.sites[source].piece
            found = self._rows[key] = {} if piece is not None and piece.metadata else self._row(source, sure=key[1])
        return found

    def _row(self, source: int, *, sure: bool) -> Row:
        if self.ways is not None and self.ways.applies(source):
            return self.ways.row(source, self.layers, sure=sure)
        row = reduce(both, (layer.row(source, sure=sure) for layer in self.layers))
        if self.people.sites[source].piece is None:
            return row
        return {ports: to & self.people.pods for ports, to in row.items() if to & self.people.pods}

    def doubtful(self, source: int) -> Row:
        """What a site may send only perhaps."""
        if self._exact(source):
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

    def meant(self, text: str) -> list[Endpoint]:
        """What a text means here: every part of the internet or of a range of addresses, else what has that name."""
        return [self.outside[piece] for piece in self.people.addresses.meant(text)] or self.named.get(text, [])

    @cached_property
    def outside(self) -> dict[Piece, Endpoint]:
        """Endpoints by their pieces of addresses."""
        pieces = {end: self.people.sites[end.site].piece for end in self.endpoints}
        return {piece: end for end, piece in pieces.items() if piece is not None}

    @cached_property
    def named(self) -> dict[str, list[Endpoint]]:
        """Endpoints by their names."""
        return {end.name: [end] for end in self.endpoints}

    def paths(self, source: Endpoint, row: Row) -> Iterator[Path]:
        """A row as paths, in the order of the destinations' names; nothing is said of a single pod and itself."""
        ends = [(*end, ports) for ports, to in row.items() for site in members(to) for end in self.at[site]]
        for _, end, ports in sorted(ends, key=lambda item: item[0]):
            if end is not source or not source.alone:
                yield Path(source, end, self.space.ranges(ports))

    def between(self, source: Endpoint, destination: Endpoint, *, sure: bool = True) -> tuple[PortRange, ...]:
        """The ports that get through from one endpoint to another: for certain, or only perhaps."""
        row = self.row(source.site) if sure else self.doubtful(source.site)
        pairs = self.paths(source, {ports: to & 1 << destination.site for ports, to in row.items()})
        return next((path.ports for path in pairs if path.destination is destination), ())

    def why(self, source: Endpoint, destination: Endpoint, port: PortRange) -> Answer:
        """The answer of the first layer that stops a port, of those that do not know, or of all."""
        if source is destination and source.alone:
            return Answer(True, (Reason("Egress", "a pod always reaches itself"),))
        if self.ways is not None and self.ways.applies(source.site):
            return self.ways.why(source.site, destination.site, port, self.layers)
        answers = [named(layer.name, layer.why(source.site, destination.site, port)) for layer in self.layers]
        return together(answers)


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

    @property
    def judged(self) -> list[str]:
        """Names of all that was judged, each once."""
        layers = [layer.name for cluster in self.clusters for layer in cluster.layers]
        return list(dict.fromkeys([*layers, *(NAME for cluster in self.clusters if cluster.ways is not None)]))

    @property
    def ways(self) -> Iterator[Way]:
        """Every way into every cluster."""
        for cluster in self.clusters:
            yield from cluster.ways.ways if cluster.ways is not None else ()

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

    def ports(self, source: str, destination: str) -> Ranges:
        """The ports that get through for certain: to some of the internet, to all of a range; none across clusters."""
        return self._bounds(source, destination)[0]

    def unsure(self, source: str, destination: str) -> Ranges:
        """The ports that may get through and may not, and those that do for a part of a range only."""
        sure, may = self._bounds(source, destination)
        return without(may, sure)

    def why(self, source: str, destination: str, port: PortRange) -> Why:
        """What lets a single port through, what stops it, or what is not known, between what two texts mean.

        `internet` is reached where some public address is; a range where all of it is, and for a part of it nobody
        knows which is meant: None.
        """
        found = self._meant(source, destination)
        if found is None:
            return Why(source, destination, port, None, (Reason("Egress", APART),))
        cluster, pairs = found
        if all(one.kind == ADDRESS == other.kind for one, other in pairs):
            return Why(source, destination, port, None, (Reason("Egress", OUTSIDE),))
        answers = [Part(one, other, cluster.why(one, other, port)) for one, other in pairs]
        answer = some(answers) if {source, destination} & set(FAMILIES) else whole(answers)
        return Why(source, destination, port, answer.allowed, answer.reasons)

    def between(self, source: str, destination: str, *, sure: bool = True) -> Ranges:
        """The ports that get through between two endpoints, by their exact names: for certain, or only perhaps."""
        found = self._pair(source, destination)
        if found is None:
            return ()
        cluster, one, other = found
        return cluster.between(one, other, sure=sure)

    def witness(self, source: str, destination: str, port: PortRange) -> Why:
        """As `why` for two endpoints, by their exact names: a range is what no other one within it holds."""
        found = self._pair(source, destination)
        if found is None:
            return Why(source, destination, port, None, (Reason("Egress", APART),))
        cluster, one, other = found
        if one.kind == ADDRESS == other.kind:
            return Why(source, destination, port, None, (Reason("Egress", OUTSIDE),))
        answer = cluster.why(one, other, port)
        return Why(source, destination, port, answer.allowed, answer.reasons)

    def endpoint(self, name: str) -> Endpoint:
        """The endpoint of that name; LookupError where there is none."""
        return self._all(name)[0][1]

    def _bounds(self, source: str, destination: str) -> tuple[Ranges, Ranges]:
        found = self._meant(source, destination)
        if found is None:
            return (), ()
        cluster, pairs = found
        sure = [cluster.between(one, other) for one, other in pairs]
        may = [range_ for one, other in pairs for range_ in cluster.between(one, other, sure=False)]
        every = united([*(range_ for ranges in sure for range_ in ranges), *may])
        if {source, destination} & set(FAMILIES):
            return united(range_ for ranges in sure for range_ in ranges), every
        return reduce(shared, sure), every

    def _meant(self, source: str, destination: str) -> tuple[Cluster, list[tuple[Endpoint, Endpoint]]] | None:
        """Pairs of endpoints that two texts mean, in the first cluster that has both; metadata servers never ask."""
        for text in (source, destination):
            if not any(cluster.meant(text) for cluster in self.clusters):
                self._all(text)
        for cluster in self.clusters:
            ends, to = cluster.meant(source), cluster.meant(destination)
            asking = [end for end in ends if not end.name.startswith("metadata")] or ends
            if asking and to:
                return cluster, [(one, other) for one in asking for other in to]
        return None

    def _pair(self, source: str, destination: str) -> tuple[Cluster, Endpoint, Endpoint] | None:
        for cluster, one in self._all(source):
            for same, other in self._all(destination):
                if cluster is same:
                    return cluster, one, other
        return None

    def _all(self, name: str) -> list[tuple[Cluster, Endpoint]]:
        found = self.names.get(name)
        if found is None:
            raise LookupError(
                f"{name!r} is no endpoint; write namespace/Kind/name, internet, metadata, an address or a range"
            )
        return found
