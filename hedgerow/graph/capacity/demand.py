"""What each workload asks for at its peak: how many pods at most, how many more while it rolls, and what one costs."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ..value import MISSING, SECRET, UNKNOWN, Mark, read
from ..views import Views
from ..views.kubernetes import KubeObject, listing
from ..views.limits import LimitRange
from ..views.workload import Workload
from .amounts import ONE, Amounts, plus, thousandths, times
from .pod import Defaults, Pod, cost

DEFAULT_SURGE = "25%"
DEFAULT_KEDA_MAX = 100
"""Pods that a ScaledObject makes at most where it names no number (KEDA documentation, read 2026-11-21)."""
SCALERS = (("HorizontalPodAutoscaler", "maxReplicas", 1), ("ScaledObject", "maxReplicaCount", DEFAULT_KEDA_MAX))
"""Kinds that scale workloads, each with its field for the most pods and that field's default."""
ROLLING, ROLLOUT = frozenset({"Deployment", "Rollout"}), "Rollout"


@dataclass(frozen=True, eq=False)
class Demand:
    """A workload, and what it asks for. `unknown`: what of it is not known; then it asks for at least this."""

    workload: Workload
    pod: Pod
    pods: int
    """Pods at a time, those of a rollout not counted; of a daemon those of one node."""
    surge: int
    """More pods while it rolls."""
    daemon: bool
    """Whether it puts its pods on every node that takes them."""
    storage: Amounts
    """Volumes that it claims itself."""
    scaled_by: str
    unknown: tuple[str, ...]
    surge_unknown: tuple[str, ...] = ()
    placed: bool = True
    """Whether it is known in which namespace it lies."""

    @property
    def urn(self) -> str:
        return self.workload.urn

    @property
    def addressed(self) -> bool:
        """Whether its pods take addresses of their own; those on the network of their node do not."""
        return read(self.workload.pod_spec, "hostNetwork") is not True

    def requests(self, number: int) -> dict[str, int]:
        """What so many of its pods ask for, themselves counted as `pods`."""
        return {**times(self.pod.requests, number), "pods": number * ONE}

    def limits(self, number: int) -> dict[str, int]:
        """The limits of so many of its pods."""
        return times(self.pod.limits, number)

    def __str__(self) -> str:
        return str(self.workload)


