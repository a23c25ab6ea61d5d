"""A GKE node pool: hardened nodes over the zones of its cluster, labels, taints, GPUs, limits of its size."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_gcp as gcp

from hedgerow.facts.gcp import addresses, machines

from ..shared.checks import choice, whole
from ..shared.inputs import Wrong, checking
from ..shared.nodes import EFFECTS
from ..shared.waiting import ready
from .checks import check_name, check_region, check_resource_labels, check_zones
from .control_plane import SCOPES
from .node_checks import check_gpu, check_labels, check_machine, check_taints

DEFAULT_DISK_GIB = 50
DEFAULT_MAX_SURGE = 1
DEFAULT_MIN = 1
LONGEST_NAME = 32
"""Of 40 characters that GKE takes, less a hyphen and the seven that auto-naming adds."""
OWN_NAME = "default-pool"


class GkeCapacity(StrEnum):
    """How Compute Engine sells the nodes."""

    ON_DEMAND = "on_demand"
    SPOT = "spot"


class GkeGpuArgs(TypedDict):
    count: int
    """GPUs of each node."""
    type: str
    """Type of the GPUs, such as `nvidia-tesla-t4`."""


class GkeTaintArgs(TypedDict):
    effect: str
    """`NoSchedule`, `PreferNoSchedule` or `NoExecute`."""
    value: NotRequired[str]
    """Value of the taint. Default: empty."""


class GkeNodePoolSettings(TypedDict):
    machine_type: str
    """Machine type, such as `n2-standard-8`; a change replaces the nodes one by one."""
    max: int
    """Most nodes over all zones."""
    capacity: NotRequired[GkeCapacity]
    """`on_demand` or `spot`; a change replaces the pool. Default: `on_demand`."""
    disk_gib: NotRequired[int]
    """Size of a node's disk, in GiB. Default: `50`."""
    gpu: NotRequired[GkeGpuArgs]
    """GPUs attached to N1 nodes; a change replaces the pool. Default: those that belong to the machine type."""
    labels: NotRequired[dict[str, str]]
    """Labels of the nodes. Default: none."""
    max_surge: NotRequired[int]
    """Nodes that an upgrade adds in each zone; with `0` it takes one away instead. Default: `1`."""
    min: NotRequired[int]
    """Fewest nodes over all zones. Default: `1`."""
    pods_per_node: NotRequired[int]
    """Most pods of a node, 8 to 256; a change replaces the pool. Default: `110`."""
    taints: NotRequired[dict[str, GkeTaintArgs]]
    """Taints of the nodes, by key, beside those that GKE sets itself for GPUs and Arm. Default: none."""
    zones: NotRequired[list[str]]
    """Letters of the zones of its nodes. Default: those of the cluster."""


class GkeNodePoolArgs(GkeNodePoolSettings):
    cluster_name: pulumi.Input[str]
    """Name of a cluster without a pool of its own."""
    project: pulumi.Input[str]
    """Id of the cluster's project."""
    region: str
    """Region of the cluster."""
    service_account: pulumi.Input[str]
    """Email of the service account of the nodes."""
    resource_labels: NotRequired[dict[str, str]]
    """Labels of the nodes' machines and disks in Google Cloud. Default: none."""


