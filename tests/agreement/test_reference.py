"""The reference program, embedded, agrees with what a real engine recorded of it."""

import json

import pytest
import yaml

from hedgerow.graph.sources import state

from . import compare
from .reading import REFERENCE, as_the_pack_sees, embedded

ALLOWED = yaml.safe_load((REFERENCE.parent / "allowed.yaml").read_text())


def test_at_most_ten_differences_are_allowed_and_none_in_links_or_findings() -> None:
    assert len(ALLOWED) <= 10
    assert not {"op", "urn", "parent", "dependencies", "property_dependencies", "finding"} & ALLOWED.keys()


@pytest.mark.parametrize(
    ("program", "recorded", "expected"),
    [
        ("program", "preview", {"auto_name", "known_later", "computed_outputs", "secret_data", "text_for_number"}),
        ("program", "up", {"auto_name", "known_later", "computed_outputs", "secret_data", "text_for_number"}),
        (
            "program_changed",
            "change",
            {"auto_name", "known_later", "computed_outputs", "secret_data", "text_for_number"},
        ),
    ],
)
def test_the_pack_sees_what_the_embedded_engine_records(program: str, recorded: str, expected: set[str]) -> None:
    """Exactly the expected kinds of difference: one that is gone must leave the list too."""
    found = list(compare.differences(embedded(program), as_the_pack_sees(recorded)))
    assert [text for kind, text in found if kind not in ALLOWED] == []
    assert {kind for kind, _ in found} == expected


def test_the_exported_state_is_what_the_embedded_engine_records() -> None:
    found = list(compare.differences(embedded("program"), state.load(REFERENCE / "state.json")))
    assert [text for kind, text in found if kind not in ALLOWED] == []


def test_secrets_are_marked_in_every_reading_and_their_values_kept_in_none() -> None:
    readings = [
        embedded("program"),
        as_the_pack_sees("preview"),
        as_the_pack_sees("up"),
        state.load(REFERENCE / "state.json"),
    ]
    for reading in readings:
        text = repr(reading.resources)
        assert "[secret]" in text
        for value in (
            "hunter2-not-real",
            "aHVudGVyMi1ub3QtcmVhbA",
            "not-a-real-token",
            "kubeconfig-not-real",
            "ciphertext",
        ):
            assert value not in text
        platform = next(resource for resource in reading.resources if resource.name == "platform")
        assert repr(platform.inputs["kubeconfig"]) == "[secret]"


def test_a_tampered_recording_is_noticed() -> None:
    """The comparison itself can fail: one changed value, one lost resource and one lost link are each reported."""
    export = json.loads((REFERENCE / "state.json").read_text())
    resources = export["deployment"]["resources"]
    quota = next(entry for entry in resources if entry["urn"].endswith("payments-quota"))
    quota["inputs"]["spec"]["hard"]["requests.cpu"] = "101"
    quota["dependencies"] = []
    resources.remove(next(entry for entry in resources if entry["urn"].endswith("main-private-1")))
    kinds = {kind for kind, _ in compare.differences(embedded("program"), state.snapshot(export))}
    assert kinds - ALLOWED.keys() == {"urn", "value", "dependencies"}
