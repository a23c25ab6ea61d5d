"""`hedgerow facts`: tables are listed with their age, and made anew wholly or not at all."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from hedgerow.commands import facts
from hedgerow.facts import table
from hedgerow.facts.unanswered import Unanswered

from ..facts.gcp.asking import asked, commanded
from ..facts.gcp.cloud import ANSWERS, PROJECT, REGION, Answers
from .support import hedgerow

GCP = ["facts", "refresh", "gcp", "--project", PROJECT, "--region", REGION, "--date", "2026-12-01"]


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """A copy of the tables, which the command writes to instead."""
    found = {}
    for name, path in table.shipped().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        found[name] = Path(shutil.copy(path, tmp_path / f"{name}.csv"))
    monkeypatch.setattr(table, "shipped", lambda: found)
    return found


def test_the_tables_are_made_anew_and_what_changed_is_told(tables: dict[str, Path]) -> None:
    before = {name: path.read_text() for name, path in tables.items()}
    (code, out, err), (_, again, _) = asked(commanded, [ANSWERS, ANSWERS], GCP, tables)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "gcp/gke_versions: 6 rows before, 3 after; added 1: 1.36; removed 4: 1.30, 1.31, 1.32, 1.33; changed 2: 1.34, 1.35",
        "gcp/gpus: 4 rows before, 1 after; removed 3: nvidia-tesla-p100, nvidia-tesla-p4, nvidia-tesla-v100",
        "gcp/machines: 552 rows before, 2 after; removed 550: a2-highgpu-1g, a2-highgpu-2g, a2-highgpu-4g, a2-highgpu-8g, "
        "a2-megagpu-16g, …",
        "gcp/zones: 41 rows before, 2 after; removed 39: asia-east1, asia-east2, asia-northeast1, asia-northeast2, "
        "asia-northeast3, …; changed 2: europe-west1, europe-west4",
    ]
    assert {table.read_on(table.source(path)) for name, path in tables.items() if name.startswith("gcp/g")} == {
        date(2026, 11, 21), date(2026, 12, 1)
    }  # fmt: skip
    assert [name for name, path in tables.items() if path.read_text() == before[name]] == [
        name for name in tables if not name.startswith("gcp/") or name == "gcp/replacements"
    ]
    assert [line.partition("; ")[2] for line in again.splitlines()] == ["the same"] * 4


def test_where_one_answer_is_missing_or_empty_no_table_is_touched(tables: dict[str, Path]) -> None:
    before = {name: path.read_text() for name, path in tables.items()}
    compute = f"/compute/v1/projects/{PROJECT}"
    busy = (503, {"error": {"message": "busy"}})
    broken: list[Answers] = [
        {f"{compute}/zones": busy},
        {f"{compute}/aggregated/machineTypes": busy},
        {f"{compute}/zones": {}},
    ]
    ended = asked(commanded, [ANSWERS | one for one in broken], GCP, tables)
    told = "error: Compute Engine answered with status 503 (busy); try again later; nothing was written\n"
    empty = "error: the answers hold no row for zones; nothing was written\n"
    assert ended == [(1, "", told), (1, "", told), (1, "", empty)]
    assert {name: path.read_text() for name, path in tables.items()} == before


def test_aws_tables_go_where_they_belong(tables: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    text = table.text("EC2, read 2026-12-01", ("region", "zones"), [("eu-west-1", "eu-west-1a")])
    assert facts.run("aws", lambda: {"zones": text}) == 0
    assert tables["aws/zones"].read_text() == text
    assert capsys.readouterr().out.startswith("aws/zones: 38 rows before, 1 after; removed 37: ")


def test_a_cloud_that_does_not_answer_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    def asked() -> dict[str, str]:
        raise Unanswered("AWS did not answer")

    assert facts.run("aws", asked) == 1
    assert capsys.readouterr() == ("", "error: AWS did not answer; nothing was written\n")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            ["aws", "--region", "eu-west-1"],
            "no AWS credentials were found; run `aws sso login` or set AWS_PROFILE, then try again",
        ),
        (
            ["gcp", "--project", PROJECT, "--region", REGION],
            "no Google Cloud credentials were found; run `gcloud auth application-default login`, then try again",
        ),
    ],
)
def test_without_credentials_one_line_says_what_to_type(args: list[str], told: str, tmp_path: Path) -> None:
    """Nowhere to find any: no home, no variable, no metadata server."""
    alone = {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true", "NO_GCE_CHECK": "true"}
    hidden = {"AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none", "CLOUDSDK_CONFIG": str(tmp_path)}
    done = hedgerow("facts", "refresh", *args, cwd=tmp_path, **alone, **hidden)
    assert (done.code, done.out, done.err) == (1, "", f"error: {told}; nothing was written\n")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            ["gcp", "--project", "X", "--region", "europe-west4-a"],
            "  --project: has not the form of a project id, got 'X'\n"
            "  --region: has not the form of a region, got 'europe-west4-a'\n",
        ),
        (
            ["aws", "--region", "europe"],
            "  --region: 'europe' has not the form of an AWS region; write one such as eu-west-1\n",
        ),
    ],
)
def test_bad_input_is_told_before_a_cloud_is_asked(args: list[str], told: str, tmp_path: Path) -> None:
    done = hedgerow("facts", "refresh", *args, cwd=tmp_path)
    assert (done.code, done.out, done.err) == (2, "", f"error: bad input; nothing was done\n{told}")


def test_the_listing_tells_rows_day_age_and_source(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("# source: somewhere, read 2026-11-21\nname\nx\ny\n")
    (tmp_path / "b.csv").write_text("# source: a friend\nname\nx\n")
    told = facts.listing({"aws/a": tmp_path / "a.csv", "gcp/bee": tmp_path / "b.csv"}, date(2026, 12, 1))
    assert told.splitlines() == [
        "table    rows  read        days old  source",
        "aws/a    2     2026-11-21  10        somewhere, read 2026-11-21",
        "gcp/bee  1                           a friend",
    ]


def test_every_table_that_ships_is_listed(tmp_path: Path) -> None:
    done = hedgerow("facts", cwd=tmp_path)
    assert [line.split()[0] for line in done.out.splitlines()] == ["table", *table.shipped()]
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("args", [[], ["refresh", "aws", "--help"], ["refresh", "gcp", "--help"]])
def test_no_sdk_is_loaded_before_a_cloud_is_asked(args: list[str], tmp_path: Path) -> None:
    done = hedgerow("facts", *args, cwd=tmp_path, PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.err.splitlines()}
    assert "click" in loaded
    assert not loaded & {"boto3", "botocore", "google", "requests", "rich", "pulumi", "yaml"}
