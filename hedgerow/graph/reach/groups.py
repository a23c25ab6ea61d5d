"""The matrix as a person reads it: sources that reach the same are one, whole namespaces go by one name."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from .addresses import INTERNET
from .answer import Cluster, Reach
from .endpoints import Endpoint
from .layer import Row
from .ports import PortRange
from .sets import bits_of, members

OWN, EVERY_POD, EVERY_ADDRESS = "pods of the same namespace", "every pod", "every address"


@dataclass(frozen=True)
class Group:
    """Sources, and what each of them reaches: ports with the destinations in the fewest words."""

    sources: tuple[str, ...]
    reaches: tuple[tuple[tuple[PortRange, ...], tuple[str, ...]], ...]


def groups(
    found: Reach, *, doubtful: bool = False, sources: frozenset[str] | None = None, to: frozenset[str] | None = None
) -> Iterator[Group]:
    """Everybody in few groups, pods before addresses; only `sources` and `to`, by name, where they are given."""
    for cluster in found.clusters:
        row: Callable[[int], Row] = cluster.doubtful if doubtful else cluster.row
        yield from _Reader(cluster, sources, to).groups(row)


class _Reader:
    def __init__(self, cluster: Cluster, sources: frozenset[str] | None, to: frozenset[str] | None) -> None:
        self.cluster, self.people = cluster, cluster.people
        self.sources = [end for end in cluster.endpoints if sources is None or end.name in sources]
        self.to = None if to is None else bits_of({end.site for end in cluster.endpoints if end.name in to})
        self.shown = to

    def groups(self, row: Callable[[int], Row]) -> Iterator[Group]:
        found: dict[tuple[tuple[int, bool, int], ...], int] = {}
        for site in dict.fromkeys(end.site for end in self.sources):
            key = self._key(site, row(site))
            found[key] = found.get(key, 0) | 1 << site
        listed = frozenset(end.name for end in self.sources)
        for key, sites in found.items():
            if key:
                reaches = [
                    (self.cluster.space.ranges(ports), (*([OWN] if own else []), *self._told(to, self.shown)))
                    for ports, own, to in key
                ]
                yield Group(
                    tuple(self._told(sites, listed)), tuple(sorted(reaches, key=lambda item: (item[1], item[0])))
                )

    def _key(self, site: int, row: Row) -> tuple[tuple[int, bool, int], ...]:
        home, parts = self.people.sites[site].home, []
        own = self.people.by_home[home] if home >= 0 else 0
        for ports, to in row.items():
            kept = to if self.to is None else to & self.to
            near = 2 * (kept & self.people.pods).bit_count() < self.people.pods.bit_count()
            whole = bool(own) and kept & own == own and near
            parts += [(ports, whole, kept & ~own if whole else kept)] if kept else []
        return tuple(sorted(parts))

    def _told(self, sites: int, shown: frozenset[str] | None) -> list[str]:
        inside, every = sites & self.people.pods, self.people.pods
        most = shown is None and 2 * inside.bit_count() >= every.bit_count()
        but = list(self._pods(every & ~inside, None)) if most else []
        told = [f"{EVERY_POD}{' but ' if but else ''}{' and '.join(but)}"] if most else list(self._pods(inside, shown))
        outside = sites & ~self.people.pods
        if outside and outside == self.people.all & ~self.people.pods:
            return [*told, EVERY_ADDRESS]
        return [
            *told,
            *_families([end.name for end in self._ends(outside) if shown is None or end.name in shown], self._kinds),
        ]

    def _pods(self, sites: int, shown: frozenset[str] | None) -> Iterable[str]:
        homes: dict[int, int] = {}
        for site in members(sites):
            home = self.people.sites[site].home
            homes[home] = homes.get(home, 0) | 1 << site
        told = []
        for home, part in homes.items():
            names = [end.name for end in self._ends(part) if shown is None or end.name in shown]
            whole = part == self.people.by_home[home] and len(names) > 1 and len(names) == len(list(self._ends(part)))
            told += [f"{self.cluster.prefix}{self.people.homes[home].name}/*"] if whole else names
        return sorted(told)

    def _ends(self, sites: int) -> Iterator[Endpoint]:
        for site in members(sites):
            for _, end in self.cluster.at[site]:
                yield end

    @cached_property
    def _kinds(self) -> dict[str, set[str]]:
        pieces = self.cluster.outside
        return {
            "internet": {end.name for piece, end in pieces.items() if piece.public},
            "metadata": {end.name for piece, end in pieces.items() if piece.metadata},
        }


def _families(names: list[str], kinds: dict[str, set[str]]) -> list[str]:
    """Names of addresses, `internet` and `metadata` as one word where all of a family are there, else each part."""
    told = set(names)
    for family, every in kinds.items():
        if len(every) > 1 and every <= told:
            told = {family, *(told - every)}
        elif family == "internet":
            rest, parts = every & told & set(INTERNET.values()), every & told - set(INTERNET.values())
            ipv4, whole = rest == {family}, rest == every & set(INTERNET.values())
            told -= rest | parts
            told |= {f"rest of the {family}"} if rest and whole and not ipv4 else rest - {family}
            told |= {f"{family} (IPv4)"} if ipv4 else set()
            told |= {f"{name} (of the internet)" for name in parts}
    return sorted(told)
