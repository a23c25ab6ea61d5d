"""`hedgerow facts refresh replacements`: a table out of a provider's sources, wholly or not at all."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from hedgerow.commands import facts
from hedgerow.facts import table

from ..facts.providers.sources import written

ARGS = ["refresh", "replacements"]


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the table of Kubernetes, which the command writes to instead."""
    copy = Path(shutil.copy(table.shipped()["replacements"], tmp_path / "replacements.csv"))
    monkeypatch.setattr(table, "shipped", lambda: {"replacements": copy, "aws/replacements": copy})
    return copy


def test_a_table_is_made_anew_and_what_changed_is_told(shipped: Path, tmp_path: Path) -> None:
    folder = written(tmp_path / "sources")
    given = [*ARGS, "kubernetes", "--from", str(folder), "--source", "a market at 1a2b3c", "--date", "2026-12-01"]
    done = CliRunner().invoke(facts.command, given)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("replacements: 106 rows before, 13 after; removed 93: kubernetes:apps/v1")
    assert shipped.read_text().startswith(
        "# source: a market at 1a2b3c, read 2026-12-01\ninput,effect\nkubernetes:* *,update\n"
    )
    assert CliRunner().invoke(facts.command, given).stdout == "replacements: 13 rows before, 13 after; the same\n"


def test_where_the_folders_do_not_tell_of_every_type_nothing_is_written(shipped: Path, tmp_path: Path) -> None:
    before = shipped.read_text()
    given = ["--from", str(tmp_path), "--source", "nothing"]
    done = CliRunner().invoke(facts.command, [*ARGS, "aws", *given])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "error: the folders say nothing of aws:acm/certificate:Certificate, aws:autoscaling/group:Group, "
        "aws:cloudwatch/logGroup:LogGroup, aws:dynamodb/table:Table, aws:ebs/volume:Volume, …; nothing was written\n"
    )
    done = CliRunner().invoke(facts.command, [*ARGS, "kubernetes", *given])
    assert done.stderr == "error: the folders say nothing of forceNew of package provider; nothing was written\n"
    assert shipped.read_text() == before
