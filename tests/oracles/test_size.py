"""Every oracle stays short enough to be checked against its specification in minutes."""

import ast
from pathlib import Path

import pytest

MOST_LINES = 60
HERE = Path(__file__).parent
ORACLES = sorted(
    path.stem
    for path in HERE.glob("*.py")
    if not path.stem.startswith(("test_", "__")) and "hypothesis" not in path.read_text()
)
"""Whatever neither tests nor draws anything: the oracles, and what several of them share."""


def lines(text: str) -> int:
    """Lines that are not blank, outside the module's docstring: what is to be read as code."""
    docstring = ast.parse(text).body[0]
    told = range(docstring.lineno, (docstring.end_lineno or 0) + 1)
    return sum(bool(line.strip()) for number, line in enumerate(text.splitlines(), 1) if number not in told)


@pytest.mark.parametrize("name", ORACLES)
def test_every_oracle_is_short_and_says_what_it_holds(name: str) -> None:
    text = (HERE / f"{name}.py").read_text()
    assert ast.get_docstring(ast.parse(text))
    assert lines(text) <= MOST_LINES, f"{name}.py has {lines(text)} lines of code; most are {MOST_LINES}"


def test_no_oracle_knows_the_code_that_it_judges() -> None:
    texts = {name: (HERE / f"{name}.py").read_text() for name in ORACLES}
    assert [name for name, text in texts.items() if "hedgerow." in text] == []
