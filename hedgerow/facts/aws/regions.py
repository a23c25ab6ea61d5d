"""Regions of AWS: partition, domain, availability zones.

Partitions: botocore 1.44.5 partitions.json, read 2026-11-21. Zones: tables/zones.csv. Zone letters of the older regions
mean another place in each account, and an account may lack one: the letters name subnets, they prove no zone.
"""

import re
from pathlib import Path

from .. import zones as lookup
from ..zones import UnknownRegion

__all__ = ["ZONES", "UnknownRegion", "dns_suffix", "partition", "zones"]

ZONES = Path(__file__).with_name("tables") / "zones.csv"

_PARTITIONS = {
    "aws": (r"(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+", "amazonaws.com"),
    "aws-cn": (r"cn-\w+-\d+", "amazonaws.com.cn"),
    "aws-us-gov": (r"us-gov-\w+-\d+", "amazonaws.com"),
    "aws-eusc": (r"eusc-(de)-\w+-\d+", "amazonaws.eu"),
    "aws-iso": (r"us-iso-\w+-\d+", "c2s.ic.gov"),
    "aws-iso-b": (r"us-isob-\w+-\d+", "sc2s.sgov.gov"),
    "aws-iso-e": (r"eu-isoe-\w+-\d+", "cloud.adc-e.uk"),
    "aws-iso-f": (r"us-isof-\w+-\d+", "csp.hci.ic.gov"),
}


def partition(region: str) -> str:
    """The partition of a region, as ARNs name it: `aws`, `aws-cn`, `aws-us-gov` and so on.

    Judged by the form of the name, so that a region newer than hedgerow has one too.
    """
    for name, (pattern, _) in _PARTITIONS.items():
        if re.fullmatch(pattern, region, re.ASCII):
            return name
    raise UnknownRegion(f"{region!r} has not the form of an AWS region; write one such as eu-west-1")


def dns_suffix(region: str) -> str:
    """The domain of a region's services, such as `amazonaws.com`."""
    return _PARTITIONS[partition(region)][1]


def zones(region: str) -> tuple[str, ...]:
    """The availability zones of a region by name, in order; UnknownRegion where the table lacks it."""
    return lookup.zones(region, ZONES)
