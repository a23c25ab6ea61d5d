"""A rehearsal: start a control plane, apply the objects of a stack, try its fences, remove everything."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..graph import Snapshot
from . import apply, nodes, objects
from .binaries import Binaries
from .objects import LeftOut, Manifest, Stack
from .plane import ControlPlane
from .settings import Fence, fences
from .trials import Trial, access, admission, filling, pods, rollouts
from .trials.space import Space
from .trouble import Trouble

Tell = Callable[[str], None]
ROLLED_OUT = ("Deployment",)
SECONDS_FOR_PODS = 60.0


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
        there = {manifest.name for manifest in found.applied.objects if manifest.kind == "Namespace"}
        promised = [fence for fence in promised if fence.name in there]
        spaces = {fence.name: Space(plane.client, fence.name) for fence in promised}
        with _timed(found, "again"):
            for name, space in spaces.items():
                own = [one for one in found.applied.objects if one.namespace == name and "template" in _spec(one)]
                _await_pods(plane, [one for one in own if one.kind in ROLLED_OUT])
                space.settle(workloads=bool(own))
            found.applied.changed = apply.apply_again(plane.client, found.applied.objects)
        with _timed(found, "trials"):
            for fence in promised:
                for trial in tried(fence, spaces[fence.name], promised, found.applied.objects):
                    found.note(trial, tell)
            if guards:
                for trial in admission.trials(plane.client, guards, promised):
                    found.note(trial, tell)
        with _timed(found, "rollouts"):
            tell("rolling out new versions")
            _roll_out(found, plane, binaries, tell)
        plane.check()
        found.memory = plane.memory()
        found.kubeconfig = plane.kubeconfig if keep else None
        leaving = time.monotonic()
    found.seconds["stop"] = time.monotonic() - leaving


def _roll_out(found: Rehearsal, plane: ControlPlane, binaries: Binaries, tell: Tell) -> None:
    """New versions of every Deployment, several at a time, on nodes that are there only for that."""
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
    if fence.tenant:
        yield from pods.trials(fence, space)
        yield from access.trials(fence, space, promised, there)


def _await_pods(plane: ControlPlane, manifests: list[Manifest]) -> None:
    """Wait until every pod of the stack's own Deployments is made, or refused: quotas are tried beside them."""
    for manifest in manifests:
        one = rollouts.deployment(plane.client, manifest)
        plane.client.comes_about(one.has_its_pods, SECONDS_FOR_PODS)


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
