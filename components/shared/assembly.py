"""The contract of a platform, put together from the profile of its cluster and from what its settings say."""

from collections.abc import Mapping
from typing import Any, Protocol

from hedgerow.facts.profiles import Profile

from .nodes import Taints
from .platform import CONTRACT_VERSION, PlatformArgs, PoolArgs


class Pool(Protocol):
    """What the plan of every node pool has, whatever cloud it is of."""

    @property
    def labels(self) -> dict[str, str]: ...
    @property
    def max(self) -> int: ...
    @property
    def min(self) -> int: ...
    @property
    def taints(self) -> Taints: ...


def contract(
    profile: Profile, name: str, args: Mapping[str, Any], ranges: dict[str, str], pools: dict[str, PoolArgs]
) -> PlatformArgs:
    """What tenants may know of the platform `name`, all of it known before anything is created."""
    return {
        "cluster": name,
        "dns": {
            "addresses": list(profile.dns_addresses),
            "namespace": profile.dns_namespace,
            "pods": [dict(pods) for pods in profile.dns_pods],
        },
        "environment": args["environment"],
        # Where the cloud has no addresses for them, load balancers have some of the network itself.
        "health_checks": list(profile.health_checks) or [ranges["network"]],
        "identity": [{"address": server.cidr, "ports": list(server.ports)} for server in profile.identity],
        "kubernetes": args["versions"]["kubernetes"],
        "label_prefix": args["label_prefix"],
        "load_balancers": {
            kind: {"annotations": dict(annotations)} for kind, annotations in profile.load_balancers.items()
        },
        "metadata_addresses": list(profile.metadata_addresses),
        "network_policy": profile.network_policy,
        "pools": pools,
        "ranges": ranges,
        "version": CONTRACT_VERSION,
    }


def pool(planned: Pool, instance_type: str) -> PoolArgs:
    """What tenants may know of a node pool whose smallest machines are of a type."""
    return {
        "instance_type": instance_type,
        "labels": planned.labels,
        "max": planned.max,
        "min": planned.min,
        "taints": {key: f"{value}:{effect}" for key, (value, effect) in planned.taints.items()},
    }
