"""An edit that closes a path and no other: policies changed or added, tried on the snapshot before it is told."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from ..snapshot import Resource, Snapshot
from ..value import is_known
from ..views import Views
from ..views.kubernetes import KubeObject
from .answer import Reach
from .build import reach
from .difference import CLOSED, Change, difference
from .endpoints import ADDRESS, Endpoint
from .narrowing import Narrowing
from .policy import EGRESS, INGRESS, parse
from .ports import PortRange, shared, without

NONE = "no edit of NetworkPolicies closes it: something else lets it through, or nobody enforces them"
VERSION = "networking.k8s.io/v1"


@dataclass(frozen=True)
class Edit:
    """One policy as it is to be. `origin`: where it stands now, empty for one that is new."""

    urn: str
    name: str
    origin: str
    manifest: dict[str, Any]
    new: bool


@dataclass(frozen=True)
class Fix:
    """Edits that close a path together; without any one it opens, or more close. `also`: others that they close."""

    edits: tuple[Edit, ...]
    also: tuple[Change, ...] = ()
    problem: str = ""
    """Why there is no edit."""


def fix(views: Views, source: str, destination: str, ports: tuple[PortRange, ...], *, plugin: str = "") -> Fix:
    """The edits that close the path between two endpoints on some ports, closing as few others as can be.

    LookupError for a name that is no endpoint's.
    """
    found = reach(views, plugin=plugin)
    wanted = shared((*found.between(source, destination), *found.between(source, destination, sure=False)), ports)
    if not wanted:
        return Fix((), problem="there is no such path")
    best: Fix | None = None
    for edits in _Editor(views, found, source, destination, ports).candidates():
        tried = _tried(views, edits, (source, destination, ports), plugin)
        if tried is not None and (best is None or len(tried.also) < len(best.also)):
            best = tried
        if best is not None and not best.also:
            break
    if best is None:
        return Fix((), problem=NONE)
    return _fewest(views, best, (source, destination, ports), plugin)


Path = tuple[str, str, tuple[PortRange, ...]]


def edited(snapshot: Snapshot, edits: Iterable[Edit]) -> Snapshot:
    """The snapshot as it would be with the edits."""
    changed = {edit.urn: edit for edit in edits}
    kept = [
        replace(resource, inputs=changed[resource.urn].manifest, outputs={}) if resource.urn in changed else resource
        for resource in snapshot.resources
    ]
    some = next((resource for resource in snapshot.resources if resource.type.startswith("kubernetes:")), None)
    provider = some.provider if some else ""
    added = [
        Resource(edit.urn, f"kubernetes:{VERSION}:NetworkPolicy", edit.name, inputs=edit.manifest, provider=provider)
        for edit in changed.values()
        if edit.new
    ]
    return Snapshot.of(snapshot.project, snapshot.stack, [*kept, *added], snapshot.config)


def _tried(views: Views, edits: tuple[Edit, ...], path: Path, plugin: str) -> Fix | None:
    """The fix that edits are, with what they close besides; None where they do not close the path or open another."""
    after = Views(edited(views.snapshot, edits))
    source, destination, ports = path
    if not _closed(reach(after, plugin=plugin, beside=views), path):
        return None
    changes = difference(views, after, plugin=plugin)
    if any(change.what != CLOSED for change in changes):
        return None
    own = (source, destination)
    also = [each for each in changes if (each.source, each.destination) != own or without(each.ports, ports)]
    return Fix(edits, tuple(also))


def _closed(found: Reach, path: Path) -> bool:
    source, destination, ports = path
    left = [*found.between(source, destination), *found.between(source, destination, sure=False)]
    return not shared(left, ports)


def _fewest(views: Views, best: Fix, path: Path, plugin: str) -> Fix:
    """A fix without the edits that can be left out: the path stays closed, and no other one closes."""
    for edit in best.edits:
        fewer = tuple(each for each in best.edits if each is not edit)
        tried = _tried(views, fewer, path, plugin) if fewer else None
        if tried is not None and len(tried.also) <= len(best.also):
            best = tried
    return best


class _Editor:
    """Writes candidates: rules narrowed where they stand, or for the one pod alone, at either end."""

    def __init__(self, views: Views, found: Reach, source: str, destination: str, ports: tuple[PortRange, ...]) -> None:
        self.views = views
        cluster, one, other = next(
            (cluster, ends[source], ends[destination])
            for cluster in found.clusters
            if source in (ends := {end.name: end for end in cluster.endpoints}) and destination in ends
        )
        self._narrow = Narrowing(cluster.people, ports)
        self.cluster, self.ends = cluster, {EGRESS: (one, other), INGRESS: (other, one)}

    def candidates(self) -> Iterator[tuple[Edit, ...]]:
        """Sets of edits, the plainest first: in place before apart, at the destination before the source."""
        for apart, direction in product((False, True), (INGRESS, EGRESS)):
            own, other = self.ends[direction]
            if own.kind != ADDRESS and is_known(self._narrow.site(own).labels.known):
                yield from self._at(direction, own, other, apart=apart)

    def _at(self, direction: str, own: Endpoint, other: Endpoint, *, apart: bool) -> Iterator[tuple[Edit, ...]]:
        fences = [policy for policy in self.views.network_policies if self._isolates(policy, direction, own)]
        if not fences:
            if apart:
                return
            yield (self._added(direction, own, other),)
            return
        pairs = [
            self._apart(item, direction, own, other) if apart else self._narrowed(item, direction, other)
            for item in fences
        ]
        edits = tuple(edit for pair in pairs for edit in pair)
        if edits:
            yield edits

    def _isolates(self, policy: KubeObject, direction: str, own: Endpoint) -> bool:
        people = self.cluster.people
        read = parse(policy)
        if (
            policy.scope != people.scope
            or read.isolates[direction] is not True
            or not isinstance(read.rules[direction], tuple)
        ):
            return False
        inside = people.by_home[people.number(policy)] & people.pod_labels.select(read.selector).sure
        return bool(inside >> own.site & 1)

    def _narrowed(self, item: KubeObject, direction: str, other: Endpoint) -> list[Edit]:
        given = deepcopy(dict(item.resource.inputs))
        spec, field = given.get("spec") or {}, direction.lower()
        spec[field] = [
            rule for each in spec.get(field) or [] for rule in self._narrow.rules(each or {}, direction, other)
        ]
        spec.setdefault("policyTypes", _types(item))
        return [Edit(item.urn, item.resource.name, item.resource.origin, {**given, "spec": spec}, new=False)]

    def _apart(self, item: KubeObject, direction: str, own: Endpoint, other: Endpoint) -> list[Edit]:
        """The policy for everybody else as it is, and a copy of it for the one pod, narrowed."""
        given = deepcopy(dict(item.resource.inputs))
        spec, labels = given.get("spec") or {}, self._narrow.labels(own)
        mates = [site for site in self._narrow.others(own) if site is not self._narrow.site(own)]
        telling = [key for key, value in labels.items() if all(mate.labels.known.get(key) != value for mate in mates)]
        if not telling:
            return []
        selector = spec.get("podSelector") or {}
        parts = [*(selector.get("matchExpressions") or [])]
        parts.append({"key": telling[0], "operator": "NotIn", "values": [labels[telling[0]]]})
        spec["podSelector"] = {**selector, "matchExpressions": parts}
        (copy,) = self._narrowed(item, direction, other)
        alone = {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), telling[0]: labels[telling[0]]}}
        narrowed = {**copy.manifest, "spec": {**copy.manifest["spec"], "podSelector": alone}}
        name = f"{item.name}-{self._short(own)}"
        metadata = {
            **{key: value for key, value in given["metadata"].items() if key in ("namespace", "labels")},
            "name": name,
        }
        return [
            Edit(item.urn, item.resource.name, item.resource.origin, {**given, "spec": spec}, new=False),
            Edit(f"{item.urn}-{self._short(own)}", name, "", {**narrowed, "metadata": metadata}, new=True),
        ]

    def _added(self, direction: str, own: Endpoint, other: Endpoint) -> Edit:
        home = self.cluster.people.homes[self._narrow.site(own).home].name
        name = f"{self._short(own)}-{direction.lower()}"
        spec = {
            "podSelector": {"matchLabels": dict(self._narrow.labels(own))} if self._narrow.labels(own) else {},
            "policyTypes": [direction],
            direction.lower(): self._narrow.rules({}, direction, other),
        }
        metadata = {"name": name, "namespace": home}
        manifest = {"apiVersion": VERSION, "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}
        return Edit(f"fix::{VERSION}::NetworkPolicy::{home}/{name}", f"{home}/{name}", "", manifest, new=True)

    @staticmethod
    def _short(end: Endpoint) -> str:
        return "".join(char if char.isalnum() else "-" for char in end.name.rpartition("/")[2].lower()).strip("-")


def _types(item: KubeObject) -> list[str]:
    isolates = parse(item).isolates
    return [direction for direction in (INGRESS, EGRESS) if isolates[direction] is True]
