"""What the rehearsal expects is worked out from the documented defaults alone; the component comes to the same."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.k8s.tenant import plan
from components.shared.inputs import InputError
from hedgerow.facts import quantity
from hedgerow.graph import UNKNOWN, Resource, Snapshot
from hedgerow.rehearsal.fence import OWNER, STRANGER, VIEWER, Subject
from hedgerow.rehearsal.settings import fences, promised
from hedgerow.rehearsal.trials import admission

from ..components.k8s.examples import FULLEST, SMALLEST

CPU = st.one_of(st.integers(2, 5000).map(str), st.integers(200, 99_999).map(lambda number: f"{number}m"))
BYTES = st.integers(64, 4096).map(lambda number: f"{number}Gi")
QUOTAS = st.fixed_dictionaries(
    {"cpu": CPU},
    optional={
        "memory": BYTES,
        "ephemeral_storage": BYTES,
        "storage": st.one_of(st.just("0"), BYTES),
        "gpu": st.integers(0, 64).map(str),
        "devices": st.dictionaries(st.sampled_from(["google.com/tpu", "example.com/card"]), st.integers(0, 9).map(str)),
        "load_balancers": st.integers(0, 9),
        "objects": st.integers(1, 999),
        "pods": st.integers(1, 200),
        "volumes": st.integers(0, 99),
    },
)


@given(QUOTAS)
def test_the_component_keeps_what_its_fields_document(quota: dict[str, Any]) -> None:
    try:
        made = plan("payments", {**SMALLEST, "quota": quota})  # type: ignore[typeddict-item]
    except InputError:
        return
    assert {key: quantity.parse(value) for key, value in made.quota["spec"]["hard"].items()} == promised(quota)


def tenant(name: str, **inputs: Any) -> Resource:
    return Resource(f"urn:{name}", "hedgerow:index:Tenant", name, custom=False, inputs=inputs)


def quota(namespace: str, **spec: Any) -> Resource:
    manifest = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "quota", "namespace": namespace},
        "spec": spec,
    }
    return Resource(f"urn:quota-{namespace}", "kubernetes:core/v1:ResourceQuota", "quota", inputs=manifest)


def test_people_are_who_the_settings_say_and_owners_win() -> None:
    snapshot = Snapshot.of(
        "shop", "dev", [tenant("payments", **{**FULLEST, "viewers": {"groups": ["support", "search-team"]}})]
    )
    (fence,) = fences(snapshot)
    assert (fence.name, fence.tenant, fence.pod_security) == ("payments", True, "baseline")
    assert fence.roles == {
        Subject("group", "payments-team"): OWNER,
        Subject("group", "search-team"): OWNER,
        Subject("group", "support"): VIEWER,
        Subject("user", "ann@example.com"): OWNER,
    }
    assert fence.first(OWNER) == Subject("group", "payments-team")
    assert (fence.role(Subject("group", "others")), fence.role(None)) == (STRANGER, STRANGER)


def test_a_namespace_that_no_tenant_made_has_the_limits_of_its_quota() -> None:
    found = fences(
        Snapshot.of(
            "shop",
            "dev",
            [
                tenant("b", quota={"cpu": "2"}),
                quota("b", hard={"pods": "1"}),
                quota("a", hard={"pods": "7", "services": UNKNOWN}),
            ],
        )
    )
    assert [(fence.name, fence.tenant) for fence in found] == [("a", False), ("b", True)]
    assert found[0].hard == {"pods": Fraction(7)}


@pytest.mark.parametrize("given", [UNKNOWN, {"cpu": UNKNOWN}, None])
def test_a_tenant_whose_quota_nobody_knows_yet_is_not_tried(given: Any) -> None:
    assert fences(Snapshot.of("shop", "dev", [tenant("payments", quota=given)])) == []


def test_what_is_no_quantity_is_left_to_the_server() -> None:
    hard = {"requests.cpu": "100 CPU", "pods": 3, "count/secrets": UNKNOWN, "services": "1.5"}
    inputs = {"apiVersion": "v1", "metadata": {"name": "q", "namespace": "shop"}, "spec": {"hard": hard}}
    quota = Resource("urn:q", "kubernetes:core/v1:ResourceQuota", "q", inputs=inputs)
    (fence,) = fences(Snapshot.of("shop", "dev", [quota]))
    assert fence.hard == {"pods": 3, "services": Fraction(3, 2)}


def test_a_quota_for_some_pods_only_promises_nothing_of_the_others() -> None:
    assert fences(Snapshot.of("shop", "dev", [quota("a", hard={"pods": "7"}, scopes=["BestEffort"])])) == []


@pytest.mark.parametrize(("given", "own"), [({}, "guard"), ({"name": "aws-dev"}, "aws-dev")])
def test_what_the_server_is_to_refuse_is_read_from_the_settings(given: dict[str, str], own: str) -> None:
    inputs = {"label_prefix": "example.com", "policies": {"ns-labels": {"action": "Audit"}}, **given}
    component = Resource("urn:g", "hedgerow:index:Admission", "guard", custom=False, inputs=inputs)
    assert admission.promised(Snapshot.of("shop", "dev", [component])) == admission.Admission(
        "example.com", {"ns-labels": "Audit"}, {"ns-labels": f"ns-labels.{own}.example.com"}
    )
    assert admission.promised(Snapshot.of("shop", "dev", [])) is None
