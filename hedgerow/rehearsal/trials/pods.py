"""Single pods: what one gets that asks for nothing, what one may ask for, what none may be; and many at once."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from ...facts import quantity
from ...facts.kubernetes import canonical_quota_key
from ..client import Answer
from ..fence import Fence
from ..shape import UNIT, texts
from . import filling, scaling
from .filling import COMPUTE
from .space import HARDENED, Space
from .trial import Trial

CLIENTS = 20
"""That many ask at once for the last unit."""
QUIET = 0.5
FEW = 7
"""Spellings that are tried where fewer pods fit, which then come one after the other."""
FOREIGN = {"topologyKey": "kubernetes.io/hostname", "namespaces": ["default"], "labelSelector": {}}
"""Affinity to pods of another namespace."""
SPELLINGS = {
    "cpu": ("0.001", ".001", "1m", "+1m", "1000u", "1000000n", "1e-3", "1E-3", "0.000001k"),
    "memory": (
        *("4Mi", "4096Ki", "0.00390625Gi", "4194304", "4194304.0", "4194304.", "4194304000m", "4194.304k", "4.194304M"),
        *("4.194304e6", "4.194304E6", "4194304E0", "0.000004194304T"),
    ),
}
"""The least that a container may ask for, in spellings that the API takes."""


def trials(fence: Fence, space: Space) -> Iterator[Trial]:
    """What a Tenant promises of every pod."""
    yield space.twice(partial(_silent, fence, space))
    yield space.twice(partial(_spelt, fence, space))
    yield from _sized(fence, space)
    yield from secured(fence, space)
    yield _settled(fence, space)
    yield from raced(fence, space)
    space.clear_pods()


def _silent(fence: Fence, space: Space) -> Trial:
    """A pod that asks for nothing is given something, and that is counted."""
    space.clear_pods()
    answer = space.ask(silent=True)
    space.tally()
    used = space.used()
    given = asked([answer.body]) if answer.ok else {}
    counted = {key: used[key] - space.before[key] for key in COMPUTE if key in fence.hard}
    holds = answer.ok and all(size > 0 and given[key] == size for key, size in counted.items())
    told = ", ".join(f"{key} {_text(key, size)}" for key, size in counted.items())
    happened = f"admitted with {told}" if answer.ok else "refused"
    expected = "admitted with defaults, which count"
    return Trial(fence.name, "a pod that asks for nothing", expected, happened, holds, answer.message)


def _spelt(fence: Fence, space: Space) -> Trial:
    """Whatever a quantity is written like, hedgerow reads it as the server does and comes to the same sums."""
    spelt = [(name, text) for name, texts in SPELLINGS.items() for text in texts]
    room = max(1, int(space.free("pods", fence.hard["pods"])))
    spelt = spelt if room >= FEW else spelt[:: len(spelt) // FEW]
    wrong: list[str] = []
    for start in range(0, len(spelt), room):
        space.clear_pods()
        if start:
            space.quiet(QUIET)
        wrong += _misread(space, spelt[start : start + room])
    happened = "; ".join(wrong) or f"{len(spelt)} read alike, every sum the same"
    expected = "the server's sums are hedgerow's"
    return Trial(fence.name, f"{len(spelt)} spellings of quantities", expected, happened, not wrong)


def _misread(space: Space, spelt: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What the server reads in another way than hedgerow, of pods that all fit at once."""
    pods = []
    for name, text in spelt:
        answer = space.ask({name: text}, {name: text} if name == "memory" else None)
        if not answer.ok:
            yield f"{name} {text} refused: {answer.message}"
            continue
        pods.append(answer.body)
        requests = answer.body["spec"]["containers"][0]["resources"]["requests"]
        if quantity.parse(requests[name]) != quantity.parse(text):
            yield f"{name} {text} read as {requests[name]}"
    space.tally()
    used, sums = space.used(), asked(pods)
    for key in [key for key in COMPUTE if key in used]:
        counted = used[key] - space.before[key]
        if counted != sums[key]:
            yield f"{key} {counted}, not {sums[key]}"


