"""The report for a pull request or a job's summary: the verdict first, what is long folded, never cut in the middle."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from . import capacity, difference, words
from .text import NOTES, fit, tree
from .verdict import Failure, Group, Result, Verdict, by_type, groups, worst

MOST = 60_000
"""Characters of one report: GitHub refuses a comment of more than 65,536."""
SPECIAL = re.compile(r"([\\`*_\[\]|~$])")
NOTHING = "\N{ZERO WIDTH SPACE}"
LINKS = re.compile(r"(?<=\w)(?=://)|(?<=www)(?=\.)", re.IGNORECASE)
MENTIONS = re.compile(r"(?<=@)(?=\w)|(?<=#)(?=\d)|(?<=GH-)(?=\d)", re.IGNORECASE)
"""Where a character of no width keeps links, mentions and issues from being made of somebody's text."""
SIGNS = {0: "✅", 1: "🛑", 2: "🛑", 3: "❌"}


@dataclass(frozen=True)
class Detail:
    """How much a report tells. Each step of LADDER tells less; denials are shortened last, their rules always told."""

    tree: bool = True
    types: bool = True
    advice: bool = True
    why: bool = True
    objects: int = 1_000_000
    """Findings told of one rule; the others are counted."""
    longest: int = 1_000_000
    """Characters of one message."""


LADDER = (
    Detail(),
    Detail(tree=False),
    Detail(tree=False, types=False),
    Detail(tree=False, types=False, advice=False),
    *(
        Detail(tree=False, types=False, advice=False, why=False, objects=objects, longest=longest)
        for objects, longest in ((1_000_000, 1_000), (100, 300), (20, 300), (5, 300), (1, 300), (0, 300))
    ),
)


def text(results: Sequence[Result], most: int = MOST) -> str:
    """The report of all results in at most `most` characters: the first of LADDER that fits."""
    told = ""
    for detail in LADDER:
        told = "\n".join(whole(results, detail)) + "\n"
        if len(told) <= most:
            break
    return told


def prose(given: object, longest: int = 1_000_000) -> str:
    """Text in which nothing is markup, a link or a mention; line ends become `<br>`."""
    told = str(given)
    told = told if len(told) <= longest else f"{told[:longest]}…"
    return "<br>".join(MENTIONS.sub(NOTHING, _harmless(line)) for line in words.lines(told))


def code(given: object) -> str:
    """A name as code, whatever is in it."""
    return f"<code>{_harmless(words.name(given))}</code>"


def fenced(lines: Iterable[str]) -> list[str]:
    """Lines as they are, in a fence that nothing in them can close."""
    every = list(lines)
    runs = re.findall(r"`+", "\n".join(every))
    fence = "`" * max(3, *(len(run) + 1 for run in runs)) if runs else "```"
    return [f"{fence}text", *every, fence]


def _harmless(line: str) -> str:
    entities = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return LINKS.sub(NOTHING, SPECIAL.sub(r"\\\1", entities))


def whole(results: Sequence[Result], detail: Detail) -> Iterator[str]:
    """The lines of a report at one level of detail."""
    if len(results) == 1:
        yield from _one(results[0], detail, "##")
        return
    yield f"## {SIGNS[worst(results)]} {_together(results)}"
    yield ""
    yield from _table(["stack", "verdict"], [[code(result.name), _verdict(result)] for result in results])
    for result in results:
        yield ""
        yield from _one(result, detail, "###")


def _together(results: Sequence[Result]) -> str:
    failed = sum(isinstance(result, Failure) for result in results)
    denied = sum(result.exit_code == 3 for result in results)
    told = [f"{denied:,} denied"] * bool(denied) + [f"{failed:,} without a preview"] * bool(failed)
    return f"{words.count(len(results), 'stack')}: {', '.join(told) or 'none denied'}"


def _verdict(result: Result) -> str:
    counted = "" if isinstance(result, Failure) else f"{result.counted}: "
    return f"{SIGNS[result.exit_code]} {prose(counted + result.outcome)}"


