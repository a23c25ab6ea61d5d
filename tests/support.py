"""What tests of every room share: recording a program in this process, and comparing with goldens."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from hedgerow.engine import monitor, sdk
from hedgerow.engine.answers import Answers
from hedgerow.graph import Resource, Snapshot, printable
from hedgerow.graph.sources.recording import Recording

TESTS = Path(__file__).parent
ROOT = TESTS.parent


def record(
    program: Callable[[], Any],
    *,
    project: str = "hedgerow",
    stack: str = "dev",
    config: Mapping[str, str] | None = None,
    secret: frozenset[str] = frozenset(),
    answers: Answers | None = None,
    disabled_providers: frozenset[str] = frozenset(),
) -> Snapshot:
    """Run `program` as a first preview in this process and give what it registered; 60 s at most."""
    recording, log = Recording(project, stack), monitor.Log()
    sdk.run(
        program,
        project=project,
        stack=stack,
        root=str(ROOT),
        monitor=monitor.Monitor(recording, answers or Answers(), disabled_providers),
        engine=log,
        config=dict(config or {}),
        secret=secret,
        seconds=60,
    )
    errors = [message for severity, message in log.messages if severity == "error"]
    assert not errors, errors
    return recording.snapshot({})


def golden(path: Path, snapshot: Snapshot) -> None:
    """Compare a snapshot, less the stack itself, with a YAML file; HEDGEROW_ACCEPT=1 (`make accept`) rewrites it."""
    compare(path, {_short(resource.urn): _told(resource) for resource in snapshot.resources if resource.parent})


def compare(path: Path, found: Any) -> None:
    """Compare a plain value with a YAML golden."""
    text = yaml.safe_dump(printable(found), sort_keys=True, width=110, allow_unicode=True)
    if os.environ.get("HEDGEROW_ACCEPT") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return
    where = path.relative_to(ROOT)
    assert path.is_file(), f"{where} is not there; run `make accept` and review it"
    assert yaml.safe_load(text) == yaml.safe_load(path.read_text()), (
        f"{where} differs; if that is meant, run `make accept`"
    )


def compare_text(path: Path, found: str) -> None:
    """Compare a text, such as a picture of the documentation, with the file that keeps it."""
    if os.environ.get("HEDGEROW_ACCEPT") == "1":
        path.write_text(found, encoding="utf-8")
        return
    where = path.relative_to(ROOT)
    assert path.read_text(encoding="utf-8") == found, f"{where} differs; if that is meant, run `make accept`"


def _short(urn: str) -> str:
    return urn.split("::", 2)[2]


def _told(resource: Resource) -> dict[str, Any]:
    told: dict[str, Any] = {"inputs": resource.inputs}
    if not resource.custom:
        told["outputs"] = resource.outputs
    if not resource.parent.startswith("urn:pulumi:") or "pulumi:pulumi:Stack" not in resource.parent:
        told["parent"] = _short(resource.parent)
    if resource.dependencies:
        told["dependencies"] = [_short(urn) for urn in resource.dependencies]
    if resource.protect:
        told["protect"] = True
    if resource.ignore_changes:
        told["ignore_changes"] = list(resource.ignore_changes)
    return told
