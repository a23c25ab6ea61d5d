"""The example stacks: what is rendered is judged as the preview is, faults included, and differs by cloud as documented."""

import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hedgerow.engine import embedded, project
from hedgerow.graph import Judged, Snapshot, Views
from hedgerow.graph.sources import manifests
from hedgerow.graph.sources.rendered import INDEX
from hedgerow.rendering import folder
from hedgerow.rendering.manifests import render

from ..mutations.test_mutations import TABLE, example, judged, mutated
from ..support import ROOT

STACKS = project.find(ROOT).stack_names()
DOC = ROOT / "docs" / "rendered-manifests.md"
FAULTS = [mutation for mutation in TABLE if ":" not in mutation["of"]]
"""Those of the mutation table that spoil a Kubernetes object."""
PAIRS = [("aws-dev", "gcp-dev"), ("aws-prod", "gcp-prod")]


def loaded(snapshot: Snapshot, place: Path) -> Snapshot:
    """What `check` reads of the folder that a snapshot is rendered to."""
    folder.replace(place / "out", render(snapshot).files)
    found, unread = manifests.load(place / "out")
    assert unread == []
    return found


def of_kubernetes(found: set[Judged], snapshot: Snapshot) -> set[Judged]:
    """Findings but those about what is no part of the Kubernetes half: clusters, nodes, networks."""
    urns = {resource.urn for resource in snapshot.resources}
    outside = {finding for finding in found if finding.urn not in urns}
    assert not [finding for finding in outside if "kubernetes:" in finding.urn.rpartition("::")[0].rpartition("$")[2]]
    return found - outside


@pytest.mark.parametrize("stack", STACKS)
def test_a_rendered_stack_is_judged_as_its_preview(stack: str, tmp_path: Path) -> None:
    snapshot = example(stack)
    found = loaded(snapshot, tmp_path)
    assert judged(found) == of_kubernetes(judged(snapshot), found)
    before, after = Views(snapshot), Views(found)
    assert (after.environment, after.label_prefix, after.contract) == (
        before.environment,
        before.label_prefix,
        before.contract,
    )
    told = [problem for problem in before.reach.problems if problem.urn in found.by_urn]
    assert list(after.reach.problems) == told


@pytest.mark.parametrize("stack", STACKS)
def test_every_object_of_a_stack_is_rendered_as_it_is(stack: str, tmp_path: Path) -> None:
    snapshot = example(stack)
    found = loaded(snapshot, tmp_path).by_urn
    objects = [item for items in Views(snapshot).objects.values() for item in items]
    assert objects
    for item in objects:
        assert dict(found[item.urn].inputs) == without_nulls(item.resource.inputs), item


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("stack", STACKS)
def test_the_order_of_resources_does_not_matter(stack: str) -> None:
    found = example(stack)
    turned = Snapshot(found.project, found.stack, found.resources[::-1], found.config)
    assert render(found).files == render(turned).files


def test_a_stack_is_rendered_the_same_from_another_run() -> None:
    again = embedded.run_all(project.find(ROOT), ["gcp-dev"], lambda snapshot: snapshot)[0].result
    assert again is not None
    assert render(again).files == render(example("gcp-dev")).files


@pytest.mark.parametrize("mutation", FAULTS, ids=lambda mutation: mutation["title"])
def test_a_planted_fault_is_found_in_the_folder_as_in_the_preview(mutation: dict[str, Any], tmp_path: Path) -> None:
    snapshot = mutated(mutation)
    found = loaded(snapshot, tmp_path)
    findings = judged(found)
    assert findings == of_kubernetes(judged(snapshot), found)
    assert {finding.rule for finding in findings} >= set(mutation.get("finds", []))


def differences(one: str, other: str) -> Iterator[str]:
    """What differs between the manifests of two stacks, less their names."""
    left, right = (nameless(stack) for stack in (one, other))
    for path in sorted(left.keys() | right.keys()):
        texts = [files.get(path, "").splitlines() for files in (left, right)]
        lines = difflib.unified_diff(*texts, lineterm="", n=0)
        changed = [line for line in lines if re.match(r"[+-](?![+-]{2})", line)]
        if changed:
            yield f"{path}\n" + "".join(f"{line}\n" for line in changed)


def nameless(stack: str) -> dict[str, str]:
    """The manifests of a stack as if it were called STACK."""
    files = render(example(stack)).files
    return {path.replace(stack, "STACK"): text.replace(stack, "STACK") for path, text in files.items() if path != INDEX}


@pytest.mark.parametrize(("aws", "gcp"), PAIRS)
def test_two_clouds_differ_as_the_page_says(aws: str, gcp: str) -> None:
    block = f"<!-- {aws} {gcp} -->\n```diff\n{''.join(differences(aws, gcp))}```\n"
    there = re.search(rf"<!-- {aws} {gcp} -->\n.*?```\n", DOC.read_text(), re.DOTALL)
    assert there is not None
    if os.environ.get("HEDGEROW_ACCEPT") == "1":
        DOC.write_text(DOC.read_text().replace(there[0], block))
    assert block in DOC.read_text(), "if the difference is meant, run `make accept` and explain it on the page"
