"""The JSON document: its exact shape, checked against the schema that is published."""

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.graph import Resource, Snapshot
from hedgerow.report import document
from hedgerow.report.verdict import Result

from . import samples

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "preview.schema.json").read_text())


def read(*results: Result, several: bool = False) -> Any:
    found = json.loads(document.text(results, several=several))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


def test_a_document_reads_as_reviewed() -> None:
    verdict = replace(samples.clean(), judged=samples.verdict().judged[1:2])
    samples.golden("preview.json", document.text([verdict], several=False))
    read(verdict)


@pytest.mark.parametrize(
    "result", [samples.verdict(), samples.clean(), samples.failure(), samples.hostile(), samples.manifests()]
)
def test_every_result_is_of_the_published_schema(result: Result) -> None:
    read(result)


def test_several_stacks_are_one_document() -> None:
    found = read(samples.clean(), samples.failure(), several=True)
    assert [(item["stack"], "error" in item) for item in found["previews"]] == [("prod", False), ("broken", True)]


def test_a_folder_lists_what_was_not_read() -> None:
    assert read(samples.manifests())["unread"] == [
        {
            "file": "broken.yaml",
            "line": 7,
            "problem": "broken.yaml:7: is not YAML: mapping values are not allowed here",
        }
    ]


def test_marks_are_texts_and_keys_are_in_order() -> None:
    found = read(samples.clean())
    vpc = next(item for item in found["resources"] if item["type"] == "aws:ec2/vpc:Vpc")
    assert json.dumps(vpc["inputs"]) == '{"cidrBlock": "x", "key": "[secret]", "tags": {"a": "[unknown]", "b": "2"}}'


def test_denied_counts_what_is_mandatory_and_not_exempt() -> None:
    assert read(samples.verdict())["summary"] == {"resources": 104, "findings": 5, "denied": 2, "exempt": 1}


def test_a_verdict_crosses_between_processes_unchanged() -> None:
    verdict = samples.verdict()
    again = pickle.loads(pickle.dumps(verdict))
    assert document.text([again], several=False) == document.text([verdict], several=False)


KEYS = st.one_of(st.text(), st.integers(), st.booleans(), st.none(), st.floats())
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_whatever_yaml_can_hold_makes_strict_json(inputs: dict[str, Any]) -> None:
    snapshot = Snapshot.of("p", "s", [Resource("u::n", "x:y:Z", "n", inputs=inputs)])
    text = document.text([replace(samples.clean(), snapshot=snapshot)], several=False)
    json.loads(text, parse_constant=lambda constant: pytest.fail(constant))
    text.encode("ascii")
