"""Folders of control planes: one each, private, found again by the next rehearsal where a power cut left them."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import processes

PREFIX = "hedgerow-rehearsal-"
LOCK, KEPT = "lock", "kept"
LONG_AGO = 3600.0


@dataclass
class Place:
    """The folder of one control plane. Whoever works in it holds its lock, which ends with the process."""

    folder: Path
    lock: int

    def release(self) -> None:
        """Give up the lock."""
        os.close(self.lock)

    def remove(self) -> None:
        """Remove the folder and all that is in it."""
        _remove(self.folder)
        self.release()


def make() -> Place:
    """A new folder that only this user can read, locked."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    making = folder / f"{LOCK}.new"  # there under its name only once it is held
    lock = os.open(making, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    making.rename(folder / LOCK)
    return Place(folder, lock)


def keep(place: Place, names: str) -> None:
    """Mark a place as one that is to outlive this process; `names` says what runs there."""
    (place.folder / KEPT).write_text(names)


def clean() -> list[Path]:
    """Remove what control planes left whose process is gone, servers included; gives the folders."""
    left = [folder for folder in _ours() if not _is_kept_and_running(folder) and _is_abandoned(folder)]
    for folder in left:
        _wipe(folder)
    return left


def kept() -> dict[Path, str]:
    """Control planes that were kept and still run, with what runs there."""
    return {folder: (folder / KEPT).read_text() for folder in _ours() if _is_kept_and_running(folder)}


def stop(folder: Path) -> None:
    """End a kept control plane and remove its folder."""
    _wipe(folder)


def _ours() -> Iterator[Path]:
    for folder in sorted(Path(tempfile.gettempdir()).resolve().glob(f"{PREFIX}*")):
        with contextlib.suppress(OSError):
            facts = folder.lstat()
            if facts.st_uid == os.getuid() and not folder.is_symlink() and folder.is_dir():
                yield folder


def _is_kept_and_running(folder: Path) -> bool:
    return (folder / KEPT).is_file() and processes.is_running_in(folder, _pids(folder))


def _is_abandoned(folder: Path) -> bool:
    try:
        lock = os.open(folder / LOCK, os.O_RDWR)
    except OSError:  # just being made or removed, unless that was long ago
        return time.time() - folder.stat().st_mtime > LONG_AGO
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True


def _wipe(folder: Path) -> None:
    processes.kill_in(folder, _pids(folder))
    _remove(folder)


def _pids(folder: Path) -> list[int]:
    with contextlib.suppress(OSError, ValueError):
        return [int(line) for line in (folder / processes.PIDS).read_text().split()]
    return []


def _remove(folder: Path) -> None:
    for _ in range(50):  # a server that is just ending may still write
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)
