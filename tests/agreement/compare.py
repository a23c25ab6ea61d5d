"""Compares two snapshots of one program field by field; what differs must be one of allowed.yaml."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from hedgerow.graph import MISSING, SECRET, UNKNOWN, Resource, Snapshot

NAMES = frozenset({"name", "nodeGroupName"})
DEFAULTS = yaml.safe_load((Path(__file__).parents[1] / "engine" / "provider_defaults.yaml").read_text())
DEFAULT_PROVIDERS = re.compile(r":providers:(\w+::default_|pulumi::default\b)")
READ = "pulumi:pulumi:StackReference"


def differences(embedded: Snapshot, other: Snapshot) -> Iterator[tuple[str, str]]:
    """Every difference as (kind, text). Kinds that allowed.yaml does not name are faults."""
    theirs = {urn: resource for urn, resource in other.by_urn.items() if not DEFAULT_PROVIDERS.search(urn)}
    for urn in sorted(embedded.by_urn.keys() ^ theirs.keys()):
        read = urn in embedded.by_urn and embedded.by_urn[urn].type == READ
        yield "read" if read else "urn", f"{urn} only in {'embedded' if urn in embedded.by_urn else 'other'}"
    if len(theirs) < len(other.by_urn):
        yield "default_provider", "listed by the engine"
    for urn in sorted(embedded.by_urn.keys() & theirs.keys()):
        yield from _resource(embedded.by_urn[urn], theirs[urn])


def _resource(ours: Resource, theirs: Resource) -> Iterator[tuple[str, str]]:
    for name in ("type", "name", "custom", "parent", "dependencies", "property_dependencies", "protect"):
        if getattr(ours, name) != getattr(theirs, name):
            yield name, f"{ours.urn}: {getattr(ours, name)!r} against {getattr(theirs, name)!r}"
    if ours.provider != theirs.provider:
        yield "default_provider" if DEFAULT_PROVIDERS.search(theirs.provider) else "provider", ours.urn
    yield from _values(ours, ours.inputs, theirs.inputs, ())
    for key, value in ours.outputs.items():
        yield from _values(ours, value, theirs.outputs.get(key, MISSING), ("outputs", key))
    if theirs.outputs.keys() - ours.outputs.keys():
        yield "computed_outputs", ours.urn


def _values(of: Resource, ours: Any, theirs: Any, path: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    where = f"{of.urn}: {'.'.join(map(str, path))}: {ours!r} against {theirs!r}"
    if type(ours) is type(theirs) and isinstance(ours, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            yield from _values(of, ours.get(key, MISSING), theirs.get(key, MISSING), (*path, key))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, pair in enumerate(zip(ours, theirs, strict=True)):
            yield from _values(of, *pair, (*path, index))
    elif type(ours) is not type(theirs) or ours != theirs:
        yield _kind(of, ours, theirs, path), where


def _kind(of: Resource, ours: Any, theirs: Any, path: tuple[Any, ...]) -> str:
    last = path[-1] if path else ""
    if of.type == "kubernetes:core/v1:Secret" and {last} <= {"stringData", "data"} and SECRET in (ours, theirs):
        return "secret_data"
    if ours is MISSING and last in NAMES:
        return "auto_name"
    if ours is MISSING and len(path) == 1 and _added_by_the_cloud(of, path[0], theirs):
        return "provider_default"
    if ours is UNKNOWN and theirs is not MISSING:
        return "known_later"
    if path[:1] == ("outputs",) and theirs in (UNKNOWN, MISSING):
        return "computed_outputs"
    if isinstance(ours, int) and theirs == str(ours):
        return "text_for_number"
    if path[:1] == ("outputs",) and of.custom and ours is MISSING:
        return "computed_outputs"
    return "value"


def _added_by_the_cloud(of: Resource, key: str, theirs: Any) -> bool:
    if of.type.startswith("aws:") and key == "tagsAll":
        return bool(theirs == of.inputs.get("tags", {}))
    if of.type.startswith("aws:") and key == "region":
        return True
    given = DEFAULTS.get(of.type, {}).get(key, MISSING)
    return given is not MISSING and bool(given == theirs)
