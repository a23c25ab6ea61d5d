"""A namespace that trials make pods and other objects in, and clear again."""

import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ...facts import quantity
from ..client import ADMINISTRATOR, MERGE, Answer, Client, User
from ..trouble import Trouble
from .trial import Trial

HARDENED = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
"""What Pod Security's `restricted` asks for (Kubernetes documentation, Pod Security Standards, 1.36)."""
IMAGE = "registry.k8s.io/pause:3.10"
PODS = "/api/v1/pods"
MADE = "hedgerow-rehearsal"
"""Label of what trials make, by which it is found and deleted again."""
SECONDS_TO_CLEAR, SECONDS_TO_SETTLE = 60.0, 60.0
SECONDS_TO_COUNT, TIMES_TO_COUNT = 3.0, 20
"""The controller of quotas misses a deletion that comes before it has looked at a kind for the first time."""
STILL = 1.0
"""Seconds without a change after which the pods of a stack's own workloads are all counted."""

Sizes = Mapping[str, str]


class Space:
    """One namespace, asked as the administrator unless it says otherwise. `before`: what is used without the trials."""

    def __init__(self, client: Client, namespace: str) -> None:
        self.client, self.name = client, namespace
        self.before: dict[str, Fraction] = defaultdict(Fraction)
        self._numbers = itertools.count(1)

    def path(self, collection: str) -> str:
        """The path of a collection such as `/api/v1/pods` in this namespace."""
        root, _, plural = collection.rpartition("/")
        return f"{root}/namespaces/{self.name}/{plural}"

    def create(self, collection: str, body: Mapping[str, Any], *, user: User = ADMINISTRATOR) -> Answer:
        """Create an object under a name of its own."""
        metadata = {"name": f"rehearsal-{next(self._numbers)}", "labels": {MADE: "true"}}
        return self.client.create(self.path(collection), {**body, "metadata": metadata}, user=user)

    def pod(
        self,
        requests: Sizes | None = None,
        limits: Sizes | None = None,
        *,
        context: Mapping[str, Any] = HARDENED,
        spec: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Create a pod of one container, hardened unless it says otherwise; sizes that are empty are left out."""
        sizes = {key: dict(value) for key, value in (("requests", requests), ("limits", limits)) if value}
        container = {"name": "main", "image": IMAGE, "securityContext": dict(context), "resources": sizes}
        return self.create("/api/v1/pods", {"spec": {"containers": [container], **(spec or {})}})

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
        collection, key = "/api/v1/configmaps", "count/configmaps"

        def counted() -> bool:
            return self.used()[key] == len(self.client.get(self.path(collection)).body["items"])

        for _ in range(TIMES_TO_COUNT if key in self.hard() else 0):
            self.create(collection, {})
            self.client.delete(f"{self.path(collection)}?labelSelector={MADE}")
            if self.client.comes_about(counted, SECONDS_TO_COUNT):
                return
        if key in self.hard():
            raise Trouble(f"the server does not count {key} of {self.name}")

    def free(self, key: str, total: Fraction) -> Fraction:
        """What is left of a limit beside what the stack itself uses."""
        return total - self.before.get(key, Fraction(0))

    def clear(self, collection: str, key: str) -> None:
        """Delete what trials made in a collection, and wait until it is gone and no longer counted."""
        made = f"{self.path(collection)}?labelSelector={MADE}"
        left = self.before[key]
        if not self.client.get(f"{made}&limit=1").body.get("items") and self.used()[key] <= left:
            return
        self.client.delete(made)
        what = f"{key} of {self.name} going down to {left} after its {collection.rpartition('/')[2]} were deleted"
        self.client.wait(what, lambda: self.used()[key] <= left, SECONDS_TO_CLEAR)

    def clear_pods(self) -> None:
        """Delete the pods, and wait until the quota counts none."""
        self.clear(PODS, "pods")

    def twice(self, attempt: Callable[[], Trial], collection: str = PODS, key: str = "pods") -> Trial:
        """The trial; where it failed, a second one after some quiet.

        After a deletion the server counts anew from a cache that may be a moment behind, and forgets what was made
        meanwhile. A fault of the fence is there the second time too.
        """
        first = attempt()
        if first.holds:
            return first
        self.clear(collection, key)
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
