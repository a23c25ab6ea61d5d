"""Checks of labels and taints that EKS nodes are asked to carry."""

from collections.abc import Mapping

from ..shared import nodes
from ..shared.inputs import Wrong
from ..shared.nodes import Taints

GPU_TAINT: Taints = {"nvidia.com/gpu": ("present", "NoSchedule")}


def check_labels(wrong: Wrong, given: Mapping[str, str]) -> dict[str, str]:
    """Labels that kubelet and EKS let nodes have."""
    return nodes.check_labels(wrong, given, "EKS", _is_kept)


def _is_kept(key: str) -> bool:
    return f".{key.rpartition('/')[0]}".endswith(".eks.amazonaws.com")


def default_taints(ami_type: str) -> Taints:
    """Taints where none are asked for: those that keep pods without need of a GPU off nodes that have one."""
    return dict(GPU_TAINT) if ami_type.endswith("NVIDIA") else {}
