"""Regions of Google Cloud and their zones: tables/zones.csv, the zones where Compute Engine has machine types.

Recorded by gcosts (Cyclenerd/google-cloud-pricing-cost-calculator at 8c32d22, tools/). Zone names are the same for
every project, and their letters have gaps: europe-west1 has b, c and d.
"""

import functools
from pathlib import Path

from .. import table

ZONES = Path(__file__).with_name("tables") / "zones.csv"


class UnknownRegion(LookupError):
    """A region that the table lacks. The message names near ones and the table's date."""


def zones(region: str) -> tuple[str, ...]:
    """The zones of a region by name, in order; UnknownRegion where the table lacks it."""
    known = _zones()
    if region not in known:
        raise UnknownRegion(f"region {region!r} is not in the table ({table.source(ZONES)}){_near(region, known)}")
    return known[region]


@functools.cache
def _zones() -> dict[str, tuple[str, ...]]:
    return {region: tuple(names.split()) for region, names in table.rows(ZONES)}


def _near(region: str, known: dict[str, tuple[str, ...]]) -> str:
    import difflib

    near = difflib.get_close_matches(region, known, n=3)
    return f"; did you mean {' or '.join(near)}?" if near else "; name its zones in the settings"
