"""The zones of a region, looked up in a cloud's table of them."""

import functools
from collections.abc import Mapping
from pathlib import Path

from . import table


class UnknownRegion(LookupError):
    """A region that no fact is known of. The message names near ones and the table's date."""


def zones(region: str, path: Path) -> tuple[str, ...]:
    """The zones of a region by name, in order; UnknownRegion where the table at `path` lacks it."""
    known = all_of(path)
    if region not in known:
        raise UnknownRegion(f"region {region!r} is not in the table ({table.source(path)}){_near(region, known)}")
    return known[region]


@functools.cache
def all_of(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Every region of a table with its zones."""
    return {region: tuple(names.split()) for region, names in table.rows(path)}


def _near(region: str, known: Mapping[str, tuple[str, ...]]) -> str:
    import difflib

    near = difflib.get_close_matches(region, known, n=3)
    return f"; did you mean {' or '.join(near)}?" if near else "; name its zones in the settings"
