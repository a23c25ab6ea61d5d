"""Whether a tenant's quota holds its workloads, exactly: every replica and those that a rolling update adds."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from hedgerow.facts import quantity

from ..shared.inputs import Path, Wrong
from .limits import USUAL_LIMIT, USUAL_REQUEST
from .sizes import Sizes

FIELDS = {
    "limits.ephemeral-storage": "ephemeral_storage",
    "limits.memory": "memory_limit",
    "pods": "pods",
    "requests.cpu": "cpu",
    "requests.ephemeral-storage": "ephemeral_storage",
    "requests.memory": "memory",
    "services": "objects",
    "services.loadbalancers": "load_balancers",
    "services.nodeports": "load_balancers",
}
"""The field of a tenant's quota that each limit is set by."""

Needs = Mapping[str, Fraction]


def of_pods(containers: Iterable[Sizes], pods: int) -> dict[str, Fraction]:
    """What so many pods of these containers, sidecars among them, take of each limit."""
    found = {"pods": Fraction(pods)}
    for sizes in containers:
        for kind, amounts in (("requests", sizes.requests), ("limits", sizes.limits)):
            for of, amount in amounts.items():
                key = f"{kind}.{of}"
                found[key] = found.get(key, Fraction(0)) + amount * pods
    return found


def together(needs: Iterable[Needs]) -> dict[str, Fraction]:
    """The sum of what several take."""
    found: dict[str, Fraction] = {}
    for each in needs:
        for key, amount in each.items():
            found[key] = found.get(key, Fraction(0)) + amount
    return found


def check_room(wrong: Wrong, path: Path, hard: Mapping[str, str], needs: Needs, who: str, given: object) -> None:
    """Report what of `hard` the `needs` are over, each field of the quota once; `who` is such as «3 replicas take»."""
    reported = set()
    for key, amount in sorted(needs.items()):
        field = FIELDS.get(key)
        if field not in reported and key in hard and amount > quantity.parse(hard[key]):
            reported.add(field)
            rule = f"must fit the quota of its tenant: {who} {key} {_text(key, amount)}, it has {hard[key]}"
            wrong(path, rule, given, f"ask for less, or raise quota.{field}")


def _text(key: str, amount: Fraction) -> str:
    like = (USUAL_LIMIT | USUAL_REQUEST).get(key.partition(".")[2], "")
    return quantity.format(amount, like)
