"""One answer for what has several parts: some public address for the internet, every address for a range."""

from collections.abc import Iterable
from typing import NamedTuple

from .addresses import INTERNET
from .endpoints import ADDRESS, Endpoint
from .layer import Answer, Reason

FEW = 3
"""Parts that a reason names one by one."""


class Part(NamedTuple):
    """The answer for one pair of those that a question is about."""

    source: Endpoint
    destination: Endpoint
    answer: Answer

    @property
    def address(self) -> str:
        """The end that is outside of the cluster."""
        return self.source.name if self.source.kind == ADDRESS else self.destination.name


def some(parts: list[Part]) -> Answer:
    """True where any part gets through, named where it is a part by its range; False where none may."""
    for allowed in (True, None):
        for part in parts:
            if part.answer.allowed is allowed:
                named = () if part.address in INTERNET.values() else (_told(part),)
                return Answer(allowed, (*named, *part.answer.reasons))
    return parts[0].answer


def whole(parts: list[Part]) -> Answer:
    """True where every part gets through, False where none does, else None with the parts that do."""
    given = {part.answer.allowed for part in parts}
    if len(parts) == 1 or given == {False}:
        return parts[0].answer
    if len(given) == 1:
        shown = parts[:1] if None in given else parts
        return Answer(given.pop(), tuple(dict.fromkeys(reason for part in shown for reason in part.answer.reasons)))
    through = [part for part in parts if part.answer.allowed is True]
    unsure = [part for part in parts if part.answer.allowed is None]
    stopped = [part for part in parts if part.answer.allowed is False]
    told = [
        f"{_listed(part.address for part in some_)} {says}"
        for some_, says in ((through, "gets through"), (unsure, "may get through"), (stopped, "does not"))
        if some_
    ]
    shown = [(through or unsure)[0], *(unsure[:1] if through else ()), *stopped[:1]]
    reasons = dict.fromkeys(reason for part in shown for reason in part.answer.reasons)
    return Answer(None, (Reason(_direction(parts[0]), f"only in part: {', '.join(told)}"), *reasons))


def _told(part: Part) -> Reason:
    return Reason(_direction(part), f"{part.address} is a part of the internet")


def _direction(part: Part) -> str:
    return "Ingress" if part.source.kind == ADDRESS else "Egress"


def _listed(names: Iterable[str]) -> str:
    every = list(dict.fromkeys(names))
    return " and ".join(every[:FEW]) + (f" and {len(every) - FEW} more" if len(every) > FEW else "")
