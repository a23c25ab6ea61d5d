"""Which pods the union of a namespace's NetworkPolicies leaves open, or leaves without something they need.

Pods that are not there yet count: a label that slips between the selectors is enough.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..value import UNKNOWN, Mark, is_known
from .answer import every, some
from .fence import Fence
from .network_policy import NetworkPolicy, PolicyRule
from .selection import Labels, gap, selects, valid

Selector = Any
EVERY_POD: Selector = {}


@dataclass(frozen=True)
class Pods:
    """Pods that something holds for, by labels they may carry. Not certain: it holds unless what is unknown helps."""

    labels: Labels
    certain: bool
    example: Any = None
    """A workload declared here that makes such pods."""

    def __str__(self) -> str:
        if self.example is not None:
            return str(self.example)
        labelled = ", ".join(f"{key}={value}" for key, value in self.labels.items())
        return f"a pod labelled {labelled}" if labelled else "a pod without labels"


def left_open(fence: Fence, direction: str) -> Pods | None:
    """Pods that no policy isolates in `direction`; None where the policies leave none."""
    given = [(policy, policy.isolates(direction)) for policy in fence.inside.network_policies]
    given += [(policy, every((UNKNOWN, policy.isolates(direction)))) for policy in fence.perhaps.network_policies]
    return _left(EVERY_POD, given, fence)


def left_without(fence: Fence, needed: Callable[[PolicyRule], Any]) -> Iterator[tuple[NetworkPolicy, Pods]]:
    """For each policy that closes egress, pods that it closes and that no egress rule with `needed` serves.

    Where one surely closes it for every pod, that one stands for all.
    """
    given = [(policy, _serves(policy, needed)) for policy in fence.inside.network_policies]
    given += [(policy, every((UNKNOWN, _serves(policy, needed)))) for policy in fence.perhaps.network_policies]
    for policy, sure in _closing(fence):
        selector = policy.pod_selector
        known = is_known(selector)
        if known and not valid(selector):
            continue
        pods = _left(selector if known else EVERY_POD, given, fence)
        if pods is not None:
            yield policy, Pods(pods.labels, pods.certain and sure and known, pods.example)


def _closing(fence: Fence) -> list[tuple[NetworkPolicy, bool]]:
    own = [(policy, policy.isolates("Egress") is True) for policy in fence.inside.network_policies]
    perhaps = [(policy, False) for policy in fence.perhaps.network_policies]
    closing = [(policy, sure) for policy, sure in (*own, *perhaps) if policy.isolates("Egress") is not False]
    for policy, sure in closing:
        selector = policy.pod_selector
        if sure and is_known(selector) and valid(selector) and gap(EVERY_POD, [selector]) is None:
            return [(policy, sure)]
    return closing


def _serves(policy: NetworkPolicy, needed: Callable[[PolicyRule], Any]) -> Any:
    rules = policy.rules("Egress")
    answer = rules if isinstance(rules, Mark) else some(map(needed, rules))
    return every((policy.isolates("Egress"), answer))


def _left(within: Selector, given: Iterable[tuple[NetworkPolicy, Any]], fence: Fence) -> Pods | None:
    """Pods of `within` that no policy with the answer True selects; certain where those with UNKNOWN could not help."""
    sure, perhaps = list[Selector](), list[Selector]()
    for policy, answer in given:
        selector = policy.pod_selector
        known = is_known(selector)
        if answer is False or (known and not valid(selector)):
            continue
        (sure if known and answer is True else perhaps).append(selector if known else EVERY_POD)
    labels = gap(within, sure)
    if labels is None:
        return None
    certain = gap(within, [*sure, *perhaps])
    if labels is UNKNOWN or not isinstance(certain, dict):
        return Pods({} if labels is UNKNOWN else labels, certain=False)
    return Pods(certain, certain=True, example=_example(fence, within, [*sure, *perhaps]))


def _example(fence: Fence, within: Selector, avoiding: list[Selector]) -> Any:
    for workload in fence.inside.workloads:
        labels = workload.pod_labels
        if workload.host_network is True or not is_known(labels) or selects(within, labels) is not True:
            continue
        if not any(selects(selector, labels) for selector in avoiding):
            return workload
    return None
