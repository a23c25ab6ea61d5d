"""A control plane is ready soon, is never in another's way, and leaves nothing behind however it ends."""

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from hedgerow.rehearsal import nodes, places
from hedgerow.rehearsal import plane as planes
from hedgerow.rehearsal.binaries import NEEDED, Binaries
from hedgerow.rehearsal.plane import ControlPlane
from hedgerow.rehearsal.trouble import Trouble

pytestmark = pytest.mark.control_plane

HOLD = """
import signal, sys, time
from pathlib import Path
from hedgerow.rehearsal.binaries import Binaries
from hedgerow.rehearsal.plane import ControlPlane
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what it runs in the background ignore it
with ControlPlane(Binaries(Path(sys.argv[1]))) as plane:
    print(plane.folder, flush=True)
    time.sleep(300)
"""


def working_in(folder: Path) -> list[int]:
    """Processes whose working directory is `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(int(process.name))
        except OSError:
            continue
    return found


def gone(folder: Path, seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and (folder.exists() or working_in(folder)):
        time.sleep(0.05)
    return not folder.exists() and not working_in(folder)


def holding(built: Binaries) -> subprocess.Popen[str]:
    """A Python that holds a control plane until it is ended."""
    command = [sys.executable, "-c", HOLD, str(built.folder)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )


def held(process: subprocess.Popen[str]) -> tuple[subprocess.Popen[str], Path]:
    """A Python that holds a control plane, once it is ready, and its folder."""
    assert process.stdout
    folder = Path(process.stdout.readline().strip())
    assert folder.is_dir()
    assert len(working_in(folder)) == 3
    return process, folder


def test_it_answers_and_leaves_nothing(built: Binaries) -> None:
    with ControlPlane(built) as plane:
        folder = plane.folder
        assert plane.client.get("/version").body["gitVersion"].startswith("v1.")
        assert plane.client.get("/api/v1/namespaces/default/serviceaccounts/default").ok
        assert sorted(plane.memory()) == sorted(NEEDED)
    assert gone(folder, 5)


def test_its_secrets_are_for_this_user_only(plane: ControlPlane) -> None:
    assert stat.S_IMODE(plane.folder.stat().st_mode) == 0o700
    for name in ("tokens.csv", "accounts.key", "server.key", "kubeconfig"):
        assert stat.S_IMODE((plane.folder / name).stat().st_mode) == 0o600


def test_it_listens_on_one_loopback_port(plane: ControlPlane) -> None:
    """etcd and the controllers have none."""
    entries = [entry for pid in working_in(plane.folder) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    sockets = {str(entry.readlink()) for entry in entries if entry.is_symlink()}
    listening = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            parts = line.split()
            if parts[3] == "0A" and f"socket:[{parts[9]}]" in sockets:
                listening.add(parts[1].rpartition(":")[0])
    assert listening == {"0100007F"}


def test_a_stranger_is_refused(plane: ControlPlane) -> None:
    token, plane.client._token = plane.client._token, "guessed"
    try:
        assert plane.client.get("/api/v1/namespaces").code == 401
    finally:
        plane.client._token = token


def test_several_start_and_run_at_once(built: Binaries) -> None:
    with ExitStack() as open_, ThreadPoolExecutor(3) as pool:
        one, other, third = pool.map(open_.enter_context, [ControlPlane(built) for _ in range(3)])
        folders = {one.folder, other.folder, third.folder}
        assert len(folders) == 3
        one.client.create("/api/v1/namespaces", {"metadata": {"name": "only-here"}})
        assert other.client.get("/api/v1/namespaces/only-here").code == 404
        assert third.client.get("/api/v1/namespaces/only-here").code == 404
    assert all(gone(folder, 5) for folder in folders)


def test_it_is_removed_when_its_body_fails(built: Binaries) -> None:
    with pytest.raises(LookupError), ControlPlane(built) as plane:
        raise LookupError
    assert gone(plane.folder, 5)


def test_it_is_removed_when_python_is_ended(built: Binaries) -> None:
    """By Ctrl-C, by SIGTERM and by SIGKILL, which Python cannot even see."""
    ends = {by: holding(built) for by in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)}
    for by, process in ends.items():
        _, folder = held(process)
        process.send_signal(by)
        process.wait(60)
        assert gone(folder), by.name


def test_what_a_power_cut_leaves_is_cleaned_next_time(built: Binaries) -> None:
    """As where the warden is killed with Python: the servers run on, and the folder is there."""
    process, folder = held(holding(built))
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for child in map(int, children):
        if child not in working_in(folder):
            os.kill(child, signal.SIGKILL)
    process.kill()
    process.wait(60)
    time.sleep(0.5)
    assert folder.is_dir()
    assert len(working_in(folder)) == 3
    assert folder in places.clean()
    assert gone(folder, 5)


def test_one_that_is_in_use_is_not_cleaned(plane: ControlPlane) -> None:
    assert plane.folder not in places.clean()
    assert plane.client.get("/readyz").ok


@pytest.mark.parametrize("name", [*NEEDED, *nodes.NEEDED])
def test_a_server_that_dies_is_named_with_its_last_words(built: Binaries, name: str) -> None:
    folders: list[Path] = []

    def killed() -> None:
        with ControlPlane(built, nodes=name in nodes.NEEDED) as plane:
            folders.append(plane.folder)
            start = f"{built.folder}/{name}\0".encode()
            pid = next(
                pid for pid in working_in(plane.folder) if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(start)
            )
            os.kill(pid, signal.SIGKILL)
            plane.client.wait("the end", lambda: plane.client.get("/readyz").code == 0)

    with pytest.raises(Trouble) as told:
        killed()
    assert told.value.message == f"{name} ended by signal 9; the last lines of its log:"
    assert 0 < len(told.value.details) <= 5
    assert gone(folders[0], 5)


def test_a_disk_that_fills_up_ends_it_with_the_servers_own_words(built: Binaries, tmp_path: Path) -> None:
    """Played by an etcd that may write no file of more than 4 MiB."""
    for name in NEEDED[1:]:
        (tmp_path / name).symlink_to(built.folder / name)
    small = tmp_path / NEEDED[0]
    small.write_text(f'#!/bin/sh\nulimit -f 8192\nexec "{built.folder / NEEDED[0]}" "$@"\n')
    small.chmod(0o755)
    before = set(Path(tempfile.gettempdir()).glob(f"{places.PREFIX}*"))
    with pytest.raises(Trouble) as told, ControlPlane(Binaries(tmp_path)):
        pass
    assert told.value.message.startswith("etcd ended ")
    assert any("file too large" in line for line in told.value.details), told.value
    assert set(Path(tempfile.gettempdir()).glob(f"{places.PREFIX}*")) <= before


def test_a_port_that_is_taken_is_changed_for_another(built: Binaries, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        ports = [squatter.getsockname()[1], planes.free_port()]
        monkeypatch.setattr(planes, "free_port", lambda: ports.pop(0))
        with ControlPlane(built) as plane:
            assert plane.client.get("/readyz").ok
        assert ports == []


def test_one_that_is_kept_runs_on_until_it_is_stopped(built: Binaries) -> None:
    with ControlPlane(built, keep=True, name="aws-dev") as plane:
        pass
    assert places.kept()[plane.folder] == "aws-dev"
    assert plane.folder not in places.clean()
    assert len(working_in(plane.folder)) == 3
    places.stop(plane.folder)
    assert gone(plane.folder, 5)
    assert plane.folder not in places.kept()


def test_pods_run_on_a_node_that_kwok_pretends(built: Binaries) -> None:
    if not (built.stages and (built.folder / "kwok").is_file() and (built.folder / "kube-scheduler").is_file()):
        pytest.skip("no kwok beside the binaries")
    with ControlPlane(built, nodes=True) as plane:
        plane.add_node("one", {"cpu": "4", "memory": "8Gi", "pods": "110"})
        container = {"name": "main", "image": "none"}
        assert plane.client.create(
            "/api/v1/namespaces/default/pods", {"metadata": {"name": "one"}, "spec": {"containers": [container]}}
        ).ok
        pod = "/api/v1/namespaces/default/pods/one"
        plane.client.wait("the pod running", lambda: plane.client.get(pod).body["status"]["phase"] == "Running")
    assert gone(plane.folder, 5)
