"""One namespace: what its quotas promise, what its workloads ask for, and where the two do not meet."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...facts.kubernetes import canonical_quota_key
from ...facts.quantity import QuantityError
from ..value import Mark
from ..views import Fence, KubeObject, Quota, Workload
from .amounts import ONE, Amounts, plus, thousandths, told
from .demand import Demand

PODS = ("pods", "count/pods")
VOLUMES = {"requests.storage": "storage", "persistentvolumeclaims": "persistentvolumeclaims"}
MOST_NAMED = 3


@dataclass(frozen=True, eq=False)
class Limit:
    """What one quota allows of one key."""

    quota: Quota
    key: str
    amount: int


@dataclass(frozen=True, eq=False)
class Account:
    """A namespace's quotas and workloads. Only quotas that count every pod are looked at, scoped ones are not."""

    name: str
    limits: Mapping[str, Limit]
    """The least that surely holds of each key, by its long spelling."""
    quotas: tuple[Quota, ...]
    demands: tuple[Demand, ...]
    claims: Amounts
    """Volumes claimed by PersistentVolumeClaims."""
    nodes: Mapping[str, int | None] = field(default_factory=dict)
    """Nodes that each daemon runs on at most, by its URN; None where that is not known."""
    hidden: str = ""
    """What of the quotas is not known."""
    perhaps: tuple[Workload, ...] = ()
    """Workloads that may lie here: their namespace is not known."""
    portless: bool = False
    """Whether there are load balancers here, all of which ask for no node ports."""
    _asked: dict[str, int] = field(default_factory=dict, init=False)

    def asked(self, key: str) -> int:
        """What the workloads ask of a quota key at their peak, those parts that are known."""
        if key not in self._asked:
            if key in VOLUMES:
                own = sum(each.storage.get(VOLUMES[key], 0) for each in self.demands)
                self._asked[key] = self.claims.get(VOLUMES[key], 0) + own
            elif key in PODS or key.startswith(("requests.", "limits.")):
                self._asked[key] = sum(self.by(key, each, self.number(each)) for each in self.demands)
            else:
                self._asked[key] = 0
        return self._asked[key]

    def number(self, demand: Demand) -> int:
        """Pods of a workload at their peak; of a daemon that nobody knows the nodes of, none."""
        if demand.daemon:
            return (self.nodes.get(demand.urn) or 0) * demand.pods
        return demand.pods

    def by(self, key: str, demand: Demand, number: int) -> int:
        """What so many pods of one workload take of a quota key."""
        if key in PODS:
            return number * ONE
        kind, _, resource = key.partition(".")
        amounts = demand.pod.requests if kind == "requests" else demand.pod.limits if kind == "limits" else {}
        return amounts.get(resource, 0) * number

    def surge(self, key: str, at_once: int = 1) -> tuple[int, tuple[Demand, ...]]:
        """The most that so many workloads take besides while they roll, and which, the largest first."""
        rolling = sorted(((self.by(key, each, each.surge), each.urn, each) for each in self.demands), reverse=True)
        found = [(more, each) for more, _, each in rolling[:at_once] if more]
        return sum(more for more, _ in found), tuple(each for _, each in found)

    def over(self) -> Iterator[tuple[Limit, int]]:
        """Limits that the workloads are over at their peak, with what they ask."""
        for key, limit in self.limits.items():
            if (asked := self.asked(key)) > limit.amount:
                yield limit, asked

    def no_room_to_roll(self, at_once: int = 1) -> Iterator[tuple[Limit, int, int, tuple[Demand, ...]]]:
        """Limits that hold the workloads but no largest surges beside: what is asked, what these take, of which."""
        for key, limit in self.limits.items():
            asked = self.asked(key)
            surge, of = self.surge(key, at_once) if 0 < asked <= limit.amount else (0, ())
            if of and limit.amount < asked + surge:
                yield limit, asked, surge, of

    def largest(self, key: str) -> str:
        """The workloads that ask most of a key, with their pods."""
        found = sorted(self.demands, key=lambda each: (-self.by(key, each, self.number(each)), each.urn))
        named = [self.shown(key, each) for each in found[:MOST_NAMED] if self.by(key, each, self.number(each))]
        return "; ".join(named)

    def shown(self, key: str, demand: Demand) -> str:
        """One workload's part: `Deployment 'a/b' 20 pods of 0.5, by HorizontalPodAutoscaler 'a/b'`."""
        number = self.number(demand)
        each = "" if key in PODS else f" of {told(key.partition('.')[2], self.by(key, demand, 1))}"
        by = f", by {demand.scaled_by}" if demand.scaled_by else ""
        return f"{demand} {number:,} {'pod' if number == 1 else 'pods'}{each}{by}"


def account(
    fence: Fence,
    demands: Iterable[Demand],
    claims: Iterable[Amounts],
    nodes: Mapping[str, int | None],
    *,
    portless: bool = False,
) -> Account:
    """The account of what surely lies in one namespace."""
    own = [quota for quota in fence.inside.quotas if quota.scoped is False]
    unsure = [quota for quota in fence.inside.quotas if isinstance(quota.scoped, Mark)]
    limits: dict[str, Limit] = {}
    hidden = f"the scope of {unsure[0]}" if unsure else ""
    for quota in own:
        if isinstance(quota.hard, Mark):
            hidden = f"what {quota} allows"
            continue
        for name, value in quota.hard.items():
            key, amount = canonical_quota_key(str(name)), _amount(value)
            if isinstance(value, Mark):
                hidden = f"{name} of {quota}"
            elif amount is not None and (key not in limits or amount < limits[key].amount):
                limits[key] = Limit(quota, key, amount)
    found = tuple(demands)
    if fence.perhaps.quotas:
        hidden = hidden or f"the namespace of {fence.perhaps.quotas[0]}"
    perhaps = fence.perhaps.workloads
    quotas = (*own, *unsure, *fence.perhaps.quotas)
    return Account(_name(fence), limits, quotas, found, plus(*claims), nodes, hidden, perhaps, portless)


def _amount(value: Any) -> int | None:
    """None for a mark, and for what the API server refuses."""
    try:
        return None if isinstance(value, Mark) else thousandths(value)
    except (QuantityError, TypeError):
        return None


def _name(fence: Fence) -> str:
    if fence.namespace is not None:
        return str(fence.namespace)
    items: list[KubeObject] = [*fence.inside.quotas, *fence.inside.limit_ranges, *fence.inside.workloads]
    return f"Namespace '{items[0].namespace}'" if items else "a namespace that is not known"
