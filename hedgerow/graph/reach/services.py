"""Ways in that manifests declare: Services, Ingress, routes of the Gateway API, host ports, pods on a node's network.

A ClusterIP Service is none.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from ...facts.cidr import Network
from ...facts.profiles import GOOGLE_HEALTH_CHECKS
from ..value import MISSING, UNKNOWN, Mark, read
from ..views import Views
from ..views.addresses import network
from ..views.kubernetes import KubeObject
from .endpoints import OPAQUE, Population
from .entrances import CONTROLLER, NODES, ON_NODE, Entrance, of_class, of_ingress, of_service, sources_of
from .fence import Ranges
from .layer import Problem
from .policy import NamedPort
from .ports import EVERYTHING, FIRST, LAST, PROTOCOLS, PortRange
from .sets import Tri
from .ways import BALANCER, CLIENT, Way

GATEWAY = "gateway.networking.k8s.io"


Ports = Iterable[tuple[PortRange, Tri]]
"""Ports of pods, each with the pods that it is a port of."""


class Backend(NamedTuple):
    """What one port of a Service leads to."""

    names: tuple[Any, ...]
    """Its number and its name."""
    told: str
    ports: tuple[tuple[PortRange, Tri], ...]


def blocks(views: Views, scope: str) -> Iterator[Network]:
    """Every range that a Service takes packets from, and those that Google's load balancers use."""
    for item in _of(views, scope, "Service"):
        given = sources_of(item)
        yield from () if given is UNKNOWN else given
    if any(True for kind in ("Ingress", "Gateway") for _ in _of(views, scope, kind)):
        yield from _GOOGLE


def ways(views: Views, people: Population, ranges: Ranges) -> Iterator[Way]:
    """Every way into a cluster, in the order of kinds and names."""
    reader = _Reader(views, people, ranges)
    yield from reader.services()
    yield from reader.ingresses()
    yield from reader.routes()
    yield from reader.hosts()


def problems(views: Views) -> Iterator[Problem]:
    """What the API server would refuse of a Service that lets something in: its ports and its ranges."""
    for item in views.objects.get("Service", []):
        for index, port in enumerate(_listed(item.get("spec", "ports"))):
            if why := _refused(port):
                yield Problem(item.urn, f"{item} would be refused: spec.ports[{index}].{why}")
        for index, text in enumerate(_listed(item.get("spec", "loadBalancerSourceRanges"))):
            if not isinstance(text, Mark) and network(str(text).strip()) is None:
                where = f"spec.loadBalancerSourceRanges[{index}] is {text!r}"
                yield Problem(item.urn, f"{item} would be refused: {where}; write a range such as 10.16.0.0/16")


def _refused(port: Any) -> str:
    """Which number of a port is none, and what to write; nothing where all are."""
    for key in ("port", "targetPort", "nodePort"):
        given = read(port, key)
        text = isinstance(given, str) and key == "targetPort"
        if not (text or isinstance(given, Mark)) and not (isinstance(given, int) and FIRST <= given <= LAST):
            return f"{key} is {given!r}; write a number from {FIRST} to {LAST}"
    return ""


