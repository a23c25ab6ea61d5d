"""Where nodes, pods and Services have their addresses: fixed parts of the network, so that more nodes move nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

from hedgerow.facts import cidr
from hedgerow.facts.gcp import addresses

from ..shared.checks import private_range, whole
from ..shared.inputs import Wrong

NARROWEST = 23
PODS, NODES, SERVICES = 1, 4, 4
"""Bits by which the ranges of pods, nodes and Services are narrower than the network."""
NARROWEST_PODS = 24
ROLES = ("nodes", "pods", "services")


@dataclass(frozen=True)
class Demand:
    """What node pools need at most, surge included: `nodes` addresses of nodes, `pods` of pods; `told` in words."""

    nodes: int
    pods: int
    told: str


def demand(pools: Mapping[str, tuple[int, int]]) -> Demand:
    """Addresses for pools of so many nodes and pods a node, by name."""
    each = {key: addresses.pod_addresses(nodes, pods) for key, (nodes, pods) in pools.items()}
    told = [f"{key} {nodes} nodes x {each[key] // nodes}" for key, (nodes, _) in sorted(pools.items())]
    nodes = sum(nodes for nodes, _ in pools.values())
    return Demand(addresses.node_addresses(nodes), sum(each.values()), " + ".join(told))


def planned_ranges(network: IPv4Network) -> dict[str, IPv4Network]:
    """Ranges by role: pods have the first half of the network, nodes and Services a sixteenth each behind it; what
    follows is reserved, so that a second range of pods has its place.
    """
    half = list(network.subnets(prefixlen_diff=1))[1]
    nodes, services = list(half.subnets(new_prefix=network.prefixlen + NODES))[:2]
    narrowed = max(services.prefixlen, addresses.WIDEST_SERVICES)
    return {
        "nodes": nodes,
        "pods": next(network.subnets(prefixlen_diff=PODS)),
        "services": IPv4Network((services.network_address, narrowed)),
    }


def needed_prefix(need: Demand) -> int:
    """The narrowest network whose parts hold a demand, as a prefix length."""
    pods, nodes = addresses.prefix_for(need.pods) - PODS, addresses.prefix_for(need.nodes) - NODES
    return min(pods, nodes, NARROWEST)


def check_ranges(wrong: Wrong, args: Mapping[str, Any]) -> dict[str, IPv4Network]:
    """Ranges by role, `network` among them; report those too small, overlapping, swapped or not private."""
    before = len(wrong.problems)
    need = demand(_pools(wrong, args["pools"]))
    network = private_range(wrong, "cidr", args["cidr"])
    given = {role: args[f"{role}_cidr"] for role in ROLES if f"{role}_cidr" in args}
    wide = network if network.prefixlen <= NARROWEST else network.supernet(new_prefix=NARROWEST)
    found = planned_ranges(wide) | {role: private_range(wrong, f"{role}_cidr", text) for role, text in given.items()}
    if len(wrong.problems) == before:
        _check_network(wrong, network, found, given, need)
        _check_given(wrong, found, given, need)
        _check_apart(wrong, network, found, given, need)
    return {"network": network, **found}


def _pools(wrong: Wrong, pools: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    if not pools:
        wrong("pools", "must name one at least", dict(pools), "type {general: {nodes: 10, pods_per_node: 110}}")
    least, most = addresses.LEAST_PODS_PER_NODE, addresses.MOST_PODS_PER_NODE
    return {
        key: (
            whole(wrong, ("pools", key, "nodes"), pool["nodes"], 1, 15000),
            whole(wrong, ("pools", key, "pods_per_node"), pool["pods_per_node"], least, most),
        )
        for key, pool in pools.items()
    }


def _check_network(
    wrong: Wrong,
    network: IPv4Network,
    found: Mapping[str, IPv4Network],
    given: Mapping[str, str],
    need: Demand,
) -> None:
    """Report a network whose own parts are too small for what is not given a range."""
    pods = 0 if "pods" in given else need.pods
    nodes = 0 if "nodes" in given else need.nodes
    fits = _suggested(network, needed_prefix(Demand(nodes, pods, "")))
    if network.prefixlen > NARROWEST:
        rule = f"must be a /{NARROWEST} or wider"
    elif found["pods"].num_addresses < pods:
        rule = (
            f"must hold {pods} addresses for pods in its first half, which has {found['pods'].num_addresses} "
            f"({need.told})"
        )
    elif found["nodes"].num_addresses < nodes:
        rule = f"must hold {nodes} addresses for nodes in a sixteenth, which has {found['nodes'].num_addresses}"
    else:
        return
    wrong("cidr", rule, str(network), fits)


def _suggested(network: IPv4Network, prefix: int) -> str:
    """What to type: the network widened, another one where that is not private, or what else to change."""
    wider = network.supernet(new_prefix=prefix) if 0 <= prefix <= network.prefixlen else network
    if cidr.is_private(wider) and not wider.overlaps(addresses.DOCKER):
        return f"type {wider}"
    if prefix >= 8:
        return f"type 10.0.0.0/{prefix}"
    return "no private network is so wide: lower max or pods_per_node of the pools"


def _check_given(wrong: Wrong, found: Mapping[str, IPv4Network], given: Mapping[str, str], need: Demand) -> None:
    """Report given ranges that are too small, those of pods and Services also where they look swapped."""
    if "pods" in given and (has := found["pods"].num_addresses) < need.pods:
        rule = f"must hold {need.pods} addresses for pods, it has {has} ({need.told})"
        fix = f"type a /{min(addresses.prefix_for(need.pods), NARROWEST_PODS)} or wider"
        if "services" in given and found["services"].num_addresses >= need.pods:
            fix = f"swap it with services_cidr {found['services']}, which holds them"
        wrong("pods_cidr", rule, given["pods"], fix)
    elif "pods" in given and found["pods"].prefixlen > NARROWEST_PODS:
        wrong("pods_cidr", f"must be a /{NARROWEST_PODS} or wider", given["pods"], f"type a /{NARROWEST_PODS}")
    if "nodes" in given and (has := found["nodes"].num_addresses) < need.nodes:
        rule = (
            f"must hold {need.nodes} addresses for nodes, {addresses.RESERVED_ADDRESSES} of them Google's, it has {has}"
        )
        wrong("nodes_cidr", rule, given["nodes"], f"type a /{addresses.prefix_for(need.nodes)} or wider")
    widest, narrowest = addresses.WIDEST_SERVICES, addresses.NARROWEST_SERVICES
    if "services" in given and not widest <= found["services"].prefixlen <= narrowest:
        rule = f"must be a /{widest} to /{narrowest}"
        wrong("services_cidr", rule, given["services"], "type one such as a /20, for 4096 Services")


def _check_apart(
    wrong: Wrong,
    network: IPv4Network,
    found: Mapping[str, IPv4Network],
    given: Mapping[str, str],
    need: Demand,
) -> None:
    """Report ranges that overlap each other or what nodes keep for themselves."""
    for role, range_ in found.items():
        if range_.overlaps(addresses.DOCKER):
            field = f"{role}_cidr" if role in given else "cidr"
            rule = f"must not overlap {addresses.DOCKER}, which the nodes keep for themselves, with its range of {role}"
            wrong(field, rule, given.get(role, str(network)), "type one such as 10.16.0.0/16")
    for one, other in combinations(ROLES, 2):
        if found[one].overlaps(found[other]):
            role, against = (other, one) if other in given else (one, other)
            rule = f"must not overlap {found[against]}, the range of {against}"
            wrong(f"{role}_cidr", rule, str(found[role]), _free(network, found, role, need))


def _free(network: IPv4Network, found: Mapping[str, IPv4Network], role: str, need: Demand) -> str:
    needed = {"nodes": addresses.prefix_for(need.nodes), "pods": addresses.prefix_for(need.pods)}
    size = min(found[role].prefixlen, needed.get(role, addresses.NARROWEST_SERVICES))
    taken = [range_ for other, range_ in found.items() if other != role]
    private = [range_ for range_ in cidr.PRIVATE if isinstance(range_, IPv4Network)]
    free = addresses.first_free(size, [network, *private], [*taken, addresses.DOCKER])
    return f"type {free}" if free else "type narrower ranges"
