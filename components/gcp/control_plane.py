"""What standard and Autopilot clusters have in common: their settings, their checks and what is set on both."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi

from ..shared.checks import choice
from ..shared.inputs import Wrong
from .checks import check_name, check_region, check_resource_labels
from .endpoint import GkeEndpointMode, check_authorized, endpoint_inputs

LONGEST_NAME = 40
SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
"""All of them: what nodes may do is said by the roles of their service account."""
GROUP = re.compile(r"gke-security-groups@[a-z0-9.-]+\.[a-z]{2,}")
KEY = re.compile(r"projects/[a-z0-9:.-]+/locations/[a-z0-9-]+/keyRings/[\w-]+/cryptoKeys/[\w-]+")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class GkeChannel(StrEnum):
    """How soon Google brings new versions to a cluster."""

    REGULAR = "regular"
    RAPID = "rapid"
    STABLE = "stable"
    EXTENDED = "extended"


class GkeControlPlaneSettings(TypedDict):
    authorized_cidrs: NotRequired[dict[str, str]]
    """Ranges that reach an IP endpoint, by name; the network of whoever runs `pulumi up` among them. Default: none."""
    channel: NotRequired[GkeChannel]
    """Release channel: `rapid`, `regular`, `stable` or `extended`. Default: `regular`."""
    deletion_protection: NotRequired[bool]
    """Whether the provider and Pulumi refuse to delete the cluster. Default: `false`."""
    endpoint_mode: NotRequired[GkeEndpointMode]
    """The one way in: `dns` (by name, guarded by IAM), `private_ip` or `public_ip`. Default: `dns`."""
    maintenance_start: NotRequired[str]
    """When Google may begin to upgrade each day, `HH:MM` in UTC. Default: whenever Google likes."""
    secrets_key: NotRequired[str]
    """Cloud KMS key that seals Kubernetes secrets, which GKE's own agent may use. Default: a key of Google's."""
    security_group: NotRequired[str]
    """Google group whose member groups RBAC may name, `gke-security-groups@<domain>`. Default: no groups."""


class GkePlaceArgs(TypedDict):
    network_id: pulumi.Input[str]
    """Id of the network."""
    node_service_account: pulumi.Input[str]
    """Email of the service account of the nodes."""
    pods_range: pulumi.Input[str]
    """Name of the subnet's range for pods."""
    project: pulumi.Input[str]
    """Id of a project whose Kubernetes Engine API is on."""
    region: str
    """Region of the cluster, such as `europe-west4`."""
    services_range: pulumi.Input[str]
    """Name of the subnet's range for Services."""
    subnetwork_id: pulumi.Input[str]
    """Id of a subnet that has a way out."""
    version: pulumi.Input[str]
    """Kubernetes version that it has at least, such as `1.35`; the channel brings newer ones."""
    labels: NotRequired[dict[str, str]]
    """Labels of the cluster in Google Cloud. Default: none."""


@dataclass(frozen=True)
class ControlPlane:
    """`authorized_cidrs` holds ranges by name."""

    authorized_cidrs: dict[str, str]
    channel: str
    deletion_protection: bool
    endpoint_mode: GkeEndpointMode
    labels: dict[str, str]
    maintenance_start: str | None
    secrets_key: str | None
    security_group: str | None


def check_control_plane(wrong: Wrong, name: str, args: Mapping[str, Any]) -> ControlPlane:
    """The checked settings of a control plane."""
    check_name(wrong, name, LONGEST_NAME)
    check_region(wrong, args["region"])
    mode = choice(wrong, "endpoint_mode", args.get("endpoint_mode", GkeEndpointMode.DNS), GkeEndpointMode)
    key = "projects/acme/locations/europe-west4/keyRings/gke/cryptoKeys/secrets"
    return ControlPlane(
        authorized_cidrs=check_authorized(wrong, mode, args.get("authorized_cidrs", {})),
        channel=choice(wrong, "channel", args.get("channel", GkeChannel.REGULAR), GkeChannel).name,
        deletion_protection=bool(args.get("deletion_protection", False)),
        endpoint_mode=mode,
        labels=check_resource_labels(wrong, "labels", args.get("labels", {})),
        maintenance_start=_formed(wrong, args, "maintenance_start", TIME, "must be HH:MM", "03:00"),
        secrets_key=_formed(wrong, args, "secrets_key", KEY, "must be the name of a Cloud KMS key", key),
        security_group=_formed(
            wrong,
            args,
            "security_group",
            GROUP,
            "must be a group of that name, as GKE wants it",
            "gke-security-groups@example.com",
        ),
    )


def _formed(
    wrong: Wrong, args: Mapping[str, Any], field: str, form: re.Pattern[str], rule: str, such_as: str
) -> str | None:
    given: str | None = args.get(field)
    if given is not None and not form.fullmatch(given):
        wrong(field, rule, given, f"type one such as {such_as}")
    return given


def cluster_inputs(name: str, args: Mapping[str, Any], want: ControlPlane) -> dict[str, Any]:
    """What is set on a `gcp.container.Cluster` of either kind; blocks that would say Google's default are left out."""
    optional = {
        "authenticator_groups_config": want.security_group and {"security_group": want.security_group},
        "database_encryption": want.secrets_key and {"key_name": want.secrets_key, "state": "ENCRYPTED"},
        "maintenance_policy": want.maintenance_start
        and {"daily_maintenance_window": {"start_time": want.maintenance_start}},
    }
    return {
        "anonymous_authentication_config": {"mode": "LIMITED"},
        "cost_management_config": {"enabled": True},
        "deletion_protection": want.deletion_protection,
        "ip_allocation_policy": {
            "cluster_secondary_range_name": args["pods_range"],
            "services_secondary_range_name": args["services_range"],
        },
        "location": args["region"],
        "min_master_version": args["version"],
        "name": name,
        "network": args["network_id"],
        "networking_mode": "VPC_NATIVE",
        "project": args["project"],
        "rbac_binding_config": {
            "enable_insecure_binding_system_authenticated": False,
            "enable_insecure_binding_system_unauthenticated": False,
        },
        "release_channel": {"channel": want.channel},
        "resource_labels": want.labels,
        # Their pools are resources of their own.
        "skip_node_pool_refresh": True,
        "subnetwork": args["subnetwork_id"],
        **endpoint_inputs(want.endpoint_mode, want.authorized_cidrs),
        **{key: value for key, value in optional.items() if value},
    }


def context(args: Mapping[str, Any], name: str) -> pulumi.Output[str]:
    """Name of the cluster's context in a kubeconfig, as gcloud writes it."""
    return pulumi.Output.concat("gke_", args["project"], "_", args["region"], "_", name)
