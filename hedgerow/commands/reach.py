"""`hedgerow reach`: who can reach whom in a folder of Kubernetes YAML, a state, or what a stack would build."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path as File
from typing import Any

import click

from ..facts.collector import tuned
from ..facts.problem import BadInput, Problem
from ..graph import Snapshot, Views
from ..graph.reach import EVERYTHING, Path, PortRange, Reach, difference, names, reach
from ..graph.reach.ports import shared
from ..report import reach as document
from ..report import text
from ..report.verdict import CLEAN, DENIED
from .check import read
from .delivery import STDOUT, console, write

EXIT_CODES = "\b\nExit codes: 0 clean, 1 error, 2 bad input, 3 a path that --deny forbids is there."
Pairs = Sequence[tuple[str, str]]
PLUGINS = ("calico", "cilium", "dataplane-v2", "vpc-cni", "none")


class Unreadable(BadInput):
    """A stack whose program did not run through; it ends with the program's own exit code."""

    def __init__(self, stack: str, error: str, exit_code: int) -> None:
        super().__init__([Problem(stack, 0, "", error)], f"stack {stack} could not be previewed")
        self.exit_code = exit_code


@click.command(epilog=EXIT_CODES)
@click.argument("what", metavar="STACK|STATE|DIR")
@click.argument("source", metavar="[FROM]", default="")
@click.argument("to", metavar="[TO[:PORT]]", default="")
@click.option("--why", is_flag=True, help="For each pair, what lets it through or what stops it.")
@click.option(
    "--deny", "denied", metavar="FROM TO[:PORT]", nargs=2, multiple=True, help="Exit 3 where such a path is there."
)
@click.option("--against", metavar="STATE|DIR", default="", help="Show what opens and closes compared with this.")
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


def run(
    what: str,
    json_file: str,
    *,
    source: str = "",
    to: str = "",
    why: bool = False,
    denied: Pairs = (),
    plugin: str | None = None,
    against: str = "",
) -> int:
    """Analyse, show, write; gives the exit code."""
    with tuned():
        return _run(what, json_file, source=source, to=to, why=why, denied=denied, plugin=plugin or "", against=against)


def _run(
    what: str, json_file: str, *, source: str, to: str, why: bool, denied: Pairs, plugin: str, against: str
) -> int:
    snapshot, unread = load(what)
    views = Views(snapshot)
    found = reach(views, plugin=plugin)
    changes = tuple(difference(Views(load(against)[0]), views, plugin=plugin)) if against else None
    end, ports = names.split(to)
    sources, ends = _meant(found, source), _meant(found, end)
    witnesses = tuple(_witnesses(found, sources, ends, ports)) if why or ports != EVERYTHING else None
    asked = document.Asked(
        what,
        found,
        sources,
        ends,
        ports,
        witnesses,
        tuple(_denials(found, denied, found.paths_of)),
        tuple(_denials(found, denied, found.unknown_of)),
        tuple(unread),
        changes,
    )
    _deliver(asked, json_file)
    return DENIED if asked.denials else CLEAN


def load(what: str) -> tuple[Snapshot, Sequence[Problem]]:
    """The snapshot of a folder, a file, or a stack of the project around the working directory."""
    path = File(what)
    if path.exists():
        _, snapshot, unread = read(path)
        return snapshot, unread
    from ..engine import embedded, project
    from .preview import chosen

    found = project.find(File.cwd())
    outcome = embedded.run_all(found, chosen(found, [what], every=False), _whole)[0]
    if outcome.result is None:
        raise Unreadable(what, outcome.error, outcome.exit_code)
    return outcome.result, ()


def _whole(snapshot: Snapshot) -> Snapshot:
    return snapshot


def _deliver(asked: document.Asked, json_file: str) -> None:
    if json_file != STDOUT:
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
