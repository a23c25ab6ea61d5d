"""Paths between parties: the namespaces of one tenant, of one environment, or of whatever else a label divides."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from ..value import Mark
from .answer import Cluster, Reach
from .endpoints import Endpoint
from .layer import Row
from .outward import settled
from .ports import PortRange, without
from .sets import bits_of, members

Ends = tuple[Endpoint, Endpoint]


@dataclass(frozen=True)
class Grant:
    """That pods of one party may reach those of another on some ports; parties as globs."""

    source: str
    destination: str
    ports: tuple[PortRange, ...]


@dataclass(frozen=True)
class Crossing:
    """What pods of other parties may send to pods of one namespace. `certain=False`: perhaps."""

    cluster: Cluster
    namespace: str
    party: str
    """The party that the namespace belongs to."""
    sources: tuple[str, ...]
    ports: tuple[PortRange, ...]
    ends: Ends
    """A pod of the first source, and one of the namespace that it reaches."""
    certain: bool


def crossings(found: Reach, label: str, grants: Iterable[Grant] = ()) -> Iterator[Crossing]:
    """Everything that crosses from one value of a namespace's label to another and that no grant allows.

    Senders of the same ports to the same namespace are one crossing. Namespaces without the label are no party; one
    whose value is not known is left out.
    """
    given = tuple(grants)
    for cluster in found.clusters:
        parties = _Parties(cluster, label, given)
        if len(parties.names) > 1:
            for certain in (True,) if settled(cluster) else (True, False):
                yield from parties.crossings(certain=certain)


@dataclass
class _Senders:
    """Parties that send the same to a namespace, as bits, and a pair of sites that shows it for each of some."""

    parties: int = 0
    shown: list[tuple[Mapping[int, int], int]] = field(default_factory=list)


class _Parties:
    def __init__(self, cluster: Cluster, label: str, grants: tuple[Grant, ...]) -> None:
        self.cluster, people = cluster, cluster.people
        values = [home.labels.known.get(label) if home.declared else None for home in people.homes]
        self.names = sorted({str(value) for value in values if value is not None and not isinstance(value, Mark)})
        number = {name: position for position, name in enumerate(self.names)}
        self.of_home = {home: number[str(value)] for home, value in enumerate(values) if str(value) in number}
        self.inside = bits_of(site for home in self.of_home for site in members(people.by_home[home]))
        self._plain: dict[str, list[Grant]] = {}
        for grant in grants:
            self._plain.setdefault(grant.destination, []).append(grant)
        self._globs = [grant for name, listed in self._plain.items() if name not in number for grant in listed]

    def crossings(self, *, certain: bool) -> Iterator[Crossing]:
        for (home, ports), senders in sorted(self._found(certain=certain).items()):
            party = self.names[self.of_home[home]]
            for parties, left in self._granted(party, senders.parties, self.cluster.space.ranges(ports)):
                sources = tuple(self.names[number] for number in members(parties))
                ends = self._ends(senders, parties)
                name = self.cluster.people.homes[home].name
                yield Crossing(self.cluster, name, party, sources, left, ends, certain)

    def _found(self, *, certain: bool) -> dict[tuple[int, int], _Senders]:
        """Who sends what to each namespace; pods with the same row are looked at once."""
        alike: dict[frozenset[tuple[int, int]], dict[int, int]] = {}
        for site in members(self.inside):
            row = self._row(site, certain=certain)
            if row:
                senders = alike.setdefault(frozenset(row.items()), {})
                senders.setdefault(self.of_home[self.cluster.people.sites[site].home], site)
        found: dict[tuple[int, int], _Senders] = {}
        for row_, senders in alike.items():
            parties = bits_of(senders)
            for ports, to in row_:
                for site in members(to):
                    home = self.cluster.people.sites[site].home
                    others = parties & ~(1 << self.of_home[home])
                    entry = found.setdefault((home, ports), _Senders()) if others else None
                    if entry is not None and others & ~entry.parties:
                        entry.parties |= others
                        entry.shown.append((senders, site))
        return found

    def _row(self, site: int, *, certain: bool) -> Row:
        row = self.cluster.row(site) if certain else self.cluster.doubtful(site)
        own = self.cluster.people.by_home[self.cluster.people.sites[site].home]
        return {ports: to & self.inside for ports, to in row.items() if to & self.inside & ~own}

    def _granted(
        self, party: str, senders: int, ports: tuple[PortRange, ...]
    ) -> Iterator[tuple[int, tuple[PortRange, ...]]]:
        """What is left of a crossing, as senders with the same ports."""
        left = [(senders, ports)]
        given = [*self._plain.get(party, []), *(each for each in self._globs if fnmatchcase(party, each.destination))]
        for grant in given:
            meant = bits_of(
                number
                for number in members(senders)
                if grant.source == self.names[number] or fnmatchcase(self.names[number], grant.source)
            )
            parts = [((mask & meant, without(rest, grant.ports)), (mask & ~meant, rest)) for mask, rest in left]
            left = [part for pair in parts for part in pair if all(part)]
        yield from left

    def _ends(self, senders: _Senders, parties: int) -> Ends:
        first = next(members(parties))
        source, destination = next((sites[first], site) for sites, site in senders.shown if first in sites)
        return self.cluster.at[source][0][1], self.cluster.at[destination][0][1]
