"""A snapshot of a folder of Kubernetes manifests: what can be read is judged, the rest is listed by file and line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...facts import yaml_text
from ...facts.problem import BadInput, Problem
from ..snapshot import Resource, Snapshot
from ..value import SECRET

RENDER = "judge what `kubectl kustomize` prints"
SUFFIXES = (".yaml", ".yml", ".json")
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")


def load(folder: Path) -> tuple[Snapshot, list[Problem]]:
    """The objects below `folder` (or in one file), and everything in it that could not be read.

    BadInput where nothing at all could be: no file, or none with an object.
    """
    problems: list[Problem] = []
    found: dict[str, Resource] = {}
    patches = _patches(folder)
    for path in _files(folder):
        shown = str(path.relative_to(folder)) if path != folder else path.name
        if path.resolve() in patches:
            problems.append(Problem(shown, 0, "", f"is a patch of {patches[path.resolve()]}", fix=RENDER))
            continue
        for resource in _objects(path, shown, problems):
            if resource.urn in found:
                problems.append(_twice(resource, found[resource.urn]))
            found[resource.urn] = resource
    if not found:
        raise BadInput(problems or [Problem(str(folder), 0, "", "holds no Kubernetes object")])
    return Snapshot.of(folder.resolve().name, "", found.values()), problems


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
        return
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in SUFFIXES and path.is_file() and not path.is_symlink() and not hidden:
            yield path


def _patches(folder: Path) -> dict[Path, str]:
    """Files that Kustomize merges into others, with the kustomization that says so: alone they are no objects."""
    found: dict[Path, str] = {}
    for name in KUSTOMIZATIONS:
        for path in folder.rglob(name) if folder.is_dir() else ():
            shown = str(path.relative_to(folder))
            try:
                documents = yaml_text.parse(yaml_text.read_text(path, shown), shown)
            except BadInput:
                continue  # told where the file is read as one of the folder
            for document in documents:
                for given in _named(document.value):
                    found[(path.parent / given).resolve()] = shown
    return found


def _named(kustomization: Any) -> Iterator[str]:
    for key in PATCHES:
        entries = kustomization.get(key) if isinstance(kustomization, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            given = entry.get("path") if isinstance(entry, dict) else entry
            if isinstance(given, str) and "\n" not in given:
                yield given


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
    file, _, line = second.origin.rpartition(":")
    what = f"declares {second.inputs['kind']} {second.name!r} again, first in {first.origin}"
    return Problem(file, int(line), "", what, fix="the later one is judged; keep one of them")
