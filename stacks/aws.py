"""AWS: what `hedgerow:aws` and the lock may say, and the platform that is built from it."""

from dataclasses import replace
from typing import cast

import pulumi
import pulumi_aws as aws

from components.aws import AwsPlatform, AwsPlatformArgs, AwsPlatformSettings, AwsPlatformVersionsArgs
from components.aws.platform import plan
from hedgerow.facts import labels
from hedgerow.facts.problem import Problem
from stacks.blocks import block
from stacks.places import Place
from stacks.reading import Reading, filled, read, refused
from stacks.settings import Settings

BLOCK = block(AwsPlatformSettings)
LOCK = block(AwsPlatformVersionsArgs, name="AwsLock")

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
"""Stands for what is missing or wrong, so that the rest is judged in the same report. Nothing is built of it."""


def read_aws(
    name: str, given: object, at: Place, lock: Place, environment: str, label_prefix: str, problems: list[Problem]
) -> AwsPlatformArgs:
    """Args of the platform `name`; what is wrong with its block or its lock is added to `problems`."""
    settings = read(BLOCK, given)
    versions = read(LOCK, lock.document.value) if lock.document else Reading({}, (), ((),))
    args = {
        **filled(settings, STAND_IN),
        "environment": environment,
        "label_prefix": label_prefix or STAND_IN["label_prefix"],
        "versions": filled(versions, STAND_IN["versions"]),
    }
    later = refused(lambda: plan(name, cast("AwsPlatformArgs", args)))
    of_lock = [replace(fault, path=fault.path[1:]) for fault in later if fault.path[0] == "versions"]
    of_name = [replace(fault, path=()) for fault in later if fault.path == ("name",)]
    of_block = [fault for fault in later if fault.path[0] not in ("versions", "name")]
    problems.extend(lock.problem(fault) for fault in versions.with_later(of_lock))
    problems.extend(Place(at.file, name="the name of the stack").problem(fault) for fault in of_name)
    problems.extend(at.problem(fault) for fault in settings.with_later(of_block))
    return cast("AwsPlatformArgs", args)


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
