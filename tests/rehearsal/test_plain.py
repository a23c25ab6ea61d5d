"""Namespaces that no Tenant made are read from their own objects."""

from typing import Any

import pytest

from hedgerow.graph import UNKNOWN, Resource, Snapshot
from hedgerow.rehearsal.fence import BOUND, EVERYBODY, Subject
from hedgerow.rehearsal.settings import fences

LEVEL = "pod-security.kubernetes.io/enforce"


def made(kind: str, name: str, namespace: str = "", group: str = "core/v1", **more: Any) -> Resource:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **more.pop("metadata", {})}
    urn = f"urn:{kind}-{namespace}-{name}"
    return Resource(urn, f"kubernetes:{group}:{kind}", name, inputs={"kind": kind, "metadata": metadata, **more})


def quota(name: str, hard: Any, **spec: Any) -> Resource:
    return made("ResourceQuota", name, "shop", spec={"hard": hard, **spec})


def binding(kind: str, *subjects: Any, namespace: str = "") -> Resource:
    role = {"kind": "ClusterRole", "name": "edit"}
    return made(kind, "people", namespace, "rbac.authorization.k8s.io/v1", subjects=list(subjects), roleRef=role)


def read(*resources: Resource) -> Any:
    return fences(Snapshot.of("shop", "dev", [made("Namespace", "shop"), *resources]))


def test_one_with_nothing_around_it_has_no_fence() -> None:
    assert read() == []


def test_of_several_quotas_the_least_counts_and_scoped_ones_do_not() -> None:
    (fence,) = read(
        quota("a", {"pods": "3", "cpu": "2"}),
        quota("b", {"pods": "5", "cpu": "1"}),
        quota("c", {"pods": "1"}, scopes=["BestEffort"]),
        quota("d", UNKNOWN),
    )
    assert (fence.name, fence.hard, fence.tenant, fence.bare) == ("shop", {"pods": 3, "cpu": 1}, False, False)
    assert fence.shape.requests == {"cpu"}


def test_limits_alone_are_a_fence() -> None:
    item = {"type": "Container", "max": {"cpu": "2"}, "default": {"cpu": "1"}}
    (fence,) = read(made("LimitRange", "limits", "shop", spec={"limits": [item]}))
    assert (fence.hard, fence.limited, fence.bare, fence.shape.most) == ({}, True, False, {"cpu": 2})
    assert fence.defaults is not None
    assert fence.defaults.limits == {"cpu": 1000}


def test_what_a_container_gets_is_not_known_where_a_part_is_hidden() -> None:
    (fence,) = read(made("LimitRange", "limits", "shop", spec={"limits": [{"type": "Container"}, UNKNOWN]}))
    assert (fence.limited, fence.defaults) == (True, None)


@pytest.mark.parametrize(("level", "found"), [("restricted", ["restricted"]), ("privileged", []), (UNKNOWN, [])])
def test_a_pod_security_level_is_one_where_it_keeps_anything_out(level: Any, found: list[str]) -> None:
    space = made("Namespace", "other", metadata={"labels": {LEVEL: level}})
    told = read(space)
    assert [(fence.pod_security, fence.bare) for fence in told] == [(one, True) for one in found]


def test_whoever_is_bound_in_it_or_in_the_whole_cluster_is_asked_about() -> None:
    group = {"kind": "Group", "name": "shop-team"}
    robot = {"kind": "ServiceAccount", "name": "robot", "namespace": "shop"}
    (fence,) = read(
        binding("RoleBinding", group, robot, UNKNOWN, namespace="shop"),
        binding("ClusterRoleBinding", {"kind": "User", "name": "ann"}, {"kind": "Group", "name": "system:masters"}),
        binding("RoleBinding", {"kind": "User", "name": "bob"}, namespace="elsewhere"),
    )
    assert fence.roles == {Subject("group", "shop-team"): BOUND, Subject("user", "ann"): BOUND}


def test_whoever_has_an_account_may_be_bound() -> None:
    everybody = {"kind": "Group", "name": "system:authenticated"}
    (fence,) = read(binding("RoleBinding", everybody, namespace="shop"))
    assert fence.role(EVERYBODY) == BOUND


def test_a_binding_of_the_cluster_alone_fences_nothing() -> None:
    assert read(binding("ClusterRoleBinding", {"kind": "User", "name": "ann"})) == []


def test_the_clusters_own_namespaces_are_let_be() -> None:
    assert read(made("Namespace", "kube-system", metadata={"labels": {LEVEL: "restricted"}})) == []
