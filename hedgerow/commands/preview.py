"""`hedgerow preview`: what a program would build, judged before anything is."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..engine import embedded, project
from ..engine.embedded import Outcome
from ..engine.project import Project
from ..facts.problem import BadInput, Problem
from ..report.verdict import Failure, Result, Verdict
from . import pack
from .delivery import Wanted, deliver
from .progress import Progress


def run(
    names: Sequence[str], wanted: Wanted, *, every: bool, seconds: float | None, folder: Path, against: str = ""
) -> int:
    """Preview stacks and deliver the reports; gives the exit code."""
    found = project.find(folder)
    stacks = chosen(found, names, every=every)
    if against and Path(against).exists() and len(stacks) > 1:
        fix = "name one stack, or compare with a commit"
        raise BadInput([Problem(f"--against {against}", 0, "", f"is one state, and {len(stacks)} stacks", fix=fix)])
    rules = pack.load(found.policies)
    with Progress(stacks, sys.stderr) as progress:
        if len(stacks) > 1:
            from ..engine import preload

            preload.load(found, stacks)
        outcomes = embedded.run_all(
            found,
            stacks,
            lambda snapshot: rules.judge(snapshot, snapshot.stack),
            seconds=seconds or embedded.SECONDS,
            done=lambda outcome: progress.ended(outcome.stack),
            tick=progress.show,
        )
    results = [_result(outcome) for outcome in outcomes]
    if against:
        results = [_compared(result, against, seconds, folder) for result in results]
    return deliver(results, wanted, several=every or len(stacks) > 1)


def chosen(found: Project, names: Sequence[str], *, every: bool) -> list[str]:
    """The stacks that were named, each once; the only one there is where none was; all of them if so asked."""
    known, where = found.stack_names(), found.shown(found.stacks)
    unknown = sorted(set(names) - set(known))
    if unknown:
        there = f"is not there; stacks of {found.name}: {', '.join(known) or 'none yet'}"
        raise BadInput([Problem(found.shown(found.stacks / f"Pulumi.{name}.yaml"), 0, "", there) for name in unknown])
    if names:
        return list(dict.fromkeys(names))
    if not known:
        raise BadInput([Problem(where, 0, "", "holds no stack file", fix="write one, such as Pulumi.dev.yaml")])
    if len(known) > 1 and not every:
        fix = f"name those to preview ({', '.join(known)}), or take all of them with --all"
        raise BadInput([Problem(where, 0, "", f"holds {len(known)} stacks", fix=fix)])
    return known


def _compared(result: Result, against: str, seconds: float | None, folder: Path) -> Result:
    """A verdict with what it changes; with the reason where the program of a commit did not run through."""
    from ..graph.diff import Difference, difference
    from . import base

    if isinstance(result, Failure):
        return result
    try:
        found = base.find(against, result.snapshot.stack, seconds=seconds, folder=folder)
    except base.Unreadable as error:
        return result.compared(Difference(against, failed="\n".join(problem.what for problem in error.problems)))
    told = difference(found.snapshot, result.snapshot, against, filled=Path(against).exists())
    return result.compared(replace(told, new=found.new))


def _result(outcome: Outcome[Verdict]) -> Result:
    if outcome.result is None:
        return Failure(outcome.stack, outcome.error, outcome.exit_code, outcome.printed)
    return outcome.result.after(outcome.printed)
