"""Selectors of NetworkPolicies choose somebody: one that is misspelt is void, and nothing says so."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.reach.dangling import dangling
from hedgerow.graph.views import NetworkPolicy

from ..words import unjudged

FIX = {
    "pods": "mend its labels, or delete it",
    "namespaces": "mend its labels, or name the namespace in np-dangling.external_namespaces",
}


def check(views: Views, config: Config) -> Iterator[Finding]:
    found: dict[tuple[NetworkPolicy, str, bool], list[str]] = {}
    for void in dangling(views, config["external_namespaces"]):
        found.setdefault((void.policy, void.whom, void.certain), []).append(void.where)
    for (policy, whom, certain), listed in found.items():
        where = " and ".join(dict.fromkeys(listed))
        if certain:
            state = f"{policy} selects no {whom} that are declared here, in its {where}"
            yield Finding(policy, f"{state}; {FIX[whom]}")
        else:
            yield unjudged(policy, f"whether its {where} selects any {whom}")
