"""How kubelet asks a container whether it lives, is ready and has started: by a command, by HTTP or by TCP."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from ..shared.inputs import Path, Wrong
from .checks import count, texts
from .ports import Ports

KINDS = ("exec", "http_get", "tcp_socket")
SCHEMES = ("HTTP", "HTTPS")
TIMES = {
    "failure_threshold": ("failureThreshold", 1, 3),
    "initial_delay_seconds": ("initialDelaySeconds", 0, 0),
    "period_seconds": ("periodSeconds", 1, 10),
    "timeout_seconds": ("timeoutSeconds", 1, 1),
}
"""Name in a manifest, least, and what the API server takes where nothing is said (Kubernetes 1.36)."""
MOST = 3600

Probe = dict[str, Any]


class HttpGetArgs(TypedDict):
    path: str
    """Path that answers 200 to 399 while all is well, such as `/healthz`."""
    port: str
    """Name of the container's port."""
    scheme: NotRequired[str]
    """`HTTP`, or `HTTPS` without a look at the certificate. Default: `HTTP`."""


class TcpSocketArgs(TypedDict):
    port: str
    """Name of the container's port."""


class ProbeArgs(TypedDict):
    exec: NotRequired[list[str]]
    """Command in the container that ends with 0 while all is well. Default: none."""
    failure_threshold: NotRequired[int]
    """Failures in a row that count. Default: `3`."""
    http_get: NotRequired[HttpGetArgs]
    """Request that is answered while all is well. Default: none."""
    initial_delay_seconds: NotRequired[int]
    """Wait before the first time, in seconds. Default: `0`."""
    period_seconds: NotRequired[int]
    """Time between two, in seconds. Default: `10`."""
    tcp_socket: NotRequired[TcpSocketArgs]
    """Port that takes connections while all is well. Default: none."""
    timeout_seconds: NotRequired[int]
    """Time that one may take, in seconds. Default: `1`."""


def read_probe(wrong: Wrong, path: Path, args: ProbeArgs, ports: Mapping[str, Ports]) -> Probe:
    """The probe as a manifest has it, every time written out but a wait of 0, which the provider drops at `up`."""
    given: Mapping[str, Any] = args
    kinds = [kind for kind in KINDS if kind in given]
    if len(kinds) != 1:
        wrong(path, f"must have one of {', '.join(KINDS)}", kinds, "type one, such as tcp_socket: {port: web}")
    times = {
        name: count(wrong, (*path, field), given.get(field, default), least, MOST)
        for field, (name, least, default) in TIMES.items()
    }
    found: Probe = {name: seconds for name, seconds in times.items() if seconds}
    for kind in kinds:
        found |= _handler(wrong, (*path, kind), kind, given[kind], ports)
    return found


def _handler(wrong: Wrong, path: Path, kind: str, given: Any, ports: Mapping[str, Ports]) -> Probe:
    if kind == "exec":
        command = texts(wrong, path, given)
        if not command:
            wrong(path, "must name a command", given, "type its words, such as [redis-cli, ping]")
        return {"exec": {"command": command}}
    port = _port(wrong, (*path, "port"), given["port"], ports)
    if kind == "tcp_socket":
        return {"tcpSocket": {"port": port}}
    scheme = given.get("scheme", SCHEMES[0])
    if scheme not in SCHEMES:
        wrong((*path, "scheme"), f"must be one of {', '.join(SCHEMES)}", scheme, "type one of them")
    if not given["path"].startswith("/"):
        wrong((*path, "path"), "must begin with '/'", given["path"], f"type /{given['path']}")
    return {"httpGet": {"path": given["path"], "port": port, "scheme": scheme}}


def _port(wrong: Wrong, path: Path, name: str, ports: Mapping[str, Ports]) -> int:
    found = ports.get(name)
    if found is None or found.protocol != "TCP":
        known = ", ".join(sorted(key for key, port in ports.items() if port.protocol == "TCP"))
        wrong(
            path, "must name a TCP port of the container", name, f"type one of {known or 'those you add to its ports'}"
        )
        return 0
    return found.first
