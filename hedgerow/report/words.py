"""Text from somebody else's program, made fit to show: nothing in it can move the cursor or pass for our own words."""

import re
from collections.abc import Iterable

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LONGEST_NAME = 160
"""Characters shown of one name; Kubernetes allows 253, Pulumi any number."""


def visible(text: object) -> str:
    """`text` on one line: controls, line ends, and what hides or reorders text are written as escapes."""
    given = str(text)
    if given.isprintable():
        return given
    return "".join(char if char.isprintable() else _escaped(char) for char in given)


def lines(text: object) -> list[str]:
    """`text` line by line, each visible. Whoever shows them must indent all but the first."""
    return [visible(line.expandtabs(4)) for line in COLOURS.sub("", str(text)).strip("\n").split("\n")]


def name(text: object) -> str:
    """A name on one line, the middle of a very long one left out."""
    shown = visible(text)
    half = LONGEST_NAME // 2
    return shown if len(shown) <= LONGEST_NAME else f"{shown[:half]}…{shown[-half:]}"


def kind(token: str) -> str:
    """A type token as `pulumi` shows it: `aws:ec2:Subnet` for `aws:ec2/subnet:Subnet`."""
    package, _, rest = token.partition(":")
    module, _, type_ = rest.rpartition(":")
    above, _, last = module.rpartition("/")
    if above and type_ and last == type_[0].lower() + type_[1:]:
        return name(f"{package}:{above}:{type_}")
    return name(token)


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 finding`, `2 findings`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Iterable[str], most: int = 8) -> str:
    """`a, b, c and 4 more`."""
    every = list(names)
    if len(every) <= most + 1:
        return ", ".join(every)
    return f"{', '.join(every[:most])} and {len(every) - most:,} more"


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
