"""A rehearsal: start a control plane, apply the objects of a stack, try its fences, remove everything."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..graph import Snapshot
from . import apply, objects
from .binaries import Binaries
from .objects import Stack
from .plane import ControlPlane
from .settings import Fence, fences
from .trials import Trial, access, filling, pods
from .trials.space import Space
from .trouble import Trouble

Tell = Callable[[str], None]


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

    @property
    def holds(self) -> bool:
        """Whether the server took every object and every fence held."""
        return not (self.failed or self.applied.rejected or self.applied.changed)


def rehearse(snapshot: Snapshot, binaries: Binaries, *, keep: bool = False, tell: Tell = print) -> Iterator[Rehearsal]:
    """Rehearse each cluster of a snapshot, one after the other. What stops one is its `trouble`, with what was done."""
    stacks = objects.clusters(snapshot)
    promised = fences(snapshot)
    for stack in stacks:
        found = Rehearsal(snapshot.stack, len(stack.manifests))
        try:
            _rehearse(found, stack, promised, binaries, keep=keep, tell=tell)
        except Trouble as trouble:
            found.trouble = trouble
        yield found


def _rehearse(
    found: Rehearsal, stack: Stack, promised: list[Fence], binaries: Binaries, *, keep: bool, tell: Tell
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
                space.settle(workloads=_has_workloads(stack, name))
            found.applied.changed = apply.apply_again(plane.client, found.applied.objects)
        with _timed(found, "trials"):
            for fence in promised:
                for trial in tried(fence, spaces[fence.name], promised, found.applied):
                    found.trials.append(trial)
                    tell(f"{fence.name}: {len(found.trials)} trials, {trial.what}")
        plane.check()
        found.memory = plane.memory()
        found.kubeconfig = plane.kubeconfig if keep else None
        leaving = time.monotonic()
    found.seconds["stop"] = time.monotonic() - leaving


def tried(fence: Fence, space: Space, promised: list[Fence], applied: apply.Applied) -> Iterator[Trial]:
    """Everything that can be tried in a namespace."""
    yield from filling.trials(fence, space)
    if fence.tenant:
        yield from pods.trials(fence, space)
        yield from access.trials(fence, space, promised, applied.objects)


def _has_workloads(stack: Stack, namespace: str) -> bool:
    return any(
        manifest.namespace == namespace and "template" in manifest.body.get("spec", {}) for manifest in stack.manifests
    )


class _timed:  # noqa: N801 (used like a function)
    """Notes how long its body took."""

    def __init__(self, found: Rehearsal, part: str) -> None:
        self._found, self._part = found, part

    def __enter__(self) -> None:
        self._start = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._found.seconds[self._part] = time.monotonic() - self._start
