"""A snapshot of what a stack holds, from the JSON of `pulumi stack export`."""

import json
from pathlib import Path
from typing import Any

from ...facts.problem import BadInput, Problem
from ...facts.yaml_text import read_text, refuse_deep
from ..snapshot import Resource, Snapshot
from ..value import plain
from .wire import urn_of_provider

VERSION = 3
PROVIDER_TYPE = "pulumi:providers:"
MARK_OF_THE_BRIDGE = "__defaults"
"""Names what a provider built on a Terraform provider filled in; stands in every object of its inputs, at any depth."""
OF_THE_ENGINE = frozenset({"version", "pluginDownloadURL", "parameterization"})
"""Inputs of a provider that the engine adds: the program did not give them."""


def load(path: Path) -> Snapshot:
    """The snapshot in an export file; BadInput where it is none."""
    text = read_text(path)
    refuse_deep(text, str(path))
    try:
        return snapshot(json.loads(text), str(path))
    except json.JSONDecodeError as error:
        raise BadInput([Problem(str(path), error.lineno, "", f"is not JSON: {error.msg}")]) from error


def snapshot(export: Any, shown: str = "state") -> Snapshot:
    """The snapshot in a decoded export. Resources that wait for their deletion are left out."""
    deployment = export.get("deployment") if isinstance(export, dict) else None
    if not isinstance(deployment, dict):
        raise BadInput(
            [Problem(shown, 0, "", "is no stack export", fix="make one with `pulumi stack export --file FILE`")]
        )
    if export.get("version") != VERSION:
        raise BadInput([Problem(shown, 0, "version", f"must be {VERSION}", export.get("version"))])
    try:
        entries = [entry for entry in deployment.get("resources") or [] if not entry.get("delete")]
        resources = [_resource(entry) for entry in entries]
        project, stack = _names(resources)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise BadInput(
            [Problem(shown, 0, "deployment.resources", f"has an entry that cannot be read: {error!r}")]
        ) from error
    return Snapshot.of(project, stack, resources)


def given_inputs(type_: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs without what the engine and the provider keep for themselves."""
    hidden = OF_THE_ENGINE if type_.startswith(PROVIDER_TYPE) else frozenset()
    kept = {key: value for key, value in inputs.items() if not key.startswith("__") and key not in hidden}
    return kept if type_.startswith("kubernetes:") else {key: _unmarked(value) for key, value in kept.items()}


def _unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unmarked(item) for key, item in value.items() if key != MARK_OF_THE_BRIDGE}
    if isinstance(value, list):
        return [_unmarked(item) for item in value]
    return value


def _resource(entry: dict[str, Any]) -> Resource:
    type_ = str(entry["type"])
    links = entry.get("propertyDependencies") or {}
    return Resource(
        urn=str(entry["urn"]),
        type=type_,
        name=str(entry["urn"]).split("::", 3)[3],
        custom=bool(entry.get("custom")),
        parent=entry.get("parent", ""),
        provider=urn_of_provider(entry.get("provider", "")),
        inputs=given_inputs(type_, plain(entry.get("inputs") or {})),
        outputs=given_inputs(type_, plain(entry.get("outputs") or {})),
        dependencies=tuple(sorted(entry.get("dependencies") or ())),
        property_dependencies={key: tuple(sorted(urns)) for key, urns in links.items() if urns},
        protect=bool(entry.get("protect")),
        ignore_changes=tuple(entry.get("ignoreChanges") or ()),
    )


def _names(resources: list[Resource]) -> tuple[str, str]:
    if not resources:
        return "", ""
    stack, project = resources[0].urn.removeprefix("urn:pulumi:").split("::")[:2]
    return project, stack
