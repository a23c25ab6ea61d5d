"""The mutation table: each weakened fence gives exactly the rules that it should."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from hedgerow.engine import embedded, project
from hedgerow.graph import Judged, Resource, Snapshot, judge
from policies import catalog

from ..support import ROOT

TABLE, WORKLOADS = (
    yaml.safe_load((Path(__file__).parent / name).read_text()) for name in ("table.yaml", "workloads.yaml")
)
EXAMPLE = "aws-dev"
STACKS = sorted({EXAMPLE, *(row["in"] for row in TABLE if "in" in row)})
TENANT, WORKLOAD = "hedgerow:index:Tenant::payments", "hedgerow:index:Workload::"


@cache
def example(stack: str = EXAMPLE) -> Snapshot:
    run = embedded.run_all(project.find(ROOT), [stack], lambda snapshot: snapshot)[0]
    assert run.result is not None, run.error
    return run.result


@cache
def rules() -> tuple[Any, ...]:
    return tuple(catalog.load(ROOT / "policies"))


def judged(snapshot: Snapshot) -> set[Judged]:
    return set(judge(snapshot, rules(), today=date(2026, 11, 21)))


def meant(resource: Resource, of: str, within: str = TENANT) -> bool:
    if ":" in of:
        return resource.type == of
    kind, name = of.split("/")
    inside = resource.parent.endswith(within) and resource.inputs.get("kind") == kind
    return inside and name in ("*", resource.inputs["metadata"]["name"])


def mutated(mutation: dict[str, Any]) -> Snapshot:
    snapshot = example(mutation.get("in", EXAMPLE))
    within = f"{WORKLOAD}{mutation['within']}" if "within" in mutation else TENANT
    chosen = [resource for resource in snapshot.resources if meant(resource, mutation["of"], within)]
    assert chosen, f"nothing in {snapshot.stack} is {mutation['of']}"
    others = [resource for resource in snapshot.resources if resource not in chosen]
    changed = [] if mutation.get("remove") else [weakened(resource, mutation) for resource in chosen]
    assert mutation.get("remove") or changed != chosen, "the mutation changes nothing"
    return Snapshot.of(snapshot.project, snapshot.stack, [*others, *changed], snapshot.config)


def weakened(resource: Resource, mutation: dict[str, Any]) -> Resource:
    inputs = copy.deepcopy(dict(resource.inputs))
    for change in (mutation, *mutation.get("and", [])):
        *path, last = change.get("drop") or change["set"]
        at: Any = inputs
        for step in path:
            at = at[step] if isinstance(step, int) else at.setdefault(step, {})
        if "drop" in change:
            del at[last]
        else:
            at[last] = change["to"]
    return replace(resource, inputs=inputs, outputs=inputs)


@pytest.mark.parametrize("stack", STACKS)
def test_the_example_itself_is_clean(stack: str) -> None:
    assert judged(example(stack)) == set()


@pytest.mark.parametrize("mutation", [*TABLE, *WORKLOADS], ids=lambda mutation: mutation["title"])
def test_each_weakened_fence_gives_the_rules_it_should(mutation: dict[str, Any]) -> None:
    found = judged(mutated(mutation))
    assert ("none" in mutation) != bool({"finds", "maybe"} & mutation.keys()), "a row names rules or says why none"
    for kind, certain in (("finds", True), ("maybe", False)):
        rules_found = {finding.rule for finding in found if finding.certain == certain}
        assert sorted(rules_found) == mutation.get(kind, []), [item.message for item in found]


def test_every_child_of_a_tenant_stands_in_the_table() -> None:
    def children() -> Iterator[str]:
        for resource in example().resources:
            if resource.parent.endswith(TENANT) and resource.custom:
                yield f"{resource.inputs['kind']}/{resource.inputs['metadata']['name']}"

    removed = {row["of"] for row in TABLE if row.get("remove") and "/" in row["of"] and ":" not in row["of"]}
    assert set(children()) == {of for of in removed if not of.endswith("*")}


def test_every_child_of_a_workload_stands_in_the_table() -> None:
    children = {
        (resource.parent.rpartition(WORKLOAD)[2], f"{resource.inputs['kind']}/{resource.inputs['metadata']['name']}")
        for resource in example().resources
        if WORKLOAD in resource.parent
    }
    assert children == {(row["within"], row["of"]) for row in WORKLOADS if row.get("remove")}
