"""The parts of an AWS platform: presets of its class, each part judged on its own, and the contract made of them."""

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from hedgerow.facts.profiles import profile

from ..shared import assembly
from ..shared.checks import keyed
from ..shared.inputs import Wrong, stand_ins
from ..shared.platform import PlatformArgs
from ..shared.presets import PRESETS
from .eks_cluster import EksClusterArgs, EksClusterPlan, EksClusterSettings
from .eks_cluster import plan as plan_cluster
from .eks_node_group import LONGEST_NAME, EksNodeGroupArgs, EksNodeGroupPlan, EksNodeGroupSettings
from .eks_node_group import plan as plan_node_group
from .platform_checks import check_room_for_coredns, check_zones
from .vpc import NatMode, VpcArgs, VpcPlan, VpcSettings
from .vpc import plan as plan_vpc

KNOWN_NAME, KNOWN_REGION = "part", "eu-west-1"
"""Stand in for name and region while parts are judged: a wrong one is reported once, where it was written."""


def preset(
    environment: str, cluster: EksClusterSettings, network: VpcSettings
) -> tuple[EksClusterSettings, VpcSettings]:
    """The settings, with what the class of the environment presets where they are silent."""
    found = PRESETS.get(environment, PRESETS["prod"])
    filled: EksClusterSettings = {
        "deletion_protection": found.deletion_protection,
        "log_days": found.log_days,
        **cluster,
    }
    return filled, {"nat": NatMode(found.nat), **network}


def judge_cluster(wrong: Wrong, cluster: EksClusterSettings) -> EksClusterPlan | None:
    """Plan of the cluster; None, and problems below `cluster`, where it has any."""
    wired = {**stand_ins(EksClusterArgs), "region": KNOWN_REGION, "vpc_id": ""}
    return wrong.within(("cluster",), lambda: plan_cluster(KNOWN_NAME, cast("EksClusterArgs", {**wired, **cluster})))


def judge_network(wrong: Wrong, region: str, network: VpcSettings) -> VpcPlan | None:
    """Plan of the network; None, and problems below `network`, where it has any."""
    wired = stand_ins(VpcArgs)
    planned = wrong.within(("network",), lambda: plan_vpc(KNOWN_NAME, cast("VpcArgs", {**wired, **network})))
    if planned:
        check_zones(wrong, region, planned.subnets["private"])
    return planned


def judge_node_groups(
    wrong: Wrong, name: str, groups: Mapping[str, EksNodeGroupSettings]
) -> dict[str, EksNodeGroupPlan]:
    """Plans of the node groups that have no problems; the problems of the others below `node_groups`."""
    planned = {}
    for key, settings in sorted(groups.items()):
        keyed(wrong, ("node_groups", key), key)
        if (over := len(f"{name}-{key}") - LONGEST_NAME) > 0:
            wrong(("node_groups", key), f"must be shorter by {over} with the {name}- before it", key, "shorten it")
        args = cast("EksNodeGroupArgs", {**stand_ins(EksNodeGroupArgs), **settings})
        if found := wrong.within(("node_groups", key), partial(plan_node_group, KNOWN_NAME, args)):
            planned[key] = found
    if len(planned) == len(groups):
        check_room_for_coredns(wrong, planned)
    return planned


def contract(
    name: str, args: Mapping[str, Any], ranges: dict[str, str], groups: Mapping[str, EksNodeGroupPlan]
) -> PlatformArgs:
    """What tenants may know of the platform, all of it known before anything is created."""
    pools = {key: assembly.pool(group, group.smallest) for key, group in groups.items()}
    return assembly.contract(profile("eks"), name, args, ranges, pools)
