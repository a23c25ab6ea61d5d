"""How a component judges the parts it is made of before there is anything to wire them with."""

from functools import partial
from typing import NotRequired, TypedDict

import pulumi

from components.shared.inputs import Wrong, checking, stand_ins


class PartArgs(TypedDict):
    size: int
    role: pulumi.Input[str]
    group: NotRequired[pulumi.Input[str]]


def plan_part(args: PartArgs) -> int:
    with checking("Part", "main", args, PartArgs) as wrong:
        if args["size"] < 1:
            wrong("size", "must be at least 1", args["size"], "type 1")
        return args["size"]


def test_required_wired_fields_have_stand_ins() -> None:
    assert stand_ins(PartArgs) == {"role": ""}


def test_a_part_that_is_right_gives_its_plan() -> None:
    wrong = Wrong()
    assert wrong.within(("parts", "one"), lambda: plan_part({"role": "", "size": 2})) == 2
    assert not wrong


def test_problems_of_every_part_are_gathered_with_their_paths() -> None:
    wrong = Wrong()
    for key, size in {"one": 0, "two": -1}.items():
        assert wrong.within(("parts", key), partial(plan_part, {"role": "", "size": size})) is None
    assert [str(problem) for problem in wrong.problems] == [
        "parts.one.size must be at least 1, got 0; type 1",
        "parts.two.size must be at least 1, got -1; type 1",
    ]
