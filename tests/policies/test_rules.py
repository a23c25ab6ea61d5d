"""Every rule finds in its examples just what they say, and in the same words, however they were read."""

from functools import cache
from pathlib import Path

import jsonschema
import pytest

from hedgerow.graph import Rule, Snapshot
from hedgerow.graph.rulebook import CASES
from hedgerow.graph.sources.example import failures, findings
from policies import catalog

from ..support import ROOT, compare
from .paths import PATHS, Example

FOLDER = ROOT / "policies"
RULES = catalog.load(FOLDER)
by_id = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


@cache
def taken(path: str, rule: str, case: str, index: int) -> Snapshot | None:
    given = next(item for item in RULES if item.id == rule).examples[case][index]
    return PATHS[path](given)


@pytest.mark.parametrize("path", PATHS)
@by_id
def test_a_rule_finds_in_its_examples_just_what_they_say(rule: Rule, path: str) -> None:
    places = {id(example): (case, index) for case in CASES for index, example in enumerate(rule.examples[case])}

    def take(example: Example) -> Snapshot | None:
        return taken(path, rule.id, *places[id(example)])

    assert list(failures(rule, take)) == []


@pytest.mark.parametrize("path", [path for path in PATHS if path != "itself"])
@by_id
def test_a_rule_says_the_same_however_its_example_was_read(rule: Rule, path: str) -> None:
    for case in CASES:
        for index, example in enumerate(rule.examples[case]):
            here, there = taken("itself", rule.id, case, index), taken(path, rule.id, case, index)
            if here is not None and there is not None:
                said = [
                    sorted(
                        (found.message, found.witness, found.remedy, found.certain)
                        for found in findings(rule, example, snapshot)
                    )
                    for snapshot in (here, there)
                ]
                assert plain(said[1]) == plain(said[0])


def plain(said: list[tuple[str, str, str, bool]]) -> list[tuple[str, ...]]:
    """An object whose own name is not known goes by that of its resource, which for an example is what it writes."""
    return [tuple(str(part).replace("<unknown>", "[unknown]") for part in words) for words in said]


@pytest.mark.parametrize("path", PATHS)
def test_every_path_takes_some_example_of_each_kind(path: str) -> None:
    """A path that took nothing would prove nothing."""
    kinds = {
        case
        for rule in RULES
        for case in CASES
        for index in range(len(rule.examples[case]))
        if taken(path, rule.id, case, index)
    }
    assert kinds == set(CASES)


def test_every_message_is_reviewed() -> None:
    said = {
        rule.id: {
            example["title"]: [
                {"says": found.message} | ({"because": found.witness} if found.witness else {})
                for found in findings(rule, example, taken("itself", rule.id, case, index))  # type: ignore[arg-type]
            ]
            for case in ("deny", "unknown")
            for index, example in enumerate(rule.examples[case])
        }
        for rule in RULES
    }
    compare(Path(__file__).parent / "messages.yaml", said)


@by_id
def test_every_rule_has_examples_of_each_kind_with_titles_of_their_own(rule: Rule) -> None:
    assert {case for case in CASES if rule.examples[case]} == set(CASES)
    titles = [example["title"] for case in CASES for example in rule.examples[case]]
    assert len(titles) == len(set(titles))


@by_id
def test_the_configuration_of_every_rule_fits_its_schema(rule: Rule) -> None:
    jsonschema.Draft202012Validator.check_schema(rule.schema)
    for config in (rule.config, *(setting.config for setting in rule.settings.values())):
        jsonschema.validate(config, rule.schema)
    for case in CASES:
        for example in rule.examples[case]:
            jsonschema.validate({**rule.config, **example.get("config", {})}, rule.schema)


@by_id
def test_findings_name_their_object_first_and_say_what_to_do(rule: Rule) -> None:
    for case in ("deny", "unknown"):
        for index, example in enumerate(rule.examples[case]):
            for found in findings(rule, example, taken("itself", rule.id, case, index)):  # type: ignore[arg-type]
                assert found.message.startswith(f"{found.about} ")
                assert not found.message.endswith(".")
                assert "; " in found.message if found.certain else found.remedy


def test_rules_are_there_at_their_levels() -> None:
    levels = {rule.id: [rule.level(name)[0] for name in ("dev", "staging", "prod")] for rule in RULES}
    assert {
        "eks-endpoint": ["a", "m", "m"],
        "gke-identity": ["a", "m", "m"],
        "gke-private": ["a", "m", "m"],
        "net-no-default-net": ["m", "m", "m"],
        "net-private-nodes": ["a", "m", "m"],
        "np-cross-tenant": ["m", "m", "m"],
        "np-dangling": ["a", "a", "a"],
        "np-default-deny": ["m", "m", "m"],
        "np-dns": ["a", "m", "m"],
        "np-enforced": ["m", "m", "m"],
        "np-env-separation": ["m", "m", "m"],
        "np-exposure": ["a", "m", "m"],
        "np-hostnetwork": ["m", "m", "m"],
        "np-internet-egress": ["a", "m", "m"],
        "np-ipblock-internal": ["a", "m", "m"],
        "np-metadata": ["m", "m", "m"],
        "np-no-allow-all": ["a", "m", "m"],
        "np-or-trap": ["a", "a", "a"],
        "np-safe-labels": ["a", "m", "m"],
        "np-write-rbac": ["a", "m", "m"],
        "ns-labels": ["a", "m", "m"],
        "ns-limitrange-covers": ["m", "m", "m"],
        "ns-quota-cap": ["m", "m", "m"],
        "ns-quota-keys": ["m", "m", "m"],
        "ns-quota-present": ["m", "m", "m"],
        "wl-exposure": ["m", "m", "m"],
        "wl-probes": ["a", "m", "m"],
        "wl-resources": ["a", "m", "m"],
    }.items() <= levels.items()


def test_caps_grow_with_the_class() -> None:
    cap = next(rule for rule in RULES if rule.id == "ns-quota-cap")
    assert {name: cap.setting(name).config["caps"] for name in ("dev", "staging", "prod")} == {
        "dev": {"requests.cpu": "100", "requests.nvidia.com/gpu": "0"},
        "staging": {"requests.cpu": "200", "requests.nvidia.com/gpu": "8"},
        "prod": {"requests.cpu": "400", "requests.nvidia.com/gpu": "100"},
    }
