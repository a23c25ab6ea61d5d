"""Edits of what leads into a cluster: the ranges, the type or a port of a Service, a rule of an Ingress or a route."""

import re
from collections.abc import Iterator
from ipaddress import collapse_addresses
from typing import Any

from ...facts.cidr import Network, within
from ..snapshot import Resource
from ..value import MAPPINGS, MISSING, is_known, read
from ..views.kubernetes import KubeObject, listing
from ..views.workload import Workload
from .addresses import LINK_LOCAL, Piece
from .asked import Field
from .course import Course
from .edits import Edit, of_object, part
from .gateways import GATEWAY
from .policy import INGRESS
from .ports import shared
from .way import BALANCED, Way

Edits = tuple[Edit, ...]
HOST_PORT, ROUTED, MIRRORED = "hostPort", "spec.externalIPs", "filters"
PORTS, RULES, DEFAULT = ("spec", "ports"), ("spec", "rules"), ("spec", "defaultBackend")
STEPS = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
OUTWARD = frozenset(
    {
        "allocateLoadBalancerNodePorts",
        "externalTrafficPolicy",
        "healthCheckNodePort",
        "loadBalancerClass",
        "loadBalancerIP",
        "loadBalancerSourceRanges",
    }
)
"""Fields that a ClusterIP Service may not have (Kubernetes 1.36 API reference)."""


def candidates(course: Course) -> Iterator[Edits]:
    """Sets of edits, each of which bars every way by which the path comes in, the ones that bar least first."""
    if course.way != INGRESS or course.cluster.ways is None:
        return
    ways = list(_leading(course))
    routed = frozenset(way.urn for way in ways if way.field == ROUTED)
    options = [given for way in ways if (given := list(_Editor(course, way, routed).options()))]
    for at in range(max(map(len, options), default=0)):
        by_urn: dict[str, list[list[Edits]]] = {}
        for given in options:
            by_urn.setdefault(given[0][0].urn, []).append([given[min(at, len(given) - 1)], given[-1]])
        yield tuple(edit for chosen in by_urn.values() for edit in _together(course, chosen))


def _together(course: Course, chosen: list[list[Edits]]) -> list[Edit]:
    """Edits of one object, each with the last resort for it, as the API server takes them: no list is left empty."""
    like = chosen[0][0][0]
    resource = course.views.snapshot.by_urn[like.urn]
    edits = {edit.field: edit for given, _ in chosen for edit in given}
    taken = {field for field, edit in edits.items() if not edit.new}
    if PORTS in {field[:-1] for field in taken} and _all_of(resource, PORTS, taken):
        return list(chosen[0][1])
    climbed = _climbed(resource, taken)
    if climbed == taken:
        return list(edits.values())
    return [part(resource, like.shown, field, snapshot=course.views.snapshot) for field in sorted(climbed, key=str)]


def _climbed(resource: Resource, taken: set[Field]) -> set[Field]:
    """What is to be taken out, and where that is all of a list, what holds the list; empty for the object itself."""
    for field in sorted(taken, key=str):
        parent = field[:-1]
        if field == DEFAULT and (resource.input(*RULES) in (MISSING, []) or _all_of(resource, RULES, taken)):
            return {()}
        if not isinstance(field[-1], int) or not _all_of(resource, parent, taken):
            continue
        if parent == RULES and resource.input(*DEFAULT) is not MISSING:
            continue
        up = parent if parent[-1] == MIRRORED else _item(parent)
        rest = {each for each in taken if each[: len(up)] != up}
        return _climbed(resource, {*rest, up}) if up else {()}
    return taken


def _item(field: Field) -> Field:
    """The item of a list that a field is of; empty where it is of none."""
    while field and isinstance(field[-1], str):
        field = field[:-1]
    return field


def _all_of(resource: Resource, field: Field, taken: set[Field]) -> bool:
    """Whether every item of a list is taken out."""
    return len({each for each in taken if each[:-1] == field}) == len(listing(resource.input(*field))) > 0


def _leading(course: Course) -> Iterator[Way]:
    """The ways that let some of the addresses through, or may."""
    for way in course.cluster.ways.ways if course.cluster.ways is not None else ():
        through = any(way.lets(piece) is not False for piece in course.pieces)
        for range_, pods in way.ports if through else ():
            if any(pods.may >> end.site & 1 for end in course.destinations) and shared((range_,), course.ports):
                yield way
                break


