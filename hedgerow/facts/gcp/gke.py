"""Facts of Google Kubernetes Engine: minor versions, their days, and where they are offered.

Table: tables/gke_versions.csv. Days: of the Regular channel, to the end of standard support.
"""

import functools
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from .. import table

VERSIONS = Path(__file__).with_name("tables") / "gke_versions.csv"


class Version(NamedTuple):
    """One minor version of Kubernetes on GKE."""

    version: str
    """Such as `1.35`."""
    released: date | None
    """First day in the Regular channel, where the table knows it."""
    ends: date | None
    """Last day of standard support, where the table knows it."""
    newest: str
    """Newest version of it that GKE is known to offer, such as `1.35.0-gke.3047000`."""
    channels: tuple[str, ...]
    """Release channels that offer it; none where the table was not made by `hedgerow facts refresh gcp`."""

    def supported(self, today: date) -> bool | None:
        """Whether it has standard support on the day given; None where the table does not know its days."""
        return None if self.released is None or self.ends is None else self.released <= today <= self.ends


@functools.cache
def versions() -> Mapping[str, Version]:
    """The minor versions of GKE by name, oldest first."""
    found = [_version(row) for row in table.rows(VERSIONS)]
    return {each.version: each for each in sorted(found, key=lambda each: int(each.version.split(".")[1]))}


def _version(row: list[str]) -> Version:
    version, released, ends, newest, channels = row
    return Version(version, _day(released), _day(ends), newest, tuple(channels.split()))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
