"""The same findings wherever the cluster is from: AWS, Google Cloud with pools or Autopilot, or one that exists already;
and whether one stack holds all of it or two share the work.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from hedgerow.graph import Resource, Snapshot
from hedgerow.graph.views import Views

from ..mutations.test_mutations import TABLE, example, judged, mutated

WHOLE = ("aws-dev", "gcp-dev")
SPLIT = ("aws-tenants", "gcp-tenants")
KUBERNETES = [row for row in TABLE if "in" not in row and ":" not in row["of"]]
"""Rows of what a tenant is made of, which is there on every platform."""
OF_ITS_OWN = {"np-dangling", "np-ipblock-internal", "ns-quota-contradiction", "ns-quota-vs-capacity"}
"""Rules that compare a tenant with the nodes or the ranges of its cluster, or with what else is in its stack."""
Told = set[tuple[str, str, bool]]


def said(snapshot: Snapshot) -> Told:
    """Rule, object and certainty of every finding; URNs name stacks, and messages addresses of a cloud."""
    return {
        (found.rule, found.urn.rpartition("::")[2], found.certain)
        for found in judged(snapshot)
        if found.rule not in OF_ITS_OWN
    }


@pytest.mark.parametrize("row", KUBERNETES, ids=lambda row: row["title"])
def test_a_weakened_tenant_is_found_alike_on_every_platform(row: dict[str, Any]) -> None:
    found = {stack: said(mutated({**row, "in": stack})) for stack in (*WHOLE, *SPLIT)}
    assert found == dict.fromkeys(found, found["aws-dev"])


def halves(stack: str) -> tuple[Snapshot, Snapshot]:
    """A whole stack as two: its platform, and its tenants with their provider."""
    whole = example(stack)
    theirs = {urn for urn in whole.by_urn if "Tenant" in urn or "kubernetes:" in urn}
    return of(whole, (item for item in whole.resources if item.urn not in theirs)), of(
        whole, (whole.by_urn[urn] for urn in theirs)
    )


def of(whole: Snapshot, resources: Iterable[Resource]) -> Snapshot:
    return Snapshot.of(whole.project, whole.stack, resources, whole.config)


@cache
def mutation(title: str) -> dict[str, Any]:
    return next(row for row in TABLE if row["title"] == title)


CLOUD = [
    row for row in TABLE if ":" in row["of"] and not row["of"].startswith("hedgerow:") and row.get("in") not in SPLIT
]


@pytest.mark.parametrize("row", [*CLOUD, *KUBERNETES], ids=lambda row: row["title"])
def test_two_stacks_give_together_what_one_gives(row: dict[str, Any]) -> None:
    stack = row.get("in", "aws-dev")
    changed = mutated(row)
    platform, tenants = halves(stack)
    kept = [
        of(changed, (item for item in changed.resources if item.urn in half.by_urn)) for half in (platform, tenants)
    ]
    assert set().union(*(said(half) for half in kept)) == said(changed)


@pytest.mark.parametrize("enforcer", ["vpc-cni", "dataplane-v2", "calico", "cilium", "none"])
@pytest.mark.parametrize("stack", [*WHOLE, *SPLIT])
def test_the_contract_says_who_enforces_whoever_holds_it(stack: str, enforcer: str) -> None:
    whole = example(stack)
    resources = [
        item if item.custom else replace(item, inputs=promising(item.inputs, enforcer)) for item in whole.resources
    ]
    found = [item for item in judged(of(whole, resources)) if item.rule == "np-enforced"]
    name = Views(whole).contract["cluster"]
    fix = "install a network plugin that does, and name it in network_policy"
    expected = [f"Platform '{name}' enforces no NetworkPolicy; {fix}"] if enforcer == "none" else []
    assert [item.message for item in found] == expected


def promising(inputs: Any, enforcer: str) -> Any:
    return {
        key: {**value, "network_policy": enforcer} if isinstance(value, dict) and "network_policy" in value else value
        for key, value in inputs.items()
    }
