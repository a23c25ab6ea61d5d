"""Pods that policies speak of and that are not there yet: whom a rule would let through, were they made."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...facts.labels import matches
from ..value import MISSING, Mark, is_known
from .cluster_policy import ClusterPolicy, peers
from .endpoints import OTHER, UNPLACED, Population, Wanted
from .policy import DIRECTIONS, Peer, Policy
from .sets import members


def wanted(people: Population, policies: Iterable[Policy], above: Iterable[ClusterPolicy] = ()) -> list[Wanted]:
    """One pod for each selector that selects nobody, with the labels that it asks for and no others."""
    found: dict[Any, Wanted] = {}
    seen: set[tuple[str, str]] = set()
    for policy in policies:
        for item in _of(people, policy, seen):
            key = (_key(item.home), _key(item.labels))
            found.setdefault(key, item)
    for peer in peers(above):
        for item in _peer(people, UNPLACED, -1, peer) if isinstance(peer, Peer) else ():
            found.setdefault((_key(item.home), _key(item.labels)), item)
    return [found[key] for key in sorted(found, key=repr)]


def _of(people: Population, policy: Policy, seen: set[tuple[str, str]]) -> Iterator[Wanted]:
    home = people.number(policy.object)
    name = people.homes[home].name
    if name != UNPLACED:
        yield from _lacking(people, name, people.by_home[home], policy.selector)
    for direction in DIRECTIONS:
        rules = policy.rules[direction]
        for rule in () if isinstance(rules, Mark) else rules:
            for peer in () if isinstance(rule.peers, Mark) else rule.peers:
                if not isinstance(peer, Peer) or peer.block is not MISSING:
                    continue
                key = (repr(peer.namespaces), repr(peer.pods))
                if peer.namespaces is MISSING or key not in seen:
                    seen.add(key)
                    yield from _peer(people, name, home, peer)


def _peer(people: Population, name: str, home: int, peer: Peer) -> Iterator[Wanted]:
    pods = {} if peer.pods is MISSING else peer.pods
    if peer.namespaces is MISSING:
        if name != UNPLACED:
            yield from _lacking(people, name, people.by_home[home], pods)
        return
    homes = people.home_labels.select(peer.namespaces)
    if not homes.may:
        there, labels = satisfying(peer.namespaces), satisfying(pods)
        if there is not None and labels is not None:
            yield Wanted(there, labels)
        return
    everywhere = people.living_in(homes).may
    if everywhere & people.pod_labels.select(pods).may == 0:
        names = [people.homes[number].name for number in members(homes.sure)]
        for each in [OTHER] if OTHER in names else names:
            yield from _lacking(people, each, 0, pods)


def _lacking(people: Population, name: str, place: int, selector: Any) -> Iterator[Wanted]:
    if not is_known(selector) or place & people.pod_labels.select(selector).may:
        return
    labels = satisfying(selector)
    if labels:
        yield Wanted(name, labels)


def satisfying(selector: Any) -> Mapping[str, str] | None:
    """The fewest labels that a valid selector selects; None where there are none, or where it is not known."""
    if not is_known(selector):
        return None
    labels = {str(key): str(value) for key, value in (selector.get("matchLabels") or {}).items()}
    parts = selector.get("matchExpressions") or []
    refused = {(part["key"], value) for part in parts if part["operator"] == "NotIn" for value in part["values"]}
    for part in parts:
        key = part["key"]
        if part["operator"] in ("In", "Exists") and key not in labels:
            offered = part.get("values") or ["any", *(f"any-{number}" for number in range(len(refused)))]
            labels[key] = next((value for value in offered if (key, value) not in refused), "")
    return labels if matches(selector, labels) else None


def _key(value: Any) -> Any:
    return value if isinstance(value, str) else tuple(sorted(value.items()))
