"""What an input was made of: the resources that a program took it from, known before any id is."""

from typing import Any

from ..snapshot import Resource, Snapshot
from ..value import UNKNOWN


def linked(snapshot: Snapshot, resource: Resource, key: str, *types: str) -> list[Resource]:
    """The resources of these types that the input `key` was made of."""
    found = (snapshot.by_urn.get(urn) for urn in resource.property_dependencies.get(key, ()))
    return [item for item in found if item is not None and item.type in types]


def meant(snapshot: Snapshot, resource: Resource, key: str, *types: str) -> Any:
    """The one resource that an input is of: by the link, else by the name it writes; UNKNOWN where that tells none."""
    found = linked(snapshot, resource, key, *types)
    if not found:
        written = resource.input(key)
        found = [
            item for item in snapshot.of_type(*types) if isinstance(written, str) and item.input("name") == written
        ]
    return found[0] if len(found) == 1 else UNKNOWN
