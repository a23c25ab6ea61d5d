"""What stands around one namespace: its quotas, limits and network policies, and the workloads inside."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from ...facts.kubernetes import SYSTEM_NAMESPACES
from ..value import UNKNOWN
from .kubernetes import KubeObject
from .limits import LimitRange, Quota
from .network_policy import NetworkPolicy
from .workload import Workload

Place = tuple[str, Any]
"""A cluster, and in it the name of a namespace, the URN of one whose name is not known yet, or UNKNOWN."""


@dataclass(frozen=True, eq=False)
class Namespace(KubeObject):
    """A namespace. `system` ones belong to the cluster itself and are not fenced."""

    @property
    def system(self) -> bool:
        return isinstance(self.name, str) and self.name in SYSTEM_NAMESPACES

    @property
    def nameless(self) -> bool:
        """Whether it may have any name; one that the provider chooses is like no name that anybody writes."""
        return not isinstance(self.name, str) and not self.auto_named

    @property
    def place(self) -> Place:
        return self.scope, self.name if isinstance(self.name, str) else self.urn


@dataclass(frozen=True)
class Contents:
    """Objects of one namespace, each kind in the order of the view it is from."""

    quotas: tuple[Quota, ...] = ()
    limit_ranges: tuple[LimitRange, ...] = ()
    network_policies: tuple[NetworkPolicy, ...] = ()
    workloads: tuple[Workload, ...] = ()

    def __add__(self, other: "Contents") -> "Contents":
        return Contents(**{kind: getattr(self, kind) + getattr(other, kind) for kind in KINDS})


KINDS = tuple(field.name for field in fields(Contents))
NOTHING = Contents()


@dataclass(frozen=True)
class Fence:
    """One namespace that tenants use.

    `namespace` is None where it is not declared here. `inside` surely lies in it; `perhaps` may: its own namespace, or
    the name of this one, is not known.
    """

    namespace: Namespace | None
    inside: Contents
    perhaps: Contents


def fences(namespaces: Iterable[Namespace], placed: Iterable[tuple[str, KubeObject, Place]]) -> Iterator[Fence]:
    """A fence for each of `namespaces`, then one for each undeclared one that something lies in, the system's left out;
    last, one around nothing for what may lie anywhere.

    `placed` gives each object with the field of Contents that it belongs to.
    """
    found = _by_place(placed)
    declared = {namespace.place: namespace for namespace in namespaces}
    others = sorted(
        place
        for place in found
        if place not in declared and place[1] is not UNKNOWN and place[1] not in SYSTEM_NAMESPACES
    )
    for place, namespace in declared.items():
        perhaps = found.get((place[0], UNKNOWN), NOTHING)
        if namespace.nameless:
            perhaps = sum((found[other] for other in others if other[0] == place[0]), perhaps)
        yield Fence(namespace, found.get(place, NOTHING), perhaps)
    for place in others:
        yield Fence(None, found[place], found.get((place[0], UNKNOWN), NOTHING))
    for place, anywhere in found.items():
        if place[1] is UNKNOWN:
            yield Fence(None, NOTHING, anywhere)


def _by_place(placed: Iterable[tuple[str, KubeObject, Place]]) -> Mapping[Place, Contents]:
    kinds: dict[Place, dict[str, list[Any]]] = {}
    for kind, item, place in placed:
        kinds.setdefault(place, {}).setdefault(kind, []).append(item)
    return {place: Contents(**{kind: tuple(items) for kind, items in of.items()}) for place, of in kinds.items()}
