"""`make control-plane`: builds the control plane from its public Go modules, pinned by go.sum, into the user's cache.

    python -m hedgerow.rehearsal.build tests/control_plane/build

Each binary is built beside its place and renamed into it, so that an interrupted build leaves none half made. What is
there already and was made of the same modules is left alone.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import binaries, toolchain
from .trouble import Trouble, Unreachable

ETCD, KUBERNETES, KWOK = "v3.6.7", binaries.VERSION, "v0.8.0"
STAGES = (
    "node/fast/node-initialize.yaml",
    "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
    "pod/fast/pod-complete.yaml",
    "pod/fast/pod-delete.yaml",
    "pod/fast/pod-ready.yaml",
)
"""Of kwok's kustomize/stage: what makes nodes ready and pods run."""
UNREACHABLE = 3
"""Exit code where Go or its modules cannot be had here: `.ci/run` then leaves the tier out, and says so."""
LONG_AGO = 24 * 3600.0
STAMPED = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")


@dataclass(frozen=True)
class Target:
    """One binary: the folder of its go.mod, its package, and the variables that its version is stamped into."""

    name: str
    module: str
    package: str
    stamps: tuple[str, ...]


def _kubernetes(name: str) -> Target:
    major, minor, _ = KUBERNETES.removeprefix("v").split(".")
    values = {"gitVersion": KUBERNETES, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    stamps = tuple(f"{package}.{key}={value}" for package in STAMPED for key, value in values.items())
    return Target(name, "kubernetes", f"k8s.io/kubernetes/cmd/{name}", stamps)


TARGETS = (
    Target("etcd", "etcd", "go.etcd.io/etcd/server/v3", (f"go.etcd.io/etcd/api/v3/version.GitSHA={ETCD}",)),
    _kubernetes("kube-apiserver"),
    _kubernetes("kube-controller-manager"),
    _kubernetes("kube-scheduler"),
    Target("kwok", "kwok", "sigs.k8s.io/kwok/cmd/kwok", (f"sigs.k8s.io/kwok/pkg/consts.Version={KWOK}",)),
)


def build(modules: Path, folder: Path, go: str) -> Iterator[str]:
    """Build what is missing in `folder`; tells of each binary as it starts and as it is done."""
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    for target in TARGETS:
        stamp, wanted = folder / f".{target.name}.from", _digest(modules / target.module, target)
        if (folder / target.name).is_file() and stamp.is_file() and stamp.read_text() == wanted:
            yield f"{target.name}: there already"
            continue
        yield f"{target.name}: building …"
        _fetch(modules / target.module, target, go)
        start = time.monotonic()
        _compile(modules / target.module, target, folder, go)
        stamp.write_text(wanted)
        yield f"{target.name}: built in {time.monotonic() - start:.0f} s"
    _copy_stages(modules / "kwok", folder / "stages", go)


def _fetch(module: Path, target: Target, go: str) -> None:
    """Have the modules here before anything is compiled, so that a network that gives none is told from a bad build."""
    try:
        _go(go, module, "list", "-deps", "-mod=readonly", target.package)
    except Trouble as trouble:
        raise Unreachable(f"the modules of {target.name} could not be had; {trouble}") from trouble


def _compile(module: Path, target: Target, folder: Path, go: str) -> None:
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=folder) as work:
        flags = " ".join(["-s", "-w", *(f"-X {stamp}" for stamp in target.stamps)])
        made = Path(work) / target.name
        command = ("build", "-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", flags, "-o", str(made))
        _go(go, module, *command, target.package)
        made.replace(folder / target.name)


def _sweep(folder: Path) -> None:
    """Remove what a build left that was killed; one of today may still be running."""
    for left in folder.glob(".*.*"):
        if left.is_dir() and time.time() - left.stat().st_mtime > LONG_AGO:
            shutil.rmtree(left, ignore_errors=True)


def _copy_stages(module: Path, folder: Path, go: str) -> None:
    source = json.loads(_go(go, module, "mod", "download", "-json", "sigs.k8s.io/kwok"))["Dir"]
    folder.mkdir(exist_ok=True)
    for stage in STAGES:
        there = Path(source) / "kustomize" / "stage" / stage
        shutil.copyfile(there, folder / there.name)


def _go(go: str, module: Path, *arguments: str) -> str:
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off", "CGO_ENABLED": "0"}
    command = [go, *arguments]
    done = subprocess.run(command, cwd=module, env=environment, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 (our own words)
    if done.returncode:
        raise Trouble(f"`go {arguments[0]}` failed in {module}; what it says stands above")
    return done.stdout


def _digest(module: Path, target: Target) -> str:
    parts = [(module / name).read_bytes() for name in ("go.mod", "go.sum")]
    return hashlib.sha256(b"\0".join([*parts, *(stamp.encode() for stamp in target.stamps)])).hexdigest()


def main() -> int:
    """Entry point; gives the exit code."""
    parser = argparse.ArgumentParser(description="Build the control plane that `hedgerow rehearse` starts.")
    parser.add_argument("modules", type=Path, help="folder of the go.mod files: tests/control_plane/build")
    modules = parser.parse_args().modules
    folder = binaries.cache()
    try:
        for line in build(modules, folder, toolchain.find(modules, folder.parents[1] / "go")):
            print(line, flush=True)
    except Unreachable as trouble:
        print(f"error: {trouble}", file=sys.stderr)
        return UNREACHABLE
    except Trouble as trouble:
        print(f"error: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; what was built so far is kept", file=sys.stderr)
        return 1
    print(f"control plane {KUBERNETES} in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
