"""Components over pulumi_gcp: project, network, service accounts, GKE clusters, and the platform made of them."""

from .control_plane import GkeChannel
from .endpoint import GkeEndpointMode
from .gcp_network import GcpNetwork, GcpNetworkArgs, GcpNetworkPoolArgs, GcpNetworkSettings
from .gcp_service_account import GcpGrantArgs, GcpServiceAccount, GcpServiceAccountArgs
from .gke_autopilot_cluster import GkeAutopilotCluster, GkeAutopilotClusterArgs, GkeAutopilotClusterSettings
from .gke_cluster import GkeCluster, GkeClusterArgs, GkeClusterSettings
from .gke_node_pool import (
    GkeCapacity,
    GkeGpuArgs,
    GkeNodePool,
    GkeNodePoolArgs,
    GkeNodePoolSettings,
    GkeTaintArgs,
)
from .platform import GcpPlatform, GcpPlatformArgs, GcpPlatformSettings, GcpPlatformVersionsArgs
from .project_services import ProjectServices, ProjectServicesArgs

__all__ = [
    "GcpGrantArgs",
    "GcpNetwork",
    "GcpNetworkArgs",
    "GcpNetworkPoolArgs",
    "GcpNetworkSettings",
    "GcpPlatform",
    "GcpPlatformArgs",
    "GcpPlatformSettings",
    "GcpPlatformVersionsArgs",
    "GcpServiceAccount",
    "GcpServiceAccountArgs",
    "GkeAutopilotCluster",
    "GkeAutopilotClusterArgs",
    "GkeAutopilotClusterSettings",
    "GkeCapacity",
    "GkeChannel",
    "GkeCluster",
    "GkeClusterArgs",
    "GkeClusterSettings",
    "GkeEndpointMode",
    "GkeGpuArgs",
    "GkeNodePool",
    "GkeNodePoolArgs",
    "GkeNodePoolSettings",
    "GkeTaintArgs",
    "ProjectServices",
    "ProjectServicesArgs",
]
