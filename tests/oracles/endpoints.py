"""What the ends of a packet are to every oracle: a pod by its owner's manifest, or an address. No oracle itself."""

from typing import Any

Manifest = dict[str, Any]


def namespace(manifest: Manifest) -> str:
    """Where an object lives; `default` where it does not say."""
    return str(manifest["metadata"].get("namespace") or "default")


def labels(manifest: Manifest) -> dict[str, str]:
    """The labels of an object or of a template."""
    return (manifest.get("metadata") or {}).get("labels") or {}


def labels_of_home(objects: list[Manifest], end: Manifest) -> dict[str, str]:
    """The labels of the namespace that a pod lives in: those declared, and its name in any case."""
    home = namespace(end)
    told = [each for each in objects if (each["kind"], each["metadata"]["name"]) == ("Namespace", home)]
    return {**(labels(told[0]) if told else {}), "kubernetes.io/metadata.name": home}


def pod(end: Any) -> Manifest:
    """The template of an owner, the pod itself, or a pod with nothing in it for an address."""
    if not isinstance(end, dict):
        return {"spec": {}}
    return end if end["kind"] == "Pod" else (end["spec"].get("jobTemplate") or end)["spec"]["template"]


def on_host(end: Any) -> bool:
    """Whether an end is a pod on its node's network."""
    return bool(pod(end)["spec"].get("hostNetwork"))


def name(manifest: Manifest) -> str:
    """What hedgerow calls the endpoint."""
    return f"{namespace(manifest)}/{manifest['kind']}/{manifest['metadata']['name']}"


def ports_of(end: Any) -> list[Manifest]:
    """The ports of containers, and of init containers that keep running."""
    spec = pod(end)["spec"]
    lasting = [each for each in spec.get("initContainers") or [] if each.get("restartPolicy") == "Always"]
    return [each for container in (spec.get("containers") or []) + lasting for each in container.get("ports") or []]


def container_ports(end: Any) -> list[tuple[str, str, int]]:
    """Name (or nothing), protocol and number of every port."""
    return [(each.get("name") or "", each.get("protocol") or "TCP", each["containerPort"]) for each in ports_of(end)]
