from pathlib import Path

import pytest

from hedgerow.rehearsal import binaries
from hedgerow.rehearsal.trouble import Trouble

BUILD = "run `make control-plane` in hedgerow's repository (needs Go; some minutes, once)"


def put(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch(0o755)
    return folder


def test_the_folder_that_the_environment_names_wins(tmp_path: Path) -> None:
    named = put(tmp_path / "assets", *binaries.NEEDED)
    put(tmp_path / "hedgerow/control-plane" / binaries.VERSION, *binaries.NEEDED)
    assert binaries.find({"KUBEBUILDER_ASSETS": str(named), "XDG_CACHE_HOME": str(tmp_path)}).folder == named


def test_else_the_cache_of_this_version_is_taken(tmp_path: Path) -> None:
    folder = put(tmp_path / "hedgerow/control-plane/v1.36.3", *binaries.NEEDED)
    assert binaries.find({"XDG_CACHE_HOME": str(tmp_path)}).folder == folder


def test_a_relative_cache_is_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the XDG base directory specification has it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert binaries.cache({"XDG_CACHE_HOME": "here"}) == tmp_path / ".cache/hedgerow/control-plane/v1.36.3"


def test_with_neither_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(Trouble) as told:
        binaries.find({"XDG_CACHE_HOME": str(tmp_path)})
    folder = tmp_path / "hedgerow/control-plane/v1.36.3"
    assert str(told.value) == (
        f"no control plane on this machine: no etcd, no kube-apiserver, no kube-controller-manager in {folder}; {BUILD}, or set KUBEBUILDER_ASSETS"
    )


def test_the_usual_two_of_envtest_are_not_enough(tmp_path: Path) -> None:
    named = put(tmp_path, "etcd", "kube-apiserver", "kubectl")
    with pytest.raises(Trouble) as told:
        binaries.find({"KUBEBUILDER_ASSETS": str(named)})
    assert str(told.value) == (
        f"no kube-controller-manager in {named}, which KUBEBUILDER_ASSETS names; put it there, or unset KUBEBUILDER_ASSETS and {BUILD}"
    )


def test_a_file_that_cannot_be_run_is_no_binary(tmp_path: Path) -> None:
    named = put(tmp_path, *binaries.NEEDED)
    (named / "etcd").chmod(0o644)
    with pytest.raises(Trouble, match="no etcd in"):
        binaries.find({"KUBEBUILDER_ASSETS": str(named)})
    with pytest.raises(Trouble, match="no kwok in"):
        binaries.Binaries(named).path("kwok")
