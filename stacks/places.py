"""Where each setting stands, so that a problem names its file and line, and its key as the person typed it."""

from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

import yaml

from hedgerow.facts import yaml_text
from hedgerow.facts.problem import BadInput, Problem
from stacks.reading import QUOTE, Fault, Path


@dataclass(frozen=True)
class Place:
    """A block's place: its file, the path to it in there, and what a person calls it. Without document: no line."""

    file: str
    document: yaml_text.Document | None = None
    at: Path = ()
    name: str = ""

    def below(self, *path: str | int) -> "Place":
        """The place of a part."""
        return Place(self.file, self.document, (*self.at, *path), ".".join(_words(self.name, *path)))

    def problem(self, fault: Fault) -> Problem:
        """A fault of the block as a problem of the file."""
        path = (*self.at, *fault.path)
        line = self.document.line_of(*path) if self.document else 0
        fix = f'put it in quotes: "{self._typed(path, fault.given)}"' if fault.fix == QUOTE else fault.fix
        key = ".".join(_words(self.name, *fault.path))
        return Problem(self.file, line, _line(key), _line(fault.what), fault.given, _line(fix))

    def _typed(self, path: Path, given: object) -> str:
        """A scalar as it was typed: 1.30 is a number, and 1.3, once it was read."""
        node: Any = self.document.node if self.document else None
        for step in path:
            if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step]
            else:
                pairs = node.value if isinstance(node, yaml.MappingNode) else ()
                node = next((value for key, value in pairs if key.value == step), None)
        return str(node.value) if isinstance(node, yaml.ScalarNode) else str(given)


def open_file(path: File, problems: list[Problem]) -> Place:
    """A settings file, to be read; where it cannot be, its problems are added and the place has no document."""
    shown = "/".join(path.parts[-3 if path.parent.name == "tenants" else -2 :])
    try:
        return Place(shown, yaml_text.load(path, shown))
    except BadInput as refused:
        problems.extend(refused.problems)
        return Place(shown)


def _line(text: str) -> str:
    """A text that may repeat what somebody typed, on one line."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def _words(name: str, *path: str | int) -> list[str]:
    """The names in a path; a place in a list has none, its line tells."""
    return [step for step in (name, *path) if isinstance(step, str) and step]
