"""What one container or volume of a namespace has to say and may say: the sizes that trials ask for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ..facts import quantity

UNIT = {"cpu": "1m", "memory": "4Mi", "ephemeral-storage": "1Mi", "storage": "1Gi"}
"""The least that a trial asks for, where nothing asks for more."""
BINARY = ("memory", "ephemeral-storage", "storage")
CONTAINER, POD, VOLUME = "Container", "Pod", "PersistentVolumeClaim"
KINDS = ("requests", "limits")
MOST_PARTS = 50
"""Pods or volumes that a limit is filled by at most."""
LONELY = 3
"""Where fewer pods may be, one takes all: two that fill and one too many do not fit."""

Sizes = Mapping[str, Fraction]


def _units() -> dict[str, Fraction]:
    return {name: quantity.parse(text) for name, text in UNIT.items()}


@dataclass(frozen=True)
class Shape:
    """By resource, such as `cpu`: what a container asks for at `least` and at `most`, and how often its request goes
    into its limit (`ratio`). `requests` and `limits`: what it has to name; `bounded`: what has a limit in any case.
    """

    least: Sizes = field(default_factory=_units)
    most: Sizes = field(default_factory=dict)
    ratio: Sizes = field(default_factory=dict)
    requests: frozenset[str] = frozenset()
    limits: frozenset[str] = frozenset()
    bounded: frozenset[str] = frozenset()

    def sizes(self, key: str = "", size: Fraction = Fraction(0)) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
        """Requests and limits of the smallest container that has `size` of a quota key such as `limits.memory`."""
        requests = {name: self.least[name] for name in sorted(self.requests)}
        limits = {name: self.least[name] for name in sorted(self.limits)}
        kind, _, name = key.partition(".")
        if kind == "requests":
            requests[name] = size
            if name in self.bounded | self.limits:
                limits[name] = size
        elif kind == "limits":
            limits[name], requests[name] = size, self._request(name, size)
        return requests, limits

    def parts(self, name: str, free: Fraction, room: Fraction) -> list[Fraction]:
        """Sizes that fill what is `free` of a resource, the last one as small as may be; none where that cannot be.

        `room`: pods that may be there. One is left for the attempt that is one too many.
        """
        unit, most = self.least[name], self.most.get(name, free)
        alone = free < 2 * unit or (room < LONELY and free <= most)
        found = [free] if alone else [*_split(free - unit, unit, most), unit]
        fits = (len(found) < room or len(found) == room == 1) and len(found) <= MOST_PARTS
        return found if fits and unit <= min(found) and max(found) <= most else []

    def _request(self, name: str, size: Fraction) -> Fraction:
        least = self.least[name]
        ratio = self.ratio.get(name)
        return max(least, -(-size // (ratio * least)) * least) if ratio else least


def of(items: Iterable[Mapping[str, Any]], hard: Iterable[str]) -> Shape:
    """The shape of a container beside LimitRanges (their `items`) and the keys of a quota."""
    there = list(items)
    compute = [key.partition(".") for key in hard if key.startswith(("requests.", "limits."))]
    named = {kind: {name for first, _, name in compute if first == kind and name in UNIT} for kind in KINDS}
    limits = named["limits"] | {name for name, _ in _told(there, "max", POD)}
    bounded = {name for part in ("default", "max") for name, _ in _told(there, part, CONTAINER)}
    return Shape(
        least=_bounds(there, "min", max, _units()),
        most=_bounds(there, "max", min, {}),
        ratio=_bounds(there, "maxLimitRequestRatio", min, {}),
        requests=frozenset((named["requests"] | named["limits"]) - {"storage"}),
        limits=frozenset(limits) & UNIT.keys() - {"storage"},
        bounded=frozenset(bounded) & UNIT.keys(),
    )


def covered(items: Iterable[Mapping[str, Any]]) -> set[str]:
    """Quota keys that a container gets a value for which it does not give itself."""
    there = list(items)
    limits = {name for part in ("default", "max") for name, _ in _told(there, part, CONTAINER)}
    requests = limits | {name for part in ("defaultRequest", "min") for name, _ in _told(there, part, CONTAINER)}
    return {f"limits.{name}" for name in limits} | {f"requests.{name}" for name in requests}


def text(name: str, size: Fraction) -> str:
    """A size as people write it."""
    return quantity.format(size, "Mi" if name in BINARY else "")


def texts(sizes: Sizes) -> dict[str, str]:
    """Sizes as they stand in a manifest."""
    return {name: text(name, size) for name, size in sizes.items()}


def _split(total: Fraction, unit: Fraction, most: Fraction) -> list[Fraction]:
    """`total` in parts of `most`; the last one is at least a `unit`."""
    whole, rest = divmod(total, most)
    found = [most] * min(int(whole), MOST_PARTS + 1) + ([rest] if rest else [])
    if rest and rest < unit and len(found) > 1:
        found[-2:] = [most + rest - unit, unit]
    return found


def _bounds(items: list[Mapping[str, Any]], part: str, pick: Any, known: Mapping[str, Fraction]) -> dict[str, Fraction]:
    found = dict(known)
    for name, size in _told(items, part, CONTAINER, POD, VOLUME):
        found[name] = pick(found.get(name, size), size)
    return found


def _told(items: Iterable[Mapping[str, Any]], part: str, *types: str) -> Iterator[tuple[str, Fraction]]:
    """What LimitRanges say in one part; what is no quantity is the server's to refuse."""
    for item in items:
        given = item.get(part)
        if item.get("type") not in types or not isinstance(given, Mapping):
            continue
        for name, value in given.items():
            try:
                yield str(name), quantity.parse(value)
            except quantity.QuantityError:
                continue