class _Reader:
    def __init__(self, views: Views, people: Population, ranges: Ranges) -> None:
        self.views, self.people = views, people
        self.nodes, self.scope = ranges.nodes, people.scope

    def services(self) -> Iterator[Way]:
        for item in _of(self.views, self.scope, "Service"):
            kind = item.get("spec", "type")
            if kind in ("ClusterIP", "ExternalName", MISSING):
                continue
            entrance = of_service(item, kind)
            for index, (number, told, ports) in enumerate(self._backend(item)):
                says = f"{_kind(kind)}{item} leads {_outer(item, number, index, kind)} to {told}"
                yield self._way(item, says, f"spec.ports[{index}]", entrance, ports)

    def ingresses(self) -> Iterator[Way]:
        for item in _of(self.views, self.scope, "Ingress"):
            entrance = of_ingress(item)
            for field, name, port in _paths(item):
                yield from self._behind(item, field, (item.namespace, name, port), entrance)

    def routes(self) -> Iterator[Way]:
        kinds = sorted(kind for kind in self.views.objects if kind.endswith("Route"))
        for item in (each for kind in kinds for each in _of(self.views, self.scope, kind)):
            for field, backend in _backends(item) if item.group == GATEWAY else ():
                space = read(backend, "namespace")
                home = item.namespace if space is MISSING else space
                where = (home, read(backend, "name"), read(backend, "port"))
                yield from self._behind(item, field, where, Entrance(self._gateway(item), BALANCER, CONTROLLER))

    def hosts(self) -> Iterator[Way]:
        """Pods on their node's network, host ports, and the pods of Helm releases, whose Services nobody sees."""
        for workload in self.views.workloads:
            sites = self._sites.get(workload.urn, 0)
            if sites & self.people.host.may:
                pods = Tri(sites & self.people.host.sure, sites & self.people.host.may)
                says = f"{workload} is on its node's network"
                yield self._way(workload, says, "spec.hostNetwork", ON_NODE, [(port, pods) for port in EVERYTHING])
            for port in _host_ports(workload.pod_spec) if sites else ():
                says = f"{workload} has the host port {port.ports} of its node"
                yield self._way(workload, says, "hostPort", ON_NODE, [(port, Tri(sites, sites))])
        for end in self.people.endpoints:
            if end.kind == OPAQUE:
                ports = tuple((port, Tri(0, 1 << end.site)) for port in EVERYTHING)
                says = f"{end.name} is opaque: whether it has a way in is not known"
                yield Way(end.name, end.urn, says, "", None, (), CLIENT, (), ports, says)

    @cached_property
    def _sites(self) -> dict[str, int]:
        """Sites of what makes pods, by its URN."""
        found: dict[str, int] = {}
        for end in self.people.endpoints:
            found[end.urn] = found.get(end.urn, 0) | 1 << end.site
        return found

    @cached_property
    def _services(self) -> dict[tuple[Any, Any], list[KubeObject]]:
        found: dict[tuple[Any, Any], list[KubeObject]] = {}
        for item in _of(self.views, self.scope, "Service"):
            found.setdefault((item.namespace, item.name), []).append(item)
        return found

    def _way(self, item: KubeObject, says: str, field: str, entrance: Entrance, ports: Ports) -> Way:
        name = f"{item.namespace}/{item.kind}/{item.name}"
        seen_from = (*_GOOGLE, *self.nodes) if entrance.seen == BALANCER else self.nodes
        known = entrance.public, entrance.sources, entrance.seen, seen_from
        balanced = entrance.doubt != NODES
        return Way(name, item.urn, says, field, *known, tuple(ports), entrance.doubt, balanced)

    def _behind(self, item: KubeObject, field: str, where: tuple[Any, Any, Any], entrance: Entrance) -> Iterator[Way]:
        """The ways to what stands behind a Service, by its namespace, its name and its port, a number or a name."""
        home, name, port = where
        for service in self._meant(home, name):
            for number, told, ports in self._backend(service):
                if port in (MISSING, *number) or isinstance(port, Mark):
                    sure = not isinstance(name, Mark) and (port is MISSING or not isinstance(port, Mark))
                    known = (
                        entrance if sure else entrance._replace(public=None, doubt="what it leads to is not known yet")
                    )
                    yield self._way(item, f"{item} leads to {told} by {service}", field, known, ports)

    def _meant(self, home: Any, name: Any) -> list[KubeObject]:
        """The Services of that name; every one of the namespace where the name is not known yet."""
        if isinstance(name, Mark):
            return [item for (space, _), items in self._services.items() if space == home for item in items]
        return self._services.get((home, name), []) if isinstance(name, str) and isinstance(home, str) else []

    def _backend(self, service: KubeObject) -> tuple[Backend, ...]:
        selector = service.get("spec", "selector")
        own = self.people.by_home[self.people.number(service)]
        lost = self.views.place(service)[1] is UNKNOWN
        home = Tri(0, self.people.pods) if lost else Tri(own, own | self.people.unplaced)
        if selector is MISSING or selector == {}:
            return ()
        chosen = self.people.pod_labels.select(selector if isinstance(selector, Mark) else {"matchLabels": selector})
        pods = home.and_(chosen)
        given = service.get("spec", "ports")
        if isinstance(given, Mark):
            every = tuple((port, Tri(0, pods.may)) for port in EVERYTHING)
            return () if given is MISSING else (Backend((), "ports that are not known", every),)
        return tuple(self._port(port, pods) for port in _listed(given))

    def _port(self, port: Any, pods: Tri) -> Backend:
        protocol, number, target = (read(port, key) for key in ("protocol", "port", "targetPort"))
        kind = "TCP" if protocol is MISSING else protocol
        target = number if target is MISSING else target
        names = (number, read(port, "name"))
        if kind not in PROTOCOLS or not isinstance(target, (int, str)) or _refused(port):
            return Backend(names, "ports that are not known", tuple((each, Tri(0, pods.may)) for each in EVERYTHING))
        if isinstance(target, int):
            return Backend(names, f"{kind}/{target}", ((PortRange(kind, target, target), pods),))
        numbers = self.people.named_ports.get(NamedPort(kind, target), {})
        found = [(PortRange(kind, each, each), pods.and_(Tri(sites, sites))) for each, sites in sorted(numbers.items())]
        hidden = pods.may & self.people.veiled_ports
        veiled = [(PortRange(kind, 1, 65535), Tri(0, hidden))] if hidden else []
        return Backend(names, f"the port {target!r}", tuple(each for each in [*found, *veiled] if each[1].may))

    def _gateway(self, route: KubeObject) -> bool | None:
        """Whether the internet gets to any gateway of a route, by the class of each."""
        found: list[bool | None] = []
        there = list(_of(self.views, self.scope, "Gateway"))
        for parent in _listed(route.get("spec", "parentRefs")):
            space = read(parent, "namespace")
            wanted = (route.namespace if space is MISSING else space, read(parent, "name"))
            gateways = [each for each in there if (each.namespace, each.name) == wanted]
            found += [of_class(each.get("spec", "gatewayClassName")) for each in gateways] or [None]
        return True if True in found else None if None in found else False


