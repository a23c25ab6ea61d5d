"""An edit that closes a path and none that settings ask for: each is tried on the snapshot before it is told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import NamedTuple

from ..views import Views
from ..views.addresses import network, real
from . import cloud_edits, host_edits, policy_edits, tier_edits, way_edits
from .answer import Reach
from .asked import Ask
from .build import reach
from .course import Course
from .demands import Demand, Demands
from .edits import Edit, edited
from .endpoints import ANY
from .ports import PortRange, shared, united, without

ABSENT = "there is no such path"
ASKED = "every edit that closes it closes paths too that the settings ask for"
NOBODY = "nobody enforces NetworkPolicies here, and nothing else that is declared stands between them"
NONE = "no edit of what is declared closes it"

KINDS = (policy_edits, way_edits, tier_edits, cloud_edits, host_edits)

Ends = str | tuple[str, ...]
Edits = tuple[Edit, ...]
Ports = tuple[PortRange, ...]
Table = dict[tuple[str, str], Ports]


class Closing(NamedTuple):
    """A path that edits close besides; one of which it was not known whether it is there, where it is not `certain`."""

    source: str
    destination: str
    ports: Ports
    certain: bool = True


@dataclass(frozen=True)
class Fix:
    """Edits that close a path together; without any one it opens, or more close. `also`: others that they close."""

    edits: Edits
    also: tuple[Closing, ...] = ()
    problem: str = ""
    """Why there is no edit."""
    asks: tuple[Ask, ...] = ()
    """The lines of the settings that ask for the path: it closes when they are taken out."""
    lost: tuple[Demand, ...] = ()
    """What the settings ask for and the best of all edits, which is not told, would close."""
    perhaps: bool = False
    """Whether no edit closes it for certain: after these nobody knows whether it is there."""


def fix(views: Views, source: Ends, destination: Ends, ports: tuple[PortRange, ...], *, plugin: str = "") -> Fix:
    """The edits that close the path between two endpoints on some ports, closing as few others as can be.

    Several ends are pieces of addresses, all closed together; an address or a range is cut out of what is around it.
    Ports that settings ask for are theirs to take out: `asks` names the lines. LookupError for a name that is no
    endpoint's.
    """
    names = tuple((end,) if isinstance(end, str) else end for end in (source, destination))
    found = reach(views, plugin=plugin, apart=real(map(network, (*names[0], *names[1]))))
    for name in (*names[0], *names[1]):
        found.endpoint(name)
    course = Course.of(views, found, (names[0], names[1]), ports, plugin)
    wanted, demands = course.left(found), Demands(views, plugin)
    if not wanted:
        return Fix((), problem=ABSENT)
    asked = list(demands.among(found, [(*pair, wanted) for pair in course.pairs]))
    asks = tuple(dict.fromkeys(each.ask for each in asked))
    taken = _of_all(course, asked)
    if not without(wanted, taken):
        return Fix((), asks=asks)
    course = replace(course, ports=without(ports, taken))
    if some := tuple(demands.among(found, [(*pair, course.ports) for pair in course.pairs])):
        return Fix((), problem=ASKED, lost=some)
    best = _Trial(course, demands, plugin).best()
    if best is None and course.left(found, certain=True):
        best = _Trial(course, demands, plugin, perhaps=True).best()
    if best is None:
        return Fix((), problem=NOBODY if found.plugin == "none" and not course.way else NONE, asks=asks)
    if best.lost:
        return Fix((), problem=ASKED, asks=asks, lost=best.lost)
    return replace(best, asks=asks)


def _of_all(course: Course, asked: list[Demand]) -> Ports:
    """The ports that settings ask for between all of the ends."""
    of_each = [
        united(range_ for each in asked if (each.source, each.destination) == pair for range_ in each.ports)
        for pair in course.pairs
    ]
    return reduce(shared, of_each)


def candidates(course: Course) -> Iterator[Edits]:
    """Every set of edits that may close a path, in the order in which equally good ones are preferred."""
    for kind in KINDS:
        yield from kind.candidates(course)


class _Trial:
    """Tries edits on the snapshot of a path."""

    def __init__(self, course: Course, demands: Demands, plugin: str, *, perhaps: bool = False) -> None:
        self.course, self.demands, self.plugin, self.perhaps = course, demands, plugin, perhaps

    def best(self) -> Fix | None:
        """The candidate that closes the fewest asked paths, then the fewest others; None where none helps."""
        best: Fix | None = None
        for edits in candidates(self.course):
            tried = self.of(edits)
            if tried is not None and (best is None or _cost(tried) < _cost(best)):
                best = tried
            if best is not None and not (best.also or best.lost):
                break
        return None if best is None else self._fewest(best)

    def of(self, edits: Edits) -> Fix | None:
        """The fix that edits are, with what they close besides; None where they do not close it or open another."""
        views, course = self.course.views, self.course
        there = Views(edited(views.snapshot, edits, course.cluster.people.scope))
        after = reach(there, plugin=self.plugin, beside=views, apart=course.ranges_apart)
        if course.left(after, certain=self.perhaps):
            return None
        before = reach(views, plugin=self.plugin, beside=there, apart=course.ranges_apart)
        # What the API server would refuse, or nobody could judge any more, is no edit.
        if any(_lost(after, before)) or set(after.problems) - set(before.problems):
            return None
        also = tuple(self._besides(_lost(before, after)))
        paths = [(each.source, each.destination, each.ports) for each in also]
        lost = tuple(self.demands.among(before, paths))
        return Fix(edits, also, lost=lost, perhaps=self.perhaps)

    def _besides(self, closed: Iterable[Closing]) -> Iterator[Closing]:
        """Paths less what is to be closed."""
        pairs = set(self.course.pairs)
        for each in closed:
            own = (each.source, each.destination) in pairs
            ports = without(each.ports, self.course.ports) if own else each.ports
            if ports:
                yield each._replace(ports=ports)

    def _fewest(self, best: Fix) -> Fix:
        """A fix without the edits that can be left out: the path stays closed, and no other one closes."""
        at = 0
        while at < len(best.edits):
            fewer = (*best.edits[:at], *best.edits[at + 1 :])
            tried = self.of(fewer) if fewer else None
            if tried is not None and _cost(tried) <= _cost(best):
                best, at = tried, 0
            else:
                at += 1
        return best


def _cost(tried: Fix) -> tuple[int, int, int]:
    certain = sum(each.certain for each in tried.also)
    return len(tried.lost), certain, len(tried.also) - certain


def _lost(old: Reach, new: Reach) -> Iterator[Closing]:
    """What got through for certain and does so no more, and what might have; pods that nothing speaks of now aside."""
    before, after = _tables(old), _tables(new)
    for pair in sorted(before[1]):
        if all(name in new.names or old.endpoint(name).kind != ANY for name in pair):
            sure, may = (without(table[pair], left.get(pair, ())) for table, left in zip(before, after, strict=True))
            rest = without(may, sure)
            if sure:
                yield Closing(*pair, sure)
            if rest:
                yield Closing(*pair, rest, certain=False)


def _tables(found: Reach) -> tuple[Table, Table]:
    """Ports by pair: those that get through for certain, and those that do or may."""
    sure = {(path.source.name, path.destination.name): path.ports for path in found.paths()}
    unknown = {(path.source.name, path.destination.name): path.ports for path in found.unknown()}
    may = {pair: (*sure.get(pair, ()), *unknown.get(pair, ())) for pair in sure.keys() | unknown.keys()}
    return {pair: sure.get(pair, ()) for pair in may}, may
