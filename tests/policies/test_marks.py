"""What is not known never becomes a fault, and nothing that somebody writes makes a rule crash.

A finding that is certain must hold whatever an unknown value turns out to be. The value that stood there before is one
thing that it may turn out to be: so nothing certain may be found that was not found with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hedgerow.graph import SECRET, UNKNOWN, Judged, Setting, Snapshot, Views, judge
from hedgerow.graph.sources import example, manifests
from policies import catalog

from ..support import ROOT

TODAY = date(2026, 11, 21)
RULES = catalog.load(ROOT / "policies")
TENANT = manifests.load(Path(__file__).parent / "tenant.yaml")[0]
BAD = [(rule.id, index, example.snapshot(given)) for rule in RULES for index, given in enumerate(rule.examples["deny"])]
GARBAGE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    "",
    "x",
    "<nil>",
    [],
    [None],
    ["x"],
    [[]],
    [{}],
    {},
    {"x": None},
    {"x": {"y": []}},
    {1: 2},
)

Path_ = tuple[Any, ...]


def places(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """The way to every value, whole branches too."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def put(value: Any, path: Path_, new: Any) -> Any:
    """The value with `new` at `path`; as it is where there is no such way, because a branch has been replaced."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and step in value:
        return {**value, step: put(value[step], rest, new)}
    if isinstance(value, list):
        return [put(item, rest, new) if index == step else item for index, item in enumerate(value)]
    return value


@cache
def every_place(which: int) -> Sequence[tuple[int, Path_]]:
    return [
        (index, path)
        for index, resource in enumerate(snapshot(which).resources)
        for path in places(resource.inputs)
        if path not in (("kind",), ("apiVersion",))
    ]


def snapshot(which: int) -> Snapshot:
    """The good tenant, then every bad example."""
    return TENANT if which == 0 else BAD[which - 1][2]


def changed(which: int, changes: Sequence[tuple[tuple[int, Path_], Any]]) -> Snapshot:
    resources = list(snapshot(which).resources)
    for (index, path), new in changes:
        inputs = put(resources[index].inputs, path, new)
        resources[index] = replace(resources[index], inputs=inputs, outputs=inputs)
    return Snapshot.of("p", "s", resources)


def found(given: Snapshot) -> list[Judged]:
    rules = [replace(rule, settings={"prod": Setting("mandatory", rule.config)}) for rule in RULES]
    return judge(given, rules, today=TODAY, environment="prod")


@cache
def faults(which: int) -> frozenset[tuple[str, str]]:
    return certain(found(snapshot(which)))


def certain(judged: Sequence[Judged]) -> frozenset[tuple[str, str]]:
    """Rule and object of each; platforms are no objects: whoever shows a contract first carries the finding."""
    return frozenset(
        (item.rule, "platform" if item.message.startswith("Platform '") else item.urn)
        for item in judged
        if item.certain
    )


def marks(draw: Any, which: int) -> list[tuple[tuple[int, Path_], Any]]:
    at = draw(st.lists(st.sampled_from(every_place(which)), min_size=1, max_size=3))
    return [(place, draw(st.sampled_from([UNKNOWN, SECRET]))) for place in at]


def test_the_good_tenant_is_good() -> None:
    assert found(TENANT) == []


@pytest.mark.parametrize("mark", [UNKNOWN, SECRET], ids=["unknown", "secret"])
def test_nothing_of_a_good_tenant_becomes_a_fault_by_not_being_known(mark: Any) -> None:
    for place in every_place(0):
        judged = found(changed(0, [(place, mark)]))
        assert certain(judged) == frozenset(), (place, judged)
        assert not [item for item in judged if "crashed" in item.message]


@pytest.mark.parametrize("mark", [UNKNOWN, SECRET], ids=["unknown", "secret"])
def test_no_secret_and_no_unknown_goes_unnoticed_where_a_fence_hangs_on_it(mark: Any) -> None:
    """The other side of the same coin: what a rule needs and cannot read, it says."""
    for index, resource in enumerate(TENANT.resources):
        if resource.inputs["kind"] in ("ResourceQuota", "Namespace"):
            judged = found(changed(0, [((index, ("spec" if "spec" in resource.inputs else "metadata",)), mark)]))
            assert [item for item in judged if not item.certain], resource.name


@pytest.mark.parametrize("mark", [UNKNOWN, SECRET], ids=["unknown", "secret"])
@pytest.mark.parametrize("which", range(1, len(BAD) + 1), ids=lambda which: "-".join(map(str, BAD[which - 1][:2])))
def test_no_rule_falls_silent_where_one_thing_of_what_it_denies_is_hidden(which: int, mark: Any) -> None:
    """Every place of every bad example, one after the other: the rule still says something."""
    rule = next(rule for rule in RULES if rule.id == BAD[which - 1][0])
    for place in every_place(which) if list(rule.check(Views(snapshot(which)), rule.config)) else ():
        assert list(rule.check(Views(changed(which, [(place, mark)])), rule.config)), place


@settings(deadline=None)
@given(st.data(), st.integers(0, len(BAD)))
def test_nothing_becomes_a_fault_by_not_being_known(data: st.DataObject, which: int) -> None:
    judged = found(changed(which, marks(data.draw, which)))
    assert certain(judged) <= faults(which)
    assert {rule for rule, _ in faults(which)} <= {item.rule for item in judged}
    assert not [item for item in judged if "crashed" in item.message]


@settings(deadline=None)
@given(st.data(), st.integers(0, len(BAD)))
def test_no_rule_crashes_whatever_somebody_writes(data: st.DataObject, which: int) -> None:
    at = data.draw(st.lists(st.sampled_from(every_place(which)), min_size=1, max_size=3))
    changes = [(place, data.draw(st.sampled_from(GARBAGE))) for place in at]
    assert not [item.message for item in found(changed(which, changes)) if "crashed" in item.message]


@pytest.mark.parametrize("junk", [None, 5, "x", [], [[]], {"x": {}}], ids=repr)
def test_no_rule_crashes_on_a_tenant_with_one_thing_amiss(junk: Any) -> None:
    for place in every_place(0):
        crashed = [item.message for item in found(changed(0, [(place, junk)])) if "crashed" in item.message]
        assert crashed == [], place
