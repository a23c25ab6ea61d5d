"""`hedgerow render`: the Kubernetes objects of a stack as files of YAML."""

import sys
from pathlib import Path

import click

EXIT_CODES = "Exit codes: 0 written, 1 error, 2 bad settings, or a folder that holds something else."


def _stacks(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from ..cli import stack_names

    return stack_names(context, parameter, incomplete)


@click.command(epilog=EXIT_CODES)
@click.argument("stack", shell_complete=_stacks)
@click.option(
    "--to",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder to write: not there yet, empty, or rendered before.",
)
def command(stack: str, folder: Path) -> None:
    """Write a stack's Kubernetes objects as YAML.

    One file an object, the same ones each time, and hedgerow.index, by which `hedgerow check DIR` judges them as the
    preview does. Secrets and what is not known yet are written as placeholders and listed. What an earlier render left
    over is removed; a folder that holds anything else is refused.

    \b
    Example: hedgerow render aws-dev --to manifests
    """
    sys.exit(run(stack, folder))


def run(stack: str, folder: Path) -> int:
    """Render one stack and tell what was written; gives the exit code."""
    from ..engine import embedded, project
    from ..rendering import folder as places
    from ..rendering.manifests import Rendering, render
    from .preview import chosen

    found = project.find(Path.cwd())
    names = chosen(found, [stack], every=False)
    places.check(folder)
    outcome = embedded.run_all(found, names, lambda snapshot: snapshot)[0]
    if outcome.result is None:
        return _failed(outcome.stack, outcome.error, outcome.exit_code, outcome.printed)
    rendering: Rendering = render(outcome.result)
    if not rendering.objects:
        click.echo(f"{stack}: no Kubernetes objects; nothing was written")
        return 0
    changes = places.replace(folder, rendering.files)
    told = f"{changes.new} new, {changes.changed} changed, {changes.removed} removed"
    click.echo(f"{stack}: {len(rendering.objects)} objects in {folder}; {told}")
    _list("Placeholders; fill them in before anything applies these files", rendering.placeholders)
    _list("Left out", rendering.left_out)
    return 0


def _list(heading: str, lines: list[str]) -> None:
    if lines:
        click.echo("\n".join([heading, *(f"  {line}" for line in lines)]))


def _failed(stack: str, error: str, exit_code: int, printed: str) -> int:
    from ..report import text
    from ..report.verdict import Failure
    from .delivery import console

    text.show(console(sys.stderr), text.failure(Failure(stack, error, exit_code, printed)))
    return exit_code
