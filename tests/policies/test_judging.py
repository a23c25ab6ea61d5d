"""Rules judged together: a crash is one more finding, exemptions end, classes differ."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hedgerow.graph import Exemption, Finding, Resource, Rule, Setting, Snapshot, Views, judge

TODAY = date(2026, 11, 21)
NAMESPACE = "kubernetes:core/v1:Namespace"


def namespace(name: str, **labels: str) -> Resource:
    inputs = {
        "metadata": {"name": name, "labels": {f"platform.example.com/{key}": value for key, value in labels.items()}}
    }
    return Resource(f"urn:pulumi:dev::shop::{NAMESPACE}::{name}", NAMESPACE, name, inputs=inputs)


def unloved(views: Views, config: Any) -> Iterator[Finding]:
    for item in views.namespaces:
        yield Finding(
            item, f"{item} is unloved {config.get('times', 'once')}; love it", certain="perhaps" not in item.name
        )


def crashing(views: Views, _config: Any) -> Iterator[Finding]:
    yield Finding(views.namespaces[0], "Namespace 'pay' was seen; look away")
    raise KeyError("lost")


def rule(check: Any = unloved, **settings: Any) -> Rule:
    setting = Setting("mandatory", **settings)
    return Rule(
        "ns-loved", "Loved", "why", "Love it.", "low", dict.fromkeys(("dev", "staging", "prod"), setting), check
    )


def judged(snapshot: Snapshot, *rules: Rule) -> list[tuple[str, str, str]]:
    found = judge(snapshot, rules, today=TODAY)
    return [(item.rule, item.message, "denies" if item.denies else item.exempt or item.level) for item in found]


PAY = Snapshot.of("shop", "dev", [namespace("pay", environment="dev")])


def test_a_rule_that_crashes_is_a_finding_and_the_others_still_run() -> None:
    broken = replace(rule(crashing), id="ns-broken")
    assert judged(PAY, broken, rule()) == [
        ("ns-broken", "Namespace 'pay' was seen; look away", "denies"),
        (
            "ns-broken",
            "rule ns-broken crashed with KeyError: 'lost'; it judged nothing further, mend the rule",
            "denies",
        ),
        ("ns-loved", "Namespace 'pay' is unloved once; love it", "denies"),
    ]


def test_what_a_rule_finds_must_be_findings() -> None:
    told = judged(PAY, rule(lambda _views, _config: ["oh"]))
    assert [message for _, message, _ in told] == [
        "rule ns-loved crashed with TypeError: 'oh' is no Finding; it judged nothing further, mend the rule"
    ]


@pytest.mark.parametrize(
    ("match", "expires", "state"),
    [
        ("pay", date(2026, 11, 21), "jo until 2026-11-21: it is being mended"),
        ("p*", date(2027, 1, 1), "jo until 2027-01-01: it is being mended"),
        ("urn:pulumi:dev::*::pay", date(2027, 1, 1), "jo until 2027-01-01: it is being mended"),
        ("pays", date(2027, 1, 1), "denies"),
        ("pay", date(2026, 11, 20), "denies"),
    ],
)
def test_an_exemption_silences_what_it_names_until_its_day_is_over(match: str, expires: date, state: str) -> None:
    exemption = Exemption(match, "jo", "it is being mended", expires)
    assert [told[2] for told in judged(PAY, rule(exemptions=[exemption]))] == [state]


def test_an_expired_exemption_is_told() -> None:
    exemption = Exemption("pay", "jo", "it is being mended", date(2026, 11, 20))
    assert judged(PAY, rule(exemptions=[exemption]))[0][1] == (
        "Namespace 'pay' is unloved once; love it (exemption of jo until 2026-11-20: it is being mended has expired)"
    )


def test_of_several_exemptions_the_longest_counts() -> None:
    exemptions = [Exemption("pay", "jo", f"until {day}", day) for day in (date(2026, 1, 1), date(2027, 1, 1))]
    assert [told[2] for told in judged(PAY, rule(exemptions=exemptions))] == ["jo until 2027-01-01: until 2027-01-01"]


def test_a_finding_that_is_not_certain_denies_only_where_the_settings_say_so() -> None:
    snapshot = Snapshot.of("shop", "dev", [namespace("perhaps-pay")])
    assert [told[2] for told in judged(snapshot, rule())] == ["advisory"]
    assert [told[2] for told in judged(snapshot, rule(config={"on_unknown": "mandatory"}))] == ["denies"]


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ("dev", []),
        ("staging", [("ns-loved", "Namespace 'pay' is unloved twice; love it", "advisory")]),
        ("prod", [("ns-loved", "Namespace 'pay' is unloved thrice; love it", "denies")]),
        ("qa", [("ns-loved", "Namespace 'pay' is unloved thrice; love it", "denies")]),
    ],
)
def test_the_class_of_the_environment_picks_level_and_settings(
    environment: str, told: list[tuple[str, str, str]]
) -> None:
    settings = {
        "dev": Setting("off"),
        "staging": Setting("advisory", {"times": "twice"}),
        "prod": Setting("mandatory", {"times": "thrice"}),
    }
    snapshot = Snapshot.of("shop", "dev", [namespace("pay", environment=environment)])
    assert judged(snapshot, replace(rule(), settings=settings)) == told


def test_findings_come_in_one_order_whatever_that_of_the_resources() -> None:
    resources = [namespace(name) for name in ("c", "a", "b")]
    one, other = (judged(Snapshot.of("shop", "dev", items), rule()) for items in (resources, resources[::-1]))
    assert one == other
    assert [told[1][:13] for told in one] == ["Namespace 'a'", "Namespace 'b'", "Namespace 'c'"]
