"""What undoes a tenant's fences: writing them, or becoming somebody who may."""

from collections.abc import Iterable, Iterator
from typing import Any

from hedgerow.facts.kubernetes import ROLE_WRITES
from hedgerow.graph import read
from hedgerow.graph.views import Grant
from hedgerow.graph.views.rbac import permits

CORE, NETWORKING, RBAC = "", "networking.k8s.io", "rbac.authorization.k8s.io"
WRITE = ("create", "delete", "deletecollection", "patch", "update")
FENCES = {"networkpolicies": NETWORKING, "resourcequotas": CORE, "limitranges": CORE, "namespaces": CORE}
BECOMING = {
    "escalate": [(RBAC, "roles"), (RBAC, "clusterroles")],
    "bind": [(RBAC, "roles"), (RBAC, "clusterroles")],
    "impersonate": [(CORE, "users"), (CORE, "groups"), (CORE, "serviceaccounts")],
}
POWERS = [
    *((f"write {resource}", WRITE, group, resource) for resource, group in FENCES.items()),
    *((f"{verb} {resource}", (verb,), group, resource) for verb, of in BECOMING.items() for group, resource in of),
]
WRITING_ROLES = {name for name, writes in ROLE_WRITES.items() if writes & FENCES.keys()}


def powers(grant: Grant) -> tuple[dict[str, str], str]:
    """What a grant surely permits of this, each with what shows it; and what must be known to tell that it is all."""
    found = {
        f"write {each}": f"{grant.role} is built in" for each in FENCES if each in ROLE_WRITES.get(grant.built_in, ())
    }
    unsure = grant.hidden
    for role, index, rule in grant.rules:
        for word, answer in _answers(rule):
            if answer is True:
                found.setdefault(word, f"rule {index} of {role}")
            elif answer is not False:
                unsure = unsure or f"rule {index} of {role}"
    return found, unsure


def worded(found: Iterable[str]) -> str:
    """Powers in words, each verb once."""
    told: dict[str, list[str]] = {}
    for verb, resource in (word.split() for word in found):
        told.setdefault(verb, []).append(resource)
    return " and ".join(f"{verb} {', '.join(resources)}" for verb, resources in told.items())


def _answers(rule: Any) -> Iterator[tuple[str, Any]]:
    named = read(rule, "resourceNames")
    bound = isinstance(named, list) and named and not WRITING_ROLES.intersection(map(str, named))
    for word, verbs, group, resource in POWERS:
        if not (bound and verbs == ("bind",)):
            yield word, permits(rule, verbs, group, resource)
