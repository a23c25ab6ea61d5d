"""Addresses for the oracles, one of every kind: few enough to try them all. No oracle itself."""

from ipaddress import ip_network
from typing import Any

PRIVATE = [ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")]
"""Where pods and nodes have their addresses."""
GOOGLE = [ip_network(text) for text in ("35.191.0.0/16", "130.211.0.0/22")]
"""Where Google's load balancers have theirs."""
NOT_PUBLIC = """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
    192.168.0.0/16 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3
    ::/3 2001:db8::/32 4000::/2 8000::/1"""


def of_ranges(ranges: list[Any], others: list[Any]) -> list[Any]:
    """One address of every part of `ranges` that `others` tell apart."""
    return [edge for edge in _edges([*ranges, *others]) if within(edge, ranges)]


def of_internet(others: list[Any]) -> list[Any]:
    """One public address of every part of the internet that `others` tell apart."""
    inside = [ip_network(text) for text in NOT_PUBLIC.split()]
    return [edge for edge in _edges([*inside, *others]) if not within(edge, inside)]


def within(address: Any, ranges: list[Any]) -> bool:
    """Whether any of the ranges has the address."""
    return any(address in each for each in ranges)


def _edges(ranges: list[Any]) -> list[Any]:
    """Where each range starts, and what follows it: nothing changes in between."""
    ended = [each for each in ranges if int(each[-1]) + 1 < 2**each.max_prefixlen]
    return [*(each[0] for each in ranges), *(each[-1] + 1 for each in ended)]
