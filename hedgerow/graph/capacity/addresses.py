"""How many pods the ranges of a cluster can address, and what its nodes take of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Any

from ...facts.aws.vpc import PREFIX_ADDRESSES, usable_addresses
from ...facts.gcp.addresses import AUTOPILOT_PODS_PER_NODE, RESERVED_ADDRESSES, node_prefix, pod_addresses
from ...facts.system_pods import SYSTEM_PODS
from ..snapshot import Resource, Snapshot
from ..value import read
from ..views.kubernetes import listing
from ..views.links import linked
from .nodes import Supply, pods_per_node

SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"


@dataclass(frozen=True)
class Ranges:
    """What the ranges of a cluster hold."""

    pods: int | None = None
    """Pods that can be addressed besides the system's own; None where that is not known."""
    what: str = ""
    """Which ranges these are, with their size."""
    over: tuple[str, int, int] | None = None
    """What takes more than there is even before any pod does: what, how much, and how much there is."""
    note: str = ""
    """What holds only as long as not every node is full."""


def of_subnets(supplies: Sequence[Supply]) -> Ranges:
    """Of EKS: nodes and pods share the subnets of the node groups."""
    subnets = {subnet.urn: subnet for supply in supplies for subnet in supply.pool.subnets}
    ranges = [_network(subnet.input("cidrBlock")) for subnet in subnets.values()]
    sizes = [usable_addresses(range_) for range_ in ranges if range_ is not None]
    nodes = [supply.most for supply in supplies]
    if not ranges or len(sizes) < len(ranges) or None in nodes or not all(each.pool.subnets for each in supplies):
        return Ranges()
    number = sum(node or 0 for node in nodes)
    prefixes = any(supply.pool.prefixes is True for supply in supplies)
    free = sum(sizes) - number
    what = f"{len(sizes)} subnets with {sum(sizes):,} addresses"
    if free < 0:
        return Ranges(0, what, (f"{number:,} nodes take an address each", number, sum(sizes)))
    full = sum((supply.most or 0) * supply.interfaces for supply in supplies)
    note = f"with every interface full, the nodes would take {full:,} of {sum(sizes):,} addresses"
    return Ranges(free - free % PREFIX_ADDRESSES if prefixes else free, what, note=note if full > sum(sizes) else "")


def of_pod_range(snapshot: Snapshot, cluster: Resource | None, contract: Any, supplies: Sequence[Supply]) -> Ranges:
    """Of GKE: every node takes a block of the pod range, whether its pods are there or not."""
    range_ = _network(read(contract, "ranges", "pods")) or _secondary(snapshot, cluster)
    if range_ is None or any(supply.most is None for supply in supplies):
        return Ranges()
    taken = sum(pod_addresses(supply.most or 0, pods_per_node(supply.pool)) for supply in supplies)
    what = f"pod range {range_} with {range_.num_addresses:,} addresses"
    number = sum(supply.most or 0 for supply in supplies)
    if taken > range_.num_addresses:
        return Ranges(0, what, (f"{number:,} nodes take a block each", taken, range_.num_addresses))
    room = _node_addresses(snapshot, cluster)
    if room is not None and number > room:
        return Ranges(0, "node range of the subnet", (f"{number:,} nodes take an address each", number, room))
    system = SYSTEM_PODS["gcp"].node_pods
    return Ranges(sum((supply.most or 0) * max(pods_per_node(supply.pool) - system, 0) for supply in supplies), what)


def of_autopilot(snapshot: Snapshot, cluster: Resource | None, contract: Any) -> Ranges:
    """Of Autopilot: as many nodes as the ranges have room for, each with 32 pods."""
    range_ = _network(read(contract, "ranges", "pods")) or _secondary(snapshot, cluster)
    if range_ is None:
        return Ranges()
    nodes = range_.num_addresses >> (32 - node_prefix(AUTOPILOT_PODS_PER_NODE))
    room = _node_addresses(snapshot, cluster)
    nodes = nodes if room is None else min(nodes, room)
    what = f"pod range {range_}, room for {nodes:,} nodes"
    return Ranges(nodes * (AUTOPILOT_PODS_PER_NODE - SYSTEM_PODS["gcp"].node_pods), what)


def _node_addresses(snapshot: Snapshot, cluster: Resource | None) -> int | None:
    """Nodes that the subnet of a cluster has addresses for; None where that is not known."""
    subnetwork = _subnetwork(snapshot, cluster)
    primary = _network(subnetwork.input("ipCidrRange")) if subnetwork is not None else None
    return None if primary is None else max(primary.num_addresses - RESERVED_ADDRESSES, 0)


def _subnetwork(snapshot: Snapshot, cluster: Resource | None) -> Resource | None:
    found = linked(snapshot, cluster, "subnetwork", SUBNETWORK) if cluster is not None else []
    return found[0] if len(found) == 1 else None


def _secondary(snapshot: Snapshot, cluster: Resource | None) -> IPv4Network | None:
    """The pod range that a cluster names, in its subnetwork; or the one that it gives itself."""
    if cluster is None:
        return None
    name = cluster.input("ipAllocationPolicy", "clusterSecondaryRangeName")
    subnetwork = _subnetwork(snapshot, cluster)
    given = listing(subnetwork.input("secondaryIpRanges")) if subnetwork is not None else []
    for item in given if isinstance(given, list) else []:
        if isinstance(name, str) and read(item, "rangeName") == name:
            return _network(read(item, "ipCidrRange"))
    return _network(cluster.input("ipAllocationPolicy", "clusterIpv4CidrBlock"))


def _network(given: Any) -> IPv4Network | None:
    try:
        return IPv4Network(given) if isinstance(given, str) else None
    except (AddressValueError, NetmaskValueError, ValueError):
        return None
