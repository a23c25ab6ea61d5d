"""Makes the tables of this folder from AWS: each function asks through a boto3 client and returns the table's text.

`source` says where the answers come from and when they were read; it becomes the first line of the table.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
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
ADDON_COLUMNS = ("addon", "default", "newest")
_LINUX = ("x86_64", "arm64")


def refresh(client_of: Callable[[str, str], Any], regions: Sequence[str], *, today: date) -> dict[str, str]:
    """The text of every table by its name, asked through `client_of(service, region)`.

    Instance types: those of any of `regions`. Versions and add-ons: of the first. Zones: of every region that the
    account has on. Raises what the SDK raises; then there is no text at all.
    """
    read, first = f"read {today}", regions[0]
    ec2 = [client_of("ec2", region) for region in regions]
    eks = client_of("eks", first)
    known = sorted(region["RegionName"] for region in ec2[0].describe_regions()["Regions"])
    return {
        "eks_addons": refresh_addons(eks, source=f"EKS DescribeAddonVersions in {first}, {read}"),
        "eks_versions": refresh_versions(eks, source=f"EKS DescribeClusterVersions in {first}, {read}"),
        "instances": refresh_instances(*ec2, source=f"EC2 DescribeInstanceTypes in {' '.join(regions)}, {read}"),
        "zones": refresh_zones(
            lambda region: client_of("ec2", region),
            known,
            source=f"EC2 DescribeAvailabilityZones of every region that the account has on, {read}",
        ),
    }


def refresh_instances(*clients: Any, source: str) -> str:
    """The text of tables/instances.csv, asked of EC2 clients: every type of their regions that runs Linux."""
    pages = (page for client in clients for page in client.get_paginator("describe_instance_types").paginate())
    found = {row[0]: row for page in pages for row in map(_instance, page["InstanceTypes"]) if row}
    return table.text(source, INSTANCE_COLUMNS, found.values())


def refresh_versions(client: Any, *, source: str) -> str:
    """The text of tables/eks_versions.csv, asked of an EKS client: every version that EKS still names."""
    pages = client.get_paginator("describe_cluster_versions").paginate(includeAll=True)
    days = ("releaseDate", "endOfStandardSupportDate", "endOfExtendedSupportDate")
    found = {
        each["clusterVersion"]: [_day(each[day]) for day in days] for page in pages for each in page["clusterVersions"]
    }
    return table.text(source, VERSION_COLUMNS, ((name, *dates) for name, dates in found.items()))


def refresh_addons(client: Any, *, source: str) -> str:
    """The text of tables/eks_addons.csv, asked of an EKS client: AWS's own add-ons on each version of Kubernetes."""
    pages = client.get_paginator("describe_addon_versions").paginate(owners=["aws"])
    found: dict[str, list[tuple[str, bool]]] = {}
    for addon in (addon for page in pages for addon in page["addons"]):
        for build in addon["addonVersions"]:
            for fits in build["compatibilities"]:
                key = f"{addon['addonName']}@{fits['clusterVersion']}"
                found.setdefault(key, []).append((build["addonVersion"], fits.get("defaultVersion", False)))
    rows = ((key, _default(builds), max((name for name, _ in builds), key=_numbers)) for key, builds in found.items())
    return table.text(source, ADDON_COLUMNS, rows)


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


def _default(builds: Iterable[tuple[str, bool]]) -> str:
    return next((name for name, default in builds if default), "")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
