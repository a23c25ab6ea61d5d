"""Edits of Admin and Baseline policies: rules above NetworkPolicies that let a path through, narrowed or taken out."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...facts.cidr import Network, within
from ..views.addresses import network
from . import policy_edits
from .build import cluster_policies
from .cluster_policy import ALLOW, ClusterPolicy, Networks, TierRule
from .course import Course
from .edits import Edit, of_object
from .endpoints import Endpoint
from .matching import Matching
from .narrowing import KEYS, Narrowing
from .policy import EGRESS, INGRESS, Peer
from .ports import EVERYTHING, PortRange, shared, without
from .sets import EMPTY
from .tiers import ENFORCERS

Edits = tuple[Edit, ...]
Writer = Callable[[ClusterPolicy, TierRule], list[dict[str, Any]]]
NEWER = "ClusterNetworkPolicy"
"""The kind that writes ports by protocol."""


def candidates(course: Course) -> Iterator[Edits]:
    """Sets of edits: rules narrowed before rules taken out, alone before with NetworkPolicies that then decide."""
    if course.ranges.plugin not in ENFORCERS:
        return
    below = list(policy_edits.candidates(course))
    for direction in (INGRESS, EGRESS):
        own, _ = course.side(direction)
        editor = _Editor(course, direction, own) if own is not None else None
        for write in (editor.narrowed, editor.dropped) if editor is not None else ():
            edits = tuple(editor.edits(write)) if editor is not None else ()
            yield from (edits, *((*edits, *more) for more in below)) if edits else ()


class _Editor:
    def __init__(self, course: Course, direction: str, own: Endpoint) -> None:
        self.course, self.direction, self.own = course, direction, own
        self._narrow = Narrowing(course, direction)
        self._match = Matching(course.cluster.people, course.ranges)

    def edits(self, write: Writer) -> Iterator[Edit]:
        """Every rule that allows some of the path, as it is to be."""
        views = self.course.views
        for policy in cluster_policies(views, self.course.cluster.people.scope):
            rules = policy.rules[self.direction] if self._selects(policy) else ()
            for rule in rules if isinstance(rules, tuple) else ():
                if rule.action == ALLOW and self._lets(rule):
                    field = ("spec", self.direction.lower(), rule.index)
                    yield of_object(policy.object, field, *write(policy, rule), snapshot=views.snapshot)

    def dropped(self, policy: ClusterPolicy, rule: TierRule) -> list[dict[str, Any]]:  # noqa: ARG002 (as every writer)
        """Nothing in its place."""
        return []

    def narrowed(self, policy: ClusterPolicy, rule: TierRule) -> list[dict[str, Any]]:
        """It without the ends across, and where other ports are left to them, one for these."""
        key, given = KEYS[self.direction], policy.object.get("spec", self.direction.lower(), rule.index)
        peers = []
        for peer, means in zip(given[key], rule.peers, strict=True):
            kept = [peer]
            for other in self._narrow.others if self._means(means) else ():
                kept = [new for each in kept for new in self._without(each, other)]
            peers += kept
        found = [{**given, key: peers}] if peers else []
        left = without(rule.ports or EVERYTHING, self.course.ports) if _plain(rule) else ()
        if not left:
            return found
        known = {name: value for name, value in given.items() if name in ("action", "name")}
        ends = [_written(self._narrow.peer(other)) for other in self._narrow.others] if peers else list(given[key])
        return [*found, {**known, key: ends, **_ports(left, policy.object.kind)}]

    def _selects(self, policy: ClusterPolicy) -> bool:
        subject = policy.subject
        return not isinstance(subject, Peer) or bool(self._match.pods(subject, EMPTY).may >> self.own.site & 1)

    def _lets(self, rule: TierRule) -> bool:
        known = isinstance(rule.peers, tuple) and isinstance(rule.ports, tuple)
        meant = known and any(self._means(peer) for peer in rule.peers)
        return meant and (not _plain(rule) or bool(shared(rule.ports or EVERYTHING, self.course.ports)))

    def _means(self, peer: Any) -> bool:
        if isinstance(peer, Peer):
            found = self._match.pods(peer, EMPTY).may
        elif isinstance(peer, Networks):
            found = self._match.networks(peer.ranges).may
        else:
            return False
        return any(found >> other.site & 1 for other in self._narrow.others)

    def _without(self, peer: Mapping[str, Any], other: Endpoint) -> Iterator[dict[str, Any]]:
        """The peers that together mean whom one means, less the other end."""
        if "networks" in peer:
            left = [str(each) for text in peer["networks"] for each in self._outside(text, other)]
            yield from [{"networks": left}] if left else []
        elif "pods" in peer or "namespaces" in peer:
            given = (
                {"namespaceSelector": {}, **peer["pods"]}
                if "pods" in peer
                else {"namespaceSelector": peer["namespaces"]}
            )
            yield from map(_written, self._narrow.without(given, other))

    def _outside(self, text: Any, other: Endpoint) -> list[Network]:
        outer, piece = network(text), self._narrow.site(other).piece
        if outer is None or piece is None or not within(piece.range, outer):
            return [] if outer is None or (piece is not None and within(outer, piece.range)) else [outer]
        return sorted(outer.address_exclude(piece.range))  # type: ignore[arg-type]


def _plain(rule: TierRule) -> bool:
    return isinstance(rule.ports, tuple) and all(isinstance(port, PortRange) for port in rule.ports)


def _written(peer: Mapping[str, Any]) -> dict[str, Any]:
    """A peer of a NetworkPolicy as these policies write it."""
    if "ipBlock" in peer:
        return {"networks": [peer["ipBlock"]["cidr"]]}
    return {"pods": dict(peer)} if "podSelector" in peer else {"namespaces": peer["namespaceSelector"]}


def _ports(left: tuple[PortRange, ...], kind: str) -> dict[str, Any]:
    if kind == NEWER:
        spans = [(each.protocol.lower(), {"start": each.first, "end": each.last}) for each in left]
        return {"protocols": [{name: {"destinationPort": {"range": span}}} for name, span in spans]}
    return {
        "ports": [{"portRange": {"protocol": each.protocol, "start": each.first, "end": each.last}} for each in left]
    }
