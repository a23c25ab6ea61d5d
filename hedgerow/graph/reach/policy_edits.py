"""Edits of NetworkPolicies that may close a path: rules narrowed where they stand, or for the one pod alone."""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from ...facts.labels import name_problem
from ..value import is_known, read
from ..views.kubernetes import KubeObject
from .course import Course
from .edits import VERSION, Edit, added, of_object
from .endpoints import UNPLACED, Endpoint
from .narrowing import Narrowing
from .policy import EGRESS, INGRESS, Policy, parse
from .sets import EMPTY, Tri

Edits = tuple[Edit, ...]


class Isolating(NamedTuple):
    """A policy that isolates a pod in a direction, and the pods of its namespace."""

    object: KubeObject
    read: Policy
    place: Tri


def candidates(course: Course) -> Iterator[Edits]:
    """Sets of edits, the plainest first: in place before apart, at the destination before the source."""
    for apart, direction in product((False, True), (INGRESS, EGRESS)):
        own, others = course.side(direction)
        if own is not None and others:
            yield from _Editor(course, direction, own).candidates(apart=apart)


class _Editor:
    def __init__(self, course: Course, direction: str, own: Endpoint) -> None:
        self.course, self.direction, self.own = course, direction, own
        self.people, self.snapshot = course.cluster.people, course.views.snapshot
        self._narrow = Narrowing(course, direction)
        self._key, self._home = direction.lower(), self.people.homes[self._narrow.site(own).home].name

    def candidates(self, *, apart: bool) -> Iterator[Edits]:
        if not is_known(self._narrow.site(self.own).labels.known):
            return
        fences = list(self._fences())
        if not fences:
            real = not apart and name_problem(self._home) is None
            yield from ((self._added(selector),) for selector in (self._selectors() if real else ()))
            return
        edits = [edit for fence in fences for edit in (self._apart(fence) if apart else self._in_place(fence))]
        if edits:
            yield tuple(edits)

    def _fences(self) -> Iterator[Isolating]:
        for item in self.course.views.network_policies:
            given, home = parse(item), self.people.number(item) if item.scope == self.people.scope else -1
            if home < 0 or self.people.homes[home].name == UNPLACED or given.isolates[self.direction] is not True:
                continue
            place = Tri(self.people.by_home[home], self.people.by_home[home])
            selected = place.sure & self.people.pod_labels.select(given.selector).sure
            if selected >> self.own.site & 1 and isinstance(given.rules[self.direction], tuple):
                yield Isolating(item, given, place)

    def _in_place(self, fence: Isolating) -> Iterator[Edit]:
        for at, new in self._rules(fence):
            yield of_object(fence.object, ("spec", self._key, at), *new, snapshot=self.snapshot)
        yield from self._types(fence)

    def _types(self, fence: Isolating) -> Iterator[Edit]:
        """Without egress rules a policy that names no types would close no egress any more."""
        if self.direction == EGRESS and not fence.object.resource.inputs["spec"].get("policyTypes"):
            types = [way for way in (INGRESS, EGRESS) if fence.read.isolates[way] is True]
            yield of_object(fence.object, ("spec", "policyTypes"), types, snapshot=self.snapshot)

    def _rules(self, fence: Isolating) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """The rules that let the path through by their places, narrowed."""
        given = read(fence.object.resource.inputs, "spec", self._key)
        for rule in fence.read.rules[self.direction]:
            if self._narrow.lets(rule, fence.place):
                yield rule.index, self._narrow.rules(given[rule.index] or {}, rule, fence.place)

    def _apart(self, fence: Isolating) -> Iterator[Edit]:
        """The policy for everybody else as it is, and a copy of it for the one pod, narrowed."""
        telling = self._telling()
        if not telling or not any(True for _ in self._rules(fence)):
            return
        key, value = telling
        spec = fence.object.resource.inputs["spec"]
        selector = spec.get("podSelector") or {}
        others = [*(selector.get("matchExpressions") or []), {"key": key, "operator": "NotIn", "values": [value]}]
        field, rest = ("spec", "podSelector"), {**selector, "matchExpressions": others}
        yield of_object(fence.object, field, rest, snapshot=self.snapshot)
        alone = {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), key: value}}
        types = [way for way in (INGRESS, EGRESS) if fence.read.isolates[way] is True]
        copy = {**spec, "podSelector": alone, "policyTypes": spec.get("policyTypes") or types}
        new = dict(self._rules(fence))
        copy[self._key] = [rule for at, given in enumerate(spec[self._key]) for rule in new.get(at, [given])]
        yield added(self._manifest(f"{fence.object.name}-{self._short()}", copy, fence.object))

    def _telling(self) -> tuple[str, str] | None:
        """A label that the pod has and no other one in its namespace."""
        mates = self._narrow.mates(self.own)
        for key, value in self._narrow.labels(self.own).items():
            if all(mate.labels.known.get(key) != value for mate in mates):
                return key, value
        return None

    def _selectors(self) -> Iterator[dict[str, Any]]:
        """What selects the pod: by its labels, and where others have those and more, without the more."""
        labels = self._narrow.labels(self.own)
        alike = [mate.labels.known for mate in self._narrow.mates(self.own)]
        alike = [known for known in alike if all(known.get(key) == value for key, value in labels.items())]
        plain = {"matchLabels": labels} if labels else {}
        yield plain
        if more := sorted({key for known in alike for key in known} - labels.keys()):
            yield {**plain, "matchExpressions": [{"key": key, "operator": "DoesNotExist"} for key in more]}

    def _added(self, selector: dict[str, Any]) -> Edit:
        rules = self._narrow.rules({}, None, EMPTY)
        spec = {"podSelector": selector, "policyTypes": [self.direction], self._key: rules}
        return added(self._manifest(f"{self._short()}-{self._key}", spec))

    def _manifest(self, name: str, spec: dict[str, Any], like: KubeObject | None = None) -> dict[str, Any]:
        labels = read(like.resource.inputs, "metadata", "labels") if like is not None else None
        metadata = {"name": name, "namespace": self._home, **({"labels": labels} if isinstance(labels, dict) else {})}
        return {"apiVersion": VERSION, "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}

    def _short(self) -> str:
        name = self.own.name.rpartition("/")[2].lower()
        return "".join(char if char.isalnum() else "-" for char in name).strip("-")
