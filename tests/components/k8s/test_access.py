from itertools import product
from typing import Any

import pytest

from components.k8s import access
from components.k8s.tenant import plan

from .examples import FULLEST, SMALLEST

WRITES = ("create", "update", "patch", "delete", "deletecollection")
NEVER = {
    "": (
        "bindings", "endpoints", "events", "limitranges", "namespaces", "namespaces/finalize", "nodes", "persistentvolumes",
        "pods/binding", "pods/proxy", "replicationcontrollers", "resourcequotas", "resourcequotas/status",
        "serviceaccounts/token", "services/proxy",
    ),
    "rbac.authorization.k8s.io": ("clusterrolebindings", "clusterroles", "rolebindings", "roles"),
    "networking.k8s.io": ("networkpolicies", "ingressclasses"),
    "discovery.k8s.io": ("endpointslices",),
    "admissionregistration.k8s.io": ("validatingadmissionpolicies", "mutatingwebhookconfigurations"),
    "resource.k8s.io": ("resourceclaims", "resourceclaimtemplates"),
    "certificates.k8s.io": ("certificatesigningrequests",),
}  # fmt: skip


def allows(role: str, verb: str, group: str, resource: str) -> bool:
    """As the RBAC authorizer decides, for rules without resource names."""
    return any(
        verb in rule["verbs"] and group in rule["apiGroups"] and resource in rule["resources"]
        for rule in access.rules(role)
    )


@pytest.mark.parametrize("role", ["owner", "viewer"])
def test_nobody_writes_a_fence_or_what_would_undo_one(role: str) -> None:
    asked = [(verb, group, of) for group, resources in NEVER.items() for verb, of in product(WRITES, resources)]
    asked += [(verb, access.RBAC, of) for verb in ("bind", "escalate") for of in ("roles", "clusterroles")]
    asked += [("impersonate", "", of) for of in ("users", "groups", "serviceaccounts")]
    assert [what for what in asked if allows(role, *what)] == []


@pytest.mark.parametrize("role", ["owner", "viewer"])
def test_no_role_has_a_wildcard(role: str) -> None:
    rules = access.rules(role)
    assert not [rule for rule in rules if "*" in (*rule["verbs"], *rule["apiGroups"], *rule["resources"])]


@pytest.mark.parametrize(
    ("group", "resource"),
    [
        ("", "configmaps"), ("", "persistentvolumeclaims"), ("", "pods"), ("", "secrets"), ("", "services"),
        ("apps", "deployments"), ("apps", "statefulsets"), ("autoscaling", "horizontalpodautoscalers"), ("batch", "cronjobs"),
        ("batch", "jobs"), ("networking.k8s.io", "ingresses"), ("policy", "poddisruptionbudgets"),
    ],
)  # fmt: skip
def test_owners_run_workloads(group: str, resource: str) -> None:
    assert all(allows("owner", verb, group, resource) for verb in (*WRITES, "get", "list", "watch"))


def test_both_read_what_they_are_refused_by() -> None:
    fences = [("", "resourcequotas"), ("", "limitranges"), ("", "events"), ("networking.k8s.io", "networkpolicies")]
    assert all(allows(role, verb, *of) for role in ("owner", "viewer") for verb in ("get", "list") for of in fences)


def test_viewers_neither_write_nor_read_secrets_nor_open_a_shell() -> None:
    verbs = {verb for rule in access.rules("viewer") for verb in rule["verbs"]}
    assert verbs == {"get", "list", "watch"}
    hidden = ("secrets", "pods/exec", "pods/attach", "pods/portforward")
    assert not [of for of in hidden if allows("viewer", "get", "", of)]


def subject(kind: str, name: str) -> dict[str, Any]:
    return {"kind": kind, "apiGroup": "rbac.authorization.k8s.io", "name": name}


def test_owners_and_viewers_are_bound_by_group_and_by_user() -> None:
    bindings = plan("payments", FULLEST).role_bindings
    assert {role: (manifest["roleRef"]["name"], manifest["subjects"]) for role, manifest in bindings.items()} == {
        "owner": (
            "owner",
            [subject("Group", "payments-team"), subject("Group", "search-team"), subject("User", "ann@example.com")],
        ),
        "viewer": ("viewer", [subject("Group", "support"), subject("User", "bob@example.com")]),
    }


def test_nothing_is_made_for_viewers_where_there_are_none() -> None:
    small = plan("payments", SMALLEST)
    assert (list(small.roles), list(small.role_bindings)) == (["owner"], ["owner"])
    empty = plan("payments", {**SMALLEST, "viewers": {"groups": []}})
    assert list(empty.roles) == ["owner"]
