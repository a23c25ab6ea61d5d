"""Namespaces that no Tenant made: what their own quotas, limits, labels and bindings come to."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from ..facts.kubernetes import canonical_quota_key
from ..graph import Views
from ..graph.value import Mark
from ..graph.views import Binding
from . import shape
from .fence import BOUND, EVERYBODY, Fence, Subject, defaults, sizes

LEVEL = "pod-security.kubernetes.io/enforce"
LEVELS = ("baseline", "restricted")
PEOPLE = {"Group": "group", "User": "user"}
OF_THE_CLUSTER = "system:"


def fences(views: Views) -> Iterator[Fence]:
    """A fence for each namespace around which anything stands: a quota, limits, a Pod Security level, a binding."""
    levels = {item.name: item.label(LEVEL) for item in views.namespaces if isinstance(item.name, str)}
    for name in sorted({*levels, *(item.namespace for item in views.quotas if isinstance(item.namespace, str))}):
        hard, items, roles = _hard(views, name), list(_items(views, name)), _roles(views, name)
        level = levels.get(name) if levels.get(name) in LEVELS else ""
        bound = any(binding.kind == "RoleBinding" and binding.namespace == name for binding in views.bindings)
        if hard or items or level or bound:
            yield Fence(
                name,
                hard,
                pod_security=str(level),
                roles=roles,
                shape=shape.of(items, map(canonical_quota_key, hard)),
                limited=bool(items),
                defaults=defaults(views, name),
            )


def _hard(views: Views, namespace: str) -> dict[str, Fraction]:
    """The limits of its quotas of all pods, the least where several have one."""
    found: dict[str, Fraction] = {}
    for quota in views.quotas:
        if quota.namespace == namespace and quota.scoped is False and isinstance(quota.hard, Mapping):
            for key, size in sizes(quota.hard):
                found[key] = min(size, found.get(key, size))
    return found


def _items(views: Views, namespace: str) -> Iterator[Mapping[str, Any]]:
    for limits in views.limit_ranges:
        given = limits.get("spec", "limits")
        if limits.namespace == namespace and isinstance(given, list):
            yield from (item for item in given if isinstance(item, Mapping))


def _roles(views: Views, namespace: str) -> dict[Subject, str]:
    """Whom bindings of the namespace or of the whole cluster name; what they may do there nobody promised."""
    found: dict[Subject, str] = {}
    for binding in views.bindings:
        if binding.kind == "ClusterRoleBinding" or binding.namespace == namespace:
            found |= dict.fromkeys(_people(binding), BOUND)
    return found


def _people(binding: Binding) -> Iterator[Subject]:
    for subject in [] if isinstance(binding.subjects, Mark) else binding.subjects:
        kind, name = (subject.get(key) if isinstance(subject, Mapping) else None for key in ("kind", "name"))
        if isinstance(name, str) and kind in PEOPLE:
            person = Subject(PEOPLE[str(kind)], name)
            if person == EVERYBODY or not name.startswith(OF_THE_CLUSTER):
                yield person
