"""What a GKE node has left for pods.

GKE documentation, plan node sizes, as gathered from public documentation and read 2026-11-21: CPU as on any kubelet, of
memory 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112 and 2 % of the rest, and
100 MiB kept from eviction; of the boot disk 10 % kept from eviction, and half of it, 6 GiB and 35 %, or 100 GiB,
whichever is least. What firmware and kernel keep before is taken as on EC2. None of it was measured on a live cluster.
"""

import math
from fractions import Fraction
from typing import NamedTuple

from .machines import Machine

VM_MEMORY_OVERHEAD = Fraction(75, 1000)
"""Share of a machine's memory that its firmware and kernel may keep: generous."""

EVICTION_MIB = 100
"""Memory below which kubelet evicts pods, so that no pod is placed into it."""

DEFAULT_MACHINE, DEFAULT_DISK_GIB = "e2-medium", 100
"""Machine and boot disk of a pool that names none (recorded API defaults)."""

SHARED_CORES = frozenset({"e2-micro", "e2-small", "e2-medium"})
SHARED_CORE_MILLI = 1060
"""CPU that GKE keeps of a machine with shared processors, thousandths."""

_CPU = ((0, 1000, 600), (1000, 2000, 100), (2000, 4000, 50), (4000, math.inf, 25))
_MEMORY = ((0, 4, 25), (4, 8, 20), (8, 16, 10), (16, 128, 6), (128, math.inf, 2))
_SMALL_MIB, _SMALL_KEEPS_MIB = 1024, 255


class Allocatable(NamedTuple):
    """What a node has for pods, its daemons' included."""

    cpu_milli: int
    """CPU, thousandths."""
    memory_mib: int
    """Memory, MiB."""


def allocatable(machine: Machine, *, overhead: Fraction = VM_MEMORY_OVERHEAD) -> Allocatable:
    """What a node of this type has at least for pods."""
    milli = 1000 * machine.vcpu
    kept = sum((min(milli, end) - start) * share for start, end, share in _CPU if milli > start)
    cpu = milli - (SHARED_CORE_MILLI if machine.type in SHARED_CORES else math.ceil(Fraction(kept) / 10_000))
    memory = math.floor(machine.memory_mib * (1 - overhead)) - _kept_memory(machine.memory_mib) - EVICTION_MIB
    return Allocatable(max(cpu, 0), max(memory, 0))


def disk_mib(gib: int) -> int:
    """What is left for pods of a boot disk of so many GiB, MiB."""
    whole = Fraction(gib * 99, 100)
    kept = min(whole / 2, 6 + whole * Fraction(35, 100), Fraction(100))
    return max(math.floor((whole * Fraction(9, 10) - kept) * 1024), 0)


def _kept_memory(mib: int) -> int:
    if mib <= _SMALL_MIB:
        return _SMALL_KEEPS_MIB
    kept = sum(
        (Fraction(min(mib, end * 1024)) - start * 1024) * share for start, end, share in _MEMORY if mib > start * 1024
    )
    return math.ceil(kept / 100)
