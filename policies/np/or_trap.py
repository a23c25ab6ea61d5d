"""No list of peers has a namespaceSelector beside a podSelector that was meant to narrow it."""

from collections.abc import Iterator

from hedgerow.graph import MISSING, Finding, Views, read
from hedgerow.graph.judgement import Config
from hedgerow.graph.views import PolicyRule

from ..words import hidden, unjudged
from ._peers import OPENS, rules

APART = "write both selectors in one peer, or each in a rule of its own where both are meant"


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for rule in rules(views):
        yield from [rule] if isinstance(rule, Finding) else _judge(rule)


def _judge(rule: PolicyRule) -> Iterator[Finding]:
    spaces, pods = ([peer for peer in rule.peers if _alone(peer, key)] for key in ("namespaceSelector", "podSelector"))
    narrow = [peer for peer in pods if read(peer, "podSelector") != {}]
    if spaces and any(hidden(read(peer, "podSelector")) is None for peer in narrow):
        state = f"{rule.policy} {OPENS[rule.direction]} every pod of the namespaces that it selects"
        told = f"{state}, and besides pods here by a podSelector of its own; {APART}"
        yield Finding(rule.policy, told, witness=str(rule))
    elif (spaces and narrow) or any(hidden(peer) is peer for peer in rule.peers):
        yield unjudged(rule.policy, f"{rule.direction.lower()} rule {rule.index}", rule.peers)


def _alone(peer: object, key: str) -> bool:
    other = "podSelector" if key == "namespaceSelector" else "namespaceSelector"
    return hidden(peer) is not peer and read(peer, key) is not MISSING and read(peer, other) is MISSING
