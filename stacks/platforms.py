"""What the clouds have in common: how the block and the lock of a platform are read, and which one a stack builds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pulumi

from hedgerow.facts.problem import Problem
from stacks import images
from stacks.blocks import Block
from stacks.places import Place
from stacks.reading import Reading, filled, read, refused

if TYPE_CHECKING:
    from stacks.fences import Platform
    from stacks.settings import Settings


@dataclass(frozen=True)
class Cloud:
    """What may be said of a platform: its block, its lock, its plan, and args that stand for what is missing or wrong.

    Nothing is built of `stand_in`: it is there so that the rest is judged in the same report.
    """

    block: Block
    lock: Block
    plan: Callable[[str, Any], object]
    stand_in: Mapping[str, Any]


def read_platform(
    cloud: Cloud,
    name: str,
    given: object,
    at: Place,
    lock: Place,
    environment: str,
    label_prefix: str,
    problems: list[Problem],
) -> dict[str, Any]:
    """Args of the platform `name`; what is wrong with its block or its lock is added to `problems`."""
    settings = read(cloud.block, given)
    versions = read(cloud.lock, lock.document.value) if lock.document else Reading({}, (), ((),))
    args = {
        **filled(settings, cloud.stand_in),
        "environment": environment,
        "label_prefix": label_prefix or cloud.stand_in["label_prefix"],
        "versions": {key: of for key, of in filled(versions, cloud.stand_in["versions"]).items() if key != images.KEY},
    }
    later = refused(lambda: cloud.plan(name, args))
    of_lock = [replace(fault, path=fault.path[1:]) for fault in later if fault.path[0] == "versions"]
    of_name = [replace(fault, path=()) for fault in later if fault.path == ("name",)]
    of_block = [fault for fault in later if fault.path[0] not in ("versions", "name")]
    problems.extend(lock.problem(fault) for fault in versions.with_later(of_lock))
    problems.extend(Place(at.file, name="the name of the stack").problem(fault) for fault in of_name)
    problems.extend(at.problem(fault) for fault in settings.with_later(of_block))
    return args


async def build(settings: "Settings") -> "Platform | None":
    """The platform of a stack; only the SDK of its own cloud is loaded. That of another stack is awaited."""
    if settings.aws:
        from stacks import aws

        return aws.build(settings, settings.aws)
    if settings.gcp:
        from stacks import gcp

        return gcp.build(settings, settings.gcp)
    if settings.platform:
        from stacks import existing

        return await existing.build(settings, settings.platform)
    return None


def fenced(settings: "Settings", platform: "Platform") -> dict[str, pulumi.Output[str]]:
    """The namespaces of a stack's tenants by name, on its platform; without tenants nothing of Kubernetes is loaded."""
    if not settings.tenants:
        return {}
    from stacks import fences

    tenants = fences.build(settings.tenants, settings.workloads, platform)
    return {name: tenant.namespace for name, tenant in tenants.items()}
