"""The containers of a workload: what each runs, listens on, may use and is asked, hardened as Pod Security wants it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from hedgerow.facts import labels

from ..shared.inputs import Path, Wrong
from .checks import count
from .ports import Ports, read_port
from .probes import Probe, ProbeArgs, read_probe
from .sizes import Sizes, SizesArgs, read_sizes

IMAGE = re.compile(r"[a-z0-9][a-z0-9._/:-]*[a-z0-9](:[A-Za-z0-9_][A-Za-z0-9._-]*)?(@sha256:[0-9a-f]{64})?")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?")
PROBES = {"liveness": "livenessProbe", "readiness": "readinessProbe", "startup": "startupProbe"}
LAST_USER = 2**31 - 1

HARDENED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
"""What `restricted` asks of a container, and a file system that nobody writes to but in volumes."""


class ContainerArgs(TypedDict):
    image: str
    """Image with its tag or digest; in the file of a tenant without, there the lock of the stack has them."""
    args: NotRequired[list[str]]
    """Arguments of its command. Default: those of the image."""
    command: NotRequired[list[str]]
    """Command that it runs. Default: that of the image."""
    env: NotRequired[dict[str, str]]
    """Environment variables, none of them a secret. Default: none."""
    limits: NotRequired[SizesArgs]
    """What it may use at most. Default: what the tenant's LimitRange gives, or the request where that is more."""
    liveness: NotRequired[ProbeArgs]
    """Probe that restarts it when it fails; only a sidecar may do without. Default: none."""
    mounts: NotRequired[dict[str, str]]
    """Volumes of the workload by name, each with the path where it is. Default: none."""
    ports: NotRequired[dict[str, str]]
    """Ports that it listens on by name, such as `{web: TCP/8080}`. Default: none."""
    readiness: NotRequired[ProbeArgs]
    """Probe that keeps requests away while it fails; only a sidecar may do without. Default: none."""
    requests: NotRequired[SizesArgs]
    """What it gets for sure. Default: what the tenant's LimitRange gives."""
    startup: NotRequired[ProbeArgs]
    """Probe that the other two wait for. Default: none."""
    user: NotRequired[int]
    """Number of the user that it runs as. Default: that of the image, which must be a number and not root."""


@dataclass(frozen=True)
class Container:
    """A container, checked. `ports` by name, `probes` as a manifest has them."""

    name: str
    given: ContainerArgs
    ports: dict[str, Ports]
    probes: dict[str, Probe]
    sizes: Sizes

    def manifest(self) -> dict[str, Any]:
        """As a pod has it; lists of the API are ordered by name, so that the order in a file changes no resource."""
        given = self.given
        ports = [
            {"name": name, "containerPort": port.first, "protocol": port.protocol} for name, port in self.ports.items()
        ]
        env = [{"name": name, "value": value} for name, value in sorted(given.get("env", {}).items())]
        mounts = [{"name": name, "mountPath": path} for name, path in sorted(given.get("mounts", {}).items())]
        user = {"runAsUser": int(given["user"])} if "user" in given else {}
        words = {"args": given.get("args", []), "command": given.get("command", [])}
        lists: dict[str, list[Any]] = {**words, "env": env, "ports": ports, "volumeMounts": mounts}
        return {
            "name": self.name,
            "image": given["image"],
            "resources": self.sizes.manifest(),
            "securityContext": {**HARDENED, **user},
            **{key: list(value) for key, value in lists.items() if value},
            **self.probes,
        }


def read_containers(
    wrong: Wrong, field: str, given: Mapping[str, ContainerArgs], volumes: Mapping[str, str], limits: Mapping[str, Any]
) -> list[Container]:
    """Containers ordered by name; `limits` is what the LimitRange of their tenant says of containers."""
    return [_container(wrong, (field, name), name, given[name], volumes, limits) for name in sorted(given)]


def _container(
    wrong: Wrong, path: Path, name: str, args: ContainerArgs, volumes: Mapping[str, str], limits: Mapping[str, Any]
) -> Container:
    if problem := labels.name_problem(name):
        wrong(path, problem, name, "rename the container")
    if not IMAGE.fullmatch(args["image"]):
        fix = "type its name and version, such as docker.io/library/redis:8.4"
        wrong((*path, "image"), "must be the name of an image", args["image"], fix)
    if "user" in args:
        count(wrong, (*path, "user"), args["user"], 1, LAST_USER)
    _check_env(wrong, path, args)
    _check_mounts(wrong, path, args, volumes)
    ports = {key: _port(wrong, (*path, "ports", key), key, text) for key, text in sorted(args.get("ports", {}).items())}
    sizes = read_sizes(wrong, path, args.get("requests", {}), args.get("limits", {}), limits)
    return Container(name, args, ports, _probes(wrong, path, args, ports), sizes)


def _probes(wrong: Wrong, path: Path, args: Mapping[str, Any], ports: Mapping[str, Ports]) -> dict[str, Probe]:
    found = {PROBES[role]: read_probe(wrong, (*path, role), args[role], ports) for role in PROBES if role in args}
    live, ready = found.get(PROBES["liveness"]), found.get(PROBES["readiness"])
    if live is not None and live == ready:
        fix = "ask less often, or for less: whatever makes it unready would restart it as well"
        wrong((*path, "liveness"), "must differ from readiness", args["liveness"], fix)
    return found


def _port(wrong: Wrong, path: Path, name: str, text: str) -> Ports:
    if not PORT_NAME.fullmatch(name) or "--" in name:
        rule = "must be named by at most 15 lower-case letters, digits and single hyphens, a letter among them"
        wrong(path, rule, name, "rename it")
    return read_port(wrong, path, text)


def _check_env(wrong: Wrong, path: Path, args: ContainerArgs) -> None:
    for name in args.get("env", {}):
        if not VARIABLE.fullmatch(name):
            wrong((*path, "env", name), "must be letters, digits and '_', no digit first", name, "rename it")


def _check_mounts(wrong: Wrong, path: Path, args: ContainerArgs, volumes: Mapping[str, str]) -> None:
    mounts = args.get("mounts", {})
    for name, where in mounts.items():
        at = (*path, "mounts", name)
        if name not in volumes:
            wrong(at, "must be a volume of the workload", name, f"type {name}: 64Mi under volumes")
        if not where.startswith("/") or where == "/" or ":" in where:
            wrong(at, "must be a path from the root on, without ':'", where, "type one such as /data")
        elif list(mounts.values()).count(where) > 1:
            wrong(at, "must have a path of its own", where, "type another")
