"""A snapshot of a folder of Kubernetes manifests: what can be read is judged, the rest is listed by file and line."""

import os
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
    for path in _files(folder, problems):
        shown = str(path.relative_to(folder)) if path != folder else path.name
        if kustomizations.patches and (patched := kustomizations.patches.get(path.resolve())):
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
    told = sorted(problems, key=lambda problem: (problem.file, problem.line))
    return Snapshot.of(project, index.stack, [*found.values(), *index.others], index.config), told


def _index(folder: Path, problems: list[Problem]) -> rendered.Index:
    try:
        return rendered.read(folder)
    except BadInput as error:
        problems += error.problems
        return rendered.NONE


def _files(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """Every file that may hold objects, in the order of names; what only looks like one is told."""
    if not folder.is_dir():
        yield folder
        return
    found, links = list[Path](), list[Path]()
    for place, folders, names in os.walk(folder, onerror=lambda error: problems.append(_closed(folder, error))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links += [path for name in folders if (path := Path(place, name)).is_symlink()]
        for path in (Path(place, name) for name in names if name.endswith(SUFFIXES) and not name.startswith(".")):
            (links if path.is_symlink() else found).append(path)
    read = {_identity(path) for path in found} - {None} if links else set()
    problems += [_link(folder, path) for path in links if _identity(path) not in read]
    for path in sorted(found):
        if path.is_file():
            yield path
        else:
            problems.append(Problem(str(path.relative_to(folder)), 0, "", "is no regular file"))


def _closed(folder: Path, error: OSError) -> Problem:
    shown = str(Path(str(error.filename)).relative_to(folder))
    return Problem("the folder itself" if shown == "." else shown, 0, "", f"cannot be read: {error.strerror}")


def _link(folder: Path, path: Path) -> Problem:
    fix = "name what it leads to, or put a copy here"
    return Problem(str(path.relative_to(folder)), 0, "", "is a symbolic link, which is not followed", fix=fix)


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from all others, whatever it is called; None where there is none."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


def _objects(path: Path, shown: str, problems: list[Problem]) -> list[Resource]:
    """The objects of a file; none of them where any of it cannot be read."""
    found, wrong = list[Resource](), list[Problem]()
    try:
        for document in yaml_text.documents(yaml_text.read_text(path, shown), shown):
            for value, line in _expanded(document):
                if not isinstance(value, dict) or not {"apiVersion", "kind"} <= value.keys():
                    continue
                what = _problem(value)
                if not what:
                    found.append(_resource(value, f"{shown}:{line}"))
                elif not str(value["apiVersion"]).startswith(kustomize.GROUP):
                    wrong.append(Problem(shown, line, "", what))
    except BadInput as error:
        problems += error.problems
        return []
    problems += wrong
    return found


def _expanded(document: yaml_text.Document, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, int]]:
    value = document.value
    for step in path:
        value = value[step]
    if isinstance(value, dict) and str(value.get("kind", "")).endswith("List") and isinstance(value.get("items"), list):
        for index in range(len(value["items"])):
            yield from _expanded(document, (*path, "items", index))
    else:
        yield value, document.line_of(*path)


def _problem(value: dict[str, Any]) -> str:
    if not isinstance(value["apiVersion"], str) or not isinstance(value["kind"], str):
        return "has an apiVersion or a kind that is no text"
    metadata = value.get("metadata")
    if value["kind"] == "List" and "items" in value:
        return "is a List whose items are no list"
    if not isinstance(metadata, dict):
        return f"is a {value['kind']} without metadata"
    if "$patch" in value:
        return f"is a Kustomize patch of a {value['kind']}; {RENDER}"
    for key in ("name", "namespace"):
        if "$(" in str(metadata.get(key, "")):
            return f"is a {value['kind']} whose metadata.{key} is a Kustomize variable; {RENDER}"
        if not isinstance(metadata.get(key, ""), str):
            return f"is a {value['kind']} whose metadata.{key} is no text"
    if not metadata.get("name") and not metadata.get("generateName"):
        return f"is a {value['kind']} without a name"
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
