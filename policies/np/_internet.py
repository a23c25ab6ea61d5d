"""Rules of NetworkPolicies that open a direction to every address, and which of them the configuration grants."""

from collections.abc import Iterator
from typing import Any

from hedgerow.graph import MISSING, Finding, Views, read
from hedgerow.graph.judgement import Config
from hedgerow.graph.views import PolicyRule
from hedgerow.graph.views.addresses import whole

from ..grants import granted, line, workload
from ..words import hidden, unjudged
from ._peers import OPENS

EVERY_PORT = (1, 65535)


def everywhere(views: Views, config: Config, rule: PolicyRule) -> Iterator[Finding]:
    """What is wrong with a rule for every address; into a workload that is granted it may lead, by its ports."""
    outward = rule.direction == "Egress"
    ranges = whole(read(peer, "ipBlock", "cidr") for peer in rule.peers if not outward or not _has_holes(peer))
    name = "" if outward or _every_port(rule) else workload(rule.policy)
    may = granted(name, config)
    if not ranges or (may is True and hidden(rule.ports) is None):
        return
    if may is not False:
        yield unjudged(rule.policy, f"whom {rule.direction.lower()} rule {rule.index} lets everybody reach")
        return
    grant = f", or {line(views, 'np-no-allow-all', config, name)}" if isinstance(name, str) and name else ""
    told = f"{rule.policy} {OPENS[rule.direction]} every address, {ranges}; name the ranges that are meant{grant}"
    yield Finding(rule.policy, told, witness=str(rule))


def _every_port(rule: PolicyRule) -> bool:
    known = [port for port in rule.ports if isinstance(port, tuple)] if isinstance(rule.ports, list) else []
    return rule.ports == [] or any(port[1:] == EVERY_PORT for port in known)


def _has_holes(peer: Any) -> bool:
    return read(peer, "ipBlock", "except") not in (MISSING, [])
