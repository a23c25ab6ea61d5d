"""The terminal's report: its exact words, fitted to the screen, with nothing in it that moves the cursor."""

import io
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from hedgerow.graph import Judged
from hedgerow.report import text
from hedgerow.report.verdict import STATE

from . import samples

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def shown(lines: object, width: int | None = None) -> str:
    return "".join(f"{line.plain}\n" for line in text.fit(lines, width))  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [None, 120, 80, 40])
def test_a_report_reads_as_reviewed(width: int | None) -> None:
    samples.golden(f"report-{width or 'whole'}.txt", shown(text.report(samples.verdict()), width))


@pytest.mark.parametrize("width", [24, 40, 80, 120])
@pytest.mark.parametrize("verdict", [samples.verdict(), samples.hostile(), samples.manifests()])
def test_no_line_is_wider_than_the_terminal(verdict: object, width: int) -> None:
    lines = shown(text.report(verdict), width).splitlines()  # type: ignore[arg-type]
    assert max(map(cell_len, lines)) <= width


def test_wrapping_loses_no_word_of_a_finding() -> None:
    whole = "".join(shown(line for line in text.report(samples.verdict()) if not line.cut).split())
    for width in (30, 50, 80):
        fitted = shown((line for line in text.report(samples.verdict()) if not line.cut), width)
        assert "".join(fitted.split()) == whole


def test_a_clean_stack_says_so_in_its_last_line() -> None:
    assert shown(text.report(samples.clean())).splitlines()[-1] == "prod: 10 resources, 0 findings: clean"


def test_a_failure_is_told_with_what_the_program_printed() -> None:
    assert shown(text.failure(samples.failure())) == (
        "\nThe program printed\n  half way\nerror: broken: the preview failed\n  the program failed: KeyError: 'x'\n"
        "    __main__.py:3 in <module>: f()\n    __main__.py:2 in f: return {}['x']\n"
    )


def test_what_is_checked_names_files_and_what_was_not_read() -> None:
    samples.golden("check.txt", shown(text.report(samples.manifests())))


def test_a_state_says_that_it_is_one() -> None:
    told = shown(text.report(replace(samples.clean(), source=STATE)))
    assert told.splitlines()[1] == "A state judged as it was exported; no cloud was asked what has become of it."


def test_advice_of_one_rule_is_counted_after_twenty_and_denials_never_are() -> None:
    many = [Judged("r", f"u{n:02}", f"thing {n:02} is wrong", "advisory", "low") for n in range(30)]
    advice = shown(text.report(replace(samples.clean(), judged=tuple(many))))
    assert advice.count("is wrong") == 20
    assert "      … and 10 more like these; --json has them all\n" in advice
    denied = shown(
        text.report(replace(samples.clean(), judged=tuple(replace(item, level="mandatory") for item in many)))
    )
    assert denied.count("is wrong") == 30


def test_only_the_last_lines_that_a_program_printed_are_shown() -> None:
    lines = shown(text.printed("".join(f"line {n}\n" for n in range(1000)))).splitlines()
    assert lines[:4] == ["", "The program printed", "  … 800 lines before these", "  line 800"]
    assert lines[-1] == "  line 999"


def test_hostile_text_neither_moves_the_cursor_nor_begins_a_line_of_our_own() -> None:
    told = shown(text.report(samples.hostile()))
    assert all(char.isprintable() or char == "\n" for char in told)
    assert "<script>x</script>" in told
    forged = [line for line in told.splitlines() if line.startswith("aws-prod")]
    assert forged == []


def show(encoding: str = "utf-8", **options: object) -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="backslashreplace", write_through=True)
    text.show(Console(file=stream, width=80, **options), text.report(samples.verdict()))  # type: ignore[arg-type]
    return stream.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined, no-any-return]


def test_a_pipe_gets_whole_lines_without_colours() -> None:
    assert show() == shown(text.report(samples.verdict()))


def test_a_terminal_gets_colours_that_change_no_word() -> None:
    coloured = show(force_terminal=True, color_system="standard")
    assert "\x1b[1;31m" in coloured
    assert ESCAPE.sub("", coloured) == shown(text.report(samples.verdict()), 80)


def test_a_terminal_without_colours_gets_none() -> None:
    told = show(force_terminal=True, no_color=True, color_system="standard")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", told)


def test_a_stream_that_cannot_write_the_lines_of_a_tree_gets_plain_ones() -> None:
    told = show("ascii")
    assert "  `- hedgerow:index:Vpc  main  ! eks-endpoint-public\n" in told
    assert "  x denies  np-default-deny" in told
