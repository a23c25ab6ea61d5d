"""One policy in one direction over the sites of a cluster, and what the network plugin makes of address blocks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...facts.cidr import PRIVATE, Network
from ..value import UNKNOWN
from ..views import Views
from ..views.addresses import network
from .addresses import holds_pods
from .policy import Peer, Policy, Rule
from .sets import Tri

BY_ADDRESS, BY_IDENTITY = frozenset({"vpc-cni", "calico"}), frozenset({"cilium", "dataplane-v2"})
"""Plugins whose ipBlocks hold pods by their address, and those that know pods by their labels only."""
NOBODY = "none"


@dataclass(frozen=True)
class Ranges:
    """What is known of a cluster's network: who enforces policies, and where pods and nodes have their addresses."""

    plugin: str = ""
    """`vpc-cni`, `calico`, `dataplane-v2`, `cilium`, `none`; empty where it is not known."""
    pods: tuple[Network, ...] = PRIVATE
    nodes: tuple[Network, ...] = PRIVATE

    @classmethod
    def of(cls, views: Views, otherwise: str = "") -> "Ranges":
        """What the platform's contract says; else the plugin `otherwise` or that of clusters, and any private range."""
        plugin = views.contract.get("network_policy", otherwise or _said(views))
        given = views.contract.get("ranges")
        known = given if isinstance(given, dict) else {}
        nodes = network(known.get("network"))
        pods = network(known.get("pods")) or nodes
        return cls(
            plugin if isinstance(plugin, str) else "", (pods,) if pods else PRIVATE, (nodes,) if nodes else PRIVATE
        )

    @property
    def enforced(self) -> bool:
        """Whether policies count at all: not where it is known that nobody enforces them."""
        return self.plugin != NOBODY

    def pods_in(self, peer: Peer) -> Tri:
        """Whether a block holds pods, as 0 or 1."""
        if self.plugin in BY_IDENTITY:
            return Tri(0, 0)
        found = holds_pods(peer, self.pods)
        return found if self.plugin in BY_ADDRESS else Tri(0, found.may)

    def nodes_in(self, peer: Peer) -> Tri:
        """Whether a block holds the nodes' addresses, as 0 or 1."""
        return holds_pods(peer, self.nodes)


def _said(views: Views) -> str:
    """Who enforces policies, by clusters and their add-ons; empty where one does not know or they differ."""
    said = [each.by for each in views.enforcers]
    return said[0] if said and all(isinstance(each, str) and each == said[0] for each in said) else ""


@dataclass(frozen=True)
class Fence:
    """A policy that isolates, or may isolate, the sites of `target` in one direction."""

    policy: Policy
    direction: str
    target: Tri
    place: Tri
    """Sites of the policy's own namespace."""

    @property
    def settled(self) -> int:
        """Sites that it isolates for certain."""
        return self.target.sure if self.policy.isolates[self.direction] is True else 0

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Its rules; one that may let anything through where they are not known."""
        given: Any = self.policy.rules[self.direction]
        return (Rule(self.direction, 0, UNKNOWN, UNKNOWN),) if given is UNKNOWN else given

    def certain(self, lone: int) -> int:
        """Sites for which its rules count for certain: those it isolates, and those that nothing else does."""
        return self.settled | (self.target.may & lone)

    def doubt(self, site: int) -> str:
        """Why it is not known whether it isolates a site; empty where it is."""
        if self.settled >> site & 1:
            given = self.policy.rules[self.direction]
            return "" if isinstance(given, tuple) else "has rules that are not known yet"
        if self.policy.problem:
            return f"would be refused: {self.policy.problem}"
        if self.policy.unknown:
            return f"has {self.policy.unknown[0]}, which is not known yet"
        return "may select it or not: its labels, its namespace or its network is not known"


class Target:
    """Sites that the policies of one direction isolate: for `sure`, perhaps (`may`), perhaps by one only (`lone`)."""

    def __init__(self, fences: Iterable[Fence]) -> None:
        self.sure = self.may = once = twice = 0
        for fence in fences:
            unsure = fence.target.may & ~fence.settled
            self.sure |= fence.settled
            self.may |= fence.target.may
            twice |= once & unsure
            once |= unsure
        self.lone = once & ~twice & ~self.sure