@dataclass(frozen=True)
class GkeNodePoolPlan:
    """`disk_type` is None where GKE picks; `gpu` is type and number; `surge` is nodes a zone; `taints` value and effect
    by key; `zones` letters, if any.
    """

    capacity: GkeCapacity
    disk_gib: int
    disk_type: str | None
    gpu: tuple[str, int] | None
    labels: dict[str, str]
    machine_type: str
    max: int
    min: int
    pods_per_node: int
    resource_labels: dict[str, str]
    surge: int
    taints: dict[str, tuple[str, str]]
    zones: tuple[str, ...]

    @property
    def most_nodes(self) -> int:
        """Nodes that there can be while an upgrade adds some in each zone."""
        return self.max + self.surge * self.zone_count

    @property
    def first_nodes(self) -> int:
        """Nodes a zone that it starts with: as few as give `min`, or the autoscaler adds the rest."""
        return min(-(-self.min // self.zone_count), self.max // self.zone_count)

    @property
    def zone_count(self) -> int:
        """Zones of the pool, as far as is known."""
        return len(self.zones) or addresses.DEFAULT_ZONES


def plan(name: str, args: GkeNodePoolArgs) -> GkeNodePoolPlan:
    with checking("GkeNodePool", name, args, GkeNodePoolArgs) as wrong:
        check_pool_name(wrong, name)
        check_region(wrong, args["region"])
        machine = check_machine(wrong, args["machine_type"])
        gpu = check_gpu(wrong, machine, args.get("gpu"))
        most = whole(wrong, "max", args["max"], 1, 5000)
        pods = args.get("pods_per_node", addresses.DEFAULT_PODS_PER_NODE)
        least_pods, most_pods = addresses.LEAST_PODS_PER_NODE, addresses.MOST_PODS_PER_NODE
        return GkeNodePoolPlan(
            capacity=choice(wrong, "capacity", args.get("capacity", GkeCapacity.ON_DEMAND), GkeCapacity),
            disk_gib=whole(wrong, "disk_gib", args.get("disk_gib", DEFAULT_DISK_GIB), 20, 65536),
            disk_type=machines.boot_disk_type(machine),
            gpu=gpu,
            labels=check_labels(wrong, args.get("labels", {})),
            machine_type=args["machine_type"],
            max=most,
            min=whole(wrong, "min", args.get("min", DEFAULT_MIN), 0, most),
            pods_per_node=whole(wrong, "pods_per_node", pods, least_pods, most_pods),
            resource_labels=check_resource_labels(wrong, "resource_labels", args.get("resource_labels", {})),
            surge=whole(wrong, "max_surge", args.get("max_surge", DEFAULT_MAX_SURGE), 0, 20),
            taints=check_taints(wrong, args.get("taints", {}), machine, gpu),
            zones=check_zones(wrong, args["region"], args["zones"]) if "zones" in args else (),
        )


def check_pool_name(wrong: Wrong, name: str) -> None:
    """Report a name that GKE does not take, or that the pool has which each cluster is born with."""
    if name == OWN_NAME:
        wrong(
            "name",
            "must not be that of the pool which each cluster is born with",
            name,
            "type another, such as general",
        )
    check_name(wrong, name, LONGEST_NAME)


class GkeNodePool(pulumi.ComponentResource):
    """A GKE node pool: hardened nodes over the zones of its cluster, labels, taints, GPUs, limits of its size."""

    cluster_name: pulumi.Output[str]
    """Name of the cluster, once the first nodes have joined."""
    node_pool_name: pulumi.Output[str]
    """Name of the pool, made up by the provider, so that a new one is there before the old one goes."""

    def __init__(self, name: str, args: GkeNodePoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:GkeNodePool", name, dict(args), opts)
        want = plan(name, args)
        zones: dict[str, Any] = {}
        if want.zones:
            zones["node_locations"] = [f"{args['region']}-{zone}" for zone in want.zones]
        pool = gcp.container.NodePool(
            name,
            autoscaling={
                "location_policy": "ANY" if want.capacity is GkeCapacity.SPOT else "BALANCED",
                "total_max_node_count": want.max,
                "total_min_node_count": want.min,
            },
            cluster=args["cluster_name"],
            initial_node_count=want.first_nodes,
            location=args["region"],
            management={"auto_repair": True, "auto_upgrade": True},
            max_pods_per_node=want.pods_per_node,
            node_config=_nodes(want, args["service_account"]),
            node_drain_configs=[{"respect_pdb_during_node_pool_deletion": True}],
            project=args["project"],
            upgrade_settings={"max_surge": want.surge, "max_unavailable": 0 if want.surge else 1},
            **zones,
            # The autoscaler moves it, the channel the other; a difference of the first would replace the pool.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["initialNodeCount", "version"]),
        )
        self.cluster_name, self.node_pool_name = ready(args["cluster_name"], pool), pool.name
        self.register_outputs({"cluster_name": self.cluster_name, "node_pool_name": self.node_pool_name})


def _nodes(want: GkeNodePoolPlan, service_account: pulumi.Input[str]) -> Any:
    config: dict[str, Any] = {
        "disk_size_gb": want.disk_gib,
        "image_type": "COS_CONTAINERD",
        "kubelet_config": {"insecure_kubelet_readonly_port_enabled": "FALSE"},
        "labels": want.labels,
        "machine_type": want.machine_type,
        "metadata": {"disable-legacy-endpoints": "true"},
        "oauth_scopes": list(SCOPES),
        "resource_labels": want.resource_labels,
        "service_account": service_account,
        "shielded_instance_config": {"enable_integrity_monitoring": True, "enable_secure_boot": True},
        "spot": want.capacity is GkeCapacity.SPOT,
        "taints": [
            {"effect": EFFECTS[effect], "key": key, "value": value} for key, (value, effect) in want.taints.items()
        ],
        "workload_metadata_config": {"mode": "GKE_METADATA"},
    }
    if want.disk_type:
        config["disk_type"] = want.disk_type
    if want.gpu:
        type_, count = want.gpu
        driver = {"gpu_driver_version": "DEFAULT"}
        config["guest_accelerators"] = [{"count": count, "gpu_driver_installation_config": driver, "type": type_}]
    return config
