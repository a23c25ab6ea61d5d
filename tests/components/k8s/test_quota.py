from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from components.k8s.limits import limit_range
from components.k8s.quota import TenantQuotaArgs, hard
from components.shared.inputs import Wrong
from hedgerow.facts import kubernetes, quantity

DEV = {
    "requests.cpu": "100",
    "requests.memory": "400Gi",
    "limits.memory": "600Gi",
    "requests.ephemeral-storage": "1000Gi",
    "limits.ephemeral-storage": "1500Gi",
    "requests.storage": "2000Gi",
    "pods": "500",
    "persistentvolumeclaims": "50",
    "services": "200",
    "services.loadbalancers": "0",
    "services.nodeports": "0",
    "count/configmaps": "200",
    "count/cronjobs.batch": "200",
    "count/ingresses.networking.k8s.io": "0",
    "count/jobs.batch": "200",
    "count/secrets": "200",
    "requests.amd.com/gpu": "0",
    "requests.aws.amazon.com/neuron": "0",
    "requests.aws.amazon.com/neuroncore": "0",
    "requests.google.com/tpu": "0",
    "requests.nvidia.com/gpu": "0",
    "requests.nvidia.com/gpu.shared": "0",
    "requests.vpc.amazonaws.com/efa": "0",
}
TINY = {
    "requests.cpu": "500m",
    "requests.memory": "2Gi",
    "limits.memory": "3Gi",
    "requests.ephemeral-storage": "5Gi",
    "limits.ephemeral-storage": "7680Mi",
    "requests.storage": "10Gi",
    "pods": "10",
    "persistentvolumeclaims": "10",
    **{f"count/{of}": "100" for of in ("configmaps", "cronjobs.batch", "jobs.batch", "secrets")},
    "services": "100",
}

CPU = st.integers(100, 2_000_000).map(lambda milli: f"{milli}m")
BYTES = st.builds(
    lambda number, suffix: f"{number}{suffix}", st.integers(1, 5000), st.sampled_from(["Mi", "Gi", "M", "G"])
)
QUOTA = st.fixed_dictionaries(
    {"cpu": CPU},
    optional={
        "ephemeral_storage": BYTES,
        "load_balancers": st.integers(0, 50),
        "memory": BYTES,
        "memory_limit": BYTES,
        "pods": st.integers(1, 5000),
        "storage": st.just("0") | BYTES,
        "volumes": st.integers(0, 500),
    },
)


def computed(**args: Any) -> dict[str, str]:
    wrong = Wrong()
    found = hard(wrong, TenantQuotaArgs(**args))
    assert not wrong, [str(problem) for problem in wrong.problems]
    return found


def problems(**args: Any) -> list[str]:
    wrong = Wrong()
    hard(wrong, TenantQuotaArgs(**args))
    return [str(problem) for problem in wrong.problems]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"cpu": "100"}, DEV),
        ({"cpu": "500m"}, DEV | TINY),
        ({"cpu": "0.5"}, DEV | TINY),
        ({"cpu": 100}, DEV),
        ({"cpu": "100", "pods": 50.0}, DEV | {"pods": "50"}),
        ({"cpu": "100", "gpu": "100"}, DEV | {"requests.nvidia.com/gpu": "100"}),
        ({"cpu": "100", "devices": {"google.com/tpu": "4"}}, DEV | {"requests.google.com/tpu": "4"}),
        ({"cpu": "100", "devices": {"nvidia.com/mig-1g.5gb": "7"}}, DEV | {"requests.nvidia.com/mig-1g.5gb": "7"}),
        ({"cpu": "100", "memory": "100G"}, DEV | {"requests.memory": "100G", "limits.memory": "150G"}),
        ({"cpu": "100", "memory": "512Gi"}, DEV | {"requests.memory": "512Gi", "limits.memory": "768Gi"}),
        ({"cpu": "100", "memory_limit": "1Ti"}, DEV | {"limits.memory": "1Ti"}),
        ({"cpu": "100", "storage": "0"}, DEV | {"requests.storage": "0", "persistentvolumeclaims": "0"}),
        (
            {"cpu": "100", "load_balancers": 2},
            DEV | {"services.loadbalancers": "2", "services.nodeports": "10", "count/ingresses.networking.k8s.io": "2"},
        ),
    ],
)
def test_every_key_is_written_out(args: dict[str, Any], expected: dict[str, str]) -> None:
    assert computed(**args) == expected


def test_every_key_is_one_that_the_cluster_counts() -> None:
    assert {key: kubernetes.quota_key_problem(key) for key in DEV} == dict.fromkeys(DEV)
    assert "limits.cpu" not in DEV, "it would force a CPU limit on every container"
    assert all(
        key == kubernetes.canonical_quota_key(key) for key in DEV if key not in ("persistentvolumeclaims", "services")
    )


