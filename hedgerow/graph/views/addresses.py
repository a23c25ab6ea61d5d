"""Address ranges as manifests and clouds give them: read leniently, for judging what is there."""

import ipaddress
from collections.abc import Iterable
from typing import Any

from ...facts.cidr import Network
from ..value import MISSING, UNKNOWN, Mark, is_known, read


def network(text: Any) -> Network | None:
    """The range that a text names, host bits dropped as the servers do; None where it is none."""
    try:
        return ipaddress.ip_network(text, strict=False) if isinstance(text, str) else None
    except ValueError:
        return None


def real(ranges: Iterable[Network | None]) -> tuple[Network, ...]:
    """Those that are ranges."""
    return tuple(range_ for range_ in ranges if range_ is not None)


def whole(ranges: Iterable[Any]) -> str:
    """`0.0.0.0/0` or `::/0` where some of the ranges together hold every address of a family, else nothing."""
    known = [found for found in map(network, ranges) if found is not None]
    for version in (4, 6):
        of_it: list[Any] = [found for found in known if found.version == version]
        joined = next(ipaddress.collapse_addresses(of_it), None)
        if joined is not None and joined.prefixlen == 0:
            return str(joined)
    return ""


def within_block(block: Any, wanted: Network) -> Any:
    """Whether an `ipBlock` holds all of `wanted`; or UNKNOWN."""
    given, left_out = read(block, "cidr"), read(block, "except")
    if isinstance(given, Mark):
        return False if given is MISSING else UNKNOWN
    outer = network(given)
    if outer is None or outer.version != wanted.version or not wanted.subnet_of(outer):  # type: ignore[arg-type]
        return False
    holes = [network(text) for text in left_out] if isinstance(left_out, list) else []
    if any(hole is not None and hole.version == wanted.version and hole.overlaps(wanted) for hole in holes):
        return False
    return True if left_out is MISSING or is_known(left_out) else UNKNOWN
