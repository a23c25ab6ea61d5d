"""Views: the snapshot in the words that rules and analyses think in, computed once and shared by all of them."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from ...facts.kubernetes import SYSTEM_NAMESPACES
from ..snapshot import Snapshot
from ..value import MISSING, UNKNOWN, Mark, read
from . import dns
from .cluster import AccessPolicy, Cluster, access_policies, eks_clusters
from .enforcer import Enforcer, enforcers
from .fence import KINDS, Fence, Namespace, Place, fences
from .gke import GkeCluster, GkeNodePool, gke_clusters, gke_node_pools
from .kubernetes import KubeObject, objects
from .limits import LimitRange, Quota
from .network import Network, networks
from .network_policy import NetworkPolicy, PolicyRule
from .node_pool import NodePool, eks_node_groups
from .rbac import Binding, Grant, Role, Roles
from .service import Service
from .subnet import Subnet, subnets
from .workload import TEMPLATE, Workload

if TYPE_CHECKING:
    from ..capacity import Capacity
    from ..reach import Reach

DEFAULT_LABEL_PREFIX = "platform.example.com"
CONTRACTS = ("contract", "platform")
"""Inputs of components that may hold the platform's contract."""
CLASSES = ("dev", "staging", "prod")

__all__ = [
    "CONTRACTS",
    "AccessPolicy",
    "Binding",
    "Cluster",
    "Enforcer",
    "Fence",
    "GkeCluster",
    "GkeNodePool",
    "Grant",
    "KubeObject",
    "LimitRange",
    "Namespace",
    "Network",
    "NetworkPolicy",
    "NodePool",
    "PolicyRule",
    "Quota",
    "Role",
    "Service",
    "Subnet",
    "Views",
    "Workload",
]

AnyObject = TypeVar("AnyObject", bound=KubeObject)


