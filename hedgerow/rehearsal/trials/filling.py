"""Quotas, filled to the last unit and one over; what the server counts is held against hedgerow's own sums."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

from ...facts import quantity
from ..client import Answer
from ..settings import Fence
from .space import Space
from .trial import Trial

UNIT = {"cpu": "1m", "memory": "4Mi", "ephemeral-storage": "1Mi", "storage": "1Gi"}
"""The least that one container or volume of a tenant may ask for."""
RATIO = 8
"""How often a memory request goes into its limit at most."""
MOST_MADE = 150
"""Objects made to fill a count; of a larger count the server is told the rest."""
WITHOUT_ROOM = 3
BINARY = ("memory", "ephemeral-storage", "storage")

SERVICE = {"clusterIP": "None", "selector": {"of": "nobody"}}
JOB = {
    "suspend": True,
    "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "none"}]}},
}
INGRESS = {"defaultBackend": {"service": {"name": "nobody", "port": {"number": 80}}}}
VOLUME = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": UNIT["storage"]}}}


def _exposed(type_: str) -> dict[str, Any]:
    return {"spec": {"type": type_, "selector": {"of": "nobody"}, "ports": [{"port": 80}]}}


COUNTED: dict[str, tuple[str, dict[str, Any]]] = {
    "services.loadbalancers": ("/api/v1/services", _exposed("LoadBalancer")),
    "services.nodeports": ("/api/v1/services", _exposed("NodePort")),
    "services": ("/api/v1/services", {"spec": SERVICE}),
    "persistentvolumeclaims": ("/api/v1/persistentvolumeclaims", {"spec": VOLUME}),
    "count/configmaps": ("/api/v1/configmaps", {}),
    "count/cronjobs.batch": (
        "/apis/batch/v1/cronjobs",
        {"spec": {"schedule": "@yearly", "suspend": True, "jobTemplate": {"spec": JOB}}},
    ),
    "count/ingresses.networking.k8s.io": ("/apis/networking.k8s.io/v1/ingresses", {"spec": INGRESS}),
    "count/jobs.batch": ("/apis/batch/v1/jobs", {"spec": JOB}),
    "count/secrets": ("/api/v1/secrets", {}),
}
"""Where the objects of a count are made, and the smallest of them."""
COMPUTE = (
    "requests.cpu",
    "requests.memory",
    "limits.memory",
    "requests.ephemeral-storage",
    "limits.ephemeral-storage",
)


def trials(fence: Fence, space: Space) -> Iterator[Trial]:
    """Every limit of a fence, tried; those that have nothing to be tried by are compared only."""
    yield _compared(fence, space)
    if fence.tenant:  # elsewhere nobody knows what a container gets that says nothing, or may ask for
        yield from _of_pods(fence, space)
    if fence.hard.get("requests.storage"):
        yield space.twice(partial(_storage, fence, space), "/api/v1/persistentvolumeclaims", "requests.storage")
    for key, (collection, body) in COUNTED.items():
        if key in fence.hard and _can_be_reached(fence, key):
            yield space.twice(
                partial(_count, fence, space, key, collection, partial(space.create, collection, body)), collection, key
            )
            space.clear(collection, key)


def _of_pods(fence: Fence, space: Space) -> Iterator[Trial]:
    for key in COMPUTE:
        if key != "limits.memory" or fence.hard[key] <= fence.hard["requests.memory"] * RATIO:
            yield space.twice(partial(_sizes, fence, space, key))
    for key in sorted(fence.hard):
        if key.startswith("requests.") and "/" in key:
            yield space.twice(partial(_devices, fence, space, key))
    space.clear_pods()
    yield space.twice(partial(_count, fence, space, "pods", "/api/v1/pods", space.pod))
    space.clear_pods()


def _compared(fence: Fence, space: Space) -> Trial:
    """Whether the server enforces what the settings say, and no less."""
    enforced = space.hard()
    wrong = [
        f"{key} {_text(key, enforced[key]) if key in enforced else 'not limited'}, not {_text(key, size)}"
        for key, size in fence.hard.items()
        if key not in enforced or enforced[key] != size
    ]
    expected = f"{len(fence.hard)} limits as the settings say"
    happened = "; ".join(wrong) or f"{len(fence.hard)} limits, every one the same"
    return Trial(fence.name, "the quota in force", expected, happened, not wrong)


def _sizes(fence: Fence, space: Space, key: str) -> Trial:
    """Fill a compute key by two pods and try one unit more; where no three pods fit, one pod is as large as may be."""
    kind, _, name = key.partition(".")
    unit, free = quantity.parse(UNIT[name]), space.free(key, fence.hard[key])
    roomy = space.free("pods", fence.hard["pods"]) >= WITHOUT_ROOM
    space.clear_pods()
    parts = [part for part in ([free - unit, unit] if roomy else [free]) if part > 0]
    taken = [_pod(space, kind, name, part) for part in parts]
    used = space.used()[key]
    over = _pod(space, kind, name, unit)
    return _filled(fence, space, key, unit, taken, sum(parts, Fraction(0)), used, over)


def _pod(space: Space, kind: str, name: str, size: Fraction) -> Answer:
    text = quantity.format(size, "Mi" if name in BINARY else "")
    if name == "cpu":
        return space.pod({name: text})
    if kind == "requests":
        return space.pod({name: text}, {name: text})
    least = quantity.parse(UNIT[name])
    request = max(least, -(-size // (RATIO * least)) * least) if name == "memory" else least
    return space.pod({name: quantity.format(request, "Mi")}, {name: text})


def _devices(fence: Fence, space: Space, key: str) -> Trial:
    """Devices are asked for by a limit, which is the request too."""
    space.clear_pods()
    device, free = key.removeprefix("requests."), int(space.free(key, fence.hard[key]))
    parts = [part for part in (free - 1, 1) if part > 0 and free]
    taken = [space.pod(limits={device: str(part)}) for part in parts]
    used = space.used()[key]
    over = space.pod(limits={device: "1"})
    return _filled(fence, space, key, Fraction(1), taken, Fraction(sum(parts)), used, over)


def _can_be_reached(fence: Fence, key: str) -> bool:
    """Whether another limit stops nobody before this count does: volumes have a least size."""
    if key != "persistentvolumeclaims" or "requests.storage" not in fence.hard:
        return True
    return fence.hard[key] * quantity.parse(UNIT["storage"]) <= fence.hard["requests.storage"]


def _storage(fence: Fence, space: Space) -> Trial:
    key, unit = "requests.storage", quantity.parse(UNIT["storage"])
    free = space.free(key, fence.hard[key])
    parts = [part for part in (free - unit, unit) if part >= unit]

    def claim(size: Fraction) -> Answer:
        resources = {"requests": {"storage": quantity.format(size, "Gi")}}
        return space.create("/api/v1/persistentvolumeclaims", {"spec": {**VOLUME, "resources": resources}})

    taken = [claim(part) for part in parts]
    used = space.used()[key]
    trial = _filled(fence, space, key, unit, taken, sum(parts, Fraction(0)), used, claim(unit))
    space.clear("/api/v1/persistentvolumeclaims", key)
    return trial


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
    room = total - before
    made = min(room, MOST_MADE if room <= MOST_MADE else WITHOUT_ROOM)
    answers = space.client.each(lambda _: make(), range(made))
    refused = [answer for answer in answers if not answer.ok]
    counted = int(space.used()[key]) - before
    told = room - made
    if told > 0:
        over, used = _last_of_many(space, key, total, before + made - len(refused), make)
    else:
        over, used = make(), int(space.used()[key])
    how = f"{made} made, {told - 1} told, 1 made" if told > 0 else f"{made} made"
    happened = f"{how}: {used} used, 1 more {'refused' if not over.ok else 'ADMITTED'}"
    holds = not refused and counted == made and used == total and over.code == 403 and f"{key}=" in over.message
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
