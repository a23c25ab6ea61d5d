"""Resources that are deleted under one name and created under another, and are most likely the same."""

from collections.abc import Iterable, Mapping

from ..snapshot import Resource, Snapshot
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


def alias(before: Snapshot, after: Snapshot, old: Resource, new: Resource) -> tuple[str, str]:
    """What keeps it, in Python: by its old name, or by its whole URN where its place changed too; and of what.

    A component that was renamed with it, and that it has its name from, keeps its children by an alias of its own.
    """
    above = _above(before, after, old, new)
    while above is not None:
        old, new = above
        above = _above(before, after, old, new)
    was, now = old.urn.split("::"), new.urn.split("::")
    same_place = was[:3] == now[:3] and len(was) == len(now) == 4
    told = f'pulumi.Alias(name="{old.name}")' if same_place else f'"{old.urn}"'
    return f"opts=pulumi.ResourceOptions(aliases=[{told}])", new.urn


def _above(before: Snapshot, after: Snapshot, old: Resource, new: Resource) -> tuple[Resource, Resource] | None:
    """The component that a resource lies in, before and after, where it was renamed as the resource was."""
    was, now = before.by_urn.get(old.parent), after.by_urn.get(new.parent)
    if was is None or now is None or was.custom or was.type != now.type or was.name == now.name:
        return None
    inherited = old.name.startswith(was.name) and new.name == now.name + old.name.removeprefix(was.name)
    return (was, now) if inherited else None


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
