"""Facts of Amazon VPC that address planning needs.

Source: Amazon VPC user guide, VPC and subnet sizing; EKS user guide, network-reqs; read 2026-11-21.
"""

from ipaddress import IPv4Network

LARGEST, SMALLEST = 16, 28
"""Prefix lengths between which the range of a VPC or subnet must lie."""

RESERVED_ADDRESSES = 5
"""Addresses of every subnet that AWS keeps: the first four and the last."""

PREFIX_ADDRESSES = 16
"""Addresses of the /28 that prefix delegation hands to a network interface at once."""


def usable_addresses(subnet: IPv4Network) -> int:
    """How many addresses of a subnet can be given to something."""
    return subnet.num_addresses - RESERVED_ADDRESSES
