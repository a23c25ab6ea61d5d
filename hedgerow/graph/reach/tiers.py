"""The layer of all Kubernetes policies: Admin rules first, then NetworkPolicies, then Baseline rules."""

from collections.abc import Iterable, Iterator
from typing import Any

from ..value import UNKNOWN
from .cluster_policy import ADMIN, ALLOW, BASELINE, DENY, ClusterPolicy, Names, Nodes
from .endpoints import Population
from .fence import Ranges
from .layer import Answer, Reason, Row, both, together
from .matching import Matching
from .network_policy import NetworkPolicies
from .policy import DIRECTIONS, EGRESS, INGRESS
from .ports import PortRange, PortSpace
from .sets import Tri
from .verdicts import Entry, Parts, State, Tier

ENFORCERS = frozenset({"", "calico"})
"""Plugins that enforce these kinds (network-policy-api's list of implementations, read 2026-11-21), and none named."""

UNSETTLED = "whether a NetworkPolicy isolates it is not known, and so whether Baseline rules count"


class Tiers:
    """Who gets through the policies of all three tiers of one cluster."""

    name = "cluster policies"

    def __init__(
        self, people: Population, below: NetworkPolicies, policies: Iterable[ClusterPolicy], ranges: Ranges
    ) -> None:
        self._people, self._below = people, below
        self._match = Matching(people, ranges)
        given = tuple(policies)
        self._tiers = {
            (tier, way): Tier(self._match, (each for each in given if each.tier == tier), way)
            for tier in (ADMIN, BASELINE)
            for way in DIRECTIONS
        }
        self._policies = given
        self._rows: dict[object, Row] = {}

    def cuts(self) -> Iterator[PortRange]:
        """Every range of ports in a rule of any tier, and every number that a named port resolves to."""
        yield from self._below.cuts()
        rules = (rule for policy in self._policies for way in DIRECTIONS for rule in _listed(policy.rules[way]))
        yield from self._match.cuts(port for rule in rules for port in _listed(rule.ports))

    def prepare(self, space: PortSpace) -> None:
        """Work out the tier in the middle; the others follow source by source."""
        self._match.space = space
        self._below.prepare(space)

    @property
    def exact(self) -> bool:
        """Whether nothing is unknown: what is certain is all that is possible."""
        return self._below.exact and all(tier.exact for tier in self._tiers.values())

    def row(self, source: int, *, sure: bool) -> Row:
        """What a site may send: what both its egress and the other end's ingress let through."""
        out, into = (self._way_row(way, source, sure=sure) for way in (EGRESS, INGRESS))
        key = (id(out), id(into))
        if key not in self._rows:
            self._rows[key] = both(out, into)
        return self._rows[key]

    def _way_row(self, way: str, source: int, *, sure: bool) -> Row:
        admin, baseline = (self._tiers[tier, way].parts(source) for tier in (ADMIN, BASELINE))
        below = self._below.way_row(way, source, sure=sure)
        isolated = self._isolated(way, source)[not sure]
        key = (sure, id(admin), id(baseline), id(below), isolated)
        if key not in self._rows:
            middle = _middle(below, baseline, isolated, self._people.all, sure=sure)
            self._rows[key] = _decided(admin, middle, self._people.all, sure=sure)
        return self._rows[key]

    def _isolated(self, way: str, source: int) -> Tri:
        """Destinations whose packets from a source NetworkPolicies judge, so that no Baseline rule does."""
        found = self._below.isolated(way)
        if way == INGRESS:
            return found
        everyone = self._people.all
        return Tri(*(everyone if bound >> source & 1 else 0 for bound in found))

    def why(self, source: int, destination: int, port: PortRange) -> Answer:
        """What decides each way: a rule of the first tier that has one for it, or what is not known."""
        return together([self._way(way, source, destination, port) for way in (EGRESS, INGRESS)])

    def _way(self, way: str, source: int, destination: int, port: PortRange) -> Answer:
        wanted = self._match.space.mask(port)
        own = source if way == EGRESS else destination
        if self._people.sites[own].piece is not None:
            return Answer(True, ())
        bounds = [_ports(self._way_row(way, source, sure=sure), destination) & wanted for sure in (True, False)]
        allowed = True if bounds[0] == wanted else None if bounds[1] else False
        found = self._judged(ADMIN, way, source, destination, wanted)
        if found is not None and (found.allowed is None) == (allowed is None):
            return Answer(allowed, found.reasons)
        isolated = self._isolated(way, source)
        if isolated.sure >> destination & 1:
            return self._below.way(way, source, destination, port)
        if isolated.may >> destination & 1:
            doubt = (Reason(way, UNSETTLED),) if allowed is None else ()
            return Answer(allowed, (*self._below.way(way, source, destination, port).reasons, *doubt))
        last = self._judged(BASELINE, way, source, destination, wanted)
        if last is not None and (last.allowed is None) == (allowed is None):
            return Answer(allowed, last.reasons)
        return Answer(allowed, self._below.way(way, source, destination, port).reasons)

    def _judged(self, tier: str, way: str, source: int, destination: int, wanted: int) -> Answer | None:
        """What a tier says of a pair: an answer, or None where it leaves it to what comes next."""
        state = next(state for state, to in self._tiers[tier, way].parts(source).items() if to >> destination & 1)
        entries = list(self._tiers[tier, way].entries(source, destination, wanted))
        for action, decided in ((ALLOW, state.allowed), (DENY, state.denied)):
            if decided & wanted == wanted:
                return _told(next(each for each in entries if action in each.actions), action)
        if not (state.allow | state.deny) & wanted:
            return None
        certain = [each for each in entries if self._tiers[tier, way].certain(each, source, destination, wanted)]
        hazy = [each for each in entries if each not in certain] or certain
        return Answer(None, tuple(dict.fromkeys(_hazy(each, certain) for each in hazy)))


