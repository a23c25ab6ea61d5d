"""Servers and their folders, with `sleep` in place of a server."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hedgerow.rehearsal import places, plane, processes
from hedgerow.rehearsal.binaries import Binaries
from hedgerow.rehearsal.plane import ControlPlane
from hedgerow.rehearsal.processes import Servers
from hedgerow.rehearsal.trouble import Trouble

SLEEP = Path(shutil.which("sleep") or "sleep")
HOLD = """
import sys, time
from pathlib import Path
from hedgerow.rehearsal import places
from hedgerow.rehearsal.processes import Servers
place = places.make()
servers = Servers(place.folder)
servers.start(Path(sys.argv[1]), "300")
print(place.folder, (place.folder / "pids").read_text().strip(), flush=True)
time.sleep(300)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of these tests lie where no other test looks."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)


@pytest.fixture
def servers() -> Iterator[Servers]:
    place = places.make()
    found = Servers(place.folder)
    yield found
    found.end()
    place.remove()
    found.dismiss_warden(keep=False)


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(seconds: float, holds: object) -> bool:
    assert callable(holds)
    end = time.monotonic() + seconds
    while time.monotonic() < end and not holds():
        time.sleep(0.02)
    return bool(holds())


def pid_of(folder: Path) -> int:
    return int((folder / "pids").read_text())


def test_one_that_ends_is_told_with_its_last_words(servers: Servers, tmp_path: Path) -> None:
    script = tmp_path / "server"
    script.write_text("#!/bin/sh\nfor n in 1 2 3 4 5 6 7; do echo line $n; done; exit 3\n")
    script.chmod(0o755)
    servers.start(script)
    assert until(30, lambda: servers.ended("server"))
    with pytest.raises(Trouble) as told:
        servers.check()
    assert told.value.message == "server ended with code 3; the last lines of its log:"
    assert told.value.details == ("line 3", "line 4", "line 5", "line 6", "line 7")


def test_one_that_ends_without_a_word_is_told_of_too(servers: Servers, tmp_path: Path) -> None:
    """As half a binary does."""
    script = tmp_path / "server"
    script.write_text("#!/bin/sh\nkill -SEGV $$\n")
    script.chmod(0o755)
    servers.start(script)
    assert until(30, lambda: servers.ended("server"))
    with pytest.raises(Trouble) as told:
        servers.check()
    assert str(told.value) == "server ended by signal 11; it said nothing: see whether its file is whole"


def test_the_trace_of_a_panic_is_not_what_matters(servers: Servers, tmp_path: Path) -> None:
    script = tmp_path / "server"
    words = "starting\\npanic: the disk is full\\n\\ngoroutine 1 [running]:\\nmain.main()\\n\\tmain.go:31\\n"
    script.write_text(f"#!/bin/sh\nprintf '{words}'; exit 2\n")
    script.chmod(0o755)
    servers.start(script)
    assert until(30, lambda: servers.ended("server"))
    assert servers.log("server") == ["starting", "panic: the disk is full"]


