"""Go text read as far as a table of inputs needs it: composite literals, calls, function literals and what they return.

No program is understood. What is not read here is skipped up to the next comma or closing bracket.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

OPEN, CLOSE = "{([", "})]"
_ESCAPED = re.compile(r"\\(.)")
_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)|(?P<text>"(?:\\.|[^"\\])*"|`[^`]*`)|'(?:\\.|[^'\\])*'"""
    r"""|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|\d[\w.]*|.""",
    re.DOTALL,
)


class NotGo(ValueError):
    """What is wrong with a text that should be Go."""


@dataclass(frozen=True)
class Text:
    """A string."""

    value: str


@dataclass(frozen=True)
class Name:
    """A name, such as `names.AttrARN`, or a number."""

    value: str


@dataclass(frozen=True)
class Literal:
    """A composite literal: its type as it is written, and its elements, the key None where there is none."""

    type: str
    elements: tuple[tuple[Any, Any], ...]

    def get(self, key: str) -> Any:
        """The element that is named `key`, or None."""
        return next((value for name, value in self.elements if name == Name(key)), None)


@dataclass(frozen=True)
class Call:
    """A call of a function by name."""

    name: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Function:
    """A function: the names of its parameters, and the tokens of its body."""

    parameters: tuple[str, ...]
    body: tuple[str, ...]


def tokens(text: str) -> tuple[str, ...]:
    """The tokens of a text; names keep their dots, comments and spaces are left out."""
    return tuple(found[0] for found in _TOKEN.finditer(text) if found["skip"] is None)


def expression(every: Sequence[str], start: int = 0) -> tuple[Any, int]:
    """The operand at `start`, and where what follows it ends: at a comma or closing bracket of its own level."""
    value, at = _operand(every, start)
    return value, _rest(every, at)


def assigned(body: Sequence[str], name: str) -> Any:
    """The last value that a function gives a name of its own by `:=`, or None."""
    found = None
    for at, token in enumerate(body):
        if token == name and body[at + 1 : at + 3] == (":", "="):
            found = _operand(body, at + 3)[0]
    return found


def returned(body: Sequence[str]) -> Any:
    """The last value that a function returns at its own level, or None."""
    found, depth = None, 0
    for at, token in enumerate(body):
        depth += (token in OPEN) - (token in CLOSE)
        if token == "return" and not depth:  # noqa: S105
            found = _operand(body, at + 1)[0]
    return found


def function(every: Sequence[str], start: int) -> tuple[Function, int]:
    """The function whose parameters begin at `start`, and where it ends."""
    end = _closing(every, start)
    parameters = tuple(_parameters(every[start + 1 : end]))
    at = end + 1
    while at < len(every) and (every[at] != "{" or every[at - 1] in ("interface", "struct")):
        at = _closing(every, at) + 1 if every[at] in OPEN else at + 1
    if at >= len(every):
        raise NotGo("a function has no body")
    end = _closing(every, at)
    return Function(parameters, tuple(every[at + 1 : end])), end + 1


def _operand(every: Sequence[str], at: int) -> tuple[Any, int]:
    while at < len(every) and every[at] in ("&", "*", "("):
        at += 1
    if at >= len(every):
        return Name(""), at
    token = every[at]
    if token[0] in '"`':
        return Text(_ESCAPED.sub(r"\1", token[1:-1]) if token[0] == '"' else token[1:-1]), at + 1
    if token == "func":  # noqa: S105
        return function(every, at + 1)
    if token == "{":  # noqa: S105
        return _literal(every, at, "")
    begin = at
    at = _type(every, at)
    written = "".join(every[begin:at])
    if at < len(every) and every[at] == "{":
        return _literal(every, at, written)
    if at < len(every) and every[at] == "(":
        values, end = _elements(every, at)
        return Call(written, tuple(value for _, value in values)), end
    return Name(written), max(at, begin + 1)


def _type(every: Sequence[str], at: int) -> int:
    """Where a name or a type ends: `names.X`, `[]string`, `map[string]*schema.Schema`, `Of[T]`."""
    while at < len(every):
        if every[at] == "[":
            at = _closing(every, at) + 1
            continue
        if every[at] in ("interface", "struct") and every[at + 1 : at + 2] == ("{",):
            return _closing(every, at + 1) + 1
        if every[at] != "*" and not (every[at][0].isalnum() or every[at][0] == "_"):
            return at
        named = every[at] not in ("*", "map")
        at += 1
        if named and (at >= len(every) or every[at] != "["):
            return at
    return at


def _literal(every: Sequence[str], at: int, type_: str) -> tuple[Literal, int]:
    elements, end = _elements(every, at)
    return Literal(type_, tuple(elements)), end


def _elements(every: Sequence[str], at: int) -> tuple[list[tuple[Any, Any]], int]:
    found, end = list[tuple[Any, Any]](), _closing(every, at)
    at += 1
    while at < end:
        value, at = expression(every, at)
        key = None
        if at < end and every[at] == ":":
            key = value
            value, at = expression(every, at + 1)
        found.append((key, value))
        at += 1
    return found, end + 1


def _rest(every: Sequence[str], at: int) -> int:
    while at < len(every) and every[at] not in (",", ":", ";", *CLOSE):
        at = _closing(every, at) + 1 if every[at] in OPEN else at + 1
    return at


def _closing(every: Sequence[str], at: int) -> int:
    depth = 0
    for index in range(at, len(every)):
        depth += (every[index] in OPEN) - (every[index] in CLOSE)
        if not depth:
            return index
    raise NotGo("a bracket is not closed")


def _parameters(every: Sequence[str]) -> Iterator[str]:
    depth, first = 0, True
    for token in every:
        depth += (token in OPEN) - (token in CLOSE)
        if first:
            yield token
        first = token == "," and not depth  # noqa: S105
