"""Tables are plain text that reads back as written."""

from datetime import date
from pathlib import Path

import pytest

from hedgerow.facts import table

TABLES = sorted((Path(table.__file__).parent).rglob("tables/*.csv"))


def name(path: Path) -> str:
    """A table as it is called: its cloud and its file."""
    return f"{path.parts[-3]}/{path.name}"


def test_a_table_is_sorted_and_carries_its_source(tmp_path: Path) -> None:
    text = table.text("somewhere, read 2026-11-21", ("name", "size"), [("b", 2), ("a", 1)])
    assert text == "# source: somewhere, read 2026-11-21\nname,size\na,1\nb,2\n"
    path = tmp_path / "small.csv"
    path.write_text(text)
    assert table.source(path) == "somewhere, read 2026-11-21"
    assert list(table.rows(path)) == [["a", "1"], ["b", "2"]]


@pytest.mark.parametrize(
    ("source", "day"),
    [
        ("somewhere, read 2026-11-21", date(2026, 11, 21)),
        ("somewhere, read 2026-12-01, with days from elsewhere, read 2026-11-21", date(2026, 11, 21)),
        ("somewhere", None),
    ],
)
def test_a_table_is_as_old_as_the_oldest_part_of_it(source: str, day: date | None) -> None:
    assert table.read_on(source) == day


@pytest.mark.parametrize("field", ["a,b", 'a"b', "a\nb"])
def test_a_field_that_would_break_the_table_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="holds a comma, quote or line break; a table cannot keep it"):
        table.text("x", ("name",), [(field,)])


def test_the_tables_are_the_known_ones() -> None:
    assert [name(path) for path in TABLES] == [
        "aws/eks_addons.csv",
        "aws/eks_versions.csv",
        "aws/instances.csv",
        "aws/replacements.csv",
        "aws/zones.csv",
        "gcp/gke_versions.csv",
        "gcp/gpus.csv",
        "gcp/machines.csv",
        "gcp/replacements.csv",
        "gcp/zones.csv",
        "facts/replacements.csv",
    ]


@pytest.mark.parametrize("path", TABLES, ids=lambda path: name(path))
def test_every_table_that_ships_is_dated_sorted_and_whole(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert ", read 20" in table.source(path)
    assert "; " not in table.source(path)
    found = list(table.rows(path))
    assert {len(row) for row in found} == {len(lines[1].split(","))}
    assert [row[0] for row in found] == sorted({row[0] for row in found})
