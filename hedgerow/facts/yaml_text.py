"""YAML as people write it, read strictly: line numbers kept, duplicate keys refused, bombs defused.

Parsed by PyYAML's C loader; values are built here, because the loader's own constructor forgets lines and lets a
second key silently win over the first.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .problem import BadInput, Problem

MOST_BYTES = 128 * 1024 * 1024
MOST_ALIASED = 200_000
"""Values that aliases may expand to in one file: far above honest use, far below a «billion laughs»."""
DEEPEST = 200
"""Levels of nesting in one document. The parser's own recursion ends the process where nobody counts."""

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCALARS = yaml.constructor.SafeConstructor()
_STR, _NULL = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null"
_READERS = {
    _NULL: lambda _node: None,
    "tag:yaml.org,2002:bool": _SCALARS.construct_yaml_bool,
    "tag:yaml.org,2002:int": _SCALARS.construct_yaml_int,
    "tag:yaml.org,2002:float": _SCALARS.construct_yaml_float,
}
_INDENTATION = re.compile(r"^[ ?-]+", re.MULTILINE)
_TEXTS = {_STR, "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value", "tag:yaml.org,2002:binary"}


@dataclass(frozen=True)
class Document:
    """One YAML document: its value, and where each part of it stands."""

    file: str
    value: Any
    node: Any

    @property
    def line(self) -> int:
        """First line of the document, counted from 1."""
        return int(self.node.start_mark.line) + 1

    def line_of(self, *path: object) -> int:
        """Line of the value at `path`, or of the deepest part of it that is there."""
        node, line = self.node, self.line
        for step in path:
            found = _child(node, step)
            if found is None:
                return line
            line, node = found
        return line


def read_text(path: Path, shown: str = "") -> str:
    """The text of a file; BadInput where it is not there, too large or no text at all."""
    shown = shown or str(path)
    try:
        data = path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
    except OSError as error:
        raise BadInput([Problem(shown, 0, "", f"cannot be read: {error.strerror}")]) from error
    if data is None:
        raise BadInput([Problem(shown, 0, "", f"is larger than {MOST_BYTES} bytes", fix="split it")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput([Problem(shown, line, "", "is not UTF-8 text", fix="save it as UTF-8")]) from error
    if "\0" in text:
        raise BadInput([Problem(shown, text[: text.index("\0")].count("\n") + 1, "", "is not text but binary")])
    return text


def parse(text: str, shown: str) -> list[Document]:
    """Every document of a YAML text, empty ones left out; all duplicate keys and foreign tags in one BadInput."""
    builder = _Builder(shown)
    documents = []
    for node in _nodes(text, shown):
        value = builder.build(node)
        if value is not None:
            documents.append(Document(shown, value, node))
    if builder.problems:
        raise BadInput(builder.problems)
    return documents


def load(path: Path, shown: str = "") -> Document:
    """The one document of a YAML file that must hold a mapping."""
    shown = shown or str(path)
    documents = parse(read_text(path, shown), shown)
    if not documents:
        raise BadInput([Problem(shown, 0, "", "is empty")])
    if len(documents) > 1:
        raise BadInput([Problem(shown, documents[1].line, "", "holds a second document", fix="remove the `---`")])
    if not isinstance(documents[0].value, dict):
        raise BadInput(
            [Problem(shown, documents[0].line, "", "must be a mapping of keys to values", documents[0].value)]
        )
    return documents[0]


def refuse_deep(text: str, shown: str) -> None:
    """BadInput where a YAML or JSON text is nested deeper than DEEPEST."""
    if _deepest_possible(text) <= DEEPEST:
        return
    depth = 0
    with suppress(yaml.YAMLError):  # what is wrong besides is told by whoever reads it
        for event in yaml.parse(text, Loader=Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > DEEPEST:
                mark: Any = event.start_mark
                raise BadInput([Problem(shown, mark.line + 1, "", f"is nested more than {DEEPEST} levels deep")])


def _deepest_possible(text: str) -> int:
    """A bound that costs little: every bracket opened, in strings too, and two levels for a column of indentation."""
    brackets = text.count("[") + text.count("{")
    return brackets + 2 * (1 + max(map(len, _INDENTATION.findall(text)), default=0))


def _nodes(text: str, shown: str) -> Iterator[Any]:
    refuse_deep(text, shown)
    try:
        yield from yaml.compose_all(text, Loader=Loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = mark.line + 1 if mark else 0
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error) or "is nested too deeply"
        raise BadInput([Problem(shown, line, "", f"is not YAML: {what}")]) from error


class _Builder:
    """Builds plain values from nodes, counting them: an alias costs again what it stands for."""

    def __init__(self, shown: str) -> None:
        self.shown, self.problems = shown, list[Problem]()
        self._built: dict[int, tuple[Any, int, Any]] = {}
        self._open: set[int] = set()
        self._aliased = self._count = 0

    def build(self, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            self._count += 1
            return self._scalar(node)
        key = id(node)
        if key in self._built:
            value, size, _ = self._built[key]
            self._spend(size, node)
            return value
        if key in self._open:
            raise BadInput([self._problem(node, "contains itself through an alias")])
        self._open.add(key)
        before = self._count + self._aliased
        value = self._mapping(node) if isinstance(node, yaml.MappingNode) else [self.build(item) for item in node.value]
        self._open.discard(key)
        self._count += 1
        self._built[key] = (value, self._count + self._aliased - before, node)
        return value

    def _mapping(self, node: Any) -> dict[Any, Any]:
        value: dict[Any, Any] = {}
        for key_node, item in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                merged = self.build(item)
                for source in merged if isinstance(merged, list) else [merged]:
                    value = {**source, **value} if isinstance(source, dict) else value
                continue
            key = self.build(key_node)
            if isinstance(key, dict | list):
                self.problems.append(self._problem(key_node, "has a key that is no plain value"))
                continue
            if key in value and not _merged(node):
                self.problems.append(self._problem(key_node, f"has the key {key!r} twice", fix="keep one of them"))
            value[key] = self.build(item)
        return value

    def _scalar(self, node: Any) -> Any:
        if node.tag in _TEXTS:
            return node.value
        reader = _READERS.get(node.tag)
        if reader is None:
            self.problems.append(self._problem(node, f"has the tag {node.tag!r}, which is not plain YAML"))
            return node.value
        try:
            return reader(node)
        except ValueError:
            return node.value

    def _spend(self, size: int, node: Any) -> None:
        self._aliased += size
        if self._aliased > MOST_ALIASED:
            raise BadInput([self._problem(node, f"expands by aliases to more than {MOST_ALIASED} values")])

    def _problem(self, node: Any, what: str, fix: str = "") -> Problem:
        return Problem(self.shown, node.start_mark.line + 1, "", what, fix=fix)


def _merged(node: Any) -> bool:
    return any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value)


def _child(node: Any, step: object) -> tuple[int, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item
    return None
