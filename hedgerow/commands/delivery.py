"""Where reports go: a terminal, a pipe, files. A file is there whole or not at all."""

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.text import Text

from ..facts.problem import BadInput, Problem
from ..report import document, markdown, text, words
from ..report.verdict import BAD_INPUT, Failure, Result, Verdict, worst

STDOUT = "-"


@dataclass(frozen=True)
class Wanted:
    """What a command was asked to write: files, `-` for standard output, empty for nothing."""

    json: str = ""
    markdown: str = ""

    @classmethod
    def checked(cls, json: str, markdown: str) -> "Wanted":
        """What was asked for; BadInput, before any work is done, where it could not be written in the end."""
        if json == markdown == STDOUT:
            raise BadInput(
                [Problem("--json - --markdown -", 0, "", "both want standard output", fix="give one a file")]
            )
        return cls(_writable(json), _writable(markdown))

    @property
    def takes_stdout(self) -> bool:
        """Whether standard output belongs to a document, so that the report must not go there."""
        return STDOUT in (self.json, self.markdown)


def console(stream: TextIO) -> Console:
    """A console that shows texts as they are: no markup, no emoji names, no colours that nobody asked for."""
    with contextlib.suppress(AttributeError, ValueError):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[attr-defined]
    return Console(file=stream, markup=False, emoji=False, highlight=False)


def deliver(results: Sequence[Result], wanted: Wanted, *, several: bool) -> int:
    """Write and show every result; gives the exit code.

    Where nothing but bad settings came out, nothing is written. A program that failed is written as such.
    """
    out, err = console(sys.stdout), console(sys.stderr)
    verdicts = [result for result in results if isinstance(result, Verdict)]
    for index, verdict in enumerate(verdicts):
        if wanted.takes_stdout:
            text.show(err, [*text.printed(verdict.printed), *text.unread(verdict), text.closing(verdict)])
        else:
            text.show(out, [*([text.Line(Text())] if index else []), *text.report(verdict)])
    sys.stdout.flush()
    for failed in (result for result in results if isinstance(result, Failure)):
        text.show(err, text.failure(failed))
    if several and verdicts and not wanted.takes_stdout:
        text.show(out, [text.Line(Text()), text.Line(Text("Verdicts", "bold")), *map(text.closing, results)])
    if any(result.exit_code != BAD_INPUT for result in results):
        _write(results, wanted, several=several)
    return worst(results)


def _write(results: Sequence[Result], wanted: Wanted, *, several: bool) -> None:
    if wanted.json:
        write(wanted.json, document.text(results, several=several))
    if wanted.markdown:
        write(wanted.markdown, markdown.text(results))


def write(where: str, content: str) -> None:
    """Put `content` into a file in one step, or print it for `-`. A pipe or device is written to as it is."""
    data = content.encode("utf-8", "backslashreplace")
    if where == STDOUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    try:
        _replace(Path(where), data)
    except OSError as error:
        raise BadInput([Problem(where, 0, "", f"cannot be written: {error.strerror}")]) from error


def told(error: BadInput) -> None:
    """Report bad input: every problem on a line of its own, on stderr."""
    lines = [text.Line(Text(words.visible(problem)), "  ") for problem in error.problems]
    heading = words.visible(error.heading or "bad input; nothing was done")
    text.show(console(sys.stderr), [text.Line(Text(f"error: {heading}", "bold red")), *lines])


def _writable(where: str) -> str:
    path = Path(where)
    if where and where != STDOUT:
        if path.is_dir():
            raise BadInput([Problem(where, 0, "", "is a folder", fix="name a file, or - for standard output")])
        if not path.parent.is_dir():
            raise BadInput([Problem(where, 0, "", "lies in a folder that is not there", fix=f"make {path.parent}")])
    return where


def _replace(path: Path, data: bytes) -> None:
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    path = path.resolve()
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask()
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