def _one(result: Result, detail: Detail, heading: str) -> Iterator[str]:
    yield f"{heading} {SIGNS[result.exit_code]} {prose(result)}"
    yield ""
    if isinstance(result, Failure):
        yield from fenced(words.lines(result.error[: detail.longest]))
        return
    judging = result.judging
    rules = f"{words.count(judging.rules, 'rule')} of {prose(judging.pack)}"
    yield f"Class {judging.environment}, judged by {rules}. {NOTES[result.source]}"
    yield from _findings(result, detail)
    yield from _difference(result, detail)
    yield from _capacity(result, detail)
    yield from _unread(result, detail)
    if detail.types:
        yield from _folded("Types", _types(result))
    if detail.tree:
        yield from _folded("Tree", fenced(line.plain for line in fit(tree(result), None)))
    if not detail.types:
        yield ""
        yield "Shortened to fit; `hedgerow preview` and its `--json` have everything."


def _findings(verdict: Verdict, detail: Detail) -> Iterator[str]:
    rows = [row for group in groups(verdict.denying) for row in _rows(verdict, group, "❌ denies", detail)]
    for group in groups(verdict.advice) if detail.advice else ():
        rows += _rows(verdict, group, "⚠️ advises" if group.certain else "❔ cannot tell yet", detail)
    if detail.advice:
        rows += [
            ["☑️ exempt", code(item.rule), f"{prose(item.message)}<br>{prose(item.exempt)}", ""]
            for item in verdict.exempt
        ]
    if rows:
        yield ""
        yield from _table(["", "rule", "finding", "to mend it"], rows)
    if verdict.advice and not detail.advice:
        yield ""
        yield f"And {words.count(len(verdict.advice), 'finding')} that denies nothing, {len(verdict.exempt):,} exempt."


def _rows(verdict: Verdict, group: Group, says: str, detail: Detail) -> Iterator[list[str]]:
    rule = f"{code(group.rule)}<br>{group.level}, {prose(group.severity)}"
    for item in group.findings[: detail.objects]:
        told = [prose(item.message, detail.longest)]
        place = verdict.place(item)
        told += [f"on: {code(place)}"] if place else []
        told += [f"because: {prose(item.witness)}"] if item.witness and detail.why else []
        yield [says, rule, "<br>".join(told), prose(item.remedy) if detail.why else ""]
    left = len(group.findings) - detail.objects
    if left > 0:
        yield [
            says,
            rule,
            f"{'and ' if detail.objects else ''}{words.count(left, 'finding')} {'more' if detail.objects else ''}",
            "",
        ]


def _difference(verdict: Verdict, detail: Detail) -> Iterator[str]:
    """What changes; at less detail the counts and the risks only."""
    found = verdict.difference
    if found is None:
        return
    yield from ("", f"**Difference** {prose(difference.summary(found), detail.longest)}")
    yield from (f"<br>{prose(note, detail.longest)}" for note in difference.notes(found))
    lines = list[str]()
    for change, more in difference.shown(found) if detail.types else ():
        lines.append(f"- {prose(difference.title(change))}" if change is not None else f"- {prose(more)}")
        lines += [f"  - {prose(told)}" for told in difference.details(change)] if change is not None else []
    if lines:
        yield from _folded("Changes", lines)


def _capacity(verdict: Verdict, detail: Detail) -> Iterator[str]:
    """A table for each cluster; at less detail only what does not fit."""
    for answer in verdict.capacity:
        told = [f"- {prose(f'{says}: {message}' if says else message)}" for says, message, _ in capacity.gaps(answer)]
        told += [f"- not known: {prose(capacity.unknown(answer))}"] if answer.unknown else []
        told += [f"- {prose(note)}" for note in answer.notes]
        rows = [[prose(cell) for cell in row] for row in capacity.table(answer)]
        lines = [prose(capacity.heading(answer)), "", *_table(capacity.HEADS, rows), *(["", *told] if told else [])]
        if detail.types or (detail.advice and answer.gaps):
            yield from _folded(f"Capacity: {prose(capacity.closing(answer))}", lines if detail.types else told)


def _unread(verdict: Verdict, detail: Detail) -> Iterator[str]:
    if verdict.unread:
        told = [words.visible(item)[: detail.longest] for item in verdict.unread[: detail.objects]]
        left = len(verdict.unread) - len(told)
        yield from _folded("Not read", fenced([*told, *([f"and {left:,} more"] if left else [])]))


def _types(verdict: Verdict) -> list[str]:
    rows = [
        [code(words.kind(type_)), f"{number:,}"]
        for types in by_type(verdict.snapshot).values()
        for type_, number in types.items()
    ]
    return list(_table(["type", "count"], rows))


def _folded(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", f"<details><summary>{title}</summary>", "", *lines, "", "</details>")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
