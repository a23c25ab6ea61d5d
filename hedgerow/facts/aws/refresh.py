"""Makes the tables of this folder from AWS: each function asks through a boto3 client and returns the table's text.

`source` says where the answers come from and when they were read; it becomes the first line of the table.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from .. import table

INSTANCE_COLUMNS = (
    "type",
    "vcpu",
    "memory_mib",
    "arch",
    "gpus",
    "gpu",
    "neurons",
    "interfaces",
    "ipv4_per_interface",
    "nitro",
)
VERSION_COLUMNS = ("version", "released", "standard_ends", "extended_ends")
_LINUX = ("x86_64", "arm64")


def refresh_instances(client: Any, *, source: str) -> str:
    """The text of tables/instances.csv, asked of an EC2 client: every type of the region that runs Linux."""
    pages = client.get_paginator("describe_instance_types").paginate()
    return table.text(
        source, INSTANCE_COLUMNS, (row for page in pages for row in map(_instance, page["InstanceTypes"]) if row)
    )


def refresh_versions(client: Any, *, source: str) -> str:
    """The text of tables/eks_versions.csv, asked of an EKS client: every version that EKS still names."""
    pages = client.get_paginator("describe_cluster_versions").paginate(includeAll=True)
    days = ("releaseDate", "endOfStandardSupportDate", "endOfExtendedSupportDate")
    found = {
        each["clusterVersion"]: [_day(each[day]) for day in days] for page in pages for each in page["clusterVersions"]
    }
    return table.text(source, VERSION_COLUMNS, ((name, *dates) for name, dates in found.items()))


def refresh_zones(client_of: Callable[[str], Any], regions: Iterable[str], *, source: str) -> str:
    """The text of tables/zones.csv: the availability zones of each region, asked of that region's EC2 client."""
    return table.text(source, ("region", "zones"), _zones(client_of, regions))


def _zones(client_of: Callable[[str], Any], regions: Iterable[str]) -> Iterator[tuple[str, str]]:
    for region in regions:
        answer = client_of(region).describe_availability_zones()["AvailabilityZones"]
        names = sorted(zone["ZoneName"] for zone in answer if zone["ZoneType"] == "availability-zone")
        if names:
            yield region, " ".join(names)


def _instance(answer: dict[str, Any]) -> tuple[object, ...] | None:
    arch = next((each for each in answer["ProcessorInfo"]["SupportedArchitectures"] if each in _LINUX), None)
    if arch is None:
        return None
    network = answer["NetworkInfo"]
    default = network.get("DefaultNetworkCardIndex", 0)
    card = next(each for each in network["NetworkCards"] if each["NetworkCardIndex"] == default)
    gpus = [each for each in answer.get("GpuInfo", {}).get("Gpus", ()) if each["Manufacturer"] == "NVIDIA"]
    neurons = answer.get("NeuronInfo", {}).get("NeuronDevices", ())
    return (
        answer["InstanceType"],
        answer["VCpuInfo"]["DefaultVCpus"],
        answer["MemoryInfo"]["SizeInMiB"],
        arch,
        sum(each.get("LogicalGpuCount") or each["Count"] for each in gpus),
        gpus[0]["Name"] if gpus else "",
        sum(each["Count"] for each in neurons),
        card["MaximumNetworkInterfaces"],
        network["Ipv4AddressesPerInterface"],
        "yes" if answer.get("Hypervisor") == "nitro" or answer.get("BareMetal") else "no",
    )


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
