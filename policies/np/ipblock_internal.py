"""No ipBlock holds addresses of the platform itself: pods, services, nodes."""

from collections.abc import Iterator, Mapping
from typing import Any

from hedgerow.facts.cidr import Network, overlaps, subtract, within
from hedgerow.graph import Finding, Views, read
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import PolicyRule
from hedgerow.graph.views.addresses import network

from ..words import hidden, unjudged
from ._peers import OPENS, rules

FIX = "choose pods by selectors, or grant the range in np-ipblock-internal.allow"


def check(views: Views, config: Config) -> Iterator[Finding]:
    hidden_ = views.hidden_contract
    given = views.contract.get("ranges", {}) if hidden_ is None else hidden_
    allowed = {"Egress": config["allow"], "Ingress": [*config["allow"], *_listed(views.contract, "health_checks")]}
    ranges = {role: network(text) for role, text in sorted(given.items())} if isinstance(given, Mapping) else {}
    known = {role: range_ for role, range_ in ranges.items() if range_ is not None}
    for rule in rules(views) if known or isinstance(given, Mark) else ():
        if isinstance(rule, Finding):
            yield rule
        elif isinstance(given, Mark):
            yield unjudged(rule.policy, "the network of the platform", given)
        else:
            granted = map(network, allowed[rule.direction])
            yield from _judge(rule, known, [range_ for range_ in granted if range_ is not None])


def _judge(rule: PolicyRule, ranges: Mapping[str, Network], allowed: list[Network]) -> Iterator[Finding]:
    for peer in rule.peers:
        block = peer if isinstance(peer, Mark) else read(peer, "ipBlock")
        outer, holes = network(read(block, "cidr")), list(map(network, _listed(block, "except")))
        if hidden(block) is not None:
            yield unjudged(rule.policy, f"{rule.direction.lower()} rule {rule.index}", block)
            continue
        if outer is None:
            continue
        left = subtract(outer, [*(hole for hole in holes if hole is not None), *allowed])  # type: ignore[type-var]
        found = [f"{role} {range_}" for role, range_ in ranges.items() if any(overlaps(part, range_) for part in left)]
        whole = next((range_ for range_ in ranges.values() if within(outer, range_)), None)
        told = f"a part of {whole}" if whole else "which holds addresses of the platform"
        if found:
            state = f"{rule.policy} {OPENS[rule.direction]} {outer}, {told}"
            yield Finding(rule.policy, f"{state}; {FIX}", witness=f"{rule} overlaps {' and '.join(found)}")


def _listed(value: Any, key: str) -> list[Any]:
    given = read(value, key)
    return given if isinstance(given, list) else []
