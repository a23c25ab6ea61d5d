"""Google Cloud: what `hedgerow:gcp` and the lock may say, and the platform that is built from it."""

import pulumi
import pulumi_gcp as gcp

from components.gcp import GcpPlatform, GcpPlatformArgs, GcpPlatformSettings, GcpPlatformVersionsArgs
from components.gcp.platform import plan
from stacks.blocks import block
from stacks.images import locked
from stacks.platforms import Cloud
from stacks.settings import Settings

BLOCK = block(GcpPlatformSettings)
LOCK = locked("GcpLock", block(GcpPlatformVersionsArgs))

STAND_IN: GcpPlatformArgs = {
    "environment": "prod",
    "label_prefix": "any.example",
    "network": {"cidr": "10.0.0.0/8"},
    "node_pools": {
        "any": {
            "gpu": {"count": 1, "type": "nvidia-tesla-t4"},
            "machine_type": "n1-standard-8",
            "max": 1,
            "taints": {"any": {"effect": "PreferNoSchedule"}},
        }
    },
    "project": "any-project",
    "region": "any-region1",
    "versions": {"kubernetes": "1.35"},
}
CLOUD = Cloud(BLOCK, LOCK, plan, STAND_IN)


def build(settings: Settings, args: GcpPlatformArgs) -> GcpPlatform:
    """The platform of a stack, by a provider that works in the project it is meant for."""
    # Labels of Google Cloud take neither dots nor slashes, so that no prefix can stand before them.
    provider = gcp.Provider(
        "gcp",
        default_labels={"managed-by": "hedgerow", "stack": settings.stack},
        project=args["project"],
        region=args["region"],
    )
    return GcpPlatform(settings.stack, args, pulumi.ResourceOptions(providers=[provider]))
