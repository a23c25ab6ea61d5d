"""The Kubernetes objects of a stack as they are sent to a server: in order, with stand-ins for what is unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..graph import MISSING, SECRET, UNKNOWN, Resource, Snapshot, Views
from ..graph.value import Mark
from ..graph.views import KubeObject

STAND_IN = "c3RhbmQtaW4="
"""Stands for a secret or an unknown text; also the base64 that the data of a Secret has to be."""
FIRST, SECOND = {"CustomResourceDefinition", "PriorityClass", "StorageClass"}, {"Namespace"}
NAMES = ("apiVersion", "kind", "metadata")


@dataclass(frozen=True)
class Manifest:
    """One object to apply. `level`: those of a lower one come first. `notes`: what in it stands for something else."""

    body: dict[str, Any]
    urn: str
    level: int
    notes: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return str(self.body["kind"])

    @property
    def api(self) -> str:
        """API group and version, such as `apps/v1`."""
        return str(self.body["apiVersion"])

    @property
    def name(self) -> str:
        return str(self.body["metadata"]["name"])

    @property
    def namespace(self) -> str:
        """As given; empty where none is."""
        return str(self.body["metadata"].get("namespace", ""))

    def __str__(self) -> str:
        where = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} '{where}'"


@dataclass(frozen=True)
class LeftOut:
    """An object that was not applied, and why."""

    name: str
    urn: str
    why: str


@dataclass
class Stack:
    """The objects of one cluster of a stack. `scope` is the URN of its provider."""

    scope: str
    manifests: list[Manifest] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def clusters(snapshot: Snapshot) -> list[Stack]:
    """The objects that a snapshot builds, by the cluster that they go to."""
    levels = _levels(snapshot)
    found: dict[str, Stack] = {}
    given = sorted((item for items in Views(snapshot).objects.values() for item in items), key=lambda item: item.urn)
    for item in given:
        scope = item.scope.partition("::id")[0] if item.scope.endswith("::id") else item.scope
        stack = found.setdefault(scope, Stack(scope))
        made = _manifest(item, levels)
        if isinstance(made, LeftOut):
            stack.left_out.append(made)
        elif any(_same(made, other) for other in stack.manifests):
            stack.left_out.append(LeftOut(str(item), item.urn, "is declared twice; the first one was applied"))
        else:
            stack.manifests.append(made)
    return list(found.values())


def _manifest(item: KubeObject, levels: Mapping[str, int]) -> Manifest | LeftOut:
    unknown = [key for key in ("name", "namespace") if isinstance(item.get("metadata", key), Mark)]
    unknown = [key for key in unknown if item.get("metadata", key) is not MISSING]
    if unknown:
        return LeftOut(str(item), item.urn, f"its metadata.{unknown[0]} is {item.get('metadata', unknown[0])!r}")
    notes: list[str] = []
    inputs = {key: value for key, value in item.resource.inputs.items() if key != "status"}
    body = _known(inputs, (), notes)
    metadata = {key: value for key, value in body.get("metadata", {}).items() if value not in (None, {})}
    if "name" not in metadata:
        metadata["name"] = item.resource.name.lower()
        notes.append("metadata.name: the provider chooses it; its name in the program stands for it")
    body |= {"apiVersion": _api(item.resource), "kind": item.kind, "metadata": metadata}
    return Manifest(body, item.urn, _floor(item.kind) + levels.get(item.urn, 0), tuple(notes))


def _known(value: Any, path: tuple[str, ...], notes: list[str]) -> Any:
    """The value with a stand-in for secrets and unknown data, and without whatever else is unknown."""
    if isinstance(value, Mapping):
        found = {}
        for key, item in value.items():
            if item is SECRET or (item is UNKNOWN and path[:1] in (("data",), ("stringData",))):
                found[key] = STAND_IN
                notes.append(f"{'.'.join((*path, str(key)))}: {item!r}; a stand-in was sent")
            elif item is UNKNOWN:
                notes.append(f"{'.'.join((*path, str(key)))}: {item!r}; left out")
            elif item is not None:
                found[key] = _known(item, (*path, str(key)), notes)
        return found
    if isinstance(value, list):
        return [_known(item, (*path, str(index)), notes) for index, item in _there(value, path, notes)]
    return value


def _there(items: list[Any], path: tuple[str, ...], notes: list[str]) -> Iterable[tuple[int, Any]]:
    for index, item in enumerate(items):
        if item is SECRET:
            notes.append(f"{'.'.join(path)}.{index}: {item!r}; a stand-in was sent")
            yield index, STAND_IN
        elif isinstance(item, Mark):
            notes.append(f"{'.'.join(path)}.{index}: {item!r}; left out")
        else:
            yield index, item


def _api(resource: Resource) -> str:
    given = resource.inputs.get("apiVersion")
    if isinstance(given, str):
        return given
    return resource.type.split(":")[1].removeprefix("core/")


def _floor(kind: str) -> int:
    return 0 if kind in FIRST else 1 if kind in SECOND else 2


def _same(one: Manifest, other: Manifest) -> bool:
    return (one.api, one.kind, one.namespace, one.name) == (other.api, other.kind, other.namespace, other.name)


def _levels(snapshot: Snapshot) -> dict[str, int]:
    """How many Kubernetes objects deep each one waits for others, through whatever lies between."""
    found: dict[str, int] = {}

    def depth(urn: str, above: frozenset[str]) -> int:
        if urn not in found:
            resource = snapshot.by_urn.get(urn)
            needed = [one for one in (resource.dependencies if resource else ()) if one not in above]
            found[urn] = max((depth(one, above | {urn}) + _counts(snapshot, one) for one in needed), default=0)
        return found[urn]

    for resource in snapshot.resources:
        depth(resource.urn, frozenset())
    return found


def _counts(snapshot: Snapshot, urn: str) -> int:
    resource = snapshot.by_urn.get(urn)
    return int(resource is not None and resource.custom and resource.type.startswith("kubernetes:"))
