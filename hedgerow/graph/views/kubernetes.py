"""Kubernetes objects among the resources of a snapshot, whatever registered them."""

import re
from dataclasses import dataclass
from typing import Any

from ..snapshot import Resource
from ..value import MAPPINGS, MISSING, SECRET, UNKNOWN, Mark, read

TOKEN = re.compile(r"kubernetes:(?P<group>[\w.-]+)(?:/(?P<version>v\w+))?:(?P<kind>[A-Z]\w*)")
DEFAULT_NAMESPACE = "default"
AUTO_NAMED = "pulumi.com/autonamed"
MAPPING_OR_MARK, LIST_OR_MARK = (*MAPPINGS, Mark), (list, Mark)


@dataclass(frozen=True, eq=False)
class KubeObject:
    """One Kubernetes object. `scope` tells clusters apart: the URN of its provider, empty for a folder of manifests."""

    resource: Resource
    kind: str
    group: str

    @property
    def urn(self) -> str:
        return self.resource.urn

    @property
    def scope(self) -> str:
        return self.resource.provider

    @property
    def patch(self) -> bool:
        """Whether it changes an object that is there already, so that what it does not say is not known."""
        return self.resource.type.endswith("Patch")

    @property
    def auto_named(self) -> bool:
        """Whether the provider chooses its name: the program gives none, or the engine's preview has one by now."""
        given = read(self.resource.inputs, "metadata", "name")
        return given is MISSING or self.annotation(AUTO_NAMED) == "true"

    @property
    def name(self) -> Any:
        """Its name in the cluster; UNKNOWN where the provider will choose one."""
        name = self.get("metadata", "name")
        return name if isinstance(name, str) or name is SECRET else UNKNOWN

    @property
    def namespace(self) -> Any:
        """Name of its namespace as given; `default` where none is, as the API server would have it."""
        given = read(self.resource.inputs, "metadata", "namespace")
        return DEFAULT_NAMESPACE if given is MISSING or given == "" else given

    @property
    def labels(self) -> Any:
        return mapping(self.get("metadata", "labels"))

    @property
    def annotations(self) -> Any:
        return mapping(self.get("metadata", "annotations"))

    def label(self, key: str) -> Any:
        """The value of one label, or a mark."""
        return self.get("metadata", "labels", key)

    def annotation(self, key: str) -> Any:
        """The value of one annotation, or a mark."""
        return self.get("metadata", "annotations", key)

    def get(self, *path: str | int) -> Any:
        """The value at `path` of the manifest, or a mark."""
        value = read(self.resource.inputs, *path)
        return UNKNOWN if value is MISSING and self.patch else value

    def __str__(self) -> str:
        """As messages name it: `NetworkPolicy 'payments/default-deny'`."""
        name = self.resource.name if self.auto_named or self.name is UNKNOWN else self.name
        return f"{self.kind} '{name}'" if self.kind in CLUSTER_SCOPED else f"{self.kind} '{self.namespace}/{name}'"


CLUSTER_SCOPED = frozenset(
    {
        "AdminNetworkPolicy", "APIService", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy", "ClusterRole",
        "ClusterRoleBinding", "CSIDriver", "CustomResourceDefinition", "GatewayClass", "IngressClass",
        "MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume", "PriorityClass", "RuntimeClass",
        "StorageClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
    }
)  # fmt: skip
"""Kinds without a namespace among those that hedgerow reads (Kubernetes 1.36 API reference, 2026-11-21)."""


def objects(resources: tuple[Resource, ...]) -> dict[str, list[KubeObject]]:
    """Objects by kind. A `…Patch` counts as the kind it patches; components and lists of kinds are no objects.

    Nor is what a program only looks up (`Namespace.get`): it is given no inputs, and nothing of it can be judged.
    """
    found: dict[str, list[KubeObject]] = {}
    for resource in resources:
        if not resource.custom or not resource.inputs or not resource.type.startswith("kubernetes:"):
            continue
        token = TOKEN.fullmatch(resource.type)
        if token is None:
            continue
        kind = resource.inputs.get("kind")
        if not isinstance(kind, str):
            kind = token["kind"].removesuffix("Patch")
        found.setdefault(kind, []).append(KubeObject(resource, kind, _group(resource, token["group"])))
    return found


def mapping(value: Any) -> Any:
    """A mapping as it is, `{}` for one that is not there; marks stay."""
    if value is MISSING:
        return {}
    return value if isinstance(value, MAPPING_OR_MARK) else {}


def listing(value: Any) -> Any:
    """A list as it is, `[]` for one that is not there; marks stay."""
    if value is MISSING:
        return []
    return value if isinstance(value, LIST_OR_MARK) else []


def _group(resource: Resource, default: str) -> str:
    version = resource.inputs.get("apiVersion")
    if isinstance(version, str):
        return version.rpartition("/")[0]
    return "" if default == "core" else default
