"""Partitions follow the form of a region's name; zones come from the table."""

import pytest

from hedgerow.facts import zones as lookup
from hedgerow.facts.aws import regions
from hedgerow.facts.aws.regions import UnknownRegion


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("eu-west-1", "aws", "amazonaws.com"),
        ("us-east-1", "aws", "amazonaws.com"),
        ("mx-central-1", "aws", "amazonaws.com"),
        ("eu-nowhere-9", "aws", "amazonaws.com"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
        ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
        ("eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk"),
        ("us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov"),
    ],
)
def test_a_region_has_a_partition_and_a_domain(region: str, partition: str, suffix: str) -> None:
    assert regions.partition(region) == partition
    assert regions.dns_suffix(region) == suffix


@pytest.mark.parametrize(
    "region", ["", "europe-west1", "eu-west", "eu-west-1a", "EU-WEST-1", "aws-global", "eu-west-1\n"]
)
def test_what_is_no_region_has_none(region: str) -> None:
    with pytest.raises(UnknownRegion) as error:
        regions.partition(region)
    assert str(error.value) == f"{region!r} has not the form of an AWS region; write one such as eu-west-1"


def test_every_region_of_the_table_has_a_partition_and_its_own_zones() -> None:
    for region, zones in lookup.all_of(regions.ZONES).items():
        assert regions.partition(region) in ("aws", "aws-cn", "aws-us-gov")
        assert len(zones) >= 2
        assert all(zone.startswith(region) and zone[len(region) :].isalpha() for zone in zones)


def test_zones() -> None:
    assert regions.zones("eu-west-1") == ("eu-west-1a", "eu-west-1b", "eu-west-1c")
    assert regions.zones("ca-central-1") == ("ca-central-1a", "ca-central-1b", "ca-central-1d")


def test_an_unknown_region_is_answered_with_near_ones_and_the_tables_date() -> None:
    with pytest.raises(UnknownRegion) as error:
        regions.zones("eu-wset-1")
    source = "EC2 DescribeAvailabilityZones as answered by moto 5.2.5, read 2026-11-21"
    assert str(error.value) == (
        f"region 'eu-wset-1' is not in the table ({source}); did you mean eu-west-1 or us-west-1 or eu-west-3?"
    )
    with pytest.raises(UnknownRegion, match=r"; name its zones in the settings$"):
        regions.zones("zz")
