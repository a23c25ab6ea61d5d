"""The Markdown report: its exact words, a size that fits a comment, and no markup of anybody else's."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.graph import Judged, Snapshot
from hedgerow.report import markdown
from hedgerow.report.markdown import LADDER, MOST, NOTHING, code, fenced, prose
from hedgerow.report.verdict import Failure, Verdict

from . import samples


def many(count: int, level: str = "mandatory", length: int = 100) -> Verdict:
    judged = (
        Judged(f"r-{n % 3}", f"u{n}", f"object {n} {'w' * length}", level, "high", "why", "do") for n in range(count)
    )
    return replace(samples.verdict(), judged=tuple(sorted(judged)))


def test_a_report_reads_as_reviewed() -> None:
    samples.golden("report.md", markdown.text([samples.verdict()]))


def test_several_stacks_begin_with_a_table_of_verdicts() -> None:
    samples.golden("reports.md", markdown.text([samples.clean(), samples.failure(), samples.manifests()]))


def test_the_verdict_comes_first() -> None:
    first = markdown.text([samples.verdict()]).splitlines()[0]
    assert first == "## ❌ dev: 104 resources, 5 findings (1 exempt): denied by 1 rule (np-default-deny)"


@pytest.mark.parametrize("verdict", [
    many(3_000),
    many(50, length=20_000),
    many(3_000, "advisory"),
    samples.hostile(),
    replace(samples.verdict(), snapshot=Snapshot.of("p", "s", [
        replace(resource, type=f"t:{n}:{resource.type}") for n in range(40) for resource in samples.small().resources
    ])),
])  # fmt: skip
def test_a_report_never_exceeds_what_a_comment_holds_and_always_tells_the_verdict(verdict: Verdict) -> None:
    text = markdown.text([verdict])
    assert len(text) <= MOST
    assert prose(verdict) in text.splitlines()[0]
    assert all(f"<code>{rule}</code>" in text for rule in {item.rule for item in verdict.denying})


def test_many_stacks_fit_too() -> None:
    text = markdown.text([replace(many(500), name=f"stack-{n}") for n in range(60)])
    assert len(text) <= MOST
    assert all(f"<code>stack-{n}</code> | ❌ " in text for n in range(60))


def test_what_is_long_goes_before_what_is_grave() -> None:
    whole = len(markdown.text([samples.verdict()]))
    told = [markdown.text([samples.verdict()], most) for most in range(whole, 0, -100)]
    assert all("np-default-deny" in text for text in told)
    trees = [
        ("<summary>Tree</summary>" in text, "<summary>Types</summary>" in text, "wl-probe" in text) for text in told
    ]
    assert trees == sorted(trees, reverse=True)
    assert trees[-1] == (False, False, False)


def test_each_step_tells_less() -> None:
    lengths = [len("\n".join(markdown.whole([many(400)], detail))) for detail in LADDER]
    assert lengths == sorted(lengths, reverse=True)


def test_a_failure_is_told_in_a_fence_that_its_text_cannot_close() -> None:
    text = markdown.text([Failure("dev", "bad\n```\n## aws-prod: clean\n", 1)])
    assert text == "## 🛑 dev: the preview failed\n\n````text\nbad\n```\n## aws-prod: clean\n````\n"


def test_hostile_text_makes_no_markup() -> None:
    text = markdown.text([samples.hostile()])
    outside = re.sub(r"```+text\n.*?\n```+\n", "", text, flags=re.DOTALL)
    assert set(re.findall(r"<[^>]*>", outside)) <= {
        "<code>",
        "</code>",
        "<br>",
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
    }
    assert not re.search(r"(?<!\\)\[|\w://", outside)
    assert not re.search(r"@\w|#\d", re.sub(r"<code>.*?</code>", "", outside))  # neither is one in code
    assert not [line for line in text.splitlines() if line.startswith("aws-prod")]
    rows = [line for line in text.splitlines() if line.startswith("| ❌")]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [5]


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("a | b", "a \\| b"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("`x` *y* _z_ [l](u) ~s~ $m$", "\\`x\\` \\*y\\* \\_z\\_ \\[l\\](u) \\~s\\~ \\$m\\$"),
        ("back\\slash", "back\\\\slash"),
        ("one\ntwo", "one<br>two"),
        ("ask @team about #12", f"ask @{NOTHING}team about #{NOTHING}12"),
        ("http://x www.x.y", f"http{NOTHING}://x www{NOTHING}.x.y"),
        ("a@b.example", f"a@{NOTHING}b.example"),
    ],
)
def test_prose_is_told_letter_by_letter(given_text: str, expected: str) -> None:
    assert prose(given_text) == expected


def test_a_name_is_code_whatever_is_in_it() -> None:
    assert code("a`|<b> arn:aws:iam::1:role/x") == "<code>a\\`\\|&lt;b&gt; arn:aws:iam::1:role/x</code>"


@given(st.text())
def test_text_of_others_never_ends_a_cell_or_opens_a_tag(given_text: str) -> None:
    for told in (prose(given_text).replace("<br>", ""), code(given_text)[6:-7]):
        assert not re.search(r"[<>\n]", told)
        assert not re.search(r"(?<!\\)(?:\\\\)*\|", told)


@given(st.lists(st.text(st.sampled_from("`~ a"))))
def test_a_fence_is_longer_than_any_in_it(lines: list[str]) -> None:
    first, *inner, last = fenced(lines)
    assert first == f"{last}text"
    assert inner == lines
    assert all(last not in line for line in inner)
