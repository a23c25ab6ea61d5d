"""What one pod asks for, as the scheduler and quotas count it.

The larger of what runs together (containers and sidecars) and of each init container beside the sidecars before it,
plus overhead. What a container leaves out it gets: a request from its own limit, else both from a LimitRange. Source:
kubernetes/component-helpers resource/helpers.go and pkg/apis/core/v1/defaults.go, as of 1.36.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...facts.quantity import QuantityError
from ..value import MISSING, SECRET, UNKNOWN, Mark, read
from ..views.kubernetes import listing, mapping
from ..views.limits import LimitRange
from .amounts import Amounts, most, plus, thousandths

ALWAYS = "Always"
REQUESTS, LIMITS = "requests", "limits"
GIVEN = ("default", "defaultRequest", "max", "min")


@dataclass(frozen=True)
class Pod:
    """Requests and limits of one pod, and what of it is not known: then it asks for at least this."""

    requests: Amounts
    limits: Amounts
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Defaults:
    """What containers of a namespace get that say nothing, by resource."""

    requests: Amounts = field(default_factory=dict)
    limits: Amounts = field(default_factory=dict)
    unknown: bool = False

    @classmethod
    def of(cls, limit_ranges: Sequence[LimitRange]) -> "Defaults":
        """By the LimitRanges of a namespace, of which the first that names a resource gives it."""
        requests: dict[str, int] = {}
        limits: dict[str, int] = {}
        unknown = list[str]()
        for item in (item for limit_range in limit_ranges for item in _items(limit_range)):
            given = {name: _quantities(mapping(read(item, name)), unknown) for name in GIVEN}
            own = {**given["max"], **given["default"]}
            limits = {**own, **limits}
            requests = {**given["min"], **own, **given["defaultRequest"], **requests}
        hidden = any(limit_range.hidden is not None for limit_range in limit_ranges)
        return cls({}, {}, True) if hidden or unknown else cls(requests, limits)


def cost(spec: Any, defaults: Defaults, overhead: Any = MISSING) -> Pod:
    """What a pod of this specification asks for. `overhead` is that of its RuntimeClass."""
    if isinstance(spec, Mark):
        return Pod({}, {}, ("the pods",))
    unknown = list[str]()
    running: dict[str, dict[str, int]] = {REQUESTS: {}, LIMITS: {}}
    peaks: dict[str, list[Amounts]] = {REQUESTS: [], LIMITS: []}
    for container in _containers(spec, "initContainers", unknown):
        asked = _asked(container, defaults, unknown)
        beside = {kind: plus(amounts, asked[kind]) for kind, amounts in running.items()}
        for kind, amounts in beside.items():
            peaks[kind].append(amounts)
        always = read(container, "restartPolicy")
        if always is UNKNOWN or always is SECRET:
            unknown.append("whether an init container stays as a sidecar")
        running = beside if always == ALWAYS else running
    for container in _containers(spec, "containers", unknown):
        asked = _asked(container, defaults, unknown)
        running = {kind: plus(amounts, asked[kind]) for kind, amounts in running.items()}
    found = {kind: most([amounts, *peaks[kind]]) if peaks[kind] else amounts for kind, amounts in running.items()}
    own = read(spec, "overhead")
    over = _quantities(mapping(overhead if own is MISSING else own), unknown)
    if read(spec, "resources") is not MISSING:
        found = {kind: {**amounts, **_of_the_pod(spec, kind, unknown)} for kind, amounts in found.items()}
    whole = {kind: plus(amounts, over) for kind, amounts in found.items()} if over else found
    return Pod(whole[REQUESTS], whole[LIMITS], tuple(dict.fromkeys(unknown)))


def _of_the_pod(spec: Any, kind: str, unknown: list[str]) -> dict[str, int]:
    """Resources set for the pod as a whole, which then count instead of its containers'."""
    given = mapping(read(spec, "resources", kind))
    if isinstance(given, Mark):
        unknown.append("resources of the pod")
        return {"cpu": 0, "memory": 0}
    own = _quantities(given, unknown)
    return {**_of_the_pod(spec, LIMITS, unknown), **own} if kind == REQUESTS else own


def _containers(spec: Any, key: str, unknown: list[str]) -> Iterator[Any]:
    given = listing(read(spec, key))
    for container in [given] if isinstance(given, Mark) else given:
        if isinstance(container, Mark):
            unknown.append("containers")
        else:
            yield container


def _asked(container: Any, defaults: Defaults, unknown: list[str]) -> dict[str, dict[str, int]]:
    resources = read(container, "resources")
    if resources is MISSING and not defaults.unknown:
        return {REQUESTS: dict(defaults.requests), LIMITS: dict(defaults.limits)}
    limits = _quantities(mapping(read(resources, LIMITS)), unknown)
    given = mapping(read(resources, REQUESTS))
    if isinstance(given, Mark):
        unknown.append("resources of containers")
        return {REQUESTS: {}, LIMITS: {**defaults.limits, **limits}}
    requests = {**limits, **_quantities(given, unknown)}
    if defaults.unknown and not {"cpu", "memory"} <= requests.keys():
        unknown.append("what a LimitRange gives containers")
    return {REQUESTS: {**defaults.requests, **requests}, LIMITS: {**defaults.limits, **limits}}


def _quantities(given: Any, unknown: list[str]) -> dict[str, int]:
    if isinstance(given, Mark):
        unknown.append("resources of containers")
        return {}
    found = {}
    for resource, amount in given.items():
        try:
            found[str(resource)] = thousandths(UNKNOWN if isinstance(amount, Mark) else amount)
        except (QuantityError, TypeError):
            unknown.append(f"{resource} of containers")
            found[str(resource)] = 0
    return found


def _items(limit_range: LimitRange) -> Iterator[Mapping[str, Any]]:
    given = listing(limit_range.get("spec", "limits"))
    for item in [] if isinstance(given, Mark) else given:
        if read(item, "type") == "Container" and isinstance(item, Mapping):
            yield item
