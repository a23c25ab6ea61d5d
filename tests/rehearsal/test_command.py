"""The command where there is no control plane: clear words, the right exit code."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hedgerow.commands.rehearse import command

from ..support import ROOT


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No binaries, and no control plane of anybody else's to stop."""
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)


def ran(*args: str) -> Result:
    return CliRunner().invoke(command, args, prog_name="hedgerow rehearse")


def test_without_binaries_it_says_what_to_run(tmp_path: Path) -> None:
    told = ran("aws-dev")
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr == (
        f"error: no control plane on this machine: no etcd, no kube-apiserver, no kube-controller-manager in {tmp_path}/hedgerow/control-plane/v1.36.3; "
        "run `make control-plane` in hedgerow's repository (needs Go; some minutes, once), or set KUBEBUILDER_ASSETS\n"
    )


def test_there_may_be_nothing_to_stop() -> None:
    told = ran("--stop")
    assert (told.exit_code, told.stdout) == (0, "no API server is kept\n")


@pytest.mark.parametrize("more", ["aws-dev", "--keep", "--json=-"])
def test_stop_stands_alone(more: str) -> None:
    told = ran("--stop", more)
    assert told.exit_code == 2
    assert "Error: --stop ends what runs and takes nothing else with it" in told.stderr


def test_a_file_that_cannot_be_written_is_told_before_anything_runs(tmp_path: Path) -> None:
    told = ran("aws-dev", "--json", str(tmp_path / "none/rehearsal.json"))
    assert (
        str(told.exception)
        == f"{tmp_path}/none/rehearsal.json: lies in a folder that is not there; make {tmp_path}/none"
    )
