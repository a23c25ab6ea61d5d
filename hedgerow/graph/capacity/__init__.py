"""Does it fit: what quotas promise, what workloads ask for, what nodes hold, what ranges address."""

from .answer import ADDRESSES, ASKS, CONTRADICTION, PIECE, PROMISES, QUOTA, SURGE, Capacity, Gap, Row
from .build import capacity
from .gaps import short_of

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
    "short_of",
]
