"""The table that people read: what was applied, what was tried, and what the server did about it."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from ..report import words
from ..report.text import Line
from .run import Rehearsal
from .trials import Trial

GOOD, BAD, NOTE = "green", "bold red", "dim"
WIDEST = 80
LIMITS = (
    "Its Kubernetes objects, on this machine: no cloud, no traffic. NetworkPolicies are stored, not enforced; "
    "nodes are there for rollouts only, and pretended."
)
COLUMNS = "Each line: what was tried, what is to come of it, what came of it, and the server's own words."


def report(found: Rehearsal) -> Iterator[Line]:
    """The whole report of one rehearsal; the verdict is its last line."""
    if found.version:
        yield Line(Text(f"{words.name(found.stack)}: rehearsed on an API server {words.name(found.version)}", "bold"))
        yield Line(Text(LIMITS, NOTE))
    if found.trials:
        yield Line(Text(COLUMNS, NOTE))
    yield from _objects(found)
    for namespace in dict.fromkeys(trial.namespace for trial in found.trials):
        yield Line(Text())
        yield Line(Text(words.name(namespace), "bold"))
        yield from _trials([trial for trial in found.trials if trial.namespace == namespace])
    if found.version:
        yield Line(Text())
    if found.kubeconfig:
        yield Line(Text(f"export KUBECONFIG={found.kubeconfig}"))
        yield Line(Text("It runs on; to end it: hedgerow rehearse --stop", NOTE))
    yield closing(found)


def closing(found: Rehearsal) -> Line:
    """The verdict in one line."""
    applied, seconds = found.applied, sum(found.seconds.values())
    parts = [f"{words.count(len(applied.objects), 'object')} applied", f"{words.count(len(found.trials), 'trial')}"]
    parts += [f"{len(items):,} {what}" for what, items in _faults(found) if items]
    outcome = "could not go on" if found.trouble else "every fence held" if found.holds else "does not hold"
    if not found.trials and found.holds and not found.trouble:
        outcome = "every object taken, nothing to try"
    text = f"{words.name(found.stack)}: {', '.join(parts)}, {seconds:.1f} s: {outcome}"
    return Line(Text(text, BAD if found.trouble or not found.holds else f"bold {GOOD}"))


def trouble(found: Rehearsal) -> Iterator[Line]:
    """Why a rehearsal could not go on, for standard error."""
    if found.trouble:
        yield Line(Text(f"error: {words.visible(found.trouble.message)}", BAD))
        yield from (Line(Text(words.visible(line)), "  ") for line in found.trouble.details)


def _faults(found: Rehearsal) -> list[tuple[str, list[str]]]:
    return [
        ("left out", [item.name for item in found.applied.left_out]),
        ("rejected", [item.name for item in found.applied.rejected]),
        ("changed by a second apply", found.applied.changed),
        ("failed", [trial.what for trial in found.failed]),
    ]


def _objects(found: Rehearsal) -> Iterator[Line]:
    applied = found.applied
    for item in applied.rejected:
        what = "is in conflict" if item.conflict else "was rejected"
        yield Line(Text(f"✗ {words.visible(item.name)} {what}: {words.visible(item.message)}", BAD), "  ")
    for name in applied.changed:
        yield Line(Text(f"✗ {words.visible(name)}: a second apply changed it", BAD), "  ")
    for out in applied.left_out:
        yield Line(Text(f"- {words.visible(out.name)} was left out: {words.visible(out.why)}"), "  ")
    for manifest in applied.objects:
        for note in manifest.notes:
            yield Line(Text(f"~ {words.visible(manifest)} {words.visible(note)}", NOTE), "  ")


def _trials(trials: Iterable[Trial]) -> Iterator[Line]:
    shown = list(trials)
    what = min(WIDEST, max(len(trial.what) for trial in shown))
    expected = max(len(trial.expected) for trial in shown)
    for trial in shown:
        text = Text(f"{words.visible(trial.what):<{what}}  {words.visible(trial.expected):<{expected}}  ")
        text.append(words.visible(trial.happened), GOOD if trial.holds else BAD)
        if trial.message:
            text.append(f"  {words.visible(trial.message)}", NOTE)
        yield Line(text, "  ✓ " if trial.holds else "  ✗ ", cut=trial.holds)
