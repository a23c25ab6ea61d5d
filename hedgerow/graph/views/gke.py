"""Clusters and node pools of GKE. Values are plain or a mark; the provider's defaults are filled in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..snapshot import Resource, Snapshot
from ..value import MISSING, SECRET, UNKNOWN, Mark, read
from .answer import every
from .cluster import EVERYWHERE, Cluster, given_or
from .kubernetes import listing
from .links import linked, meant
from .network import GOOGLE
from .node_pool import NodePool

CLUSTER, POOL = "gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool"
ACCOUNT = "gcp:serviceaccount/account:Account"
SHARED_ACCOUNT = "-compute@developer.gserviceaccount.com"
METADATA_SERVER = "GKE_METADATA"


@dataclass(frozen=True)
class GkeCluster(Cluster):
    """A control plane of GKE."""

    autopilot: Any
    """Whether Google makes its nodes."""
    default_network: Any
    """Whether it lies in the network that every project is born with."""
    google_addresses: Any
    """Whether whoever rents a machine of Google Cloud may ask its public endpoint."""
    private_nodes: Any
    """Whether its nodes have no public address, unless their pool says otherwise."""
    shielded_nodes: Any
    """Whether a node proves what it is before it joins."""
    workload_identity: Any
    """Whether pods get identities of their own."""


@dataclass(frozen=True)
class GkeNodePool(NodePool):
    """Nodes of GKE: a pool, or those that a cluster makes itself."""

    default_account: Any
    """Whether its nodes run as the account that all of Compute Engine shares."""
    metadata_server: Any
    """Whether GKE's own metadata server stands between its pods and the identity of the node."""


def gke_clusters(snapshot: Snapshot) -> Iterator[GkeCluster]:
    """Clusters of GKE. Defaults: public from anywhere, nodes with public addresses, on the default network."""
    for resource in snapshot.of_type(CLUSTER):
        if resource.inputs:
            autopilot = given_or(resource.input("enableAutopilot"), default=False)
            yield GkeCluster(
                resource,
                "GKE",
                public=_public(resource),
                public_ranges=_ranges(resource),
                private=True,
                autopilot=autopilot,
                default_network=_default_network(snapshot, resource),
                google_addresses=resource.input("masterAuthorizedNetworksConfig", "gcpPublicCidrsAccessEnabled"),
                private_nodes=given_or(resource.input("privateClusterConfig", "enablePrivateNodes"), default=False),
                shielded_nodes=given_or(resource.input("enableShieldedNodes"), default=True),
                workload_identity=_workload_identity(resource),
            )


def gke_node_pools(snapshot: Snapshot) -> Iterator[GkeNodePool]:
    """Node pools of GKE, then the nodes that clusters make themselves: Autopilot, inline pools, one never removed."""
    known = {cluster.urn: cluster for cluster in gke_clusters(snapshot)}
    for resource in snapshot.of_type(POOL):
        if resource.inputs:
            found = meant(snapshot, resource, "cluster", CLUSTER)
            cluster = None if isinstance(found, Mark) else known.get(found.urn)
            yield _pool(
                snapshot, resource, resource.inputs, "nodeConfig", UNKNOWN if cluster is None else cluster.private_nodes
            )
    for cluster in known.values():
        yield from _own_pools(snapshot, cluster)


def _own_pools(snapshot: Snapshot, cluster: GkeCluster) -> Iterator[GkeNodePool]:
    resource = cluster.resource
    if cluster.autopilot is True:
        account = ("autoProvisioningDefaults", "serviceAccount")
        shared = _default_account(
            snapshot, resource, read(resource.inputs, "clusterAutoscaling", *account), "clusterAutoscaling"
        )
        yield GkeNodePool(resource, "GKE cluster", _negated(cluster.private_nodes), "", shared, metadata_server=True)
        return
    inline, removed = listing(resource.input("nodePools")), resource.input("removeDefaultNodePool")
    unsure = [value for value in (cluster.autopilot, inline, removed) if value is UNKNOWN or value is SECRET]
    if unsure:
        yield GkeNodePool(resource, "GKE cluster", unsure[0], "", unsure[0], unsure[0])
    elif inline:
        for each in inline:
            yield _pool(snapshot, resource, each, "nodePools", cluster.private_nodes)
    elif removed is not True:
        yield _pool(snapshot, resource, resource.inputs, "nodeConfig", cluster.private_nodes)


def _pool(snapshot: Snapshot, resource: Resource, given: Any, key: str, inherited: Any) -> GkeNodePool:
    private = given_or(read(given, "networkConfig", "enablePrivateNodes"), default=inherited)
    config = read(given, "nodeConfig")
    mode = read(config, "workloadMetadataConfig", "mode")
    return GkeNodePool(
        resource,
        "GKE node pool" if resource.type == POOL else "GKE cluster",
        public=_negated(private),
        witness="",
        default_account=_default_account(snapshot, resource, read(config, "serviceAccount"), key),
        metadata_server=UNKNOWN if isinstance(mode, Mark) and mode is not MISSING else mode == METADATA_SERVER,
    )


def _public(resource: Resource) -> Any:
    by_address = given_or(resource.input("controlPlaneEndpointsConfig", "ipEndpointsConfig", "enabled"), default=True)
    return every([by_address, _negated(resource.input("privateClusterConfig", "enablePrivateEndpoint"))])


def _ranges(resource: Resource) -> Any:
    config = resource.input("masterAuthorizedNetworksConfig")
    if isinstance(config, Mark):
        return EVERYWHERE if config is MISSING else config
    blocks = listing(read(config, "cidrBlocks"))
    return blocks if isinstance(blocks, Mark) else [read(block, "cidrBlock") for block in blocks]


def _default_network(snapshot: Snapshot, resource: Resource) -> Any:
    given = resource.input("network")
    if given is MISSING:
        return resource.input("subnetwork") is MISSING
    if isinstance(given, Mark):
        return False if linked(snapshot, resource, "network", GOOGLE) else given
    return str(given).rpartition("/")[2] == "default"


def _workload_identity(resource: Resource) -> Any:
    """The name of a pool may wait: there is only one that a cluster can have, that of its project."""
    config = resource.input("workloadIdentityConfig")
    if isinstance(config, Mark):
        return False if config is MISSING else config
    given = read(config, "workloadPool")
    return given not in (MISSING, "")


def _default_account(snapshot: Snapshot, resource: Resource, given: Any, key: str) -> Any:
    if given is MISSING or given == "default":
        return True
    if isinstance(given, Mark):
        return False if linked(snapshot, resource, key, ACCOUNT) else given
    return str(given).endswith(SHARED_ACCOUNT)


def _negated(value: Any) -> Any:
    """Whether it is not True; marks for what is not known stay."""
    return value if isinstance(value, Mark) and value is not MISSING else value is not True
