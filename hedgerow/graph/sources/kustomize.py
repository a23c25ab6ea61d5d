"""What the kustomizations of a folder do to its files: those that are patches, and namespaces that get another name.

Nothing is rendered here. What lies in such a file is not what is applied, so it is listed and not judged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...facts import yaml_text
from ...facts.problem import BadInput

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")
PARTS = ("resources", "bases", "components")
GROUP = "kustomize.config.k8s.io/"
"""What its own files, which are no objects, have as apiVersion."""
RENDER = "judge what `kubectl kustomize` prints"


@dataclass(frozen=True)
class Kustomizations:
    """By the resolved path of a file. `patches`: the kustomization that merges it into others.

    `namespaces`: what each way to it from a kustomization that no other takes in sets as namespace, None for nothing.
    """

    patches: Mapping[Path, str] = field(default_factory=dict)
    namespaces: Mapping[Path, set[str | None]] = field(default_factory=dict)

    def renames(self, path: Path, manifest: Mapping[str, Any]) -> str:
        """The names under which a Namespace in this file is applied, where its own is not among them."""
        given = self.namespaces.get(path.resolve(), {None})
        kept = manifest["kind"] != "Namespace" or {None, manifest["metadata"].get("name")} & given
        return "" if kept else ", ".join(sorted(map(str, given)))


def read(folder: Path) -> Kustomizations:
    """The kustomizations below `folder`. What is wrong with one is told where it is read as a file of the folder."""
    found = {path.parent.resolve(): (path, document) for path, document in _documents(folder)}
    patches = {
        (path.parent / given).resolve(): str(path.relative_to(folder))
        for path, document in found.values()
        for given in _given(document, PATCHES)
    }
    return Kustomizations(patches, _namespaces({place: document for place, (_, document) in found.items()}))


def _namespaces(documents: Mapping[Path, Mapping[str, Any]]) -> dict[Path, set[str | None]]:
    """What is set as namespace on the ways to each file; of two on one way the outermost counts."""
    parts = {place: [(place / given).resolve() for given in _given(of, PARTS)] for place, of in documents.items()}
    taken_in = {part for of in parts.values() for part in of}
    ways: list[tuple[Path, str | None]] = [(place, None) for place in parts.keys() - taken_in]
    gone: set[tuple[Path, str | None]] = set()
    found: dict[Path, set[str | None]] = {}
    while ways:
        place, outer = way = ways.pop()
        own = documents[place].get("namespace")
        namespace = outer or (own if isinstance(own, str) and own else None)
        for part in () if way in gone else parts[place]:
            if part in parts:
                ways.append((part, namespace))
            else:
                found.setdefault(part, set()).add(namespace)
        gone.add(way)
    return found


def _documents(folder: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for name in NAMES:
        for path in sorted(folder.rglob(name)) if folder.is_dir() else ():
            try:
                documents = yaml_text.parse(yaml_text.read_text(path), path.name) if path.is_file() else []
            except BadInput:
                continue
            yield from ((path, document.value) for document in documents if isinstance(document.value, dict))


def _given(document: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[str]:
    """Paths in lists of texts, or of mappings with a `path`; patches that are written out are none."""
    for key in keys:
        entries = document.get(key)
        for entry in entries if isinstance(entries, list) else ():
            given = entry.get("path") if isinstance(entry, dict) else entry
            if isinstance(given, str) and "\n" not in given and "\0" not in given:
                yield given
