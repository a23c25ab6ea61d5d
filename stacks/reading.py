"""What a person typed, held against its block: everything wrong at once, and the rest kept so that it is judged too."""

import copy
import difflib
import itertools
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from components.shared.inputs import ABSENT, InputError
from hedgerow.facts.problem import NOT_GIVEN
from stacks.blocks import Block

Path = tuple[str | int, ...]

QUOTE = "put it in quotes"
"""The fix that is completed with the text as it stands in the file."""

LONGEST_SHOWN = 40
"""Characters of a text that a fix may repeat."""

DEEPEST = 20
"""Levels of nesting that a block may have: more than any needs, fewer than would exhaust Python's stack."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a block: where below it, what, what was given, what to type."""

    path: Path
    what: str
    given: object = NOT_GIVEN
    fix: str = ""


@dataclass(frozen=True)
class Reading:
    """What a block gave: its value less what is wrong in it, the faults, and where something needed is lacking now."""

    value: dict[str, Any]
    faults: tuple[Fault, ...] = ()
    gaps: tuple[Path, ...] = ()

    def with_later(self, found: Iterable[Fault]) -> list[Fault]:
        """Its faults, and those found later that do not only follow from one of them."""
        known = (*self.gaps, *(fault.path for fault in self.faults))
        return [*self.faults, *(fault for fault in found if not any(_within(fault.path, place) for place in known))]


def _within(one: Path, other: Path) -> bool:
    """Whether one place is a part of the other, either way round."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def read(of: Block, value: object) -> Reading:
    """Check a value against its block. What is wrong is left out of the result, so that the rest can be judged too."""
    faults: list[Fault] = []
    kept = _texts(value, (), faults)
    try:
        return Reading(of.model_validate(kept).model_dump(exclude_unset=True), tuple(faults))
    except ValidationError as refused:
        found = [_fault(of, error) for error in refused.errors(include_url=False)]
    if not isinstance(kept, dict):
        return Reading({}, (*faults, *found), ((),))
    for fault in found:
        _remove(kept, fault.path)
    return Reading(kept, (*faults, *found), tuple(_gaps(of, kept)))


def filled(reading: Reading, like: Mapping[str, Any]) -> dict[str, Any]:
    """What was read, each gap filled from a value that is right as a whole, so that a plan can judge the rest."""
    if () in reading.gaps:
        return dict(like)
    value = copy.deepcopy(reading.value)
    for gap in reading.gaps:
        part: Any = value
        right: Any = like
        for step in gap[:-1]:
            part, right = part[step], right[step] if step in right else next(iter(right.values()))
        part[gap[-1]] = right[gap[-1]]
    return value


def refused(plan: Callable[[], object]) -> list[Fault]:
    """What the plan of a component refuses, below its args."""
    try:
        plan()
    except InputError as error:
        return [
            Fault(problem.path, problem.rule, NOT_GIVEN if problem.value is ABSENT else problem.value, problem.fix)
            for problem in error.problems
        ]
    return []


def _texts(value: object, at: Path, faults: list[Fault]) -> object:
    """A copy of a value whose keys are all plain text, as those of a block must be."""
    if isinstance(value, list | dict) and len(at) >= DEEPEST:
        faults.append(Fault(at, "is nested too deeply", fix=f"type at most {DEEPEST} levels"))
        return None
    if isinstance(value, list):
        return [_texts(item, (*at, index), faults) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, item in value.items():
        if isinstance(key, str) and key.isprintable():
            kept[key] = _texts(item, (*at, key), faults)
        else:
            faults.append(Fault(at, "has a key that is no plain text", key, "put it in quotes, or delete it"))
    return kept


def _remove(value: Any, path: Path) -> None:
    """Take out what stands at a path, or the list that it is an item of: what is left of one means something else."""
    keys = list(itertools.takewhile(lambda step: isinstance(step, str), path))
    for step in keys[:-1]:
        value = value.get(step, {})
    value.pop(keys[-1], None)


def _gaps(of: Block, kept: dict[str, Any]) -> Iterator[Path]:
    try:
        of.model_validate(kept)
    except ValidationError as refused:
        yield from (error["loc"] for error in refused.errors(include_url=False))


def _fault(of: Block, error: Any) -> Fault:
    path, given = error["loc"], error["input"]
    name = str(path[-1]) if path else ""
    match error["type"]:
        case "missing":
            text = _at(of, path[:-1]).model_fields[name].description
            return Fault(path, "is missing", fix=f"type {name}: … ({_first(text)})" if text else f"type {name}: …")
        case "extra_forbidden":
            return Fault(path, "is not known", given, _near(name, list(_at(of, path[:-1]).model_fields)))
        case "literal_error":
            allowed = [str(one) for one in typing.get_args(_at(of, path))]
            fix = _near(str(given), allowed, "type one of them")
            return Fault(path, f"must be one of {', '.join(allowed)}", given, fix)
        case "model_type" | "dict_type" | "model_attributes_type":
            within = _at(of, path)
            keys = ", ".join(within.model_fields) if isinstance(within, type) and issubclass(within, BaseModel) else ""
            fix = f"type keys below it: {keys}" if keys else "type names with a value each below it"
            return Fault(path, "must be a mapping of keys to values", given, fix)
        case type_:
            what, fix = _wanted(type_, given)
            return Fault(path, what, given, fix)


def _wanted(type_: str, given: object) -> tuple[str, str]:
    scalar = isinstance(given, str | int | float) and len(str(given)) <= LONGEST_SHOWN
    match type_.partition("_")[0]:
        case "string":
            return "must be text", QUOTE if scalar else "type one text, in quotes"
        case "int":
            return "must be a whole number", "type it without quotes and without a point, such as 3"
        case "float":
            return "must be a number", "type it without quotes, such as 1.5"
        case "bool":
            return "must be true or false", "type true or false, without quotes"
        case "list":
            return "must be a list", f"type [{given}]" if scalar else "type it as [one, two]"
    return f"is not as it must be ({type_})", "see the schema of this file"


def _first(text: str) -> str:
    return text.partition(". Default:")[0].rstrip(".")


def _near(given: str, known: list[str], otherwise: str = "") -> str:
    near = difflib.get_close_matches(given, known, n=2)
    return f"did you mean {' or '.join(near)}?" if near else otherwise or f"type one of {', '.join(known)}"


def _at(of: Any, path: Path) -> Any:
    """The annotation of what stands at a path of a block."""
    for step in path:
        if isinstance(of, type) and issubclass(of, BaseModel):
            of = of.model_fields[str(step)].annotation
        else:
            of = typing.get_args(of)[-1]
    return of
