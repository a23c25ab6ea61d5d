"""Edits of what is declared: one part of one object each, tried on a snapshot and shown to a person."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..snapshot import STACK_TYPE, Resource, Snapshot
from ..value import MISSING, read
from ..views.kubernetes import KubeObject
from .asked import Field, told

VERSION = "networking.k8s.io/v1"
POLICY = f"kubernetes:{VERSION}:NetworkPolicy"


@dataclass(frozen=True)
class Edit:
    """One part of one object as it is to be."""

    urn: str
    shown: str
    """What messages call the object."""
    field: Field
    """Where the part stands in the object; empty for the whole of it."""
    old: tuple[Any, ...]
    """What stands there now; nothing where the part is added."""
    new: tuple[Any, ...]
    """What is to stand there: nothing where it is taken out, several where an item of a list becomes several."""
    origin: str = ""
    """File and line of it; empty where they are not known, and for an object that is new."""
    maker: str = ""
    """The component that makes the object, which is where the edit belongs."""
    type: str = ""
    """Of an object that is new."""

    @property
    def at(self) -> str:
        """The field as messages name it."""
        return told(self.field)


def part(resource: Resource, shown: str, field: Field, *new: Any, snapshot: Snapshot) -> Edit:
    """The edit that puts something else in the place of a part of a resource."""
    old = read(resource.inputs, *field)
    there = () if old is MISSING else (old,)
    return Edit(resource.urn, shown, field, there, new, resource.origin, _maker(snapshot, resource))


def of_object(item: KubeObject, field: Field, *new: Any, snapshot: Snapshot) -> Edit:
    """As `part`, of an object of Kubernetes."""
    return part(item.resource, str(item), field, *new, snapshot=snapshot)


def added(manifest: Mapping[str, Any]) -> Edit:
    """The edit that adds a NetworkPolicy."""
    place = f"{manifest['metadata']['namespace']}/{manifest['metadata']['name']}"
    return Edit(f"fix::{VERSION}::NetworkPolicy::{place}", f"NetworkPolicy '{place}'", (), (), (manifest,), type=POLICY)


def edited(snapshot: Snapshot, edits: Iterable[Edit], provider: str | None = None) -> Snapshot:
    """The snapshot as it would be with the edits. `provider`: the cluster that new objects are in."""
    by_urn: dict[str, list[Edit]] = {}
    for edit in edits:
        by_urn.setdefault(edit.urn, []).append(edit)
    kept = [each for item in snapshot.resources for each in _changed(item, by_urn.pop(item.urn, []))]
    if provider is None:
        some = next((item for item in snapshot.resources if item.type.startswith("kubernetes:")), None)
        provider = some.provider if some else ""
    new = [
        Resource(edit.urn, edit.type, edit.shown, inputs=edit.new[0], provider=provider)
        for listed in by_urn.values()
        for edit in listed
        if edit.new
    ]
    return Snapshot.of(snapshot.project, snapshot.stack, [*kept, *new], snapshot.config)


def whole(resource: Resource | None, edits: Iterable[Edit]) -> Any:
    """An object with its edits; None where it is taken out."""
    given: Any = {} if resource is None else resource.inputs
    # The last item of a list first, so that the places of the others hold.
    for edit in sorted(edits, key=lambda each: [(isinstance(step, int), step) for step in each.field], reverse=True):
        if not edit.field:
            return edit.new[0] if edit.new else None
        given = _put(given, edit.field, edit.new)
    return given


def _changed(resource: Resource, edits: list[Edit]) -> Iterator[Resource]:
    if not edits:
        yield resource
        return
    inputs = whole(resource, edits)
    if inputs is not None:
        outputs = {} if resource.type.startswith("kubernetes:") else resource.outputs
        yield replace(resource, inputs=inputs, outputs=outputs)


def _put(value: Any, field: Field, new: tuple[Any, ...]) -> Any:
    step, *rest = field
    if rest:
        inner = read(value, step)
        new = (_put(inner if isinstance(inner, dict | list) else {}, tuple(rest), new),)
    if isinstance(step, int):
        return [*value[:step], *new, *value[step + 1 :]]
    if new:
        return {**value, step: new[0]}
    return {key: item for key, item in value.items() if key != step}


def _maker(snapshot: Snapshot, resource: Resource) -> str:
    above = snapshot.by_urn.get(resource.parent)
    if above is None or above.type == STACK_TYPE:
        return ""
    return f"{above.type.rpartition(':')[2]} '{above.name}'"
