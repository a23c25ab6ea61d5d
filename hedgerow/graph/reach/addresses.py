"""Addresses outside the cluster, cut into as few ranges as the policies tell apart; each piece is one endpoint."""

import ipaddress
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from ...facts.cidr import PRIVATE, Network, within
from ...facts.profiles import EC2_METADATA, ECS_CREDENTIALS, GOOGLE_METADATA, POD_IDENTITY_AGENT
from ..value import Mark
from .policy import Peer
from .sets import Tri, members

INTERNET = {ipaddress.ip_network("0.0.0.0/0"): "internet", ipaddress.ip_network("::/0"): "internet/ipv6"}
FAMILIES = {"internet": (4, 6), "internet/ipv6": (6,)}
"""Names that mean every public address, of which versions."""
NOT_PUBLIC = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/3", "::/3", "2001:db8::/32", "3fff::/20", "4000::/2", "8000::/1"),
    )
)
"""What IANA's special-purpose registries keep from the internet: private, local, multicast, documentation, reserved."""
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
    public: bool
    """Whether some of its addresses are of the internet."""

    @property
    def metadata(self) -> bool:
        """Whether it is a metadata or credential server, which answers and never asks."""
        return self.name.startswith("metadata")


class Addresses:
    """Every address, as pieces of a tree of ranges: each is told apart from what is within it."""

    def __init__(self, ranges: Iterable[Network]) -> None:
        every = sorted({*INTERNET, *PRIVATE, *LINK_LOCAL, *METADATA, *ranges}, key=_order)
        self.pieces = tuple(_pieces(every))
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

    def meant(self, text: str) -> list[Piece]:
        """The pieces of the internet, of an address or of a range, as a text names it; none for any other text."""
        if text in FAMILIES:
            public = [piece for piece in self.pieces if piece.public and piece.range.version in FAMILIES[text]]
            return sorted(public, key=lambda piece: piece.range not in INTERNET)
        try:
            return self.overlapping(ipaddress.ip_network(text, strict=False))
        except ValueError:
            return []

    def overlapping(self, wanted: Network) -> list[Piece]:
        """The pieces that share an address with a range."""
        inside = [self.pieces[position] for position in members(self._inside(wanted))]
        held = ipaddress.collapse_addresses(piece.range for piece in inside)  # type: ignore[type-var]
        left = wanted.num_addresses - sum(part.num_addresses for part in held)
        around = [piece for piece in self.pieces if left and within(wanted, piece.range)]
        return [*around[-1:], *inside]

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


def _pieces(every: list[Network]) -> Iterator[Piece]:
    """Pieces that have an address of their own, of ranges in order: what is within another one follows it."""
    own, public = {item: item.num_addresses for item in every}, {item: _public(item) for item in every}
    open_: list[Network] = []
    for item in every:
        while open_ and not within(item, open_[-1]):
            open_.pop()
        if open_:
            own[open_[-1]] -= item.num_addresses
            public[open_[-1]] -= _public(item)
        open_.append(item)
    return (Piece(item, _name(item, public=public[item] > 0), public[item] > 0) for item in every if own[item])


def _public(item: Network) -> int:
    """How many addresses of the internet a range has."""
    first, last = int(item.network_address), int(item.broadcast_address)
    return last + 1 - first - (_kept_below(item.version, last + 1) - _kept_below(item.version, first))


def _kept_below(version: int, end: int) -> int:
    """How many addresses before `end` are none of the internet."""
    starts, before = _KEPT[version]
    at = bisect_right(starts, end - 1) - 1
    return 0 if at < 0 else before[at] + min(end - starts[at], before[at + 1] - before[at])


def _kept(version: int) -> tuple[list[int], list[int]]:
    kept = sorted((item for item in NOT_PUBLIC if item.version == version), key=_order)
    return [int(item.network_address) for item in kept], [0, *accumulate(item.num_addresses for item in kept)]


def _name(item: Network, *, public: bool) -> str:
    if item in METADATA:
        return "metadata" if item == METADATA[0] else f"metadata/{item.network_address}"
    return INTERNET.get(item, str(item)) if public else str(item)


def _order(item: Network) -> tuple[int, int, int]:
    return item.version, int(item.network_address), item.prefixlen


_KEPT = {version: _kept(version) for version in (4, 6)}
