"""New versions of each Deployment: one that works, one that does not, and the way back; on nodes that kwok pretends."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..client import JSON_PATCH, MERGE, Client
from ..nodes import BROKEN
from ..objects import Manifest
from .trial import Trial

VERSION = "hedgerow-rehearsal/version"
HASH = "pod-template-hash"
DEADLINE = 3
"""Seconds that the broken version is given, beside those that a pod must be ready before it counts."""
SECONDS = 60.0
PAUSE = 0.05


@dataclass
class Seen:
    """What a Deployment went through: fewest pods available, and most there, while it was watched."""

    least: int
    most: int


@dataclass(frozen=True)
class Deployment:
    """One Deployment on a server. `replicas` pods, `surge` more and `missing` fewer while a version takes over."""

    client: Client
    manifest: Manifest
    replicas: int
    surge: int
    missing: int

    @property
    def path(self) -> str:
        return f"/apis/apps/v1/namespaces/{self.manifest.namespace or 'default'}/deployments/{self.manifest.name}"

    def read(self) -> dict[str, Any]:
        """As the server has it now."""
        return self.client.get(self.path).body

    def annotate(self, **annotations: str) -> None:
        """A new version, told by annotations of its pods."""
        body = {"spec": {"template": {"metadata": {"annotations": annotations}}}}
        self.client.send("PATCH", self.path, body, form=MERGE)

    def watch(self, ends: Callable[[dict[str, Any]], bool]) -> tuple[bool, Seen]:
        """Look until it `ends`; false where it does not in time."""
        until, seen = time.monotonic() + SECONDS, Seen(self.replicas, self.replicas)
        while time.monotonic() < until:
            now = self.read()
            status = now.get("status", {})
            seen.least = min(seen.least, status.get("availableReplicas", 0))
            seen.most = max(seen.most, status.get("replicas", 0))
            if ends(now):
                return True, seen
            time.sleep(PAUSE)
        return False, seen

    def has_its_pods(self) -> bool:
        """Whether every pod is made, running or not, or somebody refuses them."""
        now = self.read()
        return now.get("status", {}).get("replicas", 0) >= self.replicas or bool(_condition(now, "ReplicaFailure"))

    def is_whole(self, now: Mapping[str, Any]) -> bool:
        """Whether every pod is of the newest version, available, and no other there."""
        status, wanted = now.get("status", {}), self.replicas
        counts = [status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")]
        return counts == [wanted] * 3 and status.get("observedGeneration") == now["metadata"]["generation"]


def deployment(client: Client, manifest: Manifest) -> Deployment:
    """A Deployment with the numbers that the server takes its spec for."""
    found = Deployment(client, manifest, 0, 0, 0)
    spec = found.read()["spec"]
    replicas, strategy = int(spec["replicas"]), spec["strategy"]
    if strategy["type"] == "Recreate":
        return Deployment(client, manifest, replicas, 0, replicas)
    surge = _share(strategy["rollingUpdate"]["maxSurge"], replicas, up=True)
    missing = _share(strategy["rollingUpdate"]["maxUnavailable"], replicas, up=False)
    return Deployment(client, manifest, replicas, surge, missing if surge or missing else 1)


def trials(client: Client, manifest: Manifest) -> Iterator[Trial]:
    """Everything that is tried of one Deployment; it is left at the version that it had."""
    one = deployment(client, manifest)
    if not one.replicas:
        return
    first = _stands(one)
    yield first
    if first.holds:
        yield _rolls(one)
        yield _breaks(one)
        yield _goes_back(one)


def _stands(one: Deployment) -> Trial:
    """Every pod of it is made, within its quota, and runs."""
    whole, _ = one.watch(one.is_whole)
    now = one.read()
    happened = f"{now.get('status', {}).get('availableReplicas', 0)} available"
    return _line(one, "the pods", f"{one.replicas} available", happened, whole, "" if whole else _why_not(one, now))


def _rolls(one: Deployment) -> Trial:
    one.annotate(**{VERSION: "2"})
    whole, seen = one.watch(one.is_whole)
    least, most = one.replicas - one.missing, one.replicas + one.surge
    happened = f"at least {seen.least} up, at most {seen.most} there{'' if whole else ', NOT DONE'}"
    holds = whole and seen.least >= least and seen.most <= most
    told = "" if whole else _why_not(one, one.read())
    return _line(one, "a new version", f"at least {least} up, at most {most} there", happened, holds, told)


def _breaks(one: Deployment) -> Trial:
    """A version whose image cannot be had stops at its deadline, short for once, and the pods before it stay."""
    spec = one.read()["spec"]
    given = spec.get("progressDeadlineSeconds")
    short = {"spec": {"progressDeadlineSeconds": spec.get("minReadySeconds", 0) + DEADLINE}}
    one.client.send("PATCH", one.path, short, form=MERGE)
    one.annotate(**{VERSION: "3", BROKEN: "yes"})
    stopped, seen = one.watch(lambda now: _condition(now, "Progressing").get("reason") == "ProgressDeadlineExceeded")
    one.client.send("PATCH", one.path, {"spec": {"progressDeadlineSeconds": given}}, form=MERGE)
    least = one.replicas - one.missing
    happened = f"{'stopped' if stopped else 'DID NOT STOP'}, at least {seen.least} up"
    told = str(_condition(one.read(), "Progressing").get("message", ""))
    holds = stopped and seen.least >= least
    return _line(one, "a version that never runs", f"stops, at least {least} up", happened, holds, told)


def _goes_back(one: Deployment) -> Trial:
    """As `kubectl rollout undo` does it: by the template of the ReplicaSet before, which then has the pods again."""
    before = _replica_sets(one)[-2]
    template = before["spec"]["template"]
    labels = {key: value for key, value in template["metadata"]["labels"].items() if key != HASH}
    template = {**template, "metadata": {**template["metadata"], "labels": labels}}
    patch = [{"op": "replace", "path": "/spec/template", "value": template}]
    one.client.send("PATCH", one.path, patch, form=JSON_PATCH)
    whole, seen = one.watch(one.is_whole)
    running = [each["metadata"]["name"] for each in _replica_sets(one) if each["status"].get("availableReplicas")]
    back = running == [before["metadata"]["name"]]
    happened = f"{'the version before' if back else 'ANOTHER VERSION'}, at least {seen.least} up"
    holds = whole and back and seen.least >= one.replicas - one.missing
    one.annotate(**{VERSION: None})  # type: ignore[arg-type]  # null takes an annotation away
    one.watch(one.is_whole)
    expected = f"the version before, at least {one.replicas - one.missing} up"
    return _line(one, "rollout undo", expected, happened, holds, "" if holds else _why_not(one, one.read()))


def _replica_sets(one: Deployment) -> list[dict[str, Any]]:
    """Those of the Deployment, the newest version last."""
    collection = one.path.rpartition("/deployments/")[0] + "/replicasets"
    uid = one.read()["metadata"]["uid"]
    items = one.client.get(collection).body.get("items", [])
    own = [each for each in items if any(owner["uid"] == uid for owner in each["metadata"].get("ownerReferences", []))]
    return sorted(own, key=lambda each: int(each["metadata"]["annotations"]["deployment.kubernetes.io/revision"]))


def _why_not(one: Deployment, now: Mapping[str, Any]) -> str:
    """Why pods are missing, in the words of whoever refuses them."""
    if refused := _condition(now, "ReplicaFailure").get("message"):
        return str(refused)
    selector = ",".join(f"{key}={value}" for key, value in now["spec"]["selector"].get("matchLabels", {}).items())
    pods = one.client.get(f"/api/v1/namespaces/{one.manifest.namespace}/pods?labelSelector={selector}").body
    told = (_condition(pod, "PodScheduled").get("message") for pod in pods.get("items", []))
    return str(next(filter(None, told), ""))


def _condition(now: Mapping[str, Any], type_: str) -> Mapping[str, Any]:
    found: list[dict[str, Any]] = now.get("status", {}).get("conditions") or []
    return next((each for each in found if each["type"] == type_), {})


def _share(given: int | str, replicas: int, *, up: bool) -> int:
    """A number of pods, or a percentage of them, which counts up for a surge and down for what may be missing."""
    if isinstance(given, int):
        return given
    share = Fraction(given.removesuffix("%")) * replicas / 100
    return -(-share.numerator // share.denominator) if up else share.numerator // share.denominator


def _line(one: Deployment, what: str, expected: str, happened: str, holds: bool, told: str = "") -> Trial:  # noqa: FBT001
    return Trial(one.manifest.namespace, f"{what} of {one.manifest.name}", expected, happened, holds, told)
