"""Label selectors as Kubernetes writes them, checked: labels that are equal, and conditions over sets of values."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from hedgerow.facts import labels

from ..shared.inputs import Path, Wrong

TAKES_VALUES = {"In": True, "NotIn": True, "Exists": False, "DoesNotExist": False}


class RequirementArgs(TypedDict):
    key: str
    """Key of the label."""
    operator: str
    """`In` and `NotIn` compare its value with `values`; `Exists` and `DoesNotExist` ask whether it is there."""
    values: NotRequired[list[str]]
    """Values of `In` and `NotIn`. Default: none."""


class SelectorArgs(TypedDict):
    match_expressions: NotRequired[list[RequirementArgs]]
    """Conditions that hold for the labels, each of them. Default: none."""
    match_labels: NotRequired[dict[str, str]]
    """Labels and the value that each has. Default: none."""


def read_selector(wrong: Wrong, path: Path, args: SelectorArgs) -> dict[str, Any]:
    """The selector as a manifest has it; one that would select everything is a problem."""
    equal, conditions = args.get("match_labels", {}), args.get("match_expressions", [])
    if not (equal or conditions):
        wrong(path, "must name a label", dict(args), "type {match_labels: {tier: ui}}: an empty one selects everything")
    for key, value in equal.items():
        _check_label(wrong, (*path, "match_labels", key), key, [value])
    for index, condition in enumerate(conditions):
        _check_condition(wrong, (*path, "match_expressions", str(index)), condition)
    found: dict[str, Any] = {"matchLabels": dict(sorted(equal.items()))} if equal else {}
    if conditions:
        found["matchExpressions"] = [_condition(each) for each in conditions]
    return found


def _condition(args: RequirementArgs) -> dict[str, Any]:
    values = {"values": list(args["values"])} if args.get("values") else {}
    return {"key": args["key"], "operator": args["operator"], **values}


def _check_condition(wrong: Wrong, path: Path, args: Mapping[str, Any]) -> None:
    operator, values = args["operator"], args.get("values", [])
    _check_label(wrong, path, args["key"], values)
    if operator not in TAKES_VALUES:
        wrong((*path, "operator"), f"must be one of {', '.join(TAKES_VALUES)}", operator, "type one of them")
    elif TAKES_VALUES[operator] and not values:
        wrong((*path, "values"), f"must not be empty for {operator}", values, "type the values, such as [ui, batch]")
    elif values and not TAKES_VALUES[operator]:
        wrong((*path, "values"), f"must be left out for {operator}", values, "delete it, or type In or NotIn")


def _check_label(wrong: Wrong, path: Path, key: str, values: list[str]) -> None:
    if problem := labels.key_problem(key):
        wrong(path, problem, key, "rewrite it")
    for value in values:
        if problem := labels.value_problem(value):
            wrong(path, problem, value, "rewrite it")
