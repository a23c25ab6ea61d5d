"""Ports as sets: every (protocol, port) over TCP, UDP and SCTP, in as few classes as anybody tells apart."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

PROTOCOLS = ("TCP", "UDP", "SCTP")
FIRST, LAST = 1, 65535
_WIDTH = LAST + 1
_TEXT = re.compile(r"(?:(?P<protocol>[A-Za-z]+)(?:/|$))?(?:(?P<first>\d{1,5})(?:-(?P<last>\d{1,5}))?)?")


class PortRange(NamedTuple):
    """Ports `first` to `last` of one protocol, both ends in it."""

    protocol: str
    first: int
    last: int

    def __str__(self) -> str:
        if (self.first, self.last) == (FIRST, LAST):
            return self.protocol
        return f"{self.protocol}/{self.ports}"

    @property
    def ports(self) -> str:
        """`80`, or `8000-8100`."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


EVERYTHING = tuple(PortRange(protocol, FIRST, LAST) for protocol in PROTOCOLS)


class PortSpace:
    """All ports, cut where any of `ranges` begins or ends; a set of ports is a bit mask over the pieces."""

    def __init__(self, ranges: Iterable[PortRange]) -> None:
        cuts = {_at(protocol, FIRST) for protocol in PROTOCOLS}
        for protocol, first, last in ranges:
            cuts.add(_at(protocol, first))
            if last < LAST:
                cuts.add(_at(protocol, last + 1))
        self._starts = sorted(cuts)
        self.everything = (1 << len(self._starts)) - 1
        self._masks: dict[PortRange, int] = {}
        self._told: dict[int, tuple[PortRange, ...]] = {0: ()}

    def mask(self, wanted: PortRange) -> int:
        """The pieces that touch a range; exactly the range where it is one of those given at the start."""
        found = self._masks.get(wanted)
        if found is None:
            low = bisect_left(self._starts, _at(wanted.protocol, wanted.first) + 1) - 1
            high = bisect_left(self._starts, _at(wanted.protocol, wanted.last) + 1)
            found = self._masks[wanted] = (1 << high) - (1 << low)
        return found

    def ranges(self, mask: int) -> tuple[PortRange, ...]:
        """The fewest ranges that a mask holds, in order of protocol and port."""
        found = self._told.get(mask)
        if found is None:
            found = self._told[mask] = tuple(self._ranges(mask))
        return found

    def _ranges(self, mask: int) -> Iterable[PortRange]:
        open_: PortRange | None = None
        for index, start in enumerate(self._starts):
            if not mask >> index & 1:
                continue
            protocol, first = PROTOCOLS[start // _WIDTH], start % _WIDTH
            after = self._starts[index + 1] if index + 1 < len(self._starts) else len(PROTOCOLS) * _WIDTH
            last = after - 1 - start // _WIDTH * _WIDTH if after // _WIDTH == start // _WIDTH else LAST
            if open_ is not None and open_.protocol == protocol and open_.last + 1 == first:
                open_ = PortRange(protocol, open_.first, last)
            else:
                if open_ is not None:
                    yield open_
                open_ = PortRange(protocol, first, last)
        if open_ is not None:
            yield open_


def told(ranges: Iterable[PortRange]) -> str:
    """`every port`, or `TCP/80, TCP/8000-8100, UDP`."""
    given = tuple(ranges)
    return "every port" if given == EVERYTHING else ", ".join(map(str, given)) or "no port"


def shared(ranges: Iterable[PortRange], wanted: Iterable[PortRange]) -> tuple[PortRange, ...]:
    """The ports that are in both."""
    limits = tuple(wanted)
    return tuple(
        PortRange(one.protocol, max(one.first, other.first), min(one.last, other.last))
        for one in ranges
        for other in limits
        if one.protocol == other.protocol and one.first <= other.last and other.first <= one.last
    )


def united(ranges: Iterable[PortRange]) -> tuple[PortRange, ...]:
    """The ports that are in any, in the fewest ranges."""
    joined: list[PortRange] = []
    for one in sorted(ranges, key=lambda item: (PROTOCOLS.index(item.protocol), item.first)):
        if joined and joined[-1].protocol == one.protocol and one.first <= joined[-1].last + 1:
            joined[-1] = PortRange(one.protocol, joined[-1].first, max(joined[-1].last, one.last))
        else:
            joined.append(one)
    return tuple(joined)


def without(ranges: Iterable[PortRange], others: Iterable[PortRange]) -> tuple[PortRange, ...]:
    """The ports of the first that are not in the second."""
    left = list(ranges)
    for other in others:
        cut: list[PortRange] = []
        for one in left:
            if one.protocol != other.protocol or one.last < other.first or other.last < one.first:
                cut.append(one)
                continue
            if one.first < other.first:
                cut.append(PortRange(one.protocol, one.first, other.first - 1))
            if other.last < one.last:
                cut.append(PortRange(one.protocol, other.last + 1, one.last))
        left = cut
    return tuple(left)


def parse(text: str) -> tuple[PortRange, ...]:
    """The ports that a person means by `443`, `UDP/53`, `TCP/8000-8100` or `SCTP`; ValueError for anything else."""
    match = _TEXT.fullmatch(text)
    if not text or match is None:
        raise ValueError(f"{text!r} is no port; write one such as 443, UDP/53 or TCP/8000-8100")
    protocol = (match["protocol"] or "TCP").upper()
    first = int(match["first"] or FIRST)
    last = int(match["last"] or (match["first"] or LAST))
    if protocol not in PROTOCOLS or not FIRST <= first <= last <= LAST:
        raise ValueError(f"{text!r} is no port; write TCP, UDP or SCTP and a port between 1 and 65535, as in UDP/53")
    return (PortRange(protocol, first, last),)


def _at(protocol: str, port: int) -> int:
    return PROTOCOLS.index(protocol) * _WIDTH + port
