"""How many random clusters are tried: a few each time, `HEDGEROW_EXAMPLES=50` times as many where somebody has the time."""

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings

TIMES = int(os.environ.get("HEDGEROW_EXAMPLES", "1"))


def many(count: int, **given: Any) -> settings:
    """So many examples, times what the environment asks for."""
    return settings(max_examples=count * TIMES, deadline=None, suppress_health_check=list(HealthCheck), **given)


def unshrunk(count: int) -> settings:
    """As `many`, for clusters that take longer to shrink than to read."""
    return many(count, phases=(Phase.explicit, Phase.reuse, Phase.generate))
