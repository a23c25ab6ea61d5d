"""Ways in that manifests declare: Services with their node ports and addresses, Ingress, routes of the Gateway API.

A ClusterIP Service is none, nor is one that is headless or only a name for something outside.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from ...facts.cidr import Network, within
from ...facts.profiles import GOOGLE_HEALTH_CHECKS
from ..value import MISSING, UNKNOWN, Mark, read
from ..views import Service, Views
from ..views.addresses import network
from ..views.eks_nodes import cluster_of
from ..views.gke import CLUSTER as GKE
from ..views.kubernetes import KubeObject
from . import entrances
from .backends import Backend, Backends, refused
from .endpoints import Population
from .fence import Ranges
from .gateways import Gateways, Granted, backends
from .hosts import hosts
from .ingresses import GONE, paths, removed
from .layer import Layer, Problem
from .ports import EVERYTHING, PROTOCOLS, PortRange
from .sets import Tri
from .way import BALANCER as FROM_BALANCER
from .way import Entrance, Way
from .ways import Ways

BALANCER, NODE_PORT, INNER, NAME_ONLY = "LoadBalancer", "NodePort", "ClusterIP", "ExternalName"
NODE_PORTS = (30000, 32767)
"""Where the API server takes node ports from that nobody chose: `--service-node-port-range`, its default."""
ROUTED = ("vpc-cni", "dataplane-v2")
"""Who enforces policies where pods have addresses of the network itself."""
OTHERS = {
    "APIRule": "gateway.kyma-project.io",
    "ApisixRoute": "apisix.apache.org",
    "HTTPProxy": "projectcontour.io",
    "IngressRoute": "traefik.io",
    "IngressRouteTCP": "traefik.io",
    "IngressRouteUDP": "traefik.io",
    "Mapping": "getambassador.io",
    "MultiClusterIngress": "networking.gke.io",
    "Route": "route.openshift.io",
    "Service": "serving.knative.dev",
    "TCPIngress": "configuration.konghq.com",
    "TargetGroupBinding": "elbv2.k8s.aws",
    "TransportServer": "k8s.nginx.org",
    "UDPIngress": "configuration.konghq.com",
    "VirtualServer": "k8s.nginx.org",
    "VirtualService": "networking.istio.io",
}
"""Kinds that lead in and that are not read, with the group of each."""


def leading(views: Views, people: Population, ranges: Ranges, layers: Iterable[Layer]) -> Ways:
    """Every way into a cluster, in the order of kinds and names."""
    reader = _Reader(views, people, ranges)
    found = [*reader.services(), *reader.ingresses(), *reader.routes(), *reader.unread()]
    return Ways(people, [*found, *hosts(views, people, ranges)], layers, routed=routed(views, people.scope))


def blocks(views: Views, scope: str) -> Iterator[Network]:
    """Every range that a Service or an Ingress takes packets from, and those that Google's load balancers use."""
    for service in views.services:
        given = entrances.sources_of(service) if service.scope == scope else ()
        yield from () if given is UNKNOWN else given
    for item in _of(views, scope, "Ingress"):
        given = entrances.blocks(item)
        yield from () if given is UNKNOWN else given
    if any(True for kind in ("Ingress", "Gateway") for _ in _of(views, scope, kind)):
        yield from _GOOGLE


def routed(views: Views, scope: str) -> bool:
    """Whether pods are reached by their own addresses from inside the network: as long as no contract leaves it open.

    Where the contract names a plugin that may put pods in an overlay, only a range of pods within the network, or a
    cluster of Google's, shows that it does not.
    """
    plugin, given = views.contract.get("network_policy", MISSING), views.contract.get("ranges")
    if plugin is MISSING or plugin in ROUTED or _cloud(views, scope) == entrances.GOOGLE:
        return True
    pods, whole = (network(read(given, key)) for key in ("pods", "network"))
    return pods is not None and whole is not None and within(pods, whole)


def problems(views: Views) -> Iterator[Problem]:
    """What the API server would refuse of what lets something in, and what leads in and is not read."""
    for item in views.services:
        for index, port in enumerate(_listed(item.get("spec", "ports"))):
            if why := refused(port):
                yield Problem(item.urn, f"{item} would be refused: spec.ports[{index}].{why}")
        for index, text in enumerate(_listed(item.get("spec", "loadBalancerSourceRanges"))):
            if not isinstance(text, Mark) and network(str(text).strip()) is None:
                where = f"spec.loadBalancerSourceRanges[{index}] is {text!r}"
                yield Problem(item.urn, f"{item} would be refused: {where}; write a range such as 10.16.0.0/16")
        if why := _refused(item):
            yield Problem(item.urn, f"{item} would be refused: {why}")
    for each in views.objects.get("Ingress", []):
        if removed(each):
            yield Problem(each.urn, f"{each} would be refused: {GONE}")
    for other in _unread(views):
        yield Problem(other.urn, f"{other} of {other.group} is not read: whom it lets in is not known")


