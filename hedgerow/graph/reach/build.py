"""From a snapshot's views to answers: the clusters in it, each with its endpoints and its layers."""

from collections.abc import Iterator
from typing import Any

from ..snapshot import Snapshot
from ..views import Views
from ..views.addresses import network
from .addresses import Addresses
from .answer import Cluster, Problem, Reach
from .endpoints import OPAQUE_TYPES, Population
from .fence import Ranges
from .missing import wanted
from .network_policy import NetworkPolicies, named_blocks
from .policy import Policy, parse


def reach(views: Views, *, plugin: str = "", beside: Views | None = None) -> Reach:
    """Who can reach whom. `plugin` says who enforces NetworkPolicy where the platform's contract does not.

    `beside` is what the answers are to be compared with: addresses are cut, and pods that are not there yet taken, as
    the policies of both speak of them.
    """
    ranges, policies = Ranges.of(views, plugin), _policies(views)
    others = {} if beside is None else _policies(beside)
    several = len(policies) > 1
    clusters = [
        _cluster(
            views, scope, (found, others.get(scope, [])), ranges, _prefix(scope, list(policies)) if several else ""
        )
        for scope, found in policies.items()
    ]
    problems = [problem for found in policies.values() for problem in _problems(found)]
    return Reach(clusters, [*problems, *_opaque(views)], ranges.plugin)


def last_of(snapshot: Snapshot) -> Reach:
    """The answers of a snapshot, kept for as long as it is the last one that was asked about."""
    if not _LAST or _LAST[0][0] is not snapshot:
        _LAST[:] = [(snapshot, reach(Views(snapshot)))]
    return _LAST[0][1]


_LAST: list[tuple[Snapshot, Reach]] = []


def _policies(views: Views) -> dict[str, list[Policy]]:
    found: dict[str, list[Policy]] = {scope: [] for scope in _scopes(views)}
    for item in views.network_policies:
        found[item.scope].append(parse(item))
    return found


def _cluster(
    views: Views, scope: str, given: tuple[list[Policy], list[Policy]], ranges: Ranges, prefix: str
) -> Cluster:
    policies, spoken_of = given[0], [*given[0], *given[1]]
    addresses = Addresses([*named_blocks(spoken_of), *_ranges(views)])
    people = Population(views, scope, addresses, [policy.object for policy in spoken_of])
    people.complete(wanted(people, spoken_of))
    return Cluster(people, [NetworkPolicies(people, policies, ranges)], prefix)


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


def _opaque(views: Views) -> Iterator[Problem]:
    for item in views.snapshot.of_type(*OPAQUE_TYPES):
        kind = item.type.rpartition(":")[2]
        yield Problem(
            item.urn, f"{kind} '{item.name}' is opaque: its pods have unknown labels, its policies do not count"
        )
