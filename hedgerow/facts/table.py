"""Dated tables that ship with hedgerow: plain CSV with a `# source:` line, read when asked for.

Fields hold no comma and no quote, so that reading one takes a split; `text` refuses others.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

_SOURCE = "# source: "


def text(source: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table as text: the source line, the columns, then the rows sorted by their first field."""
    lines = sorted((tuple(str(field) for field in row) for row in rows), key=lambda row: row[0])
    for line in lines:
        if any(mark in field for field in line for mark in ',"\n'):
            raise ValueError(f"a field of {line} holds a comma, quote or line break; a table cannot keep it")
    body = "".join(f"{','.join(line)}\n" for line in (tuple(columns), *lines))
    return f"{_SOURCE}{source}\n{body}"


def rows(path: Path) -> Iterator[list[str]]:
    """The rows of a table, without source line and columns."""
    for line in path.read_text(encoding="utf-8").splitlines()[2:]:
        yield line.split(",")


def source(path: Path) -> str:
    """Where a table comes from and when it was read, for reports and for messages about what it does not know."""
    return path.read_text(encoding="utf-8").partition("\n")[0].removeprefix(_SOURCE)
