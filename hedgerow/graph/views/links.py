"""What an input was made of: the resources that a program took it from, known before any id is."""

from collections.abc import Mapping
from typing import Any

from ..snapshot import Resource, Snapshot
from ..value import MISSING, UNKNOWN, Mark


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


def ids(snapshot: Snapshot, *types: str) -> dict[str, str]:
    """URNs of the resources of these types by their ids, as far as those are known."""
    given = ((item.output("id"), item.urn) for item in snapshot.of_type(*types))
    return {name: urn for name, urn in given if isinstance(name, str)}


def referred(
    snapshot: Snapshot, named: Mapping[str, str], resource: Resource, given: Any, key: str, *types: str
) -> tuple[str, ...] | None:
    """What an id or a list of them means: URNs, by `named` or by the links of `key`; ids of what is not made here.

    None where some of it is not known.
    """
    values = given if isinstance(given, list) else [] if given is MISSING else [given]
    hidden = [value for value in values if isinstance(value, Mark)]
    links = dict.fromkeys(item.urn for item in linked(snapshot, resource, key, *types)) if hidden else {}
    known = [named.get(str(value), str(value)) for value in values if not isinstance(value, Mark)]
    return None if len(links) != len(hidden) else (*known, *links)
