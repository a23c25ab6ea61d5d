"""NetworkPolicy v1 in typed form, with the API server's defaults; what cannot be read or is refused says why.

Meaning and validation follow kubernetes/api networking/v1 and kubernetes/kubernetes pkg/apis/networking/validation.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ...facts import labels
from ...facts.cidr import Network, within
from ..value import MISSING, UNKNOWN, Mark, is_known
from ..views.kubernetes import KubeObject
from .ports import FIRST, LAST, PROTOCOLS, PortRange

INGRESS, EGRESS = "Ingress", "Egress"
DIRECTIONS = (INGRESS, EGRESS)
_MAPPING, _LIST = (dict, Mark, type(None)), (list, Mark, type(None))
_PEERS = {INGRESS: "from", EGRESS: "to"}
_PORT_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")


class Refused(ValueError):
    """What the API server would not take. The message says which field and why."""


@dataclass(frozen=True)
class NamedPort:
    """A port by its name, which each destination resolves for itself."""

    protocol: str
    name: str


@dataclass(frozen=True)
class Peer:
    """One peer: pods (selectors, MISSING where not given) or a block less what is `excepted`; a mark is unknown."""

    pods: Any = MISSING
    namespaces: Any = MISSING
    block: Any = MISSING
    excepted: Any = ()

    @property
    def known(self) -> bool:
        """Whether all of it can be judged."""
        fields = (self.pods, self.namespaces, self.block, self.excepted)
        return all(value is MISSING or is_known(value) for value in fields)


@dataclass(frozen=True)
class Rule:
    """One rule. No peers means everyone, no ports every port; UNKNOWN for any of them, or for one in them."""

    direction: str
    index: int
    peers: Any
    ports: Any

    @property
    def known(self) -> bool:
        """Whether all of it can be judged."""
        if self.peers is UNKNOWN or self.ports is UNKNOWN:
            return False
        return all(port is not UNKNOWN for port in self.ports) and all(
            peer is not UNKNOWN and peer.known for peer in self.peers
        )


@dataclass(frozen=True)
class Policy:
    """One policy: whom it selects, whether it isolates them in a direction (or UNKNOWN), and what it lets through."""

    object: KubeObject
    selector: Any
    isolates: Mapping[str, Any]
    rules: Mapping[str, Any]
    problem: str = ""
    """Why the API server would refuse it; then nobody knows what will be in its place."""
    unknown: tuple[str, ...] = field(default=())
    """Fields that are not known yet."""

    def __str__(self) -> str:
        return str(self.object)


def parse(item: KubeObject) -> Policy:
    """The policy of an object, whatever is in it."""
    try:
        return _parsed(item)
    except Refused as error:
        return Policy(item, UNKNOWN, dict.fromkeys(DIRECTIONS, UNKNOWN), dict.fromkeys(DIRECTIONS, UNKNOWN), str(error))


def _parsed(item: KubeObject) -> Policy:
    spec = item.get("spec")
    if isinstance(spec, Mark) and spec is not MISSING:
        unknown = dict.fromkeys(DIRECTIONS, UNKNOWN)
        return Policy(item, UNKNOWN, unknown, unknown, unknown=("spec",))
    if spec is not MISSING and not isinstance(spec, dict):
        raise Refused("spec is no mapping")
    given = take(spec, "podSelector")
    selector = selector_of({} if given is MISSING else given, "spec.podSelector")
    rules = {direction: _rules(spec, direction) for direction in DIRECTIONS}
    isolates = {direction: _isolates(spec, direction, rules[EGRESS]) for direction in DIRECTIONS}
    return Policy(item, selector, isolates, rules, unknown=tuple(_unknown(selector, isolates, rules)))


def take(given: Any, key: str) -> Any:
    """The field of a mapping; MISSING where it is not there or null."""
    value = given.get(key) if isinstance(given, dict) else None
    return MISSING if value is None else value


def _unknown(selector: Any, isolates: Mapping[str, Any], rules: Mapping[str, Any]) -> list[str]:
    told = [] if is_known(selector) else ["spec.podSelector"]
    if UNKNOWN in isolates.values():
        told.append("spec.policyTypes")
    for direction in DIRECTIONS:
        if isinstance(rules[direction], Mark):
            told.append(f"spec.{direction.lower()}")
        else:
            told += [f"spec.{direction.lower()}[{rule.index}]" for rule in rules[direction] if not rule.known]
    return told


def _isolates(spec: Any, direction: str, egress: Any) -> Any:
    given = list_of(take(spec, "policyTypes"), "spec.policyTypes")
    if isinstance(given, Mark):
        return UNKNOWN
    for item in given:
        if not isinstance(item, Mark) and item not in DIRECTIONS:
            raise Refused(f"spec.policyTypes has {item!r}; write Ingress or Egress")
    if given:
        return True if direction in given else UNKNOWN if any(isinstance(item, Mark) for item in given) else False
    if direction == INGRESS:
        return True
    return UNKNOWN if isinstance(egress, Mark) else bool(egress)


def _rules(spec: Any, direction: str) -> Any:
    where = f"spec.{direction.lower()}"
    given = list_of(take(spec, direction.lower()), where)
    if isinstance(given, Mark):
        return UNKNOWN
    return tuple(_rule(item, direction, index, f"{where}[{index}]") for index, item in enumerate(given))


def _rule(given: Any, direction: str, index: int, where: str) -> Rule:
    if isinstance(given, Mark):
        return Rule(direction, index, UNKNOWN, UNKNOWN)
    if given is not None and not isinstance(given, dict):
        raise Refused(f"{where} is no mapping")
    field_ = _PEERS[direction]
    peers, ports = list_of(take(given, field_), f"{where}.{field_}"), list_of(take(given, "ports"), f"{where}.ports")
    return Rule(
        direction,
        index,
        UNKNOWN
        if isinstance(peers, Mark)
        else tuple(_peer(item, f"{where}.{field_}[{at}]") for at, item in enumerate(peers)),
        UNKNOWN
        if isinstance(ports, Mark)
        else tuple(_port(item, f"{where}.ports[{at}]") for at, item in enumerate(ports)),
    )


def _peer(given: Any, where: str) -> Any:
    if isinstance(given, Mark):
        return UNKNOWN
    if not isinstance(given, dict):
        raise Refused(f"{where} is no mapping")
    pods, namespaces, block = (take(given, key) for key in ("podSelector", "namespaceSelector", "ipBlock"))
    selectors = [value for value in (pods, namespaces) if value is not MISSING]
    if (block is MISSING) == (not selectors):
        raise Refused(f"{where} must have either selectors or an ipBlock")
    if block is not MISSING:
        return _block(block, f"{where}.ipBlock")
    return Peer(
        pods if pods is MISSING else selector_of(pods, f"{where}.podSelector"),
        namespaces if namespaces is MISSING else selector_of(namespaces, f"{where}.namespaceSelector"),
    )


def _block(given: Any, where: str) -> Peer:
    if isinstance(given, Mark):
        return Peer(block=UNKNOWN)
    outer = range_of(take(given, "cidr"), f"{where}.cidr")
    excepted = list_of(take(given, "except"), f"{where}.except")
    if isinstance(excepted, Mark):
        return Peer(block=outer, excepted=UNKNOWN)
    holes = tuple(range_of(text, f"{where}.except[{index}]") for index, text in enumerate(excepted))
    for hole in holes:
        if not isinstance(hole, Mark) and not isinstance(outer, Mark) and (hole == outer or not within(hole, outer)):
            raise Refused(f"{where}.except has {hole}, which is not a part of {outer}")
    return Peer(block=outer, excepted=holes)


def range_of(text: Any, where: str) -> Network | Mark:
    """The range that a text names, or UNKNOWN; Refused where it names none."""
    if isinstance(text, Mark) and text is not MISSING:
        return UNKNOWN
    try:
        if not isinstance(text, str) or not text.rpartition("/")[2].isdecimal() or "/" not in text:
            raise ValueError
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        shown = "nothing" if text is MISSING else repr(text)
        raise Refused(f"{where} is {shown}; write a range such as 10.16.0.0/16") from None


def _port(given: Any, where: str) -> Any:
    if isinstance(given, Mark):
        return UNKNOWN
    if not isinstance(given, dict):
        raise Refused(f"{where} is no mapping")
    port, end = take(given, "port"), take(given, "endPort")
    protocol: Any = "TCP" if take(given, "protocol") is MISSING else take(given, "protocol")
    if not isinstance(protocol, Mark) and protocol not in PROTOCOLS:
        raise Refused(f"{where}.protocol is {protocol!r}; write TCP, UDP or SCTP")
    if any(isinstance(value, Mark) and value is not MISSING for value in (protocol, port, end)):
        return UNKNOWN
    if port is MISSING:
        if end is not MISSING:
            raise Refused(f"{where}.endPort needs a port")
        return PortRange(protocol, FIRST, LAST)
    if isinstance(port, str):
        if not _PORT_NAME.fullmatch(port) or end is not MISSING:
            raise Refused(f"{where}.port is {port!r}; write a number, or a port's name without endPort")
        return NamedPort(protocol, port)
    last = port if end is MISSING else end
    if not (_whole(port) and _whole(last) and FIRST <= port <= last <= LAST):
        raise Refused(f"{where} is {port!r} to {last!r}; write ports from 1 to 65535, the smaller first")
    return PortRange(protocol, port, last)


def selector_of(given: Any, where: str) -> Any:
    """A label selector as it is, or UNKNOWN; Refused where the API server would not take it."""
    if given == {}:
        return given
    if isinstance(given, Mark):
        return UNKNOWN
    if not isinstance(given, dict):
        raise Refused(f"{where} is no mapping")
    equal, parts = given.get("matchLabels"), given.get("matchExpressions")
    if len(given) == 1 and type(equal) is dict and all(type(value) is str for value in equal.values()):
        problem = _problem_of(tuple(equal.items()))
        if problem:
            raise Refused(f"{where}: {problem}")
        return given
    if not isinstance(equal, _MAPPING) or not isinstance(parts, _LIST):
        raise Refused(f"{where} has no mapping for matchLabels or no list for matchExpressions")
    shape = {key: value for key, value in given.items() if key not in ("matchLabels", "matchExpressions")}
    readable = [part for part in parts if is_known(part)] if isinstance(parts, list) else []
    if not all(isinstance(part, dict) for part in readable):
        raise Refused(f"{where}.matchExpressions has an item that is no mapping")
    known = {key: value for key, value in (equal or {}).items() if is_known(value)} if isinstance(equal, dict) else {}
    try:
        problem = labels.selector_problem({**shape, "matchLabels": known, "matchExpressions": readable})
    except (AttributeError, TypeError) as error:
        problem = str(error)
    if problem:
        raise Refused(f"{where}: {problem}")
    return given


@lru_cache(maxsize=1 << 12)
def _problem_of(equal: tuple[tuple[Any, str], ...]) -> str | None:
    """What is wrong with plain `matchLabels`, worked out once for all policies that write the same."""
    return labels.selector_problem({"matchLabels": dict(equal)})


def list_of(given: Any, where: str) -> Any:
    """A list as it is, `[]` for one that is not there; marks stay; Refused for anything else."""
    if given is MISSING:
        return []
    if not isinstance(given, (list, Mark)):
        raise Refused(f"{where} is no list")
    return given


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
