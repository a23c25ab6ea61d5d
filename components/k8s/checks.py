"""Checks that the parts of a tenant make of their arguments."""

import math
from fractions import Fraction

from hedgerow.facts import cidr, quantity

from ..shared.inputs import Path, Wrong


def texts(wrong: Wrong, path: Path, value: object) -> list[str]:
    """A list of texts; what is none is reported and left out."""
    if not isinstance(value, list | tuple):
        wrong(path, "must be a list", value, f"type [{value}]" if isinstance(value, str) else "type one such as [a, b]")
        return []
    for item in value:
        if not isinstance(item, str):
            wrong(path, "must be a list of texts", item, f"type '{item}'")
    return [item for item in value if isinstance(item, str)]


def count(wrong: Wrong, path: Path, value: object, least: int, most: int) -> int:
    """A whole number from `least` to `most`; a number of another language arrives as 50.0."""
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if least <= number <= most and number == int(number):
        return int(number)
    wrong(path, f"must be a whole number from {least} to {most}", value, f"type one, such as {max(least, 1)}")
    return least


def amount(wrong: Wrong, path: Path, value: object, least: str, most: str) -> Fraction:
    """A Kubernetes quantity from `least` to `most`; `least`, and a problem, where it is none."""
    try:
        found = quantity.parse(value)  # type: ignore[arg-type]  # refuses whatever else arrives
    except quantity.QuantityError:
        wrong(path, "must be a Kubernetes quantity", value, "type a number such as '250m', '1.5' or '400Gi'")
        return quantity.parse(least)
    if not quantity.parse(least) <= found <= quantity.parse(most):
        wrong(path, f"must be from {least} to {most}", value, f"type '{least}' or more, up to '{most}'")
        return quantity.parse(least)
    return found


def network(wrong: Wrong, path: Path, text: str) -> cidr.Network | None:
    """An address range short of a whole family; None, and a problem, where it is none."""
    try:
        found = cidr.any_network(text)
    except cidr.CidrError as error:
        rule, _, fix = str(error).removeprefix(repr(text)).strip().partition("; ")
        wrong(path, rule, text, fix)
        return None
    if found.prefixlen == 0:
        wrong(path, "must be narrower than every address", text, "type the range that is meant, such as 10.16.0.0/16")
        return None
    return found
