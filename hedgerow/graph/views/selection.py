"""Label selectors: whether one selects, and which labels slip between several."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...facts import labels
from ..value import UNKNOWN, Mark, is_known
from .answer import every

Labels = Mapping[str, str]
MOST_STEPS = 10_000
"""Steps after which a search for labels gives up: far beyond the selectors that people write."""


@dataclass(frozen=True)
class Requirement:
    """One condition of a selector."""

    key: str
    operator: str
    values: tuple[str, ...]

    def holds(self, value: str | None) -> bool:
        """Whether it holds for the value of its key; None where the key is absent."""
        if self.operator in ("Exists", "DoesNotExist"):
            return (value is not None) is (self.operator == "Exists")
        return (value in self.values) is (self.operator == "In")


def valid(selector: Any) -> bool:
    """Whether the API server would take a selector that is known."""
    try:
        labels.matches(selector, {})
        parts = requirements(selector)
    except (labels.SelectorError, AttributeError, KeyError, TypeError):
        return False
    return all(isinstance(text, str) for part in parts for text in (part.key, *part.values))


def requirements(selector: Mapping[str, Any]) -> list[Requirement]:
    """The conditions of a valid selector; none for one that selects everything."""
    equal = [Requirement(key, "In", (value,)) for key, value in (selector.get("matchLabels") or {}).items()]
    return equal + [
        Requirement(part["key"], part["operator"], tuple(part.get("values") or ()))
        for part in selector.get("matchExpressions") or ()
    ]


def selects(selector: Any, known: Any, *, whole: bool = True) -> Any:
    """Whether a selector selects what carries these labels; a malformed one selects nothing: it is refused.

    `whole=False`: there may be more labels than these, so that a condition on another key is UNKNOWN where it wants
    the key, and taken to hold where it does not.
    """
    if not is_known(selector):
        return UNKNOWN
    if not valid(selector):
        return False
    return every(_holds(part, known, whole=whole) for part in requirements(selector))


def _holds(part: Requirement, known: Any, *, whole: bool) -> Any:
    value = known if isinstance(known, Mark) else known.get(part.key)
    if isinstance(value, Mark) or (value is None and not whole and part.operator in ("In", "Exists")):
        return UNKNOWN
    return part.holds(value)


def gap(within: Mapping[str, Any], avoiding: Iterable[Mapping[str, Any]]) -> Any:
    """Labels that `within` selects and none of `avoiding` does; None where there are none; UNKNOWN where it gave up.

    Exact: over each key only the values that some selector names, one that none does, and no value at all matter.
    All selectors must be valid.
    """
    wanted, others = requirements(within), [requirements(selector) for selector in avoiding]
    named: dict[str, set[str]] = {}
    for part in [*wanted, *(part for parts in others for part in parts)]:
        named.setdefault(part.key, set()).update(part.values)
    domains = {key: (None, *sorted(values), _another(values)) for key, values in named.items()}
    for part in wanted:
        domains[part.key] = tuple(value for value in domains[part.key] if part.holds(value))
    if not all(domains.values()) or not all(others):
        return None
    return _search({}, domains, others, steps=[0])


def _search(chosen: Labels, domains: Mapping[str, Sequence[Any]], avoiding: Sequence[Any], steps: list[int]) -> Any:
    """Key by key: a value that makes a condition fail drops its selector, one that leaves it none is a dead end."""
    if not avoiding:
        rest = {key: values[0] for key, values in domains.items() if key not in chosen}
        return {key: value for key, value in sorted({**rest, **chosen}.items()) if value is not None}
    key = avoiding[0][0].key
    for value in domains[key]:
        steps[0] += 1
        if steps[0] > MOST_STEPS:
            return UNKNOWN
        standing = [parts for parts in avoiding if all(part.key != key or part.holds(value) for part in parts)]
        left = [[part for part in parts if part.key != key] for parts in standing]
        found = _search({**chosen, key: value}, domains, left, steps) if all(left) else None
        if found is not None:
            return found
    return None


def _another(values: set[str]) -> str:
    return next(text for text in ("other", *(f"other-{number}" for number in range(len(values)))) if text not in values)
