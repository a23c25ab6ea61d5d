"""The contract between a platform and the tenants on it: what a tenant may know of the cluster, cloud-neutral."""

from typing import NotRequired, TypedDict

CONTRACT_VERSION = 1
"""Raised when a key changes its meaning; a consumer that reads an older one says which stack to update first."""


class DnsArgs(TypedDict):
    addresses: list[str]
    """Addresses (CIDR) of DNS caches that no pod selector can match, such as NodeLocal DNSCache."""
    namespace: str
    """Namespace of the cluster's DNS pods."""
    pods: list[dict[str, str]]
    """Labels of the pods that answer DNS, one entry a kind; a policy must allow all."""


class PoolArgs(TypedDict):
    instance_type: str
    """Smallest machine type of the pool, in the cloud's own words."""
    max: int
    """Most nodes."""
    min: int
    """Fewest nodes."""
    labels: NotRequired[dict[str, str]]
    """Labels of its nodes. Default: none."""
    taints: NotRequired[dict[str, str]]
    """Taints of its nodes, key to `value:Effect`. Default: none."""


class PlatformArgs(TypedDict):
    cluster: str
    """Name of the cluster."""
    dns: DnsArgs
    """How pods reach DNS."""
    environment: str
    """Class of the environment: `dev`, `staging` or `prod`."""
    kubernetes: str
    """Minor version of Kubernetes that the cluster runs, such as `1.35`."""
    label_prefix: str
    """Prefix of hedgerow's own labels, a DNS name."""
    metadata_addresses: list[str]
    """Addresses (CIDR) of the cloud's metadata servers, which no tenant reaches."""
    network_policy: str
    """Who enforces NetworkPolicy: `vpc-cni`, `dataplane-v2`, `calico`, `cilium` or `none`."""
    pools: dict[str, PoolArgs]
    """Node pools by name."""
    ranges: dict[str, str]
    """Ranges (CIDR) of the platform by role: `network`, `services`."""
    version: int
    """Version of this contract."""