def _middle(below: Row, baseline: Parts, isolated: int, everyone: int, *, sure: bool) -> Row:
    """What NetworkPolicies let through of those that they isolate, and of the others what Baseline rules do."""
    free: dict[int, int] = {}
    for state, to in baseline.items():
        stopped = state.deny if sure else state.denied
        ports = _everything(state) & ~stopped
        if to & ~isolated & everyone:
            free[ports] = free.get(ports, 0) | to & ~isolated
    found = {ports: to & isolated for ports, to in below.items() if to & isolated}
    for ports, to in both(below, free).items():
        found[ports] = found.get(ports, 0) | to
    return found


def _decided(admin: Parts, middle: Row, everyone: int, *, sure: bool) -> Row:
    found: dict[int, int] = {}
    rest = everyone
    for to in middle.values():
        rest &= ~to
    for state, there in admin.items():
        for ports, to in [*middle.items(), (0, rest)]:
            through = (state.allowed | ports) & ~state.deny if sure else state.allow | state.passing & ports
            if through and there & to:
                found[through] = found.get(through, 0) | there & to
    return found


def _everything(state: State) -> int:
    return state.allow | state.deny | state.passing


def _told(entry: Entry, action: str) -> Answer:
    says = "lets it through" if action == ALLOW else "denies it"
    policy, field = entry.policy, entry.rule.field
    reason = Reason(entry.rule.direction, f"{field} of {policy} {says}", policy.object.urn, field, policy.object.kind)
    return Answer(action == ALLOW, (reason,))


def _hazy(entry: Entry, certain: list[Entry]) -> Reason:
    policy, rule = entry.policy, entry.rule
    if entry in certain:
        text = f"{rule.field} of {policy} may decide, or another policy with priority {policy.priority}"
    elif policy.problem:
        return Reason(
            rule.direction, f"{policy} would be refused: {policy.problem}", policy.object.urn, "", policy.object.kind
        )
    else:
        text = f"{rule.field} of {policy} {_doubtful(entry)}"
    return Reason(rule.direction, text, policy.object.urn, rule.field, policy.object.kind)


def _doubtful(entry: Entry) -> str:
    peers = _listed(entry.rule.peers)
    if entry.policy.priority is UNKNOWN:
        return "has a priority that is not known yet"
    if entry.rule.action is UNKNOWN or entry.rule.ports is UNKNOWN or entry.rule.peers is UNKNOWN:
        return "is not known yet"
    if any(isinstance(peer, Nodes) for peer in peers):
        return "names nodes, whose labels and addresses are not known here"
    if any(isinstance(peer, Names) for peer in peers):
        return "names domains, whose addresses are not known here"
    return "may be about it: the labels, the addresses or the ports are not known"


def _ports(row: Row, destination: int) -> int:
    return next((ports for ports, to in row.items() if to >> destination & 1), 0)


def _listed(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()
