"""Blocks follow the Args they are derived from, and reading tells all that is wrong with what was typed."""

from enum import Enum
from typing import Any, NotRequired, TypedDict, get_origin

import pulumi
import pytest
from pydantic import BaseModel, ValidationError

from components.shared.inputs import InputError, checking, fields
from hedgerow.facts.problem import NOT_GIVEN
from stacks import aws, fences
from stacks.blocks import block, documentation
from stacks.reading import Fault, Reading, filled, read, refused


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class InnerArgs(TypedDict):
    size: int
    """Size,
    in metres."""


class BaseArgs(TypedDict):
    name: str
    """Name of it."""


class OuterArgs(BaseArgs):
    subnet: pulumi.Input[str]
    """Wired by code."""
    version: str
    """Wired by hand."""
    colour: NotRequired[Colour]
    """Colour. Default: `red`."""
    inner: NotRequired[InnerArgs]
    """One inside. Default: none."""
    many: NotRequired[dict[str, InnerArgs]]
    """Many inside, by name. Default: none."""
    share: NotRequired[float]
    """Share. Default: `1`."""
    words: NotRequired[list[str]]
    """Words. Default: none."""


OUTER = block(OuterArgs, wired=("version",))
FULL = {
    "name": "n",
    "colour": "blue",
    "inner": {"size": 1},
    "many": {"a": {"size": 2}},
    "share": 0.5,
    "words": ["x"],
}


def test_a_block_has_what_a_person_may_type_and_no_more() -> None:
    assert list(OUTER.model_fields) == ["name", "colour", "inner", "many", "share", "words"]
    assert {key for key, field in OUTER.model_fields.items() if field.is_required()} == {"name"}


def test_what_is_read_is_what_was_typed() -> None:
    assert read(OUTER, FULL) == Reading(FULL)
    assert read(OUTER, {"name": "n"}) == Reading({"name": "n"})


def test_a_block_does_not_change() -> None:
    with pytest.raises(ValidationError):
        OUTER.model_validate(FULL).name = "other"  # type: ignore[attr-defined]


def test_a_required_field_may_be_made_optional() -> None:
    assert read(block(OuterArgs, wired=("version",), optional=("name",)), {}) == Reading({})


def test_the_text_below_a_field_is_its_description() -> None:
    assert {key: field.description for key, field in OUTER.model_fields.items()} == {
        "name": "Name of it.",
        "colour": "Colour. Default: `red`.",
        "inner": "One inside. Default: none.",
        "many": "Many inside, by name. Default: none.",
        "share": "Share. Default: `1`.",
        "words": "Words. Default: none.",
    }
    assert documentation(InnerArgs) == {"size": "Size, in metres."}


def test_every_fault_is_found_at_once_and_the_rest_is_kept() -> None:
    found = read(
        OUTER,
        {"colour": "blu", "inner": {"size": 1.5, "sice": 1}, "many": {"a": {"size": 2}}, "words": ["x", 1], "wrods": 2},
    )
    assert found.faults == (
        Fault(("name",), "is missing", NOT_GIVEN, "type name: … (Name of it)"),
        Fault(("colour",), "must be one of red, blue", "blu", "did you mean blue?"),
        Fault(
            ("inner", "size"), "must be a whole number", 1.5, "type it without quotes and without a point, such as 3"
        ),
        Fault(("inner", "sice"), "is not known", 1, "did you mean size?"),
        Fault(("words", 1), "must be text", 1, "put it in quotes"),
        Fault(("wrods",), "is not known", 2, "did you mean words?"),
    )
    assert found.value == {"inner": {}, "many": {"a": {"size": 2}}}
    assert found.gaps == (("name",), ("inner", "size"))


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("name", None, "must be text"),
        ("name", ["n"], "must be text"),
        ("colour", None, "must be one of red, blue"),
        ("inner", None, "must be a mapping of keys to values"),
        ("inner", [], "must be a mapping of keys to values"),
        ("many", {"a": 1}, "must be a mapping of keys to values"),
        ("many", "a", "must be a mapping of keys to values"),
        ("share", "0.5", "must be a number"),
        ("share", True, "must be a number"),
        ("words", "x", "must be a list"),
        ("words", {"x": 1}, "must be a list"),
    ],
)
def test_a_value_is_never_turned_into_another_type(field: str, value: object, what: str) -> None:
    assert [fault.what for fault in read(OUTER, {**FULL, field: value}).faults] == [what]


