"""Facts of Kubernetes that rules and components share: quota keys, system namespaces, what built-in roles may write.

Quota: kubernetes/kubernetes pkg/quota/v1/{evaluator/core,install} and pkg/apis/core/{helper,validation}, as of 1.36,
read 2026-11-21; that `nvidia.com/gpu` and `limits.nvidia.com/gpu` are never counted was tried on an API server 1.36.3.
"""

from collections.abc import Mapping

from . import labels

SYSTEM_NAMESPACES = frozenset({"kube-node-lease", "kube-public", "kube-system"})
"""Namespaces that every cluster has for itself (Kubernetes documentation, Namespaces)."""

SHARED_NAMESPACES = SYSTEM_NAMESPACES | {"default"}
"""Namespaces in which no tenant belongs: the system's own, and the one that everything lands in by mistake."""

COMPUTE_KEYS = frozenset({"cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"})
"""Quota keys that make every container and init container declare the value, else its pod is refused."""

STANDARD_KEYS = COMPUTE_KEYS | {
    "configmaps",
    "ephemeral-storage",
    "limits.ephemeral-storage",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "requests.ephemeral-storage",
    "requests.storage",
    "resourcequotas",
    "secrets",
    "services",
    "services.loadbalancers",
    "services.nodeports",
}
"""Quota keys without a '/', besides `hugepages-<size>` and `requests.hugepages-<size>`."""

QUOTA_SCOPES = frozenset(
    {
        "BestEffort",
        "CrossNamespacePodAffinity",
        "NotBestEffort",
        "NotTerminating",
        "PriorityClass",
        "Terminating",
        "VolumeAttributesClass",
    }
)
"""What a ResourceQuota's scopes may name; a scoped quota leaves everything outside its scope unlimited."""

_COUNTED = {
    "": "configmaps endpoints limitranges persistentvolumeclaims pods podtemplates replicationcontrollers "
    "resourcequotas secrets serviceaccounts services",
    "apps": "controllerrevisions daemonsets deployments replicasets statefulsets",
    "autoscaling": "horizontalpodautoscalers",
    "batch": "cronjobs jobs",
    "coordination.k8s.io": "leases",
    "discovery.k8s.io": "endpointslices",
    "networking.k8s.io": "ingresses networkpolicies",
    "policy": "poddisruptionbudgets",
    "rbac.authorization.k8s.io": "rolebindings roles",
    "resource.k8s.io": "resourceclaims resourceclaimtemplates",
    "storage.k8s.io": "csistoragecapacities",
}
_GROUP_OF = {resource: group for group, resources in _COUNTED.items() for resource in resources.split()}
_OBJECT_KEYS = STANDARD_KEYS & _GROUP_OF.keys() - {"pods"}
_STORAGE_CLASS = ".storageclass.storage.k8s.io"
_DEVICE_CLASS = ".deviceclass.resource.k8s.io"
_IMPLICIT_DEVICES = "requests.deviceclass.resource.kubernetes.io"
_HUGE_PAGES = ("hugepages-", "requests.hugepages-")

_TENANT_WRITES = frozenset({"networkpolicies"})
ROLE_WRITES: Mapping[str, frozenset[str]] = {
    "view": frozenset(),
    "edit": _TENANT_WRITES,
    "admin": _TENANT_WRITES | {"rolebindings", "roles"},
    "cluster-admin": frozenset(
        {"limitranges", "namespaces", "networkpolicies", "resourcequotas", "rolebindings", "roles"}
    ),
}
"""Of the objects that fence a tenant, those that each built-in ClusterRole may create, change and delete.

`edit` and `admin` may delete NetworkPolicies but only read quotas, limits and their namespace. Anyone may widen them by
a ClusterRole with an aggregation label. Source: kubernetes/kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy,
read 2026-11-21; tried on an API server 1.36.3.
"""


def role_writes(role: str, resource: str) -> bool:
    """Whether a built-in ClusterRole may write one of the objects that fence a tenant; LookupError for another role."""
    if role not in ROLE_WRITES:
        raise LookupError(f"{role!r} is not a built-in role; the facts are of {', '.join(ROLE_WRITES)}")
    return resource in ROLE_WRITES[role]


def is_system_namespace(name: str) -> bool:
    """Whether a namespace is Kubernetes' own: the prefix `kube-` is reserved for those."""
    return name.startswith("kube-")


def canonical_quota_key(key: str) -> str:
    """The longest spelling of a quota key: `cpu` is `requests.cpu`, `secrets` is `count/secrets`.

    `pods` stays: it counts pods that still run, `count/pods` all. A quota that has both spellings of a key is held
    to the smaller.
    """
    if key in ("cpu", "memory", "ephemeral-storage") or key.startswith("hugepages-"):
        return f"requests.{key}"
    return f"count/{key}" if key in _OBJECT_KEYS else key


def quota_key_problem(key: str) -> str | None:
    """What is wrong with a key of a ResourceQuota, with what to write instead; None if it limits something.

    The API server takes any `domain/name`, so the worst keys are accepted and never counted: `nvidia.com/gpu`.
    Resources of extensions (`count/widgets.example.com`) are taken to exist.
    """
    if problem := labels.key_problem(key):
        return f"is no quota key: it {problem}"
    domain, slash, name = key.rpartition("/")
    if not slash:
        return _standard_problem(key)
    if domain == "count":
        return _count_problem(name)
    if domain.endswith(_STORAGE_CLASS):
        known = ("requests.storage", "persistentvolumeclaims")
        return None if name in known else _never(" or ".join(f"{domain}/{each}" for each in known))
    if domain.endswith(_DEVICE_CLASS):
        return None if name == "devices" else _never(f"{domain}/devices")
    if domain.startswith("requests."):
        native = domain.endswith("kubernetes.io") and domain != _IMPLICIT_DEVICES
        return _never("a key such as requests.nvidia.com/gpu") if native else None
    return _never(f"requests.{domain.removeprefix('limits.')}/{name}")


def _standard_problem(key: str) -> str | None:
    if key in STANDARD_KEYS or key.startswith(_HUGE_PAGES):
        return None
    if key in _GROUP_OF:
        return f"is refused by the API server; write {_count_key(key)}"
    return f"is refused by the API server; write one of {', '.join(sorted(STANDARD_KEYS))}, count/… or requests.…/…"


def _count_problem(name: str) -> str | None:
    resource, _, group = name.partition(".")
    if resource == "events" and group in ("", "events.k8s.io"):
        return "is accepted and never counted; leave it out: Kubernetes counts no events"
    if _GROUP_OF.get(resource) == group or ("." in group and group not in _COUNTED):
        return None
    if resource in _GROUP_OF:
        return _never(_count_key(resource))
    return None if "." in group else _never("the resource with its group, such as count/jobs.batch")


def _count_key(resource: str) -> str:
    group = _GROUP_OF[resource]
    return f"count/{resource}.{group}" if group else f"count/{resource}"


def _never(instead: str) -> str:
    return f"is accepted and never counted; write {instead}"
