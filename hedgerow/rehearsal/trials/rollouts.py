"""New versions of each workload: one that works, one that does not, and the way back; on nodes that kwok pretends."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..client import MERGE, Client
from ..nodes import BROKEN, fitting
from ..objects import Manifest
from .rolling import Rolling, condition, rolling
from .trial import Trial

VERSION = "hedgerow-rehearsal/version"
DEADLINE = 3
"""Seconds that the broken version is given, beside those that a pod must be ready before it counts."""
BY_HAND = "OnDelete"
SECONDS_FOR_NODES = 20.0


def trials(client: Client, manifest: Manifest) -> Iterator[Trial]:
    """Everything that is tried of one workload; it is left at the version that it had."""
    first, one = _stands(rolling(client, manifest))
    if not one.replicas:
        return
    yield first
    if first.holds and one.read()["spec"].get("updateStrategy", {}).get("type") != BY_HAND:
        yield _rolls(one)
        yield _breaks(one)
        yield _goes_back(one)


def _stands(one: Rolling) -> tuple[Trial, Rolling]:
    """Every pod of it is made, within its quota, and runs; and the workload, its nodes counted by now."""
    if one.is_daemon:
        there = fitting(one.client, one.manifest.body["spec"]["template"])
        one.client.comes_about(lambda: rolling(one.client, one.manifest).replicas >= there, SECONDS_FOR_NODES)
    whole = bool(one.replicas or one.is_daemon) and one.watch(one.is_whole)[0]
    one, now = rolling(one.client, one.manifest), one.read()
    told = "" if whole else _why_not(one, now)
    return _line(one, "the pods", f"{one.replicas} available", f"{one.counts(now)[2]} available", whole, told), one


def _rolls(one: Rolling) -> Trial:
    one.annotate(**{VERSION: "2"})
    whole, seen = one.watch(one.is_whole)
    least, most = one.replicas - one.missing, one.replicas + one.surge
    happened = f"at least {seen.least} up, at most {seen.most} there{'' if whole else ', NOT DONE'}"
    holds = whole and seen.least >= least and seen.most <= most
    told = "" if whole else _why_not(one, one.read())
    return _line(one, "a new version", f"at least {least} up, at most {most} there", happened, holds, told)


def _breaks(one: Rolling) -> Trial:
    """A version whose image cannot be had stops, by a deadline that is short for once, and the pods before it stay."""
    spec = one.read()["spec"]
    _set_deadline(one, spec.get("minReadySeconds", 0) + DEADLINE)
    one.annotate(**{VERSION: "3", BROKEN: "yes"})
    stopped, seen = one.watch(one.stops())
    _set_deadline(one, spec.get("progressDeadlineSeconds"))
    least = one.replicas - one.missing
    happened = f"{'stopped' if stopped else 'DID NOT STOP'}, at least {seen.least} up"
    told = str(condition(one.read(), "Progressing").get("message", ""))
    holds = stopped and seen.least >= least
    return _line(one, "a version that never runs", f"stops, at least {least} up", happened, holds, told)


def _set_deadline(one: Rolling, seconds: int | None) -> None:
    if one.has_deadline:
        one.client.send("PATCH", one.path, {"spec": {"progressDeadlineSeconds": seconds}}, form=MERGE)


def _goes_back(one: Rolling) -> Trial:
    """As `kubectl rollout undo` does it; what a StatefulSet has of the broken version has to be deleted by hand."""
    before = one.versions()[-2]["metadata"]["name"]
    one.go_back(next(each for each in one.versions() if each["metadata"]["name"] == before))
    if not one.has_deadline and not one.is_daemon:
        _delete_broken(one)
    whole, seen = one.watch(one.is_whole)
    back = one.runs() == [before]
    happened = f"{'the version before' if back else 'ANOTHER VERSION'}, at least {seen.least} up"
    holds = whole and back and seen.least >= one.replicas - one.missing
    told = "" if holds else _why_not(one, one.read())
    one.annotate(**{VERSION: None})
    one.watch(one.is_whole)
    expected = f"the version before, at least {one.replicas - one.missing} up"
    return _line(one, "rollout undo", expected, happened, holds, told)


def _delete_broken(one: Rolling) -> None:
    for pod in one.pods():
        metadata = pod["metadata"]
        if BROKEN in metadata.get("annotations", {}):
            one.client.delete(f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}")


def _why_not(one: Rolling, now: Mapping[str, Any]) -> str:
    """Why pods are missing, in the words of whoever refuses them."""
    if refused := condition(now, "ReplicaFailure").get("message"):
        return str(refused)
    told = (condition(pod, "PodScheduled").get("message") for pod in one.pods())
    return str(next(filter(None, told), one.complaint()))


def _line(one: Rolling, what: str, expected: str, happened: str, holds: bool, told: str = "") -> Trial:  # noqa: FBT001
    return Trial(one.manifest.namespace, f"{what} of {one.manifest.name}", expected, happened, holds, told)
