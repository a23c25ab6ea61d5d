"""A regional GKE cluster with your own node pools: private nodes, Dataplane V2, Workload Identity, one way in."""

from dataclasses import dataclass
from typing import Any, NotRequired

import pulumi
import pulumi_gcp as gcp

from ..shared.inputs import checking
from .checks import check_zones
from .control_plane import (
    SCOPES,
    ControlPlane,
    GkeControlPlaneSettings,
    GkePlaceArgs,
    check_control_plane,
    cluster_inputs,
    context,
)
from .endpoint import host, reached

FIXED_AT_BIRTH = ("initialNodeCount", "nodeConfig", "nodeLocations", "nodePools")
"""What describes the pool that every cluster is born with; once it is gone, a difference would replace the cluster.

Google picks the locations where none are named and may name more later; those of the pools decide where nodes are.
"""


class GkeClusterSettings(GkeControlPlaneSettings):
    zones: NotRequired[list[str]]
    """Letters of the zones of its nodes. Default: three that Google picks."""


class GkeClusterArgs(GkeClusterSettings, GkePlaceArgs):
    pass


@dataclass(frozen=True)
class GkeClusterPlan:
    """`zones` are letters; none where Google picks."""

    control_plane: ControlPlane
    zones: tuple[str, ...]


def plan(name: str, args: GkeClusterArgs) -> GkeClusterPlan:
    with checking("GkeCluster", name, args, GkeClusterArgs) as wrong:
        return GkeClusterPlan(
            control_plane=check_control_plane(wrong, name, args),
            zones=check_zones(wrong, args["region"], args["zones"]) if "zones" in args else (),
        )


class GkeCluster(pulumi.ComponentResource):
    """A regional GKE cluster with your own node pools: private nodes, Dataplane V2, Workload Identity, one way in."""

    cluster_name: pulumi.Output[str]
    """Name of the cluster, known once it answers."""
    endpoint: pulumi.Output[str]
    """Host of the Kubernetes API, by the endpoint mode."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig as JSON; it gets tokens by gke-gcloud-auth-plugin and holds no secret."""

    def __init__(self, name: str, args: GkeClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:GkeCluster", name, dict(args), opts)
        want = plan(name, args)
        kept = want.control_plane.deletion_protection
        zones = [f"{args['region']}-{zone}" for zone in want.zones]
        inputs = {**cluster_inputs(name, args, want.control_plane), **({"node_locations": zones} if zones else {})}
        cluster = gcp.container.Cluster(
            name,
            addons_config={"dns_cache_config": {"enabled": False}},
            datapath_provider="ADVANCED_DATAPATH",
            enable_shielded_nodes=True,
            initial_node_count=1,
            node_config=_first_nodes(args["node_service_account"]),
            node_pool_defaults={"node_config_defaults": {"insecure_kubelet_readonly_port_enabled": "FALSE"}},
            remove_default_node_pool=True,
            workload_identity_config={"workload_pool": pulumi.Output.concat(args["project"], ".svc.id.goog")},
            **inputs,
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=list(FIXED_AT_BIRTH), protect=kept or None),
        )
        mode = want.control_plane.endpoint_mode
        self.cluster_name, self.endpoint = cluster.name, host(mode, cluster)
        self.kubeconfig = reached(mode, cluster, self.endpoint, context(args, name))
        self.register_outputs(
            {"cluster_name": self.cluster_name, "endpoint": self.endpoint, "kubeconfig": self.kubeconfig}
        )


def _first_nodes(service_account: pulumi.Input[str]) -> Any:
    """Nodes of the pool that GKE makes and the provider removes: they must satisfy organisation and quotas as well."""
    return {
        "disk_size_gb": 20,
        "disk_type": "pd-standard",
        "machine_type": "e2-medium",
        "oauth_scopes": list(SCOPES),
        "service_account": service_account,
        "shielded_instance_config": {"enable_integrity_monitoring": True, "enable_secure_boot": True},
        "workload_metadata_config": {"mode": "GKE_METADATA"},
    }
