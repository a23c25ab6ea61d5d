"""What a run left to report: one model, which every renderer reads and which crosses from a child process."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..facts.problem import Problem
from ..graph.capacity import Capacity
from ..graph.diff import Difference
from ..graph.judgement import Judged
from ..graph.snapshot import STACK_TYPE, Snapshot
from .words import count, kind, listed, name, visible

CLEAN, FAILED, BAD_INPUT, DENIED = 0, 1, 2, 3
"""Exit codes."""
WORST = (FAILED, BAD_INPUT, DENIED, CLEAN)
"""Of several stacks the worst counts: what could not be judged outranks what was judged and denied."""

PREVIEW, MANIFESTS, STATE = "preview", "manifests", "state"


@dataclass(frozen=True)
class Judging:
    """By what it was judged: the class of the environment, how many rules were on, and where they lie."""

    environment: str
    rules: int
    pack: str


@dataclass(frozen=True)
class Verdict:
    """A snapshot and what the rules say of it. `name` is the stack's, or that of what was checked."""

    name: str
    snapshot: Snapshot
    judged: tuple[Judged, ...]
    judging: Judging
    source: str = PREVIEW
    unread: tuple[Problem, ...] = ()
    printed: str = ""
    capacity: tuple[Capacity, ...] = ()
    difference: Difference | None = None
    """What changes, where it was compared with something."""

    @cached_property
    def denying(self) -> list[Judged]:
        """Findings that deny."""
        return [item for item in self.judged if item.denies]

    @cached_property
    def advice(self) -> list[Judged]:
        """Findings that stand and deny nothing."""
        return [item for item in self.judged if not item.denies and not item.exempt]

    @cached_property
    def exempt(self) -> list[Judged]:
        """Findings that somebody answers for."""
        return [item for item in self.judged if item.exempt]

    @property
    def exit_code(self) -> int:
        return DENIED if self.denying else CLEAN

    @property
    def counted(self) -> str:
        """`143 resources, 2 findings (1 exempt)`."""
        exempt = f" ({len(self.exempt):,} exempt)" if self.exempt else ""
        unread = f", {len(self.unread):,} not read" if self.unread else ""
        resources = count(len(self.snapshot.resources), "resource" if self.source != MANIFESTS else "object")
        return f"{resources}, {count(len(self.judged), 'finding')}{exempt}{unread}"

    @property
    def outcome(self) -> str:
        """`clean`, `allowed`, or `denied by 1 rule (np-default-deny)`."""
        if not self.judging.rules:
            return "no rule judged it"
        if not self.denying:
            return ("allowed" if self.judged else "clean") + (" as far as it was read" if self.unread else "")
        rules = sorted({item.rule for item in self.denying})
        return f"denied by {count(len(rules), 'rule')} ({listed(map(name, rules), 4)})"

    def after(self, printed: str) -> "Verdict":
        """The same, with what the program printed."""
        return replace(self, printed=printed)

    def compared(self, difference: Difference) -> "Verdict":
        """The same, with what it changes."""
        return replace(self, difference=difference)

    def place(self, item: Judged) -> str:
        """Where what a finding is about stands: its file and line, or its type, name and component."""
        resource = self.snapshot.by_urn.get(item.urn)
        if resource is None or resource.origin:
            return visible(resource.origin) if resource else ""
        above = self.snapshot.by_urn.get(resource.parent)
        part = f" of {kind(above.type)} {name(above.name)}" if above and above.type != STACK_TYPE else ""
        return f"{kind(resource.type)} {name(resource.name)}{part}"

    def __str__(self) -> str:
        return f"{name(self.name)}: {self.counted}: {self.outcome}"


@dataclass(frozen=True)
class Failure:
    """A stack that could not be previewed: the report of what went wrong, and the exit code that says whose fault."""

    name: str
    error: str
    exit_code: int
    printed: str = ""

    @property
    def outcome(self) -> str:
        return "bad settings" if self.exit_code == BAD_INPUT else "the preview failed"

    def __str__(self) -> str:
        return f"{name(self.name)}: {self.outcome}"


Result = Verdict | Failure


def worst(results: Iterable[Result]) -> int:
    """The exit code of them all."""
    codes = {result.exit_code for result in results}
    return next((code for code in WORST if code in codes), FAILED if codes else CLEAN)


@dataclass(frozen=True)
class Group:
    """Findings of one rule at one level, which a report tells under one heading."""

    rule: str
    level: str
    severity: str
    certain: bool
    findings: Sequence[Judged] = field(default_factory=list)

    @property
    def remedy(self) -> str:
        """The remedy, where all of them have the same."""
        remedies = {item.remedy for item in self.findings}
        return remedies.pop() if len(remedies) == 1 else ""


def groups(findings: Iterable[Judged]) -> list[Group]:
    """Findings by rule, in the order of the rules; those a rule is sure of before those it is not."""
    found: dict[tuple[str, bool, str, str], list[Judged]] = {}
    for item in findings:
        found.setdefault((item.rule, not item.certain, item.level, item.severity), []).append(item)
    return [
        Group(rule, level, severity, not unsure, found[rule, unsure, level, severity])
        for rule, unsure, level, severity in sorted(found)
    ]


def by_type(snapshot: Snapshot) -> dict[str, dict[str, int]]:
    """Resources counted by package and by type within it, the most frequent first."""
    found: dict[str, Counter[str]] = {}
    for resource in snapshot.resources:
        found.setdefault(resource.type.partition(":")[0], Counter())[resource.type] += 1
    packages = sorted(found, key=lambda package: (-found[package].total(), package))
    return {package: dict(sorted(found[package].items(), key=lambda item: (-item[1], item[0]))) for package in packages}
