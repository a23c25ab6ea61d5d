"""Which paths settings ask for: read of the args that components of tenants and workloads are registered with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from ...facts.cidr import PRIVATE, Network
from ...facts.labels import NAMESPACE_NAME
from ..snapshot import Resource
from ..value import MAPPINGS, is_known, read
from ..views import Views
from ..views.addresses import network, real
from .addresses import INTERNET, LINK_LOCAL
from .policy import Peer
from .ports import EVERYTHING, PortRange, parse

TENANT, WORKLOAD = "hedgerow:index:Tenant", "hedgerow:index:Workload"
NAME = "app.kubernetes.io/name"
"""Label by which the pods of a workload are found."""
DNS = (PortRange("TCP", 53, 53), PortRange("UDP", 53, 53))
LOAD_BALANCER = "load_balancer"

Peers = tuple[Peer, ...]
Field = tuple[str | int, ...]


@dataclass(frozen=True, eq=False)
class Ask:
    """Paths that one line of the settings asks for: from whom, to whom, on which ports."""

    urn: str
    """Of the component that the line is an argument of."""
    shown: str
    field: Field
    """Of the component's args; empty for what every one of its kind has (`why`)."""
    sources: Peers
    destinations: Peers
    ports: tuple[PortRange, ...]
    scope: str = ""
    """The cluster that it is about, as `KubeObject.scope`; empty where nothing says."""
    line: Field = ()
    """Where the field stands in the file of its tenant; empty for what no line there says."""
    tenant: str = ""
    why: str = ""
    origin: str = ""
    """File and line of it, where somebody has looked there."""

    def __str__(self) -> str:
        if not self.field:
            return f"{self.shown} ({self.urn}), as {self.why}"
        return (
            f"{self.origin}: {told(self.line)}" if self.origin else f"{told(self.field)} of {self.shown} ({self.urn})"
        )


def told(field: Field) -> str:
    """`spec.ingress[0]`, as messages name a field."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in field).lstrip(".")


def asks(views: Views) -> tuple[Ask, ...]:
    """Everything that tenants and workloads of a snapshot ask for, in the order of their URNs.

    Of two sides of a way the one that lets in counts, and the other only where that one is not here.
    """
    reader = _Reader(views)
    found = [ask for item in views.snapshot.of_type(TENANT) for ask in reader.tenant(item)]
    return (*found, *(ask for item in views.snapshot.of_type(WORKLOAD) for ask in reader.workload(item)))


class _Reader:
    def __init__(self, views: Views) -> None:
        self.views, snapshot = views, views.snapshot
        self.tenants = {item.name for item in snapshot.of_type(TENANT)}
        self.workloads = {f"{self._home(item)}/{_name(item)}" for item in snapshot.of_type(WORKLOAD)}

    def tenant(self, item: Resource) -> Iterator[Ask]:
        name, contract = item.name, self._contract(item)
        own = (_pods(name),)
        place = _Place(item.urn, f"Tenant '{name}'", self._scope(item), (), name)
        yield replace(place.ask((), own, own, EVERYTHING), why="its own pods reach each other")
        if servers := _servers(contract):
            yield replace(place.ask((), own, servers, DNS), why="its pods reach DNS")
        for peer, at, ports in _ways(item, "allow_from"):
            yield place.ask(("allow_from", peer, at), (_pods(peer),), own, ports)
        for peer, at, ports in _ways(item, "allow_to"):
            if peer not in self.tenants:
                yield place.ask(("allow_to", peer, at), own, (_pods(peer),), ports)
        for at, ports in _listed(item.input("internet")):
            yield place.ask(("internet", at), own, _outside(contract), ports)

    def workload(self, item: Resource) -> Iterator[Ask]:
        home, name, contract = self._home(item), _name(item), self._contract(item)
        own = (_pods(home, {NAME: name}),)
        place = _Place(item.urn, f"Workload '{home}/{name}'", self._scope(item), ("workloads", name), home)
        for peer, at, ports in _ways(item, "allow_from"):
            yield place.ask(("allow_from", peer, at), (_workload(peer),), own, ports)
        for peer, at, ports in _ways(item, "allow_to"):
            if peer not in self.workloads:
                yield place.ask(("allow_to", peer, at), own, (_workload(peer),), ports)
        for key, at, peers, ports in _by_labels(item):
            yield place.ask(("allow_from_pods", key, "ports", at), peers, own, ports)
        kind = item.input(LOAD_BALANCER)
        if users := _users(contract, kind):
            yield place.ask((LOAD_BALANCER,), users, own, _listening(item))
        if item.input("cloud_identity") is True:
            for server, ports in _identity(contract):
                yield place.ask(("cloud_identity",), own, server, ports)

    def _contract(self, item: Resource) -> Any:
        given = item.input("platform")
        return given if isinstance(given, MAPPINGS) else self.views.contract

    def _home(self, item: Resource) -> str:
        given = item.input("tenant")
        above = self.views.snapshot.by_urn.get(item.parent)
        return given if isinstance(given, str) else above.name if above is not None else ""

    def _scope(self, item: Resource) -> str:
        below = self.views.snapshot.children.get(item.urn, [])
        return next((child.provider for child in below if child.type.startswith("kubernetes:")), "")


@dataclass(frozen=True)
class _Place:
    urn: str
    shown: str
    scope: str
    above: Field
    tenant: str

    def ask(self, field: Field, sources: Peers, destinations: Peers, ports: tuple[PortRange, ...]) -> Ask:
        line = (*self.above, *field) if field else ()
        return Ask(self.urn, self.shown, field, sources, destinations, ports, self.scope, line, self.tenant)


def _name(item: Resource) -> str:
    given = item.input("name")
    return given if isinstance(given, str) else item.name


def _pods(namespace: str, labels: Mapping[str, str] | None = None) -> Peer:
    return _selected(namespace, {"matchLabels": dict(labels)} if labels else {})


def _selected(namespace: str, selector: Mapping[str, Any]) -> Peer:
    return Peer(selector, {"matchLabels": {NAMESPACE_NAME: namespace}})


def _workload(text: str) -> Peer:
    tenant, _, name = text.partition("/")
    return _pods(tenant, {NAME: name})


def _ways(item: Resource, field: str) -> Iterator[tuple[str, int, tuple[PortRange, ...]]]:
    """The other sides of a way by name, each with the ports of every entry of its list."""
    given = item.input(field)
    for peer in sorted(given) if isinstance(given, MAPPINGS) else ():
        yield from ((peer, at, ports) for at, ports in _listed(given[peer]))


def _by_labels(item: Resource) -> Iterator[tuple[str, int, Peers, tuple[PortRange, ...]]]:
    given = item.input("allow_from_pods")
    for key in sorted(given) if isinstance(given, MAPPINGS) else ():
        tenant, pods = read(given[key], "tenant"), read(given[key], "pods")
        if not (isinstance(tenant, str) and is_known(pods)):
            continue
        names = {"match_labels": "matchLabels", "match_expressions": "matchExpressions"}
        peer = _selected(tenant, {names.get(name, name): value for name, value in pods.items()})
        yield from ((key, at, (peer,), ports) for at, ports in _listed(read(given[key], "ports")))


def _listed(given: Any) -> Iterator[tuple[int, tuple[PortRange, ...]]]:
    """Ports of a list such as `[TCP/8443]`, each with its place; what is not known yet asks for nothing."""
    for at, text in enumerate(given if isinstance(given, list) else ()):
        try:
            yield at, parse(text)
        except (TypeError, ValueError):
            continue


def _listening(item: Resource) -> tuple[PortRange, ...]:
    """Every port of a workload's containers."""
    groups = [item.input(group) for group in ("containers", "sidecars")]
    containers = [each for group in groups if isinstance(group, MAPPINGS) for each in group.values()]
    ports = [read(each, "ports") for each in containers]
    texts = [text for each in ports if isinstance(each, MAPPINGS) for text in each.values()]
    return tuple(range_ for _, ranges in _listed(texts) for range_ in ranges)


