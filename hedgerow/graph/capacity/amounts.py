"""Amounts by resource, exactly, in thousandths: finer ones the API server rounds up when it stores them.

Source: SetDefaults_ResourceList of kubernetes/kubernetes pkg/apis/core/v1/defaults.go, as of 1.36.
"""

import functools
import math
from collections.abc import Iterable, Mapping
from fractions import Fraction

from ...facts import quantity

Amounts = Mapping[str, int]
"""Thousandths by resource: `cpu`, `memory`, `ephemeral-storage`, `pods`, `storage`, `nvidia.com/gpu`."""

ONE = 1000
MIB = 1024**2
BINARY = frozenset({"memory", "ephemeral-storage", "storage"})
ROUGHLY = {"memory": 1024**3, "ephemeral-storage": 1024**3, "storage": 1024**3}


@functools.lru_cache(maxsize=4096)
def thousandths(text: str | float) -> int:
    """A quantity in thousandths, rounded up; QuantityError for what is none."""
    return math.ceil(quantity.parse(text) * ONE)


def told(resource: str, amount: int) -> str:
    """An amount as people write it, exactly: `12500m` is `12.5`, memory in Gi where no digit is lost."""
    if resource in BINARY or resource.startswith("hugepages-"):
        return quantity.format(Fraction(amount, ONE), "Ki")
    whole, part = divmod(abs(amount), ONE)
    rest = f".{part:03}".rstrip("0") if part else ""
    return f"{'-' if amount < 0 else ''}{whole:,}{rest}"


def roughly(resource: str, amount: int) -> str:
    """An amount for a table, rounded down: storage in whole Gi, anything else to a tenth."""
    unit = ROUGHLY.get(resource)
    if unit:
        return f"{amount // (ONE * unit):,} Gi"
    whole, tenth = divmod(amount // (ONE // 10), 10)
    return f"{whole:,}.{tenth}" if tenth else f"{whole:,}"


def plus(*every: Amounts) -> dict[str, int]:
    """The sum."""
    found: dict[str, int] = {}
    for amounts in every:
        for resource, amount in amounts.items():
            found[resource] = found.get(resource, 0) + amount
    return found


def times(amounts: Amounts, number: int) -> dict[str, int]:
    """So many times as much."""
    return {resource: amount * number for resource, amount in amounts.items()}


def most(every: Iterable[Amounts]) -> dict[str, int]:
    """The largest of each resource."""
    found: dict[str, int] = {}
    for amounts in every:
        for resource, amount in amounts.items():
            found[resource] = max(found.get(resource, 0), amount)
    return found
