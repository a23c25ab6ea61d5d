"""`hedgerow facts refresh replacements`: a table out of a provider's sources, wholly or not at all."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from hedgerow.commands import facts
from hedgerow.facts import table
from hedgerow.facts.problem import BadInput

from ..facts.providers.sources import written

ARGS = ["refresh", "replacements"]
TOLD = ("kubernetes:*", "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Secret")


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the table of Kubernetes, which the command writes to instead."""
    copy = Path(shutil.copy(table.shipped()["replacements"], tmp_path / "replacements.csv"))
    monkeypatch.setattr(table, "shipped", lambda: {"replacements": copy, "aws/replacements": copy})
    return copy


def test_a_table_is_made_anew_and_what_changed_is_told(shipped: Path, tmp_path: Path) -> None:
    folder = written(tmp_path / "sources")
    rows = [row for row in table.rows(shipped) if row[0].split()[0] in TOLD]
    shipped.write_text(table.text("before", ("input", "effect"), rows))
    given = [*ARGS, "kubernetes", "--from", str(folder), "--source", "a market at 1a2b3c", "--date", "2026-12-01"]
    done = CliRunner().invoke(facts.command, given)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "replacements: 9 rows before, 13 after; added 4: kubernetes:core/v1:Pod spec.containers, "
        "kubernetes:core/v1:Pod spec.nodeName, kubernetes:core/v1:Pod spec.volumes, "
        "kubernetes:core/v1:Service spec.clusterIP\n"
    )
    assert shipped.read_text().startswith(
        "# source: a market at 1a2b3c, read 2026-12-01\ninput,effect\nkubernetes:* *,update\n"
    )
    assert CliRunner().invoke(facts.command, given).stdout == "replacements: 13 rows before, 13 after; the same\n"


def test_where_the_folders_do_not_tell_of_every_type_nothing_is_written(shipped: Path, tmp_path: Path) -> None:
    before = shipped.read_text()
    assert refused("aws", tmp_path) == (
        "--from: the folders say nothing of aws:acm/certificate:Certificate, aws:autoscaling/group:Group, "
        "aws:cloudwatch/logGroup:LogGroup, aws:dynamodb/table:Table, aws:ebs/volume:Volume, …; "
        "give all of the provider's sources"
    )
    assert refused("kubernetes", tmp_path) == (
        "--from: the folders say nothing of forceNew of package provider; give all of the provider's sources"
    )
    assert refused("kubernetes", written(tmp_path)) == (
        "--from: the folders say nothing of kubernetes:apps/v1:DaemonSet, kubernetes:apps/v1:StatefulSet, "
        "kubernetes:apps/v1beta1:StatefulSet, kubernetes:apps/v1beta2:DaemonSet, kubernetes:apps/v1beta2:Deployment, …; "
        f"give all of the provider's sources, and where it has a type no longer, first take its rows out of {shipped}"
    )
    assert shipped.read_text() == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b'var forceNew = groups{\n\t"core": versions{\n', "forceNew cannot be read: a bracket is not closed"),
        (b"\xff\xfe\n", "cannot be read: it is not UTF-8"),
        (b"var forceNew = groups{1: 2}", "forceNew cannot be read: a key of it is not a string"),
        (b"var forceNew = groups{f(): versions{}}", "forceNew cannot be read: a key of it is not a string"),
        (
            b'var forceNew = groups{"core": {"v1": {"Pod": {".spec,status"}}}}',
            "forceNew cannot be read: a field of ('kubernetes:core/v1:Pod spec,status', 'replace') "
            "holds a comma, quote or line break; a table cannot keep it",
        ),
        (
            b'var forceNew = groups{"core": {"v1": {"Pod": a}}}\nvar a = append(a...)\n',
            "forceNew cannot be read: it is in itself, or too deep",
        ),
    ],
)
def test_a_file_that_is_no_source_is_reported(shipped: Path, tmp_path: Path, text: bytes, told: str) -> None:
    before, file = shipped.read_text(), tmp_path / "provider" / "diff.go"
    (file.parent / "folder.go").mkdir(parents=True)
    file.write_bytes(text)
    assert refused("kubernetes", tmp_path) == (
        f"{file}: {told}; give the provider's sources as its repository has them"
    )
    assert shipped.read_text() == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("func resourceCertificate()\n", "cannot be read: a function has no body"),
        ("func resourceCertificate() R {\n\treturn R{Schema: f()}\n}\n", "cannot be read: no folder tells what 'f' gives"),
        ("func resourceCertificate() R {\n\treturn R{Schema: m{{}}}\n}\n", "cannot be read: an input has no name"),
    ],
)  # fmt: skip
def test_a_resource_that_cannot_be_read_is_reported(shipped: Path, tmp_path: Path, text: str, told: str) -> None:
    before, file = shipped.read_text(), tmp_path / "acm" / "certificate.go"
    file.parent.mkdir()
    file.write_text(text)
    assert refused("aws", tmp_path) == (
        f"{file}: resourceCertificate {told}; give the provider's sources as its repository has them"
    )
    assert shipped.read_text() == before


def refused(package: str, folder: Path) -> str:
    """What is said of a folder that no table is made of; bad input ends with 2."""
    done = CliRunner().invoke(facts.command, [*ARGS, package, "--from", str(folder), "--source", "nothing"])
    assert isinstance(done.exception, BadInput)
    assert (done.exception.exit_code, done.output) == (2, "")
    return str(done.exception)
