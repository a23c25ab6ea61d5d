"""Folders of Go files by package: what a name stands for, wherever it is declared.

Packages are folders by their last name. An index that keeps each declaration in a file of its own serves as well.
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..problem import BadInput, Problem
from . import go

FIX = "give the provider's sources as its repository has them"
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
        place, plain = self._place(package, name)
        found = self._texts(place).get(plain)
        return (None, package) if found is None else (_read(plain, *found), place)

    def method(self, package: str, type_: str, name: str) -> Any:
        """A method of a type."""
        found = self._texts(package).get(f"{type_}.{name}")
        return None if found is None else _read(f"{type_}.{name}", *found)

    def file(self, package: str, name: str) -> Path:
        """The file that declares a name, or a method by its type and name."""
        place, plain = (package, name) if name in self._texts(package) else self._place(package, name)
        return self._texts(place)[plain][0]

    def _place(self, package: str, name: str) -> tuple[str, str]:
        qualifier, _, plain = name.rpartition(".")
        places = (qualifier, qualifier.removeprefix("tf"), qualifier.removeprefix("fw")) if qualifier else (package,)
        return next((place for place in places if plain in self._texts(place)), places[0]), plain

    @functools.cache  # noqa: B019 - one reader for one run of a command
    def _texts(self, package: str) -> Mapping[str, tuple[Path, str]]:
        found = dict[str, tuple[Path, str]]()
        for folder in self._folders.get(package, ()):
            for path in sorted(folder.iterdir()):
                if path.suffix not in ENDINGS or path.stem.endswith("_test") or not path.is_file():
                    continue
                for name, text, grouped in _declarations(_text(path)):
                    if not grouped or name not in found:
                        found[name] = path, text
        return found


def unread(path: Path, name: str, what: object) -> BadInput:
    """The report of what cannot be read in a file of the sources."""
    return BadInput([Problem(str(path), 0, name, f"cannot be read: {what}", fix=FIX)])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise unread(path, "", error.strerror) from error
    except UnicodeDecodeError as error:
        raise unread(path, "", "it is not UTF-8") from error


def _declarations(text: str) -> Iterator[tuple[str, str, bool]]:
    """Names, what each stands for, and whether it was indented: in a group, or else inside a function."""
    for found in _DECLARED.finditer(text):
        name = found["func"] or found["var"]
        grouped = found["grouped"] or ""
        of = f"{found['of']}." if found["of"] else ""
        yield f"{of}{name}", _first(text, found.end(), grouped), bool(grouped)


def _read(name: str, path: Path, text: str) -> Any:
    every = go.tokens(text)
    try:
        return go.function(every, 0)[0] if text.startswith("(") else go.expression(every)[0]
    except go.NotGo as error:
        raise unread(path, name, error) from error


def _first(text: str, start: int, indent: str) -> str:
    """As much of a text as one declaration is: up to a line of nothing but its closing brackets, or one line."""
    line = text[start : text.find("\n", start)] if "\n" in text[start:] else text[start:]
    if not line.rstrip().endswith(("{", "(", ",")):
        return line
    end = re.compile(rf"^{indent}[)}}]+[^\S\n]*$", re.MULTILINE).search(text, start)
    return text[start : end.end()] if end else text[start:]
