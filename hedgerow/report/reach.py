"""Who can reach whom, as text for people and as one JSON document for machines."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.text import Text

from ..facts.problem import Problem
from ..graph.reach import Change, Path, PortRange, Reach, Why
from ..graph.reach.difference import OPENED
from ..graph.reach.fix import Fix
from ..graph.reach.groups import Group, groups
from ..graph.reach.layer import Problem as Doubt
from ..graph.reach.ports import told
from ..graph.reach.way import Way
from . import reach_fix, words
from .text import Line

SCHEMA = "hedgerow/reach/v1"
MOST_WITNESSES = 50
"""Witnesses shown as text; JSON has them all."""
NOTE = (
    "`internet` is every public address that nothing else here names; it comes in by the ways in and by no other. "
    "`<namespace>/any/pod` stands for pods that are not there yet, `*/any/pod` for those of any other namespace."
)
ENFORCERS = {
    "none": "Nobody enforces NetworkPolicies in this cluster: they are treated as absent. ",
    "": "Who enforces policies is said nowhere: they are taken as enforced (--plugin says otherwise). ",
}
"""What is to be known of who enforces policies, by the plugin that does."""


@dataclass(frozen=True)
class Denial:
    """A path that was not to be there: as it was asked for, its ports, the witness of the first of them."""

    wanted: str
    path: Path
    why: Why


@dataclass(frozen=True)
class Asked:
    """What a person asked about, and what was found."""

    name: str
    found: Reach
    sources: frozenset[str] | None = None
    to: frozenset[str] | None = None
    ports: tuple[PortRange, ...] = ()
    witnesses: tuple[Why, ...] | None = None
    denials: tuple[Denial, ...] = ()
    doubts: tuple[Denial, ...] = ()
    """Paths that were not to be there and of which nobody knows whether they are."""
    unread: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] | None = None
    """What opens and closes, where it was compared with something."""
    fixes: tuple[tuple[str, str, Fix], ...] | None = None
    """For each path that is to be closed its ends and the edits."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where resources stand, `file:line` by URN, as far as it is known."""
    new: str = ""
    """The commit that has nothing of the kind, where it was compared with one."""


def report(asked: Asked) -> Iterator[Line]:
    """The report that people read; the last line says what was found."""
    yield Line(Text(words.name(asked.name), "bold").append("  who can reach whom", "not bold dim"))
    judged = f"Judged: {', '.join(asked.found.judged)}. "
    yield Line(Text(ENFORCERS.get(asked.found.plugin, "") + judged + NOTE, "dim"))
    yield from _section("Not read", (Line(Text(words.visible(item)), "  ") for item in asked.unread))
    yield from _section(
        "Cannot be judged", (Line(Text(words.visible(_placed(asked, item))), "  ") for item in asked.found.problems)
    )
    if asked.changes is not None:
        if asked.new:
            yield Line(
                Text(f"{words.name(asked.name)} is not there at {words.name(asked.new)}: all of it is new", "dim")
            )
        yield from _section("Changes", _changes(asked.changes) if asked.changes else [Line(Text("  no path"))])
    elif asked.fixes is not None:
        given = [line for each in asked.fixes for line in reach_fix.lines(*each)]
        yield from _section("Fixes", given or [Line(Text("  there is no such path"))])
    elif asked.witnesses is not None:
        yield from _section("Why", _witnesses(asked.witnesses))
    else:
        yield from _section("Ways in", _ways(tuple(asked.found.ways)))
        yield from _section("Paths", _groups(groups(asked.found, sources=asked.sources, to=asked.to)))
        doubtful = groups(asked.found, doubtful=True, sources=asked.sources, to=asked.to)
        yield from _section("Not known", _groups(doubtful))
    yield from _section("Not to be there", _denials(asked.denials, "✗ is there", "bold red"))
    yield from _section("Not to be there, and not known", _denials(asked.doubts, "? cannot tell", "magenta"))
    yield Line(Text())
    yield _closing(asked)


def _placed(asked: Asked, item: Doubt) -> str:
    origin = asked.origins.get(item.urn, "")
    return f"{origin}: {item.text}" if origin else item.text


def _closing(asked: Asked) -> Line:
    pods = [end for cluster in asked.found.clusters for end in cluster.endpoints if end.kind == "pods"]
    said = [words.count(len(pods), "workload")]
    if asked.denials:
        said.append(words.count(len(asked.denials), "path") + " that must not be there")
    if asked.doubts:
        said.append(f"{len(asked.doubts):,} more cannot be told")
    return Line(Text("; ".join(said), "bold red" if asked.denials else "bold"))


def _section(title: str, lines: Iterable[Line]) -> Iterator[Line]:
    every = list(lines)
    if every:
        yield from (Line(Text()), Line(Text(title, "bold")), *every)


def _groups(found: Iterable[Group]) -> Iterator[Line]:
    for group in found:
        yield Line(Text(words.listed(map(words.name, group.sources)), "cyan"), "  ")
        for ranges, to in group.reaches:
            yield Line(Text(f"{words.listed(map(words.name, to))}  ").append(told(ranges), "bold"), "    → ")


def _ways(found: tuple[Way, ...]) -> Iterator[Line]:
    for way in found[:MOST_WITNESSES]:
        says = {True: "the internet gets to it", False: "the internet does not", None: "perhaps the internet does"}
        only = "" if way.sources == () else ", from some addresses only"
        yield Line(Text(f"{words.visible(way.says)}  ").append(says[way.public] + only, "dim"), "  ")
    if len(found) > MOST_WITNESSES:
        yield Line(Text(f"… and {len(found) - MOST_WITNESSES:,} more; --json has them all", "dim"), "  ")


