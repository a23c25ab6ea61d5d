"""The pods of a workload and how a new version of them takes over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from ..shared.inputs import Wrong
from .checks import amount, count
from .containers import Container, ContainerArgs, read_containers

MOST_REPLICAS, SURGE_PART = 5000, 4
LEAST_VOLUME, MOST_VOLUME = "1Mi", "64Ti"
PROBED = ("liveness", "readiness")
LIMIT = "ephemeral-storage"


class RolloutArgs(TypedDict):
    max_surge: NotRequired[int]
    """Pods that a rolling update adds before it takes old ones away. Default: a quarter of `replicas`, rounded up."""
    max_unavailable: NotRequired[int]
    """Pods of `replicas` that may be missing meanwhile. Default: `0`."""


@dataclass(frozen=True)
class Rollout:
    """How many pods there are, how many more and how many less while a new version takes over."""

    replicas: int
    surge: int
    missing: int

    def __str__(self) -> str:
        more = f" and {self.surge} more while they are replaced" if self.surge else ""
        return f"{self.replicas} {'replica' if self.replicas == 1 else 'replicas'}{more}"

    def manifest(self) -> dict[str, Any]:
        """As a Deployment has it."""
        rolling = {"maxSurge": self.surge, "maxUnavailable": self.missing}
        return {"replicas": self.replicas, "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}}


@dataclass(frozen=True)
class Pods:
    """What runs in each pod. `volumes` by name, each with its most."""

    containers: Sequence[Container]
    sidecars: Sequence[Container]
    volumes: Mapping[str, str]

    @property
    def every(self) -> tuple[Container, ...]:
        """Containers and sidecars: all of them run at once, so that a quota counts their sum."""
        return (*self.containers, *self.sidecars)

    def manifest(self, account: str, selector: Mapping[str, Any]) -> dict[str, Any]:
        """As a Deployment has it, the pods labelled as `selector` wants them."""
        template = {"metadata": {"labels": dict(selector["matchLabels"])}, "spec": self._spec(account)}
        return {"selector": dict(selector), "template": template}

    def _spec(self, account: str) -> dict[str, Any]:
        # An init container that is always restarted is what Kubernetes calls a sidecar.
        sidecars = [{**sidecar.manifest(), "restartPolicy": "Always"} for sidecar in self.sidecars]
        volumes = [{"name": name, "emptyDir": {"sizeLimit": most}} for name, most in sorted(self.volumes.items())]
        return {
            "automountServiceAccountToken": False,
            "containers": [container.manifest() for container in self.containers],
            "enableServiceLinks": False,
            **({"initContainers": sidecars} if sidecars else {}),
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "serviceAccountName": account,
            **({"volumes": volumes} if volumes else {}),
        }


def read_rollout(wrong: Wrong, given: Mapping[str, Any], default: int) -> Rollout:
    """Pods, those that an update adds, and those that may be missing meanwhile."""
    replicas = count(wrong, ("replicas",), given.get("replicas", default), 0, MOST_REPLICAS)
    rollout = given.get("rollout", {})
    surge = count(
        wrong, ("rollout", "max_surge"), rollout.get("max_surge", -(-replicas // SURGE_PART)), 0, MOST_REPLICAS
    )
    missing = count(wrong, ("rollout", "max_unavailable"), rollout.get("max_unavailable", 0), 0, MOST_REPLICAS)
    if replicas and not (surge or missing):
        rule = "must let pods be added or be missing, else no version ever takes over"
        wrong(("rollout",), rule, dict(rollout), "type {max_surge: 1}")
    return Rollout(replicas, surge, missing)


def read_pods(wrong: Wrong, args: Mapping[str, Any], limits: Mapping[str, Any]) -> Pods:
    """The containers of a pod; `limits` is what the LimitRange of their tenant says of containers."""
    containers: Mapping[str, ContainerArgs] = args["containers"]
    sidecars: Mapping[str, ContainerArgs] = args.get("sidecars", {})
    volumes: Mapping[str, str] = args.get("volumes", {})
    if not containers:
        wrong("containers", "must name a container", {}, "type {main: {image: …, liveness: …, readiness: …}}")
    for name in sorted(containers.keys() & sidecars.keys()):
        wrong(("sidecars", name), "must have a name that no container has", name, "rename it")
    for name, container in sorted(containers.items()):
        for probe in PROBED:
            if probe not in container:
                fix = "type exec, http_get or tcp_socket below it, such as {tcp_socket: {port: web}}"
                wrong(("containers", name), f"must have a {probe} probe", sorted(container), fix)
    found = Pods(
        read_containers(wrong, "containers", containers, volumes, limits),
        read_containers(wrong, "sidecars", sidecars, volumes, limits),
        volumes,
    )
    _check_volumes(wrong, found)
    return found


def _check_volumes(wrong: Wrong, pods: Pods) -> None:
    mounted = {name for container in pods.every for name in container.given.get("mounts", {})}
    total = sum(
        amount(wrong, ("volumes", name), most, LEAST_VOLUME, MOST_VOLUME) for name, most in pods.volumes.items()
    )
    for name in sorted(pods.volumes.keys() - mounted):
        wrong(
            ("volumes", name), "must be mounted by a container", name, f"type mounts: {{{name}: /{name}}}, or delete it"
        )
    if total > sum(container.sizes.limits[LIMIT] for container in pods.every):
        fix = "type less, or a larger limit of ephemeral_storage in a container"
        wrong("volumes", "must fit the disk that the containers may use together", dict(pods.volumes), fix)
