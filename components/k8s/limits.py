"""What one container or volume gets where it says nothing, and may have at most: makes a quota usable."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hedgerow.facts import quantity

USUAL_REQUEST = {"cpu": "100m", "memory": "256Mi", "ephemeral-storage": "256Mi"}
USUAL_LIMIT = {"memory": "512Mi", "ephemeral-storage": "2Gi"}
LEAST = {"cpu": "1m", "memory": "4Mi", "ephemeral-storage": "1Mi"}
"""Catches `memory: 512m`, half a byte, and requests of 0, which a quota would count as nothing."""
UNIT = {"cpu": "1m", "memory": "1Mi", "ephemeral-storage": "1Mi"}
MEMORY_RATIO = 8
"""How often a memory request goes into its limit at most: a quota holds over all nodes together, this on each."""
LEAST_VOLUME = "1Gi"


def limit_range(hard: Mapping[str, str]) -> list[dict[str, Any]]:
    """The LimitRange that fits a quota: as many one-container pods as it counts fit in with the defaults.

    No maximum and no ratio for CPU: either would force a CPU limit on every container.
    """
    pods = int(hard["pods"])
    request = {of: _share(hard[f"requests.{of}"], pods, usual, of) for of, usual in USUAL_REQUEST.items()}
    limit = {of: _share(hard[f"limits.{of}"], pods, usual, of) for of, usual in USUAL_LIMIT.items()}
    limit["memory"] = min(limit["memory"], request["memory"] * MEMORY_RATIO)
    container = {
        "type": "Container",
        "default": _texts(limit),
        "defaultRequest": _texts(request),
        "max": {of: hard[f"limits.{of}"] for of in USUAL_LIMIT},
        "maxLimitRequestRatio": {"memory": str(MEMORY_RATIO)},
        "min": dict(LEAST),
    }
    volume = {
        "type": "PersistentVolumeClaim",
        "max": {"storage": hard["requests.storage"]},
        "min": {"storage": LEAST_VOLUME},
    }
    return [container] if hard["requests.storage"] == "0" else [container, volume]


def _share(total: str, pods: int, usual: str, of: str) -> Fraction:
    unit = quantity.parse(UNIT[of])
    return min(quantity.parse(usual), quantity.parse(total) / pods // unit * unit)


def _texts(amounts: Mapping[str, Fraction]) -> dict[str, str]:
    return {of: quantity.format(amount, USUAL_REQUEST[of]) for of, amount in amounts.items()}