def _sized(fence: Fence, space: Space) -> Iterator[Trial]:
    most = fence.hard["limits.memory"]
    beyond = quantity.format(most + quantity.parse(UNIT["memory"]), "Mi")
    large = {"memory": quantity.format(quantity.parse("4Mi") * 9, "Mi")}
    attempts: dict[str, tuple[Mapping[str, str], Mapping[str, str], str]] = {
        f"a container with a memory limit of {beyond}": ({"memory": beyond}, {"memory": beyond}, "maximum memory"),
        "a container with 512m of memory, half a byte": ({"memory": "512m"}, {"memory": "512m"}, "minimum memory"),
        "a container that requests 0 CPU": ({"cpu": "0"}, {}, "minimum cpu"),
        "a memory limit 9 times the request": ({"memory": "4Mi"}, large, "limit to request ratio"),
    }
    for what, (requests, limits, word) in attempts.items():
        yield refused(fence, what, space.ask(requests, limits), word)
    if fence.hard["requests.storage"]:
        answer = space.claim(quantity.parse("512Mi"))
        yield refused(fence, "a volume of 512Mi", answer, "minimum storage")


def secured(fence: Fence, space: Space) -> Iterator[Trial]:
    """What the Pod Security level of a namespace keeps out."""
    word = f'violates PodSecurity "{fence.pod_security}'
    attempts: dict[str, Answer] = {
        "a privileged pod": space.ask(context={"privileged": True}),
        "a pod on the node's network": space.ask(spec={"hostNetwork": True}),
        "a pod that mounts the node's disk": space.ask(spec={"volumes": [{"name": "disk", "hostPath": {"path": "/"}}]}),
    }
    for what, answer in attempts.items():
        yield refused(fence, what, answer, word)
    space.clear_pods()  # else it may be the pods before it that leave no room
    answer = space.ask(context={key: value for key, value in HARDENED.items() if key != "runAsNonRoot"})
    if fence.pod_security == "restricted":
        yield refused(fence, "a pod that may run as root", answer, word)
    else:
        happened = "admitted" if answer.ok else "refused"
        holds = answer.ok or "violates PodSecurity" not in answer.message
        yield Trial(fence.name, "a pod that may run as root", "admitted", happened, holds, answer.message)
    space.clear_pods()


def _settled(fence: Fence, space: Space) -> Trial:
    affinity = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [FOREIGN]}}
    answer = space.ask(spec={"affinity": affinity})
    return refused(fence, "a pod that settles beside another tenant's", answer, "exceeded quota: affinity")


def raced(fence: Fence, space: Space) -> Iterator[Trial]:
    """Many clients at once, and room for one; all of it where there is room for no second pod."""
    key = next((key for key in fence.hard if canonical_quota_key(key) == "requests.cpu"), "")
    space.clear_pods()
    parts = filling.parts(fence, space, key) if key else None
    if parts:
        yield space.twice(partial(_race, fence, space, key, parts))
        space.clear_pods()
        if filling.room(fence, space, *scaling.OWNERS) > 0:
            yield space.twice(partial(scaling.beyond, fence, space, parts))


def _race(fence: Fence, space: Space, key: str, parts: list[Fraction]) -> Trial:
    *first, last = (tuple(map(texts, fence.shape.sizes("requests.cpu", part))) for part in parts)
    fillers = [space.pod(*sizes) for sizes in first]
    space.quiet(QUIET)
    answers = space.client.at_once([lambda: space.ask(*last)] * CLIENTS)
    space.tally()
    admitted = sum(answer.ok for answer in answers)
    used = space.used()[key]
    told = [answer.message for answer in answers if not answer.ok]
    holds = all(filler.ok for filler in fillers) and admitted == 1 and used == fence.hard[key]
    happened = f"{admitted} admitted, {len(told)} refused, {_text(key, used)} used"
    what = f"{CLIENTS} clients at once for the last {last[0]['cpu']} of CPU"
    return Trial(fence.name, what, "1 admitted", happened, holds, told[-1] if told else "")


def refused(fence: Fence, what: str, answer: Answer, word: str) -> Trial:
    """The line of something that must be refused, for the reason that `word` names."""
    happened = "ADMITTED" if answer.ok else "refused"
    holds = answer.code == 403 and word in answer.message
    return Trial(fence.name, what, "refused", happened, holds, answer.message)


def asked(pods: list[dict[str, Any]]) -> dict[str, Fraction]:
    """What pods of one container ask for in all, by quota key: hedgerow's own sum."""
    found = dict.fromkeys(COMPUTE, Fraction(0))
    for pod in pods:
        resources = pod["spec"]["containers"][0].get("resources", {})
        for key in COMPUTE:
            kind, _, name = key.partition(".")
            found[key] += quantity.parse(resources.get(kind, {}).get(name, "0"))
    return found


def _text(key: str, size: Fraction) -> str:
    return quantity.format(size, "" if key.endswith("cpu") else "Mi")
