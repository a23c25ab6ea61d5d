"""`hedgerow reach`: who can reach whom in a folder of Kubernetes YAML, a state, or what a stack would build."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from typing import Any

import click

from ..facts.collector import tuned
from ..facts.problem import BadInput, Problem
from ..graph import Snapshot, Views
from ..graph.reach import EVERYTHING, Path, PortRange, Reach, difference, names, reach
from ..graph.reach.fix import Fix, fix
from ..graph.reach.matrix import matrix
from ..graph.reach.ports import shared
from ..graph.views.addresses import network, real
from ..report import reach as document
from ..report import text
from ..report.reach_svg import picture
from ..report.verdict import CLEAN, DENIED
from . import base
from .check import read
from .delivery import STDOUT, console, write
from .fix_places import Places

EXIT_CODES = "\b\nExit codes: 0 clean, 1 error, 2 bad input, 3 a path that --deny forbids is there."
Pairs = Sequence[tuple[str, str]]
Ports = tuple[PortRange, ...]
PLUGINS = ("calico", "cilium", "dataplane-v2", "vpc-cni", "none")


@click.command(epilog=EXIT_CODES)
@click.argument("what", metavar="STACK|STATE|DIR")
@click.argument("source", metavar="[FROM]", default="")
@click.argument("to", metavar="[TO[:PORT]]", default="")
@click.option("--why", is_flag=True, help="For each pair, what lets it through or what stops it.")
@click.option(
    "--deny", "denied", metavar="FROM TO[:PORT]", nargs=2, multiple=True, help="Exit 3 where such a path is there."
)
@click.option("--against", metavar="STATE|DIR|GIT-REF", default="", help="Show what opens and closes since.")
@click.option("--fix", "mend", is_flag=True, help="Edits that close FROM to TO, and none that settings ask for.")
@click.option(
    "--svg", "svg_file", metavar="FILE", default="", help="Draw who reaches whom, by tenant; - for standard output."
)
@click.option(
    "--json", "json_file", metavar="FILE", default="", help="Write everything as JSON; - for standard output."
)
@click.option("--plugin", type=click.Choice(PLUGINS), help="Who enforces NetworkPolicies, where nothing says so.")
def command(what: str, json_file: str, **options: Any) -> None:
    """Show who can reach whom, on which ports, and why.

    Names are namespace/Kind/name, internet (every public address), metadata, an address, or a range such as
    10.0.0.0/8; globs, and a namespace's name alone, mean several.

    \b
    Example: hedgerow reach manifests/ payments/Deployment/api internet:443 --why
    """
    sys.exit(run(what, json_file, **options))


def run(what: str, json_file: str = "", *, plugin: str | None = None, **options: Any) -> int:
    """Analyse, show, write; gives the exit code."""
    with tuned():
        return _run(Wanted(what, json_file, plugin=plugin or "", **options))


@dataclass(frozen=True)
class Wanted:
    """What a person asked for: the options of the command."""

    what: str
    json_file: str = ""
    source: str = ""
    to: str = ""
    why: bool = False
    mend: bool = False
    denied: Pairs = ()
    plugin: str = ""
    against: str = ""
    svg_file: str = ""


def _run(wanted: Wanted) -> int:
    _checked(wanted)
    snapshot, unread = load(wanted.what)
    views, plugin = Views(snapshot), wanted.plugin
    found = reach(views, plugin=plugin)
    before = base.find(wanted.against, wanted.what) if wanted.against else None
    changes = tuple(difference(Views(before.snapshot), views, plugin=plugin)) if before else None
    elsewhere = [replace(each, file=f"{before.name}:{each.file}") for each in before.unread] if before else []
    end, ports = names.split(wanted.to)
    sources, ends = _meant(found, wanted.source), _meant(found, end)
    explained = (wanted.why or ports != EVERYTHING) and not wanted.mend
    asked = document.Asked(
        wanted.what,
        found,
        sources,
        ends,
        ports,
        tuple(_witnesses(found, sources, ends, ports)) if explained else None,
        tuple(_denials(found, wanted.denied, found.paths_of)),
        tuple(_denials(found, wanted.denied, found.unknown_of)),
        (*unread, *elsewhere),
        changes,
        tuple(_fixes(wanted, views, found, (sources, ends, ports))) if wanted.mend else None,
        {resource.urn: resource.origin for resource in snapshot.resources if resource.origin},
        before.name if before and before.new else "",
    )
    _deliver(asked, wanted.json_file, quiet=STDOUT in (wanted.json_file, wanted.svg_file))
    if wanted.svg_file:
        label = f"{views.label_prefix}/tenant"
        write(wanted.svg_file, picture(wanted.what, matrix(found, label)))
    return DENIED if asked.denials else CLEAN


def _checked(wanted: Wanted) -> None:
    if wanted.json_file == wanted.svg_file == STDOUT:
        raise BadInput([Problem("--json - --svg -", 0, "", "both want standard output", fix="give one a file")])
    if wanted.mend and not (wanted.source and wanted.to):
        raise BadInput([Problem("--fix", 0, "", "needs two ends", fix="name FROM and TO")])


FAMILY = "internet"
MOST_FIXES = 20
"""Paths that --fix closes in one go; each is tried on the whole snapshot."""


def _fixes(
    wanted: Wanted,
    views: Views,
    found: Reach,
    asked: tuple[frozenset[str] | None, frozenset[str] | None, Ports],
) -> Iterator[tuple[str, str, Fix]]:
    sources, to, ports = asked
    end = names.split(wanted.to)[0]
    if ranges := real(map(network, (wanted.source, end))):
        # An address is closed alone, not with all that nothing here tells it apart from.
        found = reach(views, plugin=wanted.plugin, apart=ranges)
        sources, to = _meant(found, wanted.source), _meant(found, end)
    paths = [*found.paths_of(sources, to, ports), *found.unknown_of(sources, to, ports)]
    pairs: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for one, other in sorted({(path.source.name, path.destination.name) for path in paths}):
        # What is asked of the internet is asked of all its parts: they close together.
        shown = (FAMILY if wanted.source == FAMILY else one, FAMILY if end == FAMILY else other)
        pairs.setdefault(shown, set()).add((one, other))
    if len(pairs) > MOST_FIXES:
        what = f"means {len(pairs):,} paths, more than {MOST_FIXES}"
        raise BadInput([Problem("--fix", 0, "", what, fix="name a smaller part of them")])
    places = Places(wanted.what, views)
    for (one, other), parts in pairs.items():
        source, destination = (tuple(dict.fromkeys(part[side] for part in sorted(parts))) for side in (0, 1))
        yield one, other, places.of(fix(views, source, destination, ports, plugin=wanted.plugin))


def load(what: str) -> tuple[Snapshot, Sequence[Problem]]:
    """The snapshot of a folder, a file, or a stack of the project around the working directory."""
    path = File(what)
    if path.exists():
        _, snapshot, unread = read(path)
        return snapshot, unread
    return base.embedded(what), ()


def _deliver(asked: document.Asked, json_file: str, *, quiet: bool) -> None:
    if not quiet:
        text.show(console(sys.stdout), document.report(asked))
    if json_file:
        paths = asked.found.paths_of(asked.sources, asked.to, asked.ports)
        unknown = asked.found.unknown_of(asked.sources, asked.to, asked.ports)
        write(json_file, document.document(asked, paths, unknown))


def _meant(found: Reach, given: str) -> frozenset[str] | None:
    try:
        return names.ends(found, given) if given else None
    except ValueError as error:
        raise BadInput([Problem(given, 0, "", str(error).partition(" ")[2])]) from error


def _witnesses(
    found: Reach, sources: frozenset[str] | None, to: frozenset[str] | None, ports: tuple[PortRange, ...]
) -> Iterator[Any]:
    """For each pair, one witness: of the port asked for, else of the first that gets through, else of TCP/80."""
    for one in sorted(sources if sources is not None else found.names):
        for other in sorted(to if to is not None else found.names):
            if found.outside(one, other):
                continue
            there = shared(found.between(one, other), ports) or shared(found.between(one, other, sure=False), ports)
            first = there[0] if there else ports[0] if ports != EVERYTHING else PortRange("TCP", 80, 80)
            yield found.witness(one, other, PortRange(first.protocol, first.first, first.first))


def _anybody(found: Reach, given: str) -> frozenset[str]:
    """Whom a text of --deny means; BadInput for nobody: a gate with a slip in it must not stand open."""
    meant = names.globbed(found, given)
    if not meant:
        raise BadInput([Problem(f"--deny {given}", 0, "", "means no endpoint", fix="mend it, or leave it out")])
    return meant


def _denials(
    found: Reach, denied: Iterable[tuple[str, str]], paths: Callable[..., Iterator[Path]]
) -> Iterator[document.Denial]:
    for source, to in denied:
        end, ports = names.split(to)
        one, other = _anybody(found, source), _anybody(found, end)
        for path in paths(one, other, ports):
            first = path.ports[0]
            port = PortRange(first.protocol, first.first, first.first)
            yield document.Denial(f"{source} {to}", path, found.witness(path.source.name, path.destination.name, port))
