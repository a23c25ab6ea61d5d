"""The Kubernetes objects of a snapshot as files: paths that stay the same, no secret, nothing that is not known."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..facts.problem import BadInput, Problem
from ..graph import SECRET, UNKNOWN, Snapshot, Views
from ..graph.reach.endpoints import OPAQUE_TYPES
from ..graph.sources.rendered import INDEX, PLACEHOLDERS, SCHEMA, stand_in
from ..graph.value import MISSING, Mark
from ..graph.views import CONTRACTS, KubeObject
from ..graph.views.kubernetes import CLUSTER_SCOPED
from . import text

HEADER = "# Rendered by hedgerow. Change the settings of the stack, not this file.\n"
EVERYWHERE, NOWHERE = "_cluster", "_unknown"
"""Folders for what lies in no namespace, and in one whose name is not known: no namespace can be called so."""
LONGEST = 120
"""Characters of a name in a path; of a longer one the rest is a hash."""
OWN_GROUPS = re.compile(r"|apps|autoscaling|batch|extensions|policy|.*\.k8s\.io")
"""API groups whose kinds need no group in a path: Kubernetes' own."""
_BARE = re.compile(r"[^a-z0-9.-]")


@dataclass
class Rendering:
    """What a folder is to hold, by path, and what its readers must know."""

    files: dict[str, str] = field(default_factory=dict)
    """Objects by their path, and the index."""
    placeholders: list[str] = field(default_factory=list)
    """What in which file is not as it will be, and why."""
    left_out: list[str] = field(default_factory=list)

    @property
    def objects(self) -> list[str]:
        """Paths of the objects."""
        return [path for path in self.files if path != INDEX]


def render(snapshot: Snapshot) -> Rendering:
    """Every Kubernetes object of a snapshot; BadInput where two are one and the same."""
    rendering = Rendering()
    items = [item for item in _objects(snapshot) if item.resource.type not in OPAQUE_TYPES]
    folders = _folders(items)
    paths = {item.urn: folders[item.scope] + _path(item) for item in items}
    _refuse_twice(snapshot.stack, items, paths)
    for item in sorted(items, key=lambda item: paths[item.urn]):
        path = paths[item.urn]
        body = _body(item, path, rendering)
        rendering.files[path] = HEADER + text.dump(body)
    for chart in snapshot.of_type(*OPAQUE_TYPES):
        shown = f"{chart.type.rpartition(':')[2]} '{chart.name}'"
        rendering.left_out.append(f"{shown}: a chart makes its objects where it is installed")
    rendering.files[INDEX] = HEADER + text.dump(_index(snapshot, items, paths, folders))
    return rendering


def _objects(snapshot: Snapshot) -> list[KubeObject]:
    found = (item for items in Views(snapshot).objects.values() for item in items)
    return sorted(found, key=lambda item: item.urn)


def _folders(items: Iterable[KubeObject]) -> dict[str, str]:
    """A folder for each cluster, by its provider's name; none where there is only one."""
    scopes = sorted({item.scope for item in items})
    if len(scopes) < 2:
        return dict.fromkeys(scopes, "")
    names = [_quoted(scope.rpartition("::")[2] or "default") for scope in scopes]
    return {
        scope: f"{name}/" if names.count(name) == 1 else f"{name}~{number}/"
        for number, (scope, name) in enumerate(zip(scopes, names, strict=True), 1)
    }


def _path(item: KubeObject) -> str:
    kind = item.kind.lower() if OWN_GROUPS.fullmatch(item.group) else f"{item.kind.lower()}.{item.group}"
    given = item.get("metadata", "name")
    name = _quoted(given if isinstance(given, str) else item.resource.name)
    suffix = "" if isinstance(given, str) else ".generated"
    return f"{_place(item)}/{_quoted(kind)}-{name}{suffix}{'.patch' if item.patch else ''}.yaml"


def _place(item: KubeObject) -> str:
    if item.kind == "Namespace":
        return EVERYWHERE
    if item.kind in CLUSTER_SCOPED or (_custom(item) and item.resource.input("metadata", "namespace") is MISSING):
        return EVERYWHERE
    return _quoted(item.namespace) if isinstance(item.namespace, str) else NOWHERE


def _custom(item: KubeObject) -> bool:
    """Whether it is of a kind that Kubernetes does not have of itself, so that it may lie in no namespace."""
    return not OWN_GROUPS.fullmatch(item.group)


