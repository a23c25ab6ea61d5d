"""EC2 instance types as EKS nodes: what they have, how many pods they take, what is left for pods.

Table: tables/instances.csv, all types that run Linux (no Mac). Pods: EKS user guide, choosing-instance-type, and
nodeadm eni_max_pods.go. Reserved: nodeadm internal/kubelet/config.go (amazon-eks-ami 81fec2e8 of 2026-07-23), for
AL2023. Lost memory: Karpenter's vm-memory-overhead-percent and its arm64 rule. All read 2026-11-21.
"""

import functools
import math
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from .. import table
from .vpc import PREFIX_ADDRESSES

INSTANCES = Path(__file__).with_name("tables") / "instances.csv"

VM_MEMORY_OVERHEAD = Fraction(75, 1000)
"""Share of an instance's memory that its firmware and kernel may keep: generous, above all for large instances."""

ARM_RESERVED_MIB = 64
"""What the kernel keeps besides on arm64."""

EVICTION_MIB = 100
"""Memory below which kubelet evicts pods, so that no pod is placed into it."""

SMALL_VCPU, SMALL_MAX_PODS, LARGE_MAX_PODS = 30, 110, 250
"""Pods a node: up to 30 vCPU 110, above 250. EKS writes no more into the nodes of a managed node group."""

AUTO_MODE_MAX_PODS = 110
"""Pods a node of EKS Auto Mode, whatever its size."""

_CPU_RESERVED = ((0, 1000, 600), (1000, 2000, 100), (2000, 4000, 50), (4000, math.inf, 25))
"""From and to in milli CPU, and hundredths of a percent of it that are reserved."""


class Instance(NamedTuple):
    """One instance type."""

    type: str
    """Its name, such as `m5.large`."""
    vcpu: int
    """Virtual CPUs."""
    memory_mib: int
    """Memory as AWS sells it, MiB."""
    arch: str
    """`x86_64` or `arm64`."""
    gpus: int
    """NVIDIA GPUs, counted as pods see them: a share of one (g6f) is one."""
    gpu: str
    """Name of the GPU, or empty."""
    neurons: int
    """AWS Inferentia or Trainium devices."""
    interfaces: int
    """Most network interfaces on the default network card."""
    ipv4_per_interface: int
    """Most IPv4 addresses on one of them."""
    nitro: bool
    """Whether it is built on Nitro (bare metal included): prefix delegation needs it."""


class Allocatable(NamedTuple):
    """What a node has for pods, its daemons' included."""

    cpu_milli: int
    """CPU, thousandths."""
    memory_mib: int
    """Memory, MiB."""


class UnknownInstance(LookupError):
    """An instance type that the table lacks. The message names near ones and the table's date."""


def instance(type_: str) -> Instance:
    """What is known of an instance type; UnknownInstance where the table lacks it."""
    known = _instances()
    if type_ not in known:
        raise UnknownInstance(f"instance type {type_!r} is not in the table ({table.source(INSTANCES)}){_near(type_)}")
    return known[type_]


def max_pods(instance: Instance, *, prefix_delegation: bool = False, managed: bool = False) -> int:
    """How many pods a node takes, daemons included, with the Amazon VPC CNI and IPv4.

    `prefix_delegation`: interfaces get /28 prefixes instead of addresses (Nitro only, else ignored as the CNI does).
    `managed`: in a managed node group without an AMI of one's own, where EKS caps the number in either mode.
    """
    per_interface = instance.ipv4_per_interface - 1
    cap = SMALL_MAX_PODS if instance.vcpu <= SMALL_VCPU else LARGE_MAX_PODS
    if prefix_delegation and instance.nitro:
        return min(instance.interfaces * per_interface * PREFIX_ADDRESSES + 2, cap)
    pods = instance.interfaces * per_interface + 2
    return min(pods, cap) if managed else pods


def allocatable(instance: Instance, max_pods: int, *, overhead: Fraction = VM_MEMORY_OVERHEAD) -> Allocatable:
    """What a node of this type has at least for pods, under AL2023, if kubelet takes `max_pods`.

    nodeadm reserves memory by the pods that the interfaces allow, unless its own expression sets the number: the larger
    of both is taken. `overhead` is the share of memory lost before kubelet counts; 0 gives nodeadm's formula alone.
    """
    by_interfaces = instance.interfaces * (instance.ipv4_per_interface - 1) + 2
    sold = instance.memory_mib - (ARM_RESERVED_MIB if instance.arch == "arm64" and overhead else 0)
    reserved = 255 + 11 * max(max_pods, by_interfaces) + EVICTION_MIB
    memory = math.floor(sold * (1 - overhead)) - reserved
    return Allocatable(1000 * instance.vcpu - _reserved_cpu(1000 * instance.vcpu), max(memory, 0))


def _reserved_cpu(milli: int) -> int:
    return sum(int(min(milli, end) - start) * share // 10_000 for start, end, share in _CPU_RESERVED if milli > start)


@functools.cache
def _instances() -> dict[str, Instance]:
    return {row[0]: _instance(row) for row in table.rows(INSTANCES)}


def _instance(row: list[str]) -> Instance:
    type_, vcpu, memory, arch, gpus, gpu, neurons, interfaces, ipv4, nitro = row
    return Instance(
        type_, int(vcpu), int(memory), arch, int(gpus), gpu, int(neurons), int(interfaces), int(ipv4), nitro == "yes"
    )


def _near(type_: str) -> str:
    import difflib

    near = difflib.get_close_matches(type_, _instances(), n=3)
    return f"; did you mean {' or '.join(near)}?" if near else "; write one such as m7i.large"