class _Reader:
    def __init__(self, views: Views, people: Population, ranges: Ranges) -> None:
        self.views, self.people, self.scope = views, people, people.scope
        self.nodes, self.cloud = ranges.nodes, _cloud(views, people.scope)
        given = network(read(views.contract.get("ranges"), "network"))
        self.near = () if given is None else (given,)
        self.backends = Backends(views, people)

    def services(self) -> Iterator[Way]:
        for item in self.backends.services:
            kind = _type(item)
            none = kind == NAME_ONLY or (kind == INNER and _headless(item))
            for backend in () if none else self.backends.of(item):
                yield from self._balanced(item, kind, backend)
                yield from self._at_nodes(item, kind, backend)
                yield from self._external(item, backend)

    def ingresses(self) -> Iterator[Way]:
        classes = {item.name: item for item in _of(self.views, self.scope, "IngressClass")}
        for item in _of(self.views, self.scope, "Ingress"):
            if removed(item):
                yield self._unknown(item, f"{item} is of a version that is not read")
            elif item.group == "networking.k8s.io":
                entrance = entrances.of_ingress(item, classes)
                for field, name, port in paths(item):
                    yield from self._behind(item, field, (self.views.place(item)[1], name, port), entrance)

    def routes(self) -> Iterator[Way]:
        gateways = Gateways(self.views, self.people)
        for route in gateways.routes:
            there = list(dict.fromkeys(gateways.entrances(route)))
            for field, backend in backends(route) if there else ():
                space, name = read(backend, "namespace"), read(backend, "name")
                home = gateways.home(route) if space is MISSING else space
                known = gateways.granted(route, home, name)
                for entrance in (_granted(each, known) for each in there):
                    yield from self._routed(route, field, backend, home, entrance)

    def unread(self) -> Iterator[Way]:
        for item in _unread(self.views):
            if item.scope == self.scope:
                yield self._unknown(item, f"{item} of {item.group} is not read")

    def _routed(self, route: KubeObject, field: str, backend: Any, home: Any, entrance: Entrance) -> Iterator[Way]:
        kind, name = read(backend, "kind"), read(backend, "name")
        if kind in (MISSING, "Service") and read(backend, "group") in (MISSING, ""):
            yield from self._behind(route, field, (home, name, read(backend, "port")), entrance)
        else:
            yield self._hidden(route, f"{route} leads to {kind} {name!r}, which is not read", field, home, entrance)

    def _balanced(self, item: Service, kind: Any, backend: Backend) -> Iterator[Way]:
        if kind not in (INNER, NODE_PORT):
            entrance = entrances.of_service(item, kind, backend.protocol, self.cloud)
            port = read(backend.given, "port")
            says = f"{_kind(kind)}{item} leads port {port} to {backend.told}"
            yield self._way(item, says, backend.field, entrance, backend.ports)

    def _at_nodes(self, item: Service, kind: Any, backend: Backend) -> Iterator[Way]:
        """Every port of it has one of every node: of a load balancer too, unless it says otherwise."""
        given = read(backend.given, "nodePort")
        asks = True if kind == NODE_PORT else item.get("spec", "allocateLoadBalancerNodePorts")
        if kind not in (NODE_PORT, BALANCER) or (asks is False and given is MISSING):
            return
        known = not isinstance(given, Mark)
        sure = known or asks in (True, MISSING)
        outer = _outer(backend.protocol, given)
        port = f"its node port {given}" if known else "its node port" if sure else "its node port, if it gets one,"
        ports = [(range_, pods if sure else Tri(0, pods.may)) for range_, pods in backend.ports]
        says = f"{_kind(kind)}{item} leads {port} to {backend.told}"
        yield self._way(item, says, backend.field, entrances.of_node_port(item, kind), ports, outer)

    def _external(self, item: Service, backend: Backend) -> Iterator[Way]:
        given = item.external_addresses
        if given != [] and not isinstance(_type(item), Mark):
            number = read(backend.given, "port")
            where = "of its externalIPs" if isinstance(given, Mark) else f"of {' and '.join(map(str, given))}"
            says = f"{_kind(item.type)}{item} leads port {number} {where} to {backend.told}"
            yield self._way(item, says, "spec.externalIPs", entrances.of_external(item), backend.ports)

    def _way(
        self,
        item: KubeObject,
        says: str,
        field: str,
        entrance: Entrance,
        ports: Iterable[tuple[PortRange, Tri]],
        outer: tuple[PortRange, ...] = (),
    ) -> Way:
        name = f"{item.namespace}/{item.kind}/{item.name}"
        seen_from = (*_GOOGLE, *self.nodes) if entrance.seen == FROM_BALANCER else self.nodes
        return Way(name, item.urn, says, field, entrance, seen_from, tuple(ports), outer, self.near)

    def _unknown(self, item: KubeObject, says: str) -> Way:
        entrance = Entrance(None, FROM_BALANCER, "whom it lets in, and to what, is not known")
        return self._hidden(item, says, "", self.views.place(item)[1], entrance)

    def _hidden(self, item: KubeObject, says: str, field: str, home: Any, entrance: Entrance) -> Way:
        """A way to any pod of a namespace, as nobody knows to which."""
        pods = self.people.living_at(home) if isinstance(home, str) else self.people.pods
        return self._way(item, says, field, entrance, [(port, Tri(0, pods)) for port in EVERYTHING])

    def _behind(self, item: KubeObject, field: str, where: tuple[Any, Any, Any], entrance: Entrance) -> Iterator[Way]:
        """The ways to what stands behind a Service, by its namespace, its name and its port, a number or a name."""
        home, name, port = where
        for service, doubt in self.backends.meant(home, name):
            for backend in self.backends.of(service):
                if port in (MISSING, *backend.names) or isinstance(port, Mark):
                    hidden = isinstance(port, Mark) and port is not MISSING
                    why = doubt or ("what it leads to is not known yet" if hidden else "")
                    says = f"{item} leads to {backend.told} by {service}"
                    yield self._way(item, says, field, _doubted(entrance, why) if why else entrance, backend.ports)


