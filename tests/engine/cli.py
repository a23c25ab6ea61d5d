"""The Pulumi CLI on a copy of this repository, with plugins, state and secrets of its own: nothing else is written."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pytest

from ..support import ROOT

NEEDS_CLI = [
    pytest.mark.engine,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="needs `pulumi` on PATH"),
]
SECONDS = 300.0
"""Time limit of one call."""
SECONDS_TO_STOP = 30.0
HERE = Path(__file__).parent
PARTS = ("Pulumi.yaml", "components", "hedgerow", "policies", "stacks")
"""What Pulumi needs of this repository."""
REFERENCE = "{name: reference, runtime: {name: python, options: {virtualenv: ../.venv}}}"
"""Pulumi.yaml of the reference program's project."""


class Failed(AssertionError):
    """A call ended otherwise than it should."""


@dataclass(frozen=True)
class Ran:
    """One call of the CLI: its exit code, everything it printed, and how long it took."""

    code: int
    text: str
    seconds: float


@dataclass
class Cli:
    """The CLI in a copy of this repository, by default at its root. Its home holds plugins, state and the logs."""

    copy: Path
    home: Path
    project: str = "."
    extra: dict[str, str] = field(default_factory=dict)
    """Environment variables besides the usual ones."""

    def __call__(self, *words: str, fails: bool = False, tape: Path | None = None) -> Ran:
        """Run `pulumi WORDS`; Failed where it succeeds against expectation, or the other way round.

        `tape`: the file in which the recording pack keeps what it is asked.
        """
        ran = self.run("pulumi", "--non-interactive", "--color", "never", *words, tape=tape)
        if (ran.code != 0) != fails:
            raise Failed(f"pulumi {' '.join(words)} ended with {ran.code} in {ran.seconds:.1f} s:\n{ran.text[-8000:]}")
        return ran

    def run(self, *command: str, tape: Path | None = None) -> Ran:
        """Run any command where this CLI runs and with what it is given."""
        start = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=self.copy / self.project,
            env=self.environment() | ({"HEDGEROW_RECORD": str(tape)} if tape else {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            text, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired as expired:
            process.send_signal(signal.SIGINT)  # the engine then ends its plugins
            try:
                text, _ = process.communicate(timeout=SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                text, _ = process.communicate()
            raise Failed(f"{' '.join(command)} did not end within {SECONDS:g} s:\n{text[-8000:]}") from expired
        return Ran(process.returncode, text, time.monotonic() - start)

    def environment(self) -> dict[str, str]:
        """What the CLI is started with: nothing of this machine's accounts, clusters or Pulumi settings."""
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PULUMI_", "AWS_", "GOOGLE_", "CLOUDSDK_", "KUBE"))
        }
        state = self.home / "state"
        state.mkdir(parents=True, exist_ok=True)
        return {
            **kept,
            "PULUMI_HOME": str(self.home),
            "PULUMI_BACKEND_URL": f"file://{state}",
            "PULUMI_CONFIG_PASSPHRASE": "not a secret",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            # The packages of the copy come before those of the repository that the virtualenv points to.
            "PYTHONPATH": str(self.copy),
            **self.extra,
        }

    def install(self, package: str) -> None:
        """Put the stand-in in the place of a provider's plugin, at the version of the SDK that is installed."""
        release = version(f"pulumi-{package}")
        plugin = self.home / "plugins" / f"resource-{package}-v{release}" / f"pulumi-resource-{package}"
        _script(plugin, f'exec "{sys.executable}" "{HERE / "stand_in.py"}" {package} {release}')

    def put_on_path(self, command: str, line: str) -> None:
        """Make `command` run a line of shell, for whatever this CLI starts."""
        _script(self.home / "bin" / command, line)
        self.extra["PATH"] = f"{self.home / 'bin'}{os.pathsep}{os.environ['PATH']}"


def copy_of_this_repository(folder: Path) -> Path:
    """What Pulumi needs of the repository, the recording pack, the reference project, and this interpreter's virtualenv."""
    folder.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    shutil.copytree(HERE / "recorder", folder / "recorder", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "reference").mkdir()
    shutil.copy(ROOT / "tests/agreement/reference/program.py", folder / "reference/__main__.py")
    (folder / "reference/Pulumi.yaml").write_text(REFERENCE)
    return folder


def _script(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
