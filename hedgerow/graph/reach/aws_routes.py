"""The layer of AWS routes: whether the subnets of a cluster's nodes lead to an address, and it to them."""

from collections.abc import Iterable, Iterator
from typing import Any

from ...facts.cidr import Network, within
from ..snapshot import Resource
from ..value import Mark
from ..views import Views
from ..views.cluster import EKS
from ..views.eks_nodes import cluster_of, eks_nodes
from ..views.route import EGRESS_ONLY, INSIDE, INTERNET, LOCAL, NAT, Route, Way, ways_out
from .addresses import Piece
from .endpoints import Population
from .fence import Ranges
from .layer import Layer, Problem, Reason
from .node_layer import NodeLayer, of_all
from .policy import INGRESS
from .ports import PortRange
from .sets import Tri

UNREAD = "where it leads is not known"
LISTED = "the ranges of its prefix list are not known"


class Routes(NodeLayer):
    """What the routes of every subnet let through that pods of a cluster may run in. They know of no ports."""

    name = "routes"

    def __init__(self, people: Population, ways: Iterable[Way]) -> None:
        super().__init__(people)
        self._ways = tuple(ways)

    def cuts(self) -> Iterable[PortRange]:
        """None: routes are for every port."""
        return ()

    def ports(self, way: str, piece: Piece) -> Tri:
        """Every port where all subnets lead there, none where no subnet does."""
        every = self.space.everything
        bounds = {True: Tri(every, every), None: Tri(0, every), False: Tri(0, 0)}
        return of_all((bounds[_leads(each, way, piece)] for each in self._ways), every)

    def reason(self, way: str, piece: Piece, port: PortRange, *, allowed: bool | None) -> Reason:  # noqa: ARG002 (as every layer)
        """The route of the first subnet that fits the answer."""
        answers = [(each, _leads(each, way, piece)) for each in self._ways]
        fits = next((each for each, answer in answers if answer is allowed), self._ways[0])
        route = chosen(fits, piece)[0]
        if allowed is None:
            hidden = next((each for each in chosen(fits, piece) if each is not None and each.to is None), None)
            if hidden is not None:
                if hidden.main:
                    return Reason(
                        way, f"{fits} is on the main table of its network, which is not declared", fits.subnet.urn
                    )
                name = f"route '{hidden.resource.name}' of {fits}"
                return Reason(way, f"{name} leads there or does not: {LISTED}", hidden.resource.urn)
            return Reason(way, f"{fits} leads there or does not: {UNREAD}", fits.subnet.urn)
        if route is None or route.target == LOCAL:
            state = "is in the same network" if allowed else "has no route there"
            return Reason(way, f"{fits} {state}", fits.subnet.urn)
        verb = "leads there" if allowed else "lets nothing in" if way == INGRESS else "does not lead there"
        return Reason(way, f"route '{route.resource.name}' of {fits} {verb}", route.resource.urn)


def _leads(way: Way, direction: str, piece: Piece) -> bool | None:
    """Whether a subnet leads to an address, or the address to it; None where that is not known."""
    if way.routes is None or any(each.to is None and not each.loose for each in way.routes):
        return None
    found = {_by(route, way, direction, piece) for route in chosen(way, piece)}
    return found.pop() if len(found) == 1 else None


def _by(route: Route | None, way: Way, direction: str, piece: Piece) -> bool | None:
    target = None if route is None else route.target
    if isinstance(target, Mark):
        return None
    if target == LOCAL:
        return True
    if not piece.public:
        return target == INSIDE
    if target != INTERNET:
        return direction != INGRESS and target in (NAT, EGRESS_ONLY)
    return None if isinstance(way.public, Mark) else bool(way.public)


def chosen(way: Way, piece: Piece) -> list[Route | None]:
    """The route with the longest prefix that holds an address; and every other one that may stand before it.

    Of prefix lists with the same range any may. What a list of others holds nobody knows here, but never addresses of
    the network itself, and private ones only where it leads into another network.
    """
    every = way.routes or ()
    found = [each for each in every if each.to is not None and within(piece.range, each.to)]
    first = max(found, key=_rank, default=None)
    if first is not None and first.target == LOCAL:
        return [first]
    hidden = [each for each in every if each.loose and (piece.public or _inside(each.target))]
    if first is None or not first.listed:
        return [first, *hidden]
    return [*(each for each in found if _rank(each) == _rank(first)), *hidden]


def _rank(route: Route) -> tuple[int, bool, bool]:
    return (route.to.prefixlen if route.to else 0, route.target == LOCAL, not route.listed)


def _inside(target: Any) -> bool:
    return isinstance(target, Mark) or target == INSIDE


class Source:
    """Reads the layer: for a cluster of EKS whose subnets are declared here."""

    def blocks(self, views: Views, scope: str) -> Iterator[Network]:
        """Every destination of a route, and the network's own ranges."""
        for way in _of(views, scope):
            yield from (route.to for route in way.routes or () if route.to is not None)

    def layers(self, views: Views, people: Population, ranges: Ranges) -> Iterator[Layer]:  # noqa: ARG002 (as every source)
        """One where it is known in which subnets nodes are."""
        ways = _of(views, people.scope)
        if ways:
            yield Routes(people, ways)

    def problems(self, views: Views) -> Iterator[Problem]:
        """Nodes whose subnets are not known, and prefix lists that others make."""
        for cluster in views.snapshot.of_type(EKS):
            for nodes in eks_nodes(views.snapshot, cluster):
                if nodes.subnets is None:
                    yield Problem(nodes.resource.urn, f"{nodes} is in subnets that are not known: routes do not count")
        for way in (way for cluster in views.snapshot.of_type(EKS) for way in nodes_ways(views, cluster)):
            if way.routes is None:
                yield Problem(way.subnet.urn, f"which routes {way} has is not known")
            elif any(each.main for each in way.routes):
                yield Problem(way.subnet.urn, f"{way} is on the main table of its network, which is not declared")
            for route in (each.resource for each in way.routes or () if each.loose and not each.main):
                name = f"{route.type.rpartition(':')[2]} '{route.name}'"
                yield Problem(route.urn, f"{name} is for a prefix list whose ranges are not known here")


def _of(views: Views, scope: str) -> list[Way]:
    cluster = cluster_of(views.snapshot, scope)
    return [] if cluster is None or cluster.type != EKS else nodes_ways(views, cluster)


def nodes_ways(views: Views, cluster: Resource) -> list[Way]:
    """The ways of every subnet that nodes of a cluster are in; none where one of them is not known."""
    nodes = eks_nodes(views.snapshot, cluster)
    if not nodes or any(each.subnets is None for each in nodes):
        return []
    known = {subnet.urn: subnet for subnet in views.subnets}
    return ways_out(views.snapshot, known, iter(dict.fromkeys(urn for each in nodes for urn in each.subnets or ())))
