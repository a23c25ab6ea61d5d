"""What a rule gives is taken as it is only where it is a finding; the class to judge by may be given."""

from datetime import date
from typing import Any

import pytest

from hedgerow.graph import Finding, Resource, Rule, Setting, Snapshot, judge

SNAPSHOT = Snapshot.of("p", "s", [Resource("u::n", "x:y:Z", "n")])
FINE = Finding(SNAPSHOT.resources[0], "X 'n' is so; mend it")


def rule(*given: Any) -> Rule:
    levels = {name: Setting(level) for name, level in (("dev", "off"), ("staging", "advisory"), ("prod", "mandatory"))}
    return Rule("ns-x", "t", "w", "r", "low", levels, lambda _views, _config: given)


@pytest.mark.parametrize("garbage", [None, "text", Finding(None, "x"), Finding(FINE.about, 3)])  # type: ignore[arg-type]
def test_what_is_no_finding_is_a_crash_of_the_rule_and_what_it_gave_before_stands(garbage: Any) -> None:
    found = judge(SNAPSHOT, [rule(FINE, garbage)], today=date(2026, 1, 1))
    assert [item.urn for item in found] == ["u::n", "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s"]
    assert found[1].message.startswith("rule ns-x crashed with ")


@pytest.mark.parametrize(("environment", "levels"), [("", ["mandatory"]), ("staging", ["advisory"]), ("dev", [])])
def test_the_class_to_judge_by_may_be_given(environment: str, levels: list[str]) -> None:
    found = judge(SNAPSHOT, [rule(FINE)], today=date(2026, 1, 1), environment=environment)
    assert [item.level for item in found] == levels
