"""Checks of what GKE nodes are asked to be: machine, GPUs, labels, taints."""

from collections.abc import Mapping
from typing import Any

from hedgerow.facts.gcp import machines

from ..shared import nodes
from ..shared.checks import refused, whole
from ..shared.inputs import Wrong
from ..shared.nodes import Taints

GPU_TAINT: Taints = {"nvidia.com/gpu": ("present", "NoSchedule")}
ARM_TAINT: Taints = {"kubernetes.io/arch": ("arm64", "NoSchedule")}
"""Taints that GKE sets itself: nothing runs there but what asks for it (GKE documentation, GPUs; Arm workloads)."""
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
    count = whole(wrong, ("gpu", "count"), given["count"], 1, 8)
    if not str(given["type"]).startswith("nvidia-"):
        wrong(("gpu", "type"), "must be a GPU of NVIDIA's", given["type"], "type one such as nvidia-tesla-t4")
    if machine.series not in machines.GPU_SERIES and machine is not STAND_IN:
        has = f"has {machine.gpus} {machine.gpu} of its own" if machine.gpus else "takes none"
        rule = f"must be left out, {machine.type} {has}"
        wrong("gpu", rule, dict(given), "delete it, or take an N1 machine type")
    return str(given["type"]), count


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
