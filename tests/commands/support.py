"""Running the command as people do, in a process of its own."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECTS = Path(__file__).parent / "projects"
PLAIN = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")}


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


def hedgerow(*args: str, cwd: Path, **environment: str) -> Ran:
    """Run `hedgerow` with nobody watching: no terminal, standard input closed."""
    done = subprocess.run(
        [sys.executable, "-m", "hedgerow", *args],
        cwd=cwd,
        env=PLAIN | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def copied(name: str, to: Path) -> Path:
    """A project of this folder, copied so that a test may change it."""
    return Path(shutil.copytree(PROJECTS / name, to / name))
