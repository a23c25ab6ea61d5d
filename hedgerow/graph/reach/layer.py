"""What every layer of the network answers: who gets through to whom on which ports, and why.

A path is there where every layer lets it through: `Cluster` joins the rows of all of them. What a layer has to know:

- **Who.** Ends are sites, numbers into `Population.sites`: pods (`site.home >= 0`; `people.pods` as bits,
  `people.host` those on their node's network) and pieces of addresses (`site.piece`, numbered from
  `people.first_address` on). A set of sites is the bits of one integer. Only pods and addresses are sites: where a
  layer speaks of nodes, a pod stands for whatever node it may run on: sure is only what all of them let through.
- **What.** A set of ports is a mask over the `PortSpace` that `prepare` is given; `cuts` names the ranges beforehand.
- **Allowed.** `row(source, sure=True)` holds what gets through for certain, `sure=False` what may; the first lies
  within the second. A layer that has nothing to say about a pair lets everything through, in both. Fill a `Relation`
  with rectangles for each bound and give its rows; the same object for both where nothing is unknown (`exact`).
- **Unknown.** A value that is UNKNOWN or SECRET, and whatever is opaque, makes `sure` smaller and `may` larger, never
  one alone; and the layer's `Source` tells it as a `Problem`, by URN. So `why` answers None with the reason.
- **Why.** `why` answers for one port: the objects and rule numbers that let it through (`Reason.rule`, the field), or
  the one that stops it. It agrees with the rows. Reasons need no `layer`: the cluster fills in the `name`.
- **Reached by.** A module that makes layers is a `Source`; `build.SOURCES` lists them. Addresses are cut by every
  range that its `blocks` gives, so that each piece lies wholly within such a range or wholly without.
- **Load balancers.** What comes in by one is judged as `ways` says: its own filter first, then every layer's row from
  the address that the pod sees (the client's or the load balancer's; for policies the node's where that takes it on).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from ...facts.cidr import Network
from .ports import PortRange, PortSpace
from .sets import members

if TYPE_CHECKING:
    from ..views import Views
    from .endpoints import Population
    from .fence import Ranges

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
    layer: str = ""
    """Name of the layer that says so."""

    def __str__(self) -> str:
        return f"{self.direction}: {self.text}"


@dataclass(frozen=True)
class Answer:
    """Whether one port of one pair gets through: True, False or None for unknown, and why."""

    allowed: bool | None
    reasons: tuple[Reason, ...]


def together(answers: Sequence[Answer]) -> Answer:
    """The answer of several that must all let it through: what stops it first, else what is not known, else all."""
    stopped = [answer for answer in answers if answer.allowed is False][:1]
    shown = stopped or [answer for answer in answers if answer.allowed is None] or answers
    return Answer(shown[0].allowed, tuple(reason for answer in shown for reason in answer.reasons))


def named(layer: str, answer: Answer) -> Answer:
    """The answer of a layer with its name in every reason that has none."""
    return Answer(answer.allowed, tuple(replace(reason, layer=reason.layer or layer) for reason in answer.reasons))


@dataclass(frozen=True)
class Problem:
    """Something that stands in the way of an exact answer: which object, and what of it."""

    urn: str
    text: str


class Layer(Protocol):
    """One layer of the network over one cluster's sites."""

    @property
    def name(self) -> str:
        """What witnesses call it, such as `NetworkPolicy` or `security groups`."""

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


class Source(Protocol):
    """A module that reads one kind of layer out of a snapshot; `scope` tells clusters apart, as `KubeObject.scope`."""

    def blocks(self, views: "Views", scope: str) -> Iterable[Network]:
        """Every range of addresses that its layers tell apart in a cluster."""

    def layers(self, views: "Views", people: "Population", ranges: "Ranges") -> Iterable[Layer]:
        """Its layers over one cluster (`people.scope`); none where the snapshot has nothing of the kind."""

    def problems(self, views: "Views") -> Iterable[Problem]:
        """What of it cannot be judged, once for all clusters."""


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
                found = grown(found, *self._small[number][1:])
            self._shared[key] = found
        return found

    @cached_property
    def _groups(self) -> list[tuple[int, Row]]:
        groups: list[tuple[int, Row]] = [(self._everyone, {})]
        for wide, to, ports in self._split[0]:
            split = []
            for sources, row in groups:
                inside = sources & wide
                split += [(inside, grown(row, to, ports))] if inside else []
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


def grown(row: Row, to: int, ports: int) -> Row:
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
