"""What one tier of cluster policies says: for each source, the destinations by what is decided on which ports."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import NamedTuple

from ..value import UNKNOWN, Mark
from .cluster_policy import ALLOW, DENY, PASS, ClusterPolicy, Names, Networks, TierRule
from .matching import Matching
from .policy import EGRESS, Peer
from .sets import EMPTY, Tri

ACTIONS = (ALLOW, DENY, PASS)


class State(NamedTuple):
    """Sets of ports that each action may decide, and those that may still be open: what only one may is certain."""

    allow: int = 0
    deny: int = 0
    passed: int = 0
    open: int = 0

    def met(self, actions: Iterable[str], ports: Tri) -> "State":
        """After a rule that decides `ports` where they are still open; any of several actions where it is unknown."""
        fresh, given = ports.may & self.open, set(actions)
        allow, deny, passed = (
            old | fresh if name in given else old for name, old in zip(ACTIONS, self[:3], strict=True)
        )
        return State(allow, deny, passed, self.open & ~ports.sure)

    def then(self, later: "State") -> "State":
        """After all of another state that begins with everything open."""
        allow, deny, passed = (old | new & self.open for old, new in zip(self[:3], later[:3], strict=True))
        return State(allow, deny, passed, self.open & later.open)

    def beside(self, other: "State") -> "State":
        """Where either may decide, as policies with the same priority do."""
        allow, deny, passed = (one | more for one, more in zip(self[:3], other[:3], strict=True))
        return State(allow, deny, passed, self.open & other.open)

    @property
    def passing(self) -> int:
        """Ports that may go on to what comes next."""
        return self.passed | self.open

    @property
    def allowed(self) -> int:
        """Ports that are let through for certain."""
        return self.allow & ~(self.deny | self.passing)

    @property
    def denied(self) -> int:
        """Ports that are denied for certain."""
        return self.deny & ~(self.allow | self.passing)


Parts = dict[State, int]
"""Every destination, by its state."""


@dataclass(frozen=True)
class Entry:
    """A rule of a policy over the sites of a cluster, one for each set of ports that it resolves to."""

    policy: ClusterPolicy
    rule: TierRule
    actions: tuple[str, ...]
    sources: Tri
    destinations: Tri
    ports: Tri

    @property
    def hazy(self) -> bool:
        """Whether it is not certain what it is about, or what it does."""
        return len(self.actions) > 1 or any(
            each.sure != each.may for each in (self.sources, self.destinations, self.ports)
        )

    def ports_for(self, source: int, destinations: int) -> tuple[tuple[int, Tri], ...]:
        """The given destinations in parts, and the ports that it decides for each, by a source that it may be about."""
        sure = self.destinations.sure if self.sources.sure >> source & 1 else 0
        known, hazy = destinations & sure, destinations & self.destinations.may & ~sure
        rest = destinations & ~self.destinations.may
        return tuple(
            (to, ports) for to, ports in ((known, self.ports), (hazy, Tri(0, self.ports.may)), (rest, EMPTY)) if to
        )


class Tier:
    """One tier in one direction."""

    def __init__(self, matching: Matching, policies: Iterable[ClusterPolicy], direction: str) -> None:
        self._match, self.direction = matching, direction
        self._policies = [policy for policy in policies if policy.rules[direction] != ()]
        self._parts: dict[tuple[int, ...], Parts] = {}

    @cached_property
    def levels(self) -> list[list[list[Entry]]]:
        """Entries by policy, policies by priority, the first ones first; those of unknown priority on every level."""
        floating = [policy for policy in self._policies if policy.priority is UNKNOWN]
        given = sorted({policy.priority for policy in self._policies if policy.priority is not UNKNOWN}) or [0]
        found = []
        for priority in given:
            alike = [policy for policy in self._policies if policy.priority == priority]
            found.append(
                [self._hazy(policy) for policy in floating] + [list(self._entries(policy)) for policy in alike]
            )
        return [*found, [self._hazy(policy) for policy in floating]]

    @property
    def exact(self) -> bool:
        """Whether nothing about it is unknown, and no two policies that speak of the same pair share a priority."""
        return not any(
            entry.hazy or any(_meet(entry, other) for other in _others(level, at))
            for level in self.levels
            for at, entries in enumerate(level)
            for entry in entries
        )

    def parts(self, source: int) -> Parts:
        """Every destination of a source by its state; sources that the same rules are about share the answer."""
        key = tuple(
            2 * number + (entry.sources.sure >> source & 1)
            for number, entry in enumerate(self._listed)
            if entry.sources.may >> source & 1
        )
        if key not in self._parts:
            self._parts[key] = self._worked_out(source)
        return self._parts[key]

    def entries(self, source: int, destination: int, wanted: int) -> Iterator[Entry]:
        """What may decide the ports `wanted` of a pair, first the first."""
        for entry in self._listed:
            meets = entry.sources.may >> source & entry.destinations.may >> destination & 1
            if meets and entry.ports.may & wanted:
                yield entry

    def certain(self, entry: Entry, source: int, destination: int, wanted: int) -> bool:
        """Whether an entry is about the ports `wanted` of a pair for certain."""
        sure = entry.sources.sure >> source & entry.destinations.sure >> destination & 1
        return bool(sure) and entry.ports.sure & wanted == wanted and len(entry.actions) == 1

    @cached_property
    def _listed(self) -> list[Entry]:
        return [entry for level in self.levels for entries in level for entry in entries]

    def _worked_out(self, source: int) -> Parts:
        fresh = State(open=self._match.space.everything)
        found: Parts = {fresh: self._match.people.all}
        for level in self.levels:
            together: Parts | None = None
            for entries in level:
                own = self._of_one(source, entries, fresh)
                together = own if together is None else _joined(together, own, State.beside)
            found = found if together is None else _joined(found, together, State.then)
        return found

    def _of_one(self, source: int, entries: list[Entry], fresh: State) -> Parts:
        found: Parts = {fresh: self._match.people.all}
        for entry in entries:
            if entry.sources.may >> source & 1:
                grown: Parts = {}
                for state, there in found.items():
                    for to, ports in entry.ports_for(source, there):
                        after = state.met(entry.actions, ports)
                        grown[after] = grown.get(after, 0) | to
                found = grown
        return found

    def _hazy(self, policy: ClusterPolicy) -> list[Entry]:
        return [replace(each, sources=Tri(0, each.sources.may)) for each in self._entries(policy)]

    def _entries(self, policy: ClusterPolicy) -> Iterator[Entry]:
        people, given = self._match.people, policy.rules[self.direction]
        subject = Tri(0, people.pods & ~people.host.sure)
        if isinstance(policy.subject, Peer):
            subject = self._match.pods(policy.subject, subject)
        for rule in (TierRule(self.direction, 0, UNKNOWN, UNKNOWN, UNKNOWN),) if isinstance(given, Mark) else given:
            meant = (
                reduce(Tri.or_, (self._meant(peer) for peer in rule.peers))
                if rule.peers is not UNKNOWN
                else Tri(0, people.all)
            )
            sources, destinations = (subject, meant) if self.direction == EGRESS else (meant, subject)
            actions = ACTIONS if rule.action is UNKNOWN else (rule.action,)
            for narrowed, ports in self._match.allowances(rule.ports):
                yield Entry(policy, rule, actions, sources, destinations.and_(narrowed), ports)

    def _meant(self, peer: object) -> Tri:
        people = self._match.people
        outside = people.all & ~people.pods
        if isinstance(peer, Peer):
            return self._match.pods(peer, EMPTY)
        if isinstance(peer, Networks):
            return self._match.networks(peer.ranges)
        if isinstance(peer, Names):
            return Tri(0, outside)
        whole = getattr(peer, "selector", UNKNOWN) == {}
        return Tri(people.host.sure if whole else 0, people.host.may | outside if peer is not UNKNOWN else people.all)


def _joined(one: Parts, other: Parts, how: Callable[[State, State], State]) -> Parts:
    found: Parts = {}
    for state, there in one.items():
        for more, to in other.items():
            if there & to:
                both = how(state, more)
                found[both] = found.get(both, 0) | there & to
    return found


def _others(level: list[list[Entry]], at: int) -> Iterator[Entry]:
    return (entry for number, entries in enumerate(level) if number > at for entry in entries)


def _meet(one: Entry, other: Entry) -> bool:
    shared = [getattr(one, part).may & getattr(other, part).may for part in ("sources", "destinations", "ports")]
    return all(shared) and one.actions != other.actions
