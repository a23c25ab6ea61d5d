"""Ways in at the nodes themselves: pods on their node's network, host ports, and what hides whether there are any."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ...facts.cidr import within
from ..value import MISSING, Mark, read
from ..views import Views, Workload
from ..views.addresses import network, real
from .addresses import INTERNET
from .endpoints import OPAQUE, Population
from .entrances import ON_NODE
from .fence import Ranges
from .ports import EVERYTHING, FIRST, LAST, PROTOCOLS, PortRange
from .sets import Tri
from .way import CLIENT, Entrance, Way

LOOPBACK = real(map(network, ("127.0.0.0/8", "::1/128")))
"""Host ports there are for the node itself."""


class HostPort(NamedTuple):
    """A port of the node, and the ports of the pod that it may lead to; `sure` where all of it is known."""

    says: str
    outer: tuple[PortRange, ...]
    inner: tuple[PortRange, ...]
    sure: bool


UNREAD = "may have a host port: not all of its ports is known yet"
HOST_PORT = HostPort(UNREAD, EVERYTHING, EVERYTHING, sure=False)


def hosts(views: Views, people: Population, ranges: Ranges) -> Iterator[Way]:
    """Pods on their node's network, host ports, and the pods of Helm releases, whose Services nobody sees."""
    sites: dict[str, int] = {}
    for end in people.endpoints:
        sites[end.urn] = sites.get(end.urn, 0) | 1 << end.site
    for workload in views.workloads:
        yield from _of(workload, sites.get(workload.urn, 0), people.host, ranges)
    for end in people.endpoints:
        if end.kind == OPAQUE:
            ports = tuple((port, Tri(0, 1 << end.site)) for port in EVERYTHING)
            says = f"{end.name} is opaque: whether it has a way in is not known"
            yield Way(end.name, end.urn, says, "", Entrance(None, CLIENT, says), (), ports)


def _of(workload: Workload, sites: int, host: Tri, ranges: Ranges) -> Iterator[Way]:
    name = f"{workload.namespace}/{workload.kind}/{workload.name}"
    if sites & host.may:
        pods = Tri(sites & host.sure, sites & host.may)
        says = f"{workload} is on its node's network"
        every = tuple((port, pods) for port in EVERYTHING)
        yield Way(name, workload.urn, says, "spec.hostNetwork", ON_NODE, ranges.nodes, every)
    for port in _host_ports(workload.pod_spec) if sites & ~host.sure else ():
        pods = Tri(sites & ~host.may if port.sure else 0, sites & ~host.sure)
        inner = tuple((each, pods) for each in port.inner)
        yield Way(name, workload.urn, f"{workload} {port.says}", "hostPort", ON_NODE, ranges.nodes, inner, port.outer)


def _host_ports(spec: Any) -> Iterator[HostPort]:
    for key in ("containers", "initContainers"):
        containers = read(spec, key)
        if _hidden(containers):
            yield HOST_PORT
        for container in _listed(containers):
            ports = read(container, "ports")
            if _hidden(ports):
                yield HOST_PORT
            for port in _listed(ports):
                yield from _host_port(port)


def _host_port(port: Any) -> Iterator[HostPort]:
    protocol, inner, outer, address = (read(port, key) for key in ("protocol", "containerPort", "hostPort", "hostIP"))
    if outer in (MISSING, 0) or _loopback(address):
        return
    kind = "TCP" if protocol is MISSING else protocol
    kinds = (kind,) if isinstance(kind, str) and kind in PROTOCOLS else PROTOCOLS
    known = len(kinds) == 1 and _number(inner) and _number(outer) and not _hidden(address)
    says = f"has the host port {outer} of its node" if known else UNREAD
    yield HostPort(
        says if not known or _everywhere(address) else f"{says}, on its address {address} only",
        tuple(PortRange(each, outer, outer) if _number(outer) else PortRange(each, FIRST, LAST) for each in kinds),
        tuple(PortRange(each, inner, inner) if _number(inner) else PortRange(each, FIRST, LAST) for each in kinds),
        sure=known and _everywhere(address),
    )


def _loopback(address: Any) -> bool:
    given = network(address)
    return given is not None and any(within(given, range_) for range_ in LOOPBACK)


def _everywhere(address: Any) -> bool:
    """Whether a host port is one of every address of its node."""
    given = network(address)
    return address in (MISSING, "") or (given is not None and given.network_address in _ANY)


def _number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and FIRST <= value <= LAST


def _hidden(value: Any) -> bool:
    return isinstance(value, Mark) and value is not MISSING


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


_ANY = tuple(range_.network_address for range_ in INTERNET)
