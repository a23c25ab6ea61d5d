"""`hedgerow rehearse`: the Kubernetes half of a stack, tried on a real API server of its own."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from ..engine.embedded import Outcome
    from ..graph import Snapshot
    from ..rehearsal.run import Rehearsal

EXIT_CODES = """
\b
Exit codes: 0 every fence held, 1 error, 2 bad settings, 3 the server rejects an
object or a fence does not hold.
"""
CLEAN, FAILED, BAD_INPUT, DENIED = 0, 1, 2, 3


@click.command(epilog=EXIT_CODES)
@click.argument("stacks", metavar="[STACK]...", nargs=-1)
@click.option("--keep", is_flag=True, help="Leave the API server running and print how to reach and end it.")
@click.option("--stop", is_flag=True, help="End the API servers that --keep left running.")
@click.option(
    "--json", "json_file", metavar="FILE", default="", help="Write everything as JSON; - for standard output."
)
def command(stacks: tuple[str, ...], json_file: str, *, keep: bool, stop: bool) -> None:
    """Apply a stack to an API server of its own; try its fences.

    Starts a private Kubernetes control plane on this machine, applies the stack's Kubernetes objects, fills quotas,
    asks who may do what, tries what the server is to refuse, rolls out new versions on nodes that are pretended, prints
    what was expected and what happened, and removes everything.
    Without STACK: the only one that the project has.

    \b
    Example: hedgerow rehearse aws-prod
    """
    if stop and (stacks or keep or json_file):
        raise click.UsageError("--stop ends what runs and takes nothing else with it")
    sys.exit(end() if stop else run(stacks, json_file, keep=keep))


def run(names: Sequence[str], json_file: str, *, keep: bool) -> int:
    """Rehearse stacks one after the other and deliver the reports; gives the exit code."""
    from ..rehearsal import binaries, document
    from ..rehearsal.run import rehearse
    from ..rehearsal.trouble import Trouble
    from .delivery import Wanted, write

    wanted = Wanted.checked(json_file, "")
    try:
        found = binaries.find()
    except Trouble as trouble:
        return _refused(trouble)
    codes, rehearsals = [CLEAN], list["Rehearsal"]()
    for outcome in _snapshots(names):
        if outcome.result is None:
            codes.append(_failed(outcome))
            continue
        with _Progress(outcome.stack) as progress:
            done = list(rehearse(outcome.result, found, keep=keep, tell=progress.show))
        codes += [_show(one, quiet=wanted.takes_stdout) for one in done]
        rehearsals += done
        if not done:
            click.echo(f"{outcome.stack}: no Kubernetes objects; nothing was tried", err=wanted.takes_stdout)
    if wanted.json and rehearsals:
        write(wanted.json, document.text(rehearsals))
    return next(code for code in (FAILED, BAD_INPUT, DENIED, CLEAN) if code in codes)


def end() -> int:
    """End what was kept; gives the exit code."""
    from ..rehearsal import places

    kept = places.kept()
    for folder, name in kept.items():
        places.stop(folder)
        click.echo(f"ended the API server of {name} ({folder})")
    places.clean()
    if not kept:
        click.echo("no API server is kept")
    return CLEAN


def _snapshots(names: Sequence[str]) -> "list[Outcome[Snapshot]]":
    from ..engine import embedded, project
    from ..facts.problem import BadInput, Problem
    from .preview import chosen

    found = project.find(Path.cwd())
    known = found.stack_names()
    if not names and len(known) > 1:
        where, fix = found.shown(found.stacks), f"name those to rehearse: {', '.join(known)}"
        raise BadInput([Problem(where, 0, "", f"holds {len(known)} stacks", fix=fix)])
    return embedded.run_all(found, chosen(found, names, every=False), lambda snapshot: snapshot)


def _show(found: "Rehearsal", *, quiet: bool) -> int:
    """Print one rehearsal, the table on standard output unless a document goes there; gives its exit code."""
    from ..rehearsal import table
    from ..report import text
    from .delivery import console

    out, err = console(sys.stdout), console(sys.stderr)
    if quiet:
        text.show(err, [table.closing(found)])
    else:
        text.show(out, table.report(found))
        sys.stdout.flush()
    text.show(err, table.trouble(found))
    return FAILED if found.trouble else CLEAN if found.holds else DENIED


def _failed(outcome: "Outcome[Snapshot]") -> int:
    from ..report import text
    from ..report.verdict import Failure
    from .delivery import console

    text.show(
        console(sys.stderr), text.failure(Failure(outcome.stack, outcome.error, outcome.exit_code, outcome.printed))
    )
    return outcome.exit_code


def _refused(trouble: Exception) -> int:
    click.echo(f"error: {trouble}", err=True)
    return FAILED


class _Progress:
    """One line on a terminal while a stack is rehearsed; nothing where nobody watches."""

    def __init__(self, stack: str) -> None:
        self._stack = stack
        self._on = sys.stderr.isatty() and os.environ.get("TERM") not in (None, "", "dumb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._write("")

    def show(self, what: str) -> None:
        """Write the line anew."""
        self._write(f"{self._stack}: {what}"[:79])

    def _write(self, text: str) -> None:
        if self._on:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
