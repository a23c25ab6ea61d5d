"""Checks of labels and taints that nodes are asked to carry."""

from collections.abc import Mapping
from typing import Any

from hedgerow.facts import labels

from ..shared.inputs import Wrong

EFFECTS = {"NoSchedule": "NO_SCHEDULE", "NoExecute": "NO_EXECUTE", "PreferNoSchedule": "PREFER_NO_SCHEDULE"}
GPU_TAINT = {"nvidia.com/gpu": ("present", "NoSchedule")}


def check_labels(wrong: Wrong, given: Mapping[str, str]) -> dict[str, str]:
    """Labels that kubelet and EKS let nodes have."""
    for key, value in given.items():
        if problem := labels.key_problem(key) or labels.value_problem(value):
            wrong(("labels", key), problem, value, "rewrite it")
        elif _is_reserved(key.rpartition("/")[0]):
            wrong(("labels", key), "must not have a prefix that Kubernetes or EKS keeps", value, "take one of your own")
    return dict(sorted(given.items()))


def _is_reserved(prefix: str) -> bool:
    """Whether kubelet or EKS refuses a label of this prefix (kubelet --node-labels)."""
    if f".{prefix}".endswith((".kubelet.kubernetes.io", ".node.kubernetes.io")):
        return False
    return f".{prefix}".endswith((".kubernetes.io", ".k8s.io", ".eks.amazonaws.com"))


def default_taints(ami_type: str) -> dict[str, tuple[str, str]]:
    """Taints where none are asked for: those that keep pods without need of a GPU off nodes that have one."""
    return dict(GPU_TAINT) if ami_type.endswith("NVIDIA") else {}


def check_taints(wrong: Wrong, given: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Value and effect of each taint by key."""
    for key, taint in given.items():
        if problem := labels.key_problem(key) or labels.value_problem(taint.get("value", "")):
            wrong(("taints", key), problem, taint.get("value", ""), "rewrite it")
        if taint["effect"] not in EFFECTS:
            at = ("taints", key, "effect")
            wrong(at, f"must be one of {', '.join(EFFECTS)}", taint["effect"], "type one of them")
    return {key: (taint.get("value", ""), taint["effect"]) for key, taint in sorted(given.items())}
