"""Somebody else's text, made fit to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.report import words


@given(st.text())
def test_visible_text_is_printable_and_on_one_line(given_text: str) -> None:
    assert words.visible(given_text).isprintable()


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_printable_text_stays_as_it_is(given_text: str) -> None:
    assert words.visible(given_text) == given_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\u202ecod.exe", "\\u202ecod.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\ud800", "\\ud800"),
        ("Zürich 東京", "Zürich 東京"),
    ],
)
def test_what_hides_or_moves_text_is_escaped(text: str, expected: str) -> None:
    assert words.visible(text) == expected


def test_lines_keep_line_ends_and_drop_colours() -> None:
    assert words.lines("\x1b[1;31mred\x1b[0m\n\tin\x1b[2J\r\n") == ["red", "    in\\x1b[2J\\r"]


def test_a_very_long_name_loses_its_middle() -> None:
    shown = words.name("a" * 500 + "z")
    assert (len(shown), shown[0], shown[80], shown[-1]) == (161, "a", "…", "z")


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("aws:ec2/subnet:Subnet", "aws:ec2:Subnet"),
        ("aws:eks/nodeGroup:NodeGroup", "aws:eks:NodeGroup"),
        ("kubernetes:core/v1:Namespace", "kubernetes:core/v1:Namespace"),
        ("hedgerow:index:Tenant", "hedgerow:index:Tenant"),
        ("pulumi:providers:aws", "pulumi:providers:aws"),
        ("odd", "odd"),
        ("", ""),
    ],
)
def test_types_are_told_as_pulumi_does(token: str, expected: str) -> None:
    assert words.kind(token) == expected


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 findings"), (1, "1 finding"), (2, "2 findings"), (12345, "12,345 findings")]
)
def test_counts_are_grammatical(number: int, expected: str) -> None:
    assert words.count(number, "finding") == expected


def test_a_list_is_cut_only_where_that_saves_words() -> None:
    names = [str(n) for n in range(10)]
    assert words.listed(names[:9]) == "0, 1, 2, 3, 4, 5, 6, 7, 8"
    assert words.listed(names) == "0, 1, 2, 3, 4, 5, 6, 7 and 2 more"