class Views:
    """Everything that rules read of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    @cached_property
    def objects(self) -> dict[str, list[KubeObject]]:
        """Kubernetes objects by kind, each list ordered by URN."""
        return objects(self.snapshot.resources)

    @cached_property
    def contract(self) -> dict[str, Any]:
        """What the platform promises its tenants: a `contract` or `platform` input of a component, else `{}`."""
        for key in CONTRACTS:
            for resource in self.snapshot.resources:
                given = resource.inputs.get(key)
                if not resource.custom and isinstance(given, dict) and "label_prefix" in given:
                    return given
        return {}

    @cached_property
    def label_prefix(self) -> str:
        """Prefix of the platform's labels: the contract's, the settings', or what precedes `/tenant` on a namespace."""
        for given in (self.contract.get("label_prefix"), self._setting("label_prefix")):
            if isinstance(given, str):
                return given
        found = {
            key.removesuffix("/tenant")
            for namespace in self.objects.get("Namespace", [])
            if not isinstance(namespace.labels, Mark)
            for key in namespace.labels
            if isinstance(key, str) and key.endswith("/tenant")
        }
        return found.pop() if len(found) == 1 else DEFAULT_LABEL_PREFIX

    @cached_property
    def environment(self) -> str:
        """Class of the environment, which picks the levels of rules; `prod`, the strictest, where nothing says."""
        for given in (self.contract.get("environment"), self._setting("class")):
            if given in CLASSES:
                return str(given)
        key = f"{self.label_prefix}/environment"
        given = [
            read(namespace.labels, key)
            for namespace in self.objects.get("Namespace", [])
            if not namespace.resource.remote
        ]
        known = {str(value) for value in given if value is not MISSING}
        return known.pop() if len(known) == 1 and known <= set(CLASSES) else "prod"

    def _setting(self, key: str) -> Any:
        for name, value in self.snapshot.config.items():
            if name.endswith(":environment") and isinstance(value, dict):
                return value.get(key)
        return None

    @cached_property
    def namespaces(self) -> tuple[Namespace, ...]:
        """Namespaces that tenants use: every declared one but the cluster's own."""
        return tuple(item for item in self._namespaces if not item.system)

    @cached_property
    def quotas(self) -> tuple[Quota, ...]:
        """ResourceQuotas."""
        return tuple(Quota(item.resource, item.kind, item.group) for item in self.objects.get("ResourceQuota", []))

    @cached_property
    def limit_ranges(self) -> tuple[LimitRange, ...]:
        """LimitRanges."""
        return tuple(LimitRange(item.resource, item.kind, item.group) for item in self.objects.get("LimitRange", []))

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """Services of the core API, ordered by URN: other groups have kinds of that name too."""
        found = (item for item in self.objects.get("Service", []) if item.group == "")
        return tuple(Service(item.resource, item.kind, item.group) for item in found)

    @cached_property
    def network_policies(self) -> tuple[NetworkPolicy, ...]:
        """NetworkPolicies of networking.k8s.io (and of the old extensions group)."""
        found = self.objects.get("NetworkPolicy", [])
        return tuple(
            NetworkPolicy(item.resource, item.kind, item.group)
            for item in found
            if item.group in ("networking.k8s.io", "extensions")
        )

    @cached_property
    def workloads(self) -> tuple[Workload, ...]:
        """Everything that makes pods, by kind and then URN; owners of unknown kinds count by their template."""
        known = [item for kind in TEMPLATE for item in self.objects.get(kind, [])]
        others = [
            item
            for kind, items in sorted(self.objects.items())
            if kind not in TEMPLATE
            for item in items
            if read(item.get("spec", "template", "spec"), "containers") is not MISSING
        ]
        return tuple(Workload(item.resource, item.kind, item.group) for item in [*known, *others])

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """Managed control planes, EKS before GKE."""
        return (*eks_clusters(self.snapshot), *gke_clusters(self.snapshot))

    @cached_property
    def node_pools(self) -> tuple[NodePool, ...]:
        """What nodes clusters have, EKS before GKE."""
        subnets = {subnet.urn: subnet for subnet in self.subnets}
        return (*eks_node_groups(self.snapshot, subnets), *gke_node_pools(self.snapshot))

    @cached_property
    def networks(self) -> tuple[Network, ...]:
        """Networks of the clouds."""
        return tuple(networks(self.snapshot))

    @cached_property
    def subnets(self) -> tuple[Subnet, ...]:
        """Subnets of AWS, with what leads to them from the internet."""
        return tuple(subnets(self.snapshot))

    @cached_property
    def enforcers(self) -> tuple[Enforcer, ...]:
        """Everything that says who enforces NetworkPolicy."""
        return tuple(enforcers(self.snapshot, CONTRACTS))

    @cached_property
    def access_policies(self) -> tuple[AccessPolicy, ...]:
        """EKS access policies given to principals."""
        return tuple(access_policies(self.snapshot))

    @cached_property
    def bindings(self) -> tuple[Binding, ...]:
        """RoleBindings, then ClusterRoleBindings."""
        kinds = ("RoleBinding", "ClusterRoleBinding")
        return tuple(
            Binding(item.resource, item.kind, item.group) for kind in kinds for item in self.objects.get(kind, [])
        )

    def grant(self, binding: Binding) -> Grant:
        """What a binding gives, by the roles declared here and those that every cluster has."""
        return self._roles.grant(binding)

    @cached_property
    def fences(self) -> tuple[Fence, ...]:
        """What stands around each namespace that tenants use: the declared ones first, then others that are named."""
        placed = ((kind, item, self.place(item)) for kind in KINDS for item in getattr(self, kind))
        return tuple(fences(self.namespaces, placed))

    @cached_property
    def hidden_contract(self) -> Mark | None:
        """UNKNOWN or SECRET where the platform's contract is so; None where it is known, or where there is none."""
        components = (resource for resource in self.snapshot.resources if not resource.custom)
        given = [resource.inputs.get(key) for resource in components for key in CONTRACTS]
        return None if self.contract else next((value for value in given if isinstance(value, Mark)), None)

    @cached_property
    def dns(self) -> Any:
        """Everything that must be reached for names to resolve, as `Destination`s; or a mark."""
        if self.hidden_contract is not None:
            return self.hidden_contract
        return dns.destinations(
            self.contract, {item.name: item for item in self._namespaces if isinstance(item.name, str)}
        )

    @cached_property
    def reach(self) -> "Reach":
        """Who can reach whom, by every layer of the network that is declared here."""
        from ..reach import reach

        return reach(self)

    @cached_property
    def capacity(self) -> "tuple[Capacity, ...]":
        """What fits and what does not, for each cluster."""
        from ..capacity import capacity

        return capacity(self)

    def place(self, item: KubeObject) -> Place:
        """The cluster and the namespace that an object lies in, UNKNOWN for the latter where it cannot be told.

        Told by name, or by the link to the Namespace where the name is not known yet.
        """
        if isinstance(item.namespace, str):
            return item.scope, item.namespace
        links = item.resource.property_dependencies.get("metadata", item.resource.dependencies)
        linked = [self._by_urn[urn] for urn in links if urn in self._by_urn]
        return linked[0].place if len(linked) == 1 else (item.scope, UNKNOWN)

    def home(self, item: KubeObject) -> Any:
        """The Namespace that an object lies in; None where it is not declared here; UNKNOWN where it cannot be told."""
        place = self.place(item)
        if place[1] is UNKNOWN or place in self._by_place:
            return self._by_place.get(place, UNKNOWN)
        return UNKNOWN if place[0] in self._nameless and place[1] not in SYSTEM_NAMESPACES else None

    def of_the_system(self, item: KubeObject) -> bool:
        """Whether an object lies in one of the cluster's own namespaces, where nothing is judged."""
        return self.place(item)[1] in SYSTEM_NAMESPACES

    def within(self, namespace: Namespace, items: Iterable[AnyObject]) -> Iterator[AnyObject]:
        """Those of `items` that lie in `namespace`."""
        return (item for item in items if self.place(item) == namespace.place)

    @cached_property
    def _namespaces(self) -> tuple[Namespace, ...]:
        return tuple(Namespace(item.resource, item.kind, item.group) for item in self.objects.get("Namespace", []))

    @cached_property
    def _nameless(self) -> set[str]:
        return {namespace.scope for namespace in self._namespaces if namespace.nameless}

    @cached_property
    def _by_place(self) -> dict[Place, Namespace]:
        return {namespace.place: namespace for namespace in self._namespaces}

    @cached_property
    def _by_urn(self) -> dict[str, Namespace]:
        return {namespace.urn: namespace for namespace in self._namespaces}

    @cached_property
    def _roles(self) -> Roles:
        found = (item for kind in ("Role", "ClusterRole") for item in self.objects.get(kind, []))
        return Roles((Role(item.resource, item.kind, item.group) for item in found), self.place)
