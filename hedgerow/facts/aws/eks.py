"""Facts of Amazon EKS: Kubernetes versions and their support, images, access policies, what a cluster needs.

Versions: tables/eks_versions.csv. Add-ons: tables/eks_addons.csv. Access policies and their contents: EKS user guide,
access-policy-reference. Image types and log types: botocore 1.44.5 model of EKS. Subnets: EKS user guide, network-reqs.
All read 2026-11-21.
"""

import functools
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from .. import kubernetes, table
from .instances import instance
from .regions import partition

ADDONS = Path(__file__).with_name("tables") / "eks_addons.csv"
VERSIONS = Path(__file__).with_name("tables") / "eks_versions.csv"

DEFAULT_VERSION = "1.35"
"""Kubernetes version of a new cluster that names none: the newest but one, in standard support until 2027-03-27."""

NODE_SKEW = 3
"""Minor versions by which nodes may be older than the control plane (best-practices guide, upgrades)."""

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
"""Control-plane logs that EKS can write to CloudWatch."""

FEWEST_ZONES = 2
"""Availability zones that the subnets of a control plane must span."""

FEWEST_FREE_ADDRESSES, ADVISED_FREE_ADDRESSES = 6, 16
"""Free addresses that EKS wants in each control-plane subnet, at creation and at every upgrade."""

EXCLUDED_ZONE_IDS = frozenset({"use1-az3", "usw1-az2", "cac1-az3"})
"""Zones, by id, that take no control-plane subnet."""

ACCESS_POLICY_ROLES: Mapping[str, str] = {
    "AmazonEKSClusterAdminPolicy": "cluster-admin",
    "AmazonEKSAdminPolicy": "admin",
    "AmazonEKSEditPolicy": "edit",
    "AmazonEKSViewPolicy": "view",
    "AmazonEKSAdminViewPolicy": "view",
    "AmazonEKSSecretReaderPolicy": "view",
}
"""Managed access policies for people, each with the built-in ClusterRole that writes the same fencing objects.

They differ in what they read: AdminView reads everything, Secrets included, SecretReader only Secrets.
"""


class Version(NamedTuple):
    """One Kubernetes version on EKS. A day named as an end is the first without that support (UTC)."""

    version: str
    """Such as `1.35`."""
    released: date
    """First day on EKS."""
    standard_ends: date
    """First day that costs extended support."""
    extended_ends: date
    """First day on which EKS upgrades the cluster by itself."""

    def support(self, today: date) -> str:
        """`none` (not yet, or no more), `standard` or `extended`, on the day given."""
        if not self.released <= today < self.extended_ends:
            return "none"
        return "standard" if today < self.standard_ends else "extended"


class UnknownVersion(LookupError):
    """A Kubernetes version that the table lacks. The message names those it has and its date."""


class UnsupportedInstance(LookupError):
    """An instance type that no AL2023 image of EKS runs on."""


def version(name: str) -> Version:
    """What is known of a Kubernetes version on EKS; UnknownVersion where the table lacks it."""
    known = versions()
    if name not in known:
        have = ", ".join(known)
        raise UnknownVersion(f"Kubernetes {name!r} is not in the table ({table.source(VERSIONS)}); write one of {have}")
    return known[name]


@functools.cache
def versions() -> Mapping[str, Version]:
    """The Kubernetes versions of EKS by name, oldest first."""
    found = [Version(row[0], *(date.fromisoformat(day) for day in row[1:])) for row in table.rows(VERSIONS)]
    return {each.version: each for each in sorted(found, key=lambda each: minor(each.version))}


def addon_default(name: str, version: str) -> str | None:
    """The version of an add-on that EKS installs on a version of Kubernetes; None where the table does not say."""
    return _addons().get(f"{name}@{version}") or None


@functools.cache
def _addons() -> Mapping[str, str]:
    return {row[0]: row[1] for row in table.rows(ADDONS)}


def minor(version: str) -> int:
    """The minor number of a version: 35 of `1.35` and of `v1.35.2-eks-1`."""
    return int(version.removeprefix("v").split(".")[1])


def ami_type(instance_type: str) -> str:
    """The AL2023 image type that suits an instance type: NVIDIA or Neuron where it has such devices, else standard."""
    found = instance(instance_type)
    if instance_type.startswith("a1."):
        raise UnsupportedInstance(f"AL2023 does not run on {instance_type}; take Graviton2 or newer, such as m7g.large")
    arch = "ARM_64" if found.arch == "arm64" else "x86_64"
    if found.neurons:
        return f"AL2023_{arch}_NEURON"
    return f"AL2023_{arch}_{'NVIDIA' if found.gpus else 'STANDARD'}"


def access_policy_arn(name: str, region: str) -> str:
    """The ARN of a managed access policy in the partition of a region."""
    return f"arn:{partition(region)}:eks::aws:cluster-access-policy/{name}"


def access_policy_writes(name: str, resource: str) -> bool:
    """Whether a managed access policy may write one of the objects that fence a tenant, such as `networkpolicies`.

    LookupError for a policy of another kind: those for nodes and services are not for people.
    """
    if name not in ACCESS_POLICY_ROLES:
        raise LookupError(f"{name!r} is no access policy for people; write one of {', '.join(ACCESS_POLICY_ROLES)}")
    return kubernetes.role_writes(ACCESS_POLICY_ROLES[name], resource)