class _Editor:
    """What can be done about one way."""

    def __init__(self, course: Course, way: Way, routed: frozenset[str]) -> None:
        self.course, self.way, self.routed = course, way, routed
        objects = (item for items in course.views.objects.values() for item in items if item.urn == way.urn)
        self.object = next(objects, None)

    def options(self) -> Iterator[Edits]:
        """Edits of its object, those that bar least first."""
        if self.object is None:
            return
        if self.object.kind == "Service":
            yield from self._service(self.object)
        elif self.object.kind == "Ingress" or self.object.group == GATEWAY:
            yield (self._edit(self.object, _steps(self.way.field)),)
        elif self.way.field == HOST_PORT:
            item = Workload(self.object.resource, self.object.kind, self.object.group)
            yield from ((edit,) for edit in self._host_ports(item))

    def _service(self, item: KubeObject) -> Iterator[Edits]:
        if self.way.entrance.stands == BALANCED and (ranges := self._ranges()):
            yield (self._edit(item, ("spec", "loadBalancerSourceRanges"), ranges),)
        spec = read(item.resource.inputs, "spec")
        if not isinstance(spec, MAPPINGS) or not is_known(spec):
            return
        ports = listing(read(spec, "ports"))
        if self.way.outer and read(spec, "type") == "LoadBalancer":
            yield self._without_node_port(item)
        if self.way.field == ROUTED or len(ports) > 1:
            yield (self._edit(item, _steps(self.way.field)),)
        outward = OUTWARD | ({"externalIPs"} if item.urn in self.routed else set())
        left = {key: value for key, value in spec.items() if key not in outward}
        yield (self._edit(item, ("spec",), {**left, "type": "ClusterIP", "ports": list(map(_inward, ports))}),)

    def _without_node_port(self, item: KubeObject) -> Edits:
        """A load balancer that gets no port of the nodes, the one of this way with it where it is given."""
        own = (*_steps(self.way.field), "nodePort")
        given = () if read(item.resource.inputs, *own) is MISSING else (self._edit(item, own),)
        return self._edit(item, ("spec", "allocateLoadBalancerNodePorts"), False), *given

    def _host_ports(self, item: Workload) -> Iterator[Edit]:
        numbers = {range_.first for range_, _ in self.way.ports}
        for group in ("initContainers", "containers"):
            path = (*item.template, "spec", group)
            for at, container in enumerate(listing(item.get(*path))):
                for index, port in enumerate(listing(read(container, "ports"))):
                    if read(port, "containerPort") in numbers and read(port, HOST_PORT) is not MISSING:
                        yield self._edit(item, (*path, at, "ports", index, HOST_PORT))

    def _ranges(self) -> list[str]:
        """What it takes packets from now, less the addresses of the path."""
        if not isinstance(self.way.sources, tuple):
            return []
        people = self.course.cluster.people
        kept = [piece for piece in people.addresses.pieces if self._stays(piece)]
        return [str(range_) for version in (4, 6) for range_ in _fewest(kept, version, self.course.pieces)]

    def _stays(self, piece: Piece) -> bool:
        own = self.way.sources
        held = not own or any(within(piece.range, range_) for range_ in own)
        aside = piece.metadata or any(within(piece.range, each) for each in LINK_LOCAL)
        return held and not aside

    def _edit(self, item: KubeObject, field: Field, *new: Any) -> Edit:
        return of_object(item, field, *new, snapshot=self.course.views.snapshot)


def _fewest(kept: list[Piece], version: int, closed: tuple[Piece, ...]) -> list[Network]:
    """The ranges of pieces, less those that are to be closed within them."""
    found: list[Any] = []
    for piece in kept:
        parts: list[Any] = [piece.range] if piece.range.version == version else []
        for hole in (each.range for each in closed):
            parts = [rest for part in parts for rest in (part.address_exclude(hole) if within(hole, part) else [part])]
        found += parts
    return list(collapse_addresses(found))


def _inward(port: Any) -> Any:
    """A port of a Service without the one of the nodes."""
    return {key: value for key, value in port.items() if key != "nodePort"} if isinstance(port, MAPPINGS) else port


def _steps(field: str) -> Field:
    return tuple(int(number) if number else name for name, number in STEPS.findall(field))
