"""Resources under the component that made them; what is alike stands there once, counted."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..graph.snapshot import Resource, Snapshot
from .words import kind, listed, name

FEW = 3
"""Siblings that are alike are counted instead of told one by one when there are more than this."""
DEEPEST = 24
"""Levels shown; no program nests deeper, and a state file made by hand shall not exhaust the stack."""


@dataclass(frozen=True)
class Branch:
    """One line of the tree: one resource, or several that are alike; then `children` are those of each."""

    resources: Sequence[Resource]
    children: Sequence["Branch"] = ()
    below: int = 0
    """Resources that stand deeper than the tree shows."""
    of: str = ""
    """Name of the one that stands for several alike, where this is below them; in names `*` stands for it."""

    @property
    def kind(self) -> str:
        several = f"{len(self.resources):,} x " if len(self.resources) > 1 else ""
        alike = ", all alike" if several and self.children else ""
        return f"{several}{kind(self.resources[0].type)}{alike}"

    @property
    def names(self) -> str:
        return listed(name(self._shown(resource.name)) for resource in self.resources)

    def _shown(self, given: str) -> str:
        if not self.of:
            return given
        return f"*{given.removeprefix(self.of)}" if given.startswith(self.of) else "…"


def grow(snapshot: Snapshot, apart: Collection[str] = ()) -> list[Branch]:
    """The tree of a snapshot. Resources whose URN is in `apart`, and those above them, are never counted together."""
    known = snapshot.by_urn
    roots = [resource for resource in snapshot.resources if resource.parent not in known]
    return _Grower(snapshot, frozenset(apart)).branches(roots, 0, "")


class _Grower:
    def __init__(self, snapshot: Snapshot, apart: frozenset[str]) -> None:
        self._children, self._apart = snapshot.children, apart
        self._numbers: dict[Any, int] = {}
        self._shapes: dict[str, int] = {}

    def branches(self, siblings: Iterable[Resource], depth: int, of: str) -> list[Branch]:
        alike: dict[tuple[str, int], list[Resource]] = {}
        for resource in siblings:
            alike.setdefault((resource.type, self._shape(resource, depth)), []).append(resource)
        found = []
        for group in alike.values():
            group.sort(key=lambda resource: resource.name)
            found += [group] if len(group) > FEW else [[resource] for resource in group]
        branches = [self._branch(group, depth, of) for group in found]
        return sorted(
            branches, key=lambda branch: (bool(branch.children), branch.resources[0].type, branch.resources[0].name)
        )

    def _branch(self, resources: list[Resource], depth: int, of: str) -> Branch:
        children = self._children.get(resources[0].urn, [])
        if depth >= DEEPEST:
            return Branch(resources, below=len(children), of=of)
        below = self.branches(children, depth + 1, of or (resources[0].name if len(resources) > 1 else ""))
        return Branch(resources, below, of=of)

    def _shape(self, resource: Resource, depth: int) -> int:
        """A number that two resources share when nothing was found on either and their children are alike."""
        if depth > DEEPEST:
            return -1
        if resource.urn not in self._shapes:
            below = self._children.get(resource.urn, ())
            shape = (
                resource.urn if resource.urn in self._apart else "",
                tuple(sorted((child.type, self._shape(child, depth + 1)) for child in below)),
            )
            self._shapes[resource.urn] = self._numbers.setdefault(shape, len(self._numbers))
        return self._shapes[resource.urn]
