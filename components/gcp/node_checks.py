"""Checks of what GKE nodes are asked to be: machine, GPUs, labels, taints."""

from collections.abc import Mapping
from typing import Any

from hedgerow.facts.gcp import machines

from ..shared import nodes
from ..shared.checks import refused
from ..shared.inputs import Wrong
from ..shared.nodes import Taints

GPU_TAINT: Taints = {"nvidia.com/gpu": ("present", "NoSchedule")}
ARM_TAINT: Taints = {"kubernetes.io/arch": ("arm64", "NoSchedule")}
"""Taints that GKE sets itself: nothing runs there but what asks for it (GKE documentation, GPUs; Arm workloads)."""
EVERY_COUNT = (1, 2, 4, 8)
STAND_IN = machines.Machine("", 0, 0, "x86_64", 0, "")


def check_machine(wrong: Wrong, type_: str) -> machines.Machine:
    """What is known of a machine type; a stand-in, and a problem, where nothing is."""
    try:
        return machines.machine(type_)
    except machines.UnknownMachine as error:
        refused(wrong, "machine_type", type_, error)
        return STAND_IN


def check_gpu(wrong: Wrong, machine: machines.Machine, given: Mapping[str, Any] | None) -> tuple[str, int] | None:
    """Type and number of each node's GPUs, if any."""
    if given is None:
        return (machine.gpu, machine.gpus) if machine.gpus else None
    type_, count = str(given["type"]), int(given["count"])
    if machine.series in machines.GPU_SERIES or machine is STAND_IN:
        _check_attached(wrong, type_, count)
    else:
        has = f"has {machine.gpus} {machine.gpu} of its own" if machine.gpus else "takes none"
        rule = f"must be left out, {machine.type} {has}"
        wrong("gpu", rule, dict(given), "delete it, or take an N1 machine type")
    return type_, count


def _check_attached(wrong: Wrong, type_: str, count: int) -> None:
    known = machines.gpu_counts()
    if type_ not in known:
        rule = "must be a GPU that N1 machines take"
        wrong(("gpu", "type"), rule, type_, f"type one of {', '.join(known)}")
    if count not in known.get(type_, EVERY_COUNT):
        takes = ", ".join(map(str, known.get(type_, EVERY_COUNT)))
        wrong(("gpu", "count"), f"must be one of {takes}", count, "type one of them")


def check_labels(wrong: Wrong, given: Mapping[str, str]) -> dict[str, str]:
    """Labels that kubelet and GKE let nodes have."""
    return nodes.check_labels(wrong, given, "GKE", lambda key: key.startswith("cloud.google.com/gke-"))


def check_taints(
    wrong: Wrong, given: Mapping[str, Any], machine: machines.Machine, gpu: tuple[str, int] | None
) -> Taints:
    """Value and effect of each taint by key, with those that GKE sets whether it is asked to or not."""
    own = (GPU_TAINT if gpu else {}) | (ARM_TAINT if machine.arch == "arm64" else {})
    for key in sorted(own.keys() & given.keys()):
        wrong(("taints", key), "must be left out, GKE sets it itself", dict(given[key]), "delete it")
    return dict(sorted((nodes.check_taints(wrong, given) | own).items()))
