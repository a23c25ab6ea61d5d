"""The mutation table of Tenant, run against a server: where preview and server differ, mutations.yaml says why."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from hedgerow.graph import Snapshot
from hedgerow.rehearsal import apply, objects
from hedgerow.rehearsal.plane import ControlPlane
from hedgerow.rehearsal.settings import fences
from hedgerow.rehearsal.trials import Trial, access, filling, pods
from hedgerow.rehearsal.trials.space import Space

from ..mutations.test_mutations import TABLE, mutated

pytestmark = pytest.mark.control_plane
NOT_KUBERNETES = ("NetworkPolicy", "aws:", "gcp:", "hedgerow:")
"""A server stores NetworkPolicies and enforces none; and it knows nothing of clouds."""
ROOMS = {
    "LimitRange": ("filling", "pods"),
    "Namespace": ("pods",),
    "ResourceQuota": ("filling",),
    "ResourceQuota/affinity": ("pods",),
    "Role": ("access",),
    "RoleBinding": ("access",),
}
"""The trials that an object of a kind matters to."""
AT_ONCE = 4
ROWS = {row["title"]: row for row in TABLE if not row["of"].startswith(NOT_KUBERNETES)}


@cache
def expected() -> dict[str, Any]:
    """By title: `rejects` kinds, `fails` trials; `why` where preview and server do not find the same."""
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "mutations.yaml").read_text())
    return found


def elsewhere(snapshot: Snapshot, number: int) -> Snapshot:
    """The same under other names and with a quota that is quickly filled, so that rows do not meet on the server."""
    names = {"payments": f"payments-{number}", "search": f"search-{number}"}
    resources = []
    for resource in snapshot.resources:
        text = json.dumps(resource.inputs, default=lambda mark: {"mark": mark.constant})
        for name, other in names.items():
            text = text.replace(f'"{name}"', f'"{other}"').replace(f"{name}-team", f"{other}-team")
        if resource.type.startswith("kubernetes:") or resource.type.endswith(":Tenant"):
            name = names.get(resource.name, resource.name)
            resources.append(replace(resource, inputs=json.loads(text), name=name))
    return Snapshot.of(snapshot.project, snapshot.stack, resources, snapshot.config)


def rehearsed(plane: ControlPlane, snapshot: Snapshot, namespace: str, rooms: tuple[str, ...]) -> dict[str, list[str]]:
    """What the server rejects, and the trials in a namespace that fail."""
    (stack,) = objects.clusters(snapshot)
    applied = apply.apply(plane.client, stack)
    told = {"rejects": sorted({item.name.split()[0] for item in applied.rejected})}
    if not any(manifest.kind == "Namespace" and manifest.name == namespace for manifest in applied.objects):
        return told
    promised = fences(snapshot)
    fence = next(fence for fence in promised if fence.name == namespace)
    space = Space(plane.client, namespace, fence.shape, fence.defaults)
    space.settle(workloads=False)
    trials = {
        "filling": lambda: filling.trials(fence, space),
        "pods": lambda: pods.trials(fence, space),
        "access": lambda: access.trials(fence, space, promised, applied.objects),
    }
    return told | {"fails": [*shortened([trial for room in rooms for trial in trials[room]()]), *space.wrong]}


def shortened(done: list[Trial]) -> list[str]:
    """What failed; where no limit at all holds, that in one word."""
    failed = [trial.what for trial in done if not trial.holds]
    fills = {trial.what for trial in done if trial.what.startswith("fill ")}
    if fills and fills <= set(failed):
        return ["every fill", *(what for what in failed if what not in fills)]
    return failed


@pytest.fixture(scope="module")
def found(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[dict[str, Future[dict[str, list[str]]]]]:
    """What comes of each row that is asked for, several at a time: most of it is waiting, and they do not meet."""
    asked = {item.callspec.params.get("title") for item in request.session.items if hasattr(item, "callspec")}
    snapshots = {title: elsewhere(mutated(row), number) for number, (title, row) in enumerate(ROWS.items())}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            title: pool.submit(rehearsed, plane, snapshot, f"payments-{list(ROWS).index(title)}", rooms_of(title))
            for title, snapshot in snapshots.items()
            if title in asked
        }


def rooms_of(title: str) -> tuple[str, ...]:
    """The trials that matter to what a row changes."""
    of = ROWS[title]["of"]
    return ROOMS.get(of) or ROOMS[of.partition("/")[0]]


@pytest.mark.parametrize("title", ROWS)
def test_each_weakened_fence_is_found_by_the_trials_it_should(
    found: dict[str, Future[dict[str, list[str]]]], title: str
) -> None:
    number = list(ROWS).index(title)
    told = {
        key: [text.replace(f"-{number}", "") for text in texts] for key, texts in found[title].result().items() if texts
    }
    row = {key: value for key, value in expected()[title].items() if key != "why"}
    assert told == row


def test_every_row_has_an_answer_and_says_why_where_it_differs_from_preview() -> None:
    assert list(expected()) == list(ROWS)
    for title, row in ROWS.items():
        at_preview, on_server = "finds" in row, bool(expected()[title].keys() - {"why"})
        assert (at_preview != on_server) <= ("why" in expected()[title]), title
