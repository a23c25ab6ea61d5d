"""No rule of a NetworkPolicy opens a direction to everybody."""

from collections.abc import Iterator
from typing import Any

from hedgerow.facts.labels import NAMESPACE_NAME
from hedgerow.graph import MISSING, Finding, Views, read
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import NetworkPolicy, PolicyRule
from hedgerow.graph.views.addresses import whole
from hedgerow.graph.views.selection import selects

from ..words import hidden, unjudged

SOMEBODY = {NAMESPACE_NAME: "another"}
OPENS = {"Ingress": "lets in", "Egress": "lets out to"}


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for policy in views.network_policies:
        for direction in () if views.of_the_system(policy) else OPENS:
            yield from _direction(policy, direction)


def _direction(policy: NetworkPolicy, direction: str) -> Iterator[Finding]:
    rules, judged = policy.rules(direction), policy.isolates(direction)
    if rules == [] or judged is False:
        return
    if isinstance(rules, Mark) or isinstance(judged, Mark):
        yield unjudged(policy, f"what it opens for {direction.lower()}", [rules, judged])
        return
    for rule in rules:
        for opened, fix in _opened(rule):
            yield Finding(policy, f"{policy} {OPENS[direction]} {opened}; {fix}", witness=str(rule))
        if hidden(rule.peers) is not None:
            yield unjudged(policy, f"{direction.lower()} rule {rule.index}", rule.peers)


def _opened(rule: PolicyRule) -> Iterator[tuple[str, str]]:
    if rule.peers == []:
        yield "everybody", "name the peers of the rule"
    if isinstance(rule.peers, Mark):
        return
    if everything := whole(_ranges(rule)):
        yield f"every address, {everything}", "name the ranges that are meant"
    if any(_any_namespace(peer, rule.direction) for peer in rule.peers):
        yield "pods of every namespace", f"select those that are meant, by {NAMESPACE_NAME}"


def _ranges(rule: PolicyRule) -> Iterator[Any]:
    for peer in rule.peers:
        if rule.direction == "Ingress" or read(peer, "ipBlock", "except") in (MISSING, []):
            yield read(peer, "ipBlock", "cidr")


def _any_namespace(peer: Any, direction: str) -> bool:
    namespaces, pods = read(peer, "namespaceSelector"), read(peer, "podSelector")
    some_pods = direction == "Egress" and pods is not MISSING and selects(pods, {}) is not True
    return namespaces is not MISSING and selects(namespaces, SOMEBODY) is True and not some_pods
