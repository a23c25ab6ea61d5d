"""What tests of every component share: what a plan refuses, args a little changed, and what a resource waits for."""

import typing
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pulumi.provider.experimental.util import camel_case

from components.shared.inputs import InputError, fields
from hedgerow.graph import Snapshot


def refusals(plan: Callable[[str, Any], object], args: Mapping[str, Any], name: str = "main") -> list[str]:
    """The lines of the report that `plan` raises for `args`, each without the component's name."""
    with pytest.raises(InputError) as refused:
        plan(name, args)
    return [line.partition(": ")[2] for line in str(refused.value).splitlines()]


def changed(path: str, value: object, args: Any) -> Any:
    """A copy of the args with another value at a dotted path."""

    def put(into: Mapping[str, Any], steps: list[str]) -> dict[str, Any]:
        head, *rest = steps
        return {**into, head: put(into.get(head, {}), rest) if rest else value}

    return put(args, path.split("."))


def behind(snapshot: Snapshot, start: str) -> set[str]:
    """Type and name of everything that a resource waits for, at any remove."""
    waiting = [each.urn for each in snapshot.resources if called(each.urn) == start]
    assert waiting
    seen: set[str] = set()
    while waiting:
        new = set(snapshot.by_urn[waiting.pop()].dependencies) - seen
        seen |= new
        waiting += new
    return {called(urn) for urn in seen}


def called(urn: str) -> str:
    """The last word of a resource's type, and its name."""
    type_, name = urn.split("::")[-2:]
    return f"{type_.split(':')[-1]} {name}"


def as_a_host_gets_it(value: Any, annotation: Any = Any) -> Any:
    """The value as another language sends it: fields in camelCase, every number a float, map keys as they are."""
    if typing.is_typeddict(annotation):
        return {
            camel_case(key): as_a_host_gets_it(value[key], field.annotation)
            for key, field in fields(annotation).items()
            if key in value
        }
    if isinstance(value, Mapping):
        inner = (*typing.get_args(annotation), Any, Any)[1]
        return {key: as_a_host_gets_it(item, inner) for key, item in value.items()}
    if isinstance(value, list):
        inner = (*typing.get_args(annotation), Any)[0]
        return [as_a_host_gets_it(item, inner) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return str(value) if isinstance(value, str) else value
