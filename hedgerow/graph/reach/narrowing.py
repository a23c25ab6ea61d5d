"""Rules of NetworkPolicies narrowed: without one end of a path, or for it on fewer ports only."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from ...facts.cidr import Network, overlaps, within
from ...facts.labels import NAMESPACE_NAME, name_problem
from ..value import MISSING, Mark
from .addresses import INTERNET, Addresses, Piece
from .course import Course
from .endpoints import Endpoint, Site
from .labels import LabelIndex
from .matching import Matching
from .missing import satisfying
from .policy import EGRESS, INGRESS, NamedPort, Peer, Rule
from .ports import EVERYTHING, FIRST, LAST, PortRange, shared, without
from .sets import Tri

KEYS = {INGRESS: "from", EGRESS: "to"}
EVERYONE: tuple[dict[str, Any], ...] = (
    {"namespaceSelector": {}},
    {"ipBlock": {"cidr": "0.0.0.0/0"}},
    {"ipBlock": {"cidr": "::/0"}},
)
"""What a rule without peers lets through, peer by peer."""


class Narrowing:
    """Writes rules without the ends across from the pods that they are for, which lose some ports."""

    def __init__(self, course: Course, direction: str) -> None:
        own, self.others = course.side(direction)
        self.people, self.ports, self.direction = course.cluster.people, course.ports, direction
        self._match = Matching(self.people, course.ranges)
        self._to = self.site(own) if direction == INGRESS and own is not None else self.site(self.others[0])

    def lets(self, rule: Rule, place: Tri) -> bool:
        """Whether a rule may let the path through; `place`: the pods of its policy's namespace."""
        if isinstance(rule.ports, Mark) or isinstance(rule.peers, Mark):
            return True
        ports = rule.ports == () or any(isinstance(port, Mark) or self._loses(port) for port in rule.ports)
        return ports and (rule.peers == () or any(self._means(peer, place) for peer in rule.peers))

    def rules(self, given: Mapping[str, Any], read: Rule | None, place: Tri) -> list[dict[str, Any]]:
        """A rule without the ends, and where other ports are left to them, one for these."""
        key = KEYS[self.direction]
        rest = {name: value for name, value in given.items() if name != key}
        listed = given.get(key) or EVERYONE
        known = (
            read.peers if read is not None and isinstance(read.peers, tuple) and read.peers else [None] * len(listed)
        )
        peers = []
        for peer, means in zip(listed, known, strict=True):
            kept = [peer]
            for other in self.others if means is None or self._means(means, place) else ():
                kept = [new for each in kept for new in self.without(each, other)]
            peers += [each for each in kept if each not in peers]
        found = [{key: peers, **rest}] if peers else []
        left = self._left(given.get("ports") or [], read)
        # A rule that is for these ends alone stays as it is written, on fewer ports.
        ends = [self.peer(other) for other in self.others] if peers else list(listed)
        return [*found, {key: ends, "ports": left}] if left else found

    def _means(self, peer: Any, place: Tri) -> bool:
        if isinstance(peer, Mark):
            return True
        pods = self._match.pods(peer, place) if peer.block is MISSING else self._match.block(peer)
        return any(pods.may >> other.site & 1 for other in self.others)

    def _loses(self, port: Any) -> Any:
        """The ports of one of a rule that are to be closed."""
        ranges = (port,) if isinstance(port, PortRange) else tuple(self._numbers(port))
        return shared(ranges, self.ports)

    def _numbers(self, port: NamedPort) -> Iterator[PortRange]:
        named = self._to.ports
        if isinstance(named, Mark):
            yield PortRange(port.protocol, FIRST, LAST)
            return
        for protocol, name, number in named:
            if (protocol, name) == (port.protocol, port.name):
                yield PortRange(protocol, number, number)

    def _left(self, given: list[Any], read: Rule | None) -> list[Any]:
        """What a rule leaves of its ports to the ends."""
        if self.ports == EVERYTHING:
            return []
        if not given or read is None:
            return [_port(each) for each in without(EVERYTHING, self.ports)]
        found: list[Any] = []
        for entry, port in zip(given, read.ports, strict=True):
            if isinstance(port, PortRange):
                found += [_port(each) for each in without((port,), self.ports)]
            elif isinstance(port, Mark) or not self._loses(port):
                found.append(entry)
        return found

    def without(self, peer: Mapping[str, Any], other: Endpoint) -> Iterator[dict[str, Any]]:
        """The peers that together mean whom one means, less the other end."""
        site = self.site(other)
        if "ipBlock" in peer:
            outside = site.piece is not None
            addresses = self.people.addresses
            yield from (
                blocks_without(peer["ipBlock"], site.piece, addresses) if outside else self._by_address(peer, other)
            )
            return
        if site.piece is not None:
            yield dict(peer)
            return
        home = self.people.homes[site.home].name
        spaces, pods = peer.get("namespaceSelector"), peer.get("podSelector")
        if spaces is not None and name_problem(home) is not None:
            yield {**peer, "namespaceSelector": _also(spaces, self._named("In"))}
            return
        if spaces is not None:
            elsewhere = _also(spaces, {"key": NAMESPACE_NAME, "operator": "NotIn", "values": [home]})
            if not _nobody(elsewhere, self.people.home_labels):
                yield {**peer, "namespaceSelector": elsewhere}
            near = {**spaces, "matchLabels": {**(spaces.get("matchLabels") or {}), NAMESPACE_NAME: home}}
            peer = {**peer, "namespaceSelector": near}
        for expression in self._unlike(other):
            chosen = _also(pods or {}, expression)
            if not _nobody(chosen, self.people.pod_labels):
                yield {**peer, "podSelector": chosen}

    def _by_address(self, peer: Mapping[str, Any], other: Endpoint) -> Iterator[dict[str, Any]]:
        """A block less one pod: where the network plugin knows pods by their addresses, less all, and the others."""
        block, pods = peer["ipBlock"], self._match.ranges.pods
        outer, holes = ip_network(block["cidr"], strict=False), [ip_network(text) for text in block.get("except") or []]
        if not self._match.ranges.pods_in(Peer(block=outer, excepted=tuple(holes))).may:
            yield dict(peer)
            return
        inside = [range_ for range_ in pods if within(range_, outer) and range_ != outer]
        if not any(within(outer, range_) for range_ in pods):
            yield {"ipBlock": {**block, "except": sorted({*map(str, holes), *map(str, inside)})}}
        yield from self.without({"namespaceSelector": {}}, other)

    def _unlike(self, end: Endpoint) -> Iterator[dict[str, Any]]:
        """Expressions of which every other pod of the namespace fulfils one, and the end none."""
        labels = self.labels(end)
        left = [site.labels.known for site in self.mates(end)]
        for key, value in labels.items():
            if any(each.get(key) != value for each in left):
                yield {"key": key, "operator": "NotIn", "values": [value]}
                left = [each for each in left if each.get(key) == value]
        for key in sorted({key for each in left for key in each} - labels.keys()):
            if any(key in each for each in left):
                yield {"key": key, "operator": "Exists"}
                left = [each for each in left if key not in each]

    def peer(self, end: Endpoint) -> dict[str, Any]:
        """The peer that means an end."""
        site = self.site(end)
        if site.piece is not None:
            return {"ipBlock": {"cidr": str(site.piece.range)}}
        name = self.people.homes[site.home].name
        home = (
            {"matchLabels": {NAMESPACE_NAME: name}} if name_problem(name) is None else _also({}, self._named("NotIn"))
        )
        labels = self.labels(end)
        return {"namespaceSelector": home, "podSelector": {"matchLabels": labels} if labels else {}}

    def _named(self, operator: str) -> dict[str, Any]:
        """An expression for every namespace that something names, or for all that nothing does."""
        known = sorted(each.name for each in self.people.homes if name_problem(each.name) is None)
        return {"key": NAMESPACE_NAME, "operator": operator, "values": known}

    def mates(self, end: Endpoint) -> list[Site]:
        """Everybody else in the namespace of a pod whose labels are known."""
        own = self.site(end)
        return [
            site for site in self.people.sites if site.home == own.home and site is not own and not site.labels.open
        ]

    def labels(self, end: Endpoint) -> dict[str, str]:
        """The labels of a pod."""
        return {key: str(value) for key, value in self.site(end).labels.known.items()}

    def site(self, end: Endpoint) -> Site:
        """What can be told apart of an endpoint."""
        return self.people.sites[end.site]


