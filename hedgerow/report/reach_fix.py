"""Edits that close a path, as YAML that can be put where the policies stand, and as lines around it."""

from collections.abc import Iterator
from typing import Any

import yaml
from rich.text import Text

from ..graph.reach.fix import Edit, Fix
from ..graph.reach.ports import told
from . import words
from .text import Line


def lines(source: str, destination: str, found: Fix) -> Iterator[Line]:
    """What to do to close a path from one endpoint to another."""
    ends = f"{words.name(source)} → {words.name(destination)}"
    if found.problem:
        yield Line(Text(f"{ends}: {words.visible(found.problem)}"), "  ")
        return
    yield Line(Text(f"{ends}: {words.count(len(found.edits), 'policy', 'policies')} to write"), "  ")
    for edit in found.edits:
        yield Line(Text())
        yield from (
            Line(Text(words.visible(line), "cyan" if line.startswith("#") else ""), "  ") for line in _yaml(edit)
        )
    if found.also:
        yield Line(Text())
        yield Line(Text("It closes besides, as nothing tells these apart:", "yellow"), "  ")
        for change in found.also:
            text = f"{words.name(change.source)} → {words.name(change.destination)}  {told(change.ports)}"
            yield Line(Text(text), "    ")


def entry(source: str, destination: str, found: Fix) -> dict[str, Any]:
    """The same for machines."""
    return {
        "from": source,
        "to": destination,
        "problem": found.problem,
        "edits": [
            {"urn": edit.urn, "origin": edit.origin, "new": edit.new, "manifest": edit.manifest} for edit in found.edits
        ],
        "also": [
            {"from": each.source, "to": each.destination, "ports": list(map(str, each.ports))} for each in found.also
        ],
    }


def _yaml(edit: Edit) -> Iterator[str]:
    name = f"{edit.manifest['kind']} {edit.name!r}"
    yield f"# add {name}" if edit.new else f"# change {name}{f' in {edit.origin}' if edit.origin else ''} to"
    yield "---"
    yield from yaml.safe_dump(_plain(edit.manifest), sort_keys=False).splitlines()


def _plain(value: Any) -> Any:
    """The same without sharing, which YAML would write as anchors; what is not known as text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
