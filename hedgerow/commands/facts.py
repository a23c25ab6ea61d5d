"""`hedgerow facts`: the dated tables that hedgerow knows the clouds by, and how they are made anew."""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from ..facts import table
from ..facts.problem import BadInput, Problem
from ..facts.unanswered import Unanswered

MOST_NAMED = 5
GCP_REGION = re.compile(r"[a-z]+-[a-z]+[1-9][0-9]?")
GCP_PROJECT = re.compile(r"([a-z][a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
EXIT_CODES = "Exit codes: 0 written, 1 the cloud did not answer and nothing was written, 2 bad input."
HEADINGS = ("table", "rows", "read", "days old", "source")


@click.group(invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List the dated tables of facts, or make them anew.

    Tables of machines, zones and versions say what hedgerow knows without asking a cloud. Without a command: each with
    its source, its rows and its age.

    \b
    Example: hedgerow facts refresh aws --region eu-west-1
    """
    if context.invoked_subcommand is None:
        click.echo(listing(table.shipped(), _today()))


@command.group()
def refresh() -> None:
    """Make the tables of a cloud anew from its answers, or those of replacements from a provider's sources.

    Every question is asked before a table is written. Versions in lock files stay as they are.

    \b
    Example: hedgerow facts refresh gcp --project acme-dev-1234 --region europe-west4
    """


dated = click.option(
    "--date",
    "day",
    metavar="YYYY-MM-DD",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day that the tables are dated. Default: today.",
)


@refresh.command("aws", epilog=EXIT_CODES)
@click.option(
    "--region",
    "regions",
    metavar="REGION",
    multiple=True,
    required=True,
    help="A region whose instance types count; give each that you use. Versions and add-ons are those of the first.",
)
@dated
def aws(regions: Sequence[str], day: datetime | None) -> None:
    """Ask EC2 and EKS.

    Needs ec2:DescribeInstanceTypes, ec2:DescribeRegions, ec2:DescribeAvailabilityZones, eks:DescribeClusterVersions and
    eks:DescribeAddonVersions.

    \b
    Example: hedgerow facts refresh aws --region eu-west-1 --region eu-central-1
    """
    from ..facts.aws import client, refresh
    from ..facts.aws.regions import UnknownRegion, partition

    try:
        for region in regions:
            partition(region)
    except UnknownRegion as error:
        raise BadInput([Problem("--region", 0, "", str(error))]) from error

    def asked() -> Mapping[str, str]:
        with client.explained():
            return refresh.refresh(client.client, tuple(dict.fromkeys(regions)), today=_today(day))

    sys.exit(run("aws", asked))


@refresh.command("gcp", epilog=EXIT_CODES)
@click.option("--project", metavar="PROJECT", required=True, help="Id of a project with Compute Engine and GKE.")
@click.option("--region", metavar="REGION", required=True, help="The region whose versions of GKE count.")
@dated
def gcp(project: str, region: str, day: datetime | None) -> None:
    """Ask Compute Engine and GKE.

    Needs roles/compute.viewer and roles/container.viewer in the project, and both APIs on.

    \b
    Example: hedgerow facts refresh gcp --project acme-dev-1234 --region europe-west4
    """
    from ..facts.gcp import client, refresh

    given = [("--project", project, GCP_PROJECT, "a project id"), ("--region", region, GCP_REGION, "a region")]
    wrong = [(name, value, what) for name, value, form, what in given if not form.fullmatch(value)]
    if wrong:
        raise BadInput([Problem(name, 0, "", f"has not the form of {what}", value) for name, value, what in wrong])

    def asked() -> Mapping[str, str]:
        with client.explained():
            session, container = client.clients()
            return refresh.refresh(session, container, project, region, today=_today(day))

    sys.exit(run("gcp", asked))


@refresh.command("replacements", epilog=EXIT_CODES)
@click.argument("package", type=click.Choice(["aws", "gcp", "kubernetes"]))
@click.option(
    "--from",
    "folders",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    required=True,
    help="A folder with sources of the provider; give each that you have.",
)
@click.option("--source", metavar="TEXT", required=True, help="What the folders hold: repository, version or commit.")
@dated
def replacements(package: str, folders: Sequence[Path], source: str, day: datetime | None) -> None:
    """Read which inputs force a new object, out of a provider's sources.

    Of aws and gcp those of their Terraform providers, of kubernetes that of Pulumi's. They are read as text; nothing of
    them is run. A cloud is not asked.

    \b
    Example: hedgerow facts refresh replacements gcp --from ../terraform-provider-google --source "v7.2.0 of it"
    """
    from ..facts.providers.refresh import Untold
    from ..facts.providers.refresh import replacements as read

    cloud = "" if package == "kubernetes" else package
    path = table.shipped()[f"{cloud}/replacements".lstrip("/")]
    known = () if cloud else {row[0].partition(" ")[0] for row in table.rows(path)}
    if not source.isprintable():
        raise BadInput([Problem("--source", 0, "", "has to be one line of text", source)])

    def asked() -> Mapping[str, str]:
        try:
            return {"replacements": read(package, folders, source, _today(day), known)}
        except Untold as error:
            what = f"the folders say nothing of {_named(error.args)}"
            fix = "give all of the provider's sources"
            if {*error.args} <= {*known}:
                fix = f"{fix}, and where it has a type no longer, first take its rows out of {path}"
            raise BadInput([Problem("--from", 0, "", what, fix=fix)]) from error

    sys.exit(run(cloud, asked))


def run(cloud: str, asked: Callable[[], Mapping[str, str]]) -> int:
    """Write the tables of a cloud, or of none, that `asked` gives; tell what changed in each; gives the exit code."""
    from .delivery import write

    try:
        texts = asked()
        empty = [name for name, text in texts.items() if not any(table.read_rows(text))]
        if empty:
            raise Unanswered(f"the answers hold no row for {', '.join(empty)}")
    except Unanswered as error:
        click.echo(f"error: {error}; nothing was written", err=True)
        return 1
    known = table.shipped()
    for name, text in texts.items():
        full = f"{cloud}/{name}" if cloud else name
        path = known[full]
        told = difference(full, path.read_text(encoding="utf-8"), text)
        write(str(path), text)
        click.echo(told)
    return 0


def listing(tables: Mapping[str, Path], today: date) -> str:
    """Every table with its rows, its day, its age and its source, in columns."""
    lines = [HEADINGS]
    for name, path in tables.items():
        source = table.source(path)
        read = table.read_on(source)
        days = "" if read is None else str((today - read).days)
        lines.append((name, str(sum(1 for _ in table.rows(path))), str(read or ""), days, source))
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def difference(name: str, before: str, after: str) -> str:
    """What changed between two texts of a table, on one line."""
    old, new = ({row[0]: row for row in table.read_rows(text)} for text in (before, after))
    changes = {
        "added": sorted(new.keys() - old.keys()),
        "removed": sorted(old.keys() - new.keys()),
        "changed": sorted(key for key in old.keys() & new.keys() if old[key] != new[key]),
    }
    told = "; ".join(f"{what} {len(keys)}: {_named(keys)}" for what, keys in changes.items() if keys)
    return f"{name}: {len(old)} rows before, {len(new)} after; {told or 'the same'}"


def _named(keys: Sequence[Any]) -> str:
    return ", ".join(keys[:MOST_NAMED]) + (", …" if len(keys) > MOST_NAMED else "")


def _today(given: datetime | None = None) -> date:
    return (given or datetime.now(UTC)).date()
