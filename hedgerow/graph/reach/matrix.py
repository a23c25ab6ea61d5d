"""Who reaches whom, tenant by tenant: for each pair of groups the ports that any of one may send to any other."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..value import Mark
from .answer import Cluster, Reach
from .endpoints import OTHER
from .layer import Row
from .ports import PortRange, united
from .sets import bits_of, members

INTERNET, METADATA, PRIVATE, OTHERS = "internet", "metadata", "private networks", "any other namespace"
OUTSIDE = (OTHERS, PRIVATE, METADATA, INTERNET)
"""Groups that are no tenant, in the order in which they are shown, after the tenants."""


@dataclass(frozen=True)
class Cell:
    """What any of one group sends to any of another: for certain, and perhaps."""

    ports: tuple[PortRange, ...]
    perhaps: tuple[PortRange, ...]


@dataclass(frozen=True)
class Matrix:
    """Groups in the order in which they are shown, and the cells that are not empty, by source and destination."""

    groups: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]


def matrix(found: Reach, label: str) -> Matrix:
    """Everybody in groups by the tenant that a label of their namespace names; by namespace where there is none."""
    cells: dict[tuple[str, str], tuple[list[PortRange], list[PortRange]]] = {}
    names: dict[str, None] = {}
    for cluster in found.clusters:
        sites = _groups(cluster, label)
        names.update(dict.fromkeys(sites))
        for ends, ports, perhaps in _cells(cluster, sites):
            cell = cells.setdefault(ends, ([], []))
            cell[0].extend(ports)
            cell[1].extend(perhaps)
    tenants = sorted(name for name in names if name not in OUTSIDE)
    shown = (*tenants, *(name for name in OUTSIDE if name in names))
    return Matrix(shown, {ends: Cell(united(sure), united(maybe)) for ends, (sure, maybe) in sorted(cells.items())})


def _groups(cluster: Cluster, label: str) -> dict[str, int]:
    """Sites of each group."""
    people, found = cluster.people, dict[str, list[int]]()
    for number, site in enumerate(people.sites):
        if site.piece is not None:
            name = METADATA if site.piece.metadata else INTERNET if site.piece.public else PRIVATE
        else:
            home = people.homes[site.home]
            tenant = home.labels.known.get(label)
            unnamed = tenant is None or isinstance(tenant, Mark)
            name = OTHERS if home.name.startswith(OTHER) else f"{cluster.prefix}{home.name if unnamed else tenant}"
        found.setdefault(name, []).append(number)
    return {name: bits_of(numbers) for name, numbers in found.items()}


Found = tuple[tuple[str, str], tuple[PortRange, ...], tuple[PortRange, ...]]


def _cells(cluster: Cluster, groups: dict[str, int]) -> Iterator[Found]:
    for source, sites in groups.items():
        sure, maybe = dict[str, int](), dict[str, int]()
        seen: set[int] = set()
        for site in members(sites):
            for row, found in ((cluster.row(site), sure), (cluster.doubtful(site), maybe)):
                if id(row) not in seen:
                    seen.add(id(row))
                    _add(row, groups, found)
        for destination in groups:
            given, perhaps = sure.get(destination, 0), maybe.get(destination, 0)
            if given or perhaps & ~given:
                ranges = cluster.space.ranges
                yield (source, destination), ranges(given), ranges(perhaps & ~given)


def _add(row: Row, groups: dict[str, int], found: dict[str, int]) -> None:
    for ports, to in row.items():
        for destination, inside in groups.items():
            if to & inside:
                found[destination] = found.get(destination, 0) | ports
