"""The report that people read in a terminal, in a pipe and in a job's log."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ..graph.judgement import Judged
from . import capacity, difference, words
from .tree import Branch, grow
from .verdict import MANIFESTS, PREVIEW, STATE, Failure, Group, Result, Verdict, by_type, groups

NOTES = {
    PREVIEW: "Embedded engine: the program ran on this machine, without an account, and no cloud was asked; "
    "this shows what a first `pulumi preview` would.",
    MANIFESTS: "Manifests judged as they stand in the folder; no cluster was asked.",
    STATE: "A state judged as it was exported; no cloud was asked what has become of it.",
}
MOST_ADVICE = 20
"""Findings shown of one rule that denies nothing; those that deny are all shown."""
MOST_PRINTED = 200
"""Lines shown of what a program printed."""
NARROWEST, HANG = 24, 4
DENIES, ADVISES, UNSURE, EXEMPT = "bold red", "yellow", "magenta", "dim"
IN_ASCII = str.maketrans("├└│─✗…", "|`|-x.")


@dataclass(frozen=True)
class Line:
    """One line. What follows `prefix` hangs below its own beginning where it is wrapped, or is `cut` at the edge."""

    text: Text
    prefix: str = ""
    cut: bool = False


def report(verdict: Verdict) -> Iterator[Line]:
    """The whole report of one stack or folder; the verdict is its last line."""
    yield _heading(verdict)
    yield Line(Text(NOTES[verdict.source], "dim"))
    yield from unread(verdict)
    yield from printed(verdict.printed)
    yield from _section("Tree", tree(verdict))
    yield from _section("Types", _types(verdict))
    yield from _section("Capacity", _capacity(verdict))
    yield from _section("Difference", _difference(verdict))
    yield from _section("Findings", _findings(verdict))
    yield Line(Text())
    yield closing(verdict)


def closing(result: Result) -> Line:
    """The verdict in one line."""
    return Line(Text(str(result), "bold red" if result.exit_code else "bold green"))


def failure(failed: Failure) -> Iterator[Line]:
    """The report of a stack that could not be previewed."""
    yield from printed(failed.printed)
    yield Line(Text(f"error: {failed}", "bold red"))
    for line in words.lines(failed.error):
        yield Line(Text(line), "  ")


def printed(text: str) -> Iterator[Line]:
    """What the program printed, under a heading of its own."""
    told = words.lines(text) if text.strip() else []
    left_out = len(told) - MOST_PRINTED
    if left_out > 0:
        told = [f"… {words.count(left_out, 'line')} before these", *told[-MOST_PRINTED:]]
    yield from _section("The program printed", (Line(Text(line), "  ") for line in told))


def unread(verdict: Verdict) -> Iterator[Line]:
    """What could not be read, by file and line."""
    yield from _section("Not read", (Line(Text(words.visible(item)), "  ") for item in verdict.unread))


def fit(lines: Iterable[Line], width: int | None) -> Iterator[Text]:
    """Lines as they are shown: wrapped or cut at `width`, or whole where it is None (a pipe)."""
    for line in lines:
        whole = Text(line.prefix) + line.text
        if width is None or cell_len(whole.plain) <= width:
            yield whole
        elif line.cut:
            whole.truncate(width, overflow="ellipsis")
            yield whole
        else:
            yield from _wrapped(line, width)


def show(console: Console, lines: Iterable[Line]) -> None:
    """Print lines to a console: fitted to a terminal, whole elsewhere, in characters that it can write."""
    poor = "utf" not in console.encoding
    if not console.is_terminal and console.color_system is None:
        for line in lines:  # a pipe gets them as they are: nothing to style, and rich is slow with many
            plain = f"{line.prefix}{line.text.plain}\n"
            console.file.write(plain.translate(IN_ASCII) if poor else plain)
        return
    for text in fit(lines, max(console.width, NARROWEST) if console.is_terminal else None):
        if poor:
            text.plain = text.plain.translate(IN_ASCII)
        console.print(text, soft_wrap=True)


def _wrapped(line: Line, width: int) -> Iterator[Text]:
    prefix, text, hang = line.prefix, line.text, cell_len(line.prefix)
    if width - hang < NARROWEST // 2:
        prefix, text, hang = "", Text(prefix) + text, HANG
    for part in text.wrap(Console(width=width), width - hang):
        part.rstrip()
        yield Text(prefix) + part
        prefix = " " * hang


def _section(title: str, lines: Iterable[Line]) -> Iterator[Line]:
    every = list(lines)
    if every:
        yield from (Line(Text()), Line(Text(title, "bold")), *every)


def _heading(verdict: Verdict) -> Line:
    judging = verdict.judging
    project = f"project {words.name(verdict.snapshot.project)}, " if verdict.source != MANIFESTS else ""
    rules = f"{words.count(judging.rules, 'rule')} of {words.name(judging.pack)}"
    text = Text(words.name(verdict.name), "bold")
    return Line(text.append(f"  {project}class {judging.environment}, judged by {rules}", "not bold dim"))


def tree(verdict: Verdict) -> Iterator[Line]:
    """Resources under the component that made them, each with the gravest rule that speaks of it."""
    marks = {item.urn: item for item in [*verdict.advice, *verdict.denying]}
    for branch in grow(verdict.snapshot, marks):
        yield from _branch(branch, "  ", "  ", marks)


def _branch(branch: Branch, prefix: str, below: str, marks: Mapping[str, Judged]) -> Iterator[Line]:
    mark = marks.get(branch.resources[0].urn) if len(branch.resources) == 1 else None
    text = Text(branch.kind, "cyan").append(f"  {branch.names}", "default")
    if mark:
        text.append(f"  {'✗' if mark.denies else '!'} {words.name(mark.rule)}", DENIES if mark.denies else ADVISES)
    yield Line(text, prefix, cut=mark is None)
    for index, child in enumerate(branch.children):
        last = index == len(branch.children) - 1
        yield from _branch(child, f"{below}{'└─ ' if last else '├─ '}", f"{below}{'   ' if last else '│  '}", marks)
    if branch.below:
        yield Line(Text(f"… {branch.below:,} deeper", "dim"), f"{below}└─ ")


def _types(verdict: Verdict) -> Iterator[Line]:
    counted = by_type(verdict.snapshot)
    wide = max((len(words.name(package)) for package in counted), default=0)
    for package, types in counted.items():
        told = ", ".join(f"{words.kind(type_).partition(':')[2]} {number:,}" for type_, number in types.items())
        yield Line(Text(told), f"  {words.name(package):<{wide}}  {sum(types.values()):>5,}  ")


def _capacity(verdict: Verdict) -> Iterator[Line]:
    for answer in verdict.capacity:
        yield Line(Text(capacity.heading(answer), "cyan"), "  ")
        cells = [list(capacity.HEADS), *capacity.table(answer)]
        wide = [max(cell_len(row[index]) for row in cells) for index in range(len(capacity.HEADS))]
        for index, (name, *amounts) in enumerate(cells):
            told = "  ".join(f"{amount:>{width}}" for amount, width in zip(amounts, wide[1:], strict=True))
            yield Line(Text(f"{name:<{wide[0]}}  {told}".rstrip(), "" if index else "dim"), "    ", cut=True)
        for says, message, witness in capacity.gaps(answer):
            mark = "✗ " if says == "does not fit" else "? " if says else ""
            yield Line(Text(f"{mark}{words.visible(message)}", DENIES if says == "does not fit" else UNSURE), "    ")
            yield from _labelled("because", witness)
        if not answer.gaps:
            yield Line(Text(capacity.closing(answer), "green"), "    ")
        yield from _labelled("not known", capacity.unknown(answer), 4)
        yield from (Line(Text(words.visible(note), "dim"), "    ") for note in answer.notes)


def _difference(verdict: Verdict) -> Iterator[Line]:
    found = verdict.difference
    if found is None:
        return
    yield Line(Text(difference.summary(found), DENIES if found.failed else "cyan"), "  ")
    yield from (Line(Text(note, "dim"), "    ") for note in difference.notes(found))
    for change, more in difference.shown(found):
        if change is None:
            yield Line(Text(more, "dim"), "    … ")
            continue
        style = DENIES if change.what in ("delete", "replace") else ADVISES if change.risks else ""
        yield Line(Text(difference.title(change), style), "    - ")
        yield from (Line(Text(detail), "        ") for detail in difference.details(change))


def _findings(verdict: Verdict) -> Iterator[Line]:
    for group in groups(verdict.denying):
        yield from _group(verdict, group, "✗ denies", DENIES, len(group.findings))
    for group in groups(verdict.advice):
        says, style = ("! advises", ADVISES) if group.certain else ("? cannot tell yet", UNSURE)
        yield from _group(verdict, group, says, style, MOST_ADVICE)
    for item in verdict.exempt:
        yield Line(Text(f"~ exempt  {words.name(item.rule)}  {words.visible(item.exempt)}", EXEMPT), "  ")
        yield Line(Text(words.visible(item.message), EXEMPT), "      ")


def _group(verdict: Verdict, group: Group, says: str, style: str, most: int) -> Iterator[Line]:
    about = f"{group.level}, severity {words.name(group.severity)}, {words.count(len(group.findings), 'finding')}"
    yield Line(Text(f"{says}  {words.name(group.rule)}", style).append(f"  {about}", "not bold default"), "  ")
    yield from _labelled("to mend it", group.remedy, 4)
    for item in group.findings[:most]:
        first, *rest = words.lines(item.message)
        yield Line(Text(first), "    - ")
        yield from (Line(Text(line), "      ") for line in rest)
        yield from _labelled("on", verdict.place(item))
        yield from _labelled("because", item.witness)
        yield from _labelled("to mend it", "" if group.remedy else item.remedy)
    if len(group.findings) > most:
        yield Line(Text(f"… and {len(group.findings) - most:,} more like these; --json has them all", "dim"), "      ")


def _labelled(label: str, text: str, indent: int = 6) -> Iterator[Line]:
    prefix = f"{'':{indent}}{label}: "
    for line in words.lines(text) if text else []:
        yield Line(Text(line), prefix)
        prefix = " " * len(prefix)
