"""A control plane for the occasion: etcd, API server and controllers, loopback only, gone when it is left."""

import base64
import datetime as dt
import errno
import http.client
import json
import os
import secrets
import shutil
import socket
import ssl
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from . import nodes, places
from .binaries import Binaries
from .client import Client
from .processes import Servers
from .trouble import AGAIN, Trouble

HOST = "127.0.0.1"
SECONDS_TO_START = 120.0
TRIES = 5
"""Ports tried, should somebody take one between its choice and its use."""
LEAST_DISK_MIB = 400
COLLECTS = {"GOGC": "400", "GOMEMLIMIT": "300MiB"}
"""How Go collects garbage in the API server: seldom while it starts, which saves an eighth of that time."""
ISSUER = "https://kubernetes.default.svc"
TAKEN = "address already in use"


class ControlPlane:
    """Use as `with ControlPlane(binaries) as plane:`. `client` asks it as its administrator.

    `nodes` starts the scheduler and kwok too, where pods are to run. `keep` lets it run on afterwards, as `name`.
    """

    def __init__(self, binaries: Binaries, *, nodes: bool = False, keep: bool = False, name: str = "") -> None:
        self._binaries, self._nodes, self._keep, self._name = binaries, nodes, keep, name
        self.seconds = 0.0

    def __enter__(self) -> Self:
        start = time.monotonic()
        places.clean()
        try:
            self._place = places.make()
        except OSError as error:
            raise _unwritable(error) from error
        self.folder = self._place.folder
        self._servers = Servers(self.folder)
        try:
            self._start()
        except OSError as error:
            self._leave()
            raise _unwritable(error) from error
        except BaseException:
            self._leave()
            raise
        self.seconds = time.monotonic() - start
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.client.close()
        if self._keep and kind is None:
            places.keep(self._place, self._name)
            self._servers.dismiss_warden(keep=True)
            self._place.release()
        else:
            self._leave()

    @property
    def kubeconfig(self) -> Path:
        """A file for kubectl, as the administrator."""
        return self.folder / "kubeconfig"

    def check(self) -> None:
        """Trouble, with the last lines of its log, where a server has ended unasked."""
        self._servers.check()

    def memory(self) -> dict[str, int]:
        """MiB that each server holds now."""
        return self._servers.memory()

    def _start(self) -> None:
        free = shutil.disk_usage(self.folder).free >> 20
        if free < LEAST_DISK_MIB:
            fix = f"free some, or set TMPDIR to a folder with {LEAST_DISK_MIB}"
            raise Trouble(f"only {free} MiB are free in {self.folder.parent}; {fix}")
        self._servers.start(self._binaries.path("etcd"), *_etcd())
        self._write_secrets()
        port = self._start_api_server()
        self._servers.watch()
        self.client = Client((HOST, port), self._authority, self._token, self._servers.check)
        _write(self.kubeconfig, json.dumps(_kubeconfig(port, self._authority, self._token), indent=2))
        self._servers.start(self._binaries.path("kube-controller-manager"), *_controllers())
        if self._nodes:
            self.start_nodes()
        account = "/api/v1/namespaces/default/serviceaccounts/default"
        self.client.wait("the controllers' readiness", lambda: self.client.get(account).ok, SECONDS_TO_START)

    def _write_secrets(self) -> None:
        """Tokens, keys and the certificate, while etcd starts: the first use of their library takes a while."""
        from . import keys

        self._token, key = secrets.token_urlsafe(32), keys.private_key()
        self._authority = keys.certificate(key, HOST, dt.datetime.now(dt.UTC))
        _write(self.folder / "tokens.csv", f'{self._token},administrator,administrator,"system:masters"\n')
        _write(self.folder / "accounts.key", keys.pem(keys.private_key()))
        _write(self.folder / "server.key", keys.pem(key))
        _write(self.folder / "server.crt", self._authority)

    def _start_api_server(self) -> int:
        """Start it on a free port, another where that was taken meanwhile; gives the port on which it listens."""
        for _ in range(TRIES):
            port = free_port()
            self._servers.start(self._binaries.path("kube-apiserver"), *_api_server(port), variables=COLLECTS)
            if self._becomes_ready(port):
                return port
        log = tuple(self._servers.log("kube-apiserver"))
        raise Trouble(f"the API server found its port taken {TRIES} times; {AGAIN}; the last lines of its log:", log)

    def _becomes_ready(self, port: int) -> bool:
        """Wait until the server is ready; false where somebody else has its port."""
        end, name = time.monotonic() + SECONDS_TO_START, "kube-apiserver"
        while time.monotonic() < end:
            if self._servers.ended(name) and any(TAKEN in line for line in self._servers.log(name)):
                return False
            self._servers.check()
            if self._is_ready(port):
                return True
            time.sleep(0.05)
        log = tuple(self._servers.log(name))
        raise Trouble(
            f"the API server was not ready within {SECONDS_TO_START:g} s; {AGAIN}; the last lines of its log:", log
        )

    def _is_ready(self, port: int) -> bool:
        try:
            context = ssl.create_default_context(cadata=self._authority)
            connection = http.client.HTTPSConnection(HOST, port, timeout=5, context=context)
            connection.request("GET", "/readyz", headers={"Authorization": f"Bearer {self._token}"})
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False

    def start_nodes(self) -> None:
        """Start the scheduler and kwok, so that pods run on nodes that are added."""
        scheduler = ("--kubeconfig=kubeconfig", "--leader-elect=false", "--secure-port=0")
        self._servers.start(self._binaries.path("kube-scheduler"), *scheduler)
        stages = [f"--config={stage}" for stage in nodes.write_stages(self._binaries, self.folder / "stages")]
        kwok = ("--kubeconfig=kubeconfig", "--manage-all-nodes=true", "--node-lease-duration-seconds=40", *stages)
        self._servers.start(self._binaries.path("kwok"), *kwok)

    def add_node(self, name: str, allocatable: dict[str, str]) -> None:
        """Add a node that kwok pretends, and wait until it is ready."""
        status = {"capacity": allocatable, "allocatable": allocatable}
        self.client.create("/api/v1/nodes", {"metadata": {"name": name}, "status": status})
        self.client.wait(f"node {name}", lambda: nodes.is_ready(self.client.get(f"/api/v1/nodes/{name}").body))

    def _leave(self) -> None:
        self._servers.end()
        self._place.remove()
        self._servers.dismiss_warden(keep=False)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as held:
        held.bind((HOST, 0))
        port: int = held.getsockname()[1]
        return port


