"""YAML as people write it, read strictly: line numbers kept, duplicate keys refused, bombs defused.

Parsed by PyYAML's C loader; values are built here, because the loader's own constructor forgets lines and lets a
second key silently win over the first.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from sys import intern
from typing import Any

import yaml

from .problem import BadInput, Problem

MOST_BYTES = 128 * 1024 * 1024
MOST_ALIASED = 200_000
"""Values that aliases may expand to in one file: far above honest use, far below a «billion laughs»."""
DEEPEST = 200
"""Levels of nesting in one document. The parser's own recursion ends the process where nobody counts."""

LONGEST_NUMBER = 100
"""Letters of a number. Of a longer one, such as 1:59:59:…, only the text is read: its value may take minutes."""

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(_Base):  # type: ignore[misc]
    """The loader, which looks up once what a plain scalar is: manifests are the same few words again and again."""

    def resolve(self, kind: type, value: Any, implicit: Any) -> str:
        """The tag of a node that names none."""
        if kind is _Scalar:
            return _plain(value) if implicit[0] and len(value) <= LONGEST_NUMBER else _STR
        return _MAP if kind is yaml.MappingNode else _SEQ

    def descend_resolver(self, _parent: Any, _index: Any) -> None:
        """Nothing: no tag depends on where a node stands."""

    def ascend_resolver(self) -> None:
        """Nothing, as above."""


@lru_cache(maxsize=1 << 14)
def _plain(value: str) -> str:
    for tag, fits in _Base.yaml_implicit_resolvers.get(value[:1], []):
        if fits.match(value):
            return str(tag)
    return _STR


_SCALARS = yaml.constructor.SafeConstructor()
_STR, _NULL, _MAP, _SEQ, _MERGE = (f"tag:yaml.org,2002:{name}" for name in ("str", "null", "map", "seq", "merge"))
_Scalar = yaml.ScalarNode
_READERS = {
    _NULL: lambda _node: None,
    "tag:yaml.org,2002:bool": _SCALARS.construct_yaml_bool,
    "tag:yaml.org,2002:int": _SCALARS.construct_yaml_int,
    "tag:yaml.org,2002:float": _SCALARS.construct_yaml_float,
}
_COLLECTIONS = {_MAP, _SEQ}
_DOCUMENT = re.compile(r"^---(?=\s)", re.MULTILINE)
_OTHER_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
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
        data = _bytes(path)
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


def _bytes(path: Path) -> bytes | None:
    """What a file holds; None where that is more than MOST_BYTES, of a pipe too, which does not tell its size."""
    if path.stat().st_size > MOST_BYTES:
        return None
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    return data if len(data) <= MOST_BYTES else None


def parse(text: str, shown: str) -> list[Document]:
    """Every document of a YAML text, empty ones left out; all duplicate keys and foreign tags in one BadInput."""
    return list(documents(text, shown))


def documents(text: str, shown: str) -> Iterator[Document]:
    """As `parse`, one at a time: a document costs far more than its value, so let go of it. The BadInput comes last."""
    builder = _Builder(shown)
    for node in _nodes(text, shown):
        value = builder.document(node)
        if value is not None:
            yield Document(shown, value, node)
    if builder.problems:
        raise BadInput(builder.problems)


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
    lines = _OTHER_BREAKS.sub("\n", text)
    starts = [0, *(match.start() for match in _DOCUMENT.finditer(lines)), len(lines)]
    suspect = [lines[start:end] for start, end in pairwise(starts) if _may_be_deep(lines, start, end)]
    if all(_is_flat(document) for document in suspect):
        return
    with suppress(yaml.YAMLError):  # what is wrong besides is told by whoever reads it
        for depth, line in _depths(text):
            if depth > DEEPEST:
                raise BadInput([Problem(shown, line, "", f"is nested more than {DEEPEST} levels deep")])


