"""Dated tables that ship with hedgerow: plain CSV with a `# source:` line, read when asked for.

Fields hold no comma and no quote, so that reading one takes a split; `text` refuses others.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

_SOURCE = "# source: "
_READ = re.compile(r", read (\d{4}-\d\d-\d\d)")


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
    return read_rows(path.read_text(encoding="utf-8"))


def read_rows(text: str) -> Iterator[list[str]]:
    """The rows of a table's text."""
    for line in text.splitlines()[2:]:
        yield line.split(",")


def source(path: Path) -> str:
    """Where a table comes from and when it was read, for reports and for messages about what it does not know."""
    return path.read_text(encoding="utf-8").partition("\n")[0].removeprefix(_SOURCE)


def read_on(source: str) -> date | None:
    """The day on which the oldest part of a source was read; None where it says none."""
    return min(map(date.fromisoformat, _READ.findall(source)), default=None)


def shipped() -> dict[str, Path]:
    """Every table of hedgerow by its name, such as `aws/instances`."""
    facts = Path(__file__).parent
    return {str(path.parents[1].relative_to(facts) / path.stem): path for path in sorted(facts.rglob("tables/*.csv"))}