@pytest.mark.parametrize("by", ["the disk", "its words"])
def test_one_that_ends_because_the_disk_is_full_says_so(
    by: str, servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is still full, or the server gave back what it had taken."""
    script, words = tmp_path / "etcd", "no space left on device" if by == "its words" else "writeAt failed"
    script.write_text(f"#!/bin/sh\necho {words}\nexit 2\n")
    script.chmod(0o755)
    if by == "the disk":
        monkeypatch.setattr(processes.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**30, 2**30 - 9, 9))
    servers.start(script)
    assert until(30, lambda: servers.ended("etcd"))
    with pytest.raises(Trouble) as told:
        servers.check()
    assert str(told.value) == (
        f"etcd ended with code 2, for {tmp_path} is full; free some, or set TMPDIR to a folder that has room; "
        f"the last lines of its log:\n  {words}"
    )


def test_one_that_ends_takes_the_others_with_it(servers: Servers, tmp_path: Path) -> None:
    other = Path(shutil.copy(SLEEP, tmp_path / "other"))
    servers.start(SLEEP, "300")
    servers.start(other, "300")
    servers.watch()
    first, second = map(int, (servers.folder / "pids").read_text().split())
    os.kill(first, signal.SIGKILL)
    assert until(30, lambda: not runs(second))
    with pytest.raises(Trouble, match="sleep ended by signal 9"):
        servers.check()


def test_a_binary_of_another_machine_is_named(servers: Servers, tmp_path: Path) -> None:
    binary = tmp_path / "etcd"
    binary.write_bytes(b"\x7fELF of another kind")
    binary.chmod(0o755)
    with pytest.raises(Trouble) as told:
        servers.start(binary)
    assert str(told.value) == f"{binary} is of another architecture, or not whole; put a binary of this machine's there"


def test_such_a_binary_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("etcd", "kube-apiserver", "kube-controller-manager"):
        (folder / name).write_bytes(b"\x7fELF of another kind")
        (folder / name).chmod(0o755)
    with pytest.raises(Trouble, match="is of another architecture"), ControlPlane(Binaries(folder)):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]


def test_a_disk_without_room_is_told_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plane.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**30, 2**30 - 2**20, 2**20))
    with pytest.raises(Trouble) as told, ControlPlane(Binaries(tmp_path)):
        pass
    assert str(told.value) == f"only 1 MiB are free in {tmp_path}; free some, or set TMPDIR to a folder with 400"
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "tokens.csv")

    etcd = tmp_path / "etcd"
    etcd.symlink_to(SLEEP)
    monkeypatch.setattr(plane, "_write", full)
    monkeypatch.setattr(plane, "_etcd", lambda: ["300"])
    with pytest.raises(Trouble) as told, ControlPlane(Binaries(tmp_path)):
        pass
    assert (
        str(told.value)
        == "cannot write tokens.csv: the disk is full; free some room, or set TMPDIR to a folder that has it"
    )
    assert list(tmp_path.iterdir()) == [etcd]


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL], ids=lambda by: by.name)
def test_the_warden_cleans_up_after_a_python_that_was_killed(by: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(SLEEP)], stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    assert process.stdout
    name, pid = process.stdout.readline().split()
    assert runs(int(pid))
    process.send_signal(by)
    process.wait(10)
    assert until(30, lambda: not Path(name).exists() and not runs(int(pid)))


def test_the_warden_leaves_what_is_kept(tmp_path: Path) -> None:
    place = places.make()
    servers = Servers(place.folder)
    servers.start(SLEEP, "300")
    places.keep(place, "aws-dev")
    servers.dismiss_warden(keep=True)
    place.release()
    pid = pid_of(place.folder)
    assert places.clean() == []
    assert places.kept() == {place.folder: "aws-dev"}
    places.stop(place.folder)
    assert until(30, lambda: not runs(pid))
    assert list(tmp_path.iterdir()) == []


def test_what_a_power_cut_left_is_cleaned_and_what_is_in_use_is_not() -> None:
    used, left = places.make(), places.make()
    left.release()
    assert places.clean() == [left.folder]
    assert used.folder.is_dir()
    used.remove()


def test_a_kept_one_that_a_power_cut_ended_is_cleaned() -> None:
    place = places.make()
    (place.folder / processes.PIDS).write_text("1\n")
    places.keep(place, "aws-dev")
    place.release()
    assert places.kept() == {}
    assert places.clean() == [place.folder]


def test_a_number_that_is_somebody_elses_by_now_is_not_killed(tmp_path: Path) -> None:
    stranger = subprocess.Popen([SLEEP, "300"], cwd="/")
    place = places.make()
    (place.folder / processes.PIDS).write_text(f"{stranger.pid}\n")
    place.release()
    assert places.clean() == [place.folder]
    assert runs(stranger.pid)
    stranger.kill()
    stranger.wait()


def test_a_folder_of_that_name_that_is_a_link_is_let_be(tmp_path: Path) -> None:
    there = tmp_path / "precious"
    there.mkdir()
    (tmp_path / f"{places.PREFIX}link").symlink_to(there)
    assert places.clean() == []
    assert there.is_dir()


def test_one_just_being_made_is_let_be_for_an_hour(tmp_path: Path) -> None:
    new = tmp_path / f"{places.PREFIX}new"
    new.mkdir()
    assert places.clean() == []
    os.utime(new, (time.time() - 2 * places.LONG_AGO,) * 2)
    assert places.clean() == [new]
