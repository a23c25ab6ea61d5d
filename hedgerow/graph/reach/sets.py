"""Sets as bits of an integer, and sets of which only bounds are known."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Tri(NamedTuple):
    """A set by its bounds: what is in it for `sure`, and what `may` be (`sure` is within `may`)."""

    sure: int
    may: int

    def and_(self, other: "Tri") -> "Tri":
        """What is in both."""
        return Tri(self.sure & other.sure, self.may & other.may)

    def or_(self, other: "Tri") -> "Tri":
        """What is in either."""
        return Tri(self.sure | other.sure, self.may | other.may)

    def without(self, other: "Tri") -> "Tri":
        """What is in this one and not in the other."""
        return Tri(self.sure & ~other.may, self.may & ~other.sure)


EMPTY = Tri(0, 0)


def members(bits: int) -> Iterator[int]:
    """Positions of the bits that are set, in order."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def bits_of(positions: Iterable[int]) -> int:
    """The set that holds these positions."""
    bits = 0
    for position in positions:
        bits |= 1 << position
    return bits
