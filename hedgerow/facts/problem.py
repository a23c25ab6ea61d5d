"""One thing wrong with what a person wrote: where, what, what is wanted, what to type."""

from dataclasses import dataclass

NOT_GIVEN = object()
"""Stands for the value of something that is not there, so that no report says «got None»."""


@dataclass(frozen=True, order=True)
class Problem:
    """`file:line: key what, got value; fix`. Line 0 where a file as a whole is meant."""

    file: str
    line: int
    key: str
    what: str
    given: object = NOT_GIVEN
    fix: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        given = "" if self.given is NOT_GIVEN else f", got {_short(self.given)}"
        fix = f"; {self.fix}" if self.fix else ""
        return f"{place}: {self.key}{' ' if self.key else ''}{self.what}{given}{fix}"


class BadInput(Exception):
    """Input that cannot be used: every problem at once, one a line, in the order of the file."""

    exit_code = 2

    def __init__(self, problems: list[Problem], heading: str = "") -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.file, problem.line, problem.key, problem.what))
        self.heading = heading
        lines = [f"  {problem}" if heading else str(problem) for problem in self.problems]
        super().__init__("\n".join(([heading] if heading else []) + lines))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
