"""What nodes hold for pods: the machine, less what the cloud keeps of it and what the system runs on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...facts.aws.instances import allocatable as ec2_allocatable
from ...facts.aws.instances import instance, max_pods
from ...facts.gcp.addresses import DEFAULT_PODS_PER_NODE
from ...facts.gcp.machines import machine
from ...facts.gcp.nodes import allocatable as gce_allocatable
from ...facts.gcp.nodes import disk_mib
from ...facts.system_pods import SYSTEM_PODS
from ..value import MISSING, Mark
from .amounts import MIB, ONE, Amounts, times
from .pools import Pool

GPU, NEURON = "nvidia.com/gpu", "aws.amazon.com/neuron"
SHUT = frozenset({"NoSchedule", "NoExecute"})
COUNTED = frozenset({"cpu", "memory", "pods", GPU, NEURON})
"""What is known of every machine; the disk of some; what other plugins offer, such as huge pages, of none."""
OPTIONAL = ("pods", "gpus", "prefixes")


@dataclass(frozen=True, eq=False)
class Supply:
    """A pool and what each of its nodes has for pods; None where that is not known."""

    pool: Pool
    each: Amounts | None
    interfaces: int
    """Addresses that one node takes with every interface full; 0 where they are not of its subnet."""
    unknown: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether every pod may run there, whatever it tolerates."""
        return isinstance(self.pool.taints, tuple) and not any(taint.effect in SHUT for taint in self.pool.taints)

    @property
    def least(self) -> int | None:
        """Fewest nodes."""
        return self.pool.min if isinstance(self.pool.min, int) else None

    @property
    def most(self) -> int | None:
        """Most nodes."""
        return self.pool.max if isinstance(self.pool.max, int) else None

    def tells(self, resource: str) -> bool:
        """Whether it is known how much of a resource each node has."""
        return resource in COUNTED or resource in (self.each or {})

    def holds(self, nodes: int) -> dict[str, int]:
        """What so many nodes have; nothing where one is not known."""
        return times(self.each or {}, nodes)

    def __str__(self) -> str:
        types = self.pool.types
        of = ", ".join(map(str, types)) if isinstance(types, list) else str(types)
        return f"{self.least if self.least is not None else '?'} to {self.most or 0:,} {self.pool.name} ({of})"


def supply(pool: Pool) -> Supply:
    """What the nodes of a pool have; of several machine types the least of each resource."""
    unknown = [f"{field} of {pool}" for field in ("types", "min", "max", "taints") if _hidden(getattr(pool, field))]
    unknown += [f"{field} of {pool}" for field in OPTIONAL if _hidden(getattr(pool, field), given=True)]
    if not isinstance(pool.types, list) or any(_hidden(getattr(pool, field), given=True) for field in OPTIONAL):
        return Supply(pool, None, 0, tuple(unknown))
    try:
        found = [_ec2(pool, type_) if pool.cloud == "aws" else _gce(pool, type_) for type_ in pool.types]
    except LookupError as error:
        return Supply(pool, None, 0, (*unknown, f"{pool}: {str(error).partition(' (')[0]}"))
    if pool.disk_gib is MISSING or isinstance(pool.disk_gib, Mark):
        unknown.append(f"the disks of {pool}")
    each = {resource: min(node.get(resource, 0) for node, _ in found) for node, _ in found for resource in node}
    return Supply(pool, each, max(addresses for _, addresses in found), tuple(unknown))


def _ec2(pool: Pool, type_: str) -> tuple[dict[str, int], int]:
    found = instance(type_)
    pods = pool.pods if isinstance(pool.pods, int) else max_pods(found, prefix_delegation=pool.prefixes, managed=True)
    room, system = ec2_allocatable(found, pods), SYSTEM_PODS["aws"]
    node = {
        "cpu": room.cpu_milli - system.node_cpu_milli,
        "memory": (room.memory_mib - system.node_memory_mib) * MIB * ONE,
        "pods": (pods - system.node_pods) * ONE,
        GPU: found.gpus * ONE,
        NEURON: found.neurons * ONE,
    }
    if isinstance(pool.disk_gib, int):
        mib = (pool.disk_gib * 99 * 9 * 1024 // 1000) - 1024
        node["ephemeral-storage"] = mib * MIB * ONE
    return _nothing_below_zero(node), 0 if pool.prefixes else found.interfaces * found.ipv4_per_interface


def _gce(pool: Pool, type_: str) -> tuple[dict[str, int], int]:
    found, system = machine(type_), SYSTEM_PODS["gcp"]
    room = gce_allocatable(found)
    node = {
        "cpu": room.cpu_milli - system.node_cpu_milli,
        "memory": (room.memory_mib - system.node_memory_mib) * MIB * ONE,
        "pods": (pods_per_node(pool) - system.node_pods) * ONE,
        GPU: (pool.gpus if isinstance(pool.gpus, int) else found.gpus) * ONE,
    }
    if isinstance(pool.disk_gib, int):
        node["ephemeral-storage"] = disk_mib(pool.disk_gib) * MIB * ONE
    return _nothing_below_zero(node), 0


def pods_per_node(pool: Pool) -> int:
    """Pods that GKE plans a node of a pool for."""
    return pool.pods if isinstance(pool.pods, int) else DEFAULT_PODS_PER_NODE


def once(supplies: Sequence[Supply]) -> dict[str, int]:
    """What the system runs once in the cluster, on nodes that every pod may use."""
    clouds = [supply.pool.cloud for supply in supplies]
    if not clouds:
        return {}
    system = SYSTEM_PODS[clouds[0]]
    return {
        "cpu": system.once_cpu_milli,
        "memory": system.once_memory_mib * MIB * ONE,
        "pods": system.once_pods * ONE,
    }


def _nothing_below_zero(node: dict[str, int]) -> dict[str, int]:
    return {resource: max(amount, 0) for resource, amount in node.items()}


def _hidden(value: Any, *, given: bool = False) -> bool:
    return isinstance(value, Mark) and not (given and value is MISSING)