def blocks_without(block: Mapping[str, Any], piece: Piece | None, addresses: Addresses) -> Iterator[dict[str, Any]]:
    """An ipBlock less a piece of addresses; what is told apart in it stays, and of the internet what is not public."""
    outer, holes = ip_network(block["cidr"], strict=False), [ip_network(text) for text in block.get("except") or []]
    if piece is None or not overlaps(piece.range, outer):
        yield {"ipBlock": dict(block)}
    elif piece.range in INTERNET:
        yield from _blocks(kept_of(outer, addresses), holes)
    else:
        if not within(outer, piece.range):
            yield from _blocks([outer], [*holes, piece.range])
        yield from _blocks(inside_of(piece.range, outer, addresses), holes)


def kept_of(outer: Network, addresses: Addresses) -> Iterator[Network]:
    """What is not public of a range, as few ranges as there are."""
    yield from _widest(piece.range for piece in addresses.pieces if not piece.public and within(piece.range, outer))


def inside_of(piece: Network, outer: Network, addresses: Addresses) -> Iterator[Network]:
    """What is told apart in a piece of addresses, and is of a range."""
    inner = [each.range for each in addresses.pieces if each.range != piece and within(each.range, piece)]
    yield from (each for each in _widest(inner) if within(each, outer))


def _blocks(ranges: Iterable[Network], holes: Iterable[Network]) -> Iterator[dict[str, Any]]:
    """Ranges less holes as peers."""
    for each in ranges:
        if not any(within(each, hole) for hole in holes):
            inside = sorted({str(hole) for hole in holes if within(hole, each)})
            yield {"ipBlock": {"cidr": str(each), **({"except": inside} if inside else {})}}


def _widest(ranges: Iterable[Network]) -> list[Network]:
    known = list(ranges)
    return [each for each in known if not any(within(each, wider) for wider in known if wider != each)]


def _also(selector: Mapping[str, Any], *expressions: Mapping[str, Any]) -> dict[str, Any]:
    return {**selector, "matchExpressions": [*(selector.get("matchExpressions") or []), *expressions]}


def _nobody(selector: Mapping[str, Any], index: LabelIndex) -> bool:
    """Whether a selector selects nothing that is there and nothing that could be."""
    return satisfying(selector) is None and not index.select(selector).may


def _port(range_: PortRange) -> dict[str, Any]:
    if (range_.first, range_.last) == (FIRST, LAST):
        return {"protocol": range_.protocol}
    end = {} if range_.first == range_.last else {"endPort": range_.last}
    return {"protocol": range_.protocol, "port": range_.first, **end}
