"""Clusters and who may administer them, in words common to the clouds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..snapshot import Resource, Snapshot
from ..value import MISSING
from .kubernetes import listing

EKS, EKS_COMPONENT = "aws:eks/cluster:Cluster", "eks:index:Cluster"
EVERYWHERE = ["0.0.0.0/0"]
ACCESS_POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"


@dataclass(frozen=True)
class Cluster:
    """A managed control plane. Endpoint values are plain or a mark; the provider's defaults are filled in."""

    resource: Resource
    kind: str
    public: Any
    """Whether the API server answers from the internet."""
    public_ranges: Any
    """CIDRs let in from the internet, `["0.0.0.0/0"]` where none are given."""
    private: Any
    """Whether it answers inside the network."""

    @property
    def urn(self) -> str:
        return self.resource.urn

    def __str__(self) -> str:
        return f"{self.kind} cluster '{self.resource.name}'"


@dataclass(frozen=True)
class AccessPolicy:
    """An EKS access policy given to a principal, for the cluster or for namespaces."""

    resource: Resource
    policy: Any
    """Its name, such as `AmazonEKSEditPolicy`; or a mark."""
    principal: Any
    scope: Any
    """`cluster` or `namespace`; or a mark."""
    namespaces: Any

    @property
    def urn(self) -> str:
        return self.resource.urn

    def __str__(self) -> str:
        return f"EKS access policy '{self.resource.name}'"


def eks_clusters(snapshot: Snapshot) -> Iterator[Cluster]:
    """Clusters of EKS, registered natively or by pulumi-eks. Defaults: public from anywhere, not private."""
    for resource in snapshot.of_type(EKS):
        if not resource.inputs:
            continue  # only looked up
        yield Cluster(
            resource,
            "EKS",
            given_or(resource.input("vpcConfig", "endpointPublicAccess"), default=True),
            given_or(listing(resource.input("vpcConfig", "publicAccessCidrs")), default=EVERYWHERE),
            given_or(resource.input("vpcConfig", "endpointPrivateAccess"), default=False),
        )
    for resource in snapshot.of_type(EKS_COMPONENT):
        yield Cluster(
            resource,
            "EKS",
            given_or(resource.input("endpointPublicAccess"), default=True),
            given_or(listing(resource.input("publicAccessCidrs")), default=EVERYWHERE),
            given_or(resource.input("endpointPrivateAccess"), default=False),
        )


def access_policies(snapshot: Snapshot) -> Iterator[AccessPolicy]:
    """Every EKS access policy association."""
    for resource in snapshot.of_type(ACCESS_POLICY):
        arn = resource.input("policyArn")
        yield AccessPolicy(
            resource,
            arn.rpartition("/")[2] if isinstance(arn, str) else arn,
            resource.input("principalArn"),
            resource.input("accessScope", "type"),
            resource.input("accessScope", "namespaces"),
        )


def given_or(value: Any, *, default: Any) -> Any:
    """The value, or what holds where there is none."""
    return default if value is MISSING or value == [] else value
