"""A platform that this stack did not make: what `hedgerow:platform` may say, and how it is reached."""

import re
from dataclasses import replace
from typing import Any, TypedDict

from components.k8s.existing_cluster import ExistingClusterArgs
from components.k8s.existing_platform import ExistingPlatform, ExistingPlatformArgs, plan
from components.k8s.platform_reference import PlatformStackArgs, read_reference
from hedgerow.facts.problem import Problem
from stacks.blocks import block
from stacks.places import Place
from stacks.reading import Fault, filled, read, refused
from stacks.settings import Settings

STACK = block(PlatformStackArgs, name="PlatformStack")
CLUSTER = block(ExistingClusterArgs, name="ExistingCluster")
FULL_NAME = re.compile(r"[\w.-]+/[\w.-]+/[\w.-]+")
EITHER = "type {stack: organization/project/stack}, or the keys of a cluster"

STAND_IN: ExistingClusterArgs = {
    "endpoint": "https://any.example",
    "kubernetes": "1.35",
    "name": "any",
    "pools": {"any": {"instance_type": "any", "max": 1, "min": 1}},
    "profile": "gke",
    "ranges": {"network": "10.0.0.0/16", "services": "10.1.0.0/20"},
    "token": ["any"],
}


class ExistingSettings(TypedDict, total=False):
    """Either of the two."""

    cluster: ExistingClusterArgs
    stack: str


def read_existing(
    name: str, given: object, at: Place, environment: str, label_prefix: str, problems: list[Problem]
) -> ExistingSettings:
    """The stack that has the platform, or the cluster it is; what is wrong with the block is added to `problems`."""
    if not isinstance(given, dict) or not given:
        problems.append(at.problem(Fault((), "must name a stack or a cluster", given, EITHER)))
        return {}
    if "stack" in given or given.keys().isdisjoint(CLUSTER.model_fields):
        reading = read(STACK, given)
        problems.extend(at.problem(_beside(fault)) for fault in (*reading.faults, *_check_name(reading.value)))
        return {"stack": reading.value.get("stack", "")}
    reading = read(CLUSTER, given)
    cluster: Any = filled(reading, STAND_IN)
    args: ExistingPlatformArgs = {
        "cluster": cluster,
        "environment": environment,
        "label_prefix": label_prefix or "any.example",
    }
    later = [
        replace(fault, path=fault.path[1:]) for fault in refused(lambda: plan(name, args)) if fault.path[0] == "cluster"
    ]
    problems.extend(at.problem(fault) for fault in reading.with_later(later))
    return {"cluster": cluster}


def _beside(fault: Fault) -> Fault:
    """A fault of a block that names a stack; keys of a cluster are known, but not there."""
    if fault.path and fault.path[0] in CLUSTER.model_fields:
        return replace(
            fault, what="must not be given beside stack", fix="delete it: that stack says it; or delete stack"
        )
    return fault


def _check_name(value: dict[str, Any]) -> list[Fault]:
    if "stack" not in value or FULL_NAME.fullmatch(value["stack"]):
        return []
    fix = "type organization/project/stack, such as organization/hedgerow/aws-dev"
    return [Fault(("stack",), "must be the full name of a stack", value["stack"], fix)]


async def build(settings: Settings, given: ExistingSettings) -> ExistingPlatform:
    """The platform of a stack, once the other stack has told of it."""
    args: ExistingPlatformArgs = {"environment": settings.environment, "label_prefix": settings.label_prefix}
    if "stack" in given:
        args["reference"] = await read_reference(given["stack"])
    else:
        args["cluster"] = given["cluster"]
    return ExistingPlatform(settings.stack, args)
