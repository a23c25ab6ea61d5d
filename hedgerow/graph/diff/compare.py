"""Two snapshots compared, resource by resource: by URN, then by likeness, then by what hangs on what is replaced."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..snapshot import STACK_TYPE, Resource, Snapshot
from ..value import SECRET, UNKNOWN, read
from .change import CREATE, DELETE, EITHER, RENAME, REPLACE, UPDATE, Change, Difference, Property, ordered
from .inputs import changed, does, leaves
from .renames import alias, renamed
from .risks import risks

DEFAULT_PROVIDER = re.compile(r":providers:(\w[\w-]*::default_|pulumi::default\b)")
NAMESPACE = "kubernetes:core/v1:Namespace"
NEW_ID = frozenset({CREATE, REPLACE, EITHER})


def difference(before: Snapshot, after: Snapshot, against: str = "", *, filled: bool = False) -> Difference:
    """What `after` changes. `filled`: `before` is a state, with defaults in it that providers filled in.

    Components are told by their children. What hangs on a resource that is replaced is told as changed, although its
    own new value is not known yet.
    """
    old, new = _objects(before), _objects(after)
    gone = [old[urn] for urn in old.keys() - new.keys()]
    here = [new[urn] for urn in new.keys() - old.keys()]
    same_as = {urn: one for urn, one in renamed(gone, here).items() if _keeps(one, new[urn])}
    found, unsure = dict[str, Change](), 0
    for urn in sorted(new.keys() & old.keys()):
        properties, left_out = changed(old[urn], new[urn], filled=filled)
        unsure += left_out
        if properties:
            found[urn] = _change(new[urn], properties, protect=old[urn].protect)
    kept = {one.urn for one in same_as.values()}
    found |= {
        one.urn: Change(DELETE, one.urn, one.type, one.name, (), one.protect) for one in gone if one.urn not in kept
    }
    for one in here:
        found[one.urn] = _renamed(same_as[one.urn], one, before, after) if one.urn in same_as else _created(one)
    _cascade(found, old, new)
    gone = [
        old[urn].input("metadata", "name")
        for urn, change in found.items()
        if change.type == NAMESPACE and change.what == DELETE
    ]
    changes = [_with_risks(change, new.get(urn) or old[urn], gone) for urn, change in found.items()]
    return Difference(against, ordered(changes), len(new.keys() & old.keys() - found.keys()), unsure)


def _objects(snapshot: Snapshot) -> dict[str, Resource]:
    """What a provider keeps: neither the stack nor components, nor the providers that the engine makes by itself."""
    return {
        item.urn: item
        for item in snapshot.resources
        if item.custom and item.type != STACK_TYPE and not DEFAULT_PROVIDER.search(item.urn)
    }


def _created(one: Resource) -> Change:
    return Change(CREATE, one.urn, one.type, one.name)


def _keeps(old: Resource, new: Resource) -> bool:
    """Whether an alias keeps it: not where an input that changes with the name forces a new one all the same."""
    return all(item.effect != "replace" for item in changed(old, new, filled=False)[0])


def _renamed(old: Resource, new: Resource, before: Snapshot, after: Snapshot) -> Change:
    properties, _ = changed(old, new, filled=False)
    told = alias(before, after, old, new)
    return Change(RENAME, new.urn, new.type, new.name, tuple(properties), old.protect, old.urn, *told)


def _change(after: Resource, properties: Iterable[Property], *, protect: bool) -> Change:
    every = tuple(properties)
    effects = {item.effect for item in every}
    what = REPLACE if "replace" in effects else EITHER if "either" in effects else UPDATE
    return Change(what, after.urn, after.type, after.name, every, protect and what == REPLACE)


def _cascade(found: dict[str, Change], old: Mapping[str, Resource], new: Mapping[str, Resource]) -> None:
    """Follow links from what gets another id: an input made of it changes, though to what is not known yet."""
    users: dict[str, list[tuple[str, str]]] = {}
    for urn in sorted(new.keys() & old.keys()):
        for key, links in sorted(new[urn].property_dependencies.items()):
            if UNKNOWN in _marks(new[urn], key):
                for link in links:
                    users.setdefault(link, []).append((urn, key))
    waiting = sorted((urn for urn, change in found.items() if change.what in NEW_ID and urn in new), reverse=True)
    while waiting:
        cause = waiting.pop()
        for urn, key in users.get(cause, ()):
            if _follow(found, old[urn], new[urn], key, new[cause]):
                waiting.append(urn)


def _follow(found: dict[str, Change], old: Resource, new: Resource, key: str, cause: Resource) -> bool:
    """Add the input at `key` to the changes of a resource; whether it gets another id by that for the first time."""
    before = found.get(new.urn)
    known = before.properties if before else ()
    if any(item.path == key and item.because for item in known):
        return False
    below = leaves(new.inputs.get(key), new.inputs.get(key), key)
    effects = {does(new, path) for path, value, _ in below if value is UNKNOWN}
    strongest = "replace" if "replace" in effects else "either" if "either" in effects else "update"
    strongest = "either" if strongest == "replace" and found[cause.urn].what == EITHER else strongest
    because = f"{cause.name} {'may be' if found[cause.urn].what == EITHER else 'is'} made anew"
    added = Property(key, read(old.inputs, key), UNKNOWN, strongest, because)
    found[new.urn] = _change(new, sorted((*known, added), key=lambda item: item.path), protect=old.protect)
    return found[new.urn].what in NEW_ID and (before is None or before.what not in NEW_ID)


def _marks(resource: Resource, key: str) -> set[object]:
    """Marks anywhere in an input."""
    marks, waiting = set[object](), [resource.inputs.get(key)]
    while waiting:
        value = waiting.pop()
        if value is UNKNOWN or value is SECRET:
            marks.add(value)
        elif isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return marks


def _with_risks(change: Change, resource: Resource, gone: list[Any]) -> Change:
    found = tuple(risks(change, resource.inputs, gone))
    if not found:
        return change
    fields = {name: getattr(change, name) for name in Change.__dataclass_fields__}
    return Change(**{**fields, "risks": found})
