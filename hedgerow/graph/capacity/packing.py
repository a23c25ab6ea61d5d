"""Whether pods find nodes: first-fit decreasing, exactly as if pod after pod and node after node were tried.

What it places has its place: that is a proof. What it does not place may still fit in a cleverer order, unless it is
`too_big` for every empty node, which is a proof too. Neither topology spread nor affinity between pods is looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, TypeVar

from .amounts import Amounts

Item = TypeVar("Item")
Bin = TypeVar("Bin")
MOST_STEPS = 400_000
"""Comparisons of a kind of pod with a kind of node, after which a cluster is too large to pack in a preview."""


@dataclass(frozen=True)
class Pods(Generic[Item, Bin]):
    """So many pods that are alike, and the kinds of nodes that take them."""

    of: Item
    key: str
    """Orders what is equally large."""
    each: Amounts
    number: int
    on: frozenset[Bin]


@dataclass(frozen=True)
class Nodes(Generic[Bin]):
    """So many nodes that are alike."""

    of: Bin
    each: Amounts
    number: int


@dataclass(frozen=True)
class Unplaced(Generic[Item]):
    """Pods that found no node."""

    of: Item
    number: int
    too_big: bool


class TooMany(Exception):
    """More kinds of pods and nodes than are worth trying."""


def pack(pods: Iterable[Pods[Item, Bin]], nodes: Sequence[Nodes[Bin]]) -> list[Unplaced[Item]]:
    """What finds no node, the largest first. Nodes are tried in their order. TooMany after MOST_STEPS."""
    total = {
        resource: sum(kind.each.get(resource, 0) * kind.number for kind in nodes)
        for resource in {resource for kind in nodes for resource in kind.each}
    }
    alike: dict[Any, list[Pods[Item, Bin]]] = {}
    for kind in sorted(pods, key=lambda kind: kind.key):
        alike.setdefault((tuple(sorted(kind.each.items())), kind.on), []).append(kind)
    ordered = sorted(alike.values(), key=lambda kinds: (-_share(kinds[0].each, total), sorted(kinds[0].each.items())))
    floor = _floor([kinds[0].each for kinds in ordered])
    runs = [Nodes(kind.of, kind.each, kind.number) for kind in nodes if kind.number > 0]
    unplaced, steps = list[Unplaced[Item]](), 0
    for kinds in ordered:
        each, on, steps = kinds[0].each, kinds[0].on, steps + len(runs)
        if steps > MOST_STEPS:
            raise TooMany
        runs, left = _place(each, sum(kind.number for kind in kinds), on, runs, floor)
        big = not any(node.of in on and _fitting(each, node.each) for node in nodes if node.number)
        unplaced += _last(kinds, left, too_big=big)
    return unplaced


def _last(alike: Sequence[Pods[Item, Bin]], left: int, *, too_big: bool) -> list[Unplaced[Item]]:
    """Which of several workloads with the same pods the last ones are of."""
    found = []
    for kind in reversed(alike):
        number = min(left, kind.number)
        left -= number
        found += [Unplaced(kind.of, number, too_big)] if number else []
    return found[::-1]


def _place(
    pod: Amounts, left: int, on: frozenset[Bin], runs: list[Nodes[Bin]], floor: Amounts
) -> tuple[list[Nodes[Bin]], int]:
    """Nodes after all pods that fit are on them, those with no room for any left out; and how many pods are left."""
    after = list[Nodes[Bin]]()
    for run in runs:
        fits = _fitting(pod, run.each) if left and run.of in on else 0
        if not fits:
            after.append(run)
            continue
        full = min(left // fits, run.number)
        parts = [(full, fits), (1, left - full * fits)] if full < run.number and left % fits else [(full, fits)]
        left -= sum(number * pods for number, pods in parts)
        rest = run.number - sum(number for number, _ in parts)
        every = [*((number, _less(run.each, pod, pods)) for number, pods in parts), (rest, run.each)]
        after += [Nodes(run.of, each, number) for number, each in every if number and _fitting(floor, each)]
    return after, left


def _fitting(pod: Amounts, node: Amounts) -> int:
    """How many such pods fit on such a node."""
    return min((node.get(resource, 0) // amount for resource, amount in pod.items() if amount), default=1 << 30)


def _less(node: Amounts, pod: Amounts, number: int) -> dict[str, int]:
    return {resource: amount - pod.get(resource, 0) * number for resource, amount in node.items()}


def _floor(every: Sequence[Amounts]) -> dict[str, int]:
    """The least that any pod asks for of each resource: a node with less takes none of them."""
    resources = {resource for each in every for resource in each}
    return {resource: min(each.get(resource, 0) for each in every) for resource in resources}


def _share(pod: Amounts, total: Amounts) -> Fraction:
    """The largest part of all nodes that a pod takes, by resource; one that is nowhere counts as everything."""
    shares = [Fraction(amount, total[key]) if total.get(key) else Fraction(1) for key, amount in pod.items() if amount]
    return max(shares, default=Fraction(0))
