"""A namespace that trials make pods and other objects in, and clear again."""

import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ...facts import quantity
from ...facts.kubernetes import canonical_quota_key
from ...graph.capacity.pod import Defaults, Pod, cost
from ..client import ADMINISTRATOR, MERGE, Answer, Client, User
from ..shape import Shape, text, texts
from ..trouble import AGAIN, Trouble
from .counted import PODS, VOLUMES
from .trial import Trial

HARDENED = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
"""What Pod Security's `restricted` asks for (Kubernetes documentation, Pod Security Standards, 1.36)."""
IMAGE = "registry.k8s.io/pause:3.10"
MADE = "hedgerow-rehearsal"
"""Label of what trials make, by which it is found and deleted again."""
SECONDS_TO_CLEAR, SECONDS_TO_SETTLE = 120.0, 120.0
SECONDS_TO_COUNT, TIMES_TO_COUNT = 3.0, 20
"""The controller of quotas misses a deletion that comes before it has looked at a kind for the first time."""
STILL = 1.0
"""Seconds without a change after which the pods of a stack's own workloads are all counted."""
RECOUNTED = (
    ("/api/v1/configmaps", ("count/configmaps", "configmaps")),
    ("/api/v1/secrets", ("count/secrets", "secrets")),
    (PODS, ("count/pods", "pods")),
)
"""What is made and deleted to have a quota counted anew, and the keys that tell whether it was."""
EVERY_POD = ("pods", "count/pods")

Sizes = Mapping[str, str]


