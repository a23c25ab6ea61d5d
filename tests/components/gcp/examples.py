"""Args of every Google Cloud component that several tests start from: the smallest and the fullest."""

from typing import Any

from components.gcp import (
    GcpNetwork,
    GcpNetworkArgs,
    GcpPlatform,
    GcpPlatformArgs,
    GcpServiceAccount,
    GcpServiceAccountArgs,
    GkeAutopilotCluster,
    GkeAutopilotClusterArgs,
    GkeCapacity,
    GkeChannel,
    GkeCluster,
    GkeClusterArgs,
    GkeEndpointMode,
    GkeNodePool,
    GkeNodePoolArgs,
    ProjectServices,
    ProjectServicesArgs,
)

PROJECT = "acme-dev-1234"
REGION = "europe-west4"
LABELS = {"owner": "platform-team"}
KEY = f"projects/{PROJECT}/locations/{REGION}/keyRings/gke/cryptoKeys/secrets"
GROUP = "gke-security-groups@example.com"

PROJECT_SERVICES: dict[str, ProjectServicesArgs] = {
    "smallest": {"project": PROJECT},
    "fullest": {"project": PROJECT, "services": ["dns", "cloudkms.googleapis.com", "compute"]},
}

GCP_NETWORK: dict[str, GcpNetworkArgs] = {
    "smallest": {
        "cidr": "10.16.0.0/16",
        "pools": {"general": {"nodes": 17, "pods_per_node": 110}},
        "project": PROJECT,
        "region": REGION,
    },
    "fullest": {
        "cidr": "10.16.0.0/20",
        "nodes_cidr": "10.16.8.0/22",
        "pods_cidr": "100.64.0.0/14",
        "pools": {"general": {"nodes": 900, "pods_per_node": 64}, "gpu": {"nodes": 16, "pods_per_node": 32}},
        "project": PROJECT,
        "protect": True,
        "region": "us-central1",
        "services_cidr": "10.16.16.0/20",
    },
}

GCP_SERVICE_ACCOUNT: dict[str, GcpServiceAccountArgs] = {
    "smallest": {"project": PROJECT},
    "fullest": {
        "account_id": "gcp-dev-nodes",
        "grants": {
            "images": {"project": "acme-images", "role": "roles/artifactregistry.reader"},
            "own": {"role": f"projects/{PROJECT}/roles/node_extras"},
        },
        "project": PROJECT,
    },
}

GKE_CLUSTER: dict[str, GkeClusterArgs] = {
    "smallest": {
        "network_id": "network",
        "node_service_account": "nodes@acme-dev-1234.iam.gserviceaccount.com",
        "pods_range": "pods",
        "project": PROJECT,
        "region": REGION,
        "services_range": "services",
        "subnetwork_id": "subnet",
        "version": "1.35",
    },
    "fullest": {
        "authorized_cidrs": {"office": "203.0.113.0/24", "vpn": "198.51.100.7/32"},
        "channel": GkeChannel.STABLE,
        "deletion_protection": True,
        "endpoint_mode": GkeEndpointMode.PUBLIC_IP,
        "labels": LABELS,
        "maintenance_start": "03:00",
        "network_id": "network",
        "node_service_account": "nodes@acme-dev-1234.iam.gserviceaccount.com",
        "pods_range": "pods",
        "project": PROJECT,
        "region": REGION,
        "secrets_key": KEY,
        "security_group": GROUP,
        "services_range": "services",
        "subnetwork_id": "subnet",
        "version": "1.35",
        "zones": ["c", "a"],
    },
}

GKE_AUTOPILOT_CLUSTER: dict[str, GkeAutopilotClusterArgs] = {
    "smallest": {**GKE_CLUSTER["smallest"]},
    "fullest": {
        **GKE_CLUSTER["smallest"],
        "authorized_cidrs": {"runners": "10.8.0.0/24"},
        "channel": GkeChannel.RAPID,
        "deletion_protection": True,
        "endpoint_mode": GkeEndpointMode.PRIVATE_IP,
        "labels": LABELS,
        "maintenance_start": "22:30",
        "max_nodes": 40,
        "secrets_key": KEY,
        "security_group": GROUP,
    },
}

GKE_NODE_POOL: dict[str, GkeNodePoolArgs] = {
    "smallest": {
        "cluster_name": "gcp-dev",
        "machine_type": "n2-standard-8",
        "max": 14,
        "project": PROJECT,
        "region": REGION,
        "service_account": "nodes@acme-dev-1234.iam.gserviceaccount.com",
    },
    "fullest": {
        "capacity": GkeCapacity.SPOT,
        "cluster_name": "gcp-dev",
        "disk_gib": 200,
        "gpu": {"count": 2, "type": "nvidia-tesla-t4"},
        "labels": {"example.com/pool": "gpu"},
        "machine_type": "n1-standard-8",
        "max": 12,
        "max_surge": 0,
        "min": 0,
        "pods_per_node": 32,
        "project": PROJECT,
        "region": REGION,
        "resource_labels": LABELS,
        "service_account": "nodes@acme-dev-1234.iam.gserviceaccount.com",
        "taints": {"example.com/team": {"effect": "NoExecute", "value": "search"}, "idle": {"effect": "NoSchedule"}},
        "zones": ["b"],
    },
}

GCP_PLATFORM: dict[str, GcpPlatformArgs] = {
    "smallest": {
        "environment": "dev",
        "label_prefix": "platform.example.com",
        "network": {"cidr": "10.16.0.0/16"},
        "node_pools": {"general": {"machine_type": "n2-standard-8", "max": 14}},
        "project": PROJECT,
        "region": REGION,
        "versions": {"kubernetes": "1.35"},
    },
    "fullest": {
        "cluster": {
            "authorized_cidrs": {"runners": "10.8.0.0/24"},
            "channel": GkeChannel.STABLE,
            "endpoint_mode": GkeEndpointMode.PRIVATE_IP,
            "security_group": GROUP,
            "zones": ["a", "b"],
        },
        "environment": "prod",
        "label_prefix": "platform.example.com",
        "labels": LABELS,
        "network": {"cidr": "10.32.0.0/15", "services_cidr": "10.34.0.0/20"},
        "node_pools": {
            "general": {"labels": {"pool": "general"}, "machine_type": "n2-standard-16", "max": 60, "min": 3},
            "gpu": {"machine_type": "a2-highgpu-1g", "max": 13, "min": 0, "pods_per_node": 32, "zones": ["b"]},
        },
        "project": "acme-prod-1234",
        "region": REGION,
        "registries": ["acme-images"],
        "versions": {"kubernetes": "1.35"},
    },
    "autopilot": {
        "autopilot": {},
        "environment": "dev",
        "label_prefix": "platform.example.com",
        "network": {"cidr": "10.16.0.0/17"},
        "project": PROJECT,
        "region": REGION,
        "versions": {"kubernetes": "1.35"},
    },
}

COMPONENTS: dict[Any, Any] = {
    GcpNetwork: (GcpNetworkArgs, GCP_NETWORK),
    GcpPlatform: (GcpPlatformArgs, GCP_PLATFORM),
    GcpServiceAccount: (GcpServiceAccountArgs, GCP_SERVICE_ACCOUNT),
    GkeAutopilotCluster: (GkeAutopilotClusterArgs, GKE_AUTOPILOT_CLUSTER),
    GkeCluster: (GkeClusterArgs, GKE_CLUSTER),
    GkeNodePool: (GkeNodePoolArgs, GKE_NODE_POOL),
    ProjectServices: (ProjectServicesArgs, PROJECT_SERVICES),
}
"""Every component with its Args class and its examples by size."""
