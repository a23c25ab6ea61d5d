"""Checks that components of every cloud make of their arguments."""

import re
from enum import StrEnum
from ipaddress import IPv4Network
from typing import TypeVar

from hedgerow.facts import cidr

from .inputs import Path, Wrong

E = TypeVar("E", bound=StrEnum)

KEY = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


STAND_IN = IPv4Network("10.0.0.0/16")


def choice(wrong: Wrong, field: str | Path, value: object, of: type[E]) -> E:
    """The member of `of` that `value` is or spells; the first, and a problem, where it is neither."""
    try:
        return of(str(value))
    except ValueError:
        wrong(field, f"must be one of {', '.join(one.value for one in of)}", value, "type one of them")
        return next(iter(of))


def whole(wrong: Wrong, field: str | Path, value: int, low: int, high: int) -> int:
    """`value` as an int (it may come as `3.0`); `low`, and a problem, where it is not from `low` to `high`."""
    if low <= value <= high:
        return int(value)
    wrong(field, f"must be {low} to {high}", int(value), f"type one, such as {low}")
    return low


def keyed(wrong: Wrong, field: str | Path, key: str) -> None:
    """Report a map key that cannot be part of a resource's name."""
    if not KEY.fullmatch(key):
        wrong(field, "must be named in lower-case letters, digits and hyphens", key, "rename it")


def refused(wrong: Wrong, field: str | Path, value: str, error: Exception) -> None:
    """Report what facts say of `value`, whose message is of the form «… 'value' is wrong; type this»."""
    rule, _, fix = str(error).rpartition(f"{value!r} ")[2].partition("; ")
    wrong(field, rule, value, fix)


def address_range(wrong: Wrong, field: str | Path, text: str) -> cidr.Network | None:
    """The IPv4 or IPv6 range that `text` names; None, and a problem, where it names none."""
    try:
        return cidr.any_network(text)
    except cidr.CidrError as error:
        refused(wrong, field, text, error)
        return None


def private_range(wrong: Wrong, field: str | Path, text: str) -> IPv4Network:
    """The private IPv4 range that `text` names; a stand-in, and a problem, where it names none."""
    found = address_range(wrong, field, text)
    if isinstance(found, IPv4Network) and cidr.is_private(found):
        return found
    if found is not None:
        ranges = ", ".join(str(one) for one in cidr.PRIVATE if one.version == 4)
        wrong(field, "must be a private IPv4 range", text, f"take one of {ranges}, such as 10.16.0.0/16")
    return STAND_IN


def public_range(wrong: Wrong, field: str | Path, text: str) -> str:
    """`text`, with a problem where it is no range of public addresses, or all of them."""
    found = address_range(wrong, field, text)
    if found is not None and found.prefixlen == 0:
        wrong(field, "must not let in the whole internet", text, "type the ranges you work from")
    elif found is not None and cidr.is_private(found):
        wrong(field, "must be public", text, "put it under private_cidrs")
    return text
