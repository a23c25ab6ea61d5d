"""Makes the tables of this folder from Google Cloud: each function asks and returns the table's text.

`source` says where the answers come from and when they were read; it becomes the first line of the table. `session` is
a `google.auth.transport.requests.AuthorizedSession`, or anything that `get`s like one.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from .. import table
from ..unanswered import Unanswered
from . import gke, machines
from .machines import architecture

GPU_COLUMNS = ("gpu", "most")
MACHINE_COLUMNS = ("type", "vcpu", "memory_mib", "arch", "gpus", "gpu")
VERSION_COLUMNS = ("version", "released", "ends", "newest", "channels")
COMPUTE = "https://compute.googleapis.com/compute/v1"
DATES_FROM = ", with released and ends from "
SECONDS = 60


def refresh(session: Any, container: Any, project: str, region: str, *, today: date, base: str = "") -> dict[str, str]:
    """The text of every table by its name. Machines, GPUs, zones: all that the project sees; versions: of `region`.

    `container` is a ClusterManagerClient, `base` another address of Compute Engine. Raises what the SDK raises; then
    there is no text at all.
    """
    read, compute = f"read {today}", f"{base or COMPUTE}/projects/{project}"
    return {
        "gke_versions": refresh_versions(
            container, project, region, source=f"GKE getServerConfig in {region}, {read}", known=gke.VERSIONS
        ),
        "gpus": refresh_gpus(session, compute, source=f"Compute Engine acceleratorTypes.aggregatedList, {read}"),
        "machines": refresh_machines(session, compute, source=f"Compute Engine machineTypes.aggregatedList, {read}"),
        "zones": refresh_zones(session, compute, source=f"Compute Engine zones.list, {read}"),
    }


def refresh_machines(session: Any, compute: str, *, source: str) -> str:
    """The text of tables/machines.csv: every machine type of any zone of a project, `…/projects/<project>`."""
    found = {each["name"]: _machine(each) for each in _everywhere(session, compute, "machineTypes")}
    return table.text(source, MACHINE_COLUMNS, found.values())


def refresh_gpus(session: Any, compute: str, *, source: str) -> str:
    """The text of tables/gpus.csv: the GPUs that one attaches to N1 machines, and the most that one machine takes."""
    most: dict[str, int] = {}
    for each in _everywhere(session, compute, "acceleratorTypes"):
        if each["name"] in machines.N1_GPUS:
            most[each["name"]] = max(most.get(each["name"], 0), each["maximumCardsPerInstance"])
    return table.text(source, GPU_COLUMNS, most.items())


def refresh_zones(session: Any, compute: str, *, source: str) -> str:
    """The text of tables/zones.csv: the zones of each region that the project sees."""
    found: dict[str, list[str]] = {}
    for page in _pages(session, f"{compute}/zones"):
        for zone in page.get("items", ()):
            if "deprecated" not in zone:
                found.setdefault(zone["region"].rpartition("/")[2], []).append(zone["name"])
    return table.text(
        source, ("region", "zones"), ((region, " ".join(sorted(zones))) for region, zones in found.items())
    )


def refresh_versions(container: Any, project: str, region: str, *, source: str, known: Path) -> str:
    """The text of tables/gke_versions.csv: what GKE offers in a region, by its minor versions.

    GKE does not say when a version was released and when its support ends: these days stay as the table at `known` has
    them, and the source says where they came from.
    """
    config = container.get_server_config(name=f"projects/{project}/locations/{region}", timeout=SECONDS)
    offered: dict[str, dict[str, set[str]]] = {}
    for channel in config.channels:
        for version in channel.valid_versions:
            found = offered.setdefault(_minor(version), {"channels": set(), "versions": set()})
            found["channels"].add(channel.channel.name.lower())
            found["versions"].add(version)
    days = {row[0]: row[1:3] for row in table.rows(known)}
    rows = (
        (minor, *days.get(minor, ("", "")), _newest(found["versions"]), " ".join(sorted(found["channels"])))
        for minor, found in offered.items()
    )
    kept = table.source(known).rpartition(DATES_FROM)[2]
    return table.text(f"{source}{DATES_FROM}{kept}", VERSION_COLUMNS, rows)


def _everywhere(session: Any, compute: str, kind: str) -> Iterator[dict[str, Any]]:
    """Every entry of an aggregated list; Unanswered where some zone did not answer."""
    for page in _pages(session, f"{compute}/aggregated/{kind}"):
        for zone, found in page.get("items", {}).items():
            code = found.get("warning", {}).get("code", "NO_RESULTS_ON_PAGE")
            if code != "NO_RESULTS_ON_PAGE":
                raise Unanswered(f"Compute Engine answered only in part ({zone}: {code}); try again later")
            yield from (each for each in found.get(kind, ()) if "deprecated" not in each)


def _pages(session: Any, url: str) -> Iterator[dict[str, Any]]:
    token = ""
    while True:
        params = {"maxResults": "500", **({"pageToken": token} if token else {})}
        answer = session.get(url, params=params, timeout=SECONDS)
        answer.raise_for_status()
        page = answer.json()
        missing = page.get("unreachables", ())
        if missing:
            raise Unanswered(f"Compute Engine answered only in part (without {', '.join(missing)}); try again later")
        yield page
        token = page.get("nextPageToken", "")
        if not token:
            return


def _machine(answer: dict[str, Any]) -> tuple[object, ...]:
    gpus = [each for each in answer.get("accelerators", ()) if str(each["guestAcceleratorType"]).startswith("nvidia-")]
    return (
        answer["name"],
        answer["guestCpus"],
        answer["memoryMb"],
        {"ARM64": "arm64", "X86_64": "x86_64"}.get(answer.get("architecture", ""), architecture(answer["name"])),
        sum(each["guestAcceleratorCount"] for each in gpus),
        gpus[0]["guestAcceleratorType"] if gpus else "",
    )


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _newest(versions: set[str]) -> str:
    return max(versions, key=lambda version: tuple(map(int, re.findall(r"\d+", version))))
