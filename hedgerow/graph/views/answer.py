"""Answers that may have to wait: True, False, or a mark where what is asked is not known."""

from collections.abc import Iterable
from typing import Any

from ..value import UNKNOWN, Mark


def every(answers: Iterable[Any]) -> Any:
    """True where all are; False as soon as one is, whatever the others; else UNKNOWN."""
    given = list(answers)
    if any(answer is False for answer in given):
        return False
    return UNKNOWN if any(isinstance(answer, Mark) for answer in given) else True


def some(answers: Iterable[Any]) -> Any:
    """True as soon as one is, whatever the others; False where all are; else UNKNOWN."""
    given = list(answers)
    if any(answer is True for answer in given):
        return True
    return UNKNOWN if any(isinstance(answer, Mark) for answer in given) else False


def holds(value: Any, wanted: Iterable[Any]) -> Any:
    """Whether a list has one of `wanted` in it; UNKNOWN where it is not known, or might once all of it is."""
    among = tuple(wanted)
    if isinstance(value, Mark):
        return UNKNOWN
    if any(item in among for item in value):
        return True
    return UNKNOWN if any(isinstance(item, Mark) for item in value) else False
