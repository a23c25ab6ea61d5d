"""The servers of one control plane: started in a folder of their own, watched, ended; and gone when Python is killed.

A warden, a shell that waits on a pipe from this process, outlives whatever kills Python (which may be SIGKILL): when
the pipe closes it kills the servers and removes the folder. It also works from any thread and on any Unix, where
PR_SET_PDEATHSIG fires when the spawning thread ends, exists on Linux only, and leaves the folder.
"""

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from .trouble import Trouble

PIDS = "pids"
KEEP = b"keep\n"
WARDEN = """
read -r word
[ "$word" = keep ] && exit 0
kill -9 $(cat "$1/pids") 2>/dev/null
tries=0
while [ -e "$1" ] && [ $tries -lt 100 ]; do rm -rf -- "$1" 2>/dev/null; sleep 0.1; tries=$((tries + 1)); done
"""
LOG_LINES, LONGEST_LINE = 5, 300
MOST_OF_A_TRACE, TRACE = 400, "goroutine "
NO_SPACE = "no space left on device"
SECONDS_TO_END = 10.0
ALL_BUT_FULL = 2**21
"""Bytes; a server ends when it cannot write any more, a little before none is left."""
NEW_SESSION = True
"""Ctrl-C reaches Python alone, which then ends the servers in order."""


class Servers:
    """Processes started in `folder`, each writing to `<name>.log` there. `died` names the first that ended unasked."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.died = folder, ""
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._code = 0
        self._ending, self._lock = threading.Event(), threading.Lock()
        self._warden = subprocess.Popen(  # noqa: S603 (our own words)
            ["/bin/sh", "-c", WARDEN, "hedgerow-warden", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=NEW_SESSION,
        )

    def start(self, binary: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> None:
        """Start one, with more `variables` in its environment; Trouble where the machine cannot run it."""
        name = binary.name
        try:
            with (self.folder / f"{name}.log").open("wb") as log:
                process = subprocess.Popen(  # noqa: S603 (our own words)
                    [str(binary), *arguments],
                    cwd=self.folder,
                    env={**os.environ, **(variables or {})},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=NEW_SESSION,
                )
        except OSError as error:
            why = (
                "is of another architecture, or not whole"
                if error.errno == errno.ENOEXEC
                else f"cannot be run: {error.strerror}"
            )
            raise Trouble(f"{binary} {why}; put a binary of this machine's there") from error
        self._running[name] = process
        self._write_pids()

    def watch(self) -> None:
        """From now on a server that ends takes the others with it, so that nobody waits for an answer in vain."""
        threading.Thread(target=self._watch, name="hedgerow-watch", daemon=True).start()

    def ended(self, name: str) -> bool:
        """Whether a server has ended."""
        return self._running[name].poll() is not None

    def check(self) -> None:
        """Trouble where a server has ended unasked, with the last lines of its log."""
        with self._lock:
            self._look()
            if self.died:
                how = f"by signal {-self._code}" if self._code < 0 else f"with code {self._code}"
                if self._is_full():
                    how += f", for {self.folder.parent} is full; free some, or set TMPDIR to a folder that has room"
                lines = tuple(self.log(self.died))
                told = "the last lines of its log:" if lines else "it said nothing: see whether its file is whole"
                raise Trouble(f"{self.died} ended {how}; {told}", lines)

    def log(self, name: str) -> list[str]:
        """The last lines that a server wrote, those before the trace where it panicked."""
        with contextlib.suppress(OSError), (self.folder / f"{name}.log").open(errors="replace") as lines:
            said = [line.rstrip()[:LONGEST_LINE] for line in deque(lines, MOST_OF_A_TRACE)]
            trace = next((number for number, line in enumerate(said) if line.startswith(TRACE)), len(said))
            return [line for line in said[:trace] if line][-LOG_LINES:]
        return []

    def end(self) -> None:
        """Kill them all. Nothing is lost: their data goes with the folder, and an orderly end waits for every watch."""
        self._ending.set()
        with self._lock:
            for process in self._running.values():
                process.kill()
            for process in self._running.values():
                process.wait(SECONDS_TO_END)
            self._running.clear()
            with contextlib.suppress(OSError):
                (self.folder / PIDS).write_text("")

    def dismiss_warden(self, *, keep: bool) -> None:
        """Let the servers outlive this process (`keep`), or let the warden see that nothing is left to do."""
        self._ending.set()
        assert self._warden.stdin
        with contextlib.suppress(OSError):
            if keep:
                self._warden.stdin.write(KEEP)
            self._warden.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._warden.wait(SECONDS_TO_END)

    def memory(self) -> dict[str, int]:
        """MiB that each server holds now; nothing where the system does not tell."""
        return dict(self._memory())

    def _memory(self) -> Iterator[tuple[str, int]]:
        for name, process in list(self._running.items()):
            with contextlib.suppress(OSError, StopIteration):
                lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
                yield name, int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024

    def _watch(self) -> None:
        while not self._ending.wait(0.1):
            with self._lock:
                if not self._ending.is_set():
                    self._look()

    def _look(self) -> None:
        if self.died or self._ending.is_set():
            return
        for name, process in self._running.items():
            code = process.poll()
            if code is not None:
                self.died, self._code = name, code
                for other in self._running.values():
                    other.kill()
                return

    def _is_full(self) -> bool:
        """Whether the disk is, or was until a server that ended gave room back."""
        lines = self.log(self.died)
        return shutil.disk_usage(self.folder).free < ALL_BUT_FULL or any(NO_SPACE in line for line in lines)

    def _write_pids(self) -> None:
        (self.folder / PIDS).write_text("".join(f"{process.pid}\n" for process in self._running.values()))


def kill_in(folder: Path, pids: Sequence[int]) -> None:
    """Kill those of `pids` that still are the servers of `folder`: a number may be somebody else's by now."""
    for pid in pids:
        if _works_in(pid, folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def is_running_in(folder: Path, pids: Sequence[int]) -> bool:
    """Whether all of `pids` still are the servers of `folder`."""
    return bool(pids) and all(_works_in(pid, folder) for pid in pids)


def _works_in(pid: int, folder: Path) -> bool:
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cwd").readlink() == folder
        return False
    command = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (a number)
    return str(folder) in told.stdout