def _servers(contract: Any) -> Peers:
    """Who answers DNS."""
    namespace, pods = read(contract, "dns", "namespace"), read(contract, "dns", "pods")
    known = isinstance(namespace, str) and isinstance(pods, list) and is_known(pods)
    return (*(_pods(namespace, each) for each in (pods if known else ())), *_blocks(read(contract, "dns", "addresses")))


def _users(contract: Any, kind: Any) -> Peers:
    """Who comes in by a load balancer: those it is for, and what the cloud sends by itself."""
    if kind not in ("internal", "public"):
        return ()
    checks = _blocks(read(contract, "health_checks"))
    return (*(_outside(contract) if kind == "public" else _blocks([read(contract, "ranges", "network")])), *checks)


def _identity(contract: Any) -> Iterator[tuple[Peers, tuple[PortRange, ...]]]:
    given = read(contract, "identity")
    for server in given if isinstance(given, list) else ():
        ports = read(server, "ports")
        numbers = [port for port in ports if isinstance(port, int)] if isinstance(ports, list) else []
        yield _blocks([read(server, "address")]), tuple(PortRange("TCP", port, port) for port in numbers)


def _blocks(given: Any) -> Peers:
    return tuple(Peer(block=range_) for range_ in _ranges(given))


def _ranges(given: Any) -> tuple[Network, ...]:
    return real(map(network, given)) if isinstance(given, list) else ()


def _outside(contract: Any) -> Peers:
    """The internet: every address that is neither private, nor a node's own, nor the platform's."""
    named = read(contract, "ranges")
    closed = [*_ranges(list(named.values()) if isinstance(named, MAPPINGS) else [])]
    closed += [*PRIVATE, *LINK_LOCAL, *_ranges(read(contract, "metadata_addresses"))]
    four = tuple(range_ for range_ in closed if isinstance(range_, IPv4Network))
    six = tuple(range_ for range_ in closed if isinstance(range_, IPv6Network))
    return tuple(Peer(block=range_, excepted=four if range_.version == 4 else six) for range_ in INTERNET)