class Space:
    """One namespace, asked as the administrator unless it says otherwise. `before`: what is used without the trials.

    Its pods have the least `shape` that they may have. With `defaults`, hedgerow's own sums are held against the
    server's after every step: `steps` counts them, `wrong` tells where they differ.
    """

    def __init__(
        self, client: Client, namespace: str, shape: Shape | None = None, defaults: Defaults | None = None
    ) -> None:
        self.client, self.name = client, namespace
        self.shape, self._defaults = shape or Shape(), defaults
        self.before: dict[str, Fraction] = defaultdict(Fraction)
        self.steps, self.wrong = 0, list[str]()
        self._asked: list[Pod] = []
        self._numbers = itertools.count(1)

    def path(self, collection: str) -> str:
        """The path of a collection such as `/api/v1/pods` in this namespace."""
        root, _, plural = collection.rpartition("/")
        return f"{root}/namespaces/{self.name}/{plural}"

    def create(self, collection: str, body: Mapping[str, Any], *, user: User = ADMINISTRATOR) -> Answer:
        """Create an object under a name of its own."""
        metadata = {"name": f"rehearsal-{next(self._numbers)}", "labels": {MADE: "true"}}
        return self.client.create(self.path(collection), {**body, "metadata": metadata}, user=user)

    def pod(self, requests: Sizes | None = None, limits: Sizes | None = None) -> Answer:
        """Create a pod and, where it is admitted, hold the sums against the server's."""
        answer = self.ask(requests, limits)
        if answer.ok:
            self.tally()
        return answer

    def ask(
        self,
        requests: Sizes | None = None,
        limits: Sizes | None = None,
        *,
        context: Mapping[str, Any] = HARDENED,
        spec: Mapping[str, Any] | None = None,
        silent: bool = False,
    ) -> Answer:
        """Create a pod of one container, hardened unless it says otherwise; `silent`: it names no size at all."""
        sizes = {} if silent else self._resources(requests or {}, limits or {})
        container = {"name": "main", "image": IMAGE, "securityContext": dict(context), "resources": sizes}
        whole = {"containers": [container], **(spec or {})}
        answer = self.create(PODS, {"spec": whole})
        if answer.ok and self._defaults:
            self._asked.append(cost(whole, self._defaults))
        return answer

    def claim(self, size: Fraction | None = None) -> Answer:
        """Create a volume claim, of the least size where none is given."""
        storage = self.shape.least["storage"] if size is None else size
        resources = {"requests": {"storage": text("storage", storage)}}
        return self.create(VOLUMES, {"spec": {"accessModes": ["ReadWriteOnce"], "resources": resources}})

    def tally(self) -> None:
        """Hold hedgerow's sums against what the server counts now."""
        if self._defaults is None:
            return
        used = self.used()
        self.steps += bool(used)
        for key, size in used.items():
            sums = self._sum(key)
            if sums is not None and size != self.before.get(key, Fraction(0)) + sums:
                self.wrong.append(f"{key} {float(size):g}, not {float(self.before.get(key, Fraction(0)) + sums):g}")

    def _sum(self, key: str) -> Fraction | None:
        """What hedgerow counts of the pods that trials made; None of what pods do not use."""
        kind, _, name = canonical_quota_key(key).partition(".")
        if key in EVERY_POD:
            return Fraction(len(self._asked))
        if kind not in ("requests", "limits") or name == "storage":
            return None
        return Fraction(sum(getattr(pod, kind).get(name, 0) for pod in self._asked), 1000)

    def _resources(self, requests: Sizes, limits: Sizes) -> dict[str, dict[str, str]]:
        """Sizes with the least of what every container here has to name; a limit is no less than its request."""
        least = dict(zip(("requests", "limits"), map(texts, self.shape.sizes()), strict=True))
        wanted, most = {**least["requests"], **requests}, {**least["limits"], **limits}
        for name in wanted.keys() & most.keys() - limits.keys():
            most[name] = max(most[name], wanted[name], key=quantity.parse)
        return {key: value for key, value in (("requests", wanted), ("limits", most)) if value}

    def used(self) -> dict[str, Fraction]:
        """What the server counts as used, by quota key; 0 of what it does not count."""
        return self._status("used")

    def hard(self) -> dict[str, Fraction]:
        """What the server enforces, by quota key; the least where several quotas have one."""
        return self._status("hard")

    def settle(self, *, workloads: bool) -> None:
        """Wait until quotas are in force, pods can be made, and those of the stack's own `workloads` are counted."""
        for own in ("serviceaccounts/default", "configmaps/kube-root-ca.crt"):
            path = f"/api/v1/namespaces/{self.name}/{own}"
            self.client.wait(f"{own} of {self.name}", lambda path=path: self.client.get(path).ok)  # type: ignore[misc]
        self.client.wait(f"the quota of {self.name} being in force", self._in_force)
        self._count_anew()
        self.before = self.quiet(STILL) if workloads else self.used()

    def quiet(self, seconds: float) -> dict[str, Fraction]:
        """What is used once that has not changed for so long: events that are under way have arrived by then."""
        end, still, used = time.monotonic() + SECONDS_TO_SETTLE, time.monotonic(), self.used()
        while time.monotonic() - still < seconds and time.monotonic() < end:
            time.sleep(seconds / 5)
            now = self.used()
            if now != used:
                used, still = now, time.monotonic()
        return used

    def _count_anew(self) -> None:
        """Have the server count what came into the namespace before its quota did: deleting something makes it."""
        hard = self.hard()
        found = next(((place, key) for place, keys in RECOUNTED for key in keys if key in hard), None)
        if found is None:
            return
        collection, key = found

        def counted() -> bool:
            return self.used()[key] == len(self.client.get(self.path(collection)).body["items"])

        for _ in range(TIMES_TO_COUNT):
            made = self.ask() if collection == PODS else self.create(collection, {})
            self.client.delete(f"{self.path(collection)}?labelSelector={MADE}")
            self._asked.clear()
            if self.client.comes_about(counted, SECONDS_TO_COUNT) or not made.ok:
                return
        raise Trouble(f"the server does not count {key} of {self.name}; {AGAIN}")

    def free(self, key: str, total: Fraction) -> Fraction:
        """What is left of a limit beside what the stack itself uses."""
        return total - self.before.get(key, Fraction(0))

    def clear(self, collection: str, *keys: str) -> None:
        """Delete what trials made in a collection, and wait until it is gone and no longer counted."""
        made = f"{self.path(collection)}?labelSelector={MADE}"

        def gone() -> bool:
            used = self.used()
            return all(used[key] <= self.before[key] for key in keys)

        if not self.client.get(f"{made}&limit=1").body.get("items") and gone():
            return
        self.client.delete(made)
        what = f"{', '.join(keys)} of {self.name} going down after its {collection.rpartition('/')[2]} were deleted"
        self.client.wait(what, gone, SECONDS_TO_CLEAR)

    def clear_pods(self) -> None:
        """Delete the pods, and wait until the quota counts none, nor any of what they asked for."""
        self.clear(PODS, *[key for key in self.used() if self._sum(key) is not None])
        self._asked.clear()

    def twice(self, attempt: Callable[[], Trial], collection: str = PODS, key: str = "pods") -> Trial:
        """The trial; where it failed, or sums differed, a second one after some quiet.

        After a deletion the server counts anew from a cache that may be a moment behind, and forgets what was made
        meanwhile. A fault of the fence is there the second time too.
        """
        told = len(self.wrong)
        first = attempt()
        if first.holds and len(self.wrong) == told:
            return first
        del self.wrong[told:]
        self.clear_pods() if collection == PODS else self.clear(collection, key)
        self.quiet(STILL)
        return attempt()

    def tell_used(self, key: str, value: Fraction) -> None:
        """Have the server take `value` of a key for used. It counts anew when something that it counts is deleted."""
        for quota in self._for_all():
            if key in quota["status"].get("used", {}):
                path = f"{self.path('/api/v1/resourcequotas')}/{quota['metadata']['name']}/status"
                body = {"status": {"used": {key: quantity.format(value)}}}
                self.client.send("PATCH", path, body, form=MERGE)

    def _quotas(self) -> list[dict[str, Any]]:
        """Those of all pods: one with scopes limits some of them only, and its keys are no limits of the namespace."""
        items: list[dict[str, Any]] = self.client.get(self.path("/api/v1/resourcequotas")).body.get("items", [])
        return [item for item in items if not item["spec"].keys() & {"scopes", "scopeSelector"}]

    def _for_all(self) -> list[dict[str, Any]]:
        """The quotas that count every pod; those with a scope limit only what it selects."""
        return [quota for quota in self._quotas() if not quota["spec"].keys() & {"scopes", "scopeSelector"}]

    def _in_force(self) -> bool:
        return all(quota["spec"]["hard"].keys() == quota["status"].get("hard", {}).keys() for quota in self._quotas())

    def _status(self, part: str) -> dict[str, Fraction]:
        found: dict[str, Fraction] = defaultdict(Fraction)
        for quota in self._for_all():
            for key, value in quota["status"].get(part, {}).items():
                size = quantity.parse(value)
                found[key] = min(size, found.get(key, size))
        return found
