"""What a change opens and what it closes: two snapshots, each path with its witness."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..views import Views
from .answer import Path, Reach, Why
from .build import reach
from .endpoints import ANY
from .ports import PortRange, without

OPENED, CLOSED = "opened", "closed"


@dataclass(frozen=True)
class Change:
    """A path that is there in one snapshot only. `certain=False`: of one of the two it is not known."""

    what: str
    source: str
    destination: str
    ports: tuple[PortRange, ...]
    why: Why
    """Of the first port: what lets it through where it is open."""
    closed_by: Why | None
    """Of the same port: what stops it where it is closed; None where an end of it is not there at all."""
    certain: bool = True

    def __str__(self) -> str:
        return f"{self.what}: {self.source} → {self.destination}"


@dataclass(frozen=True)
class _Side:
    found: Reach
    sure: dict[str, dict[str, tuple[PortRange, ...]]]
    may: dict[str, dict[str, tuple[PortRange, ...]]]

    @classmethod
    def of(cls, found: Reach) -> "_Side":
        return cls(found, _by_name(found.paths()), _by_name(found.unknown()))

    def there(self, table: dict[str, dict[str, tuple[PortRange, ...]]], one: str, other: str) -> tuple[PortRange, ...]:
        return table.get(one, {}).get(other, ())


def difference(before: Views, after: Views, *, plugin: str = "") -> list[Change]:
    """Every path that `after` opens, then every one that it closes, each ordered by the names of its ends."""
    old = _Side.of(reach(before, plugin=plugin, beside=after))
    new = _Side.of(reach(after, plugin=plugin, beside=before))
    return [*_changes(OPENED, new, old), *_changes(CLOSED, old, new)]


def _changes(what: str, open_: _Side, other: _Side) -> Iterator[Change]:
    """What is open on one side and not on the other; a pod that only a policy speaks of is no change by itself."""
    for source, ends in sorted(open_.sure.items()):
        for destination, ports in sorted(ends.items()):
            there = other.there(other.sure, source, destination)
            left = ports if not there else () if there == ports else without(ports, there)
            if not left or not _comparable(open_, other, source, destination):
                continue
            unsure = other.there(other.may, source, destination)
            sure = without(left, unsure) if unsure else left
            if sure:
                yield _change(what, open_, other, (source, destination, sure))
            if sure != left:
                yield _change(what, open_, other, (source, destination, without(left, sure)), certain=False)


def _change(
    what: str, open_: _Side, other: _Side, path: tuple[str, str, tuple[PortRange, ...]], *, certain: bool = True
) -> Change:
    source, destination, ports = path
    port = PortRange(ports[0].protocol, ports[0].first, ports[0].first)
    known = source in other.found.names and destination in other.found.names
    closed_by = other.found.witness(source, destination, port) if known else None
    return Change(what, source, destination, ports, open_.found.witness(source, destination, port), closed_by, certain)


def _comparable(open_: _Side, other: _Side, *names: str) -> bool:
    return all(name in other.found.names or open_.found.endpoint(name).kind != ANY for name in names)


def _by_name(paths: Iterable[Path]) -> dict[str, dict[str, tuple[PortRange, ...]]]:
    found: dict[str, dict[str, tuple[PortRange, ...]]] = {}
    for path in paths:
        found.setdefault(path.source.name, {})[path.destination.name] = path.ports
    return found
