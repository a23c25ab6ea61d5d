"""From a snapshot's views to answers: the clusters in it, each with its endpoints and its layers."""

from collections.abc import Iterable, Iterator
from typing import Any

from ...facts.cidr import Network
from ..snapshot import Snapshot
from ..views import Views
from ..views.addresses import network
from . import aws_network_acls, aws_routes, aws_security_groups, gcp_firewalls, gcp_routes, services
from .addresses import Addresses
from .answer import Cluster, Reach
from .cluster_policy import GROUP, KINDS, ClusterPolicy
from .cluster_policy import parse as parse_tier
from .cluster_policy import ranges as ranges_of
from .endpoints import OPAQUE_TYPES, Population
from .fence import Ranges
from .layer import Layer, Problem, Source
from .missing import wanted
from .network_policy import NetworkPolicies, named_blocks
from .policy import Policy, parse
from .tiers import ENFORCERS, Tiers

SOURCES: tuple[Source, ...] = (
    aws_security_groups.Source(),
    aws_network_acls.Source(),
    aws_routes.Source(),
    gcp_firewalls.Source(),
    gcp_routes.Source(),
)
"""Modules that read further layers, in the order in which witnesses name them: one line for each."""


def reach(
    views: Views, *, plugin: str = "", beside: Views | None = None, ways: bool = True, apart: Iterable[Network] = ()
) -> Reach:
    """Who can reach whom. `plugin` says who enforces NetworkPolicy where the platform's contract does not.

    `beside` is what the answers are to be compared with: addresses are cut, and pods that are not there yet taken, as
    the policies of both speak of them. Without `ways` the internet reaches pods as if they had public addresses.
    `apart` are further ranges that addresses are cut at.
    """
    ranges, policies = Ranges.of(views, plugin), _policies(views)
    both = (views,) if beside is None else (views, beside)
    others = {} if beside is None else _policies(beside)
    several = len(policies) > 1
    clusters, asked = [], tuple(apart)
    for scope, found in policies.items():
        people = _people(both, scope, [*found, *others.get(scope, [])], asked)
        layers = [_policed(views, people, found, ranges)]
        layers += [layer for source in SOURCES for layer in source.layers(views, people, ranges)]
        leading = services.leading(views, people, ranges, layers) if ways else None
        clusters.append(Cluster(people, layers, _prefix(scope, list(policies)) if several else "", leading))
    problems = [problem for found in policies.values() for problem in _problems(found)]
    problems += [problem for scope in policies for problem in _tier_problems(views, scope, ranges)]
    problems += [*services.problems(views), *(problem for source in SOURCES for problem in source.problems(views))]
    return Reach(clusters, dict.fromkeys([*problems, *_opaque(views)]), ranges.plugin)


def last_of(snapshot: Snapshot) -> Reach:
    """The answers of a snapshot, kept for as long as it is the last one that was asked about."""
    if not _LAST or _LAST[0][0] is not snapshot:
        _LAST[:] = [(snapshot, reach(Views(snapshot), ways=False))]
    return _LAST[0][1]


_LAST: list[tuple[Snapshot, Reach]] = []


def _policies(views: Views) -> dict[str, list[Policy]]:
    found: dict[str, list[Policy]] = {scope: [] for scope in _scopes(views)}
    for item in views.network_policies:
        found[item.scope].append(parse(item))
    return found


def _people(both: tuple[Views, ...], scope: str, spoken_of: list[Policy], apart: tuple[Network, ...]) -> Population:
    """Everybody in a cluster of the first views, told apart by all that any of them speaks of, and `apart`."""
    above = [policy for views in both for policy in cluster_policies(views, scope)]
    told_apart = [*named_blocks(spoken_of), *ranges_of(above), *apart]
    for views in both:
        told_apart += [*_ranges(views), *services.blocks(views, scope)]
        told_apart += [block for source in SOURCES for block in source.blocks(views, scope)]
    placed = [item for item in both[0].objects.get("Service", []) if item.scope == scope]
    people = Population(both[0], scope, Addresses(told_apart), [*(policy.object for policy in spoken_of), *placed])
    people.complete(wanted(people, spoken_of, above))
    return people


def _policed(views: Views, people: Population, policies: list[Policy], ranges: Ranges) -> Layer:
    """The layer of all policies of Kubernetes; of NetworkPolicies alone where there are no others, or nobody minds."""
    below = NetworkPolicies(people, policies, ranges)
    others = [policy for policy in cluster_policies(views, people.scope) if ranges.plugin in ENFORCERS]
    return Tiers(people, below, others, ranges) if others else below


def cluster_policies(views: Views, scope: str) -> Iterator[ClusterPolicy]:
    """The policies of the Admin and Baseline tiers in a cluster."""
    for kind in KINDS:
        for item in views.objects.get(kind, []):
            if item.scope == scope and item.group == GROUP:
                yield from parse_tier(item)


def _ranges(views: Views) -> Iterator[Any]:
    """The ranges that the platform's contract names: its network, its services."""
    given = views.contract.get("ranges")
    for text in given.values() if isinstance(given, dict) else ():
        found = network(text)
        if found is not None:
            yield found


def _scopes(views: Views) -> list[str]:
    """Providers that have anything to do with pods; the only cluster where there is none."""
    kinds = [*views.workloads, *views.network_policies, *views.objects.get("Namespace", [])]
    return sorted({item.scope for item in kinds} or {""})


def _prefix(scope: str, scopes: list[str]) -> str:
    name = scope.rpartition("::")[2] or "default"
    alike = [other for other in scopes if (other.rpartition("::")[2] or "default") == name]
    return f"{name}:" if len(alike) == 1 else f"{name}~{alike.index(scope) + 1}:"


def _problems(policies: list[Policy]) -> Iterator[Problem]:
    for policy in policies:
        if policy.problem:
            yield Problem(policy.object.urn, f"{policy} would be refused: {policy.problem}")
        for field in policy.unknown:
            yield Problem(policy.object.urn, f"{policy} has {field}, which is not known yet")


def _tier_problems(views: Views, scope: str, ranges: Ranges) -> Iterator[Problem]:
    for policy in cluster_policies(views, scope):
        if ranges.plugin not in ENFORCERS and ranges.enforced:
            yield Problem(policy.object.urn, f"{policy} is not enforced by {ranges.plugin}; it is treated as absent")
        elif policy.problem:
            yield Problem(policy.object.urn, f"{policy} would be refused: {policy.problem}")
        else:
            for field in policy.unknown:
                yield Problem(policy.object.urn, f"{policy} has {field}, which is not known yet")


def _opaque(views: Views) -> Iterator[Problem]:
    for item in views.snapshot.of_type(*OPAQUE_TYPES):
        kind = item.type.rpartition(":")[2]
        yield Problem(
            item.urn, f"{kind} '{item.name}' is opaque: its pods have unknown labels, its policies do not count"
        )
