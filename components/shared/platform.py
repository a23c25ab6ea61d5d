"""The contract between a platform and the tenants on it: what a tenant may know of the cluster, cloud-neutral."""

from typing import NotRequired, TypedDict

CONTRACT_VERSION = 1
"""Raised when a key changes its meaning; a consumer that reads an older one says which stack to update first."""

ENFORCERS = ("vpc-cni", "dataplane-v2", "calico", "cilium", "none")
"""Who may enforce NetworkPolicy in a cluster."""


class DnsArgs(TypedDict):
    addresses: list[str]
    """Addresses (CIDR) of DNS caches that no pod selector can match, such as NodeLocal DNSCache."""
    namespace: str
    """Namespace of the cluster's DNS pods."""
    pods: list[dict[str, str]]
    """Labels of the pods that answer DNS, one entry a kind; a policy must allow all."""


class EndpointArgs(TypedDict):
    address: str
    """Addresses (CIDR) of the server."""
    ports: list[int]
    """TCP ports that it answers on."""


class LoadBalancerArgs(TypedDict):
    annotations: dict[str, str]
    """Annotations by which a Service asks the cloud for it."""


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
    health_checks: list[str]
    """Ranges (CIDR) from where load balancers probe and forward to pods."""
    identity: list[EndpointArgs]
    """What a pod with an identity of the cloud must reach, and no other pod may."""
    kubernetes: str
    """Minor version of Kubernetes that the cluster runs, such as `1.35`."""
    label_prefix: str
    """Prefix of hedgerow's own labels, a DNS name."""
    load_balancers: dict[str, LoadBalancerArgs]
    """How a Service asks for a load balancer, by who is to reach it: `internal` and `public`."""
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
