"""Machine types of Compute Engine as GKE nodes: what they have, and what disk they start from.

Tables: tables/machines.csv, and tables/gpus.csv for the GPUs that are not part of a type but attached to one (N1).
Custom types are read from their names. Disks: Compute Engine documentation, Hyperdisk.
"""

import functools
import re
from pathlib import Path
from typing import NamedTuple

from .. import table

GPUS = Path(__file__).with_name("tables") / "gpus.csv"
MACHINES = Path(__file__).with_name("tables") / "machines.csv"

HYPERDISK_ONLY = frozenset({"a4", "a4x", "c4", "c4a", "c4d", "c4n", "g4", "h4d", "m4", "m4n", "n4", "n4a", "n4d", "x4"})
"""Series that start from no Persistent Disk."""
_HYPERDISK_ONLY_TYPES = "a3-ultragpu-"

GPU_SERIES = frozenset({"n1"})
"""Series whose types one attaches GPUs to."""
N1_GPUS = frozenset({"nvidia-tesla-p100", "nvidia-tesla-p4", "nvidia-tesla-t4", "nvidia-tesla-v100"})
"""GPUs that one attaches to them (Compute Engine documentation, GPU machine types)."""

_CUSTOM = re.compile(r"(?:(e2|n1|n2|n2d|n4|n4a|n4d)-)?custom-([1-9][0-9]{0,2})-([1-9][0-9]{2,6})(-ext)?")
_ARM = ("a4x-", "c4a-", "n4a-", "t2a-")


class Machine(NamedTuple):
    """One machine type."""

    type: str
    """Its name, such as `n2-standard-4`."""
    vcpu: int
    """Virtual CPUs."""
    memory_mib: int
    """Memory, MiB."""
    arch: str
    """`x86_64` or `arm64`."""
    gpus: int
    """NVIDIA GPUs that belong to the type."""
    gpu: str
    """Name of the GPU as GKE takes it, such as `nvidia-l4`, or empty."""

    @property
    def series(self) -> str:
        """The series, such as `n2`; that of a custom type without one is `n1`."""
        series = self.type.partition("-")[0]
        return "n1" if series == "custom" else series


class UnknownMachine(LookupError):
    """A machine type that the table lacks. The message names near ones and the table's date."""


def machine(type_: str) -> Machine:
    """What is known of a machine type; UnknownMachine where the table lacks it."""
    known = _machines()
    if type_ in known:
        return known[type_]
    if custom := _CUSTOM.fullmatch(type_):
        return Machine(type_, int(custom[2]), int(custom[3]), architecture(type_), 0, "")
    raise UnknownMachine(f"machine type {type_!r} is not in the table ({table.source(MACHINES)}){_near(type_)}")


def gpu_counts() -> dict[str, tuple[int, ...]]:
    """Each GPU that one attaches to N1 machines, and how many of it a machine takes: 1, 2, 4 and so on."""
    return {gpu: tuple(2**power for power in range(int(most).bit_length())) for gpu, most in table.rows(GPUS)}


def architecture(type_: str) -> str:
    """`arm64` or `x86_64`, by the series."""
    return "arm64" if type_.startswith(_ARM) else "x86_64"


def boot_disk_type(machine: Machine) -> str | None:
    """The balanced disk that a machine starts from; None where it takes Hyperdisks alone, of which GKE picks one."""
    if machine.series in HYPERDISK_ONLY or machine.type.startswith(_HYPERDISK_ONLY_TYPES):
        return None
    return "pd-balanced"


@functools.cache
def _machines() -> dict[str, Machine]:
    return {
        type_: Machine(type_, int(vcpu), int(memory), arch, int(gpus), gpu)
        for type_, vcpu, memory, arch, gpus, gpu in table.rows(MACHINES)
    }


def _near(type_: str) -> str:
    import difflib

    near = difflib.get_close_matches(type_, _machines(), n=3)
    return f"; did you mean {' or '.join(near)}?" if near else "; write one such as n2-standard-4"