@given(CPU, CPU)
def test_more_cpu_never_gives_less_of_anything(one: str, other: str) -> None:
    less, more = sorted((one, other), key=quantity.parse)
    small, large = computed(cpu=less), computed(cpu=more)
    assert all(quantity.parse(small[key]) <= quantity.parse(large[key]) for key in small)


@given(QUOTA)
def test_a_limit_range_fits_every_quota_that_is_accepted(args: dict[str, Any]) -> None:
    wrong = Wrong()
    quota = hard(wrong, TenantQuotaArgs(**args))
    assume(not wrong)
    container, *volume = limit_range(quota)
    read = {
        part: {of: quantity.parse(text) for of, text in container[part].items()} for part in container if part != "type"
    }
    pods, zero = int(quota["pods"]), Fraction(0)
    for of in ("cpu", "memory", "ephemeral-storage"):
        most = quantity.parse(quota[f"requests.{of}"])
        assert zero < read["min"][of] <= read["defaultRequest"][of] <= most
        assert read["defaultRequest"][of] * pods <= most, "as many pods as are counted fit in with the default"
    for of in ("memory", "ephemeral-storage"):
        most = quantity.parse(quota[f"limits.{of}"])
        assert read["defaultRequest"][of] <= read["default"][of] <= read["max"][of] <= most
        assert read["default"][of] * pods <= most
    ratio = read["maxLimitRequestRatio"]
    assert set(ratio) == {"memory"}, "a ratio for CPU would force a CPU limit"
    assert "cpu" not in read["max"] | read["default"], "so would a maximum or a default"
    assert read["default"]["memory"] <= read["defaultRequest"]["memory"] * ratio["memory"]
    assert ratio["memory"] <= read["max"]["memory"] / read["min"]["memory"], (
        "the API server refuses the LimitRange else"
    )
    assert bool(volume) == (quota["requests.storage"] != "0")
    for item in volume:
        assert quantity.parse(item["min"]["storage"]) <= quantity.parse(item["max"]["storage"])
        assert item["max"]["storage"] == quota["requests.storage"]


@given(QUOTA)
def test_every_compute_key_of_the_quota_has_a_default(args: dict[str, Any]) -> None:
    wrong = Wrong()
    quota = hard(wrong, TenantQuotaArgs(**args))
    assume(not wrong)
    container = limit_range(quota)[0]
    for key in quota.keys() & kubernetes.COMPUTE_KEYS:
        side, of = key.split(".")
        assert of in container["defaultRequest" if side == "requests" else "default"]


@pytest.mark.parametrize(
    ("quota", "container"),
    [
        (
            {"cpu": "100"},
            {
                "default": {"memory": "512Mi", "ephemeral-storage": "2Gi"},
                "defaultRequest": {"cpu": "100m", "memory": "256Mi", "ephemeral-storage": "256Mi"},
                "max": {"memory": "600Gi", "ephemeral-storage": "1500Gi"},
            },
        ),
        (
            {"cpu": "500m"},
            {
                "default": {"memory": "307Mi", "ephemeral-storage": "768Mi"},
                "defaultRequest": {"cpu": "50m", "memory": "204Mi", "ephemeral-storage": "256Mi"},
                "max": {"memory": "3Gi", "ephemeral-storage": "7680Mi"},
            },
        ),
        (
            {"cpu": "1", "memory": "64Mi", "memory_limit": "1Ti", "pods": 16},
            {
                "default": {"memory": "32Mi", "ephemeral-storage": "960Mi"},
                "defaultRequest": {"cpu": "62m", "memory": "4Mi", "ephemeral-storage": "256Mi"},
                "max": {"memory": "1Ti", "ephemeral-storage": "15Gi"},
            },
        ),
    ],
)
def test_a_container_that_says_nothing_gets_a_share_up_to_the_usual(
    quota: dict[str, Any], container: dict[str, Any]
) -> None:
    assert limit_range(computed(**quota))[0] == {
        "type": "Container",
        "min": {"cpu": "1m", "memory": "4Mi", "ephemeral-storage": "1Mi"},
        "maxLimitRequestRatio": {"memory": "8"},
        **container,
    }


