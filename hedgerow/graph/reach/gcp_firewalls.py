"""The layer of Google's firewall rules: by priority, deny before allow, for the nodes that each rule is for."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from ...facts.cidr import Network, within
from ..snapshot import Resource
from ..value import UNKNOWN
from ..views import Views
from ..views.answer import every, some
from ..views.eks_nodes import cluster_of
from ..views.firewall import OWN_SIDES, POLICIES, USUAL, FirewallRule, GkeNodes, firewall_rules, gke_nodes
from ..views.gke import CLUSTER
from .addresses import Piece
from .balanced import Balanced, Filter
from .endpoints import Population
from .fence import Ranges
from .layer import Layer, Problem, Reason
from .node_layer import NodeLayer, of_all, port_ranges
from .policy import EGRESS, INGRESS
from .ports import PortRange
from .sets import Tri

WAYS = {INGRESS: "INGRESS", EGRESS: "EGRESS"}
IMPLIED = {INGRESS: "no rule lets it in, and what none names is denied", EGRESS: "no rule denies it on its way out"}


class GoogleFirewalls(NodeLayer):
    """What gets through the firewall rules of a network, to and from every node of one cluster."""

    name = "firewall rules"

    def __init__(
        self, people: Population, cluster: Resource, nodes: list[GkeNodes], rules: list[FirewallRule], *, policed: bool
    ) -> None:
        super().__init__(people)
        self._cluster, self._nodes, self._policed = cluster, nodes, policed
        self._rules = sorted(rules, key=lambda rule: (rule.priority, rule.allows))

    def cuts(self) -> Iterator[PortRange]:
        """Every range of ports in a rule."""
        for rule in self._rules:
            yield from port_ranges(rule.ports)

    def ports(self, way: str, piece: Piece) -> Tri:
        """What each kind of node lets through; nobody knows where none is declared, or a policy stands before."""
        everything = self.space.everything
        if self._policed or not self._nodes:
            return Tri(0, everything)
        return of_all((self._of(nodes, way, piece) for nodes in self._nodes), everything)

    @property
    def exact(self) -> bool:
        """Whether nothing is unknown, of what a load balancer sends either."""
        return super().exact and self.balanced is None

    @cached_property
    def balanced(self) -> Layer | None:
        """What a load balancer passes on: GKE's rule for it has the usual priority, and a deny may go before."""
        stops: dict[Piece | None, Filter] = {}
        for rule in self._rules:
            if rule.way == WAYS[INGRESS] and not rule.allows and rule.priority <= USUAL and self._mask(rule):
                for _, piece in self.found:
                    if not self._nodes or any(_counts(rule, nodes, piece) is not False for nodes in self._nodes):
                        stops.setdefault(piece, rule)
        return Balanced(self.name, self._people, self.space, stops.get) if stops else None

    def reason(self, way: str, piece: Piece, port: PortRange, *, allowed: bool | None) -> Reason:
        """The rule that decides on the first kind of node where it does."""
        if allowed is None:
            return Reason(way, self._doubt(), self._cluster.urn)
        wanted = self.space.mask(port)
        for nodes in self._nodes:
            for rule in self._rules:
                if rule.way == WAYS[way] and self._mask(rule) & wanted and _counts(rule, nodes, piece) is True:
                    if rule.allows is allowed:
                        verb = "lets it through" if allowed else "denies it"
                        return Reason(way, f"{rule.shown} {verb}", rule.resource.urn)
                    break
        return Reason(way, IMPLIED[way], self._cluster.urn)

    def _doubt(self) -> str:
        if self._policed:
            return "a firewall policy stands before the rules of the network, and is not read here"
        if not self._nodes:
            return f"the nodes of cluster '{self._cluster.name}' are opaque"
        return "its firewall rules let it through for some nodes or machines, or are not known yet"

    def _of(self, nodes: GkeNodes, way: str, piece: Piece) -> Tri:
        """Rule by rule: what is allowed, and what no rule has decided yet, each for certain and at most."""
        sure, may, open_ = 0, 0, Tri(self.space.everything, self.space.everything)
        for rule in self._rules:
            counts = _counts(rule, nodes, piece) if rule.way == WAYS[way] else False
            if counts is False:
                continue
            ports = self._mask(rule)
            if rule.allows:
                may |= ports & open_.may
                sure |= ports & open_.sure if counts is True else 0
            if counts is True:
                open_ = Tri(open_.sure & ~ports, open_.may & ~ports)
            elif not rule.allows:
                open_ = Tri(open_.sure & ~ports, open_.may)
        return Tri(sure | open_.sure, may | open_.may) if way == EGRESS else Tri(sure, may)

    def _mask(self, rule: FirewallRule) -> int:
        found = 0
        for each in port_ranges(rule.ports):
            found |= self.space.mask(each)
        return found


def _counts(rule: FirewallRule, nodes: GkeNodes, piece: Piece) -> Any:
    """Whether a rule is for these nodes and an address: True, False or UNKNOWN."""
    return every([rule.applies, rule.placed, nodes.targeted(rule), _matches(rule, piece)])


def _matches(rule: FirewallRule, piece: Piece) -> Any:
    """A rule for senders by tag or account means machines inside: any address that is not public may be one's."""
    inside = not piece.public or piece.range.version == 6
    there = any(within(piece.range, range_) for range_ in rule.ranges)
    return some([there, UNKNOWN if not rule.whole or (rule.named and inside) else False])


class Source:
    """Reads the layer: for a cluster of GKE, by its network and its nodes."""

    def blocks(self, views: Views, scope: str) -> Iterator[Network]:
        """Every range in a rule of the network."""
        cluster = _gke(views, scope)
        for rule in () if cluster is None else firewall_rules(views.snapshot, cluster):
            yield from rule.ranges

    def layers(self, views: Views, people: Population, ranges: Ranges) -> Iterator[Layer]:  # noqa: ARG002 (as every source)
        """One for a cluster that is declared here."""
        cluster = _gke(views, people.scope)
        if cluster is not None:
            nodes, rules = list(gke_nodes(views.snapshot, cluster)), list(firewall_rules(views.snapshot, cluster))
            yield GoogleFirewalls(people, cluster, nodes, rules, policed=any(views.snapshot.of_type(*POLICIES)))

    def problems(self, views: Views) -> Iterator[Problem]:
        """Firewall policies, which are not read, and rules of which something is not known."""
        for item in views.snapshot.of_type(*POLICIES):
            yield Problem(item.urn, f"firewall policy '{item.name}' is opaque: it is judged before the network's rules")
        for cluster in views.snapshot.of_type(CLUSTER):
            for rule in firewall_rules(views.snapshot, cluster) if cluster.inputs else ():
                if rule.applies is UNKNOWN or not rule.whole:
                    yield Problem(rule.resource.urn, f"{rule.shown} cannot be judged: not all of it is known yet")
                elif rule.placed is UNKNOWN:
                    doubt = f"whether its {OWN_SIDES[rule.way]} hold the addresses of the nodes is not known"
                    yield Problem(rule.resource.urn, f"{rule.shown} cannot be judged: {doubt}")


def _gke(views: Views, scope: str) -> Resource | None:
    cluster = cluster_of(views.snapshot, scope)
    return cluster if cluster is not None and cluster.type == CLUSTER else None
