"""A GKE cluster whose nodes Google makes and sizes for the pods: private, with one way in and no node settings."""

from dataclasses import dataclass
from typing import NotRequired, cast

import pulumi
import pulumi_gcp as gcp

from ..shared.checks import whole
from ..shared.inputs import checking, fields
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
from .gke_node_pool import GkeNodePoolSettings

DEFAULT_MAX_NODES = 100


class GkeAutopilotClusterSettings(GkeControlPlaneSettings):
    max_nodes: NotRequired[int]
    """Nodes that the network must have room for; Autopilot itself knows no most. Default: `100`."""


class GkeAutopilotClusterArgs(GkeAutopilotClusterSettings, GkePlaceArgs):
    pass


NODE_SETTINGS = {*fields(GkeNodePoolSettings), "node_config", "node_pools"} - fields(GkeAutopilotClusterArgs).keys()
"""Settings of nodes that somebody may have meant for Autopilot."""


@dataclass(frozen=True)
class GkeAutopilotClusterPlan:
    """`max_nodes` is what the ranges are to hold."""

    control_plane: ControlPlane
    max_nodes: int


def plan(name: str, args: GkeAutopilotClusterArgs) -> GkeAutopilotClusterPlan:
    given = dict(args)
    known = cast("GkeAutopilotClusterArgs", {key: given[key] for key in given if key not in NODE_SETTINGS})
    with checking("GkeAutopilotCluster", name, known, GkeAutopilotClusterArgs) as wrong:
        for key in sorted(given.keys() & NODE_SETTINGS):
            rule = "must be left out: Autopilot makes the nodes itself and replaces a cluster that sets them"
            wrong(key, rule, given[key], "delete it, or take a GkeCluster with node pools")
        return GkeAutopilotClusterPlan(
            control_plane=check_control_plane(wrong, name, known),
            max_nodes=whole(wrong, "max_nodes", known.get("max_nodes", DEFAULT_MAX_NODES), 1, 5000),
        )


class GkeAutopilotCluster(pulumi.ComponentResource):
    """A GKE cluster whose nodes Google makes and sizes for the pods: private, with one way in and no node settings."""

    cluster_name: pulumi.Output[str]
    """Name of the cluster, known once it answers."""
    endpoint: pulumi.Output[str]
    """Host of the Kubernetes API, by the endpoint mode."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig as JSON; it gets tokens by gke-gcloud-auth-plugin and holds no secret."""

    def __init__(self, name: str, args: GkeAutopilotClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:GkeAutopilotCluster", name, dict(args), opts)
        want = plan(name, args)
        kept = want.control_plane.deletion_protection
        cluster = gcp.container.Cluster(
            name,
            # The only way to say whom the nodes run as; without it they run as the account of all of Compute Engine.
            cluster_autoscaling={
                "auto_provisioning_defaults": {
                    "oauth_scopes": list(SCOPES),
                    "service_account": args["node_service_account"],
                }
            },
            enable_autopilot=True,
            **cluster_inputs(name, args, want.control_plane),
            opts=pulumi.ResourceOptions(parent=self, protect=kept or None),
        )
        mode = want.control_plane.endpoint_mode
        self.cluster_name, self.endpoint = cluster.name, host(mode, cluster)
        self.kubeconfig = reached(mode, cluster, self.endpoint, context(args, name))
        self.register_outputs(
            {"cluster_name": self.cluster_name, "endpoint": self.endpoint, "kubeconfig": self.kubeconfig}
        )
