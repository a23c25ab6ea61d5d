"""Networks of the clouds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..snapshot import Resource, Snapshot
from ..value import MISSING

GOOGLE, AMAZON = "gcp:compute/network:Network", "aws:ec2/vpc:Vpc"
KINDS = {GOOGLE: "Network", AMAZON: "VPC"}


@dataclass(frozen=True)
class Network:
    """A network of a cloud."""

    resource: Resource
    kind: str
    automatic: Any
    """Whether the cloud lays a subnet in every region by itself, ranges it picks; or a mark."""

    @property
    def urn(self) -> str:
        return self.resource.urn

    def __str__(self) -> str:
        return f"{self.kind} '{self.resource.name}'"


def networks(snapshot: Snapshot) -> Iterator[Network]:
    """Every network that is made here: of Google Cloud automatic where nothing is said, of AWS never."""
    for resource in snapshot.of_type(*KINDS):
        if resource.inputs:
            given = resource.input("autoCreateSubnetworks")
            automatic = given is MISSING or given
            yield Network(resource, KINDS[resource.type], automatic if resource.type == GOOGLE else False)
