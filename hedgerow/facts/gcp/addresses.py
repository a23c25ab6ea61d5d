"""How many addresses GKE takes for nodes, pods and Services, and what fits into a range.

Source: GKE documentation, VPC-native clusters and flexible Pod CIDR, as gathered in docs of terraform-google-modules
and cloud-foundation-fabric; read 2026-11-21. None of it was tried on a live cluster.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network

RESERVED_ADDRESSES = 4
"""Addresses of every subnet's primary range that Google keeps: the first two and the last two."""

LEAST_PODS_PER_NODE, MOST_PODS_PER_NODE = 8, 256
"""Between these a node pool may set how many pods a node takes."""

DEFAULT_PODS_PER_NODE = 110
"""Pods a node where nothing is said, in a standard cluster."""

AUTOPILOT_PODS_PER_NODE = 32
"""Pods a node of Autopilot, which nobody can change."""

WIDEST_SERVICES, NARROWEST_SERVICES = 16, 27
"""Prefix lengths between which the range of Service addresses must lie."""

DOCKER = IPv4Network("172.17.0.0/16")
"""What the bridge of the nodes' own container runtime uses: GKE takes no range that overlaps it."""

DEFAULT_ZONES = 3
"""Zones that Google picks for a regional cluster where none are named."""


def node_prefix(pods: int) -> int:
    """Prefix length of the range that each node gets for its pods: at least two addresses a pod, 110 pods a /24."""
    return 32 - (2 * pods - 1).bit_length()


def pod_addresses(nodes: int, pods: int) -> int:
    """Addresses that so many nodes of so many pods take out of a pod range."""
    return int(nodes) << (32 - node_prefix(int(pods)))


def prefix_for(addresses: int) -> int:
    """The longest prefix whose range holds so many addresses."""
    return 32 - (max(addresses, 1) - 1).bit_length()


def node_addresses(nodes: int) -> int:
    """Addresses that a subnet must have for so many nodes, those that Google keeps counted."""
    return nodes + RESERVED_ADDRESSES


def first_free(size: int, within: Iterable[IPv4Network], taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """The first range of a prefix length inside any of `within` that overlaps none of `taken`."""
    busy = list(taken)
    for outer in within:
        for range_ in outer.subnets(new_prefix=size) if size >= outer.prefixlen else ():
            if not any(range_.overlaps(other) for other in busy):
                return range_
    return None
