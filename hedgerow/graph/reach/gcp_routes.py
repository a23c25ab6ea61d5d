"""The layer of Google's routes: without a public address a node is not reached from the internet, and needs a NAT out.

Inside a network everything is routed; to what is connected with it, nobody can tell from here.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from ...facts.cidr import Network
from ..snapshot import Resource
from ..value import UNKNOWN
from ..views import Views
from ..views.answer import every, some
from ..views.eks_nodes import cluster_of
from ..views.firewall import gke_nodes
from ..views.gke import CLUSTER
from .addresses import Piece
from .endpoints import Population
from .fence import Ranges
from .layer import Layer, Problem, Reason
from .node_layer import NodeLayer
from .policy import EGRESS
from .ports import PortRange
from .sets import Tri

NAT = "gcp:compute/routerNat:RouterNat"


class Routes(NodeLayer):
    """Ways between the internet and the nodes of a cluster. They know of no ports."""

    name = "routes"

    def __init__(self, people: Population, cluster: Resource, public: list[Any], *, nat: bool) -> None:
        super().__init__(people)
        self._cluster, self._public, self._nat = cluster, public, nat

    def cuts(self) -> Iterable[PortRange]:
        """None: routes are for every port."""
        return ()

    def ports(self, way: str, piece: Piece) -> Tri:
        """Every port or none, where that is known of all nodes."""
        everything, answer = self.space.everything, self._leads(way, piece)
        return Tri(everything if answer is True else 0, 0 if answer is False else everything)

    def reason(self, way: str, piece: Piece, port: PortRange, *, allowed: bool | None) -> Reason:  # noqa: ARG002 (as every layer)
        """Whether nodes have public addresses, or a NAT."""
        told = {
            True: "a NAT leads there" if self._nat and every(self._public) is not True else "its nodes lead there",
            False: f"no node of cluster '{self._cluster.name}' has a public address",
            None: "whether its nodes have public addresses, or a NAT, is not known",
        }
        return Reason(
            way, told[allowed] if piece.public else "inside the network everything is routed", self._cluster.urn
        )

    def _leads(self, way: str, piece: Piece) -> bool | None:
        if not piece.public:
            return True
        if way == EGRESS:
            return True if self._nat or every(self._public) is True else None
        sure, may = every(self._public), some(self._public)
        return True if sure is True and self._public else False if may is False else None


class Source:
    """Reads the layer: for a cluster of GKE, by its node pools."""

    def blocks(self, views: Views, scope: str) -> Iterable[Network]:  # noqa: ARG002 (as every source)
        """None: it tells public addresses from others only."""
        return ()

    def layers(self, views: Views, people: Population, ranges: Ranges) -> Iterator[Layer]:  # noqa: ARG002 (as every source)
        """One for a cluster that is declared here."""
        cluster = cluster_of(views.snapshot, people.scope)
        if cluster is not None and cluster.type == CLUSTER:
            nodes = {each.resource.urn for each in gke_nodes(views.snapshot, cluster)}
            public = [pool.public for pool in views.node_pools if pool.urn in nodes]
            yield Routes(people, cluster, public or [UNKNOWN], nat=any(views.snapshot.of_type(NAT)))

    def problems(self, views: Views) -> Iterable[Problem]:  # noqa: ARG002 (as every source)
        """None: what is not known is told by the layer of firewall rules."""
        return ()
