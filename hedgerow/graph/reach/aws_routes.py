"""The layer of AWS routes: whether the subnets of a cluster's nodes lead to an address, and it to them."""

from collections.abc import Iterable, Iterator

from ...facts.cidr import Network, within
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
        route = _chosen(fits, piece)
        if allowed is None:
            return Reason(way, f"{fits} leads there or does not: {UNREAD}", fits.subnet.urn)
        if route is None or route.target == LOCAL:
            state = "is in the same network" if allowed else "has no route there"
            return Reason(way, f"{fits} {state}", fits.subnet.urn)
        verb = "leads there" if allowed else "lets nothing in" if way == INGRESS else "does not lead there"
        return Reason(way, f"route '{route.resource.name}' of {fits} {verb}", route.resource.urn)


def _leads(way: Way, direction: str, piece: Piece) -> bool | None:
    """Whether a subnet leads to an address, or the address to it; None where that is not known."""
    route = _chosen(way, piece)
    if way.routes is None or (route is not None and isinstance(route.target, Mark)):
        return None
    if any(each.to is None for each in way.routes):
        return None
    target = None if route is None else route.target
    if target == LOCAL:
        return True
    if not piece.public:
        return target == INSIDE
    if target != INTERNET:
        return direction != INGRESS and target in (NAT, EGRESS_ONLY)
    return None if isinstance(way.public, Mark) else bool(way.public)


def _chosen(way: Way, piece: Piece) -> Route | None:
    """The route with the longest prefix that holds an address."""
    found = [each for each in way.routes or () if each.to is not None and within(piece.range, each.to)]
    return max(found, key=lambda each: (each.to.prefixlen if each.to else 0, each.target == LOCAL), default=None)


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
        """Subnets of nodes whose routes are not all known."""
        for cluster in views.snapshot.of_type(EKS):
            for nodes in eks_nodes(views.snapshot, cluster):
                if nodes.subnets is None:
                    yield Problem(nodes.resource.urn, f"{nodes} is in subnets that are not known: routes do not count")


def _of(views: Views, scope: str) -> list[Way]:
    cluster = cluster_of(views.snapshot, scope)
    if cluster is None or cluster.type != EKS:
        return []
    nodes = eks_nodes(views.snapshot, cluster)
    if not nodes or any(each.subnets is None for each in nodes):
        return []
    known = {subnet.urn: subnet for subnet in views.subnets}
    return ways_out(views.snapshot, known, iter(dict.fromkeys(urn for each in nodes for urn in each.subnets or ())))
