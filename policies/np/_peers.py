"""Rules of NetworkPolicies one by one, those of the cluster's own namespaces left out."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.value import Mark
from hedgerow.graph.views import NetworkPolicy, PolicyRule

from ..words import unjudged

DIRECTIONS = ("Ingress", "Egress")
OPENS = {"Ingress": "lets in", "Egress": "lets out to"}


def rules(views: Views, *directions: str) -> Iterator[PolicyRule | Finding]:
    """Every rule that counts; for what is not known yet, the finding that says so."""
    for policy in views.network_policies:
        for direction in () if views.of_the_system(policy) else directions or DIRECTIONS:
            yield from _rules(policy, direction)


def _rules(policy: NetworkPolicy, direction: str) -> Iterator[PolicyRule | Finding]:
    found, judged = policy.rules(direction), policy.isolates(direction)
    if found == [] or judged is False:
        return
    if isinstance(found, Mark) or isinstance(judged, Mark):
        yield unjudged(policy, f"what it opens for {direction.lower()}", [found, judged])
        return
    for rule in found:
        if isinstance(rule.peers, Mark):
            yield unjudged(policy, f"{direction.lower()} rule {rule.index}", rule.peers)
        else:
            yield rule
