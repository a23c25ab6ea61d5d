"""Which of many label sets a selector selects, all of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..value import Mark
from .sets import EMPTY, Tri


@dataclass(frozen=True)
class Labels:
    """Labels as far as they are known. `open`: there may be more of them; a value may be a mark."""

    known: Mapping[str, Any]
    open: bool = False

    @property
    def key(self) -> object:
        """The same for labels that no selector tells apart."""
        return self.open, tuple(sorted((key, str(value)) for key, value in self.known.items()))

    @classmethod
    def of(cls, given: Any) -> "Labels":
        """The labels that a manifest gives: a mapping, or a mark where all are unknown."""
        if isinstance(given, Mark):
            return cls({}, open=True)
        return cls({str(key): "" if value is None else value for key, value in given.items()})


class LabelIndex:
    """Label sets by position, ready to be selected from; each distinct selector is looked up once."""

    def __init__(self, sets: Sequence[Labels]) -> None:
        self.all = Tri((1 << len(sets)) - 1, (1 << len(sets)) - 1)
        self._values: dict[tuple[str, str], int] = {}
        self._present: dict[str, int] = {}
        self._veiled: dict[str, int] = {}
        self._open = 0
        self._selected: dict[str, Tri] = {}
        for position, labels in enumerate(sets):
            self._add(1 << position, labels)

    def _add(self, bit: int, labels: Labels) -> None:
        if labels.open:
            self._open |= bit
        for key, value in labels.known.items():
            self._present[key] = self._present.get(key, 0) | bit
            if isinstance(value, Mark):
                self._veiled[key] = self._veiled.get(key, 0) | bit
            else:
                at = (key, str(value))
                self._values[at] = self._values.get(at, 0) | bit

    def select(self, selector: Any) -> Tri:
        """What a valid selector selects; a mark selects nobody knows whom."""
        if isinstance(selector, Mark):
            return Tri(0, self.all.may)
        if not selector:
            return self.all
        key = repr(selector)
        found = self._selected.get(key)
        if found is None:
            found = self._selected[key] = self._select(selector)
        return found

    def _select(self, selector: Mapping[str, Any]) -> Tri:
        found = self.all
        equal, expressions = selector.get("matchLabels"), selector.get("matchExpressions")
        if isinstance(equal, Mark) or isinstance(expressions, Mark):
            found = Tri(0, found.may)
        if isinstance(equal, Mapping):
            for key, value in equal.items():
                found = found.and_(self._in(str(key), [value]))
        if isinstance(expressions, list):
            for part in expressions:
                found = found.and_(self._expression(part))
        return found

    def _expression(self, part: Any) -> Tri:
        if isinstance(part, Mark) or any(isinstance(part.get(field), Mark) for field in ("key", "operator", "values")):
            return Tri(0, self.all.may)
        key, operator = str(part["key"]), part["operator"]
        about_key = operator in ("Exists", "DoesNotExist")
        found = self._exists(key) if about_key else self._in(key, part.get("values") or [])
        return found if operator in ("Exists", "In") else self.all.without(found)

    def _exists(self, key: str) -> Tri:
        present = self._present.get(key, 0)
        return Tri(present, present | self._open)

    def _in(self, key: str, values: Sequence[Any]) -> Tri:
        found = EMPTY
        for value in values:
            if isinstance(value, Mark):
                found = found.or_(Tri(0, self._exists(key).may))
            else:
                sure = self._values.get((key, "" if value is None else str(value)), 0)
                found = found.or_(Tri(sure, sure))
        hidden = self._veiled.get(key, 0) | (self._open & ~self._present.get(key, 0))
        return Tri(found.sure, found.may | hidden)
