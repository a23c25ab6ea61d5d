"""Two sets of inputs, compared value by value."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...facts.replacements import UPDATE, effect
from ..snapshot import Resource
from ..value import MISSING, SECRET, UNKNOWN, Mark
from .change import Property

KUBERNETES = "pulumi:providers:kubernetes"
AUTO_NAME = re.compile(r"-[0-9a-f]{7}$")
SECRET_TEXT = ("stringData", "data")
OF_THE_PROVIDER = frozenset({"metadata.annotations.pulumi.com/autonamed"})
"""Inputs that a provider writes for itself."""


def changed(before: Resource, after: Resource, *, filled: bool) -> tuple[list[Property], int]:
    """Inputs that differ, and how many of `before` are not given any more and may be a provider's defaults (`filled`).

    What is not known yet on one side counts as the same; who looks at links knows better. What is secret on one side is
    told of neither.
    """
    found, left_out = list[Property](), 0
    for path, old, new in leaves(before.inputs, after.inputs, ordered=after.type.startswith("kubernetes:")):
        if (
            _same(old, new)
            or path in OF_THE_PROVIDER
            or _moved(after, path, old, new)
            or _ignored(path, after.ignore_changes)
        ):
            continue
        if filled and new is MISSING and (not path.startswith("metadata") or _auto_named(before, old)):
            left_out += not _auto_named(before, old)
            continue
        secret = SECRET in (old, new)
        found.append(Property(path, _shown(old, secret), _shown(new, secret), does(after, path)))
    return found, left_out


def _shown(value: Any, secret: bool) -> Any:  # noqa: FBT001
    return SECRET if secret and value is not MISSING else value


def does(resource: Resource, path: str) -> str:
    """What a change of an input does to a resource.

    A Kubernetes provider that names its cluster by `clusterIdentifier` stays the same while its kubeconfig changes.
    """
    identified = resource.type == KUBERNETES and isinstance(resource.input("clusterIdentifier"), str)
    return UPDATE if identified and path != "clusterIdentifier" else effect(resource.type, path)


def leaves(old: Any, new: Any, path: str = "", *, ordered: bool = True) -> Iterator[tuple[str, Any, Any]]:
    """Pairs of values that are no mappings, by path; lists pairwise where they are as long, as one value otherwise."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}, key=str):
            below = f"{path}.{key}" if path else str(key)
            yield from leaves(old.get(key, MISSING), new.get(key, MISSING), below, ordered=ordered)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new) and not _a_set(old, new, ordered):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from leaves(one, other, f"{path}[{index}]", ordered=ordered)
    elif not (isinstance(old, list) and isinstance(new, list) and _a_set(old, new, ordered) and _alike(old, new)):
        yield path, old, new


def flat(inputs: Any) -> dict[str, Any]:
    """Values by path."""
    return {path: old for path, old, _ in leaves(inputs, inputs)}


def _same(old: Any, new: Any) -> bool:
    old, new = (MISSING if value is None or value in ({}, []) else value for value in (old, new))
    if old is UNKNOWN or new is UNKNOWN:
        return True
    if isinstance(old, Mark) or isinstance(new, Mark):
        return old is new
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    return bool(old == new) or (isinstance(old, str | int) and isinstance(new, str | int) and str(old) == str(new))


def _moved(resource: Resource, path: str, old: Any, new: Any) -> bool:
    """Whether it is a Secret's text that the provider has moved from `stringData` to `data`: nobody can compare it."""
    return resource.type == "kubernetes:core/v1:Secret" and path in SECRET_TEXT and {old, new} == {MISSING, SECRET}


def _a_set(old: list[Any], new: list[Any], ordered: bool) -> bool:  # noqa: FBT001
    """Whether the order of two lists means nothing: the clouds' lists of plain values are mostly sets."""
    return not ordered and all(isinstance(item, str | int) for item in [*old, *new])


def _alike(old: Iterable[Any], new: Iterable[Any]) -> bool:
    return sorted(map(str, old)) == sorted(map(str, new))


def _auto_named(resource: Resource, value: Any) -> bool:
    return isinstance(value, str) and value.startswith(resource.name) and AUTO_NAME.search(value) is not None


def _ignored(path: str, ignored: Iterable[str]) -> bool:
    """Whether `ignoreChanges` leaves an input alone, by itself or by something above it."""
    plain = path.replace("[", ".").replace("]", "")
    for item in ignored:
        given = item.replace("[", ".").replace("]", "").replace('"', "")
        if item == "*" or plain == given or plain.startswith(f"{given}."):
            return True
    return False
