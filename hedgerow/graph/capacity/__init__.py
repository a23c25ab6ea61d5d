"""Does it fit: what quotas promise, what workloads ask for, what nodes hold, what ranges address."""

from .answer import ADDRESSES, ASKS, CONTRADICTION, PIECE, PROMISES, QUOTA, SURGE, Capacity, Gap, Row
from .build import capacity, on_nodes
from .gaps import of_rollouts, short_of

__all__ = [
    "ADDRESSES",
    "ASKS",
    "CONTRADICTION",
    "PIECE",
    "PROMISES",
    "QUOTA",
    "SURGE",
    "Capacity",
    "Gap",
    "Row",
    "capacity",
    "of_rollouts",
    "on_nodes",
    "short_of",
]
