"""The machine table, what is read from names, and the table that `refresh` makes of Compute Engine's answers."""

from typing import Any

import pytest

from hedgerow.facts import table
from hedgerow.facts.gcp import machines, refresh
from hedgerow.facts.gcp.machines import Machine, UnknownMachine, boot_disk_type, machine

SOURCE = "a test, read 2026-11-21"


@pytest.mark.parametrize(
    "known",
    [
        Machine("e2-medium", 2, 4096, "x86_64", 0, ""),
        Machine("n2-standard-8", 8, 32768, "x86_64", 0, ""),
        Machine("n1-standard-8", 8, 30720, "x86_64", 0, ""),
        Machine("c4a-standard-8", 8, 32768, "arm64", 0, ""),
        Machine("g2-standard-24", 24, 98304, "x86_64", 2, "nvidia-l4"),
        Machine("a2-ultragpu-8g", 96, 1392640, "x86_64", 8, "nvidia-a100-80gb"),
        Machine("a3-megagpu-8g", 208, 1916928, "x86_64", 8, "nvidia-h100-mega-80gb"),
    ],
    ids=lambda known: known.type,
)
def test_the_table_knows_what_google_documents(known: Machine) -> None:
    assert machine(known.type) == known


def test_every_row_of_the_table_is_plausible() -> None:
    rows = list(table.rows(machines.MACHINES))
    assert len(rows) == len({row[0] for row in rows}) > 300
    for row in rows:
        found = machine(row[0])
        assert found.vcpu >= 1
        assert 512 <= found.memory_mib / found.vcpu <= 32768
        assert bool(found.gpus) == bool(found.gpu) == found.type.startswith(("a2-", "a3-", "a4", "g2-", "g4-"))
        assert found.arch == ("arm64" if found.series in ("a4x", "c4a", "n4a", "t2a") else "x86_64")


@pytest.mark.parametrize(
    ("type_", "vcpu", "memory_mib", "series"),
    [
        ("n2-custom-6-20480", 6, 20480, "n2"),
        ("custom-4-8192", 4, 8192, "n1"),
        ("n2d-custom-2-65536-ext", 2, 65536, "n2d"),
    ],
)
def test_custom_types_are_read_from_their_names(type_: str, vcpu: int, memory_mib: int, series: str) -> None:
    found = machine(type_)
    assert (found.vcpu, found.memory_mib, found.series) == (vcpu, memory_mib, series)


@pytest.mark.parametrize(
    ("type_", "disk"),
    [
        ("n2-standard-8", "pd-balanced"),
        ("a3-highgpu-8g", "pd-balanced"),
        ("a3-ultragpu-8g", None),
        ("n4-standard-8", None),
        ("n4-custom-4-8192", None),
    ],
)
def test_newer_series_start_from_a_hyperdisk_that_gke_picks(type_: str, disk: str | None) -> None:
    assert boot_disk_type(machine(type_)) == disk


@pytest.mark.parametrize(
    ("type_", "ending"),
    [
        ("n2-standard-9", "; did you mean n2-standard-96 or n2d-standard-96 or n2-standard-8?"),
        ("zzz", "; write one such as n2-standard-4"),
    ],
)
def test_an_unknown_type_is_told_with_near_ones_and_the_date_of_the_table(type_: str, ending: str) -> None:
    with pytest.raises(UnknownMachine) as unknown:
        machine(type_)
    assert (
        str(unknown.value) == f"machine type {type_!r} is not in the table ({table.source(machines.MACHINES)}){ending}"
    )


class Session:
    """A session that answers with pages, as `AuthorizedSession` would."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages, self.asked = list(pages), [""]

    def get(self, url: str, *, params: dict[str, str], timeout: int) -> "Session":
        assert url == "https://compute.googleapis.com/compute/v1/projects/acme-dev-1234/aggregated/machineTypes"
        assert timeout > 0
        self.asked.append(params.get("pageToken", ""))
        return self

    def raise_for_status(self) -> None:
        pass

    def json(self) -> dict[str, Any]:
        return self.pages.pop(0)


N2 = {"name": "n2-standard-8", "guestCpus": 8, "memoryMb": 32768, "architecture": "X86_64"}
T2A = {"name": "t2a-standard-1", "guestCpus": 1, "memoryMb": 4096}
G2 = {
    "name": "g2-standard-24",
    "guestCpus": 24,
    "memoryMb": 98304,
    "accelerators": [{"guestAcceleratorType": "nvidia-l4", "guestAcceleratorCount": 2}],
}
TPU = {
    "name": "ct6e-standard-8t",
    "guestCpus": 180,
    "memoryMb": 1474560,
    "accelerators": [{"guestAcceleratorType": "ct6e", "guestAcceleratorCount": 8}],
}


def test_pages_and_zones_become_one_table() -> None:
    old = {**N2, "name": "n0-old", "deprecated": {"state": "DEPRECATED"}}
    session = Session(
        {
            "items": {"zones/a": {"machineTypes": [N2, T2A, old]}, "zones/b": {"machineTypes": [N2]}},
            "nextPageToken": "more",
        },
        {"items": {"zones/c": {"machineTypes": [G2, TPU]}, "zones/d": {"warning": {"code": "NO_RESULTS_ON_PAGE"}}}},
    )
    made = refresh.refresh_machines(session, f"{refresh.COMPUTE}/projects/acme-dev-1234", source=SOURCE)
    assert session.asked == ["", "", "more"]
    assert made.splitlines() == [
        f"# source: {SOURCE}",
        "type,vcpu,memory_mib,arch,gpus,gpu",
        "ct6e-standard-8t,180,1474560,x86_64,0,",
        "g2-standard-24,24,98304,x86_64,2,nvidia-l4",
        "n2-standard-8,8,32768,x86_64,0,",
        "t2a-standard-1,1,4096,arm64,0,",
    ]


def test_the_table_that_ships_has_the_columns_that_refresh_makes() -> None:
    assert machines.MACHINES.read_text().splitlines()[1] == ",".join(refresh.MACHINE_COLUMNS)
