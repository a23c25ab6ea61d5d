"""AWS: what `hedgerow:aws` and the lock may say, and the platform that is built from it."""

import pulumi
import pulumi_aws as aws

from components.aws import AwsPlatform, AwsPlatformArgs, AwsPlatformSettings, AwsPlatformVersionsArgs
from components.aws.platform import plan
from hedgerow.facts import labels
from stacks.blocks import block
from stacks.images import locked
from stacks.platforms import Cloud
from stacks.settings import Settings

BLOCK = block(AwsPlatformSettings)
LOCK = locked("AwsLock", block(AwsPlatformVersionsArgs))

STAND_IN: AwsPlatformArgs = {
    "account": "111122223333",
    "cluster": {
        "access": {"any": {"groups": ["any"], "principal": "arn:aws:iam::111122223333:role/any"}},
        "admins": {"any": "arn:aws:iam::111122223333:role/any-admin"},
    },
    "environment": "prod",
    "label_prefix": "any.example",
    "network": {"cidr": "10.0.0.0/16"},
    "node_groups": {
        "any": {"instance_types": ["m7i.large"], "max": 1, "taints": {"any": {"effect": "PreferNoSchedule"}}}
    },
    "region": "eu-west-1",
    "versions": {
        "addons": {
            "coredns": "v1.13.2-eksbuild.4",
            "kube-proxy": "v1.35.3-eksbuild.2",
            "vpc-cni": "v1.21.1-eksbuild.7",
        },
        "kubernetes": "1.35",
        "node_release": "1.35.6-20260714",
    },
}
CLOUD = Cloud(BLOCK, LOCK, plan, STAND_IN)


def build(settings: Settings, args: AwsPlatformArgs) -> AwsPlatform:
    """The platform of a stack, by a provider that works in the account it is meant for and in no other."""
    marks = {
        f"{settings.label_prefix}/stack": settings.stack,
        labels.managed(settings.label_prefix): "true",
    }
    provider = aws.Provider(
        "aws", allowed_account_ids=[args["account"]], default_tags={"tags": marks}, region=args["region"]
    )
    return AwsPlatform(settings.stack, args, pulumi.ResourceOptions(providers=[provider]))
