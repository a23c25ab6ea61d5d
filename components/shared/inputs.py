"""Arguments of components: read from their TypedDict, checked together, refused in one clear report."""

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pulumi

T = TypeVar("T")
Path = tuple[str, ...]
ABSENT = object()
"""Stands for the value of a field that was not given, so that no message says «got None»."""


@dataclass(frozen=True)
class Field:
    """One field of an Args class: its annotation, whether it is required, and whether code wires it.

    `wired` is true for fields typed `pulumi.Input[...]`: their content flows from other resources, so
    they are left out of settings.
    """

    name: str
    annotation: Any
    required: bool
    wired: bool


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: where (`path` below the component's args), what, and what to type."""

    path: Path
    rule: str
    value: object
    fix: str

    def __str__(self) -> str:
        given = "" if self.value is ABSENT else f", got {self.value!r}"
        return f"{'.'.join(self.path)} {self.rule}{given}; {self.fix}"


class InputError(pulumi.RunError):
    """Inputs that a component refuses: every problem at once, shown by `pulumi up` without a traceback."""

    exit_code = 2

    def __init__(self, component: str, name: str, problems: tuple[Problem, ...]) -> None:
        self.component, self.name, self.problems = component, name, problems
        super().__init__("\n".join(f"{component} {name!r}: {problem}" for problem in problems))


class Wrong:
    """Collects problems while a plan is checked: `wrong("cidr", "must be …", given, "type …")`."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def __call__(self, field: str | Path, rule: str, value: object, fix: str) -> None:
        path = (field,) if isinstance(field, str) else field
        self.problems.append(Problem(path, rule, value, fix))

    def __bool__(self) -> bool:
        return bool(self.problems)

    def within(self, path: Path, plan: Callable[[], T]) -> T | None:
        """What the `plan` of a part gives; None, and its problems below `path`, where it refuses."""
        try:
            return plan()
        except InputError as error:
            self.problems += [replace(problem, path=(*path, *problem.path)) for problem in error.problems]
            return None


@contextmanager
def checking(component: str, name: str, args: Mapping[str, Any], args_type: type) -> Iterator[Wrong]:
    """Check the shape of `args` against `args_type`, then gather what the body reports; raise it as one InputError.

    Unknown and missing keys stop before the body runs, because the body reads the fields.
    Nothing of the body is caught: a body that cannot go on after `wrong(...)` simply returns or raises.
    """
    wrong = Wrong()
    _check_shape(wrong, args, args_type)
    if wrong:
        raise InputError(component, name, tuple(wrong.problems))
    yield wrong
    if wrong:
        raise InputError(component, name, tuple(wrong.problems))


def fields(args_type: type) -> dict[str, Field]:
    """The fields of an Args TypedDict by name, in the order written."""
    found = {}
    required = set(getattr(args_type, "__required_keys__", ()))
    for name, annotation in inspect.get_annotations(args_type).items():
        inner = annotation
        origin: Any = typing.get_origin(inner)
        if origin in (typing.NotRequired, typing.Required):
            inner = typing.get_args(inner)[0]
        found[name] = Field(name, inner, name in required, is_input(inner))
    return found


def stand_ins(args_type: type) -> dict[str, Any]:
    """A stand-in for each field that code must wire, to judge the rest before there is anything to wire."""
    return {field.name: "" for field in fields(args_type).values() if field.wired and field.required}


def is_input(annotation: Any) -> bool:
    """Whether an annotation is `pulumi.Input[...]`, that is, a union with Output and Awaitable."""
    return any(
        isinstance(part, typing.ForwardRef) and part.__forward_arg__ == "Output[T]"
        for part in typing.get_args(annotation)
    )


def _check_shape(wrong: Wrong, args: Mapping[str, Any], args_type: type, at: Path = ()) -> None:
    known = fields(args_type)
    for key in args:
        if key not in known:
            wrong((*at, key), "is not known", args[key], f"one of {', '.join(sorted(known))}")
    for name, field in known.items():
        if name not in args:
            if field.required:
                wrong((*at, name), "is missing", ABSENT, "give it a value")
            continue
        value = args[name]
        if field.wired:
            continue
        if isinstance(value, pulumi.Output):
            wrong((*at, name), "must be known when the program runs", "an Output", "give a plain value")
        else:
            _check_value(wrong, value, field.annotation, (*at, name))


def _check_value(wrong: Wrong, value: Any, annotation: Any, at: Path) -> None:
    origin: Any = typing.get_origin(annotation) or annotation
    if typing.is_typeddict(annotation) or origin is dict:
        if not isinstance(value, Mapping):
            wrong(at, "must be a mapping of keys to values", value, "type keys below it")
        elif typing.is_typeddict(annotation):
            _check_shape(wrong, value, annotation, at)
        else:
            for key, item in value.items():
                _check_value(wrong, item, typing.get_args(annotation)[1], (*at, str(key)))
    elif origin is list:
        if not isinstance(value, list | tuple):
            wrong(at, "must be a list", value, "type one such as [a, b]" if value is None else f"type [{value}]")
        else:
            for index, item in enumerate(value):
                _check_value(wrong, item, typing.get_args(annotation)[0], (*at, str(index)))
    elif origin in SCALARS:
        wanted, holds, fix = SCALARS[origin]
        if not holds(value):
            wrong(at, f"must be {wanted}", value, fix)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


SCALARS: dict[Any, tuple[str, Callable[[Any], bool], str]] = {
    str: ("text", lambda value: isinstance(value, str), "put it in quotes"),
    bool: ("true or false", lambda value: isinstance(value, bool), "type true or false, without quotes"),
    int: ("a whole number", lambda value: _is_number(value) and float(value).is_integer(), "type digits only"),
    float: ("a number", _is_number, "type a number, without quotes"),
}
"""What a plain field must be. A whole number may come as `3.0`: the component host sends it so."""
