"""Capacity and difference in every report: the exact words, the published schema, and nothing of a secret."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.cells import cell_len

from hedgerow.graph import SECRET, UNKNOWN, Resource, Snapshot, Views
from hedgerow.graph.capacity import capacity
from hedgerow.graph.diff import Difference, difference
from hedgerow.graph.sources.example import snapshot
from hedgerow.report import document, markdown, text
from hedgerow.report.verdict import Verdict

from . import samples

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "preview.schema.json").read_text())
OBJECTS: list[dict[str, Any]] = [
    {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "quota", "namespace": "payments"},
        "spec": {"hard": {"requests.cpu": "6", "requests.memory": "8Gi", "requests.nvidia.com/gpu": "1"}},
    },
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "api", "namespace": "payments"},
        "spec": {
            "replicas": "<unknown>",
            "template": {"spec": {"containers": [{"name": "api", "resources": {"requests": {"cpu": "250m"}}}]}},
        },
    },
]
NODES: list[dict[str, Any]] = [
    {"type": "aws:eks/cluster:Cluster", "name": "main"},
    {
        "type": "aws:eks/nodeGroup:NodeGroup",
        "name": "general",
        "inputs": {
            "instanceTypes": ["m7i.large"],
            "diskSize": 100,
            "scalingConfig": {"minSize": 1, "maxSize": 3},
        },
    },
]
SERVICE, DEPLOYMENT = "kubernetes:core/v1:Service", "kubernetes:apps/v1:Deployment"


def full() -> Verdict:
    """A verdict with a gap, a doubt, an unknown, and one of each kind of change."""
    answers = capacity(Views(snapshot({"objects": OBJECTS, "resources": NODES})))
    return replace(samples.clean(), capacity=answers).compared(changes())


def changes() -> Difference:
    labels = {"a": "1", "b": "2", "c": "3", "d": "4"}
    before = [
        made(SERVICE, "api", spec={"clusterIP": "10.0.0.1", "ports": [1]}),
        made(DEPLOYMENT, "web", metadata={"labels": labels}, spec={"replicas": 1}),
        made("kubernetes:core/v1:Namespace", "gone", metadata={"name": "gone"}),
        made("aws:sqs/queue:Queue", "queue", fifo=False, password="open"),
    ]
    after = [
        made(SERVICE, "api", spec={"clusterIP": "10.0.0.2", "ports": [1, 2]}),
        made(DEPLOYMENT, "front", metadata={"labels": labels}, spec={"replicas": 2}),
        made("aws:sqs/queue:Queue", "queue", fifo=True, password=SECRET),
        *(made("kubernetes:core/v1:ConfigMap", f"map-{number:02}") for number in range(22)),
    ]
    return difference(Snapshot.of("shop", "prod", before), Snapshot.of("shop", "prod", after), "main")


def made(type_: str, called: str, /, **inputs: Any) -> Resource:
    return Resource(f"urn:pulumi:prod::shop::{type_}::{called}", type_, called, inputs=inputs)


def terminal(verdict: Verdict, width: int | None = None) -> str:
    return "".join(f"{line.plain}\n" for line in text.fit(text.report(verdict), width))


def test_the_sections_read_as_reviewed() -> None:
    whole = terminal(full())
    samples.golden("sections.txt", whole[whole.index("Capacity") :])


@pytest.mark.parametrize("width", [24, 40, 80])
def test_no_line_of_them_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(cell_len, terminal(full(), width).splitlines())) <= width


def test_the_markdown_reads_as_reviewed() -> None:
    samples.golden("sections.md", markdown.text([full()]))


def test_shortened_markdown_keeps_the_counts_and_what_does_not_fit() -> None:
    short = markdown.text([full()], most=1800)
    assert "1 to delete, 1 to replace, 1 to update or replace, 1 to rename, 22 to create" in short
    assert "Capacity: requests.nvidia.com/gpu does not fit, by 1" in short
    assert "map-00" not in short


def test_the_document_is_of_the_published_schema() -> None:
    told = json.loads(document.text([full()], several=False))
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    assert told["capacity"][0]["rows"][0] == {
        "resource": "cpu",
        "unlimited": 0,
        "promised": "6",
        "besides": "0",
        "asked": "0.5",
        "held_least": "1.58",
        "held_most": "5.14",
        "behind_taints": "0",
    }
    assert told["difference"]["summary"] == {
        "delete": 1,
        "replace": 1,
        "update or replace": 1,
        "rename": 1,
        "create": 22,
        "same": 0,
        "filled": 0,
    }
    assert len(told["difference"]["changes"]) == 26


def test_a_secret_is_shown_nowhere() -> None:
    hidden = made("aws:sqs/queue:Queue", "queue", password=SECRET)
    known = made("aws:sqs/queue:Queue", "queue", password=UNKNOWN)
    found = difference(Snapshot.of("s", "p", [hidden]), Snapshot.of("s", "p", [known]), "main")
    assert found.changes == ()
    assert 'password: "[secret]" → "[secret]"' in terminal(full())


def test_without_a_comparison_there_is_no_difference() -> None:
    verdict = samples.clean()
    assert "Difference" not in terminal(verdict)
    assert "difference" not in json.loads(document.text([verdict], several=False))


def test_a_stack_that_is_new_is_told_in_one_line() -> None:
    new = samples.clean().compared(replace(changes(), new=True))
    assert "  against main: nothing is there yet, everything is new\n" in terminal(new)
    assert "map-00" not in terminal(new)


def test_a_base_that_does_not_run_leaves_the_verdict_as_it_is() -> None:
    failed = samples.clean().compared(Difference("main", failed="the program failed: KeyError: 'x'"))
    assert "  against main: not known\n    the program failed: KeyError: 'x'\n" in terminal(failed)
    assert failed.exit_code == samples.clean().exit_code
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(document.text([failed], several=False)))


def test_nothing_in_a_name_moves_the_cursor() -> None:
    hostile = made("kubernetes:core/v1:ConfigMap", samples.HOSTILE, data=samples.HOSTILE)
    found = difference(Snapshot.of("s", "p", []), Snapshot.of("s", "p", [hostile]), samples.HOSTILE)
    told = terminal(samples.clean().compared(found))
    assert "\x1b" not in told
    assert "\u202e" not in told
    out = io.StringIO()
    out.write(markdown.text([samples.clean().compared(found)]))
    assert "<script>" not in out.getvalue()
