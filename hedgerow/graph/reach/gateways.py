"""Routes of the Gateway API: to which gateways each hangs, and which Services it may name.

Read 2026-11-21: Gateway API 1.6, reference of Gateway, HTTPRoute and ReferenceGrant. A route hangs to a gateway where a
listener takes its kind, its namespace and its hostnames; without a ReferenceGrant it names no Service elsewhere.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from ..value import MISSING, UNKNOWN, Mark, read
from ..views import Views
from ..views.kubernetes import KubeObject
from .endpoints import Population
from .entrances import CONTROLLER, of_class
from .policy import Refused, selector_of
from .sets import bits_of
from .way import BALANCER, Entrance

GATEWAY = "gateway.networking.k8s.io"
KINDS = {
    "HTTP": ("HTTPRoute", "GRPCRoute"),
    "HTTPS": ("HTTPRoute", "GRPCRoute"),
    "TLS": ("TLSRoute", "TCPRoute"),
    "TCP": ("TCPRoute",),
    "UDP": ("UDPRoute",),
}
"""Kinds of routes that a listener of each protocol takes where it does not say."""
BY_NAME = ("HTTPRoute", "GRPCRoute", "TLSRoute")
"""Kinds of routes that hostnames tell apart."""


class Granted(NamedTuple):
    """Whether something holds, or None; and where it does not hold for certain, why."""

    holds: bool | None
    text: str = ""


class Gateways:
    """The gateways of one cluster, and the grants between its namespaces."""

    def __init__(self, views: Views, people: Population) -> None:
        self._views, self._people = views, people
        self._there = list(self._of("Gateway"))

    @cached_property
    def routes(self) -> list[KubeObject]:
        """Routes of every kind, in the order of kinds and names."""
        kinds = sorted(kind for kind in self._views.objects if kind.endswith("Route"))
        return [item for kind in kinds for item in self._of(kind)]

    def entrances(self, route: KubeObject) -> Iterator[Entrance]:
        """Who gets to a route, one for each gateway that it names; what hangs to a Service is for the mesh inside."""
        parents = route.get("spec", "parentRefs")
        if isinstance(parents, Mark) and parents is not MISSING:
            yield _unknown("what it hangs to is not known yet")
        for parent in _listed(parents):
            kind, home = read(parent, "kind"), read(parent, "namespace")
            home = self.home(route) if home is MISSING else home
            if kind in (MISSING, "Gateway"):
                yield from self._by_gateway(route, parent, home)
            elif kind != "Service":
                yield _unknown(f"it hangs to a {kind}, which is not read")

    def granted(self, route: KubeObject, home: Any, name: Any) -> Granted:
        """Whether a route may name a Service of another namespace."""
        if home is MISSING or (home == self.home(route) and home is not UNKNOWN):
            return Granted(True)
        grants = [item for item in self._of("ReferenceGrant") if self.home(item) == home]
        found = [_grants(item, route, name) for item in grants]
        if True in found:
            return Granted(True)
        text = f"no ReferenceGrant of namespace {home!r} lets it lead there"
        return Granted(None, "what a ReferenceGrant says is not known yet") if None in found else Granted(False, text)

    def _by_gateway(self, route: KubeObject, parent: Any, home: Any) -> Iterator[Entrance]:
        name = read(parent, "name")
        if isinstance(name, Mark) or isinstance(home, Mark):
            yield _unknown("what it hangs to is not known yet")
            return
        found = [each for each in self._there if (self.home(each), each.name) == (home, name)]
        if not found:
            yield _unknown(f"Gateway '{home}/{name}' is not declared here: {CONTROLLER}")
        for gateway in found:
            entrance, answer = of_class(gateway.get("spec", "gatewayClassName")), self._hangs(gateway, parent, route)
            if answer.holds is None:
                entrance = entrance._replace(public=None, inside=None, doubt=answer.text)
            yield entrance if answer.holds is not False else entrance._replace(closed=answer.text)

    def _hangs(self, gateway: KubeObject, parent: Any, route: KubeObject) -> Granted:
        """Whether any listener of a gateway takes a route."""
        listeners, section, port = gateway.get("spec", "listeners"), read(parent, "sectionName"), read(parent, "port")
        if isinstance(listeners, Mark):
            return Granted(None, f"the listeners of {gateway} are not known")
        meant = [each for each in _listed(listeners) if _may_be(read(each, "name"), section)]
        meant = [each for each in meant if _may_be(read(each, "port"), port)]
        answers = [self._takes(gateway, each, route) for each in meant]
        for wanted in (True, None, False):
            for answer in answers:
                if answer.holds is wanted:
                    return answer
        return Granted(False, f"{gateway} has no such listener")

    def _takes(self, gateway: KubeObject, listener: Any, route: KubeObject) -> Granted:
        tests = (
            (_takes_kind(listener, route), f"no listener of {gateway} takes a {route.kind}"),
            (self._takes_home(gateway, listener, route), f"{gateway} takes no routes of namespace {route.namespace!r}"),
            (_takes_name(listener, route), f"no listener of {gateway} has one of its hostnames"),
        )
        for holds, text in tests:
            if holds is False:
                return Granted(False, text)
        known = all(holds for holds, _ in tests)
        return Granted(True) if known else Granted(None, f"whether {gateway} takes it is not known here")

    def _takes_home(self, gateway: KubeObject, listener: Any, route: KubeObject) -> bool | None:
        given = read(listener, "allowedRoutes", "namespaces", "from")
        homes = (self.home(gateway), self.home(route))
        if given in (MISSING, "Same", "All"):
            return True if given == "All" else None if UNKNOWN in homes else bool(homes[0] == homes[1])
        if given != "Selector":
            return None if isinstance(given, Mark) else False
        own = bits_of(at for at, home in enumerate(self._people.homes) if home.name == self.home(route))
        try:
            selector = selector_of(read(listener, "allowedRoutes", "namespaces", "selector"), "selector")
        except Refused:
            return None
        found = self._people.home_labels.select(selector)
        return True if found.sure & own else None if found.may & own or not own else False

    def home(self, item: KubeObject) -> Any:
        """The namespace that an object lies in, by its name, else by the URN that it is linked to, or UNKNOWN."""
        return self._views.place(item)[1]

    def _of(self, kind: str) -> Iterable[KubeObject]:
        found = self._views.objects.get(kind, [])
        return (item for item in found if item.scope == self._people.scope and item.group == GATEWAY)


def backends(route: KubeObject) -> Iterator[tuple[str, Any]]:
    """What a route leads to or mirrors to, each with its field; what has no weight gets nothing."""
    for at, rule in enumerate(_listed(route.get("spec", "rules"))):
        for index, backend in enumerate(_listed(read(rule, "backendRefs"))):
            if read(backend, "weight") != 0:
                yield f"spec.rules[{at}].backendRefs[{index}]", backend
        for index, filter_ in enumerate(_listed(read(rule, "filters"))):
            mirror = read(filter_, "requestMirror", "backendRef")
            if mirror is not MISSING:
                yield f"spec.rules[{at}].filters[{index}]", mirror


def _grants(grant: KubeObject, route: KubeObject, name: Any) -> bool | None:
    """Whether a grant is for routes like one, and for a Service of that name."""
    wanted = {"group": GATEWAY, "kind": route.kind, "namespace": route.namespace}
    sides = [
        _any(grant.get("spec", "from"), wanted),
        _any(grant.get("spec", "to"), {"group": "", "kind": "Service"}, name),
    ]
    return False if False in sides else None if None in sides else True


def _any(given: Any, wanted: dict[str, Any], name: Any = MISSING) -> bool | None:
    """Whether a list of a grant has an entry like the one that is wanted; without a name it means every one."""
    if isinstance(given, Mark):
        return False if given is MISSING else None
    hazy = False
    for entry in _listed(given):
        answers = [_same(read(entry, key), value) for key, value in wanted.items()]
        own = read(entry, "name")
        answers += [] if own is MISSING or name is MISSING else [_same(own, name)]
        if all(answer is True for answer in answers):
            return True
        hazy = hazy or (isinstance(entry, Mark) or False not in answers)
    return None if hazy else False


def _same(given: Any, wanted: Any) -> bool | None:
    if (isinstance(given, Mark) and given is not MISSING) or isinstance(wanted, Mark):
        return None
    return bool(("" if given is MISSING else given) == wanted)


def _may_be(own: Any, wanted: Any) -> bool:
    return isinstance(own, Mark) or isinstance(wanted, Mark) or bool(own == wanted)


def _takes_kind(listener: Any, route: KubeObject) -> bool | None:
    given, protocol = read(listener, "allowedRoutes", "kinds"), read(listener, "protocol")
    if isinstance(given, list) and given:
        names = [read(each, "kind") for each in given]
        return True if route.kind in names else None if any(isinstance(name, Mark) for name in names) else False
    if isinstance(given, Mark) and given is not MISSING:
        return None
    return route.kind in KINDS[protocol] if isinstance(protocol, str) and protocol in KINDS else None


def _takes_name(listener: Any, route: KubeObject) -> bool | None:
    own, names = read(listener, "hostname"), route.get("spec", "hostnames")
    if route.kind not in BY_NAME or own in (MISSING, "") or names in (MISSING, []):
        return True
    if isinstance(own, Mark) or isinstance(names, Mark):
        return None
    given = _listed(names)
    if any(isinstance(name, str) and _meet(str(own).lower(), name.lower()) for name in given):
        return True
    return None if any(isinstance(name, Mark) for name in given) else False


def _meet(one: str, other: str) -> bool:
    """Whether two hostnames share one; `*.` stands for one label or more."""
    pairs = ((one, other), (other, one))
    return one == other or any(wide.startswith("*.") and name.endswith(wide[1:]) for wide, name in pairs)


def _unknown(doubt: str) -> Entrance:
    return Entrance(None, BALANCER, doubt)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
