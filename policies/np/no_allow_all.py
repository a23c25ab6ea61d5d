"""No rule of a NetworkPolicy opens a direction to everybody; the internet gets in where the configuration grants it."""

from collections.abc import Iterator
from typing import Any

from hedgerow.facts.labels import NAMESPACE_NAME
from hedgerow.graph import MISSING, Finding, Views, read
from hedgerow.graph.judgement import Config
from hedgerow.graph.views import PolicyRule
from hedgerow.graph.views.selection import selects

from ..words import hidden, unjudged
from ._internet import everywhere
from ._peers import OPENS, rules

SOMEBODY = {NAMESPACE_NAME: "another"}


def check(views: Views, config: Config) -> Iterator[Finding]:
    for rule in rules(views):
        if isinstance(rule, Finding):
            yield rule
            continue
        for opened, fix in _opened(rule):
            yield Finding(rule.policy, f"{rule.policy} {OPENS[rule.direction]} {opened}; {fix}", witness=str(rule))
        yield from everywhere(views, config, rule)
        if hidden(rule.peers) is not None:
            yield unjudged(rule.policy, f"{rule.direction.lower()} rule {rule.index}", rule.peers)


def _opened(rule: PolicyRule) -> Iterator[tuple[str, str]]:
    if rule.peers == []:
        yield "everybody", "name the peers of the rule"
    if any(_any_namespace(peer, rule.direction) for peer in rule.peers):
        yield "pods of every namespace", f"select those that are meant, by {NAMESPACE_NAME}"


def _any_namespace(peer: Any, direction: str) -> bool:
    namespaces, pods = read(peer, "namespaceSelector"), read(peer, "podSelector")
    some_pods = direction == "Egress" and pods is not MISSING and selects(pods, {}) is not True
    return namespaces is not MISSING and selects(namespaces, SOMEBODY) is True and not some_pods
