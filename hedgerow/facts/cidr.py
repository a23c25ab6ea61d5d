"""Address ranges, strictly: read, compared and subtracted with the standard library's `ipaddress`."""

import ipaddress
import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network
from typing import TypeVar

Network = IPv4Network | IPv6Network
AnyNetwork = TypeVar("AnyNetwork", IPv4Network, IPv6Network)

PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
"""Ranges that hedgerow takes for networks: RFC 1918, RFC 6598 (shared address space), RFC 4193 (unique local IPv6)."""

_PREFIX = re.compile(r"0|[1-9][0-9]{0,2}")
_WANTED = "write a range such as 10.16.0.0/16"


class CidrError(ValueError):
    """A text that is no address range. The message says what to write."""


def network(text: str) -> IPv4Network:
    """The IPv4 range that a text names; CidrError for host bits, a missing or odd prefix length, or IPv6."""
    found = any_network(text)
    if isinstance(found, IPv6Network):
        raise CidrError(f"{text!r} is an IPv6 range; write an IPv4 range such as 10.16.0.0/16")
    return found


def any_network(text: str) -> Network:
    """The IPv4 or IPv6 range that a text names; CidrError as in `network`."""
    address, slash, prefix = text.partition("/") if isinstance(text, str) else ("", "", "")
    try:
        start = ipaddress.ip_address(address)
    except ValueError:
        raise CidrError(f"{text!r} is not an address range; {_WANTED}") from None
    if not slash:
        raise CidrError(f"{text!r} has no prefix length; write {text}/{start.max_prefixlen} for one address")
    if "%" in address or getattr(start, "ipv4_mapped", None):
        raise CidrError(f"{text!r} is not a plain IPv6 range; write one such as fd00:10::/48, or an IPv4 range")
    if not (_PREFIX.fullmatch(prefix) and int(prefix) <= start.max_prefixlen):
        raise CidrError(f"{text!r} has no prefix length between 0 and {start.max_prefixlen}; {_WANTED}")
    found = ipaddress.ip_network(text, strict=False)
    if found.network_address != start:
        raise CidrError(f"{text!r} has host bits set; write {found}")
    return found


def is_private(range_: Network) -> bool:
    """Whether a range lies wholly within one of `PRIVATE`."""
    return any(within(range_, private) for private in PRIVATE)


def within(inner: Network, outer: Network) -> bool:
    """Whether every address of `inner` is in `outer`. Ranges of different families never are."""
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def overlaps(one: Network, other: Network) -> bool:
    """Whether two ranges share an address. Ranges of different families never do."""
    return one.version == other.version and one.overlaps(other)


def subtract(range_: AnyNetwork, others: Iterable[Network]) -> list[AnyNetwork]:
    """The fewest ranges that hold the addresses of `range_` outside all `others`, in order of address."""
    same = [other for other in others if isinstance(other, type(range_))]
    left = [range_]
    for other in ipaddress.collapse_addresses(same):
        left = [piece for block in left for piece in _without(block, other)]
    return sorted(left)


def _without(block: AnyNetwork, other: AnyNetwork) -> list[AnyNetwork]:
    if not block.overlaps(other):
        return [block]
    return [] if block.subnet_of(other) else list(block.address_exclude(other))
