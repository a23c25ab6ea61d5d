"""Single pods: what one gets that asks for nothing, what one may ask for, what none may be; and many at once."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from ...facts import quantity
from ..client import Answer
from ..settings import Fence
from .filling import COMPUTE, UNIT
from .space import HARDENED, Space
from .trial import Trial

CLIENTS = 20
"""That many ask at once for the last unit."""
QUIET = 0.5
FOREIGN = {"topologyKey": "kubernetes.io/hostname", "namespaces": ["default"], "labelSelector": {}}
"""Affinity to pods of another namespace."""
SPELLINGS = {
    "cpu": ("0.001", "1m", "1000u", "1000000n", "1e-3", "0.000001k"),
    "memory": ("4Mi", "4096Ki", "4194304", "4.194304M", "0.00390625Gi", "4194304000m", "4.194304e6", "4194304E0"),
}
"""The least that a container may ask for, in spellings that the API takes."""


def trials(fence: Fence, space: Space) -> Iterator[Trial]:
    """What a Tenant promises of every pod."""
    yield space.twice(partial(_silent, fence, space))
    yield space.twice(partial(_spelt, fence, space))
    yield from _sized(fence, space)
    yield from _secured(fence, space)
    yield space.twice(partial(_raced, fence, space))
    space.clear_pods()


def _silent(fence: Fence, space: Space) -> Trial:
    """A pod that asks for nothing is given something, and that is counted."""
    space.clear_pods()
    answer = space.pod()
    used = space.used()
    given = asked([answer.body]) if answer.ok else {}
    counted = {key: used[key] - space.before[key] for key in COMPUTE}
    holds = answer.ok and all(size > 0 for size in counted.values()) and given == counted
    texts = ", ".join(f"{key} {_text(key, size)}" for key, size in counted.items())
    expected = "admitted with defaults, which count"
    happened = f"admitted with {texts}" if answer.ok else "refused"
    return Trial(fence.name, "a pod that asks for nothing", expected, happened, holds, answer.message)


def _spelt(fence: Fence, space: Space) -> Trial:
    """Whatever a quantity is written like, hedgerow reads it as the server does and comes to the same sums."""
    spelt = [(name, text) for name, texts in SPELLINGS.items() for text in texts]
    room = max(1, int(space.free("pods", fence.hard["pods"])))
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
        answer = space.pod({name: text}, {name: text} if name == "memory" else None)
        if not answer.ok:
            yield f"{name} {text} refused: {answer.message}"
            continue
        pods.append(answer.body)
        requests = answer.body["spec"]["containers"][0]["resources"]["requests"]
        if quantity.parse(requests[name]) != quantity.parse(text):
            yield f"{name} {text} read as {requests[name]}"
    used, sums = space.used(), asked(pods)
    for key in COMPUTE:
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
        yield _refused(fence, what, space.pod(requests, limits), word)
    if fence.hard["requests.storage"]:
        claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "512Mi"}}}
        answer = space.create("/api/v1/persistentvolumeclaims", {"spec": claim})
        yield _refused(fence, "a volume of 512Mi", answer, "minimum storage")


def _secured(fence: Fence, space: Space) -> Iterator[Trial]:
    word = f'violates PodSecurity "{fence.pod_security}'
    privileged = {"privileged": True}
    attempts: dict[str, Answer] = {
        "a privileged pod": space.pod(context=privileged),
        "a pod on the node's network": space.pod(spec={"hostNetwork": True}),
        "a pod that mounts the node's disk": space.pod(
            spec={"volumes": [{"name": "disk", "hostPath": {"path": "/"}}]},
        ),
    }
    for what, answer in attempts.items():
        yield _refused(fence, what, answer, word)
    space.clear_pods()  # else it may be the pods before it that leave no room
    answer = space.pod(
        spec={"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [FOREIGN]}}}
    )
    yield _refused(fence, "a pod that settles beside another tenant's", answer, "exceeded quota: affinity")
    loose = {key: value for key, value in HARDENED.items() if key != "runAsNonRoot"}
    answer = space.pod(context=loose)
    if fence.pod_security == "restricted":
        yield _refused(fence, "a pod that may run as root", answer, word)
    else:
        happened = "admitted" if answer.ok else "refused"
        yield Trial(fence.name, "a pod that may run as root", "admitted", happened, answer.ok, answer.message)


def _raced(fence: Fence, space: Space) -> Trial:
    """Many clients at once, and room for one; all of it where there is room for no second pod."""
    key, total = "requests.cpu", fence.hard["requests.cpu"]
    space.clear_pods()
    free, lonely = space.free(key, total), space.free("pods", fence.hard["pods"]) == 1
    unit = quantity.format(free) if lonely else UNIT["cpu"]
    filler = None if lonely else space.pod({"cpu": quantity.format(free - quantity.parse(unit))})
    space.quiet(QUIET)
    answers = space.client.at_once([lambda: space.pod({"cpu": unit})] * CLIENTS)
    admitted = sum(answer.ok for answer in answers)
    used = space.used()[key]
    refused = [answer.message for answer in answers if not answer.ok]
    holds = (filler is None or filler.ok) and admitted == 1 and used == total
    happened = f"{admitted} admitted, {len(refused)} refused, {_text(key, used)} used"
    what = f"{CLIENTS} clients at once for the last {unit} of CPU"
    return Trial(fence.name, what, "1 admitted", happened, holds, refused[-1] if refused else "")


def _refused(fence: Fence, what: str, answer: Answer, word: str) -> Trial:
    """The line of something that must be refused, and for the reason that `word` names."""
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
