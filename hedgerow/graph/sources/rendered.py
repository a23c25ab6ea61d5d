"""What `hedgerow render` writes beside its manifests, so that the folder is judged as the stack that it is from.

Objects keep the URN, and so the exemptions, that they have in the preview; the platform's contract and the class of the
environment come along; marks are written as placeholders and read as marks again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ...facts import yaml_text
from ...facts.problem import BadInput, Problem
from ..snapshot import Resource
from ..value import SECRET, UNKNOWN, Mark

INDEX = "hedgerow.index"
"""Its name: YAML, but not called so, or `kubectl apply -R -f` would take it for an object."""
SCHEMA = "hedgerow/render/v1"
PLACEHOLDERS: Mapping[Mark, str] = {UNKNOWN: "<hedgerow:unknown>", SECRET: "<hedgerow:secret>"}
"""What stands for a mark in a file: no API server takes it for a name, a label, an address or an amount."""
_MARKS = {text: mark for mark, text in PLACEHOLDERS.items()}
_FORMS: Mapping[str, type] = {
    **dict.fromkeys(("clusters", "config", "homes", "objects"), dict),
    **dict.fromkeys(("project", "stack"), str),
    "others": list,
}


@dataclass(frozen=True)
class Index:
    """What a folder's index says: of a folder without one, nothing."""

    project: str = ""
    stack: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    objects: Mapping[str, str] = field(default_factory=dict)
    """URNs by file."""
    clusters: Mapping[str, str] = field(default_factory=dict)
    """URNs of providers by folder, where a stack has objects in several clusters."""
    homes: Mapping[str, list[str]] = field(default_factory=dict)
    """By file, the files of the Namespaces that an object may lie in, where it does not name its own."""
    others: tuple[Resource, ...] = ()
    """What is no object and counts: components that hold the platform's contract, charts."""
    rendered: bool = False

    def placed(self, resource: Resource, shown: str) -> Resource:
        """The object of a file as it is in the preview."""
        if not self.rendered:
            return resource
        provider, inputs = self.clusters.get(shown.partition("/")[0], ""), marked(resource.inputs)
        urn = self.objects.get(shown, "")
        kind = type_of(urn).rpartition(":")[2]
        if kind.removesuffix("Patch") != resource.type.rpartition(":")[2]:
            return replace(resource, provider=provider, inputs=inputs, outputs=inputs)
        homes = (self.objects[home] for home in self.homes.get(shown, ()) if home in self.objects)
        inputs = _without_stand_in(inputs, name_of(urn))
        return replace(
            resource,
            urn=urn,
            type=resource.type + ("Patch" if kind.endswith("Patch") else ""),
            name=name_of(urn),
            provider=provider,
            inputs=inputs,
            outputs=inputs,
            dependencies=tuple(homes),
        )


NONE = Index()


def read(folder: Path) -> Index:
    """The index of a folder; NONE where it has none; BadInput where it cannot be read."""
    path = folder / INDEX
    if not folder.is_dir() or not path.is_file():
        return NONE
    documents = yaml_text.parse(yaml_text.read_text(path, INDEX), INDEX)
    value = documents[0].value if documents else None
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        return NONE
    wrong = [key for key, form in _FORMS.items() if not isinstance(value.get(key, form()), form)]
    if wrong:
        fix = "render the stack again"
        raise BadInput([Problem(INDEX, documents[0].line_of(key), key, "has another form", fix=fix) for key in wrong])
    found = {key: value.get(key, form()) for key, form in _FORMS.items()}
    found |= {"config": marked(found["config"]), "others": tuple(_others(found["others"]))}
    return Index(**found, rendered=True)


def marked(value: Any) -> Any:
    """The value with the marks that its placeholders stand for."""
    if isinstance(value, Mapping):
        return {key: marked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [marked(item) for item in value]
    return _MARKS.get(value, value) if isinstance(value, str) else value


def type_of(urn: str) -> str:
    """The type token in a URN."""
    parts = urn.split("::", 3)
    return parts[2].rpartition("$")[2] if len(parts) == 4 else ""


def name_of(urn: str) -> str:
    """The name in a URN."""
    return urn.split("::", 3)[-1]


def stand_in(name: str) -> str:
    """The `generateName` of an object whose name the provider chooses."""
    return f"{name}-"


def _others(given: Iterable[Any]) -> Iterable[Resource]:
    for entry in given:
        if isinstance(entry, dict) and isinstance(entry.get("inputs"), dict) and isinstance(entry.get("urns"), list):
            inputs = marked(entry["inputs"])
            for urn in map(str, entry["urns"]):
                kind = type_of(urn)
                yield Resource(
                    urn,
                    kind,
                    name_of(urn),
                    custom=entry.get("custom") is True,
                    provider=str(entry.get("provider", "")),
                    inputs=inputs,
                    outputs=inputs,
                    origin=f"{INDEX}:1",
                )


def _without_stand_in(inputs: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    metadata = inputs.get("metadata")
    if not isinstance(metadata, dict) or "name" in metadata or metadata.get("generateName") != stand_in(name):
        return inputs
    return {**inputs, "metadata": {key: value for key, value in metadata.items() if key != "generateName"}}
