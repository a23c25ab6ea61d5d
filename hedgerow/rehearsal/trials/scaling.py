"""The scale subresource: who may use it, and what a quota lets through of it."""

from fractions import Fraction
from typing import Any

from ..client import MERGE, Answer, User
from ..fence import Fence
from ..shape import texts
from .counted import PODS
from .rolling import condition
from .space import HARDENED, IMAGE, MADE, Space
from .trial import Trial

DEPLOYMENTS = "/apis/apps/v1/deployments"
OWNERS = ("count/deployments.apps", "count/replicasets.apps")
"""Quota keys that count what owns the pods."""
WANTED = 3
SECONDS = 30.0


def path(space: Space, name: str) -> str:
    """The scale of a Deployment."""
    return f"{space.path(DEPLOYMENTS)}/{name}/scale"


def scale(space: Space, name: str, replicas: int, *, user: User = User(), dry_run: bool = False) -> Answer:
    """Ask for so many pods of a Deployment."""
    asked = f"{path(space, name)}{'?dryRun=All' if dry_run else ''}"
    return space.client.send("PATCH", asked, {"spec": {"replicas": replicas}}, user=user, form=MERGE)


def deployment(space: Space, requests: dict[str, str], limits: dict[str, str]) -> Answer:
    """A Deployment of no pods yet, of one container each; empty sizes for what its namespace gives."""
    resources = {key: value for key, value in (("requests", requests), ("limits", limits)) if value}
    container = {"name": "main", "image": IMAGE, "securityContext": HARDENED, "resources": resources}
    labels = {MADE: "true"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    body = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    return space.create(DEPLOYMENTS, {"spec": body})


def beyond(fence: Fence, space: Space, parts: list[Fraction]) -> Trial:
    """A Deployment may be scaled past the quota: nobody refuses that, but its pods stop where the quota does."""
    *first, last = (tuple(map(texts, fence.shape.sizes("requests.cpu", part))) for part in parts)
    for sizes in first:
        space.pod(*sizes)
    made = deployment(space, *last)
    name = str(made.body.get("metadata", {}).get("name"))
    answer = scale(space, name, WANTED) if made.ok else made
    said = answer.message if not answer.ok else _refused(space, name)
    pods = _pods(space) - len(first)
    _remove(space, name)
    happened = f"{pods} made, {'the rest refused' if said else 'NOTHING REFUSED'}"
    holds = answer.ok and pods == 1 and "exceeded quota" in said
    what = f"a Deployment scaled to {WANTED} pods where 1 fits"
    return Trial(fence.name, what, "1 made, the rest refused", happened, holds, said)


def _refused(space: Space, name: str) -> str:
    """The server's words on the pods that are not made; empty where it says nothing."""
    said: list[str] = []

    def told() -> bool:
        now: dict[str, Any] = space.client.get(f"{space.path(DEPLOYMENTS)}/{name}").body
        said.append(str(condition(now, "ReplicaFailure").get("message", "")))
        return bool(said[-1]) or now.get("status", {}).get("replicas", 0) == WANTED

    space.client.comes_about(told, SECONDS)
    return said[-1]


def _pods(space: Space) -> int:
    return len(space.client.get(f"{space.path(PODS)}?labelSelector={MADE}").body.get("items", []))


def _remove(space: Space, name: str) -> None:
    """Delete the Deployment once it has no pods, so that nothing makes new ones behind the next trial's back."""
    scale(space, name, 0)
    deployments = f"{space.path(DEPLOYMENTS)}/{name}"
    space.client.comes_about(lambda: not space.client.get(deployments).body.get("status", {}).get("replicas"), SECONDS)
    space.client.delete(deployments)
