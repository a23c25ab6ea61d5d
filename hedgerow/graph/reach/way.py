"""One way in: who gets to it, whose address pods see, and to which of their ports it leads."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from ...facts.cidr import Network, within
from ..value import UNKNOWN
from .addresses import Piece
from .layer import Reason
from .policy import INGRESS
from .ports import PortRange
from .sets import Tri

CLIENT, NODE, BALANCER = "client", "node", "balancer"
"""Whose address a pod sees."""
BALANCED, ON_NODES, ROUTED = "load balancer", "nodes", "routed"
"""Where a way stands: behind filters that a cloud opens itself, on the nodes' addresses, or on one led to them."""
NAME = "ways in"
INNER = "whether a public load balancer takes packets on its addresses inside the network is not known here"
FAR = "whether a route leads from there to the load balancer is not known here"
NODELESS = "whether an address inside the network gets to the nodes is not known here"
VEILED = "the ranges that it takes packets from are not known yet"
GROUPED = "it names security groups or prefix lists, and whom those let in is not known here"


class Entrance(NamedTuple):
    """Who gets to something: whether the internet does, from where pods see it come, and why it is not known."""

    public: bool | None
    seen: str
    doubt: str = ""
    sources: Any = ()
    """Ranges that it takes packets from, `()` for every one, or UNKNOWN."""
    inside: bool | None = None
    """Whether addresses that are not of the internet get to it."""
    stands: str = BALANCED
    opened: bool = False
    """Whether a controller of the cloud may open the security groups of nodes for it."""
    veil: str = VEILED
    """Why the ranges are not known, where they are not."""
    closed: str = ""
    """Why nothing gets in by it, whoever asks."""


@dataclass(frozen=True)
class Way:
    """One port of one object that leads from outside to pods."""

    name: str
    urn: str
    says: str
    """What it is and does, for witnesses."""
    field: str
    entrance: Entrance
    seen_from: tuple[Network, ...]
    """Where a load balancer or a node has its addresses."""
    ports: tuple[tuple[PortRange, Tri], ...]
    """Ports of pods, each with the pods that it is a port of."""
    outer: tuple[PortRange, ...] = ()
    """Ports of the nodes, one of which it has; empty where they are the pods' own, or a load balancer stands before."""
    near: tuple[Network, ...] = ()
    """Ranges from which an internal load balancer is reached for certain."""

    @property
    def public(self) -> bool | None:
        """Whether the internet gets to it, or None."""
        return self.entrance.public

    @property
    def sources(self) -> Any:
        """Ranges that it takes packets from, `()` for every one, or UNKNOWN."""
        return self.entrance.sources

    @property
    def exact(self) -> bool:
        """Whether it is known of everybody whether it leads them to pods, and to which."""
        known = self.entrance.closed or (self.public is not None and self.entrance.inside is False)
        there = self.sources is not UNKNOWN and self.entrance.seen == CLIENT
        return bool(known) and there and not self.outer and all(pods.sure == pods.may for _, pods in self.ports)

    @property
    def settled(self) -> bool:
        """Whether the layers of the nodes that it stands on decide who gets to it."""
        return self.entrance.stands == ON_NODES and self.entrance.inside is True

    def lets(self, piece: Piece) -> bool | None:
        """Whether a packet from these addresses gets to it and past its own filter."""
        reached = self.public if piece.public and not self.settled else self.entrance.inside
        if self.entrance.closed or reached is False:
            return False
        if self.sources is UNKNOWN:
            return None
        if self.sources and not any(within(piece.range, range_) for range_ in self.sources):
            return False
        return None if self.far(piece) else reached

    def far(self, piece: Piece) -> bool:
        """Whether it is a load balancer that an address inside has to have a route to, which nobody knows of."""
        inside = self.entrance.stands == BALANCED and not piece.public
        return inside and not any(within(piece.range, range_) for range_ in self.near)

    def step(self, text: str) -> Reason:
        """A step of a witness that is about it."""
        return Reason(INGRESS, text, self.urn, self.field, NAME)

    def refusal(self, piece: Piece) -> Reason:
        """Why it does not let these addresses in."""
        why = "does not take packets from there"
        if (self.public if piece.public else self.entrance.inside) is False:
            why = f"is not reached from {'the internet' if piece.public else 'inside the network'}"
        return self.step(f"{self.says}, and {self.entrance.closed or why}")

    def doubt(self, piece: Piece) -> Reason:
        """Why it is not known whether it lets these addresses in."""
        if self.sources is UNKNOWN:
            return self.step(self.entrance.veil)
        if self.entrance.stands == ON_NODES and not piece.public:
            return self.step(NODELESS)
        if self.entrance.doubt and (self.public is None or piece.public):
            return self.step(self.entrance.doubt)
        return self.step(FAR if self.entrance.inside else INNER)
