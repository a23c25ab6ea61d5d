"""A workload that takes new versions: what the server counts of it, and how it is changed and taken back."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..client import JSON_PATCH, MERGE, STRATEGIC, Client
from ..nodes import give_volumes
from ..objects import Manifest

PLURALS = {"Deployment": "deployments", "StatefulSet": "statefulsets", "DaemonSet": "daemonsets"}
COUNTS = {
    "Deployment": ("replicas", "updatedReplicas", "availableReplicas"),
    "StatefulSet": ("replicas", "updatedReplicas", "availableReplicas"),
    "DaemonSet": ("currentNumberScheduled", "updatedNumberScheduled", "numberAvailable"),
}
"""Where the status of each kind says how many pods are there, are of the newest version, and are up."""
HASH = "pod-template-hash"
APPS = "/apis/apps/v1/namespaces"
SECONDS = 120.0
PAUSE, STILL = 0.05, 2.0


@dataclass
class Seen:
    """What a workload went through: fewest pods available, and most there, while it was watched."""

    least: int
    most: int


@dataclass(frozen=True)
class Rolling:
    """A workload on a server. `replicas` pods, `surge` more and `missing` fewer while a version takes over."""

    client: Client
    manifest: Manifest
    replicas: int = 0
    surge: int = 0
    missing: int = 0

    @property
    def path(self) -> str:
        return f"{self._root}/{PLURALS[self.manifest.kind]}/{self.manifest.name}"

    @property
    def has_deadline(self) -> bool:
        """Whether its controller gives a version up at a deadline; the others wait for ever."""
        return self.manifest.kind == "Deployment"

    @property
    def is_daemon(self) -> bool:
        """Whether its nodes say how many pods it has."""
        return self.manifest.kind == "DaemonSet"

    def read(self) -> dict[str, Any]:
        """As the server has it now."""
        return self.client.get(self.path).body

    def annotate(self, **annotations: str | None) -> None:
        """A new version, told by annotations of its pods; None takes one away."""
        body = {"spec": {"template": {"metadata": {"annotations": annotations}}}}
        self.client.send("PATCH", self.path, body, form=MERGE)

    def watch(self, ends: Callable[[dict[str, Any]], bool]) -> tuple[bool, Seen]:
        """Look until it `ends`; false where it does not in time."""
        until, seen = time.monotonic() + SECONDS, Seen(self.replicas, self.replicas)
        while time.monotonic() < until:
            give_volumes(self.client, self.manifest)
            now = self.read()
            there, _, up = self.counts(now)
            seen.least, seen.most = min(seen.least, up), max(seen.most, there)
            if ends(now):
                return True, seen
            time.sleep(PAUSE)
        return False, seen

    def counts(self, now: Mapping[str, Any]) -> list[int]:
        """How many pods are there, are of the newest version, are up."""
        return [now.get("status", {}).get(key, 0) for key in COUNTS[self.manifest.kind]]

    def is_whole(self, now: Mapping[str, Any]) -> bool:
        """Whether every pod is of the newest version, available, and no other there."""
        status = now.get("status", {})
        wanted = status.get("desiredNumberScheduled", self.replicas)  # of a DaemonSet, whose nodes may come later
        return status.get("observedGeneration") == now["metadata"]["generation"] and self.counts(now) == [wanted] * 3

    def has_its_pods(self) -> bool:
        """Whether every pod is made, running or not, or somebody refuses them."""
        now = self.read()
        return self.counts(now)[0] >= self.replicas or bool(condition(now, "ReplicaFailure"))

    def stops(self) -> Callable[[dict[str, Any]], bool]:
        """What tells that a version which never runs has stopped: the deadline, else that nothing moves any more."""
        if self.has_deadline:
            return lambda now: condition(now, "Progressing").get("reason") == "ProgressDeadlineExceeded"
        last, since = list[int](), [time.monotonic()]

        def still(now: Mapping[str, Any]) -> bool:
            counts = self.counts(now)
            if counts != last or counts[2] >= self.replicas:
                last[:], since[0] = counts, time.monotonic()
            return time.monotonic() - since[0] > STILL

        return still

    def versions(self) -> list[dict[str, Any]]:
        """Its ReplicaSets or ControllerRevisions, the newest last."""
        kind = "replicasets" if self.has_deadline else "controllerrevisions"
        uid = self.read()["metadata"]["uid"]
        items = self.client.get(f"{self._root}/{kind}").body.get("items", [])
        own = [each for each in items if any(it["uid"] == uid for it in each["metadata"].get("ownerReferences", []))]
        return sorted(own, key=_revision)

    def runs(self) -> list[str]:
        """Names of the versions that its pods are of."""
        if not self.has_deadline:
            return [self.versions()[-1]["metadata"]["name"]]
        return [each["metadata"]["name"] for each in self.versions() if each["status"].get("availableReplicas")]

    def complaint(self) -> str:
        """What its controller last said of a pod that it could not make; empty where it said nothing."""
        where = f"/api/v1/namespaces/{self.manifest.namespace or 'default'}/events"
        events = self.client.get(f"{where}?fieldSelector=reason=FailedCreate,involvedObject.name={self.manifest.name}")
        return str(next((each.get("message", "") for each in reversed(events.body.get("items", []))), ""))

    def go_back(self, version: Mapping[str, Any]) -> None:
        """As `kubectl rollout undo` does it: by the template that a version before has kept."""
        if not self.has_deadline:
            self.client.send("PATCH", self.path, version["data"], form=STRATEGIC)
            return
        template = version["spec"]["template"]
        labels = {key: value for key, value in template["metadata"]["labels"].items() if key != HASH}
        template = {**template, "metadata": {**template["metadata"], "labels": labels}}
        patch = [{"op": "replace", "path": "/spec/template", "value": template}]
        self.client.send("PATCH", self.path, patch, form=JSON_PATCH)

    def pods(self) -> list[dict[str, Any]]:
        """Its pods, old and new."""
        labels = self.read()["spec"]["selector"].get("matchLabels", {})
        selector = ",".join(f"{key}={value}" for key, value in labels.items())
        where = f"/api/v1/namespaces/{self.manifest.namespace or 'default'}/pods?labelSelector={selector}"
        items: list[dict[str, Any]] = self.client.get(where).body.get("items", [])
        return items

    @property
    def _root(self) -> str:
        return f"{APPS}/{self.manifest.namespace or 'default'}"


def rolling(client: Client, manifest: Manifest) -> Rolling:
    """A workload with the numbers that the server takes its spec for."""
    found = Rolling(client, manifest).read()
    spec = found["spec"]
    if manifest.kind == "StatefulSet":
        given = (spec["updateStrategy"].get("rollingUpdate") or {}).get("maxUnavailable", 1)
        return Rolling(client, manifest, int(spec["replicas"]), 0, share(given, int(spec["replicas"]), up=True))
    strategy = spec["strategy" if manifest.kind == "Deployment" else "updateStrategy"]
    replicas = spec.get("replicas", found.get("status", {}).get("desiredNumberScheduled", 0))
    if strategy["type"] == "Recreate":
        return Rolling(client, manifest, replicas, 0, replicas)
    rules = strategy.get("rollingUpdate") or {}
    surge = share(rules.get("maxSurge", 0), replicas, up=True)
    missing = share(rules.get("maxUnavailable", 1), replicas, up=manifest.kind == "DaemonSet")
    return Rolling(client, manifest, replicas, surge, missing if surge or missing else 1)


def condition(now: Mapping[str, Any], type_: str) -> Mapping[str, Any]:
    """A condition of an object; nothing where it has none of that type."""
    found: list[dict[str, Any]] = now.get("status", {}).get("conditions") or []
    return next((each for each in found if each["type"] == type_), {})


def share(given: int | str, replicas: int, *, up: bool) -> int:
    """A number of pods, or a percentage of them, which counts up for a surge and down for what may be missing."""
    if isinstance(given, int):
        return given
    part = Fraction(given.removesuffix("%")) * replicas / 100
    return -(-part.numerator // part.denominator) if up else part.numerator // part.denominator


def _revision(version: Mapping[str, Any]) -> int:
    told = version["metadata"].get("annotations", {}).get("deployment.kubernetes.io/revision")
    return int(told if told is not None else version.get("revision", 0))
