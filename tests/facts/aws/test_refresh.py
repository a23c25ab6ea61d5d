"""The tables are what the commands make of AWS's answers: replayed from moto's records and botocore's stubs."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import boto3
import moto
import pytest
from botocore.stub import Stubber
from moto.ec2.models.instance_types import INSTANCE_TYPES

from hedgerow.facts import table
from hedgerow.facts.aws import eks, instances, refresh, regions

SOURCE = "a test, read 2026-11-21"


def client(service: str, region: str = "us-east-1") -> Any:
    return boto3.client(service, region_name=region, aws_access_key_id="none", aws_secret_access_key="none")


class Recorded:
    """An EC2 client that answers with moto's records, without the XML between, which takes ten seconds."""

    def get_paginator(self, _: str) -> "Recorded":
        return self

    def paginate(self) -> list[dict[str, Any]]:
        return [{"InstanceTypes": list(INSTANCE_TYPES.values())}]


def test_the_instance_table_that_ships_is_what_moto_recorded() -> None:
    assert f"moto {moto.__version__}" in table.source(instances.INSTANCES)
    made = refresh.refresh_instances(Recorded(), source=table.source(instances.INSTANCES))
    assert made == instances.INSTANCES.read_text()


def test_the_zone_table_that_ships_is_what_moto_answers() -> None:
    assert f"moto {moto.__version__}" in table.source(regions.ZONES)
    some = ["ca-central-1", "cn-north-1", "eu-west-1", "us-east-1"]
    with moto.mock_aws():
        made = refresh.refresh_zones(lambda region: client("ec2", region), some, source=SOURCE)
    assert [line.split(",") for line in made.splitlines()[2:]] == [
        row for row in table.rows(regions.ZONES) if row[0] in some
    ]


PLAIN = {
    "InstanceType": "x1.large",
    "VCpuInfo": {"DefaultVCpus": 2},
    "MemoryInfo": {"SizeInMiB": 4096},
    "ProcessorInfo": {"SupportedArchitectures": ["i386", "x86_64"]},
    "Hypervisor": "nitro",
    "NetworkInfo": {
        "DefaultNetworkCardIndex": 1,
        "Ipv4AddressesPerInterface": 10,
        "NetworkCards": [
            {"NetworkCardIndex": 0, "MaximumNetworkInterfaces": 2},
            {"NetworkCardIndex": 1, "MaximumNetworkInterfaces": 3},
        ],
    },
}


def gpu(**fields: object) -> dict[str, object]:
    return {"GpuInfo": {"Gpus": [{"Name": "L4", "Count": 1, "Manufacturer": "NVIDIA", **fields}]}}


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ({}, "x1.large,2,4096,x86_64,0,,0,3,10,yes"),
        ({"Hypervisor": "xen"}, "x1.large,2,4096,x86_64,0,,0,3,10,no"),
        ({"Hypervisor": "xen", "BareMetal": True}, "x1.large,2,4096,x86_64,0,,0,3,10,yes"),
        (gpu(Count=4), "x1.large,2,4096,x86_64,4,L4,0,3,10,yes"),
        (gpu(Count=0, LogicalGpuCount=1), "x1.large,2,4096,x86_64,1,L4,0,3,10,yes"),
        (gpu(Manufacturer="AMD"), "x1.large,2,4096,x86_64,0,,0,3,10,yes"),
        ({"NeuronInfo": {"NeuronDevices": [{"Count": 16}]}}, "x1.large,2,4096,x86_64,0,,16,3,10,yes"),
    ],
)
def test_one_answer_becomes_one_row(change: dict[str, Any], row: str) -> None:
    ec2 = client("ec2")
    with Stubber(ec2) as stub:
        stub.add_response("describe_instance_types", {"InstanceTypes": [{**PLAIN, **change}]})
        assert refresh.refresh_instances(ec2, source=SOURCE).splitlines()[2:] == [row]


def test_pages_are_joined_sorted_and_macs_left_out() -> None:
    mac = {**PLAIN, "InstanceType": "mac9.metal", "ProcessorInfo": {"SupportedArchitectures": ["arm64_mac"]}}
    ec2 = client("ec2")
    with Stubber(ec2) as stub:
        stub.add_response("describe_instance_types", {"InstanceTypes": [PLAIN, mac], "NextToken": "more"})
        stub.add_response("describe_instance_types", {"InstanceTypes": [{**PLAIN, "InstanceType": "a9.large"}]})
        made = refresh.refresh_instances(ec2, source=SOURCE).splitlines()
    assert made[:2] == [f"# source: {SOURCE}", ",".join(refresh.INSTANCE_COLUMNS)]
    assert [line.partition(",")[0] for line in made[2:]] == ["a9.large", "x1.large"]


def answer(version: str, released: datetime, standard: datetime, extended: datetime) -> dict[str, Any]:
    return {
        "clusterVersion": version,
        "releaseDate": released,
        "endOfStandardSupportDate": standard,
        "endOfExtendedSupportDate": extended,
    }


def test_versions_are_written_by_their_day_in_utc() -> None:
    west = timezone(timedelta(hours=-8))
    client_ = client("eks")
    with Stubber(client_) as stub:
        first = answer(
            "1.36",
            datetime(2026, 6, 1, 17, tzinfo=west),
            datetime(2027, 8, 1, 16, tzinfo=west),
            datetime(2028, 8, 2, tzinfo=UTC),
        )
        second = answer(
            "1.35",
            datetime(2026, 1, 28, tzinfo=UTC),
            datetime(2027, 3, 27, tzinfo=UTC),
            datetime(2028, 3, 27, tzinfo=UTC),
        )
        stub.add_response(
            "describe_cluster_versions", {"clusterVersions": [first], "nextToken": "more"}, {"includeAll": True}
        )
        stub.add_response(
            "describe_cluster_versions", {"clusterVersions": [second]}, {"includeAll": True, "nextToken": "more"}
        )
        made = refresh.refresh_versions(client_, source=SOURCE)
    lines = eks.VERSIONS.read_text().splitlines()
    assert made.splitlines() == [f"# source: {SOURCE}", lines[1], *lines[-2:]]


def test_only_whole_zones_count_and_regions_without_any_are_left_out() -> None:
    zones = {
        "eu-west-9": [
            ("eu-west-9b", "availability-zone"),
            ("eu-west-9a", "availability-zone"),
            ("wl1", "wavelength-zone"),
        ],
        "eu-west-8": [("lz1", "local-zone")],
    }

    class Answers:
        def __init__(self, region: str) -> None:
            self.region = region

        def describe_availability_zones(self) -> dict[str, Any]:
            return {"AvailabilityZones": [{"ZoneName": name, "ZoneType": kind} for name, kind in zones[self.region]]}

    made = refresh.refresh_zones(Answers, zones, source=SOURCE)
    assert made == f"# source: {SOURCE}\nregion,zones\neu-west-9,eu-west-9a eu-west-9b\n"