@pytest.mark.parametrize("value", [None, 1, "x", [1], [[]]])
def test_a_block_that_is_no_mapping_is_one_gap(value: object) -> None:
    found = read(OUTER, value)
    assert [fault.what for fault in found.faults] == ["must be a mapping of keys to values"]
    assert (found.value, found.gaps) == ({}, ((),))


def test_gaps_are_filled_from_a_value_that_is_right() -> None:
    found = read(OUTER, {"many": {"b": {"size": "2"}, "c": {"size": 3}}})
    right = {"name": "any", "many": {"any": {"size": 1}}}
    assert filled(found, right) == {"name": "any", "many": {"b": {"size": 1}, "c": {"size": 3}}}
    assert filled(read(OUTER, 1), right) == right


def test_a_later_fault_that_follows_from_a_known_one_is_left_out() -> None:
    found = Reading({}, (Fault(("a", "b"), "is wrong"),), (("c",),))
    later = [Fault(path, "is odd") for path in (("a", "b"), ("a", "b", "x"), ("a",), ("c", "d"), ("a", "c"), ("e",))]
    assert [fault.path for fault in found.with_later(later)] == [("a", "b"), ("a", "c"), ("e",)]


def test_what_a_plan_refuses_becomes_faults() -> None:
    def plan() -> None:
        with checking("It", "n", {"name": "n"}, BaseArgs) as wrong:
            wrong("name", "must be longer", "n", "type more")

    assert refused(plan) == [Fault(("name",), "must be longer", "n", "type more")]
    assert refused(lambda: None) == []
    with pytest.raises(InputError):
        plan()


def required(of: type[BaseModel], at: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every path of a block that must be there; `*` for a name of one's own."""
    found = []
    for key, field in of.model_fields.items():
        if field.is_required():
            found.append((*at, key))
        # What is wrong in a list takes the whole list away, which is not missed.
        parts = () if get_origin(field.annotation) is list else getattr(field.annotation, "__args__", ())
        for part in (field.annotation, *parts):
            if isinstance(part, type) and issubclass(part, BaseModel):
                found += required(part, (*at, key) if part is field.annotation else (*at, key, "*"))
    return found


@pytest.mark.parametrize(
    ("of", "stand_in"),
    [(aws.BLOCK, aws.STAND_IN), (aws.LOCK, aws.STAND_IN["versions"]), (fences.TENANT, fences.STAND_IN)],
    ids=["aws", "lock", "tenant"],
)
def test_there_is_a_stand_in_for_whatever_may_be_missing(of: type[BaseModel], stand_in: Any) -> None:
    """Else what is wrong beside a missing key could not be judged in the same report."""
    for path in required(of):
        value = stand_in
        for step in path:
            value = value[step] if step in value else next(iter(value.values()))
        assert value not in (None, {}, [])


def test_the_stand_ins_are_right() -> None:
    assert refused(lambda: aws.plan("any", aws.STAND_IN)) == []
    whole: Any = {**fences.STAND_IN, **fences.STAND_IN["environments"]["any"], "platform": fences.STAND_IN_PLATFORM}
    del whole["environments"], whole["workloads"]
    assert refused(lambda: fences.plan("any", whole)) == []


def test_what_code_wires_is_what_a_person_cannot_type() -> None:
    typed = set(fences.TENANT.model_fields) | set(fences.ENVIRONMENT.model_fields) - {"environments"}
    assert set(fields(fences.TenantArgs)) - typed == set(fences.WIRED)
