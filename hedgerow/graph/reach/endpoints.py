"""Who may talk: pods by their templates, pods that are not there yet, and addresses; numbered for sets of bits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...facts.kubernetes import SHARED_NAMESPACES
from ...facts.labels import NAMESPACE_NAME
from ..value import MISSING, UNKNOWN, Mark, read
from ..views import Namespace, Views, Workload
from ..views.kubernetes import KubeObject
from ..views.workload import TEMPLATE
from .addresses import Addresses, Piece
from .labels import LabelIndex, Labels
from .policy import NamedPort
from .sets import Tri, bits_of, members

PODS, ANY, OPAQUE, ADDRESS = "pods", "any", "opaque", "address"
OTHER = "*"
"""Stands for the name of every namespace that is not declared and that nothing names."""
UNPLACED = "?"
"""Stands for the name of a namespace that is not known."""
OPAQUE_TYPES = ("kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v4:Chart")


@dataclass(frozen=True)
class Home:
    """A namespace as the analysis knows it."""

    name: str
    labels: Labels
    declared: bool


@dataclass(frozen=True)
class Endpoint:
    """One end of a path. `site` is its number: endpoints that no policy can tell apart share one."""

    name: str
    kind: str
    """`pods` of a template, `any` pod that is not there yet, `opaque` (a Helm release's pods), or an `address`."""
    site: int
    urn: str = ""
    alone: bool = False
    """Whether it is a single pod, so that it is never apart from itself."""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Site:
    """What can be told apart of an endpoint in a cluster."""

    home: int
    """Number of its namespace; -1 for addresses."""
    labels: Labels
    host: Any
    """Whether it is on the node's network; or a mark."""
    ports: Any
    """`(protocol, name, number)` of its named ports; or a mark."""
    piece: Piece | None = None


@dataclass(frozen=True)
class Wanted:
    """Pods that a policy speaks of and that are not there yet: in a namespace by name, or in one with these labels."""

    home: str | Mapping[str, str]
    labels: Mapping[str, str]


class Population:
    """Everybody in one cluster (`scope`), and every address outside it."""

    def __init__(
        self,
        views: Views,
        scope: str,
        addresses: Addresses,
        others: Iterable[KubeObject] = (),
    ) -> None:
        self.scope, self.addresses = scope, addresses
        self.homes: list[Home] = []
        self.sites: list[Site] = []
        self.endpoints: list[Endpoint] = []
        self._views, self._numbers, self._seen = views, dict[str, int](), dict[Any, int]()
        self._names: dict[str, int] = {}
        self._settle(others)
        for workload in _workloads(views, scope):
            self._add_workload(workload)
        for item in views.snapshot.of_type(*OPAQUE_TYPES):
            if item.provider == scope:
                home = self.number(KubeObject(item, "Release", "helm.sh"), given=item.input("namespace"))
                site = Site(home, Labels({}, open=True), UNKNOWN, UNKNOWN)
                self._add(f"{self.homes[home].name}/Release/{item.name}", OPAQUE, site, item.urn)
        self._peopled = 0
        self._people_homes()

    def complete(self, wanted: Iterable["Wanted"]) -> None:
        """Add pods that policies speak of, and the addresses: the last ones to come."""
        for home, labels in [self._wanted(item) for item in wanted]:
            self._add_any(home, labels)
        self._people_homes()
        for name in ("pods", "by_home", "unplaced", "pod_labels", "home_labels"):
            self.__dict__.pop(name, None)
        for piece in self.addresses.pieces:
            self._add(piece.name, ADDRESS, Site(-1, Labels({}), False, (), piece))

    def number(self, item: KubeObject, given: Any = None) -> int:
        """Number of the namespace that an object lies in."""
        name = item.namespace if given is None or given is MISSING else given
        if not isinstance(name, str):
            home = self._views.home(item)
            name = home_key(home) if isinstance(home, Namespace) else UNPLACED
        found = self._numbers.get(name)
        if found is None:
            labels = Labels({} if name == UNPLACED else {NAMESPACE_NAME: name}, open=name not in SHARED_NAMESPACES)
            found = self._numbers[name] = len(self.homes)
            self.homes.append(Home(name, labels, declared=False))
        return found

    def _people_homes(self) -> None:
        for number in range(self._peopled, len(self.homes)):
            if self.homes[number].name != UNPLACED:
                self._add_any(number, {})
        self._peopled = len(self.homes)

    def _add_any(self, home: int, labels: Mapping[str, str]) -> None:
        told = ",".join(f"{key}={value}" for key, value in sorted(labels.items())) or "pod"
        self._add(f"{self.homes[home].name}/any/{told}", ANY, Site(home, Labels(dict(labels)), False, UNKNOWN))

    def _wanted(self, item: "Wanted") -> tuple[int, Mapping[str, str]]:
        if isinstance(item.home, str):
            return self._numbers[item.home], item.labels
        labels = dict(item.home)
        named = labels.pop(NAMESPACE_NAME, None)
        rest = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
        name = f"{named or OTHER}[{rest}]" if rest else named or OTHER
        if name not in self._numbers:
            self._numbers[name] = len(self.homes)
            self.homes.append(Home(name, Labels({NAMESPACE_NAME: named or name, **labels}), declared=False))
        return self._numbers[name], item.labels

    def _settle(self, others: Iterable[KubeObject]) -> None:
        labels: dict[str, dict[str, Any]] = {}
        open_: dict[str, bool] = {}
        for item in self._views.objects.get("Namespace", []):
            if item.scope != self.scope:
                continue
            key = home_key(item)
            given = Labels.of(item.labels)
            fixed = item.name if isinstance(item.name, str) else UNKNOWN
            labels.setdefault(key, {NAMESPACE_NAME: fixed}).update({**given.known, NAMESPACE_NAME: fixed})
            open_[key] = open_.get(key, True) and (given.open or item.patch)
        for key, known in labels.items():
            self._numbers[key] = len(self.homes)
            self.homes.append(Home(key, Labels(known, open=open_[key]), declared=True))
        for item in [*others, *_workloads(self._views, self.scope)]:
            self.number(item)
        self._wanted(Wanted({}, {}))

    def _add_workload(self, workload: Workload) -> None:
        home = self.number(workload)
        shown = workload.name if isinstance(workload.name, str) else workload.resource.name
        spec = workload.pod_spec
        host = workload.host_network if workload.patch else read(spec, "hostNetwork")
        site = Site(home, Labels.of(workload.pod_labels), False if host is MISSING else host, _named_ports(spec))
        name = f"{self.homes[home].name}/{workload.kind}/{shown}"
        self._add(name, PODS, site, workload.urn, alone=workload.kind == "Pod")

    def _add(self, name: str, kind: str, site: Site, urn: str = "", *, alone: bool = False) -> None:
        key = (site.home, site.labels.key, str(site.host), str(site.ports), site.piece)
        number = self._seen.get(key)
        if number is None:
            number = self._seen[key] = len(self.sites)
            self.sites.append(site)
        self._names[name] = self._names.get(name, 0) + 1
        told = name if self._names[name] == 1 else f"{name}~{self._names[name]}"
        self.endpoints.append(Endpoint(told, kind, number, urn, alone))

    @cached_property
    def all(self) -> int:
        """Every site."""
        return (1 << len(self.sites)) - 1

    @cached_property
    def pods(self) -> int:
        """Sites in the cluster."""
        return bits_of(number for number, site in enumerate(self.sites) if site.home >= 0)

    @cached_property
    def first_address(self) -> int:
        """Number of the first address; the others follow in the order of their pieces."""
        return next(number for number, site in enumerate(self.sites) if site.piece is not None)

    @cached_property
    def host(self) -> Tri:
        """Sites on a node's network: outside of every policy."""
        sure = bits_of(number for number, site in enumerate(self.sites) if site.host is True)
        hidden = bits_of(number for number, site in enumerate(self.sites) if isinstance(site.host, Mark))
        return Tri(sure, sure | hidden)

    @cached_property
    def by_home(self) -> list[int]:
        """Sites of each namespace, by its number."""
        found = [0] * len(self.homes)
        for number, site in enumerate(self.sites):
            if site.home >= 0:
                found[site.home] |= 1 << number
        return found

    @cached_property
    def unplaced(self) -> int:
        """Sites whose namespace is not known."""
        return sum(sites for home, sites in zip(self.homes, self.by_home, strict=True) if home.name == UNPLACED)

    def living_at(self, name: str) -> int:
        """Pods that may live in the namespace of a name: where nothing else names it, those of any other one."""
        for known in (name, OTHER):
            homes = [at for at, home in enumerate(self.homes) if home.name.partition("[")[0] == known]
            if homes:
                return sum(self.by_home[at] for at in homes) | self.unplaced
        return self.unplaced

    def living_in(self, homes: Tri) -> Tri:
        """Sites in any of these namespaces."""
        if homes.sure == (1 << len(self.homes)) - 1:
            return Tri(self.pods, self.pods)
        sure = may = 0
        for home in members(homes.may):
            may |= self.by_home[home]
            if homes.sure >> home & 1:
                sure |= self.by_home[home]
        return Tri(sure, may)

    @cached_property
    def named_ports(self) -> dict[NamedPort, dict[int, int]]:
        """Sites by the number that a named port has on them."""
        found: dict[NamedPort, dict[int, int]] = {}
        for position, site in enumerate(self.sites):
            for protocol, name, number in () if isinstance(site.ports, Mark) else site.ports:
                numbers = found.setdefault(NamedPort(protocol, name), {})
                numbers[number] = numbers.get(number, 0) | 1 << position
        return found

    @cached_property
    def veiled_ports(self) -> int:
        """Sites whose named ports are not known."""
        return bits_of(number for number, site in enumerate(self.sites) if isinstance(site.ports, Mark))

    @cached_property
    def pod_labels(self) -> LabelIndex:
        """Labels of pods, by site."""
        return LabelIndex([site.labels for site in self.sites])

    @cached_property
    def home_labels(self) -> LabelIndex:
        """Labels of namespaces, by number."""
        return LabelIndex([home.labels for home in self.homes])


def home_key(namespace: KubeObject) -> str:
    """What a namespace is called here: its name, or that of its resource where the provider will choose one."""
    return namespace.name if isinstance(namespace.name, str) else namespace.resource.name


def _workloads(views: Views, scope: str) -> Iterable[Workload]:
    for workload in views.workloads:
        known = workload.kind in TEMPLATE or isinstance(read(workload.pod_spec, "containers"), list)
        if workload.scope == scope and known:
            yield workload


def _named_ports(spec: Any) -> Any:
    if isinstance(spec, Mark):
        return UNKNOWN
    containers = read(spec, "containers")
    started = read(spec, "initContainers")
    if isinstance(containers, Mark) and containers is not MISSING:
        return UNKNOWN
    found: set[tuple[str, str, int]] = set()
    sidecars = [item for item in _listed(started) if read(item, "restartPolicy") == "Always"]
    for container in [*_listed(containers), *sidecars]:
        ports = read(container, "ports")
        if isinstance(ports, Mark) and ports is not MISSING:
            return UNKNOWN
        for port in _listed(ports):
            name, number, protocol = read(port, "name"), read(port, "containerPort"), read(port, "protocol")
            if any(isinstance(value, Mark) and value is not MISSING for value in (name, number, protocol)):
                return UNKNOWN
            if isinstance(name, str) and isinstance(number, int):
                found.add(("TCP" if protocol is MISSING else str(protocol), name, number))
    return tuple(sorted(found))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
