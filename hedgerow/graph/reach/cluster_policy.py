"""AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy in one typed form.

Meaning and validation follow kubernetes-sigs/network-policy-api, apis/v1alpha1 and apis/v1alpha2 (read 2026-11-21).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...facts.cidr import Network
from ..value import MISSING, UNKNOWN, Mark, is_known
from ..views.kubernetes import KubeObject
from .policy import DIRECTIONS, EGRESS, INGRESS, NamedPort, Peer, Refused, list_of, range_of, selector_of, take
from .ports import FIRST, LAST, PROTOCOLS, PortRange

GROUP = "policy.networking.k8s.io"
ADMIN, BASELINE = "Admin", "Baseline"
KINDS = {"AdminNetworkPolicy": ADMIN, "BaselineAdminNetworkPolicy": BASELINE, "ClusterNetworkPolicy": ""}
"""Kinds and their tiers; a ClusterNetworkPolicy says it itself."""
ALLOW, DENY, PASS = "Allow", "Deny", "Pass"
ACTIONS = {"Allow": ALLOW, "Accept": ALLOW, "Deny": DENY, "Pass": PASS}
LAST_PRIORITY = 1000
_PEERS = {INGRESS: "from", EGRESS: "to"}
_SPANS = {"portNumber": ("port", "port"), "portRange": ("start", "end")}


@dataclass(frozen=True)
class Networks:
    """Ranges of addresses, wherever they are: pods with such an address too. A mark among them is unknown."""

    ranges: tuple[Any, ...]


@dataclass(frozen=True)
class Nodes:
    """Nodes by their labels, which no snapshot knows."""

    selector: Any


@dataclass(frozen=True)
class Names:
    """Whatever addresses a domain name has."""


@dataclass(frozen=True)
class TierRule:
    """One rule; peers are `Peer` (pods and namespaces), `Networks`, `Nodes` or `Names`. UNKNOWN for any part."""

    direction: str
    index: int
    action: Any
    peers: Any
    ports: Any

    @property
    def field(self) -> str:
        """Where it stands in its policy."""
        return f"spec.{self.direction.lower()}[{self.index}]"


@dataclass(frozen=True)
class ClusterPolicy:
    """One policy: its tier, its priority (the lower goes first; UNKNOWN), its pods, and its rules in their order."""

    object: KubeObject
    tier: str
    priority: Any
    subject: Any
    rules: Mapping[str, Any]
    problem: str = ""
    """Why the API server would refuse it; then nobody knows what will be in its place."""

    def __str__(self) -> str:
        return str(self.object)

    @property
    def unknown(self) -> Iterator[str]:
        """Fields that are not known yet."""
        if self.problem:
            return
        if self.priority is UNKNOWN:
            yield "spec.priority"
        if not _settled(self.subject):
            yield "spec.subject"
        for direction in DIRECTIONS:
            given = self.rules[direction]
            if isinstance(given, Mark):
                yield f"spec.{direction.lower()}"
            else:
                yield from (rule.field for rule in given if not all(map(_settled, vars(rule).values())))


def parse(item: KubeObject) -> tuple[ClusterPolicy, ...]:
    """The policy of an object, whatever is in it; of an unknown tier one for each tier that it may be of."""
    try:
        return _parsed(item)
    except Refused as error:
        tiers = [KINDS[item.kind]] if KINDS[item.kind] else [ADMIN, BASELINE]
        rules = dict.fromkeys(DIRECTIONS, UNKNOWN)
        return tuple(ClusterPolicy(item, tier, UNKNOWN, UNKNOWN, rules, str(error)) for tier in tiers)


def _parsed(item: KubeObject) -> tuple[ClusterPolicy, ...]:
    spec = item.get("spec")
    if isinstance(spec, Mark) and spec is not MISSING:
        spec = dict.fromkeys(("tier", "priority", "subject", "ingress", "egress"), UNKNOWN)
    if not isinstance(spec, dict):
        raise Refused("spec is no mapping")
    fixed = KINDS[item.kind]
    tier: Any = fixed or take(spec, "tier")
    if tier not in (ADMIN, BASELINE) and not _unknown(tier):
        raise Refused(f"spec.tier is {_shown(tier)}; write Admin or Baseline")
    lone = item.kind == "BaselineAdminNetworkPolicy"
    priority = LAST_PRIORITY + 1 if lone else _priority(take(spec, "priority"))
    subject = _subject(take(spec, "subject"))
    allowed = (ALLOW, DENY) if lone else (ALLOW, DENY, PASS)
    rules = {direction: _rules(spec, direction, allowed) for direction in DIRECTIONS}
    tiers = (ADMIN, BASELINE) if _unknown(tier) else (tier,)
    return tuple(ClusterPolicy(item, each, priority, subject, rules) for each in tiers)


def _priority(given: Any) -> Any:
    if _unknown(given):
        return UNKNOWN
    if not _whole(given) or not 0 <= given <= LAST_PRIORITY:
        raise Refused(f"spec.priority is {_shown(given)}; write a number from 0 to {LAST_PRIORITY}")
    return given


def _subject(given: Any) -> Any:
    return UNKNOWN if _unknown(given) else _pods(_one_of(given, ("namespaces", "pods"), "spec.subject"), "spec.subject")


def _pods(given: tuple[str, Any], where: str) -> Any:
    key, value = given
    if _unknown(value):
        return UNKNOWN
    if key == "namespaces":
        return Peer(namespaces=selector_of(value, f"{where}.namespaces"))
    if not isinstance(value, dict):
        raise Refused(f"{where}.pods is no mapping")
    spaces, pods = take(value, "namespaceSelector"), take(value, "podSelector")
    if pods is MISSING:
        raise Refused(f"{where}.pods has no podSelector")
    return Peer(
        selector_of(pods, f"{where}.pods.podSelector"),
        selector_of({} if spaces is MISSING else spaces, f"{where}.pods.namespaceSelector"),
    )


def _rules(spec: Any, direction: str, actions: tuple[str, ...]) -> Any:
    where = f"spec.{direction.lower()}"
    given = list_of(take(spec, direction.lower()), where)
    if isinstance(given, Mark):
        return UNKNOWN
    return tuple(_rule(item, direction, index, actions) for index, item in enumerate(given))


def _rule(given: Any, direction: str, index: int, actions: tuple[str, ...]) -> TierRule:
    where, key = f"spec.{direction.lower()}[{index}]", _PEERS[direction]
    if isinstance(given, Mark):
        return TierRule(direction, index, UNKNOWN, UNKNOWN, UNKNOWN)
    if not isinstance(given, dict):
        raise Refused(f"{where} is no mapping")
    action = take(given, "action")
    if not _unknown(action) and (not isinstance(action, str) or ACTIONS.get(action) not in actions):
        raise Refused(f"{where}.action is {_shown(action)}; write {', '.join(actions[:-1])} or {actions[-1]}")
    peers = list_of(take(given, key), f"{where}.{key}")
    ports = [item for field in ("ports", "protocols") for item in _several(given, field, where)]
    if peers == []:
        raise Refused(f"{where}.{key} is missing or empty; name whom it is about")
    return TierRule(
        direction,
        index,
        UNKNOWN if _unknown(action) else ACTIONS[action],
        UNKNOWN
        if isinstance(peers, Mark)
        else tuple(_peer(item, direction, f"{where}.{key}[{at}]") for at, item in enumerate(peers)),
        UNKNOWN if UNKNOWN in ports else tuple(port for item in ports for port in _ports(*item)),
    )


def _several(given: Any, field: str, where: str) -> list[Any]:
    listed = list_of(take(given, field), f"{where}.{field}")
    if isinstance(listed, Mark) or any(isinstance(item, Mark) for item in listed):
        return [UNKNOWN]
    return [(item, f"{where}.{field}[{at}]") for at, item in enumerate(listed)]


def _peer(given: Any, direction: str, where: str) -> Any:
    if isinstance(given, Mark):
        return UNKNOWN
    known = ("namespaces", "pods", *(() if direction == INGRESS else ("networks", "nodes", "domainNames")))
    key, value = _one_of(given, known, where)
    if key in ("namespaces", "pods"):
        return _pods((key, value), where)
    if key == "nodes":
        return Nodes(selector_of(value, f"{where}.nodes"))
    listed = list_of(value, f"{where}.{key}")
    if listed == []:
        raise Refused(f"{where}.{key} is empty")
    if key == "domainNames":
        return Names()
    ranges = (
        (UNKNOWN,)
        if isinstance(listed, Mark)
        else tuple(range_of(text, f"{where}.networks[{at}]") for at, text in enumerate(listed))
    )
    return Networks(ranges)


def _one_of(given: Any, known: tuple[str, ...], where: str) -> tuple[str, Any]:
    keys = [key for key in known if take(given, key) is not MISSING]
    if len(keys) != 1:
        raise Refused(f"{where} has {'none' if not keys else 'more than one'} of {', '.join(known)}; give one of them")
    return keys[0], given[keys[0]]


def _ports(given: Any, where: str) -> list[Any]:
    known = (*_SPANS, "namedPort", *map(str.lower, PROTOCOLS), "destinationNamedPort")
    key, value = _one_of(given, known, where)
    if key in ("namedPort", "destinationNamedPort"):
        return [UNKNOWN] if _unknown(value) else [NamedPort(protocol, str(value)) for protocol in PROTOCOLS]
    if key in _SPANS:
        protocol = take(value, "protocol")
        first, last = (take(value, field) for field in _SPANS[key])
        return [_span("TCP" if protocol is MISSING else protocol, first, last, f"{where}.{key}")]
    port = take(value, "destinationPort")
    number, span = take(port, "number"), take(port, "range")
    first, last = (number, number) if span is MISSING else (take(span, "start"), take(span, "end"))
    if _unknown(value) or _unknown(port) or _unknown(span):
        return [UNKNOWN]
    return [_span(key.upper(), first, last, f"{where}.{key}.destinationPort")]


def _span(protocol: Any, first: Any, last: Any, where: str) -> Any:
    if any(_unknown(value) for value in (protocol, first, last)):
        return UNKNOWN
    if protocol not in PROTOCOLS:
        raise Refused(f"{where}.protocol is {_shown(protocol)}; write TCP, UDP or SCTP")
    if not (_whole(first) and _whole(last) and FIRST <= first <= last <= LAST):
        raise Refused(f"{where} is {_shown(first)} to {_shown(last)}; write ports from 1 to 65535, the smaller first")
    return PortRange(protocol, first, last)


def ranges(policies: Iterable[ClusterPolicy]) -> Iterator[Network]:
    """Every range that a rule names."""
    for peer in peers(policies):
        if isinstance(peer, Networks):
            yield from (item for item in peer.ranges if not isinstance(item, Mark))


def peers(policies: Iterable[ClusterPolicy]) -> Iterator[Any]:
    """Every subject and every peer that is known."""
    for policy in policies:
        yield policy.subject
        for direction in DIRECTIONS:
            given = policy.rules[direction]
            for rule in () if isinstance(given, Mark) else given:
                yield from () if isinstance(rule.peers, Mark) else rule.peers


def _settled(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_settled, value))
    if isinstance(value, Peer):
        return all(each is MISSING or is_known(each) for each in vars(value).values())
    if isinstance(value, Networks):
        return _settled(value.ranges)
    if isinstance(value, Nodes):
        return is_known(value.selector)
    return not isinstance(value, Mark)


def _unknown(value: Any) -> bool:
    return isinstance(value, Mark) and value is not MISSING


def _shown(value: Any) -> str:
    return "missing" if value is MISSING else repr(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
