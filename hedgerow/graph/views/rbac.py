"""RBAC: who is bound to what, and what a role permits, the API server's wildcards understood."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from ...facts.kubernetes import ROLE_WRITES
from ..value import MISSING, Mark, read
from .answer import every, holds, some
from .fence import Place
from .kubernetes import KubeObject, listing
from .selection import selects

AGGREGATE_TO = "rbac.authorization.k8s.io/aggregate-to-"
"""Label of a ClusterRole whose rules the API server adds to a built-in one (`view`, `edit`, `admin`)."""

HARMLESS = (
    "system:auth-delegator",
    "system:basic-user",
    "system:discovery",
    "system:node-proxier",
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
)
"""Built-in ClusterRoles that add-ons bind and that write nothing of a tenant's fences (bootstrappolicy/policy.go)."""


@dataclass(frozen=True, eq=False)
class Role(KubeObject):
    """A Role or ClusterRole."""

    @property
    def rules(self) -> Any:
        """Its own rules; or a mark."""
        return listing(self.get("rules"))

    @property
    def selectors(self) -> Any:
        """Selectors of the ClusterRoles whose rules the API server adds to it; or a mark."""
        return listing(self.get("aggregationRule", "clusterRoleSelectors"))


@dataclass(frozen=True, eq=False)
class Binding(KubeObject):
    """A RoleBinding or ClusterRoleBinding."""

    @property
    def subjects(self) -> Any:
        """Whom it binds, mappings with `kind`, `name` and `namespace`; or a mark."""
        return listing(self.get("subjects"))

    @property
    def role(self) -> Any:
        """Kind and name of its role; or a mark."""
        found = self.get("roleRef", "kind"), self.get("roleRef", "name")
        mark = next((value for value in found if isinstance(value, Mark)), None)
        return (found if all(isinstance(value, str) for value in found) else MISSING) if mark is None else mark


@dataclass(frozen=True)
class Grant:
    """What a binding gives: the rules that can be read, each with its role and its place there."""

    role: str
    """Kind and name of the role, as messages call it."""
    rules: tuple[tuple[Role, int, Any], ...]
    built_in: str = ""
    """Name of the built-in ClusterRole that it is, if it is one."""
    hidden: str = ""
    """What more it may give that cannot be read, in words."""


class Roles:
    """The declared roles, found as a binding finds them."""

    def __init__(self, roles: Iterable[Role], place: Callable[[KubeObject], Place]) -> None:
        self._cluster, self._local = dict[tuple[str, Any], Role](), dict[tuple[Place, Any], Role]()
        for role in roles:
            if role.kind == "ClusterRole":
                self._cluster[role.scope, role.name] = role
            else:
                self._local[place(role), role.name] = role
        self._place = place

    def grant(self, binding: Binding) -> Grant:
        """What a binding gives."""
        if isinstance(binding.role, Mark):
            return Grant("no role", (), hidden="" if binding.role is MISSING else "its roleRef")
        kind, name = binding.role
        shown = f"{kind} '{name}'"
        found = self._local.get((self._place(binding), name))
        if kind == "ClusterRole":
            found = self._cluster.get((binding.scope, name))
        if found is not None:
            return self._declared(found, shown)
        if kind != "ClusterRole" or name not in {*ROLE_WRITES, *HARMLESS}:
            return Grant(shown, (), hidden=f"what {shown} permits (it is not declared here)")
        widening = [{"matchLabels": {f"{AGGREGATE_TO}{name}": "true"}}]
        return self._with_others(Grant(shown, (), name), binding.scope, widening)

    def _declared(self, role: Role, shown: str) -> Grant:
        own = Grant(shown, _rules(role), hidden=_unread(role))
        if role.selectors == []:
            return own
        grant = self._with_others(own, role.scope, role.selectors)
        alone = grant.rules == own.rules and not grant.hidden
        return (
            replace(grant, hidden=f"what {shown} permits (it is made of others, not declared here)") if alone else grant
        )

    def _with_others(self, grant: Grant, scope: str, selectors: Any) -> Grant:
        """The grant and what the API server adds to it: the rules of every ClusterRole that a selector selects."""
        rules, hidden = grant.rules, grant.hidden
        for (cluster, _), role in self._cluster.items():
            if cluster != scope:
                continue
            added = selectors if isinstance(selectors, Mark) else some(selects(each, role.labels) for each in selectors)
            if added is True:
                rules, hidden = rules + _rules(role), hidden or _unread(role)
            elif added is not False:
                hidden = hidden or f"whether {role} is a part of {grant.role}"
        return replace(grant, rules=rules, hidden=hidden)


def permits(rule: Any, verbs: Iterable[str], group: str, resource: str) -> Any:
    """Whether a rule permits one of `verbs` on a resource of an API group: True, False or UNKNOWN."""
    of_resource = holds(listing(read(rule, "resources")), (resource, "*"))
    if of_resource is False:
        return False
    of_group = holds(listing(read(rule, "apiGroups")), (group, "*"))
    return every((of_resource, of_group, holds(listing(read(rule, "verbs")), (*verbs, "*"))))


def _rules(role: Role) -> tuple[tuple[Role, int, Any], ...]:
    rules = [] if isinstance(role.rules, Mark) else role.rules
    return tuple((role, index, rule) for index, rule in enumerate(rules))


def _unread(role: Role) -> str:
    return f"what {role} permits" if isinstance(role.rules, Mark) else ""
