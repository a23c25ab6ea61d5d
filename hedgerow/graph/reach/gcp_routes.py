"""The layer of Google's routes: what leads to an address from the nodes of a cluster, and whether it gets back.

Inside its subnets a network routes everything, before any other route; of others the longest prefix counts, then the
lowest priority. To the internet a node needs an address of its own or a NAT, and from there the address. To what is
connected with a network nobody can tell from here.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from ...facts.cidr import Network, within
from ..snapshot import Resource
from ..value import UNKNOWN, Mark
from ..views import Views
from ..views.answer import every, some
from ..views.eks_nodes import cluster_of
from ..views.firewall import GkeNodes, gke_nodes
from ..views.gke import CLUSTER
from ..views.google_route import INTERNET, VPN, GoogleNetwork, GoogleRoute, google_network
from .addresses import Piece
from .endpoints import Population
from .fence import Ranges
from .layer import Layer, Problem, Reason
from .node_layer import NodeLayer, of_all
from .policy import EGRESS
from .ports import PortRange
from .sets import Tri

Kind = tuple[GkeNodes, Any]
"""Nodes of one kind, and whether they have public addresses; or a mark."""


class Routes(NodeLayer):
    """Ways between addresses and the nodes of a cluster. They know of no ports."""

    name = "routes"

    def __init__(self, people: Population, cluster: Resource, network: GoogleNetwork, nodes: Iterable[Kind]) -> None:
        super().__init__(people)
        self._cluster, self._network, self._nodes = cluster, network, tuple(nodes)

    def cuts(self) -> Iterable[PortRange]:
        """None: routes are for every port."""
        return ()

    def ports(self, way: str, piece: Piece) -> Tri:
        """Every port or none, where that is known of all nodes."""
        everything = self.space.everything
        bounds = {True: Tri(everything, everything), None: Tri(0, everything), False: Tri(0, 0)}
        found = [bounds[self._leads(kind, way, piece)] for kind in self._nodes]
        return of_all(found, everything) if found else Tri(0, everything)

    def reason(self, way: str, piece: Piece, port: PortRange, *, allowed: bool | None) -> Reason:  # noqa: ARG002 (as every layer)
        """What decides for the first kind of node that fits the answer."""
        if self._inside(piece):
            return Reason(way, "inside the network everything is routed", self._cluster.urn)
        fitting = [kind for kind in self._nodes if self._leads(kind, way, piece) is allowed]
        routes: list[GoogleRoute | None] = [None]
        if fitting and piece.range.version == 4:
            routes = chosen(self._network, fitting[0][0], piece)
        route, told = routes[0], self._doubt(piece, routes)
        if allowed is not None and route is None:
            told = "no route leads there"
        elif allowed is not None and route is not None and not (piece.public and route.hop == INTERNET):
            told = f"route '{route.resource.name}' {'leads there' if allowed else 'does not lead there'}"
            return Reason(way, told, route.resource.urn)
        elif allowed is not None:
            told = self._out() if allowed else f"no node of cluster '{self._cluster.name}' has a public address"
            told += ", and no NAT is for them" if way == EGRESS and not allowed else ""
        return Reason(way, told, self._cluster.urn)

    def _out(self) -> str:
        public = every([public for _, public in self._nodes])
        return "its nodes lead there" if public is True else "a NAT leads there"

    def _doubt(self, piece: Piece, routes: list[GoogleRoute | None]) -> str:
        names = [f"route '{route.resource.name}'" for route in routes if route is not None]
        if not piece.public and not self._network.whole:
            return "what is connected with its network is not known"
        if len(routes) > 1:
            return f"whether {names[0]} counts is not known"
        if names and routes[0] is not None and isinstance(routes[0].hop, Mark):
            return f"where {names[0]} leads is not known"
        return "whether its nodes have public addresses, or a NAT, is not known"

    def _inside(self, piece: Piece) -> bool:
        return any(within(piece.range, each) for each in self._network.ranges)

    def _leads(self, kind: Kind, way: str, piece: Piece) -> bool | None:
        if self._inside(piece):
            return True
        if piece.range.version == 6:
            return None if isinstance(self._network.six, Mark) else False
        nodes, public = kind
        found = {self._by(route, way, piece, public) for route in chosen(self._network, nodes, piece)}
        answer = found.pop() if len(found) == 1 else None
        if not piece.public and not self._network.whole:
            return True if answer is True else None
        return answer

    def _by(self, route: GoogleRoute | None, way: str, piece: Piece, public: Any) -> bool | None:
        if route is None:
            return False
        if isinstance(route.hop, Mark):
            return None
        if not piece.public or route.hop != INTERNET:
            return route.hop == VPN and not piece.public
        found = some([public, self._network.nat]) if way == EGRESS else public
        return None if isinstance(found, Mark) else bool(found)


def chosen(network: GoogleNetwork, nodes: GkeNodes, piece: Piece) -> list[GoogleRoute | None]:
    """The route that counts for an address; and every one that may stand before it."""
    found: list[GoogleRoute | None] = []
    rest = [each for each in network.routes if each.to is not None and within(piece.range, each.to)]
    found += [each for each in network.routes if each.to is None]
    best: Any = None
    for route in sorted(rest, key=_rank):
        placed = True if isinstance(route.priority, int) else UNKNOWN
        counts = every([route.applies, nodes.tagged(route.tags), placed])
        if counts is False or (best is not None and _rank(route) != best):
            continue
        found.append(route)
        if counts is True:
            best = _rank(route)
    return found if best is not None else [*found, None]


def _rank(route: GoogleRoute) -> tuple[int, int]:
    return (-(route.to.prefixlen if route.to else 0), route.priority if isinstance(route.priority, int) else 0)


class Source:
    """Reads the layer: for a cluster of GKE, by its network and its node pools."""

    def blocks(self, views: Views, scope: str) -> Iterator[Network]:
        """Every range of a subnet of the network, and every destination of a route."""
        cluster = cluster_of(views.snapshot, scope)
        if cluster is not None and cluster.type == CLUSTER:
            network = google_network(views.snapshot, cluster)
            yield from network.ranges
            yield from (route.to for route in network.routes if route.to is not None)

    def layers(self, views: Views, people: Population, ranges: Ranges) -> Iterator[Layer]:  # noqa: ARG002 (as every source)
        """One for a cluster that is declared here."""
        cluster = cluster_of(views.snapshot, people.scope)
        if cluster is not None and cluster.type == CLUSTER:
            yield Routes(people, cluster, google_network(views.snapshot, cluster), _kinds(views, cluster))

    def problems(self, views: Views) -> Iterator[Problem]:
        """Routes of which something is not known."""
        for cluster in views.snapshot.of_type(CLUSTER):
            for route in google_network(views.snapshot, cluster).routes if cluster.inputs else ():
                if route.to is None or route.priority is UNKNOWN or isinstance(route.tags, Mark):
                    yield Problem(route.resource.urn, f"Route '{route.resource.name}' is not all known yet")


def _kinds(views: Views, cluster: Resource) -> Iterator[Kind]:
    """Every kind of node, with what the views of pools say of its addresses: both list them in one order."""
    nodes = list(gke_nodes(views.snapshot, cluster))
    urns = {each.resource.urn for each in nodes}
    pools = [pool for pool in views.node_pools if pool.urn in urns]
    order = {each.resource.urn: index for index, each in enumerate(nodes)}
    pools.sort(key=lambda pool: order[pool.urn])
    known = len(pools) == len(nodes)
    yield from ((each, pools[index].public if known else UNKNOWN) for index, each in enumerate(nodes))