def _type(item: Service) -> Any:
    """The type of a Service; UNKNOWN for one that the API server would refuse, which another takes the place of."""
    return UNKNOWN if _refused(item) else INNER if item.type == "" else item.type


def _refused(item: Service) -> str:
    """Why the API server would not take the type of a Service, and what to write; nothing where it would."""
    if not isinstance(item.type, Mark) and item.type not in ("", BALANCER, NODE_PORT, INNER, NAME_ONLY):
        return f"spec.type is {item.type!r}; write one of {INNER}, {NODE_PORT}, {BALANCER}, {NAME_ONLY}"
    return (
        "spec.clusterIP is 'None'; write type ClusterIP"
        if _headless(item) and item.type in (BALANCER, NODE_PORT)
        else ""
    )


def _headless(item: Service) -> bool:
    return bool(item.get("spec", "clusterIP") == "None")


def _doubted(entrance: Entrance, doubt: str) -> Entrance:
    """Nobody knows whether it is there; what lets nobody in stays closed."""
    public, inside = (False if known is False else None for known in (entrance.public, entrance.inside))
    return entrance._replace(public=public, inside=inside, doubt=doubt)


def _granted(entrance: Entrance, known: Granted) -> Entrance:
    if known.holds is False:
        return entrance._replace(closed=entrance.closed or known.text)
    return entrance if known.holds else _doubted(entrance, known.text)


def _outer(protocol: Any, number: Any) -> tuple[PortRange, ...]:
    """A port of a node, or the range that it is from where it is not known; of any protocol where that is not."""
    first, last = (number, number) if isinstance(number, int) else NODE_PORTS
    kinds = [protocol] if protocol in PROTOCOLS else PROTOCOLS
    return tuple(PortRange(kind, first, last) for kind in kinds)


def _cloud(views: Views, scope: str) -> str:
    """Whose cluster it is, where that is declared or the contract shows it; empty where nothing does."""
    cluster, checks = cluster_of(views.snapshot, scope), _listed(views.contract.get("health_checks"))
    if (cluster is not None and cluster.type == GKE) or set(GOOGLE_HEALTH_CHECKS) <= {str(each) for each in checks}:
        return entrances.GOOGLE
    amazon = cluster is not None or views.contract.get("network_policy") == "vpc-cni"
    return entrances.AMAZON if amazon else ""


def _unread(views: Views) -> Iterator[KubeObject]:
    for kind, group in OTHERS.items():
        yield from (item for item in views.objects.get(kind, []) if item.group == group)


def _of(views: Views, scope: str, kind: str) -> Iterable[KubeObject]:
    return (item for item in views.objects.get(kind, []) if item.scope == scope)


def _kind(given: Any) -> str:
    return f"{given} " if isinstance(given, str) else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


_GOOGLE: tuple[Network, ...] = tuple(found for found in map(network, GOOGLE_HEALTH_CHECKS) if found is not None)
"""Where Google's load balancers have their addresses."""
