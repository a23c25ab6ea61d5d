"""Who may do what in a tenant's namespace: owners run workloads, viewers look; the fences stay out of reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from ..shared.inputs import Path, Wrong
from .checks import texts

RBAC = "rbac.authorization.k8s.io"
API = f"{RBAC}/v1"
SYSTEM = "system:"
OWNER, VIEWER = "owner", "viewer"

READ = ("get", "list", "watch")
WRITE = ("create", "delete", "deletecollection", "patch", "update")

RUN = {
    "": ("configmaps", "persistentvolumeclaims", "pods", "serviceaccounts", "services"),
    "apps": (
        "daemonsets",
        "deployments",
        "deployments/scale",
        "replicasets",
        "replicasets/scale",
        "statefulsets",
        "statefulsets/scale",
    ),
    "autoscaling": ("horizontalpodautoscalers",),
    "batch": ("cronjobs", "jobs"),
    "networking.k8s.io": ("ingresses",),
    "policy": ("poddisruptionbudgets",),
}
"""What owners create and change, and viewers read."""

LOOK = {
    "": ("endpoints", "events", "limitranges", "namespaces", "pods/log", "resourcequotas"),
    "apps": ("controllerrevisions",),
    "discovery.k8s.io": ("endpointslices",),
    "events.k8s.io": ("events",),
    "metrics.k8s.io": ("pods",),
    "networking.k8s.io": ("networkpolicies",),
    RBAC: ("rolebindings", "roles"),
}
"""What both only read: the fences themselves among it, so that a team sees what it is refused by."""

# A read verb alone on pods/exec opens a shell (kubectl's WebSocket is a GET), so viewers get none of these.
OWNERS_ONLY = (
    (("secrets",), (*READ, *WRITE)),
    (("pods/attach", "pods/exec", "pods/portforward"), ("create", "get")),
    (("pods/eviction",), ("create",)),
    (("pods/ephemeralcontainers",), ("patch", "update")),
)


class TenantSubjectsArgs(TypedDict):
    groups: NotRequired[list[str]]
    """Groups, as the cluster's authentication names them. Default: none."""
    users: NotRequired[list[str]]
    """Users, as the cluster's authentication names them. Default: none."""


@dataclass(frozen=True)
class Subject:
    """A group or a user."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind.lower()}:{self.name}"

    def manifest(self) -> dict[str, Any]:
        """As a RoleBinding wants it."""
        return {"kind": self.kind, "apiGroup": RBAC, "name": self.name}


def read_subjects(wrong: Wrong, field: str, args: TenantSubjectsArgs) -> tuple[Subject, ...]:
    """Groups, then users, each sorted; none of them one of the cluster's own."""
    found: list[Subject] = []
    for kind, key, names in (("Group", "groups", args.get("groups", [])), ("User", "users", args.get("users", []))):
        for name in texts(wrong, (field, key), names):
            _check_subject(wrong, (field, key), name)
            if Subject(kind, name) in found:
                wrong((field, key), f"must name each {kind.lower()} once", name, "delete one of them")
            found.append(Subject(kind, name))
    return tuple(sorted(found, key=str))


def rules(role: str) -> list[dict[str, Any]]:
    """What a Role of the namespace allows. A Role, because a ClusterRole can be widened by aggregation."""
    if role == VIEWER:
        return [*_rules(RUN, READ), *_rules(LOOK, READ)]
    own = [_rule("", resources, verbs) for resources, verbs in OWNERS_ONLY]
    return [*_rules(RUN, (*READ, *WRITE)), *own, *_rules(LOOK, READ)]


def binding(role: str, subjects: tuple[Subject, ...]) -> dict[str, Any]:
    """What a RoleBinding of `subjects` to a Role says."""
    return {
        "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": role},
        "subjects": [subject.manifest() for subject in subjects],
    }


def _rules(resources: Mapping[str, tuple[str, ...]], verbs: tuple[str, ...]) -> list[dict[str, Any]]:
    return [_rule(group, names, verbs) for group, names in resources.items()]


def _rule(group: str, resources: tuple[str, ...], verbs: tuple[str, ...]) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": list(resources), "verbs": sorted(verbs)}


def _check_subject(wrong: Wrong, path: Path, name: str) -> None:
    if not name or name != name.strip() or not name.isprintable():
        wrong(path, "must be a plain name", name, "type it as the cluster's authentication gives it")
    elif name.startswith(SYSTEM):
        wrong(path, "must not be one of the cluster's own", name, f"name people without '{SYSTEM}'")
