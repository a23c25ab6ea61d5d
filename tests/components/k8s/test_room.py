"""What a workload takes of its tenant's quota, against sums written out here in whole thousandths and bytes."""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.k8s.limits import LEAST, MEMORY_RATIO, limit_range
from components.k8s.quota import hard
from components.k8s.sizes import read_sizes
from components.k8s.workload import plan
from components.shared.inputs import InputError, Wrong
from hedgerow.facts import quantity

from .workloads import SMALLEST, workload

PROBED = SMALLEST["containers"]["main"]
HARD = hard(Wrong(), {"cpu": "10"})
(CONTAINER, *_) = limit_range(HARD)
AMOUNTS = st.tuples(st.integers(1, 4000), st.integers(4, 8000), st.integers(1, 20000), st.integers(0, 7))


def sized(milli: int, mib: int, disk: int, more: int) -> dict[str, Any]:
    """A container with a limit of up to eight times its memory."""
    sizes = {"cpu": f"{milli}m", "memory": f"{mib}Mi", "ephemeral_storage": f"{disk}Mi"}
    limits = {"memory": f"{mib * (1 + more)}Mi", "ephemeral_storage": f"{disk + more}Mi"}
    return {"image": "a/b:1", "requests": sizes, "limits": limits}


@given(
    containers=st.lists(AMOUNTS, min_size=1, max_size=3),
    sidecars=st.lists(AMOUNTS, max_size=2),
    replicas=st.integers(0, 60),
    surge=st.none() | st.integers(0, 20),
)
def test_a_workload_is_taken_exactly_where_its_quota_holds_it(
    containers: list[Any], sidecars: list[Any], replicas: int, surge: int | None
) -> None:
    args = workload(
        containers={f"c{index}": {**PROBED, **sized(*each)} for index, each in enumerate(containers)},
        sidecars={f"s{index}": sized(*each) for index, each in enumerate(sidecars)},
        replicas=replicas,
        rollout={"max_unavailable": 1} | ({} if surge is None else {"max_surge": surge}),
        quota={"cpu": "10"},
    )
    pods = replicas + ((replicas + 3) // 4 if surge is None else surge)
    every = [*containers, *sidecars]
    milli = pods * sum(each[0] for each in every)
    requested = pods * sum(each[1] for each in every)
    limited = pods * sum(each[1] * (1 + each[3]) for each in every)
    disk = pods * sum(each[2] for each in every)
    disk_limit = pods * sum(each[2] + each[3] for each in every)
    # 10 CPU: 4Gi of memory and 10Gi of disk for each, limits half as much again, and 50 pods.
    fits = (
        milli <= 10_000
        and requested <= 40 * 1024
        and limited <= 60 * 1024
        and disk <= 100 * 1024
        and disk_limit <= 150 * 1024
        and pods <= 50
    )
    # One container may have no more than the whole: then its LimitRange says so too.
    bounded = all(each[1] * (1 + each[3]) <= 60 * 1024 and each[2] + each[3] <= 150 * 1024 for each in every)
    told = ""
    try:
        needs = plan("api", args).needs
    except InputError as error:
        needs, told = {}, str(error)
    assert bool(told) != (fits and bounded)
    assert ("the LimitRange of its tenant says" in told) != bounded
    assert ("must fit the quota of its tenant" in told) != fits
    if told:
        return
    mebibyte = 2**20
    assert {key: amount for key, amount in needs.items() if amount} == {
        key: amount
        for key, amount in {
            "limits.ephemeral-storage": disk_limit * mebibyte,
            "limits.memory": limited * mebibyte,
            "pods": pods,
            "requests.cpu": Fraction(milli, 1000),
            "requests.ephemeral-storage": disk * mebibyte,
            "requests.memory": requested * mebibyte,
        }.items()
        if amount
    }


SIZES = st.fixed_dictionaries(
    {},
    optional={
        "cpu": st.sampled_from(["1m", "100m", "2", "7"]),
        "memory": st.sampled_from(["4Mi", "16Mi", "100M", "256Mi", "1Gi", "3Gi", "64Gi", "100Gi"]),
        "ephemeral_storage": st.sampled_from(["1Mi", "256Mi", "2Gi", "5Gi", "200Gi"]),
    },
)


@given(requests=SIZES, limits=SIZES)
def test_whatever_is_left_out_the_limit_range_and_the_api_server_take_what_is_written(
    requests: Any, limits: Any
) -> None:
    wrong = Wrong()
    found = read_sizes(wrong, ("sizes",), requests, limits, CONTAINER)
    if wrong:
        # Only what was typed is refused: where one side is left out, it is made to fit the other.
        assert all(problem.path[1] == "limits" for problem in wrong.problems)
        refused = {problem.path[-1] for problem in wrong.problems}
        assert all(
            field in {**requests, **limits} and (field in limits or too_large(requests[field], field))
            for field in refused
        )
        return
    for of, request in found.requests.items():
        assert request >= quantity.parse(LEAST[of])
        assert request <= found.limits.get(of, request)
    assert found.limits["memory"] <= MEMORY_RATIO * found.requests["memory"]
    for of, most in CONTAINER["max"].items():
        assert found.limits[of] <= quantity.parse(most)


def too_large(given: str, field: str) -> bool:
    return quantity.parse(given) > quantity.parse(CONTAINER["max"][field.replace("_", "-")])
