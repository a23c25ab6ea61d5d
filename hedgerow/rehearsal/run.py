"""A rehearsal: start a control plane, apply the objects of a stack, try its fences, remove everything."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from ..graph import Snapshot
from . import apply, nodes, objects
from .binaries import Binaries
from .fence import Fence
from .objects import LeftOut, Manifest, Stack
from .plane import ControlPlane
from .settings import fences
from .trials import Trial, access, admission, filling, plain, pods, rollouts
from .trials.rolling import rolling
from .trials.space import Space
from .trouble import Trouble

Tell = Callable[[str], None]
ROLLED_OUT = ("Deployment", "StatefulSet", "DaemonSet")
MADE_AT_ONCE = "Deployment"
"""The kind whose pods are all made where no node is yet."""
AT_ONCE = 4
"""Namespaces that are tried at a time."""
SECONDS_FOR_PODS = 120.0
NO_FENCE = "it has no quota and no limits, so there is no fence to try"
UNREACHED = "another limit stops everybody before, or hedgerow knows nothing that counts there; compared only"


@dataclass
class Rehearsal:
    """What came of one cluster of a stack. `seconds` by part; `memory` in MiB by server, at its end."""

    stack: str
    objects: int = 0
    version: str = ""
    applied: apply.Applied = field(default_factory=apply.Applied)
    trials: list[Trial] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    kubeconfig: Path | None = None
    trouble: Trouble | None = None

    @property
    def failed(self) -> list[Trial]:
        """Trials in which the server did what the settings do not promise."""
        return [trial for trial in self.trials if not trial.holds]

    def note(self, trial: Trial, tell: Tell) -> None:
        """Add a line to the table, and tell of it."""
        self.trials.append(trial)
        tell(f"{trial.namespace}: {len(self.trials)} trials, {trial.what}")

    @property
    def holds(self) -> bool:
        """Whether the server took every object and every fence held."""
        return not (self.failed or self.applied.rejected or self.applied.changed)


def rehearse(snapshot: Snapshot, binaries: Binaries, *, keep: bool = False, tell: Tell = print) -> Iterator[Rehearsal]:
    """Rehearse each cluster of a snapshot, one after the other. What stops one is its `trouble`, with what was done."""
    stacks = objects.clusters(snapshot)
    promised, guards = fences(snapshot), admission.promised(snapshot)
    for stack in stacks:
        found = Rehearsal(snapshot.stack, len(stack.manifests))
        try:
            _rehearse(found, stack, promised, guards, binaries, keep=keep, tell=tell)
        except Trouble as trouble:
            found.trouble = trouble
        yield found


def _rehearse(
    found: Rehearsal,
    stack: Stack,
    promised: list[Fence],
    guards: admission.Admission | None,
    binaries: Binaries,
    *,
    keep: bool,
    tell: Tell,
) -> None:
    tell("starting a control plane")
    with ControlPlane(binaries, keep=keep, name=found.stack) as plane:
        found.seconds["start"] = plane.seconds
        found.version = str(plane.client.get("/version").body.get("gitVersion", ""))
        with _timed(found, "apply"):
            tell(f"applying {found.objects} objects")
            found.applied = apply.apply(plane.client, stack)
        try_fences(found, plane, promised, guards, tell)
        with _timed(found, "rollouts"):
            tell("rolling out new versions")
            _roll_out(found, plane, binaries, tell)
        plane.check()
        found.memory = plane.memory()
        found.kubeconfig = plane.kubeconfig if keep else None
        leaving = time.monotonic()
    found.seconds["stop"] = time.monotonic() - leaving


def try_fences(
    found: Rehearsal, plane: ControlPlane, promised: list[Fence], guards: admission.Admission | None, tell: Tell
) -> None:
    """Wait until everything that was applied is in force, apply it again, and try every fence."""
    promised = _there(plane, promised)
    spaces = {it.name: Space(plane.client, it.name, it.shape, it.defaults) for it in promised}
    with _timed(found, "again"):
        tell("applying everything again")
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hedgerow-settle") as pool:
            list(pool.map(partial(_settle, plane, found.applied.objects), spaces.values()))
        found.applied.changed = apply.apply_again(plane.client, found.applied.objects)
    with _timed(found, "trials"):
        there = found.applied.objects
        rooms = [partial(tried, fence, spaces[fence.name], promised, there) for fence in promised]
        if guards:
            rooms.append(partial(admission.trials, plane.client, guards, promised))
        _try_at_once(found, rooms, tell)
        found.applied.left_out += _untried(found, promised, spaces)


def _try_at_once(found: Rehearsal, rooms: Sequence[Callable[[], Iterator[Trial]]], tell: Tell) -> None:
    """Several namespaces at a time, for most of a trial is waiting; their lines stand together in the end."""
    order = {trial: place for place, trial in enumerate(found.trials)}

    def go(room: Callable[[], Iterator[Trial]]) -> list[Trial]:
        done = []
        for trial in room():
            done.append(trial)
            found.note(trial, tell)
        return done

    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hedgerow-trials")
    try:
        for lines in pool.map(go, rooms):
            order |= {trial: len(order) + place for place, trial in enumerate(lines)}
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    found.trials.sort(key=order.__getitem__)


def _roll_out(found: Rehearsal, plane: ControlPlane, binaries: Binaries, tell: Tell) -> None:
    """New versions of every workload, several at a time, on nodes that are there only for that."""
    given = [manifest for manifest in found.applied.objects if manifest.kind in ROLLED_OUT]
    if given and (missing := nodes.missing(binaries)):
        why = f"no {', no '.join(missing)} in {binaries.folder}; run `make control-plane`"
        found.applied.left_out += [LeftOut(f"the rollout of {manifest}", manifest.urn, why) for manifest in given]
    elif given:
        plane.start_nodes()
        nodes.add(plane.client, [manifest.body["spec"]["template"] for manifest in given])
        for lines in plane.client.each(lambda manifest: list(rollouts.trials(plane.client, manifest)), given):
            for trial in lines:
                found.note(trial, tell)


def tried(fence: Fence, space: Space, promised: list[Fence], there: list[Manifest]) -> Iterator[Trial]:
    """Everything that can be tried in a namespace."""
    yield from filling.trials(fence, space)
    yield from (pods if fence.tenant else plain).trials(fence, space)
    if space.steps:
        happened = "; ".join(dict.fromkeys(space.wrong)) or f"{space.steps} steps, every sum the same"
        expected = "the server's, after every step"
        yield Trial(fence.name, "hedgerow's sums of what pods use", expected, happened, not space.wrong)
    yield from access.trials(fence, space, promised, there)


def _there(plane: ControlPlane, promised: list[Fence]) -> list[Fence]:
    """Fences whose namespace is on the server."""
    items = plane.client.get("/api/v1/namespaces").body.get("items", [])
    names = {item["metadata"]["name"] for item in items}
    return [fence for fence in promised if fence.name in names]


def _untried(found: Rehearsal, promised: list[Fence], spaces: Mapping[str, Space]) -> Iterator[LeftOut]:
    """Namespaces without a fence, and limits that nothing could reach."""
    fenced = {fence.name: fence for fence in promised}
    for manifest in found.applied.objects:
        if manifest.kind == "Namespace":
            fence = fenced.get(manifest.name)
            if fence is None or fence.bare:
                yield LeftOut(f"the trial of {manifest}", manifest.urn, NO_FENCE)
            elif keys := list(filling.untried(fence, spaces[fence.name])):
                limits = f"{', '.join(keys)} of {manifest}"
                yield LeftOut(f"filling {limits}", manifest.urn, UNREACHED)


def _settle(plane: ControlPlane, there: list[Manifest], space: Space) -> None:
    own = [one for one in there if one.namespace == space.name and "template" in _spec(one)]
    _await_pods(plane, [one for one in own if one.kind == MADE_AT_ONCE])
    space.settle(workloads=bool(own))


def _await_pods(plane: ControlPlane, manifests: list[Manifest]) -> None:
    """Wait until every pod of the stack's own Deployments is made, or refused: quotas are tried beside them."""
    for manifest in manifests:
        plane.client.comes_about(rolling(plane.client, manifest).has_its_pods, SECONDS_FOR_PODS)


def _spec(manifest: Manifest) -> Mapping[str, Any]:
    found = manifest.body.get("spec")
    return found if isinstance(found, Mapping) else {}


class _timed:  # noqa: N801 (used like a function)
    """Notes how long its body took."""

    def __init__(self, found: Rehearsal, part: str) -> None:
        self._found, self._part = found, part

    def __enter__(self) -> None:
        self._start = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._found.seconds[self._part] = time.monotonic() - self._start
