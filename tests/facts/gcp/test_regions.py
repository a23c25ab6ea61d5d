"""Regions of Google Cloud and their zones."""

import pytest

from hedgerow.facts import table
from hedgerow.facts.gcp import regions
from hedgerow.facts.gcp.regions import UnknownRegion, zones


@pytest.mark.parametrize(
    ("region", "letters"), [("europe-west4", "abc"), ("europe-west1", "bcd"), ("us-central1", "abcdf")]
)
def test_the_table_knows_the_gaps_between_letters(region: str, letters: str) -> None:
    assert zones(region) == tuple(f"{region}-{letter}" for letter in letters)


def test_every_zone_is_one_of_its_region() -> None:
    rows = list(table.rows(regions.ZONES))
    assert len(rows) > 40
    for region, _ in rows:
        assert all(zone[:-2] == region and zone[-1].isalpha() for zone in zones(region))


@pytest.mark.parametrize(
    ("region", "ending"),
    [
        ("europe-west44", "; did you mean europe-west4 or europe-west9 or europe-west8?"),
        ("zzz", "; name its zones in the settings"),
    ],
)
def test_an_unknown_region_is_told_with_near_ones_and_the_date_of_the_table(region: str, ending: str) -> None:
    with pytest.raises(UnknownRegion) as unknown:
        zones(region)
    assert str(unknown.value) == f"region {region!r} is not in the table ({table.source(regions.ZONES)}){ending}"
