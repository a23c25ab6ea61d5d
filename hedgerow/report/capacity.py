"""Does it fit, as people and machines read it: one table for each cluster, then what does not fit, the first first."""

from collections.abc import Iterator, Sequence
from typing import Any

from ..graph.capacity import Capacity, Gap, Row
from ..graph.capacity.amounts import roughly, told
from . import words

HEADS = ("resource", "quotas promise", "workloads ask", "nodes hold, fewest", "most", "behind taints")
UNKNOWN, MOST = "not known", 20


def heading(answer: Capacity) -> str:
    """The cluster, and what nodes it has."""
    nodes = [words.visible(supply) for supply in answer.supplies] or [answer.elastic or "nodes not known"]
    return f"{words.visible(answer.name)}: {words.listed(nodes)}"


def table(answer: Capacity) -> list[list[str]]:
    """The cells of each row, amounts rounded down; JSON has them exactly."""
    return [
        [
            words.visible(row.resource),
            _promised(row),
            roughly(row.resource, row.asked),
            _held(answer, row, row.least),
            _held(answer, row, row.most),
            roughly(row.resource, row.kept) if row.kept else "",
        ]
        for row in answer.rows
    ]


def _promised(row: Row) -> str:
    if not row.unlimited:
        return roughly(row.resource, row.promised)
    return f"{roughly(row.resource, row.promised)} ({row.unlimited:,} without limit)" if row.promised else "no limit"


def _held(answer: Capacity, row: Row, amount: int | None) -> str:
    if amount is not None:
        return roughly(row.resource, amount)
    if row.resource == "storage":
        return ""
    return "as asked" if answer.elastic else UNKNOWN


def closing(answer: Capacity) -> str:
    """In a few words: whether it fits, and else the first number that does not."""
    if not answer.gaps:
        return "fits as far as it is known" if answer.unknown else "fits"
    first = answer.gaps[0]
    if not first.certain:
        return f"{first.resource} may not fit"
    return f"{words.visible(first.resource)} does not fit, by {first.by}" if first.asked else "does not fit"


def gaps(answer: Capacity) -> Iterator[tuple[str, str, str]]:
    """Of each gap: how sure it is, the message, and the numbers that show it."""
    for gap in answer.gaps[:MOST]:
        yield "does not fit" if gap.certain else "may not fit", gap.message, gap.witness
    if len(answer.gaps) > MOST:
        yield "", f"and {len(answer.gaps) - MOST:,} more; --json has them all", ""


def unknown(answer: Capacity) -> str:
    """What is not known, in one line; empty where everything is."""
    return words.listed(map(words.visible, answer.unknown)) if answer.unknown else ""


def documents(answers: Sequence[Capacity]) -> list[dict[str, Any]]:
    """The answers as plain values, amounts exactly, as Kubernetes writes quantities."""
    return [
        {
            "cluster": answer.name,
            "elastic": answer.elastic,
            "pools": [
                {
                    "name": supply.pool.name,
                    "types": supply.pool.types if isinstance(supply.pool.types, list) else [],
                    "min": supply.least,
                    "max": supply.most,
                    "open": supply.open,
                }
                for supply in answer.supplies
            ],
            "rows": [_row(row) for row in answer.rows],
            "gaps": [_gap(gap) for gap in answer.gaps],
            "unknown": list(answer.unknown),
            "notes": list(answer.notes),
        }
        for answer in answers
    ]


def _row(row: Row) -> dict[str, Any]:
    amounts = {
        "promised": row.promised,
        "besides": row.besides,
        "asked": row.asked,
        "held_least": row.least,
        "held_most": row.most,
        "behind_taints": row.kept,
    }
    exact = {key: None if amount is None else _exact(row.resource, amount) for key, amount in amounts.items()}
    return {"resource": row.resource, "unlimited": row.unlimited, **exact}


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "kind": gap.kind,
        "urn": gap.about.urn,
        "resource": gap.resource,
        "asked": _exact(gap.resource, gap.asked),
        "held": _exact(gap.resource, gap.held),
        "certain": gap.certain,
        "message": gap.message,
        "witness": gap.witness,
    }


def _exact(resource: str, amount: int) -> str:
    return told(resource.partition(".")[2] or resource, amount).replace(",", "")
