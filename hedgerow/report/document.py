"""The JSON document of a verdict: what machines read. Its schema is docs/preview.schema.json."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..graph.judgement import Judged
from ..graph.snapshot import Resource
from ..graph.value import printable
from . import capacity, difference
from .verdict import PREVIEW, Failure, Result, Verdict

SCHEMAS = {"one": "hedgerow/preview/v1", "several": "hedgerow/previews/v1", "check": "hedgerow/check/v1"}


def text(results: Sequence[Result], *, several: bool) -> str:
    """One document: of the one result, or of several in a list."""
    documents = [document(result) for result in results]
    whole = {"schema": SCHEMAS["several"], "previews": documents} if several else documents[0]
    return json.dumps(whole, indent=2, allow_nan=False) + "\n"


def document(result: Result) -> dict[str, Any]:
    """A result as plain values. The same program gives the same document each time: nothing of the run is in it."""
    if isinstance(result, Failure):
        return {
            "schema": SCHEMAS["one"],
            "stack": result.name,
            "error": {"message": result.error, "exit_code": result.exit_code},
            "resources": [],
            "findings": [],
            "summary": {"resources": 0, "findings": 0, "denied": 0, "exempt": 0},
        }
    told: dict[str, Any] = {
        "schema": SCHEMAS["one" if result.source == PREVIEW else "check"],
        "stack": result.snapshot.stack if result.source == PREVIEW else result.name,
        "project": result.snapshot.project,
        "class": result.judging.environment,
        "resources": [_resource(resource) for resource in result.snapshot.resources],
        "findings": [_finding(item) for item in result.judged],
        "capacity": capacity.documents(result.capacity),
        "summary": _summary(result),
    }
    if result.difference is not None:
        told["difference"] = _plain(difference.document(result.difference))
    if result.source != PREVIEW:
        told["source"] = result.source
        told["unread"] = [{"file": item.file, "line": item.line, "problem": str(item)} for item in result.unread]
    return told


def _resource(resource: Resource) -> dict[str, Any]:
    told = {
        "urn": resource.urn,
        "type": resource.type,
        "name": resource.name,
        "parent": resource.parent,
        "inputs": _plain(printable(resource.inputs)),
        "dependencies": list(resource.dependencies),
    }
    return told | ({"origin": resource.origin} if resource.origin else {})


def _finding(item: Judged) -> dict[str, Any]:
    return {
        "rule": item.rule,
        "level": item.level,
        "severity": item.severity,
        "urn": item.urn,
        "message": item.message,
        "remedy": item.remedy,
        "witness": item.witness,
        "certain": item.certain,
        "exempt": item.exempt,
    }


def _summary(verdict: Verdict) -> dict[str, int]:
    return {
        "resources": len(verdict.snapshot.resources),
        "findings": len(verdict.judged),
        "denied": len(verdict.denying),
        "exempt": len(verdict.exempt),
    }


def _plain(value: Any) -> Any:
    """What JSON can hold: keys as text and in order, numbers that are none as text."""
    if isinstance(value, Mapping):
        named = {str(key): item for key, item in value.items()}
        return {key: _plain(named[key]) for key in sorted(named)}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
