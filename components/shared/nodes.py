"""Checks of labels and taints that nodes are asked to carry, on any cloud."""

from collections.abc import Callable, Mapping
from typing import Any

from hedgerow.facts import labels

from .inputs import Wrong

EFFECTS = {"NoSchedule": "NO_SCHEDULE", "NoExecute": "NO_EXECUTE", "PreferNoSchedule": "PREFER_NO_SCHEDULE"}
"""Effects of taints as Kubernetes writes them and as both clouds do."""

Taints = dict[str, tuple[str, str]]
"""Value and effect of each taint, by key."""


def check_labels(wrong: Wrong, given: Mapping[str, str], keeper: str, is_kept: Callable[[str], bool]) -> dict[str, str]:
    """Labels that kubelet and the cloud (`keeper`, which keeps the keys that `is_kept`) let nodes have."""
    for key, value in given.items():
        if problem := labels.key_problem(key) or labels.value_problem(value):
            wrong(("labels", key), problem, value, "rewrite it")
        elif _is_reserved(key.rpartition("/")[0]) or is_kept(key):
            rule = f"must not have a prefix that Kubernetes or {keeper} keeps"
            wrong(("labels", key), rule, value, "take one of your own")
    return dict(sorted(given.items()))


def _is_reserved(prefix: str) -> bool:
    """Whether kubelet refuses a label of this prefix (kubelet --node-labels)."""
    if f".{prefix}".endswith((".kubelet.kubernetes.io", ".node.kubernetes.io")):
        return False
    return f".{prefix}".endswith((".kubernetes.io", ".k8s.io"))


def check_taints(wrong: Wrong, given: Mapping[str, Any]) -> Taints:
    """Value and effect of each taint by key."""
    for key, taint in given.items():
        if problem := labels.key_problem(key) or labels.value_problem(taint.get("value", "")):
            wrong(("taints", key), problem, taint.get("value", ""), "rewrite it")
        if taint["effect"] not in EFFECTS:
            at = ("taints", key, "effect")
            wrong(at, f"must be one of {', '.join(EFFECTS)}", taint["effect"], "type one of them")
    return {key: (taint.get("value", ""), taint["effect"]) for key, taint in sorted(given.items())}
