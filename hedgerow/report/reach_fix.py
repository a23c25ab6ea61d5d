"""Edits that close a path, each as the difference of one part of one object; or the settings that ask for the path."""

from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

import yaml
from rich.text import Text

from ..graph.reach.asked import Ask
from ..graph.reach.edits import Edit
from ..graph.reach.fix import Fix
from ..graph.reach.ports import told
from ..graph.value import printable, read
from . import words
from .text import Line

CONTEXT = 2
"""Lines around a change that are shown with it."""
MOST_OTHERS = 30
"""Other paths shown as text; JSON has them all."""
STYLES = {"+": "green", "-": "red", "…": "dim"}


def lines(source: str, destination: str, found: Fix) -> Iterator[Line]:
    """What to do to close a path from one endpoint to another."""
    says = found.problem or (words.count(len(found.edits), "edit") if found.edits else "the settings ask for it")
    yield Line(Text(f"{words.name(source)} → {words.name(destination)}: {words.visible(says)}"), "  ")
    for ask in found.asks:
        part = " on some of these ports" if found.edits or found.problem else ""
        yield Line(Text(f"this path is asked for{part} by {_asked(ask)}"), "    ")
    for demand in found.lost:
        ends = f"{words.name(demand.source)} → {words.name(demand.destination)}  {told(demand.ports)}"
        yield Line(Text(f"{ends}, asked for by {words.visible(demand.ask)}"), "    ")
    for edit in found.edits:
        yield Line(Text())
        yield Line(Text(words.visible(heading(edit)), "cyan"), "  ")
        yield from (Line(Text(words.visible(line), STYLES.get(line[:1], "")), "    ") for line in difference(edit))
    if found.perhaps:
        yield Line(Text())
        yield Line(Text("Whether the path is there after that is not known: see --why.", "magenta"), "  ")
    gone = [edit.shown for edit in found.edits if _no_balancer(edit)]
    if found.also or gone:
        yield Line(Text())
        yield Line(Text("It closes besides:", "yellow"), "  ")
        yield from (Line(Text(f"the load balancer of {words.visible(shown)} altogether"), "    ") for shown in gone)
        for each in found.also[:MOST_OTHERS]:
            ends = f"{words.name(each.source)} → {words.name(each.destination)}  {told(each.ports)}"
            yield Line(Text(f"{ends}{'' if each.certain else '  (perhaps there)'}"), "    ")
        if len(found.also) > MOST_OTHERS:
            yield Line(Text(f"… and {len(found.also) - MOST_OTHERS:,} more; --json has them all", "dim"), "    ")


def _no_balancer(edit: Edit) -> bool:
    """Whether a Service is a load balancer no more, for whomever it was one."""
    return any(read(old, "type") == "LoadBalancer" != read(new, "type") for old in edit.old for new in edit.new)


def heading(edit: Edit) -> str:
    """What is to be done, to which part of which object, and where that stands."""
    place = "".join([f" in {edit.origin}" if edit.origin else "", f", made by {edit.maker}" if edit.maker else ""])
    if not edit.field and not edit.old:
        return f"add {edit.shown}"
    if not edit.field and not edit.new:
        return f"take out {edit.shown}{place}"
    return f"change {edit.shown}{place}{f': {edit.at}' if edit.at else ''}"


def difference(edit: Edit) -> list[str]:
    """The part before and after, as lines of YAML: `-` goes, `+` comes, the others stay."""
    changed = unified_diff(_yaml(edit, edit.old), _yaml(edit, edit.new), n=CONTEXT, lineterm="")
    # The first three lines name the files and the first place, which the heading tells.
    return ["…" if line.startswith("@@") else f"{line[0]} {line[1:]}" for line in list(changed)[3:]]


def entry(source: str, destination: str, found: Fix) -> dict[str, Any]:
    """The same for machines."""
    return {
        "from": source,
        "to": destination,
        "problem": found.problem,
        "certain": not found.perhaps,
        "asked": [_line(ask) for ask in found.asks],
        "edits": [_edit(edit) for edit in found.edits],
        "also": [
            {"from": each.source, "to": each.destination, "ports": list(map(str, each.ports)), "certain": each.certain}
            for each in found.also
        ],
        "lost": [
            {"from": each.source, "to": each.destination, "ports": list(map(str, each.ports)), "asked": _line(each.ask)}
            for each in found.lost
        ],
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {
        "says": heading(edit),
        "urn": edit.urn,
        "object": edit.shown,
        "origin": edit.origin,
        "field": edit.at,
        "old": printable(edit.old),
        "new": printable(edit.new),
        "difference": difference(edit),
    }


def _line(ask: Ask) -> dict[str, str]:
    return {"says": str(ask), "urn": ask.urn, "origin": ask.origin}


def _asked(ask: Ask) -> str:
    return f"{words.visible(ask)}; {'take that line out' if ask.field else 'no line takes it out'}"


def _yaml(edit: Edit, values: tuple[Any, ...]) -> list[str]:
    """A part as it is written in its object: by its key, or as items of a list."""
    step = edit.field[-1] if edit.field else None
    given: Any = list(values) if isinstance(step, int) else {step: values[0]} if step and values else [*values, None][0]
    return yaml.safe_dump(printable(given), sort_keys=False).splitlines() if given else []
