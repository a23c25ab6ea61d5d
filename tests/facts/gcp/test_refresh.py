"""The tables are what the commands make of Google Cloud's answers, over HTTP, from a server of this test."""

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from hedgerow.facts import table
from hedgerow.facts.gcp import gke, machines, regions

from .asking import TODAY, Told, asked, refreshed, refreshed_again, unreachable, unrenewed
from .cloud import ANSWERS, COMPUTE, PROJECT, REGION, Answers, refusal

SIGN_IN = "run `gcloud auth application-default login`, then try again"


def test_every_table_is_made_of_all_pages_and_zones() -> None:
    made = {name: text.splitlines() for name, text in whole().items()}
    assert made == {
        "gke_versions": [
            "# source: GKE getServerConfig in europe-west4, read 2026-12-01, with released and ends from "
            + table.source(gke.VERSIONS),
            "version,released,ends,newest,channels",
            "1.34,2025-09-30,2026-10-01,1.34.8-gke.7,regular stable",
            "1.35,2026-02-11,2027-04-11,1.35.10-gke.1,rapid regular",
            "1.36,,,1.36.2-gke.5,rapid",
        ],
        "gpus": [
            "# source: Compute Engine acceleratorTypes.aggregatedList, read 2026-12-01",
            "gpu,most",
            "nvidia-tesla-t4,4",
        ],
        "machines": [
            "# source: Compute Engine machineTypes.aggregatedList, read 2026-12-01",
            "type,vcpu,memory_mib,arch,gpus,gpu",
            "g2-standard-4,4,16384,x86_64,1,nvidia-l4",
            "n2-standard-8,8,32768,x86_64,0,",
        ],
        "zones": [
            "# source: Compute Engine zones.list, read 2026-12-01",
            "region,zones",
            "europe-west1,europe-west1-b",
            "europe-west4,europe-west4-a europe-west4-b",
        ],
    }


def test_the_days_that_google_does_not_tell_keep_their_source_from_one_refresh_to_the_next(tmp_path: Path) -> None:
    shipped, first, second = asked(refreshed_again, tmp_path)
    assert first == second
    kept = shipped.splitlines()[0].removeprefix("# source: ")
    assert first.splitlines()[0].endswith(f", with released and ends from {kept}")


def test_the_tables_that_ship_have_the_columns_that_refresh_makes() -> None:
    shipped = {
        "gke_versions": gke.VERSIONS,
        "gpus": machines.GPUS,
        "machines": machines.MACHINES,
        "zones": regions.ZONES,
    }
    made = whole()
    of_the_cloud = {name[4:] for name in table.shipped() if name.startswith("gcp/")} - {"replacements"}
    assert made.keys() == shipped.keys() == of_the_cloud
    for name, path in shipped.items():
        assert path.read_text().splitlines()[1] == made[name].splitlines()[1]


MACHINES = f"{COMPUTE}/aggregated/machineTypes"
CONFIG = f"/v1/projects/{PROJECT}/locations/{REGION}/serverConfig"


BROKEN: list[tuple[Answers, str]] = [
    (
        {CONFIG: (403, refusal("GKE is not on"))},
        "GKE refused (GKE is not on); let the caller have roles/compute.viewer and roles/container.viewer, "
        "and the APIs be on",
    ),
    ({MACHINES: (401, refusal("no"))}, f"Compute Engine does not know these credentials (no); {SIGN_IN}"),
    ({CONFIG: (404, refusal("no"))}, "GKE has no such project or region (no); check --project and --region"),
    (
        {MACHINES: (403, refusal("Required 'compute.machineTypes.list'\npermission"))},
        "Compute Engine refused (Required 'compute.machineTypes.list' permission); let the caller have "
        "roles/compute.viewer and roles/container.viewer, and the APIs be on",
    ),
    (
        {MACHINES: (429, refusal("quota"))},
        "Compute Engine refused for too many requests (quota); try again in a minute",
    ),
    ({MACHINES: (503, "<html>")}, "Compute Engine answered with status 503 (Service Unavailable); try again later"),
    (
        {MACHINES: {"items": {"zones/b": {"warning": {"code": "UNREACHABLE"}}}}},
        "Compute Engine answered only in part (zones/b: UNREACHABLE); try again later",
    ),
    (
        {MACHINES: {"items": {}, "unreachables": ["zones/b", "zones/c"]}},
        "Compute Engine answered only in part (without zones/b, zones/c); try again later",
    ),
    (
        {MACHINES: {"items": {"zones/a": {"machineTypes": [{"name": "n2-standard-8"}]}}}},
        "Google Cloud answered what hedgerow cannot read: KeyError('guestCpus'); please report it",
    ),
]  # fmt: skip
NO_JSON: Answers = {MACHINES: "<html>sign in to the hotel</html>"}


@cache
def told() -> list[Told]:
    """What comes of all answers, those of Google's as they should be first."""
    found: list[Told] = asked(refreshed, [ANSWERS, *(ANSWERS | broken for broken, _ in BROKEN), ANSWERS | NO_JSON])
    return found


def whole() -> dict[str, str]:
    found = told()[0]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_what_is_no_whole_answer_makes_no_table(number: int) -> None:
    assert told()[number + 1] == BROKEN[number][1]


def test_what_is_no_json_and_a_network_that_is_down_are_told_in_one_line() -> None:
    for line in (told()[-1], asked(unreachable)):
        assert re.fullmatch(r"Google Cloud did not answer: .*; check the network", str(line))


def test_credentials_that_cannot_be_renewed_say_what_to_type() -> None:
    assert asked(unrenewed) == (f"the Google Cloud credentials cannot be used: Reauthentication is needed; {SIGN_IN}")


@pytest.mark.parametrize(
    ("version", "day", "supported"),
    [
        ("1.34", date(2026, 10, 1), True),
        ("1.34", date(2026, 10, 2), False),
        ("1.35", date(2026, 2, 10), False),
        ("1.35", date(2026, 2, 11), True),
    ],
)
def test_support_ends_after_its_last_day(version: str, day: date, supported: bool) -> None:
    assert gke.versions()[version].supported(day) is supported


def test_versions_are_told_oldest_first_and_without_days_nothing_is_said_of_support() -> None:
    assert list(gke.versions()) == ["1.30", "1.31", "1.32", "1.33", "1.34", "1.35"]
    assert gke.Version("1.36", None, None, "", ()).supported(TODAY) is None


def test_an_n1_machine_takes_gpus_by_powers_of_two() -> None:
    assert machines.gpu_counts() == {
        "nvidia-tesla-p100": (1, 2, 4),
        "nvidia-tesla-p4": (1, 2, 4),
        "nvidia-tesla-t4": (1, 2, 4),
        "nvidia-tesla-v100": (1, 2, 4, 8),
    }
    assert machines.gpu_counts().keys() == machines.N1_GPUS