def _may_be_deep(text: str, start: int, end: int) -> bool:
    """A bound that costs little: every bracket opened, in strings too, and two levels for a column of indentation."""
    left = DEEPEST - 2 - text.count("[", start, end) - text.count("{", start, end)
    return left < 0 or _indented(left // 2 + 1).search(text, start, end) is not None


@lru_cache(maxsize=DEEPEST)
def _indented(columns: int) -> re.Pattern[str]:
    return re.compile(rf"^[ ?-]{{{columns}}}", re.MULTILINE)


def _is_flat(document: str) -> bool:
    """Whether a document is YAML by itself and not nested deeper than DEEPEST."""
    try:
        return all(depth <= DEEPEST for depth, _ in _depths(document))
    except yaml.YAMLError:
        return False


def _depths(text: str) -> Iterator[tuple[int, int]]:
    """After every event how deep it is, and its line."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        mark: Any = event.start_mark
        yield depth, mark.line + 1


def _nodes(text: str, shown: str) -> Iterator[Any]:
    refuse_deep(text, shown)
    try:
        yield from yaml.compose_all(text, Loader=Loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = mark.line + 1 if mark else _line_of(error, text)
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error) or "is nested too deeply"
        raise BadInput([Problem(shown, line, "", f"is not YAML: {what}")]) from error


def _line_of(error: Exception, text: str) -> int:
    """The line of a character that is no text; 0 where that is not what is wrong."""
    found = isinstance(error, yaml.reader.ReaderError)
    return text.encode()[: getattr(error, "position", 0)].count(b"\n") + 1 if found else 0


class _Builder:
    """Builds plain values from nodes, counting them: an alias costs again what it stands for."""

    def __init__(self, shown: str) -> None:
        self.shown, self.problems = shown, list[Problem]()
        self._built: dict[int, tuple[Any, int, Any]] = {}
        self._open: set[int] = set()
        self._aliased = self._count = 0

    def document(self, node: Any) -> Any:
        """The value of a document; aliases never lead from one to another."""
        self._built.clear()
        return self.build(node)

    def build(self, node: Any) -> Any:
        if type(node) is _Scalar:
            self._count += 1
            return node.value if node.tag == _STR else self._scalar(node)
        key = id(node)
        if key in self._built:
            value, size, _ = self._built[key]
            self._spend(size, node)
            return value
        if key in self._open:
            raise BadInput([self._problem(node, "contains itself through an alias")])
        self._open.add(key)
        if node.tag not in _COLLECTIONS:
            self.problems.append(self._problem(node, f"has the tag {node.tag!r}, which is not plain YAML"))
        before = self._count + self._aliased
        value = self._mapping(node) if isinstance(node, yaml.MappingNode) else [self.build(item) for item in node.value]
        self._open.discard(key)
        self._count += 1
        self._built[key] = (value, self._count + self._aliased - before, node)
        return value

    def _mapping(self, node: Any) -> dict[Any, Any]:
        value: dict[Any, Any] = {}
        for key_node, item in node.value:
            if key_node.tag == _MERGE:
                merged = self.build(item)
                for source in merged if isinstance(merged, list) else [merged]:
                    value = {**source, **value} if isinstance(source, dict) else value
                continue
            key = self.build(key_node)
            if type(key) is str:
                key = intern(key)
            elif type(key) in (dict, list):
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
            return reader(node) if len(node.value) <= LONGEST_NUMBER else node.value
        except (ValueError, OverflowError):
            return node.value

    def _spend(self, size: int, node: Any) -> None:
        self._aliased += size
        if self._aliased > MOST_ALIASED:
            raise BadInput([self._problem(node, f"expands by aliases to more than {MOST_ALIASED} values")])

    def _problem(self, node: Any, what: str, fix: str = "") -> Problem:
        return Problem(self.shown, node.start_mark.line + 1, "", what, fix=fix)


def _merged(node: Any) -> bool:
    return any(key.tag == _MERGE for key, _ in node.value)


def _child(node: Any, step: object) -> tuple[int, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item
    return None
