"""Node pools, in words common to the clouds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..snapshot import Resource, Snapshot
from ..value import MISSING, UNKNOWN
from .answer import some
from .kubernetes import listing
from .links import linked
from .subnet import SUBNETS, Subnet

EKS_GROUP = "aws:eks/nodeGroup:NodeGroup"
EKS_SUBNETS = {
    EKS_GROUP: "subnetIds",
    "eks:index:ManagedNodeGroup": "subnetIds",
    "eks:index:NodeGroup": "nodeSubnetIds",
    "eks:index:NodeGroupV2": "nodeSubnetIds",
}
"""Node groups of EKS, with the input that says where their nodes are."""


@dataclass(frozen=True)
class NodePool:
    """Nodes that come and go together."""

    resource: Resource
    kind: str
    public: Any
    """Whether the internet may reach its nodes; or a mark."""
    witness: str
    """What shows that, where it is not the pool itself."""

    @property
    def urn(self) -> str:
        return self.resource.urn

    def __str__(self) -> str:
        return f"{self.kind} '{self.resource.name}'"


def eks_node_groups(snapshot: Snapshot, subnets: Mapping[str, Subnet]) -> Iterator[NodePool]:
    """Node groups of EKS, registered natively or by pulumi-eks."""
    for kind, key in EKS_SUBNETS.items():
        for resource in snapshot.of_type(kind):
            if resource.inputs:
                given = resource.input("nodeAssociatePublicIpAddress")
                public, witness = _public(snapshot, resource, key, subnets)
                asked = False if given is MISSING else given
                yield NodePool(resource, "EKS node group", some([asked, public]), witness)


def _public(snapshot: Snapshot, resource: Resource, key: str, subnets: Mapping[str, Subnet]) -> tuple[Any, str]:
    """Whether some of its subnets are public, and which.

    An input that is not known yet may have been made of more subnets than are in it, so that some does not tell then.
    """
    found = [subnets[subnet.urn] for subnet in linked(snapshot, resource, key, *SUBNETS) if subnet.urn in subnets]
    given = listing(resource.input(key))
    public = [subnet for subnet in found if subnet.public is True]
    if public and (len(public) == len(found) or (isinstance(given, list) and len(given) == len(found))):
        return True, ", ".join(map(str, public))
    sure = found and all(subnet.public is False for subnet in found)
    return (False if sure and _all_linked(given, found) else UNKNOWN), ""


def _all_linked(given: Any, found: list[Subnet]) -> bool:
    """Whether nothing in the list stands for a subnet that is not made here."""
    return not isinstance(given, list) or len(given) <= len(found)
