"""Resources that are deleted under one name and created under another, and are most likely the same."""

from collections.abc import Iterable, Mapping

from ..snapshot import Resource
from ..value import Mark
from .inputs import flat

NEAR = (4, 5)
"""Share of their inputs that two resources must have in common."""
MOST_PAIRS = 20_000
"""Pairs of one type that are compared; where there are more, nothing is taken for renamed."""


def renamed(deleted: Iterable[Resource], created: Iterable[Resource]) -> dict[str, Resource]:
    """Of created resources, by URN, those that are most likely a deleted one: of the same type, with near-equal inputs.

    Each is taken once, the nearest pair first.
    """
    old, new = _by_type(deleted), _by_type(created)
    found: dict[str, Resource] = {}
    for type_ in sorted(old.keys() & new.keys()):
        if len(old[type_]) * len(new[type_]) > MOST_PAIRS:
            continue
        values = {item.urn: _facts(item) for item in (*old[type_], *new[type_])}
        pairs = sorted(
            (-share, one.urn, other.urn, one)
            for one in old[type_]
            for other in new[type_]
            if (share := _common(values[one.urn], values[other.urn])) is not None
        )
        taken = set[str]()
        for _, gone, here, one in pairs:
            if gone not in taken and here not in found:
                taken.add(gone)
                found[here] = one
    return found


def alias(before: Resource, after: Resource) -> str:
    """What keeps it, in Python: by its old name, or by its whole URN where its place changed too."""
    old, new = before.urn.split("::"), after.urn.split("::")
    same_place = old[:3] == new[:3] and len(old) == len(new) == 4
    told = f'pulumi.Alias(name="{before.name}")' if same_place else f'"{before.urn}"'
    return f"opts=pulumi.ResourceOptions(aliases=[{told}])"


def _facts(resource: Resource) -> dict[str, tuple[str, str]]:
    """Values by path, as they are and with the resource's own name taken out; what is not known says nothing."""
    return {
        path: (str(value), str(value).replace(resource.name, "…"))
        for path, value in flat(resource.inputs).items()
        if not isinstance(value, Mark)
    }


def _common(old: Mapping[str, tuple[str, str]], new: Mapping[str, tuple[str, str]]) -> int | None:
    """Thousandths of what both say that is the same; None where that is too little, or nothing is said at all."""
    every = len(old.keys() | new.keys())
    shared = sum(any(map(str.__eq__, old[path], new[path])) for path in old.keys() & new.keys())
    if not shared or shared * NEAR[1] < every * NEAR[0]:
        return None
    return shared * 1000 // every


def _by_type(resources: Iterable[Resource]) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for resource in resources:
        if resource.custom:
            found.setdefault(resource.type, []).append(resource)
    return found
