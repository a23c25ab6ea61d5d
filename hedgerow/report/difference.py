"""What a change changes, as people and machines read it: what may hurt first, no secret in it."""

import json
from collections.abc import Iterator
from typing import Any

from ..graph.diff import CREATE, EITHER, UPDATE, Change, Difference, Property
from ..graph.value import MISSING, printable
from . import words

LONGEST_VALUE = 80
MOST_INPUTS, MOST_ALIKE = 12, 20
"""Inputs told of one change, and changes told of one kind that hurt nobody; JSON has them all."""
QUIET = frozenset({CREATE, UPDATE})
ASK = "update or replace: ask the engine"
FILLED = "{} of the state that the program does not give: a provider's defaults, or taken out; not told apart"


def summary(found: Difference) -> str:
    """`against main: 1 to delete, 2 to create`."""
    against = f"against {words.name(found.against)}"
    if found.failed:
        return f"{against}: not known"
    if found.new:
        return f"{against}: nothing is there yet, everything is new"
    told = [f"{number:,} to {what}" for what, number in found.counts.items()]
    return f"{against}: {', '.join(told) or 'no change'}"


def notes(found: Difference) -> list[str]:
    """What else there is to say of all of it."""
    if found.failed:
        return words.lines(found.failed)
    told = [f"{words.count(number, 'change')} with {kind}" for kind, number in sorted(found.risks.items())]
    filled = [FILLED.format(words.count(found.filled, "input"))] if found.filled else []
    return ([f"risks: {', '.join(told)}"] if told and not found.new else []) + filled


def shown(found: Difference) -> Iterator[tuple[Change | None, str]]:
    """Changes that are told, and how many more of a kind there are; of a stack that is new none."""
    if found.new or found.failed:
        return
    for what in found.counts:
        every = [change for change in found.changes if change.what == what]
        quiet = [change for change in every if what in QUIET and not change.risks]
        for change in every:
            if change not in quiet[MOST_ALIKE:]:
                yield change, ""
        if len(quiet) > MOST_ALIKE:
            yield None, f"and {len(quiet) - MOST_ALIKE:,} more to {what}; --json has them all"


def title(change: Change) -> str:
    """`replace aws:ec2:Subnet main-private-a`."""
    refused = "; it is protected: the engine refuses" if change.protected else ""
    return f"{change.what} {words.kind(change.type)} {words.name(change.name)}{refused}"


def details(change: Change) -> Iterator[str]:
    """The inputs that change, then how a rename is kept, then the risks."""
    for item in change.properties[:MOST_INPUTS]:
        yield _input(change, item)
    if len(change.properties) > MOST_INPUTS:
        yield f"and {words.count(len(change.properties) - MOST_INPUTS, 'input')} more; --json has them all"
    if change.renamed_from:
        was = words.name(change.renamed_from.rpartition("::")[2])
        yield f"was {was}; keep it with {words.visible(change.alias)}{_of_whom(change)}"
    for risk in change.risks:
        yield f"{risk.kind}: {words.visible(risk.why)}"


def _of_whom(change: Change) -> str:
    """Where an alias belongs, unless it is the resource itself."""
    if change.alias_of in ("", change.urn):
        return ""
    types, _, name = change.alias_of.rpartition("::")
    kind = types.rpartition("::")[2].rpartition("$")[2]
    return f" at {words.kind(kind)} {words.name(name)}, which keeps all that is in it"


def _input(change: Change, item: Property) -> str:
    does = {"replace": "  forces a new one", "either": f"  {ASK}"}.get(item.effect, "")
    does = "" if change.renamed_from else does
    told = words.visible(item.because) if item.because else f"{_value(item.before)} → {_value(item.after)}"
    return f"{words.visible(item.path)}: {told}{does}"


def _value(value: Any) -> str:
    if value is MISSING:
        return "not there"
    told = json.dumps(printable(value), ensure_ascii=False, default=str) if not isinstance(value, str) else value
    told = words.visible(told)
    return told if len(told) <= LONGEST_VALUE else f"{told[:LONGEST_VALUE]}…"


def document(found: Difference) -> dict[str, Any]:
    """The difference as plain values."""
    return {
        "against": found.against,
        "new": found.new,
        "error": found.failed,
        "summary": {**found.counts, "same": found.same, "filled": found.filled},
        "changes": [_change(change) for change in found.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "what": change.what,
        "urn": change.urn,
        "type": change.type,
        "name": change.name,
        "protected": change.protected,
        "forced_by": list(change.forced_by),
        "ask_the_engine": list(change.doubtful) if change.what == EITHER else [],
        "renamed_from": change.renamed_from,
        "alias": change.alias,
        "alias_of": change.alias_of,
        "properties": [
            {
                "path": item.path,
                "before": printable(item.before),
                "after": printable(item.after),
                "effect": item.effect,
                "because": item.because,
            }
            for item in change.properties
        ],
        "risks": [{"kind": risk.kind, "why": risk.why} for risk in change.risks],
    }