NUMBER = "type a number such as '250m', '1.5' or '400Gi'"
BYTES_RULE = "must be from 64Mi to 1Ei"
BYTES_FIX = "type '64Mi' or more, up to '1Ei'"


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"cpu": "lots"}, [f"quota.cpu must be a Kubernetes quantity, got 'lots'; {NUMBER}"]),
        ({"cpu": ""}, [f"quota.cpu must be a Kubernetes quantity, got ''; {NUMBER}"]),
        ({"cpu": ["1"]}, [f"quota.cpu must be a Kubernetes quantity, got ['1']; {NUMBER}"]),
        ({"cpu": "-1"}, ["quota.cpu must be from 100m to 1M, got '-1'; type '100m' or more, up to '1M'"]),
        ({"cpu": "0"}, ["quota.cpu must be from 100m to 1M, got '0'; type '100m' or more, up to '1M'"]),
        ({"cpu": "100Gi"}, ["quota.cpu must be from 100m to 1M, got '100Gi'; type '100m' or more, up to '1M'"]),
        ({"cpu": "1", "memory": "512m"}, [f"quota.memory {BYTES_RULE}, got '512m'; {BYTES_FIX}"]),
        ({"cpu": "1", "memory": "4GB"}, [f"quota.memory must be a Kubernetes quantity, got '4GB'; {NUMBER}"]),
        ({"cpu": "1", "ephemeral_storage": "0"}, [f"quota.ephemeral_storage {BYTES_RULE}, got '0'; {BYTES_FIX}"]),
        ({"cpu": "1", "storage": "100"}, ["quota.storage must be 0 or at least 1Gi, got '100'; type '1Gi'"]),
        (
            {"cpu": "1", "storage": "-1Gi"},
            ["quota.storage must be from 0 to 1Ei, got '-1Gi'; type '0' or more, up to '1Ei'"],
        ),
        ({"cpu": "1", "gpu": "0.5"}, ["quota.gpu must be a whole number, got '0.5'; type '1'"]),
        ({"cpu": "1", "gpu": "-1"}, ["quota.gpu must be from 0 to 1M, got '-1'; type '0' or more, up to '1M'"]),
        ({"cpu": "1", "pods": 0}, ["quota.pods must be a whole number from 1 to 10000000, got 0; type one, such as 1"]),
        (
            {"cpu": "1", "pods": 1.5},
            ["quota.pods must be a whole number from 1 to 10000000, got 1.5; type one, such as 1"],
        ),
        (
            {"cpu": "1", "pods": True},
            ["quota.pods must be a whole number from 1 to 10000000, got True; type one, such as 1"],
        ),
        (
            {"cpu": "1", "volumes": -1},
            ["quota.volumes must be a whole number from 0 to 10000000, got -1; type one, such as 1"],
        ),
        (
            {"cpu": "1", "devices": {"nvidia.com/gpu": "1"}},
            ["quota.devices.nvidia.com/gpu must be given as gpu, got '1'; type gpu: '1'"],
        ),
        (
            {"cpu": "1", "devices": {"tpu": "1"}},
            ["quota.devices.tpu must be named as the nodes offer it, got 'tpu'; type a name such as 'google.com/tpu'"],
        ),
        (
            {"cpu": "1", "devices": {"requests.google.com/tpu": "1", "kubernetes.io/x": "1"}},
            [
                f"quota.devices.{name} must be named as the nodes offer it, got '{name}'; type a name such as 'google.com/tpu'"
                for name in ("requests.google.com/tpu", "kubernetes.io/x")
            ],
        ),
        (
            {"cpu": "1", "devices": {"google.com/tpu": "x"}},
            [f"quota.devices.google.com/tpu must be a Kubernetes quantity, got 'x'; {NUMBER}"],
        ),
        (
            {"cpu": "1", "memory_limit": "1Gi"},
            ["quota.memory_limit must be at least memory, 4Gi, got '1Gi'; type '4Gi' or more"],
        ),
        (
            {"cpu": "100m", "pods": 101},
            ["quota.cpu must be at least 1m for each of 101 pods, got '100m'; type '101m' or more, or fewer pods"],
        ),
        (
            {"cpu": "1", "memory": "64Mi", "pods": 20},
            ["quota.memory must be at least 4Mi for each of 20 pods, got '64Mi'; type '80Mi' or more, or fewer pods"],
        ),
        (
            {"cpu": "lots", "memory": "x", "pods": -1},
            [
                f"quota.cpu must be a Kubernetes quantity, got 'lots'; {NUMBER}",
                f"quota.memory must be a Kubernetes quantity, got 'x'; {NUMBER}",
                "quota.pods must be a whole number from 1 to 10000000, got -1; type one, such as 1",
            ],
        ),
    ],
)
def test_fails_when_a_quota_cannot_be_held(args: dict[str, Any], expected: list[str]) -> None:
    assert problems(**args) == expected


@given(
    st.fixed_dictionaries({"cpu": st.text(max_size=8)}, optional={"memory": st.text(max_size=8), "gpu": st.floats()})
)
def test_any_text_is_either_a_quota_or_a_problem(args: dict[str, Any]) -> None:
    wrong = Wrong()
    found = hard(wrong, TenantQuotaArgs(**args))
    assert found if not wrong else all(problem.path[0] == "quota" for problem in wrong.problems)
