"""The parts of a Google Cloud platform: each judged on its own, then together, and the contract made of them."""

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from hedgerow.facts.gcp.addresses import AUTOPILOT_PODS_PER_NODE
from hedgerow.facts.profiles import profile

from ..shared import assembly
from ..shared.checks import keyed
from ..shared.inputs import ABSENT, Wrong, stand_ins
from ..shared.platform import PlatformArgs
from ..shared.presets import PRESETS
from .checks import REGION
from .gcp_network import GcpNetworkArgs, GcpNetworkPlan, GcpNetworkPoolArgs, GcpNetworkSettings
from .gcp_network import plan as plan_network
from .gke_autopilot_cluster import GkeAutopilotClusterArgs, GkeAutopilotClusterPlan
from .gke_autopilot_cluster import plan as plan_autopilot
from .gke_cluster import GkeClusterArgs, GkeClusterPlan
from .gke_cluster import plan as plan_cluster
from .gke_node_pool import LONGEST_NAME, OWN_NAME, GkeNodePoolArgs, GkeNodePoolPlan
from .gke_node_pool import plan as plan_node_pool

KNOWN_NAME, KNOWN_REGION = "part", "any-region1"
"""Stand in for name and region while parts are judged: a wrong one is reported once, where it was written."""
SHUT = ("NoExecute", "NoSchedule")
STANDARD, AUTOPILOT = "gke", "gke-node-local-dns"
"""Profiles: Autopilot always runs NodeLocal DNSCache, a standard cluster of ours does not."""

Pools = Mapping[str, GkeNodePoolPlan]


def check_kind(wrong: Wrong, args: Mapping[str, Any]) -> None:
    """Report settings of nodes beside Autopilot, and neither it nor node pools."""
    if "autopilot" not in args and not args.get("node_pools"):
        fix = "type general: {machine_type: n2-standard-8, max: 14}, or give autopilot: {}"
        wrong("node_pools", "must name one at least where there is no autopilot", args.get("node_pools", ABSENT), fix)
    for field in ("cluster", "node_pools"):
        if "autopilot" in args and field in args:
            what = "its settings stand under autopilot" if field == "cluster" else "it makes the nodes itself"
            wrong(field, f"must not be given with autopilot: {what}", args[field], "delete it, or delete autopilot")


def preset(environment: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a cluster, with what the class of the environment presets where they are silent."""
    found = PRESETS.get(environment, PRESETS["prod"])
    return {"deletion_protection": found.deletion_protection, **settings}


def known_region(region: str) -> str:
    """A region by which the zones of parts are judged: the given one, or where it is none one that may have any."""
    return region if REGION.fullmatch(region) else KNOWN_REGION


def judge_cluster(wrong: Wrong, region: str, cluster: Mapping[str, Any]) -> GkeClusterPlan | None:
    """Plan of a standard cluster; None, and problems below `cluster`, where it has any."""
    args = {**stand_ins(GkeClusterArgs), "region": known_region(region), **cluster}
    return wrong.within(("cluster",), lambda: plan_cluster(KNOWN_NAME, cast("GkeClusterArgs", args)))


def judge_autopilot(wrong: Wrong, cluster: Mapping[str, Any]) -> GkeAutopilotClusterPlan | None:
    """Plan of an Autopilot cluster; None, and problems below `autopilot`, where it has any."""
    args = {**stand_ins(GkeAutopilotClusterArgs), "region": KNOWN_REGION, **cluster}
    return wrong.within(("autopilot",), lambda: plan_autopilot(KNOWN_NAME, cast("GkeAutopilotClusterArgs", args)))


def judge_node_pools(wrong: Wrong, name: str, region: str, pools: Mapping[str, Any]) -> dict[str, GkeNodePoolPlan]:
    """Plans of the node pools that have no problems; the problems of the others below `node_pools`."""
    planned = {}
    wired = {**stand_ins(GkeNodePoolArgs), "region": known_region(region)}
    for key, settings in sorted(pools.items()):
        keyed(wrong, ("node_pools", key), key)
        if OWN_NAME in (key, f"{name}-{key}"):
            rule = f"must not be named {OWN_NAME}, as the pool that each cluster is born with"
            wrong(("node_pools", key), rule, key, "rename it")
        if (over := len(f"{name}-{key}") - LONGEST_NAME) > 0:
            wrong(("node_pools", key), f"must be shorter by {over} with the {name}- before it", key, "shorten it")
        args = cast("GkeNodePoolArgs", {**wired, **settings})
        if found := wrong.within(("node_pools", key), partial(plan_node_pool, KNOWN_NAME, args)):
            planned[key] = found
    if planned and len(planned) == len(pools):
        _check_room_for_dns(wrong, planned)
    return planned


def _check_room_for_dns(wrong: Wrong, pools: Pools) -> None:
    """Report pools of which none surely has a node that takes any pod: kube-dns would wait for one in vain."""
    for pool in pools.values():
        if pool.min > 0 and not any(effect in SHUT for _, effect in pool.taints.values()):
            return
    rule = "must hold one without taints and with min of 1 or more, for kube-dns"
    wrong("node_pools", rule, sorted(pools), "add one")


def sizes(pools: Pools, autopilot: GkeAutopilotClusterPlan | None) -> dict[str, GcpNetworkPoolArgs]:
    """What the network must hold, by pool."""
    if autopilot:
        return {"autopilot": {"nodes": autopilot.max_nodes, "pods_per_node": AUTOPILOT_PODS_PER_NODE}}
    return {key: {"nodes": pool.most_nodes, "pods_per_node": pool.pods_per_node} for key, pool in pools.items()}


def judge_network(
    wrong: Wrong, network: GcpNetworkSettings, pools: Mapping[str, GcpNetworkPoolArgs]
) -> GcpNetworkPlan | None:
    """Plan of the network for what is known of the pools; None, and problems below `network`, where it has any."""
    known = pools or {"part": {"nodes": 1, "pods_per_node": AUTOPILOT_PODS_PER_NODE}}
    args = {**stand_ins(GcpNetworkArgs), "pools": known, **network}
    return wrong.within(("network",), lambda: plan_network(KNOWN_NAME, cast("GcpNetworkArgs", args)))


def contract(name: str, args: Mapping[str, Any], network: GcpNetworkPlan, pools: Pools) -> PlatformArgs:
    """What tenants may know of the platform, all of it known before anything is created."""
    found = profile(AUTOPILOT if "autopilot" in args else STANDARD)
    ranges = {"network": network.network, "pods": network.pods, "services": network.services}
    known = {key: assembly.pool(pool, pool.machine_type) for key, pool in pools.items()}
    return assembly.contract(found, name, args, ranges, known)
