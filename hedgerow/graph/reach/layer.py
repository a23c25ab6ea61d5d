"""What every layer of the network answers: who gets through to whom on which ports, and why.

A path is there where every layer lets it through. A layer speaks in bounds: what gets through for certain, and what
may, because something is not known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from .ports import PortRange, PortSpace
from .sets import members

Row = Mapping[int, int]
"""Of one source: sets of ports (over a PortSpace), each with the destinations that it is for, no two overlapping."""


MANY = 64
"""Sources from which on a rectangle may count as one of many."""


@dataclass(frozen=True)
class Reason:
    """One step of a witness: in which direction, what about it, and the object that decides, by URN."""

    direction: str
    text: str
    urn: str = ""
    rule: str = ""
    """Field of the rule that lets through, such as `spec.ingress[0]`; empty where none does."""

    def __str__(self) -> str:
        return f"{self.direction}: {self.text}"


@dataclass(frozen=True)
class Answer:
    """Whether one port of one pair gets through: True, False or None for unknown, and why."""

    allowed: bool | None
    reasons: tuple[Reason, ...]


class Layer(Protocol):
    """One layer of the network over one cluster's sites."""

    def cuts(self) -> Iterable[PortRange]:
        """Every range of ports that it tells apart."""

    @property
    def exact(self) -> bool:
        """Whether nothing is unknown: what is certain is all that is possible."""

    def prepare(self, space: PortSpace) -> None:
        """Work out who gets through, in the classes of ports that all layers share."""

    def row(self, source: int, *, sure: bool) -> Row:
        """What a site may send: for certain, or at most."""

    def why(self, source: int, destination: int, port: PortRange) -> Answer:
        """Whether a single port gets through and what decides it, the fewest objects that show it."""


class Relation:
    """Who gets through to whom on what, as rectangles: these sources to these destinations on these ports.

    Rectangles of many sources split the sources into a few groups, each worked out once; those of few sources are
    then added source by source, so that the cost follows the rectangles and not the pairs.
    """

    def __init__(self, size: int) -> None:
        self._everyone = (1 << size) - 1
        self._merged: dict[tuple[int, int], int] = {}
        self._shared: dict[tuple[int, ...], Row] = {}

    def add(self, sources: int, destinations: int, ports: int) -> None:
        """Let `sources` through to `destinations` on `ports`."""
        if sources and destinations and ports:
            key = (sources, ports)
            self._merged[key] = self._merged.get(key, 0) | destinations

    def same(self, other: "Relation") -> bool:
        """Whether both hold the same rectangles."""
        return self._merged == other._merged

    def row(self, source: int) -> Row:
        """Everything one source is let through to; sources in the same rectangles share the answer."""
        mine = self._touching.get(source, [])
        group = next(number for number, (sources, _) in enumerate(self._groups) if sources >> source & 1)
        key = (group, *mine)
        found = self._shared.get(key)
        if found is None:
            found = self._groups[group][1]
            for number in mine:
                found = _grown(found, *self._small[number][1:])
            self._shared[key] = found
        return found

    @cached_property
    def _groups(self) -> list[tuple[int, Row]]:
        groups: list[tuple[int, Row]] = [(self._everyone, {})]
        for wide, to, ports in self._split[0]:
            split = []
            for sources, row in groups:
                inside = sources & wide
                split += [(inside, _grown(row, to, ports))] if inside else []
                split += [(sources ^ inside, row)] if inside != sources else []
            groups = split
        return groups

    @cached_property
    def _small(self) -> list[tuple[int, int, int]]:
        return self._split[1]

    @cached_property
    def _touching(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number, (sources, _, _) in enumerate(self._small):
            for source in members(sources):
                found.setdefault(source, []).append(number)
        return found

    @cached_property
    def _split(self) -> tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]]:
        most = max(MANY, self._everyone.bit_length() // 8)
        every = [(sources, to, ports) for (sources, ports), to in self._merged.items()]
        return [item for item in every if item[0].bit_count() > most], [
            item for item in every if item[0].bit_count() <= most
        ]


def _grown(row: Row, to: int, ports: int) -> Row:
    """A row that in addition lets `ports` through to the destinations `to`."""
    grown: dict[int, int] = {}
    fresh = to
    for there, given in row.items():
        shared = given & to
        if shared:
            grown[there | ports] = grown.get(there | ports, 0) | shared
            fresh ^= shared
        if shared != given:
            grown[there] = grown.get(there, 0) | given ^ shared
    if fresh:
        grown[ports] = grown.get(ports, 0) | fresh
    return grown


def both(one: Row, other: Row) -> Row:
    """What two layers, or two ends of a path, both let through."""
    found: dict[int, int] = {}
    for ports, to in one.items():
        for more, there in other.items():
            shared = ports & more
            if shared and to & there:
                found[shared] = found.get(shared, 0) | to & there
    return found


def ports_to(row: Row, destination: int) -> int:
    """The ports of a row that are for one destination."""
    return next((ports for ports, to in row.items() if to >> destination & 1), 0)
