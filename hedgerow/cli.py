"""The `hedgerow` command: how each command is called. What they do is in hedgerow/commands, loaded when called."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import click

from . import __version__

if TYPE_CHECKING:
    from pathlib import Path

Command = TypeVar("Command", bound=Callable[..., Any])
CLASSES = ("dev", "staging", "prod")
SHELLS = ("bash", "fish", "zsh")
EXIT_CODES = """
\b
Exit codes: 0 clean, 1 error, 2 bad settings, 3 a rule denies. Of several stacks
the worst counts: an error, then bad settings, then a denial.
"""


class Place(click.Path):
    """A path as `pathlib` has it, which is loaded when one is given: nobody who asks for help waits for it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from pathlib import Path

        return Path(str(super().convert(value, param, ctx)))


class Elsewhere(click.Command):
    """A command that its own module declares, `command` in hedgerow/commands/<name>.py; loaded when it is called."""

    def make_context(self, info_name: str | None, *args: Any, **more: Any) -> click.Context:
        module = import_module(f".commands.{self.name}", __package__)
        command: click.Command = module.command
        return command.make_context(info_name, *args, **more)


class Hedgerow(click.Group):
    """Tells bad input in one report instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        from .facts.problem import BadInput

        try:
            return super().invoke(ctx)
        except BadInput as error:
            from .commands.delivery import told

            told(error)
            ctx.exit(error.exit_code)


def outputs(command: Command) -> Command:
    """The options of every command that reports a verdict."""
    json = click.option(
        "--json", "json_file", metavar="FILE", default="", help="Write the verdict as JSON; - for standard output."
    )
    markdown = click.option(
        "--markdown",
        "markdown_file",
        metavar="FILE",
        default="",
        help="Write the report as Markdown; - for standard output.",
    )
    return json(markdown(command))


def stack_names(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Stacks of the project around the working directory, for the shell; reads no stack file."""
    from pathlib import Path

    from .engine import project
    from .facts.problem import BadInput

    try:
        return [name for name in project.find(Path.cwd()).stack_names() if name.startswith(incomplete)]
    except (BadInput, OSError):
        return []


@click.group(cls=Hedgerow, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hedgerow", message="%(prog)s %(version)s")
def cli() -> None:
    """Kubernetes environments on EKS and GKE, fenced by quotas and network isolation, proved before they exist.

    \b
    Example: hedgerow preview aws-dev
    """


@cli.command(epilog=EXIT_CODES)
@click.argument("stacks", metavar="[STACK]...", nargs=-1, shell_complete=stack_names)
@click.option("--all", "every", is_flag=True, help="Preview every stack of the project.")
@outputs
@click.option(
    "--timeout",
    "seconds",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    help="Time limit of each stack's program. Default: 120.",
)
@click.option(
    "--project",
    "folder",
    metavar="DIR",
    type=Place(exists=True, file_okay=False),
    default=".",
    help="A folder of the project. Default: the working directory.",
)
@click.option("--against", metavar="STATE|GIT-REF", default="", help="Show what changes compared with this.")
def preview(stacks: tuple[str, ...], folder: "Path", json_file: str, markdown_file: str, **options: Any) -> None:
    """Show what stacks would build, and judge it.

    Runs the project's program on this machine, without an account, and judges what it registers. Nothing is created, no
    cloud is asked.
    Without STACK: the only one that the project has.

    \b
    Example: hedgerow preview aws-dev aws-prod --markdown report.md
    """
    from .commands import preview as command

    sys.exit(command.run(stacks, wanted(json_file, markdown_file), folder=folder, **options))


@cli.command(epilog=EXIT_CODES)
@click.argument("path", metavar="DIR|STATE.json", type=Place(exists=True))
@outputs
@click.option(
    "--class",
    "environment",
    type=click.Choice(CLASSES),
    help="Judge as an environment of this class. Default: what the objects say, else prod.",
)
def check(path: "Path", environment: str | None, json_file: str, markdown_file: str) -> None:
    """Judge a folder of manifests, or a state, by the same rules.

    DIR holds Kubernetes YAML or JSON; STATE.json is from `pulumi stack export`. What cannot be read is listed, the rest
    is judged.

    \b
    Example: hedgerow check manifests/ --class dev
    """
    from .commands import check as command

    sys.exit(command.run(path, wanted(json_file, markdown_file), environment=environment or ""))


@cli.command("new-rule")
@click.argument("area")
@click.argument("name")
def new_rule(area: str, name: str) -> None:
    """Start a rule: its check, its words, examples that fail.

    Writes policies/AREA/NAME.py and NAME.yaml; the examples fail until the rule is written.

    \b
    Example: hedgerow new-rule np external-name
    """
    from pathlib import Path

    from .commands import new_rule as command
    from .engine import project

    found = project.find(Path.cwd())
    for path in command.scaffold(found.policies, area, name):
        click.echo(f"wrote {found.shown(path)}")
    click.echo("The examples fail until the rule is written: say there what is allowed, then write `check`.")


@cli.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    It completes commands, options and stack names.

    \b
    Example: hedgerow completion bash > ~/.local/share/bash-completion/completions/hedgerow
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(cli, {}, "hedgerow", "_HEDGEROW_COMPLETE").source())


cli.add_command(Elsewhere("facts", short_help="List the dated tables of facts, or make them anew."))
cli.add_command(Elsewhere("reach", short_help="Show who can reach whom, on which ports, and why."))
cli.add_command(Elsewhere("rehearse", short_help="Apply a stack to an API server of its own; try its fences."))
cli.add_command(Elsewhere("render", short_help="Write a stack's Kubernetes objects as YAML."))


def wanted(json_file: str, markdown_file: str) -> Any:
    """What to write where, checked before any work is done."""
    from .commands.delivery import Wanted

    return Wanted.checked(json_file, markdown_file)


def main() -> None:
    """Entry point of the console script."""
    cli(prog_name="hedgerow")
