"""What the `admission` block of a rule may say: its form is checked with the rest of the rule, every problem at once."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hedgerow.facts.admission import filled, words
from hedgerow.facts.problem import BadInput
from policies import catalog

from ..support import ROOT

GOOD: dict[str, Any] = {
    "operations": ["CREATE"],
    "resources": {"v1": ["pods"]},
    "validations": [{"expression": "<keys>.all(key, key in object.metadata.labels)", "message": "add <keys>"}],
}


def told(tmp_path: Path, block: Any) -> list[str]:
    """What the catalogue says of a rule that has the block."""
    folder = tmp_path / "rules" / "ns"
    folder.mkdir(parents=True)
    (folder / "named.py").write_text("def check(views, config):\n    yield from ()\n")
    rule = {
        **dict.fromkeys(("title", "why", "remedy"), "text"),
        "severity": "low",
        "levels": dict.fromkeys(("dev", "staging", "prod"), "advisory"),
        "references": ["a page"],
        "judges": ["Pod"],
        "config": {"keys": ["a"]},
        "admission": block,
        "examples": {"allow": [], "deny": [], "unknown": []},
    }
    (folder / "named.yaml").write_text(yaml.safe_dump(rule, sort_keys=False))
    try:
        (found,) = catalog.load(folder.parent)
    except BadInput as refused:
        return [str(problem).partition(": ")[2] for problem in refused.problems]
    assert found.admission == block
    return []


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({}, []),
        ({"scope": "managed", "spares_system": True, "conditions": {"one": "true"}}, []),
        ({"parameter": {"api": "v1", "kind": "ResourceQuota", "name": "quota"}}, []),
        ({"operations": []}, ["admission.operations must be a list that is not empty, got []"]),
        (
            {"operations": ["Create"]},
            ["admission.operations must be one of CREATE, UPDATE, DELETE, CONNECT, got 'Create'"],
        ),
        (
            {"resources": {"v1": []}},
            ["admission.resources must name resources by API group and version, got {'v1': []}"],
        ),
        ({"scope": "all"}, ["admission.scope must be one of everywhere, managed, tenants, got 'all'"]),
        ({"spares_system": "yes"}, ["admission.spares_system must be true or false, got 'yes'"]),
        ({"conditions": ["true"]}, ["admission.conditions must be a mapping, got ['true']"]),
        ({"conditions": {"one": 1}}, ["admission.conditions.one must be text, got 1"]),
        ({"parameter": {"kind": "ResourceQuota", "name": "quota"}}, ["admission.parameter.api is missing; write it"]),
        ({"validations": [{"expression": "true"}]}, ["admission.validations.0.message is missing; write it"]),
        (
            {"validations": [{"expression": "<pattern> in <prefix>", "message": "no"}]},
            ["admission names <pattern>, which is no setting of the rule; known here: <prefix>, <keys>"],
        ),
        (
            {"expression": "true"},
            [
                "admission.expression is not known; known here: operations, resources, validations, conditions, parameter, scope, spares_system"
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_block_is_told(tmp_path: Path, changes: dict[str, Any], problems: list[str]) -> None:
    assert told(tmp_path, {**GOOD, **changes}) == problems


def test_a_block_that_is_none_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, ["CREATE"]) == ["admission must be a mapping, got ['CREATE']"]


def test_settings_stand_in_cel_as_cel_and_in_messages_as_people_read_them() -> None:
    values = {"prefix": "platform.example.com", "keys": ["a", 'b"c'], "most": 3}
    block = {
        "one": [{"expression": "<keys>.size() < <most> && '<prefix>/x' != ''", "message": "at most <most> of <keys>"}]
    }
    assert words(block) == {"keys", "most", "prefix"}
    assert filled(block, values) == {
        "one": [
            {
                "expression": """["a", "b\\"c"].size() < 3 && 'platform.example.com/x' != ''""",
                "message": 'at most 3 of a, b"c',
            }
        ]
    }


def test_what_only_looks_like_a_placeholder_stays() -> None:
    assert filled("1 < 2 && 3 > 2 && a<b", {}) == "1 < 2 && 3 > 2 && a<b"


def test_the_first_rules_that_a_server_keeps_are_there() -> None:
    kept = {rule.id for rule in catalog.load(ROOT / "policies") if rule.admission}
    assert {"np-default-deny", "np-no-allow-all", "np-write-rbac", "ns-labels", "ns-quota-present"} <= kept
