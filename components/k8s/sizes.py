"""What one container asks for and may use at most: every value written out, within the LimitRange of its tenant."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NotRequired, TypedDict

from hedgerow.facts import quantity

from ..shared.inputs import Path, Wrong
from .checks import amount
from .limits import LEAST, MEMORY_RATIO, USUAL_LIMIT, USUAL_REQUEST

MOST = {"cpu": "1k", "memory": "24Ti", "ephemeral-storage": "64Ti"}
"""More than any node has: catches a unit that was forgotten or meant otherwise."""
FIELDS = {"cpu": "cpu", "ephemeral_storage": "ephemeral-storage", "memory": "memory"}
ALWAYS_LIMITED = ("ephemeral-storage", "memory")

Amounts = dict[str, Fraction]


class SizesArgs(TypedDict):
    cpu: NotRequired[str]
    """CPU, as a Kubernetes quantity. Default: as a request, what the tenant's LimitRange gives; as a limit, none."""
    ephemeral_storage: NotRequired[str]
    """Disk of the node. Default: what the tenant's LimitRange gives, made to fit the other of request and limit."""
    memory: NotRequired[str]
    """Memory. Default: what the tenant's LimitRange gives, made to fit the other of request and limit."""


@dataclass(frozen=True)
class Sizes:
    """Requests and limits by resource."""

    requests: Amounts
    limits: Amounts

    def manifest(self) -> dict[str, dict[str, str]]:
        """As a container has it."""
        return {"requests": _texts(self.requests), "limits": _texts(self.limits)}


def read_sizes(
    wrong: Wrong, path: Path, requests: SizesArgs, limits: SizesArgs, tenant: Mapping[str, Mapping[str, str]]
) -> Sizes:
    """Requests and limits of a container; `tenant` is what the LimitRange of its tenant says of containers."""
    asked = _amounts(wrong, (*path, "requests"), requests)
    most = _amounts(wrong, (*path, "limits"), limits)
    for of in USUAL_REQUEST:
        if of not in asked:
            asked[of] = _request(of, most.get(of), quantity.parse(tenant["defaultRequest"][of]))
    for of in ALWAYS_LIMITED:
        if of not in most:
            most[of] = _limit(of, asked[of], quantity.parse(tenant["default"][of]))
    _check_bounds(wrong, path, asked, most, tenant["max"])
    return Sizes(asked, most)


def _amounts(wrong: Wrong, path: Path, given: Mapping[str, Any]) -> Amounts:
    return {
        of: amount(wrong, (*path, field), given[field], LEAST[of], MOST[of])
        for field, of in FIELDS.items()
        if field in given
    }


def _request(of: str, limit: Fraction | None, usual: Fraction) -> Fraction:
    if limit is None:
        return usual
    least = -(-limit // MEMORY_RATIO) if of == "memory" else Fraction(0)
    return min(limit, max(usual, Fraction(least)))


def _limit(of: str, request: Fraction, usual: Fraction) -> Fraction:
    return max(request, min(usual, request * MEMORY_RATIO) if of == "memory" else usual)


def _check_bounds(wrong: Wrong, path: Path, asked: Amounts, most: Amounts, bounds: Mapping[str, str]) -> None:
    """Report what the API server would refuse, or the LimitRange of the tenant."""
    for field, of in FIELDS.items():
        if of not in most:
            continue
        at, limit, request = (*path, "limits", field), most[of], asked[of]
        shown = _text(of, limit)
        if limit < request:
            wrong(
                at, f"must be at least the request, {_text(of, request)}", shown, f"type '{_text(of, request)}' or more"
            )
        elif of in bounds and limit > quantity.parse(bounds[of]):
            rule = f"must be at most {bounds[of]}, the LimitRange of its tenant says"
            wrong(at, rule, shown, f"type '{bounds[of]}' or less")
        elif of == "memory" and limit > request * MEMORY_RATIO:
            within = f"{MEMORY_RATIO} times the request, {_text(of, request)}"
            rule = f"must be at most {within}, the LimitRange of its tenant says"
            wrong(at, rule, shown, f"type '{_text(of, request * MEMORY_RATIO)}' or less, or request more")


def _texts(amounts: Amounts) -> dict[str, str]:
    return {of: _text(of, amounts[of]) for of in sorted(amounts)}


def _text(of: str, size: Fraction) -> str:
    return quantity.format(size, (USUAL_LIMIT | USUAL_REQUEST)[of])
