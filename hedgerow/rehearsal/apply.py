"""Applies objects to a server, level by level, several at a time; and once more, to see that nothing changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

from .client import APPLY, JSON, Answer, Client
from .objects import LeftOut, Manifest, Stack

MANAGER = "hedgerow"
QUERY = f"fieldManager={MANAGER}&fieldValidation=Strict"
WRITTEN = ("managedFields", "resourceVersion")
DISCOVERY = f"{JSON};v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList"
TRIES = 3
"""Times that a second apply may find that a controller wrote the status in between."""
DEFINITION = "CustomResourceDefinition"


@dataclass(frozen=True)
class Rejection:
    """An object that the server refused, in its own words. `conflict`: somebody else owns a field of it."""

    name: str
    urn: str
    message: str
    conflict: bool = False


@dataclass
class Applied:
    """What became of the objects of a stack. `changed`: those that a second apply changed, which none should."""

    objects: list[Manifest] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


class Kinds:
    """Which kinds a server has, and where their objects are."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._found: dict[tuple[str, str], tuple[str, bool]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Ask the server which kinds it has now."""
        for root in ("/api", "/apis"):
            for item in self._client.get(root, accept=DISCOVERY).body.get("items", []):
                for version in item.get("versions", []):
                    self._keep(root, item.get("metadata", {}).get("name", ""), version)

    def learn(self, definition: Manifest) -> bool:
        """Ask the server again; whether it now tells of what a definition defines."""
        self.refresh()
        spec = definition.body["spec"]
        served = [version["name"] for version in spec["versions"] if version.get("served")]
        return all((f"{spec['group']}/{name}", spec["names"]["kind"]) in self._found for name in served)

    def path(self, manifest: Manifest) -> str | None:
        """The path of an object; None where the server does not have its kind."""
        found = self._found.get((manifest.api, manifest.kind))
        if found is None:
            return None
        plural, namespaced = found
        root = f"/apis/{manifest.api}" if "/" in manifest.api else f"/api/{manifest.api}"
        inside = f"/namespaces/{quote(manifest.namespace or 'default')}" if namespaced else ""
        return f"{root}{inside}/{plural}/{quote(manifest.name)}"

    def _keep(self, root: str, group: str, version: Mapping[str, object]) -> None:
        api = f"{group}/{version['version']}" if root == "/apis" else str(version["version"])
        resources = version.get("resources", [])
        for resource in resources if isinstance(resources, list) else []:
            kind = resource.get("responseKind", {}).get("kind", "")
            self._found[api, kind] = (resource["resource"], resource.get("scope") == "Namespaced")


def apply(client: Client, stack: Stack) -> Applied:
    """Apply every object of a stack in the order of its dependencies."""
    kinds, applied = Kinds(client), Applied(left_out=list(stack.left_out))
    for level in sorted({manifest.level for manifest in stack.manifests}):
        here = [manifest for manifest in stack.manifests if manifest.level == level]
        placed = [(manifest, path) for manifest in here if (path := kinds.path(manifest))]
        applied.left_out += [_without_kind(manifest) for manifest in here if kinds.path(manifest) is None]
        answers = client.each(lambda item: send(client, *item), placed)
        for (manifest, _), answer in zip(placed, answers, strict=True):
            _sort(applied, manifest, answer)
        if any(manifest.kind == DEFINITION for manifest, _ in placed):
            _await_definitions(client, kinds, here)
    return applied


def apply_again(client: Client, objects: Iterable[Manifest]) -> list[str]:
    """Apply the same objects once more; gives those that changed, by their name and versions."""
    kinds = Kinds(client)

    def again(manifest: Manifest) -> str:
        path = kinds.path(manifest)
        assert path
        for _ in range(TRIES):
            before, after = client.get(path), send(client, manifest, path)
            if not after.ok:
                return f"{manifest}: {after.message}"
            if _version(before) == _version(after):
                return ""
            if _content(before) != _content(after):
                break
        return f"{manifest}: resourceVersion {_version(before)} became {_version(after)}"

    return [text for text in client.each(again, objects) if text]


def send(client: Client, manifest: Manifest, path: str) -> Answer:
    """Apply one object, as its owner; fields that somebody else owns are left to them, and told."""
    return client.send("PATCH", f"{path}?{QUERY}", manifest.body, form=APPLY)


def _sort(applied: Applied, manifest: Manifest, answer: Answer) -> None:
    if answer.ok:
        applied.objects.append(manifest)
    elif manifest.notes:
        why = f"could not be applied without all of its values: {answer.message}"
        applied.left_out.append(LeftOut(str(manifest), manifest.urn, why))
    else:
        conflict = answer.code == 409
        applied.rejected.append(Rejection(str(manifest), manifest.urn, answer.message, conflict))


def _without_kind(manifest: Manifest) -> LeftOut:
    why = f"the server has no {manifest.kind} of {manifest.api}, and no object of the stack defines it before"
    return LeftOut(str(manifest), manifest.urn, why)


def _await_definitions(client: Client, kinds: Kinds, manifests: Iterable[Manifest]) -> None:
    """Wait until the server has taken up every definition, and tells of its kind."""
    for manifest in manifests:
        path = kinds.path(manifest)
        if manifest.kind == DEFINITION and path and client.get(path).ok:
            client.wait(f"{manifest} being established", partial(_is_established, client, path))
            client.wait(f"{manifest} being told of", partial(kinds.learn, manifest))


def _is_established(client: Client, path: str) -> bool:
    conditions = client.get(path).body.get("status", {}).get("conditions") or []
    return any(one["type"] == "Established" and one["status"] == "True" for one in conditions)


def _content(answer: Answer) -> dict[str, Any]:
    """What an apply could change, of an object that controllers write to as well."""
    metadata = {key: value for key, value in answer.body.get("metadata", {}).items() if key not in WRITTEN}
    return {**answer.body, "metadata": metadata, "status": None}


def _version(answer: Answer) -> str:
    return str(answer.body.get("metadata", {}).get("resourceVersion"))
