"""What stands behind a Service: the pods that it selects, by its ports; or what its EndpointSlices name."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from ..value import MISSING, UNKNOWN, Mark, read
from ..views import Service, Views
from ..views.kubernetes import KubeObject
from .endpoints import Population
from .policy import NamedPort
from .ports import EVERYTHING, FIRST, LAST, PROTOCOLS, PortRange
from .sets import Tri

OWNER = "kubernetes.io/service-name"
"""Label of an EndpointSlice: the Service that it belongs to."""
INSIDE = ".svc"
"""What follows the name and the namespace of a Service in a name of cluster DNS."""


class Backend(NamedTuple):
    """What one port of a Service leads to."""

    field: str
    given: Any
    """The port as it is given."""
    names: tuple[Any, ...]
    """Its number and its name."""
    protocol: Any
    told: str
    ports: tuple[tuple[PortRange, Tri], ...]
    """Ports of pods, each with the pods that it is a port of."""


class Backends:
    """The Services of one cluster, and what each leads to."""

    def __init__(self, views: Views, people: Population) -> None:
        self._views, self._people = views, people
        self.services = [item for item in views.services if item.scope == people.scope]
        self._kept: dict[str, tuple[Backend, ...]] = {}

    def meant(self, home: Any, name: Any) -> Iterator[tuple[Service, str]]:
        """The Services of that name, each with why it is not known whether it is meant; by a name for it, too."""
        if not isinstance(name, (str, Mark)) or not isinstance(home, (str, Mark)):
            return
        known = [] if isinstance(name, Mark) or isinstance(home, Mark) else self._named.get((home, name), [])
        yield from ((item, "") for item in known if item.type != "ExternalName")
        for alias in (item for item in known if item.type == "ExternalName"):
            doubt = f"whether its controller follows {alias}, which is only a name, is not known here"
            yield from ((item, doubt) for item in self._followed(alias))
        for item in self.services if isinstance(home, Mark) or isinstance(name, Mark) else self._unplaced:
            space = self._views.place(item)[1]
            near = isinstance(home, Mark) or space in (home, UNKNOWN)
            like = isinstance(name, Mark) or isinstance(item.name, Mark) or item.name == name
            if near and like and item not in known:
                yield item, "what it leads to is not known yet"

    def of(self, service: Service) -> tuple[Backend, ...]:
        """What each port of a Service leads to."""
        found = self._kept.get(service.urn)
        if found is None:
            found = self._kept[service.urn] = self._of(service)
        return found

    def _followed(self, alias: Service) -> list[Service]:
        """Services that a name of cluster DNS is for."""
        parts = str(alias.get("spec", "externalName")).rstrip(".").split(".")
        inside = len(parts) > 2 and f".{parts[2]}" == INSIDE
        found = self._named.get((parts[1], parts[0]), []) if inside else []
        return [item for item in found if item.type != "ExternalName"]

    @cached_property
    def _named(self) -> dict[tuple[Any, Any], list[Service]]:
        found: dict[tuple[Any, Any], list[Service]] = {}
        for item in self.services:
            found.setdefault((self._views.place(item)[1], item.name), []).append(item)
        return found

    @cached_property
    def _unplaced(self) -> list[Service]:
        """Services of which the name or the namespace is not known yet."""
        return [item for item in self.services if isinstance(item.name, Mark) or self._views.place(item)[1] is UNKNOWN]

    @cached_property
    def _slices(self) -> dict[tuple[Any, Any], list[KubeObject]]:
        """What says where Services without a selector lead, by namespace and name."""
        found: dict[tuple[Any, Any], list[KubeObject]] = {}
        for kind in ("Endpoints", "EndpointSlice"):
            for item in self._views.objects.get(kind, []):
                owner = item.name if kind == "Endpoints" else item.label(OWNER)
                if item.scope == self._people.scope and isinstance(owner, str):
                    found.setdefault((self._views.place(item)[1], owner), []).append(item)
        return found

    def _of(self, service: Service) -> tuple[Backend, ...]:
        selector, given = service.get("spec", "selector"), service.get("spec", "ports")
        pods, told = self._pods(service, selector)
        if given is MISSING or (selector in (MISSING, {}) and not told):
            return ()
        if isinstance(given, Mark):
            every = tuple((port, Tri(0, pods.may)) for port in EVERYTHING)
            return (Backend("spec.ports", UNKNOWN, (), UNKNOWN, told or "ports that are not known", every),)
        ports = enumerate(given if isinstance(given, list) else [])
        return tuple(self._port(f"spec.ports[{index}]", port, pods, told) for index, port in ports)

    def _pods(self, service: Service, selector: Any) -> tuple[Tri, str]:
        """The pods that a Service selects; any where EndpointSlices name addresses, and what to call those."""
        if selector in (MISSING, {}):
            slices = self._slices.get((self._views.place(service)[1], service.name), [])
            told = f"what {' and '.join(map(str, slices))} names, whoever has these addresses"
            return (Tri(0, self._people.pods), told) if slices else (Tri(0, 0), "")
        own = self._people.by_home[self._people.number(service)]
        lost = self._views.place(service)[1] is UNKNOWN
        home = Tri(0, self._people.pods) if lost else Tri(own, own | self._people.unplaced)
        chosen = selector if isinstance(selector, Mark) else {"matchLabels": selector}
        return home.and_(self._people.pod_labels.select(chosen)), ""

    def _port(self, field: str, port: Any, pods: Tri, told: str) -> Backend:
        protocol, number, target = (read(port, key) for key in ("protocol", "port", "targetPort"))
        kind = "TCP" if protocol is MISSING else protocol
        target = number if target is MISSING else target
        names, people = (number, read(port, "name")), self._people
        unread = kind not in PROTOCOLS or not isinstance(target, (int, str)) or refused(port)
        if unread or told:
            kinds = EVERYTHING if unread else (PortRange(kind, FIRST, LAST),)
            every = tuple((each, Tri(0, pods.may)) for each in kinds)
            return Backend(field, port, names, kind, told or "ports that are not known", every)
        if isinstance(target, int):
            there = ((PortRange(kind, target, target), pods),)
            return Backend(field, port, names, kind, f"{kind}/{target}", there)
        numbers = people.named_ports.get(NamedPort(kind, target), {})
        found = [(PortRange(kind, each, each), pods.and_(Tri(sites, sites))) for each, sites in sorted(numbers.items())]
        hidden = pods.may & people.veiled_ports
        veiled = [(PortRange(kind, FIRST, LAST), Tri(0, hidden))] if hidden else []
        every = tuple(each for each in [*found, *veiled] if each[1].may)
        return Backend(field, port, names, kind, f"the port {target!r}", every)


def refused(port: Any) -> str:
    """Which number of a port is none, and what to write; nothing where all are."""
    for key in ("port", "targetPort", "nodePort"):
        given = read(port, key)
        text = isinstance(given, str) and key == "targetPort"
        if not (text or isinstance(given, Mark)) and not (isinstance(given, int) and FIRST <= given <= LAST):
            return f"{key} is {given!r}; write a number from {FIRST} to {LAST}"
    return ""
