"""ResourceQuota and LimitRange: what a namespace may use in all, and what a container gets that says nothing."""

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...facts import quantity
from ...facts.kubernetes import canonical_quota_key
from ..value import SECRET, UNKNOWN, Mark, read
from .kubernetes import KubeObject, listing, mapping

DEFAULTS = ("default", "defaultRequest", "max", "min")


@dataclass(frozen=True, eq=False)
class Quota(KubeObject):
    """A ResourceQuota."""

    @property
    def hard(self) -> Any:
        """Its limits by key, as given; or a mark."""
        return mapping(self.get("spec", "hard"))

    @property
    def scoped(self) -> Any:
        """Whether it counts only some pods, by scopes or a scope selector; or a mark."""
        given = [listing(self.get("spec", "scopes")), listing(self.get("spec", "scopeSelector", "matchExpressions"))]
        if any(isinstance(item, list) and item for item in given):
            return True
        return next((item for item in given if isinstance(item, Mark)), False)

    def least(self, key: str) -> tuple[Fraction, Any] | None:
        """The least it surely allows of a key under any spelling, exactly and as given; None where it says nothing."""
        sizes = []
        for given in self._given(key):
            with suppress(quantity.QuantityError):
                sizes.append((quantity.parse(given), given))
        return min(sizes, key=lambda size: size[0], default=None)

    def hidden(self, key: str) -> Any:
        """The mark that keeps what it allows of a key from being read; None where it can be."""
        given = [self.scoped, self.hard, *self._given(key)]
        return next((value for value in given if isinstance(value, Mark)), None)

    def _given(self, key: str) -> list[Any]:
        hard = {} if isinstance(self.hard, Mark) else self.hard
        long = canonical_quota_key(key)
        return [value for name, value in hard.items() if canonical_quota_key(str(name)) == long]


@dataclass(frozen=True, eq=False)
class LimitRange(KubeObject):
    """A LimitRange, with the defaults that the API server fills in: a missing default limit is the maximum, a missing
    default request the default limit, else the minimum (kubernetes/kubernetes pkg/apis/core/v1/defaults.go)."""

    @property
    def covered(self) -> frozenset[str]:
        """Quota keys, such as `requests.cpu`, that a container gets a value for which it does not give itself."""
        found: set[str] = set()
        for item in self._items:
            if read(item, "type") == "Container":
                limits = {*_names(item, "default"), *_names(item, "max")}
                requests = {*limits, *_names(item, "defaultRequest"), *_names(item, "min")}
                found |= {f"limits.{name}" for name in limits} | {f"requests.{name}" for name in requests}
        return frozenset(found)

    @property
    def hidden(self) -> Any:
        """The mark that keeps some of its defaults from being read; None where all of them are."""
        marks = [given for given in (listing(self.get("spec", "limits")),) if isinstance(given, Mark)]
        for item in self._items:
            kind = read(item, "type")
            given = [read(item, field) for field in DEFAULTS] if kind == "Container" else [kind]
            marks += [mark for mark in given if mark is UNKNOWN or mark is SECRET]
        return marks[0] if marks else None

    @property
    def _items(self) -> list[Any]:
        given = listing(self.get("spec", "limits"))
        return [] if isinstance(given, Mark) else given


def _names(item: Any, field: str) -> list[str]:
    given = mapping(read(item, field))
    return [] if isinstance(given, Mark) else list(given)
