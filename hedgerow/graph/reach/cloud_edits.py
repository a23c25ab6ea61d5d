"""Edits of a cloud's filters that may close a path at the edge: rules of security groups and of Google firewalls."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import collapse_addresses
from typing import Any

from ...facts.cidr import Network, overlaps, within
from ..snapshot import Resource
from ..value import MISSING, is_known
from ..views.addresses import network
from ..views.cluster import EKS
from ..views.firewall import FIREWALL, SIDES
from ..views.firewall import PROTOCOLS as GOOGLE
from ..views.security_group import SecurityRule, security_groups, shown
from .addresses import INTERNET, LINK_LOCAL
from .course import Course
from .edits import Edit, part
from .narrowing import inside_of, kept_of
from .node_layer import port_ranges
from .policy import INGRESS
from .ports import LAST, PortRange, shared, without

Edits = tuple[Edit, ...]
Rule = dict[str, Any]
LISTS = ("cidrBlocks", "ipv6CidrBlocks")
SINGLE = ("cidrIpv4", "cidrIpv6")
OTHERS = (
    "securityGroups",
    "sourceSecurityGroupId",
    "referencedSecurityGroupId",
    "prefixListIds",
    "prefixListId",
    "self",
)


def candidates(course: Course) -> Iterator[Edits]:
    """Sets of edits of each cloud, each of which narrows every rule that lets the path through."""
    if course.way:
        yield from _together([list(_of_group(course, rule)) for rule in _group_rules(course)])
        yield from _together([list(_of_firewall(course, item)) for item in _firewalls(course)])


def _together(options: list[list[Edit]]) -> Iterator[Edits]:
    """For each rule its first edit, then its second, and so on; its last one where it has no more."""
    given = [each for each in options if each]
    for at in range(max(map(len, given), default=0)):
        yield tuple(each[min(at, len(each) - 1)] for each in given)


def _group_rules(course: Course) -> Iterator[SecurityRule]:
    way = "ingress" if course.way == INGRESS else "egress"
    for group in security_groups(course.views.snapshot).values():
        for rule in group.rules:
            held = any(within(piece.range, range_) for piece in course.pieces for range_ in rule.ranges)
            if rule.way == way and held and rule.resource.type != EKS and shared(port_ranges(rule.ports), course.ports):
                yield rule


def _of_group(course: Course, rule: SecurityRule) -> Iterator[Edit]:
    """A rule for fewer addresses, for fewer ports, and none at all."""
    snapshot, resource = course.views.snapshot, rule.resource
    field, at = _place(rule.field)
    given = resource.inputs if not field else resource.inputs[field][at]
    name = shown(resource) if field else f"{resource.type.rpartition(':')[2]} '{resource.name}'"
    steps = (field, at) if field else ()
    for new in (_fewer_addresses(course, given), _fewer_ports(course, given, rule, several=bool(field))):
        if new is not None:
            yield part(resource, name, steps, *new, snapshot=snapshot)
    yield part(resource, name, steps, snapshot=snapshot)


def _place(field: str) -> tuple[str, int]:
    name, _, index = field.rstrip("]").partition("[")
    return name, int(index or 0)


def _fewer_addresses(course: Course, given: Mapping[str, Any]) -> list[Rule] | None:
    """The rule for what it is for less the path's addresses; None where it cannot be written as one."""
    left = dict(given)
    for key in (*LISTS, *SINGLE):
        value = given.get(key)
        if not is_known(value) or not value:
            continue
        texts = value if isinstance(value, list) else [value]
        ranges = list(_outside(course, texts))
        if key in LISTS and ranges:
            left[key] = ranges
        elif len(ranges) == 1:
            left[key] = ranges[0]
        elif ranges:
            return None
        else:
            del left[key]
    meant = any(left.get(key) not in (None, False, []) for key in (*LISTS, *SINGLE, *OTHERS))
    return [left] if meant and left != given else None


def _fewer_ports(course: Course, given: Mapping[str, Any], rule: SecurityRule, *, several: bool) -> list[Rule] | None:
    """The rule on the ports that are left, several of them where it is one of a list."""
    ranges = port_ranges(rule.ports)
    left = without(ranges, course.ports)
    if len(ranges) != 1 or not left or (len(left) > 1 and not several):
        return None
    return [{**given, "fromPort": each.first, "toPort": each.last} for each in left]


def _outside(course: Course, texts: Iterable[Any]) -> Iterator[str]:
    """Ranges less the path's addresses; less the internet, what is not public of them."""
    parts: list[Any] = [found for found in map(network, texts) if found is not None]
    for piece in course.pieces:
        parts = [rest for each in parts for rest in _less(course, each, piece.range)]
    for version in (4, 6):
        yield from map(str, collapse_addresses(each for each in parts if each.version == version))


def _less(course: Course, outer: Network, hole: Network) -> Iterator[Any]:
    if not overlaps(outer, hole):
        yield outer
    elif hole in INTERNET:
        kept = kept_of(outer, course.cluster.people.addresses)
        yield from (each for each in kept if not any(within(each, local) for local in LINK_LOCAL))
    else:
        yield from outer.address_exclude(hole) if within(hole, outer) else ()  # type: ignore[arg-type]
        closed = {piece.range for piece in course.pieces}
        inside = inside_of(hole, outer, course.cluster.people.addresses)
        yield from (each for each in inside if each not in closed)


def _firewalls(course: Course) -> Iterator[Resource]:
    for item in course.views.snapshot.of_type(FIREWALL):
        direction = item.input("direction")
        way = INGRESS.upper() if direction is MISSING else direction
        if way == course.way.upper() and isinstance(item.input("allows"), list) and is_known(item.input("allows")):
            yield item


def _of_firewall(course: Course, item: Resource) -> Iterator[Edit]:
    """A firewall for fewer addresses, for fewer ports, and none at all."""
    snapshot, name, side = course.views.snapshot, f"Firewall '{item.name}'", SIDES[course.way.upper()]
    given = item.input(side)
    texts = ["0.0.0.0/0"] if given is MISSING and item.input("sourceTags") is MISSING else given
    if isinstance(texts, list) and is_known(texts):
        left = list(_outside(course, texts))
        if left and left != texts:
            yield part(item, name, (side,), left, snapshot=snapshot)
    allows = [entry for each in item.input("allows") for entry in _allowing(course, each)]
    if allows and allows != item.input("allows"):
        yield part(item, name, ("allows",), allows, snapshot=snapshot)
    yield part(item, name, (), snapshot=snapshot)


def _allowing(course: Course, given: Mapping[str, Any]) -> Iterator[Rule]:
    """One protocol of a firewall on the ports that are left."""
    name = GOOGLE.get(str(given.get("protocol")).lower())
    if name is None:
        yield dict(given)
        return
    spans = [str(text).partition("-") for text in given.get("ports") or [f"1-{LAST}"]]
    ranges = [PortRange(name, int(first), int(last or first)) for first, _, last in spans]
    left = without(ranges, course.ports)
    if left == tuple(ranges):
        yield dict(given)
    elif left:
        yield {**given, "ports": [each.ports for each in left]}
