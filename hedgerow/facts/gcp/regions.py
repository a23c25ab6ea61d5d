"""Regions of Google Cloud and their zones: tables/zones.csv, the zones where Compute Engine has machine types.

Recorded by gcosts (Cyclenerd/google-cloud-pricing-cost-calculator at 8c32d22, tools/). Zone names are the same for
every project, and their letters have gaps: europe-west1 has b, c and d.
"""

from pathlib import Path

from .. import zones as lookup
from ..zones import UnknownRegion

__all__ = ["ZONES", "UnknownRegion", "zones"]

ZONES = Path(__file__).with_name("tables") / "zones.csv"


def zones(region: str) -> tuple[str, ...]:
    """The zones of a region by name, in order; UnknownRegion where the table lacks it."""
    return lookup.zones(region, ZONES)
