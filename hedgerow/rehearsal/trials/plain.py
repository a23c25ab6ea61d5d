"""Single pods in a namespace that no Tenant made: what its own quota, limits and Pod Security level are to refuse."""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from ...facts import quantity
from ...facts.kubernetes import COMPUTE_KEYS, canonical_quota_key
from ..client import Answer
from ..fence import Fence
from ..shape import UNIT, text, texts
from . import pods
from .space import Space
from .trial import Trial

EXCEEDED = "exceeded quota"


def trials(fence: Fence, space: Space) -> Iterator[Trial]:
    """Everything that its fence is to refuse."""
    if fence.hard and fence.defaults:
        yield space.twice(partial(_silent, fence, space))
    if fence.limited:
        yield from _limited(fence, space)
        space.clear_pods()
    if fence.pod_security:
        yield from pods.secured(fence, space)
    yield from pods.raced(fence, space)
    space.clear_pods()


def _silent(fence: Fence, space: Space) -> Trial:
    """A pod that asks for nothing is refused, unless its limits give it all that the quota asks after."""
    space.clear_pods()
    answer = space.ask(silent=True)
    space.tally()
    missing = [key for key in sorted(fence.hard) if key in COMPUTE_KEYS and not _given(fence, key)]
    happened = "admitted" if answer.ok else "refused"
    if missing:
        holds = answer.code == 403 and "must specify" in answer.message
        expected = f"refused: nothing gives it {', '.join(missing)}"
    else:
        expected, holds = "admitted where there is room", answer.ok or EXCEEDED in answer.message
    return Trial(fence.name, "a pod that asks for nothing", expected, happened, holds, answer.message)


def _given(fence: Fence, key: str) -> bool:
    """Whether a LimitRange gives a container what a quota key asks after."""
    kind, _, name = canonical_quota_key(key).partition(".")
    return name in getattr(fence.defaults, kind)


def _limited(fence: Fence, space: Space) -> Iterator[Trial]:
    """Each bound of a LimitRange, passed by a little."""
    shape = fence.shape
    for name in sorted(UNIT.keys() & shape.most.keys()):
        beyond = shape.most[name] + quantity.parse(UNIT[name])
        answer = space.claim(beyond) if name == "storage" else _asked(fence, space, f"limits.{name}", beyond)
        yield pods.refused(fence, f"{_of(name)} of {text(name, beyond)}", answer, f"maximum {name}")
    for name, least in shape.least.items():
        below = quantity.parse(UNIT.get(name, "0"))
        if 0 < below < least:
            answer = space.claim(below) if name == "storage" else _asked(fence, space, f"requests.{name}", below)
            yield pods.refused(fence, f"{_of(name)} of {text(name, below)}", answer, f"minimum {name}")
    for name, ratio in shape.ratio.items():
        if name in UNIT:
            least = shape.least[name]
            answer = space.ask(texts({name: least}), texts({name: least * (ratio + 1)}))
            what = f"a limit of {name} {float(ratio + 1):g} times the request"
            yield pods.refused(fence, what, answer, "limit to request ratio")


def _asked(fence: Fence, space: Space, key: str, size: Fraction) -> Answer:
    return space.ask(*map(texts, fence.shape.sizes(key, size)))


def _of(name: str) -> str:
    return "a volume" if name == "storage" else f"a container with {name}"
