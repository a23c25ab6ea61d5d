"""Ranges of addresses that are the platform's own: its network, its pods, its services."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..snapshot import Resource, Snapshot
from ..value import MISSING, Mark, read
from .kubernetes import listing
from .links import linked

EKS, GKE = ("aws:eks/cluster:Cluster", "eks:index:Cluster"), "gcp:container/cluster:Cluster"
VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
TO_SUBNETS = ("vpcConfig", "subnetIds", "privateSubnetIds", "publicSubnetIds")
GKE_RANGES = {"pods": "clusterIpv4CidrBlock", "services": "servicesIpv4CidrBlock"}


def ranges(contract: Mapping[str, Any], snapshot: Snapshot) -> Any:
    """What the platform's contract says, else what clusters are made in, by part; each a text, or it or all a mark.

    Of a network that no cluster is in, nothing: a database behind it is nobody's pod.
    """
    given = contract.get("ranges", {})
    if given != {}:
        return given
    found = dict[str, Any]()
    for cluster in snapshot.of_type(*EKS):
        found |= _eks(snapshot, cluster)
    for cluster in snapshot.of_type(GKE):
        found |= _gke(snapshot, cluster)
    return {part: range_ for part, range_ in found.items() if range_ is not MISSING}


def _eks(snapshot: Snapshot, cluster: Resource) -> Iterator[tuple[str, Any]]:
    for network in _networks(snapshot, cluster):
        yield f"VPC '{network.name}'", network.input("cidrBlock")
    yield f"services of '{cluster.name}'", cluster.input("kubernetesNetworkConfig", "serviceIpv4Cidr")


def _networks(snapshot: Snapshot, cluster: Resource) -> list[Resource]:
    subnets = [one for key in TO_SUBNETS for one in linked(snapshot, cluster, key, SUBNET)]
    through = [network for subnet in subnets for network in linked(snapshot, subnet, "vpcId", VPC)]
    return list({network.urn: network for network in (*linked(snapshot, cluster, "vpcId", VPC), *through)}.values())


def _gke(snapshot: Snapshot, cluster: Resource) -> Iterator[tuple[str, Any]]:
    for subnetwork in linked(snapshot, cluster, "subnetwork", SUBNETWORK):
        yield f"subnet '{subnetwork.name}'", subnetwork.input("ipCidrRange")
        given = listing(subnetwork.input("secondaryIpRanges"))
        if isinstance(given, Mark):
            yield f"ranges of subnet '{subnetwork.name}'", given
        for item in [] if isinstance(given, Mark) else given:
            yield f"range {read(item, 'rangeName')} of subnet '{subnetwork.name}'", read(item, "ipCidrRange")
    for part, key in GKE_RANGES.items():
        yield f"{part} of '{cluster.name}'", cluster.input("ipAllocationPolicy", key)
