"""Peers choose namespaces only by labels that no tenant can put on its own."""

from collections.abc import Iterator
from typing import Any

from hedgerow.facts import labels
from hedgerow.graph import MISSING, Finding, Views, read
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark, is_known
from hedgerow.graph.views import PolicyRule
from hedgerow.graph.views.selection import requirements, valid

from ..words import unjudged
from ._peers import OPENS, rules

OWN = (labels.tenant, labels.environment, labels.managed)


def check(views: Views, config: Config) -> Iterator[Finding]:
    safe = {labels.NAMESPACE_NAME, *(key(views.label_prefix) for key in OWN), *config["labels"]}
    for rule in rules(views):
        yield from [rule] if isinstance(rule, Finding) else _judge(rule, safe)


def _judge(rule: PolicyRule, safe: set[str]) -> Iterator[Finding]:
    used: dict[str, None] = {}
    for peer in rule.peers:
        selector = peer if isinstance(peer, Mark) else read(peer, "namespaceSelector")
        if selector is not MISSING and not is_known(selector):
            yield unjudged(rule.policy, f"{rule.direction.lower()} rule {rule.index}", selector)
        elif selector is not MISSING and valid(selector):
            used.update(dict.fromkeys(_unsafe(selector, safe)))
    if used:
        state = f"{rule.policy} {OPENS[rule.direction]} namespaces by {', '.join(used)}, which others may label alike"
        yield Finding(rule.policy, f"{state}; select by {labels.NAMESPACE_NAME}", witness=str(rule))


def _unsafe(selector: Any, safe: set[str]) -> list[str]:
    """Keys that are not protected; none where the selector says the namespace's name as well."""
    parts = requirements(selector)
    if any(part.key == labels.NAMESPACE_NAME and part.operator == "In" for part in parts):
        return []
    return [f"label {part.key}" for part in parts if part.key not in safe]