def _changes(found: tuple[Change, ...]) -> Iterator[Line]:
    for change in found[:MOST_WITNESSES]:
        sign, style = ("+", "yellow") if change.what == OPENED else ("-", "green")
        says = f"{sign} {change.what}{'' if change.certain else ', perhaps'}  "
        ends = f"{words.name(change.source)} → {words.name(change.destination)}  {told(change.ports)}"
        yield Line(Text(says, style).append(ends, "default"), "  ")
        yield from (Line(Text(words.visible(reason)), "      ") for reason in change.why.reasons)
        stopped = change.closed_by.reasons if change.closed_by is not None else ()
        label = "before" if change.what == OPENED else "now"
        yield from (Line(Text(f"{label}, {words.visible(reason)}"), "      ") for reason in stopped)
    if len(found) > MOST_WITNESSES:
        yield Line(Text(f"… and {len(found) - MOST_WITNESSES:,} more; --json has them all", "dim"), "  ")


def _witnesses(found: tuple[Why, ...]) -> Iterator[Line]:
    for why in found[:MOST_WITNESSES]:
        yield from _witness(why)
    if len(found) > MOST_WITNESSES:
        yield Line(Text(f"… and {len(found) - MOST_WITNESSES:,} more; --json has them all", "dim"), "  ")


def _witness(why: Why) -> Iterator[Line]:
    says = {True: "can reach", False: "cannot reach", None: "may or may not reach"}[why.allowed]
    ends = f"{words.name(why.source)} {says} {words.name(why.destination)} on {why.port}"
    yield Line(Text(ends), "  ")
    yield from (Line(Text(words.visible(reason)), "    ") for reason in why.reasons)


def _denials(found: tuple[Denial, ...], says: str, style: str) -> Iterator[Line]:
    alike: dict[Any, list[Denial]] = {}
    for item in found:
        alike.setdefault((item.wanted, item.path.source, item.path.ports, item.why.reasons), []).append(item)
    for (_, source, ports, _), (item, *more) in list(alike.items())[:MOST_WITNESSES]:
        ends = words.listed([words.name(each.path.destination) for each in (item, *more)])
        text = f"{words.name(source)} → {ends}  {told(ports)}"
        yield Line(Text(f"{says}  ", style).append(text, "not bold default"), "  ")
        yield Line(Text(f"denied by --deny {words.visible(item.wanted)}", "dim"), "      ")
        yield from (Line(Text(words.visible(reason)), "      ") for reason in item.why.reasons)
    if len(alike) > MOST_WITNESSES:
        yield Line(Text(f"… and {len(alike) - MOST_WITNESSES:,} more; --json has them all", "dim"), "  ")


def document(asked: Asked, paths: Iterable[Path], unknown: Iterable[Path]) -> str:
    """One JSON document: `schema`, `endpoints`, `ways`, `paths`, `unknown`, `denied`, `problems`, `unread`."""
    found = asked.found
    ends = [end for cluster in found.clusters for end in cluster.endpoints]
    public = {end.name for cluster in found.clusters for piece, end in cluster.outside.items() if piece.public}
    whole = {
        "schema": SCHEMA,
        "name": asked.name,
        "plugin": asked.found.plugin,
        "endpoints": [
            {"name": end.name, "kind": end.kind, "urn": end.urn, **({"internet": True} if end.name in public else {})}
            for end in {end.name: end for end in ends}.values()
        ],
        "ways": [_way(way) for way in found.ways],
        "paths": [entry for path in paths for entry in _path(found, path, "via")],
        "unknown": [entry for path in unknown for entry in _path(found, path, "why")],
        "denied": [_denied(item) for item in asked.denials],
        "undecided": [_denied(item) for item in asked.doubts],
        "changes": [_changed(item) for item in asked.changes or ()],
        "fixes": [reach_fix.entry(*each) for each in asked.fixes or ()],
        "problems": [
            {"urn": item.urn, "origin": asked.origins.get(item.urn, ""), "problem": item.text}
            for item in found.problems
        ],
        "unread": [{"file": item.file, "line": item.line, "problem": str(item)} for item in asked.unread],
    }
    return json.dumps(whole, indent=1) + "\n"


def _way(way: Way) -> dict[str, Any]:
    return {
        "name": way.name,
        "urn": way.urn,
        "rule": way.field,
        "says": way.says,
        "internet": {True: "yes", False: "no", None: "unknown"}[way.public],
        "sources": list(map(str, way.sources)) if isinstance(way.sources, tuple) else ["unknown"],
    }


def _path(found: Reach, path: Path, label: str) -> Iterator[dict[str, Any]]:
    for protocol in dict.fromkeys(item.protocol for item in path.ports):
        ranges = [item for item in path.ports if item.protocol == protocol]
        first = PortRange(protocol, ranges[0].first, ranges[0].first)
        yield {
            "from": path.source.name,
            "to": path.destination.name,
            "protocol": protocol,
            "ports": [item.ports for item in ranges],
            label: _reasons(found.witness(path.source.name, path.destination.name, first)),
        }


def _changed(item: Change) -> dict[str, Any]:
    return {
        "change": item.what,
        "from": item.source,
        "to": item.destination,
        "ports": [str(range_) for range_ in item.ports],
        "certain": item.certain,
        "via": _reasons(item.why),
        "stopped_by": _reasons(item.closed_by) if item.closed_by is not None else [],
    }


def _denied(item: Denial) -> dict[str, Any]:
    return {
        "deny": item.wanted,
        "from": item.path.source.name,
        "to": item.path.destination.name,
        "ports": [str(range_) for range_ in item.path.ports],
        "via": _reasons(item.why),
    }


def _reasons(why: Why) -> list[dict[str, str]]:
    return [
        {"direction": item.direction, "says": item.text, "urn": item.urn, "rule": item.rule, "layer": item.layer}
        for item in why.reasons
    ]
