"""The layer of AWS network ACLs: what gets across the edges of the subnets that a cluster's nodes are in, and back.

An ACL keeps no connections: its rules judge the request by the port that it goes to, and the answer by the port that
the client chose. Linux chooses one from 32768 to 60999, Windows one from 49152 on, a NAT gateway and the nodes' own
address translation any from 1024 on. So a path is certain where every port from 1024 to 65535 is let back, perhaps
there where some of them are, and not there where none is.

Every edge on the way counts, each both ways: that of the node's subnet, that of the subnet which holds the address, and
that of the NAT gateway by which the node's subnet leads there. Within a subnet nothing is filtered, nor are the
metadata servers. Pods have addresses of the subnet that their node is in, as Amazon's plugin gives them.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from ...facts.cidr import Network
from ..snapshot import Resource
from ..views import Views
from ..views.cluster import EKS
from ..views.eks_nodes import cluster_of, eks_nodes
from ..views.network_acl import NetworkAcl
from ..views.route import Way
from ..views.subnet_edge import Edge, edges
from .acl_gates import BACK, Gate, Gates, holds
from .acl_ports import WAYS, AclPorts
from .addresses import Piece
from .aws_routes import nodes_ways
from .balanced import Balanced, Filter
from .endpoints import Population
from .fence import Ranges
from .layer import Answer, Layer, Problem, Reason
from .node_layer import NodeLayer, of_all, port_ranges
from .policy import EGRESS, INGRESS, Peer
from .ports import FIRST, LAST, PROTOCOLS, PortRange, PortSpace
from .sets import Tri, members

WORDS = {INGRESS: "in", EGRESS: "out"}
ANSWERS = "its answers"
CLIENT_PORTS = {protocol: PortRange(protocol, 1024, 65535) for protocol in PROTOCOLS}
"""Ports that a client may have an answer sent to."""


class NetworkAcls(NodeLayer):
    """What gets through the network ACLs between addresses and every subnet that pods of a cluster may run in."""

    name = "network ACLs"

    def __init__(self, people: Population, cluster: Resource, every: Iterable[Edge], ways: Iterable[Way]) -> None:
        super().__init__(people)
        self._cluster, self._every, known = cluster, tuple(every), tuple(ways)
        named = {edge.urn: edge for edge in self._every}
        self._nodes = tuple(named[way.subnet.urn] for way in known)
        self._gates = Gates(people.addresses, cluster, self._every, known)
        self._ranges = {*_ranges(self._every), *(each.to for way in known for each in way.routes or () if each.to)}
        self._acls, self._alike = AclPorts(self.space), dict[tuple[str, tuple[Any, ...]], Tri]()

    def cuts(self) -> Iterator[PortRange]:
        """Every range of ports in a rule, and those that answers go to."""
        yield from CLIENT_PORTS.values()
        for acl in _acls(self._every):
            for rule in acl.rules:
                yield from port_ranges(rule.ports)

    def prepare(self, space: PortSpace) -> None:
        """Work out both bounds in the classes of ports that all layers share."""
        self._acls, self._alike = AclPorts(space), {}
        super().prepare(space)

    @property
    def exact(self) -> bool:
        """Whether nothing is unknown, of what a load balancer sends either."""
        return super().exact and self.balanced is None

    def ports(self, way: str, piece: Piece) -> Tri:
        """What each subnet of nodes has across its edge; nobody knows where those are not known."""
        everything = self.space.everything
        if not self._nodes:
            return Tri(0, everything)
        key = way, self._kinds[piece]
        if key not in self._alike:
            self._alike[key] = of_all((self._across(edge, way, piece) for edge in self._nodes), everything)
        return self._alike[key]

    def among(self) -> Tri:
        """What pods in any two subnets of nodes may send to each other; those of one subnet may send everything."""
        sure = self.space.everything if self._nodes else 0
        for gates in self._gates.between(self._nodes):
            sure &= self._through(gates).sure
        return Tri(sure, self.space.everything)

    def parted(self, port: PortRange) -> Answer:
        """What may stop pods that are in different subnets."""
        for gates in self._gates.between(self._nodes):
            if _verdict(self._through(gates), self.space.mask(port)) is not True:
                told = self._stop(gates, port) or self._doubt(gates, port)
                text = f"pods in {gates[0].edge} and in {gates[1].edge} may be apart: {told.text}"
                return Answer(None, (Reason(EGRESS, text, told.urn, told.rule),))
        return Answer(True, ()) if self._nodes else Answer(None, (self._lost(EGRESS),))

    @cached_property
    def balanced(self) -> Layer | None:
        """How a load balancer sends nobody knows here: it gets through where every ACL lets everything through."""
        by = self._barrier()
        return None if by is None else Balanced(self.name, self._people, self.space, lambda _: by)

    def _barrier(self) -> Filter | None:
        homes = {edge.network for edge in self._nodes} | {""}
        for edge in self._every:
            near = len(homes) == 1 or edge.network in homes
            versions = {4, *edge.hidden, *(range_.version for range_ in edge.ranges)}
            pieces = [piece for _, piece in self.found if piece.range.version in versions and near and not edge.open]
            for acl in edge.acls:
                if any(
                    self._acls.acl(acl, way, piece).sure != self.space.everything for piece in pieces for way in WAYS
                ):
                    return edge if acl is None else acl
        return None

    def reason(self, way: str, piece: Piece, port: PortRange, *, allowed: bool | None) -> Reason:
        """The first of the reasons."""
        return self.reasons(way, piece, port, allowed=allowed)[0]

    def reasons(self, way: str, piece: Piece, port: PortRange, *, allowed: bool | None) -> tuple[Reason, ...]:
        """The rules by which it gets through at the first subnet of nodes that fits, or what stops it there."""
        if not self._nodes:
            return (self._lost(way),)
        answers = [(edge, _verdict(self._across(edge, way, piece), self.space.mask(port))) for edge in self._nodes]
        of = {wanted: [edge for edge, answer in answers if answer is wanted] for wanted in (True, None, False)}
        if not of[allowed] and of[True] and of[False]:
            text = f"it gets through in {of[True][0]} and not in {of[False][0]}, and pods may run in both"
            return (Reason(way, text, of[False][0].urn),)
        fitting = of[allowed] or self._nodes
        edge = next((each for each in fitting if holds(each, piece) is not True), fitting[0])
        inside, gates = holds(edge, piece), self._gates.of(edge, way, piece)
        if inside is True:
            return (Reason(way, f"it lies in {edge}, within which nothing is filtered", edge.urn),)
        if allowed:
            passed = tuple(dict.fromkeys(reason for gate in gates for reason in self._passes(gate, port)))
            return passed or (Reason(way, f"{edge.acls[0]} lets everything through", edge.urn),)
        if allowed is None and inside is not False:
            return (
                Reason(way, f"whether it lies in {edge}, within which nothing is filtered, is not known", edge.urn),
            )
        return ((self._stop(gates, port) if allowed is False else None) or self._doubt(gates, port),)

    @cached_property
    def _kinds(self) -> dict[Piece, tuple[Any, ...]]:
        """What tells addresses apart: the ranges that hold them, of rules, subnets and routes."""
        addresses = self._people.addresses
        found: list[list[int]] = [[] for _ in addresses.pieces]
        for number, range_ in enumerate(self._ranges):
            for position in members(addresses.within(Peer(block=range_)).may):
                found[position].append(number)
        return {
            piece: (piece.public, piece.range.version, piece.range.prefixlen > 0, *held)
            for piece, held in zip(addresses.pieces, found, strict=True)
        }

    def _across(self, edge: Edge, way: str, piece: Piece) -> Tri:
        everything, inside = self.space.everything, holds(edge, piece)
        if inside is True:
            return Tri(everything, everything)
        found = self._through(self._gates.of(edge, way, piece))
        return found if inside is False else Tri(found.sure, everything)

    def _through(self, gates: Iterable[Gate]) -> Tri:
        """What gets across all edges and is answered."""
        ask = back = Tri(self.space.everything, self.space.everything)
        for gate in gates:
            request, answer = self._filters(gate)
            ask, back = ask.and_(request), back.and_(answer)
        sure = may = 0
        for protocol, clients in CLIENT_PORTS.items():
            ports, wanted = self.space.mask(PortRange(protocol, FIRST, LAST)), self.space.mask(clients)
            sure |= ports if back.sure & wanted == wanted else 0
            may |= ports if back.may & wanted else 0
        return Tri(ask.sure & sure, ask.may & may)

    def _filters(self, gate: Gate) -> tuple[Tri, Tri]:
        """What the request, and what its answer, has across an edge."""
        ask, back = (self._acls.edge(gate.edge, way, gate.beyond) for way in (gate.way, BACK[gate.way]))
        everything = self.space.everything
        return (ask, back) if gate.sure else (Tri(ask.sure, everything), Tri(back.sure, everything))

    def _sides(self, gate: Gate, port: PortRange) -> Iterator[tuple[str, Tri, int, str]]:
        """Both directions across an edge: which one, what gets across, what has to, and what to call it."""
        ask, back = self._filters(gate)
        yield gate.way, ask, self.space.mask(port), "it"
        yield BACK[gate.way], back, self.space.mask(CLIENT_PORTS[port.protocol]), ANSWERS

    def _passes(self, gate: Gate, port: PortRange) -> Iterator[Reason]:
        """The rules of one edge; none where it has a default ACL that nobody touched."""
        acl = gate.edge.acls[0]
        if acl is None or acl.open:
            return
        for way, _, wanted, what in self._sides(gate, port):
            for rule in self._acls.deciding(acl, way, gate.beyond[0], wanted, allows=True):
                yield Reason(way, f"rule {rule.number} of {acl} lets {what} {WORDS[way]}", rule.resource.urn, rule.told)

    def _stop(self, gates: list[Gate], port: PortRange) -> Reason | None:
        """The first rule that denies it or its answers; nothing where no single edge does for certain."""
        for gate in gates:
            acl = gate.edge.acls[0]
            for way, found, wanted, what in self._sides(gate, port):
                if acl is None or found.may & wanted:
                    continue
                for rule in self._acls.deciding(acl, way, gate.beyond[0], wanted, allows=False):
                    return Reason(way, f"rule {rule.number} of {acl} denies {what}", rule.resource.urn, rule.told)
                return Reason(way, f"no rule of {acl} lets {what} {WORDS[way]}", acl.urn)
        return None

    def _doubt(self, gates: list[Gate], port: PortRange) -> Reason:
        """The first edge of which it is not known whether it gets across."""
        for gate in gates:
            for way, found, wanted, what in self._sides(gate, port):
                if _verdict(found, wanted) is not True:
                    acl = gate.edge.acls[0]
                    return Reason(way, _why_not(gate, acl, way, what), gate.edge.urn if acl is None else acl.urn)
        return Reason(gates[0].way, "no port that answers go to gets across every edge", gates[0].edge.urn)

    def _lost(self, way: str) -> Reason:
        text = f"in which subnets the nodes of cluster '{self._cluster.name}' are is not known"
        return Reason(way, text, self._cluster.urn)


def _verdict(found: Tri, wanted: int) -> bool | None:
    return True if found.sure & wanted == wanted else None if found.may & wanted else False


def _why_not(gate: Gate, acl: NetworkAcl | None, way: str, what: str) -> str:
    if not gate.sure:
        return f"whether {gate.edge} is on the way is not known"
    if acl is None or len(gate.edge.acls) > 1:
        return f"which network ACL {gate.edge} has is not known"
    if not all(rule.known for rule in acl.rules if rule.way == WAYS[way]):
        return f"{acl} has rules that are not known yet"
    ports = " to some of the ports 1024-65535" if what == ANSWERS else ""
    some = " for some addresses" if len(gate.beyond) > 1 else ""
    return f"{acl} lets {what} {WORDS[way]}{ports or some} only"


def _ranges(every: Iterable[Edge]) -> Iterator[Network]:
    for edge in every:
        yield from edge.ranges
        yield from (range_ for acl in edge.acls if acl is not None for rule in acl.rules for range_ in rule.ranges)


def _acls(every: Iterable[Edge]) -> list[NetworkAcl]:
    """Every ACL of some edges, once."""
    return [*{acl.urn: acl for edge in every for acl in edge.acls if acl is not None}.values()]


class Source:
    """Reads the layer: for a cluster of EKS, where an ACL is put on a subnet that is made here."""

    def blocks(self, views: Views, scope: str) -> Iterator[Network]:
        """Every range in a rule, and those of the subnets."""
        yield from _ranges(_filtering(views) if _eks(views, scope) else ())

    def layers(self, views: Views, people: Population, ranges: Ranges) -> Iterator[Layer]:  # noqa: ARG002 (as every source)
        """One where any subnet has an ACL that may stop something."""
        cluster, every = _eks(views, people.scope), _filtering(views)
        if cluster is not None and every:
            yield NetworkAcls(people, cluster, every, nodes_ways(views, cluster))

    def problems(self, views: Views) -> Iterator[Problem]:
        """Nodes whose subnets are not known, subnets whose ACL is not, and ACLs of which something is not."""
        every = _filtering(views)
        for cluster in views.snapshot.of_type(EKS) if every else ():
            for nodes in eks_nodes(views.snapshot, cluster):
                if nodes.subnets is None:
                    yield Problem(
                        nodes.resource.urn, f"{nodes} is in subnets that are not known, and so are its network ACLs"
                    )
        for edge in every:
            if len(edge.acls) > 1 or None in edge.acls:
                yield Problem(edge.urn, f"which network ACL {edge} has is not known")
        for acl in _acls(every):
            if acl.twice:
                yield Problem(acl.urn, f"{acl} would be refused: it has the rule '{acl.twice[0]}' twice")
            elif not all(rule.known for rule in acl.rules):
                yield Problem(acl.urn, f"{acl} has rules that are not known yet")


def _filtering(views: Views) -> list[Edge]:
    """The edges of all subnets, where anything is filtered at any of them."""
    found = [*edges(views.snapshot).values()]
    return found if any(not edge.open for edge in found) else []


def _eks(views: Views, scope: str) -> Resource | None:
    cluster = cluster_of(views.snapshot, scope)
    return cluster if cluster is not None and cluster.type == EKS else None
