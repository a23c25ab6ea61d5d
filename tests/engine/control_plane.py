"""A Kubernetes API server of the tests' own, from binaries that an environment variable names; loopback only."""

import base64
import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from . import nodes

BINARIES = ("etcd", "kube-apiserver", "kube-controller-manager")
TOKEN = "stand-in"
CREDENTIAL = json.dumps(
    {"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential", "status": {"token": TOKEN}}
)
"""What `aws eks get-token` prints."""
SECONDS_TO_START, SECONDS_TO_STOP = 60.0, 20.0
WHILE_WE_LIVE = '"$@" </dev/null & read -r _; kill $!; wait $!'
"""Shell: run a command until standard input ends, which it also does when this process is killed."""


@dataclass(frozen=True)
class ControlPlane:
    """Where a running API server is; `authority` is its certificate authority, PEM in base64."""

    endpoint: str
    authority: str

    @property
    def kubeconfig(self) -> str:
        """Of an administrator of everything."""
        cluster = {"server": self.endpoint, "certificate-authority-data": self.authority}
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "here",
                "clusters": [{"name": "here", "cluster": cluster}],
                "contexts": [{"name": "here", "context": {"cluster": "here", "user": "here"}}],
                "users": [{"name": "here", "user": {"token": TOKEN}}],
            }
        )

    def is_ready(self) -> bool:
        """Whether the server answers that it is."""
        trust = ssl.create_default_context(cadata=base64.b64decode(self.authority).decode())
        request = urllib.request.Request(f"{self.endpoint}/readyz", headers={"Authorization": f"Bearer {TOKEN}"})
        try:
            with urllib.request.urlopen(request, timeout=10, context=trust) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def binaries() -> Path | None:
    """The folder of the binaries, where the environment names one that has all of them."""
    for name in ("HEDGEROW_K8S_BIN", "KUBEBUILDER_ASSETS"):
        folder = Path(os.environ.get(name) or os.devnull).resolve()
        if all(os.access(folder / binary, os.X_OK) for binary in BINARIES):
            return folder
    return None


@contextlib.contextmanager
def running(folder: Path, work: Path) -> Iterator[ControlPlane]:
    """An API server with its controllers, ready to be asked; all of it is gone at the end."""
    work.mkdir(parents=True)
    _write_accounts(work)
    port = _free_port()
    with contextlib.ExitStack() as started:
        started.enter_context(_process(work, _etcd(folder)))
        started.enter_context(_process(work, _apiserver(folder, work, port)))
        plane = _ready(work, port)
        (work / "kubeconfig").write_text(plane.kubeconfig)
        started.enter_context(_process(work, _controllers(folder)))
        api = nodes.Api(plane.endpoint, plane.authority, TOKEN)
        nodes.hold_parameters(api)
        started.enter_context(nodes.keeping(api))
        yield plane


@contextlib.contextmanager
def _process(work: Path, command: list[str]) -> Iterator[None]:
    with (work / f"{Path(command[0]).name}.log").open("wb") as log:
        process = subprocess.Popen(
            ["sh", "-c", WHILE_WE_LIVE, "sh", *command],
            cwd=work,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield
    finally:
        assert process.stdin
        process.stdin.close()
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _etcd(folder: Path) -> list[str]:
    client = "unix://localhost:1"
    listen = [f"--listen-client-urls={client}", f"--advertise-client-urls={client}"]
    return [
        str(folder / "etcd"),
        "--data-dir=etcd",
        "--unsafe-no-fsync",
        "--listen-peer-urls=unix://localhost:2",
        *listen,
    ]


def _apiserver(folder: Path, work: Path, port: int) -> list[str]:
    return [
        str(folder / "kube-apiserver"),
        f"--etcd-servers=unix://{work}/localhost:1",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        "--endpoint-reconciler-type=none",
        "--authorization-mode=RBAC",
        "--allow-privileged=true",
        "--token-auth-file=tokens.csv",
        "--cert-dir=certificates",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=accounts.key",
        "--service-account-signing-key-file=accounts.key",
    ]


def _controllers(folder: Path) -> list[str]:
    return [
        str(folder / "kube-controller-manager"),
        "--kubeconfig=kubeconfig",
        "--controllers=*,-node-lifecycle-controller",
        "--leader-elect=false",
        "--secure-port=0",
        "--use-service-account-credentials=true",
        "--service-account-private-key-file=accounts.key",
    ]


def _write_accounts(work: Path) -> None:
    (work / "tokens.csv").write_text(f'{TOKEN},stand-in,stand-in,"system:masters"\n')
    form = (
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    (work / "accounts.key").write_bytes(rsa.generate_private_key(65537, 2048).private_bytes(*form))


def _ready(work: Path, port: int) -> ControlPlane:
    certificate = work / "certificates" / "apiserver.crt"
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        if certificate.is_file():
            authority = base64.b64encode(certificate.read_bytes()).decode()
            plane = ControlPlane(f"https://127.0.0.1:{port}", authority)
            if plane.is_ready():
                return plane
        time.sleep(0.1)
    raise RuntimeError(f"the API server did not get ready:\n{(work / 'kube-apiserver.log').read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port
