"""A snapshot of a folder of Kubernetes manifests: what can be read is judged, the rest is listed by file and line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...facts import yaml_text
from ...facts.problem import BadInput, Problem
from ..snapshot import Resource, Snapshot
from ..value import SECRET
from . import kustomize, rendered
from .kustomize import RENDER

SUFFIXES = (".yaml", ".yml", ".json")


def load(folder: Path) -> tuple[Snapshot, list[Problem]]:
    """The objects below `folder` (or in one file), and everything in it that could not be read.

    BadInput where nothing at all could be: no file, or none with an object.
    """
    problems: list[Problem] = []
    found: dict[str, Resource] = {}
    kustomizations, index = kustomize.read(folder), _index(folder, problems)
    for path in _files(folder):
        shown = str(path.relative_to(folder)) if path != folder else path.name
        if patched := kustomizations.patches.get(path.resolve()):
            problems.append(Problem(shown, 0, "", f"is a patch of {patched}", fix=RENDER))
            continue
        for given in _objects(path, shown, problems):
            resource = index.placed(given, shown)
            if given.inputs["kind"] == "Namespace" and (names := kustomizations.renames(path, given.inputs)):
                what = f"is a Namespace {given.name!r} that Kustomize names {names}"
                problems.append(Problem(shown, _line(given), "", what, fix=RENDER))
                continue
            if resource.urn in found:
                problems.append(_twice(resource, found[resource.urn]))
            found[resource.urn] = resource
    if not found:
        raise BadInput(problems or [Problem(str(folder), 0, "", "holds no Kubernetes object")])
    project = index.project or folder.resolve().name
    return Snapshot.of(project, index.stack, [*found.values(), *index.others], index.config), problems


def _index(folder: Path, problems: list[Problem]) -> rendered.Index:
    try:
        return rendered.read(folder)
    except BadInput as error:
        problems += error.problems
        return rendered.NONE


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
        return
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in SUFFIXES and path.is_file() and not path.is_symlink() and not hidden:
            yield path


def _objects(path: Path, shown: str, problems: list[Problem]) -> Iterator[Resource]:
    try:
        documents = yaml_text.parse(yaml_text.read_text(path, shown), shown)
    except BadInput as error:
        problems += error.problems
        return
    for document in documents:
        for value, line in _expanded(document):
            if not isinstance(value, dict) or not {"apiVersion", "kind"} <= value.keys():
                continue
            wrong = _problem(value)
            if wrong:
                problems.append(Problem(shown, line, "", wrong))
            else:
                yield _resource(value, f"{shown}:{line}")


def _expanded(document: yaml_text.Document) -> Iterator[tuple[Any, int]]:
    value = document.value
    if isinstance(value, dict) and str(value.get("kind", "")).endswith("List") and isinstance(value.get("items"), list):
        for index, item in enumerate(value["items"]):
            yield item, document.line_of("items", index)
    else:
        yield value, document.line


def _problem(value: dict[str, Any]) -> str:
    if not isinstance(value["apiVersion"], str) or not isinstance(value["kind"], str):
        return "has an apiVersion or a kind that is no text"
    metadata = value.get("metadata")
    if not isinstance(metadata, dict):
        return f"is a {value['kind']} without metadata"
    if "$patch" in value:
        return f"is a Kustomize patch of a {value['kind']}; {RENDER}"
    for key in ("name", "namespace"):
        if "$(" in str(metadata.get(key, "")):
            return f"is a {value['kind']} whose metadata.{key} is a Kustomize variable; {RENDER}"
        if not isinstance(metadata.get(key, ""), str):
            return f"is a {value['kind']} whose metadata.{key} is no text"
    if not isinstance(metadata.get("labels") or {}, dict):
        return f"is a {value['kind']} whose metadata.labels is no mapping"
    return ""


def _resource(value: dict[str, Any], origin: str) -> Resource:
    version, kind, metadata = value["apiVersion"], value["kind"], value["metadata"]
    token = version if "/" in version else f"core/{version}"
    name = str(metadata.get("name") or metadata.get("generateName") or "")
    place = f"{metadata['namespace']}/{name}" if metadata.get("namespace") else name
    if kind == "Secret" and version == "v1":
        value = {key: SECRET if key in ("data", "stringData") else item for key, item in value.items()}
    return Resource(
        urn=f"manifest::{token}::{kind}::{place}",
        type=f"kubernetes:{token}:{kind}",
        name=place,
        inputs=value,
        outputs=value,
        origin=origin,
    )


def _twice(second: Resource, first: Resource) -> Problem:
    file = second.origin.rpartition(":")[0]
    what = f"declares {second.inputs['kind']} {second.name!r} again, first in {first.origin}"
    return Problem(file, _line(second), "", what, fix="the later one is judged; keep one of them")


def _line(resource: Resource) -> int:
    return int(resource.origin.rpartition(":")[2])
