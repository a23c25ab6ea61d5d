"""Quota keys that limit nothing are told from those that do; roles write what the API server says they may."""

import pytest

from hedgerow.facts import kubernetes


@pytest.mark.parametrize(
    "key",
    [
        *sorted(kubernetes.STANDARD_KEYS),
        "hugepages-2Mi",
        "requests.hugepages-1Gi",
        "requests.nvidia.com/gpu",
        "requests.nvidia.com/mig-1g.5gb",
        "requests.deviceclass.resource.kubernetes.io/gpu",
        "gpu.deviceclass.resource.k8s.io/devices",
        "gold.storageclass.storage.k8s.io/requests.storage",
        "gold.storageclass.storage.k8s.io/persistentvolumeclaims",
        "count/pods",
        "count/secrets",
        "count/jobs.batch",
        "count/deployments.apps",
        "count/networkpolicies.networking.k8s.io",
        "count/widgets.example.com",
        "count/volumesnapshots.snapshot.storage.k8s.io",
    ],
)
def test_keys_that_limit_something(key: str) -> None:
    assert kubernetes.quota_key_problem(key) is None


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("nvidia.com/gpu", "is accepted and never counted; write requests.nvidia.com/gpu"),
        ("limits.nvidia.com/gpu", "is accepted and never counted; write requests.nvidia.com/gpu"),
        (
            "requests.kubernetes.io/gpu",
            "is accepted and never counted; write a key such as requests.nvidia.com/gpu",
        ),
        ("count/deployments", "is accepted and never counted; write count/deployments.apps"),
        ("count/deployments.extensions", "is accepted and never counted; write count/deployments.apps"),
        ("count/secrets.core", "is accepted and never counted; write count/secrets"),
        ("count/jobs.apps", "is accepted and never counted; write count/jobs.batch"),
        ("count/ingresses.apps", "is accepted and never counted; write count/ingresses.networking.k8s.io"),
        (
            "count/widgets",
            "is accepted and never counted; write the resource with its group, such as count/jobs.batch",
        ),
        ("count/events", "is accepted and never counted; leave it out: Kubernetes counts no events"),
        (
            "gpu.deviceclass.resource.k8s.io/gpus",
            "is accepted and never counted; write gpu.deviceclass.resource.k8s.io/devices",
        ),
        (
            "gold.storageclass.storage.k8s.io/storage",
            "is accepted and never counted; write gold.storageclass.storage.k8s.io/requests.storage"
            " or gold.storageclass.storage.k8s.io/persistentvolumeclaims",
        ),
        ("deployments", "is refused by the API server; write count/deployments.apps"),
        ("serviceaccounts", "is refused by the API server; write count/serviceaccounts"),
        (
            "a b",
            "is no quota key: it must have a name part of letters, digits, '-', '_' and '.' with a letter or digit"
            " at both ends, such as tenant",
        ),
    ],
)
def test_keys_that_limit_nothing(key: str, problem: str) -> None:
    assert kubernetes.quota_key_problem(key) == problem


@pytest.mark.parametrize("key", ["gpu", "storage", "limits.hugepages-2Mi", "services.loadbalancer", "limits.storage"])
def test_unknown_plain_keys_are_answered_with_the_known_ones(key: str) -> None:
    problem = kubernetes.quota_key_problem(key)
    assert problem is not None
    assert problem.startswith("is refused by the API server; write one of configmaps, cpu, ephemeral-storage, ")
    assert problem.endswith("services.nodeports, count/… or requests.…/…")


@pytest.mark.parametrize(
    ("key", "canonical"),
    [
        ("cpu", "requests.cpu"),
        ("memory", "requests.memory"),
        ("ephemeral-storage", "requests.ephemeral-storage"),
        ("hugepages-2Mi", "requests.hugepages-2Mi"),
        ("secrets", "count/secrets"),
        ("services", "count/services"),
        ("persistentvolumeclaims", "count/persistentvolumeclaims"),
        ("requests.cpu", "requests.cpu"),
        ("limits.cpu", "limits.cpu"),
        ("pods", "pods"),
        ("count/pods", "count/pods"),
        ("services.loadbalancers", "services.loadbalancers"),
        ("requests.nvidia.com/gpu", "requests.nvidia.com/gpu"),
    ],
)
def test_one_spelling_a_key(key: str, canonical: str) -> None:
    assert kubernetes.canonical_quota_key(key) == canonical
    assert kubernetes.canonical_quota_key(canonical) == canonical
    assert kubernetes.quota_key_problem(canonical) is None


def test_only_cpu_and_memory_force_containers_to_declare_them() -> None:
    assert {
        "cpu",
        "limits.cpu",
        "limits.memory",
        "memory",
        "requests.cpu",
        "requests.memory",
    } == kubernetes.COMPUTE_KEYS


FENCES = ["limitranges", "namespaces", "networkpolicies", "resourcequotas"]


@pytest.mark.parametrize(
    ("role", "writes"),
    [("view", []), ("edit", ["networkpolicies"]), ("admin", ["networkpolicies"]), ("cluster-admin", FENCES)],
)
def test_what_built_in_roles_may_write(role: str, writes: list[str]) -> None:
    assert [fence for fence in FENCES if kubernetes.role_writes(role, fence)] == writes


def test_admin_may_also_grant() -> None:
    assert kubernetes.role_writes("admin", "rolebindings")
    assert not kubernetes.role_writes("edit", "rolebindings")


def test_another_role_is_not_guessed_at() -> None:
    with pytest.raises(LookupError) as error:
        kubernetes.role_writes("developer", "networkpolicies")
    assert str(error.value) == "'developer' is not a built-in role; the facts are of view, edit, admin, cluster-admin"


def test_system_namespaces() -> None:
    assert all(kubernetes.is_system_namespace(name) for name in kubernetes.SYSTEM_NAMESPACES)
    assert kubernetes.is_system_namespace("kube-flannel")
    assert not kubernetes.is_system_namespace("default")
    assert kubernetes.SYSTEM_NAMESPACES | {"default"} == kubernetes.SHARED_NAMESPACES
