"""No ipBlock holds addresses of the platform itself: pods, services, nodes."""

from collections.abc import Iterator, Mapping
from typing import Any

from hedgerow.facts.cidr import Network, overlaps, subtract, within
from hedgerow.graph import Finding, Views, read
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import MISSING, Mark
from hedgerow.graph.views import PolicyRule
from hedgerow.graph.views.addresses import network
from hedgerow.graph.views.ranges import ranges

from ..words import hidden, unjudged
from ._peers import OPENS, rules

FIX = "choose pods by selectors, or grant the range in np-ipblock-internal.allow"


def check(views: Views, config: Config) -> Iterator[Finding]:
    given = ranges(views.contract, views.snapshot) if views.hidden_contract is None else views.hidden_contract
    allowed = {"Egress": config["allow"], "Ingress": [*config["allow"], *_listed(views.contract, "health_checks")]}
    every = given if isinstance(given, Mapping) else {}
    known = {role: range_ for role, text in sorted(every.items()) if (range_ := network(text)) is not None}
    for rule in rules(views) if known or hidden(given) is not None else ():
        if isinstance(rule, Finding):
            yield rule
            continue
        granted = map(network, allowed[rule.direction])
        found = list(_judge(rule, known, [range_ for range_ in granted if range_ is not None]))
        yield from found
        if not found and hidden(given) is not None and any(read(peer, "ipBlock") is not MISSING for peer in rule.peers):
            yield unjudged(rule.policy, "the network of the platform", given)


def _judge(rule: PolicyRule, inside: Mapping[str, Network], allowed: list[Network]) -> Iterator[Finding]:
    for peer in rule.peers if inside else ():
        block = peer if isinstance(peer, Mark) else read(peer, "ipBlock")
        outer, holes = network(read(block, "cidr")), list(map(network, _listed(block, "except")))
        if hidden(block) is not None:
            yield unjudged(rule.policy, f"{rule.direction.lower()} rule {rule.index}", block)
            continue
        if outer is None:
            continue
        left = subtract(outer, [*(hole for hole in holes if hole is not None), *allowed])  # type: ignore[type-var]
        found = [f"{role} {range_}" for role, range_ in inside.items() if any(overlaps(part, range_) for part in left)]
        whole = next((range_ for range_ in inside.values() if within(outer, range_)), None)
        part = f"{'all' if whole == outer else 'a part'} of {whole}"
        told = part if whole else "which holds addresses of the platform"
        if found:
            state = f"{rule.policy} {OPENS[rule.direction]} {outer}, {told}"
            yield Finding(rule.policy, f"{state}; {FIX}", witness=f"{rule} overlaps {' and '.join(found)}")


def _listed(value: Any, key: str) -> list[Any]:
    given = read(value, key)
    return given if isinstance(given, list) else []