def _of(views: Views, scope: str, kind: str) -> Iterable[KubeObject]:
    return (item for item in views.objects.get(kind, []) if item.scope == scope)


def _backends(route: KubeObject) -> Iterator[tuple[str, Any]]:
    for at, rule in enumerate(_listed(route.get("spec", "rules"))):
        for index, backend in enumerate(_listed(read(rule, "backendRefs"))):
            if read(backend, "kind") in ("Service", MISSING):
                yield f"spec.rules[{at}].backendRefs[{index}]", backend


def _paths(ingress: KubeObject) -> Iterator[tuple[str, Any, Any]]:
    spec = ("spec", "defaultBackend")
    yield from _service("spec.defaultBackend", ingress.get(*spec))
    for at, rule in enumerate(_listed(ingress.get("spec", "rules"))):
        for index, path in enumerate(_listed(read(rule, "http", "paths"))):
            yield from _service(f"spec.rules[{at}].http.paths[{index}]", read(path, "backend"))


def _service(field: str, backend: Any) -> Iterator[tuple[str, Any, Any]]:
    name, number, port = (read(backend, "service", *path) for path in (("name",), ("port", "number"), ("port", "name")))
    if name is not MISSING:
        yield field, name, port if number is MISSING else number


def _host_ports(spec: Any) -> Iterator[PortRange]:
    containers = [*_listed(read(spec, "containers")), *_listed(read(spec, "initContainers"))]
    for port in (each for container in containers for each in _listed(read(container, "ports"))):
        protocol, number = read(port, "protocol"), read(port, "containerPort")
        if read(port, "hostPort") is not MISSING and isinstance(number, int):
            yield PortRange("TCP" if protocol is MISSING else str(protocol), number, number)


def _outer(service: KubeObject, number: Any, index: int, kind: Any) -> str:
    opened = service.get("spec", "ports", index, "nodePort") if kind == "NodePort" else number[0] if number else MISSING
    return "its node port" if isinstance(opened, Mark) and kind == "NodePort" else f"port {opened}"


def _kind(given: Any) -> str:
    return f"{given} " if isinstance(given, str) else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


_GOOGLE: tuple[Network, ...] = tuple(found for found in map(network, GOOGLE_HEALTH_CHECKS) if found is not None)
"""Where Google's load balancers have their addresses."""
