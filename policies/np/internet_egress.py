"""Egress to the internet names its ports, and leaves out what is no part of the internet."""

from collections.abc import Iterator
from typing import Any

from hedgerow.facts.cidr import Network, overlaps, subtract, within
from hedgerow.graph import Finding, Views, read
from hedgerow.graph.judgement import Config
from hedgerow.graph.reach.addresses import NOT_PUBLIC
from hedgerow.graph.reach.ports import EVERYTHING, PortRange, parse, told, without
from hedgerow.graph.value import MISSING, Mark, is_known
from hedgerow.graph.views import PolicyRule
from hedgerow.graph.views.addresses import network

from ..words import unjudged
from ._peers import rules


def check(views: Views, config: Config) -> Iterator[Finding]:
    inside = [range_ for range_ in map(network, config["except"]) if range_ is not None]
    meant = tuple(port for text in config["ports"] for port in parse(text))
    for rule in rules(views, "Egress"):
        yield from [rule] if isinstance(rule, Finding) else _judge(rule, inside, meant)


def _judge(rule: PolicyRule, inside: list[Network], meant: tuple[PortRange, ...]) -> Iterator[Finding]:
    for peer in rule.peers:
        block = peer if isinstance(peer, Mark) else read(peer, "ipBlock")
        if block is MISSING:
            continue
        if not is_known([block, rule.ports]):
            yield unjudged(rule.policy, f"egress rule {rule.index}", [block, rule.ports])
            continue
        outer = network(read(block, "cidr"))
        if outer is not None and not any(within(outer, kept) for kept in NOT_PUBLIC):
            yield from _open(rule, outer, block, inside)
            yield from _ports(rule, outer, meant)


def _ports(rule: PolicyRule, outer: Network, meant: tuple[PortRange, ...]) -> Iterator[Finding]:
    state = f"{rule.policy} lets out to {outer}"
    given = [PortRange(*port) for port in rule.ports if isinstance(port[1], int)]
    whole = [port.protocol for port in given if port in EVERYTHING]
    if rule.ports == [] or whole:
        every = f"every port of {', '.join(whole)}" if whole else "every port"
        yield Finding(rule.policy, f"{state} on {every}; name the ports that are meant", witness=str(rule))
    elif meant and (more := without(given, meant)):
        beyond = f"{state} on {told(more)}, and {told(meant)} is meant"
        yield Finding(rule.policy, f"{beyond}; close it, or add it to np-internet-egress.ports", witness=str(rule))


def _open(rule: PolicyRule, outer: Network, block: Any, inside: list[Network]) -> Iterator[Finding]:
    given = read(block, "except")
    holes = [hole for hole in map(network, given if isinstance(given, list) else ()) if hole is not None]
    left = subtract(outer, holes)  # type: ignore[type-var]
    lacking = [str(range_) for range_ in inside if any(overlaps(part, range_) for part in left)]
    if lacking:
        state = f"{rule.policy} lets out to {outer} with {', '.join(lacking)} in it, which is no internet"
        yield Finding(rule.policy, f"{state}; name that in except", witness=str(rule))