def _quoted(name: str) -> str:
    """The name as part of a path on every file system: all but small letters, digits, `.` and `-` by their number."""
    quoted = _BARE.sub(lambda found: "".join(f"%{byte:02x}" for byte in found.group().encode()), name)
    quoted = re.sub(r"^\.", "%2e", quoted)
    if len(quoted) <= LONGEST:
        return quoted
    return f"{quoted[:LONGEST]}~{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _refuse_twice(stack: str, items: Iterable[KubeObject], paths: Mapping[str, str]) -> None:
    first: dict[str, KubeObject] = {}
    twice = [item for item in items if first.setdefault(paths[item.urn], item) is not item]
    if twice:
        raise BadInput(
            [
                Problem(paths[item.urn], 0, "", f"would hold {item} twice, {first[paths[item.urn]].urn} and {item.urn}")
                for item in twice
            ],
            f"stack {stack} declares an object twice; nothing was written",
        )


def _body(item: KubeObject, path: str, rendering: Rendering) -> dict[str, Any]:
    given = {key: value for key, value in item.resource.inputs.items() if key != "status"}
    if item.kind == "Secret" and item.group == "":
        given |= {key: _covered(given[key]) for key in ("data", "stringData") if given.get(key) is not None}
    body: dict[str, Any] = _written(given, (), lambda told: rendering.placeholders.append(f"{path}: {told}"))
    if not isinstance(body.get("metadata"), dict):
        body["metadata"] = {} if item.namespace == "default" else {"namespace": PLACEHOLDERS[UNKNOWN]}
    metadata = body["metadata"]
    if "name" not in metadata:
        metadata.setdefault("generateName", stand_in(item.resource.name))
        rendering.placeholders.append(f"{path}: metadata.name is chosen by the provider")
    body.setdefault("apiVersion", _api(item.resource.type))
    body.setdefault("kind", item.kind)
    return body


def _covered(data: Any) -> Any:
    return dict.fromkeys(data, SECRET) if isinstance(data, Mapping) else SECRET


def _written(value: Any, path: tuple[str, ...], tell: Any) -> Any:
    """The value with placeholders for marks, each told with its path, and without nulls."""
    if isinstance(value, Mark):
        tell(f"{'.'.join(path)} is {value!r}")
        return PLACEHOLDERS.get(value, PLACEHOLDERS[UNKNOWN])
    if isinstance(value, Mapping):
        return {
            str(key): _written(item, (*path, str(key)), tell) for key, item in sorted(value.items()) if item is not None
        }
    if isinstance(value, list | tuple):
        return [_written(item, (*path, str(index)), tell) for index, item in enumerate(value)]
    return value


def _api(token: str) -> str:
    return token.split(":")[1].removeprefix("core/")


def _index(
    snapshot: Snapshot, items: Iterable[KubeObject], paths: Mapping[str, str], folders: Mapping[str, str]
) -> dict[str, Any]:
    homes = {paths[item.urn]: _homes(item, paths) for item in items if isinstance(item.namespace, Mark)}
    index: dict[str, Any] = {
        "schema": SCHEMA,
        "project": snapshot.project,
        "stack": snapshot.stack,
        "clusters": {folder.rstrip("/"): scope for scope, folder in folders.items() if folder},
        "config": {key: value for key, value in snapshot.config.items() if key.endswith(":environment")},
        "homes": homes,
        "objects": {path: urn for urn, path in paths.items()},
        "others": list(_others(snapshot, several=len(folders) > 1)),
    }
    kept: dict[str, Any] = _written({key: value for key, value in index.items() if value}, (), lambda _: None)
    return kept


def _homes(item: KubeObject, paths: Mapping[str, str]) -> list[str]:
    links = item.resource.property_dependencies.get("metadata", item.resource.dependencies)
    return [paths[urn] for urn in links if urn in paths and paths[urn].rpartition("/")[2].startswith("namespace-")]


def _others(snapshot: Snapshot, *, several: bool) -> Iterator[dict[str, Any]]:
    """Components with what they hold of the platform's contract, those that hold the same as one; charts."""
    found: dict[str, dict[str, Any]] = {}
    for resource in sorted(snapshot.resources, key=lambda resource: resource.urn):
        held = {key: resource.inputs[key] for key in CONTRACTS if not resource.custom and key in resource.inputs}
        if held:
            alike = text.dump(_written(held, (), lambda _: None))
            found.setdefault(alike, {"inputs": held, "urns": []})["urns"].append(resource.urn)
    yield from found.values()
    for chart in snapshot.of_type(*OPAQUE_TYPES):
        given = {key: chart.inputs[key] for key in ("chart", "namespace") if key in chart.inputs}
        provider = chart.provider if several else ""
        yield {"inputs": given, "urns": [chart.urn], "custom": chart.custom, "provider": provider}
