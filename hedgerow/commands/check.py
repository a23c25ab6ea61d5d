"""`hedgerow check`: the same rules over a folder of Kubernetes YAML or over the state of a stack."""

import json
from collections.abc import Sequence
from pathlib import Path

from ..facts import yaml_text
from ..facts.problem import Problem
from ..graph import Snapshot
from ..graph.sources import manifests, state
from ..report.verdict import MANIFESTS, STATE
from . import pack
from .delivery import Wanted, deliver


def run(path: Path, wanted: Wanted, *, environment: str) -> int:
    """Check a folder or file and deliver the report; gives the exit code."""
    source, snapshot, unread = read(path)
    rules = pack.around(Path.cwd())
    verdict = rules.judge(snapshot, str(path), source=source, environment=environment, unread=unread)
    return deliver([verdict], wanted, several=False)


def read(path: Path) -> tuple[str, Snapshot, Sequence[Problem]]:
    """What a path holds: a state where it is a JSON file that is no Kubernetes object, else manifests."""
    if path.is_file() and path.suffix == ".json" and not _is_manifest(path):
        return STATE, state.load(path), ()
    return MANIFESTS, *manifests.load(path)


def _is_manifest(path: Path) -> bool:
    try:
        value = json.loads(yaml_text.read_text(path))
    except (ValueError, RecursionError):  # `state.load` tells what is wrong
        return False
    return isinstance(value, dict) and "apiVersion" in value