class Demands:
    """Demands of the workloads of a snapshot, each worked out once."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._scalers = dict(_scalers(views))
        self._aimless = any(map(_aimless, (item for kind, _, _ in SCALERS for item in views.objects.get(kind, []))))
        self._defaults: dict[Any, Defaults] = {}
        self._limit_ranges: dict[Any, list[LimitRange]] = {}
        for item in views.limit_ranges:
            self._limit_ranges.setdefault(views.place(item), []).append(item)
        self._overheads = {
            (item.scope, item.name): item.get("overhead", "podFixed")
            for item in views.objects.get("RuntimeClass", [])
            if isinstance(item.name, str)
        }
        self._found = {item.urn: self._demand(item) for item in views.workloads}

    def of(self, workload: Workload) -> Demand:
        """What a workload asks for."""
        return self._found[workload.urn]

    def __iter__(self) -> Iterator[Demand]:
        return iter(self._found.values())

    def _demand(self, workload: Workload) -> Demand:
        place = self._views.place(workload)
        spec = workload.pod_spec
        name = read(spec, "runtimeClassName")
        overhead = self._overheads.get((workload.scope, name), MISSING) if isinstance(name, str) else MISSING
        pod = cost(spec, self._defaults_of(place), overhead)
        pods, unknown = _replicas(workload)
        scaled_by = ""
        scaler = self._scalers.get(workload.urn) or self._scalers.get((place, workload.kind, _hashable(workload.name)))
        if scaler:
            scaled_by, most = scaler
            unknown = [f"the maximum of {scaled_by}"] if isinstance(most, Mark) else []
            pods = most if isinstance(most, int) else min(pods, 1)
        elif self._scalers and (self._aimless or _hidden(workload.name, workload.namespace)):
            unknown = [*unknown, "who scales it"]
        slots, more = _slots(workload)
        surge, hidden = _surge(workload, pods)
        return Demand(
            workload,
            pod,
            pods * slots + more,
            surge,
            workload.kind == "DaemonSet",
            _claims(workload, pods),
            scaled_by,
            (*pod.unknown, *unknown),
            tuple(hidden),
            place[1] is not UNKNOWN,
        )

    def _defaults_of(self, place: Any) -> Defaults:
        """Those of a namespace; not known where a LimitRange may lie in it of which nobody knows where it does."""
        if place not in self._defaults:
            anywhere = (place[0], UNKNOWN) in self._limit_ranges
            self._defaults[place] = (
                Defaults({}, {}, True) if anywhere else Defaults.of(self._limit_ranges.get(place, []))
            )
        return self._defaults[place]


def _replicas(workload: Workload) -> tuple[int, list[str]]:
    """Pods at a time as the object itself says."""
    if workload.kind in ("Pod", "DaemonSet"):
        return 1, []
    if workload.kind in ("Job", "CronJob"):
        return _parallel(workload)
    given = workload.get("spec", "replicas")
    if given is MISSING:
        return 1, []
    return (given, []) if isinstance(given, int) else (1, ["replicas"])


def _parallel(workload: Workload) -> tuple[int, list[str]]:
    spec = ("spec",) if workload.kind == "Job" else ("spec", "jobTemplate", "spec")
    suspended = workload.get("spec", "suspend")
    if suspended is True or (isinstance(suspended, Mark) and suspended is not MISSING):
        return 0, ([] if suspended is True else ["suspend"])
    parallel, completions = workload.get(*spec, "parallelism"), workload.get(*spec, "completions")
    hidden = [
        name
        for name, given in (("parallelism", parallel), ("completions", completions))
        if not isinstance(given, int) and given is not MISSING
    ]
    known = [given for given in (1 if parallel is MISSING else parallel, completions) if isinstance(given, int)]
    return (min(1, *known) if len(known) > 1 else 1) if hidden else min(known), hidden


def _slots(workload: Workload) -> tuple[int, int]:
    """How often its pods are there, and how many more: a blue/green Rollout has a second slot while it switches."""
    if workload.kind != ROLLOUT or not isinstance(workload.get("spec", "strategy", "blueGreen"), Mapping):
        return 1, 0
    preview = workload.get("spec", "strategy", "blueGreen", "previewReplicaCount")
    return (1, max(preview, 0)) if isinstance(preview, int) else (2 if preview is MISSING else 1, 0)


def _surge(workload: Workload, pods: int) -> tuple[int, list[str]]:
    """Pods beyond its replicas while it rolls, and what hides them."""
    strategy = workload.get("spec", "strategy")
    if workload.kind not in ROLLING or pods == 0:
        return 0, []
    if isinstance(strategy, Mark) and strategy is not MISSING:
        return 0, ["the strategy"]
    if read(strategy, "type") == "Recreate" or read(strategy, "blueGreen") is not MISSING:
        return 0, []
    given = read(strategy, "canary" if workload.kind == ROLLOUT else "rollingUpdate", "maxSurge")
    return share(DEFAULT_SURGE if given is MISSING else given, pods)


def rolling(demand: Demand, nodes: int | None) -> Demand:
    """A daemon with what it has more of while it rolls on so many nodes; anything else as it is."""
    strategy = demand.workload.get("spec", "updateStrategy")
    given = read(strategy, "rollingUpdate", "maxSurge")
    if not demand.daemon or read(strategy, "type") == "OnDelete" or given is MISSING:
        return demand
    surge, hidden = share(given, demand.pods * (nodes or 0))
    return replace(demand, surge=surge, surge_unknown=tuple(hidden))


def share(given: Any, of: int) -> tuple[int, list[str]]:
    """A number of pods or a percentage of them, rounded up as the controllers do."""
    if isinstance(given, str) and given.endswith("%") and given[:-1].isdecimal():
        return math.ceil(Fraction(int(given[:-1]) * of, 100)), []
    return (given, []) if isinstance(given, int) else (0, ["maxSurge"])


def _claims(workload: Workload, pods: int) -> dict[str, int]:
    """Volumes that a StatefulSet claims for each of its pods."""
    templates = listing(workload.get("spec", "volumeClaimTemplates")) if workload.kind == "StatefulSet" else []
    every = [claim(read(item, "spec", "resources", "requests", "storage")) for item in _known(templates)]
    return times(plus(*every), pods)


def claim(given: Any) -> dict[str, int]:
    """One claim of a volume, of so much; of an unknown size where `given` is no quantity."""
    try:
        return {"storage": thousandths(given), "persistentvolumeclaims": ONE}
    except (ValueError, TypeError):
        return {"persistentvolumeclaims": ONE}


def _scalers(views: Views) -> Iterator[tuple[Any, tuple[str, Any]]]:
    """Who scales a workload and to how many pods, by the workload's URN and by its place, kind and name."""
    for kind, field, default in SCALERS:
        for item in views.objects.get(kind, []):
            most = item.get("spec", field)
            found = str(item), default if most is MISSING else most
            for urn in item.resource.property_dependencies.get("spec", ()):
                yield urn, found
            yield _target(views, item), found


def _aimless(scaler: KubeObject) -> bool:
    """Whether it is not known whom it scales."""
    linked = scaler.resource.property_dependencies.get("spec", ())
    aim = scaler.get("spec", "scaleTargetRef")
    return not linked and _hidden(scaler.namespace, aim, read(aim, "kind"), read(aim, "name"))


def _hidden(*values: Any) -> bool:
    return any(value is UNKNOWN or value is SECRET for value in values)


def _target(views: Views, item: KubeObject) -> Any:
    kind, name = (item.get("spec", "scaleTargetRef", key) for key in ("kind", "name"))
    return views.place(item), kind if isinstance(kind, str) else "Deployment", _hashable(name)


def _hashable(name: Any) -> Any:
    return name if isinstance(name, str) else object()


def _known(given: Any) -> list[Any]:
    return [] if isinstance(given, Mark) else given
