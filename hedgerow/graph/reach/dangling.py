"""Selectors of NetworkPolicies that choose nobody who is declared: a label misspelt, a namespace that is gone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ...facts.labels import NAMESPACE_NAME
from ..value import MISSING, UNKNOWN, Mark, is_known, read
from ..views import NetworkPolicy, Views
from ..views.selection import selects, valid
from .answer import Cluster
from .endpoints import OPAQUE, PODS
from .policy import DIRECTIONS
from .sets import bits_of, members


@dataclass(frozen=True)
class Dangling:
    """A selector that chooses nobody. `certain=False`: it may choose what is not known here."""

    policy: NetworkPolicy
    where: str
    """Its field, such as `podSelector` or `ingress rule 0`."""
    whom: str
    """`pods`, or `namespaces`."""
    certain: bool


def dangling(views: Views, external: Iterable[str] = ()) -> Iterator[Dangling]:
    """Every selector that chooses none of the declared pods, where some are, or none of the declared namespaces.

    `external` names namespaces that are there and are declared elsewhere. Nothing is said of a namespace without a
    workload: its pods may be declared elsewhere too.
    """
    names = tuple(external)
    declared = {cluster.people.scope: _Declared(cluster, names) for cluster in views.reach.clusters}
    for policy in views.network_policies:
        if not views.of_the_system(policy) and policy.scope in declared:
            placed = views.place(policy)[1] is not UNKNOWN
            yield from declared[policy.scope].judge(policy) if placed else [_unknown(policy, "podSelector", "pods")]


class _Declared:
    """Who is declared in a cluster: namespaces by number, sites with workloads."""

    def __init__(self, cluster: Cluster, external: tuple[str, ...]) -> None:
        self.people, self.external = cluster.people, external
        self.homes = bits_of(number for number, home in enumerate(self.people.homes) if home.declared)
        self.sites = bits_of(end.site for end in cluster.endpoints if end.kind in (PODS, OPAQUE))

    def judge(self, policy: NetworkPolicy) -> Iterator[Dangling]:
        own = self.people.by_home[self.people.number(policy)]
        yield from self._pods(policy, "podSelector", policy.pod_selector, own)
        for direction in DIRECTIONS:
            rules = policy.rules(direction)
            if isinstance(rules, Mark):
                yield _unknown(policy, f"{direction.lower()} rules", "pods")
            for rule in () if isinstance(rules, Mark) else rules:
                where = f"{direction.lower()} rule {rule.index}"
                for peer in [rule.peers] if isinstance(rule.peers, Mark) else rule.peers:
                    yield from self._peer(policy, where, peer, own)

    def _peer(self, policy: NetworkPolicy, where: str, peer: Any, own: int) -> Iterator[Dangling]:
        spaces, pods = read(peer, "namespaceSelector"), read(peer, "podSelector")
        if spaces is MISSING:
            yield from self._pods(policy, where, pods, own)
        elif not is_known(spaces):
            yield _unknown(policy, where, "namespaces")
        elif valid(spaces) and self.homes and not self._elsewhere(spaces):
            found = self.people.home_labels.select(spaces)
            if not found.sure & self.homes:
                yield Dangling(policy, where, "namespaces", certain=not found.may & self.homes)
                return
            living = [self.people.by_home[home] & self.sites for home in members(found.may & self.homes)]
            if all(living):
                yield from self._pods(policy, where, pods, bits_of(site for each in living for site in members(each)))

    def _pods(self, policy: NetworkPolicy, where: str, selector: Any, place: int) -> Iterator[Dangling]:
        there, anywhere = place & self.sites, self.people.unplaced & self.sites
        if not (there or anywhere) or selector in (MISSING, {}):
            return
        if not is_known(selector):
            yield _unknown(policy, where, "pods")
            return
        if not valid(selector):
            return
        found = self.people.pod_labels.select(selector)
        if not found.sure & there:
            yield Dangling(policy, where, "pods", certain=not anywhere and not found.may & there)

    def _elsewhere(self, selector: Any) -> bool:
        """Whether a selector may choose a namespace that is declared elsewhere."""
        return any(selects(selector, {NAMESPACE_NAME: name}, whole=False) is not False for name in self.external)


def _unknown(policy: NetworkPolicy, where: str, whom: str) -> Dangling:
    return Dangling(policy, where, whom, certain=False)
