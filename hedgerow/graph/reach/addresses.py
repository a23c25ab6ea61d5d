"""Addresses outside the cluster, cut into as few ranges as the policies tell apart; each piece is one endpoint."""

import ipaddress
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ...facts.cidr import PRIVATE, Network, within
from ...facts.profiles import EC2_METADATA, ECS_CREDENTIALS, GOOGLE_METADATA, POD_IDENTITY_AGENT
from ..value import Mark
from .policy import Peer
from .sets import Tri

INTERNET = {ipaddress.ip_network("0.0.0.0/0"): "internet", ipaddress.ip_network("::/0"): "internet/ipv6"}
LINK_LOCAL = (ipaddress.ip_network("169.254.0.0/16"), ipaddress.ip_network("fe80::/10"))
METADATA = tuple(
    dict.fromkeys(
        ipaddress.ip_network(text) for text in EC2_METADATA + POD_IDENTITY_AGENT + ECS_CREDENTIALS + GOOGLE_METADATA
    )
)


@dataclass(frozen=True)
class Piece:
    """The addresses of `range` that no other piece within it holds."""

    range: Network
    name: str
    """`internet`, `internet/ipv6`, `metadata`, `metadata/<address>`, or the range."""

    @property
    def metadata(self) -> bool:
        """Whether it is a metadata or credential server, which answers and never asks."""
        return self.name.startswith("metadata")


class Addresses:
    """Every address, as pieces of a tree of ranges: each is told apart from what is within it."""

    def __init__(self, ranges: Iterable[Network]) -> None:
        every = {*INTERNET, *PRIVATE, *LINK_LOCAL, *METADATA, *ranges}
        self.pieces = tuple(Piece(item, _name(item)) for item in sorted(every, key=_order))
        self._starts = [_order(piece.range) for piece in self.pieces]

    def within(self, peer: Peer) -> Tri:
        """Positions of the pieces that the block of a peer holds."""
        if isinstance(peer.block, Mark):
            return Tri(0, (1 << len(self.pieces)) - 1)
        inside = self._inside(peer.block)
        if isinstance(peer.excepted, Mark):
            return Tri(0, inside)
        sure = may = inside
        for hole in peer.excepted:
            if isinstance(hole, Mark):
                sure = 0
            else:
                outside = ~self._inside(hole)
                sure, may = sure & outside, may & outside
        return Tri(sure, may)

    def _inside(self, outer: Network) -> int:
        low = bisect_left(self._starts, _order(outer))
        high = bisect_left(self._starts, (outer.version, int(outer.broadcast_address) + 1, 0))
        return (1 << high) - (1 << low)


def blocks(peers: Iterable[Any]) -> Iterator[Network]:
    """Every range that peers name."""
    for peer in peers:
        if isinstance(peer, Peer):
            excepted = peer.excepted if isinstance(peer.excepted, tuple) else ()
            yield from (item for item in (peer.block, *excepted) if not isinstance(item, Mark))


def holds_pods(peer: Peer, pods: Iterable[Network]) -> Tri:
    """Whether a block holds all (`sure`) or some (`may`) of the ranges that pods have their addresses in, as 0 or 1."""
    if isinstance(peer.block, Mark) or isinstance(peer.excepted, Mark):
        return Tri(0, 1)
    holes = [hole for hole in peer.excepted if not isinstance(hole, Mark)]
    ranges = list(pods)
    touched = [
        item
        for item in ranges
        if (within(item, peer.block) or within(peer.block, item)) and not any(within(item, hole) for hole in holes)
    ]
    touched = [item for item in touched if not _covered(peer.block, item, holes)]
    whole = len(holes) == len(peer.excepted) and bool(ranges)
    whole = whole and all(within(item, peer.block) and not _cut(item, holes) for item in ranges)
    return Tri(int(whole), int(bool(touched)))


def _covered(block: Network, item: Network, holes: list[Network]) -> bool:
    smaller = block if within(block, item) else item
    return any(within(smaller, hole) for hole in holes)


def _cut(item: Network, holes: list[Network]) -> bool:
    return any(within(hole, item) or within(item, hole) for hole in holes)


def _name(item: Network) -> str:
    if item in METADATA:
        return "metadata" if item == METADATA[0] else f"metadata/{item.network_address}"
    return INTERNET.get(item, str(item))


def _order(item: Network) -> tuple[int, int, int]:
    return item.version, int(item.network_address), item.prefixlen
