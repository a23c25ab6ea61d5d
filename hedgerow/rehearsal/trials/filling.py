"""Quotas, filled to the last unit and one over; what the server counts is held against hedgerow's own sums."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

from ...facts import quantity
from ...facts.kubernetes import canonical_quota_key
from ..client import Answer
from ..fence import Fence
from ..shape import BINARY, texts
from .counted import COUNTED, PODS, VOLUMES, counted
from .space import EVERY_POD, Space
from .trial import Trial

MOST_MADE, MOST_PODS = 40, 150
"""Objects and pods made to fill a count; of a larger count the server is told the rest."""
WITHOUT_ROOM = 3
COMPUTE = (
    "requests.cpu",
    "requests.memory",
    "limits.cpu",
    "limits.memory",
    "requests.ephemeral-storage",
    "limits.ephemeral-storage",
)
STORAGE, CLAIMS = "requests.storage", "persistentvolumeclaims"
ROOM = Fraction(10**9)


def trials(fence: Fence, space: Space) -> Iterator[Trial]:
    """Every limit of a fence, tried; those that nothing can reach are compared only."""
    if not fence.hard:
        return
    yield _compared(fence, space)
    for key in sorted(fence.hard, key=_order):
        if (attempt := _attempt(fence, space, key)) is not None:
            collection = _collection(key)
            yield space.twice(attempt, collection, key)
            space.clear_pods() if collection == PODS else space.clear(collection, key)


def untried(fence: Fence, space: Space) -> Iterator[str]:
    """Limits that are only compared: another one stops everybody before, or nothing is known to try them by."""
    if not fence.tenant:
        yield from (key for key in sorted(fence.hard, key=_order) if _attempt(fence, space, key) is None)


def _attempt(fence: Fence, space: Space, key: str) -> Callable[[], Trial] | None:
    """What fills a limit; None where nothing can."""
    long = canonical_quota_key(key)
    if long in COMPUTE:
        sizes = parts(fence, space, key)
        return None if sizes is None else partial(_sizes, fence, space, key, sizes)
    if key == STORAGE:
        claims = fence.shape.parts("storage", space.free(key, fence.hard[key]), room(fence, space, CLAIMS))
        return partial(_storage, fence, space, claims) if claims or not space.free(key, fence.hard[key]) else None
    if key.startswith("requests.") and "/" in key:
        return partial(_devices, fence, space, key)
    if key in EVERY_POD:
        return partial(_count, fence, space, key, PODS, space.ask)
    if key == CLAIMS:
        return partial(_count, fence, space, key, VOLUMES, space.claim) if _claims_fit(fence) else None
    made = counted(key)
    return partial(_count, fence, space, key, made[0], partial(space.create, *made)) if made else None


def _order(key: str) -> tuple[int, str]:
    """First what one pod asks for, then devices, pods, volumes, and all that is only counted."""
    long = canonical_quota_key(key)
    if long in COMPUTE:
        return COMPUTE.index(long), key
    if key.startswith("requests.") and "/" in key:
        return len(COMPUTE), key
    later = [*EVERY_POD, STORAGE, CLAIMS, *COUNTED]
    return len(COMPUTE) + 1 + (later.index(key) if key in later else len(later)), key


def _collection(key: str) -> str:
    if key in (STORAGE, CLAIMS):
        return VOLUMES
    made = counted(key)
    return made[0] if made else PODS


def _compared(fence: Fence, space: Space) -> Trial:
    """Whether the server enforces what the settings say, or what the quotas of the stack do, and no less."""
    enforced = space.hard()
    wrong = [
        f"{key} {_text(key, enforced[key]) if key in enforced else 'not limited'}, not {_text(key, size)}"
        for key, size in fence.hard.items()
        if key not in enforced or enforced[key] != size
    ]
    expected = f"{len(fence.hard)} limits as {'the settings say' if fence.tenant else 'declared'}"
    happened = "; ".join(wrong) or f"{len(fence.hard)} limits, every one the same"
    return Trial(fence.name, "the quota in force", expected, happened, not wrong)


def parts(fence: Fence, space: Space, key: str) -> list[Fraction] | None:
    """Sizes of the pods that fill a compute key; None where another limit stops them before."""
    free, long = space.free(key, fence.hard[key]), canonical_quota_key(key)
    if free <= 0:
        return []
    found = fence.shape.parts(long.partition(".")[2], free, room(fence, space, *EVERY_POD))
    asked: dict[str, Fraction] = {}
    for part in found:
        for kind, sizes in zip(("requests", "limits"), fence.shape.sizes(long, part), strict=True):
            for name, size in sizes.items():
                asked[f"{kind}.{name}"] = asked.get(f"{kind}.{name}", Fraction(0)) + size
    stopped = [
        other
        for other in fence.hard
        if asked.get(canonical_quota_key(other), Fraction(0)) > space.free(other, fence.hard[other])
    ]
    return None if stopped or not found else found


def room(fence: Fence, space: Space, *keys: str) -> Fraction:
    """How many more objects may be made, by counts that may not be there."""
    return min((space.free(key, fence.hard[key]) for key in keys if key in fence.hard), default=ROOM)


def _claims_fit(fence: Fence) -> bool:
    """Whether no other limit stops volumes before their count does: each has a least size."""
    if STORAGE not in fence.hard:
        return True
    return fence.hard[CLAIMS] * fence.shape.least["storage"] <= fence.hard[STORAGE]


def _sizes(fence: Fence, space: Space, key: str, wanted: list[Fraction]) -> Trial:
    """Fill a compute key by pods of these sizes, and try one of the least size more."""
    long = canonical_quota_key(key)
    unit = fence.shape.least[long.partition(".")[2]]
    taken = [space.pod(*map(texts, fence.shape.sizes(long, part))) for part in wanted]
    used = space.used()[key]
    over = space.ask(*map(texts, fence.shape.sizes(long, unit)))
    return _filled(fence, space, key, unit, taken, sum(wanted, Fraction(0)), used, over)


def _devices(fence: Fence, space: Space, key: str) -> Trial:
    """Devices are asked for by a limit, which is the request too."""
    device, free = key.removeprefix("requests."), int(space.free(key, fence.hard[key]))
    wanted = [part for part in (free - 1, 1) if part > 0 and free]
    taken = [space.pod(limits={device: str(part)}) for part in wanted]
    used = space.used()[key]
    over = space.ask(limits={device: "1"})
    return _filled(fence, space, key, Fraction(1), taken, Fraction(sum(wanted)), used, over)


def _storage(fence: Fence, space: Space, wanted: list[Fraction]) -> Trial:
    unit = fence.shape.least["storage"]
    taken = [space.claim(part) for part in wanted]
    used = space.used()[STORAGE]
    return _filled(fence, space, STORAGE, unit, taken, sum(wanted, Fraction(0)), used, space.claim(unit))


def _filled(
    fence: Fence,
    space: Space,
    key: str,
    unit: Fraction,
    taken: list[Answer],
    asked: Fraction,
    used: Fraction,
    over: Answer,
) -> Trial:
    """The line of a key of which `asked` was asked beside what the stack uses, and then one `unit` more."""
    total, sums = fence.hard[key], space.before.get(key, Fraction(0)) + asked
    refused = [answer for answer in taken if not answer.ok]
    exceeded = over.code == 403 and f"requested: {key}=" in _requested(over.message, key)
    happened = (
        f"{_text(key, used)} used, {_text(key, unit)} more {'refused' if not over.ok else 'ADMITTED'}"
        if not refused
        else f"{_text(key, used)} used, then refused"
    )
    return Trial(
        fence.name,
        f"fill {key}",
        f"{_text(key, total)}, not {_text(key, unit)} more",
        happened,
        not refused and exceeded and used == sums == total,
        (refused[0] if refused else over).message,
    )


def _requested(message: str, key: str) -> str:
    """The part of a refusal that names a key: a server tells every key that is exceeded, in one list."""
    _, found, rest = message.partition("exceeded quota: ")
    return f"requested: {key}=" if found and f"{key}=" in rest.partition("used:")[0] else ""


def _count(fence: Fence, space: Space, key: str, collection: str, make: Callable[[], Answer]) -> Trial:
    """Fill a count by making objects; of a large one, a few are made and the server is told the rest."""
    space.clear(collection, key)
    total, before = int(fence.hard[key]), int(space.used()[key])
    left, most = total - before, MOST_PODS if collection == PODS else MOST_MADE
    made = min(left, most if left <= most else WITHOUT_ROOM)
    answers = space.client.each(lambda _: make(), range(made))
    refused = [answer for answer in answers if not answer.ok]
    if collection == PODS:
        space.tally()
    grown = int(space.used()[key]) - before
    told = left - made
    if told > 0:
        over, used = _last_of_many(space, key, total, before + made - len(refused), make)
    else:
        over, used = make(), int(space.used()[key])
    how = f"{made + 1} made, {told - 1} only told of" if told > 0 else f"{made} made"
    happened = f"{how}: {used} used, 1 more {'refused' if not over.ok else 'ADMITTED'}"
    holds = not refused and grown == made and used == total and over.code == 403 and f"{key}=" in over.message
    noun = collection.rpartition("/")[2]
    what = f"fill {key}" if noun in key else f"fill {key} by {noun}"
    message = (refused[0] if refused else over).message
    return Trial(fence.name, what, f"{total}, not 1 more", happened, holds, message)


def _last_of_many(space: Space, key: str, total: int, there: int, make: Callable[[], Answer]) -> tuple[Answer, int]:
    """Tell the server that all but one are used, and take the last; gives the answer to one more and what was used."""
    answer, used = Answer(0, {"message": "the server counted anew each time that it was told"}), there
    for _ in range(3):  # a count that was under way may overwrite what it was told
        space.tell_used(key, Fraction(total - 1))
        last, used = make(), int(space.used()[key])
        answer = make() if last.ok and used == total else last
        if not answer.ok:
            break
    space.tell_used(key, Fraction(there))
    return answer, used


def _text(key: str, size: Fraction) -> str:
    return quantity.format(size, "Gi" if key.rpartition(".")[2] in BINARY else "")