def _etcd() -> list[str]:
    client, peer = "unix://localhost:1", "unix://localhost:2"  # relative to the folder; absolute paths are refused
    return [
        "--data-dir=etcd",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",
    ]


def _api_server(port: int) -> list[str]:
    return [
        "--etcd-servers=unix://localhost:1",
        f"--bind-address={HOST}",
        f"--advertise-address={HOST}",
        f"--secure-port={port}",
        "--endpoint-reconciler-type=none",
        "--authorization-mode=RBAC",
        "--allow-privileged=true",  # else the server refuses privileged pods before Pod Security is asked
        "--token-auth-file=tokens.csv",
        "--enable-priority-and-fairness=false",  # one user only, and its objects take part of the start
        "--tls-cert-file=server.crt",
        "--tls-private-key-file=server.key",
        f"--service-account-issuer={ISSUER}",
        "--service-account-key-file=accounts.key",
        "--service-account-signing-key-file=accounts.key",
        "--service-cluster-ip-range=10.96.0.0/12",
    ]


def _controllers() -> list[str]:
    return [
        "--kubeconfig=kubeconfig",
        "--leader-elect=false",
        "--secure-port=0",
        "--use-service-account-credentials=true",
        "--service-account-private-key-file=accounts.key",
        "--kube-api-qps=1000",
        "--kube-api-burst=2000",
        "--concurrent-resource-quota-syncs=20",
    ]


def _kubeconfig(port: int, authority: str, token: str) -> dict[str, Any]:
    server = {
        "server": f"https://{HOST}:{port}",
        "certificate-authority-data": base64.b64encode(authority.encode()).decode(),
    }
    name = "rehearsal"
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": server}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": "administrator"}}],
        "users": [{"name": "administrator", "user": {"token": token}}],
    }


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def _unwritable(error: OSError) -> Trouble:
    why = "the disk is full" if error.errno == errno.ENOSPC else error.strerror
    where = error.filename or "the folder of the control plane"
    return Trouble(f"cannot write {where}: {why}; free some room, or set TMPDIR to a folder that has it")
