"""The JSON document of rehearsals: what machines read. Its schema is docs/rehearsal.schema.json."""

import json
from collections.abc import Sequence
from typing import Any

from .run import Rehearsal

SCHEMA = "hedgerow/rehearsal/v1"


def text(rehearsals: Sequence[Rehearsal]) -> str:
    """One document of all of them."""
    return json.dumps({"schema": SCHEMA, "rehearsals": [document(one) for one in rehearsals]}, indent=2) + "\n"


def document(found: Rehearsal) -> dict[str, Any]:
    """A rehearsal as plain values. Its `seconds` and `memory_mib` are of this run, the rest is of the stack."""
    applied = found.applied
    told: dict[str, Any] = {
        "stack": found.stack,
        "kubernetes": found.version,
        "objects": {
            "applied": [str(manifest) for manifest in applied.objects],
            "stand_ins": {str(manifest): list(manifest.notes) for manifest in applied.objects if manifest.notes},
            "left_out": [{"object": item.name, "urn": item.urn, "why": item.why} for item in applied.left_out],
            "rejected": [
                {"object": item.name, "urn": item.urn, "message": item.message, "conflict": item.conflict}
                for item in applied.rejected
            ],
            "changed_by_a_second_apply": applied.changed,
        },
        "trials": [
            {
                "namespace": trial.namespace,
                "what": trial.what,
                "expected": trial.expected,
                "happened": trial.happened,
                "holds": trial.holds,
                "message": trial.message,
            }
            for trial in found.trials
        ],
        "summary": {
            "applied": len(applied.objects),
            "left_out": len(applied.left_out),
            "rejected": len(applied.rejected),
            "changed": len(applied.changed),
            "trials": len(found.trials),
            "failed": len(found.failed),
        },
        "seconds": {part: round(seconds, 2) for part, seconds in found.seconds.items()},
        "memory_mib": found.memory,
    }
    return told | ({"error": str(found.trouble)} if found.trouble else {})
