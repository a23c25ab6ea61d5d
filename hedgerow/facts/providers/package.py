"""Folders of Go files by package: what a name stands for, wherever it is declared.

Packages are folders by their last name. An index that keeps each declaration in a file of its own serves as well.
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import go

ENDINGS = (".go", ".goindex")
_DECLARED = re.compile(
    r"^func (?:\(\w* ?\*?(?P<of>\w+)(?:\[\w+\])?\) )?(?P<func>\w+)(?:\[[^\]]*\])?(?=\()"
    r"|^(?:var |const |(?P<grouped>\t))(?P<var>\w+)[^\S\n]*(?:[\w.*\[\]]+[^\S\n]*)?=[^\S\n]*(?=[\w\"`&\[])",
    re.MULTILINE,
)


class Packages:
    """Everything that is declared in some folders, read when it is asked for."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders: dict[str, list[Path]] = {}
        for folder in folders:
            for place in (folder, *sorted(item for item in folder.rglob("*") if item.is_dir())):
                self._folders.setdefault(place.name, []).append(place)

    def declared(self, package: str, name: str) -> tuple[Any, str]:
        """What a name stands for, a function or a value, and the package that declares it; None where none does."""
        qualifier, _, plain = name.rpartition(".")
        places = (qualifier, qualifier.removeprefix("tf"), qualifier.removeprefix("fw")) if qualifier else (package,)
        for place in dict.fromkeys(places):
            if (text := self._texts(place).get(plain)) is not None:
                return _read(text), place
        return None, package

    def method(self, package: str, type_: str, name: str) -> Any:
        """A method of a type."""
        text = self._texts(package).get(f"{type_}.{name}")
        return None if text is None else _read(text)

    @functools.cache  # noqa: B019 - one reader for one run of a command
    def _texts(self, package: str) -> Mapping[str, str]:
        found = dict[str, str]()
        for folder in self._folders.get(package, ()):
            for name, text, grouped in _declarations(folder):
                if not grouped or name not in found:
                    found[name] = text
        return found


def _declarations(folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Names, what each stands for, and whether it was indented: in a group, or else inside a function."""
    for path in sorted(folder.iterdir()):
        if path.suffix not in ENDINGS or path.stem.endswith("_test"):
            continue
        text = path.read_text(encoding="utf-8")
        for found in _DECLARED.finditer(text):
            name = found["func"] or found["var"]
            grouped = found["grouped"] or ""
            of = f"{found['of']}." if found["of"] else ""
            yield f"{of}{name}", _first(text, found.end(), grouped), bool(grouped)


def _read(text: str) -> Any:
    every = go.tokens(text)
    return go.function(every, 0)[0] if text.startswith("(") else go.expression(every)[0]


def _first(text: str, start: int, indent: str) -> str:
    """As much of a text as one declaration is: up to a line of nothing but its closing brackets, or one line."""
    line = text[start : text.find("\n", start)] if "\n" in text[start:] else text[start:]
    if not line.rstrip().endswith(("{", "(", ",")):
        return line
    end = re.compile(rf"^{indent}[)}}]+[^\S\n]*$", re.MULTILINE).search(text, start)
    return text[start : end.end()] if end else text[start:]
