"""The layer of AWS security groups: what those of a cluster's nodes let in from addresses, and out to them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...facts.cidr import Network, within
from ..snapshot import Resource
from ..views import Views
from ..views.cluster import EKS, EKS_COMPONENT
from ..views.eks_nodes import EksNodes, cluster_of, eks_nodes
from ..views.security_group import SecurityGroup, SecurityRule, by_key, security_groups
from .addresses import Piece
from .endpoints import Population
from .fence import Ranges
from .layer import Layer, Problem, Reason
from .node_layer import NodeLayer, of_all, port_ranges
from .policy import EGRESS, INGRESS
from .ports import PortRange
from .sets import Tri

WAYS = {INGRESS: "ingress", EGRESS: "egress"}
WORDS = {INGRESS: "in", EGRESS: "out"}


@dataclass(frozen=True)
class Machines:
    """Nodes, and their groups; None where those are not known."""

    shown: str
    groups: tuple[SecurityGroup, ...] | None


class SecurityGroups(NodeLayer):
    """What gets through the security groups of every node that pods of a cluster may run on."""

    name = "security groups"

    def __init__(self, people: Population, nodes: Iterable[Machines], cluster: Resource) -> None:
        super().__init__(people)
        self._nodes, self._cluster = tuple(nodes), cluster

    def cuts(self) -> Iterator[PortRange]:
        """Every range of ports in a rule."""
        for machines in self._nodes:
            for group in machines.groups or ():
                for rule in group.rules:
                    yield from port_ranges(rule.ports)

    def ports(self, way: str, piece: Piece) -> Tri:
        """What each kind of node lets through; nobody knows where none is declared."""
        everything = self.space.everything
        found = [self._of(machines, way, piece) for machines in self._nodes]
        return of_all(found, everything) if found else Tri(0, everything)

    def reason(self, way: str, piece: Piece, port: PortRange, *, allowed: bool | None) -> Reason:
        """The first rule that lets it through; the groups that do not; or what is not known."""
        wanted = self.space.mask(port)
        for machines in self._nodes:
            for group in machines.groups or ():
                for rule in group.rules if allowed else ():
                    if rule.way == WAYS[way] and self._allows(rule, piece).sure & wanted:
                        return Reason(way, f"{rule} lets it through", rule.resource.urn, rule.field)
        if allowed is False:
            names = " and ".join(dict.fromkeys(str(group) for each in self._nodes for group in each.groups or ()))
            return Reason(way, f"{names or 'no security group'} lets it {WORDS[way]} to no node", self._cluster.urn)
        return Reason(way, self._doubt(way, wanted), self._cluster.urn)

    def _doubt(self, way: str, wanted: int) -> str:
        unknown = [each.shown for each in self._nodes if each.groups is None]
        if not self._nodes:
            return f"the security groups of cluster '{self._cluster.name}' are opaque"
        if unknown:
            return f"the security groups of {unknown[0]} are not known"
        rules = [rule for each in self._nodes for group in each.groups or () for rule in group.rules]
        for rule in rules:
            if rule.way == WAYS[way] and rule.groups and self._mask(rule) & wanted:
                return f"{rule} is for machines of a group, and whether one has this address is not known"
            if rule.way == WAYS[way] and not rule.whole and self._mask(rule) & wanted:
                return f"{rule} is for ranges of which not all are known here"
        return f"its security groups let it {WORDS[way]} on some nodes only, or are not known yet"

    def _of(self, machines: Machines, way: str, piece: Piece) -> Tri:
        if machines.groups is None:
            return Tri(0, self.space.everything)
        found = Tri(0, 0)
        for group in machines.groups:
            if not group.whole:
                found = Tri(found.sure, self.space.everything)
            for rule in group.rules:
                if rule.way == WAYS[way]:
                    found = found.or_(self._allows(rule, piece))
        return found

    def _allows(self, rule: SecurityRule, piece: Piece) -> Tri:
        """A rule for a group means machines that have it: any address inside the network may be one of them."""
        ports = self._mask(rule)
        inside = not piece.public or piece.range.version == 6
        if any(within(piece.range, range_) for range_ in rule.ranges):
            return Tri(ports if rule.certain else 0, ports)
        return Tri(0, ports if not rule.whole or (rule.groups and inside) else 0)

    def _mask(self, rule: SecurityRule) -> int:
        ports = 0
        for each in port_ranges(rule.ports):
            ports |= self.space.mask(each)
        return ports


class Source:
    """Reads the layer: for a cluster of EKS, by whatever of its nodes is declared."""

    def blocks(self, views: Views, scope: str) -> Iterator[Network]:
        """Every range in a rule of a group of the nodes."""
        for machines in self._nodes(views, scope):
            for group in machines.groups or ():
                for rule in group.rules:
                    yield from rule.ranges

    def layers(self, views: Views, people: Population, ranges: Ranges) -> Iterator[Layer]:  # noqa: ARG002 (as every source)
        """One for a cluster that is declared here; what is opaque of it is unknown."""
        cluster = cluster_of(views.snapshot, people.scope)
        if cluster is not None and cluster.type in (EKS, EKS_COMPONENT):
            yield SecurityGroups(people, self._nodes(views, people.scope), cluster)

    def problems(self, views: Views) -> Iterator[Problem]:
        """Clusters without declared nodes, and groups of which something is not known."""
        for cluster in views.snapshot.of_type(EKS, EKS_COMPONENT):
            if not eks_nodes(views.snapshot, cluster):
                yield Problem(cluster.urn, f"EKS cluster '{cluster.name}' is opaque: its security groups are not known")
        for group in security_groups(views.snapshot).values():
            if not group.whole or not all(rule.certain and rule.whole for rule in group.rules):
                yield Problem(group.resource.urn, f"{group} has rules that are not known yet")

    def _nodes(self, views: Views, scope: str) -> list[Machines]:
        cluster = cluster_of(views.snapshot, scope)
        if cluster is None or cluster.type != EKS:
            return []
        groups = security_groups(views.snapshot)
        return [_machines(nodes, groups) for nodes in eks_nodes(views.snapshot, cluster)]


def _machines(nodes: EksNodes, groups: dict[str, SecurityGroup]) -> Machines:
    found = None if nodes.groups is None else by_key(groups, nodes.groups)
    return Machines(str(nodes), None if found is None else tuple(found))
