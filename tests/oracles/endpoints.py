"""What the ends of a packet are to every oracle: a pod by its owner's manifest, an outside address, the internet."""

from ipaddress import ip_network
from typing import Any

Manifest = dict[str, Any]
INSIDE = """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.168.0.0/16
    192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 ::/3 2001:db8::/32 4000::/2 8000::/1"""


def of_internet(ranges: list[str]) -> list[Any]:
    """One public address of every region that the ranges can tell apart: where each starts, and what follows it."""
    inside, nets = [ip_network(text) for text in INSIDE.split()], [ip_network(text, strict=False) for text in ranges]
    after = [net[-1] + 1 for net in nets + inside if int(net[-1]) + 1 < 2**net.max_prefixlen]
    return [end for end in [net[0] for net in nets] + after if not any(end in net for net in inside)]


def namespace(manifest: Manifest) -> str:
    """Where an object lives; `default` where it does not say."""
    return str(manifest["metadata"].get("namespace") or "default")


def labels(manifest: Manifest) -> dict[str, str]:
    """The labels of an object or of a template."""
    return (manifest.get("metadata") or {}).get("labels") or {}


def pod(end: Any) -> Manifest:
    """The template of an owner, the pod itself, or a pod with nothing in it for an address."""
    if not isinstance(end, dict):
        return {"spec": {}}
    return end if end["kind"] == "Pod" else (end["spec"].get("jobTemplate") or end)["spec"]["template"]


def name(manifest: Manifest) -> str:
    """What hedgerow calls the endpoint."""
    return f"{namespace(manifest)}/{manifest['kind']}/{manifest['metadata']['name']}"


def container_ports(end: Any) -> list[tuple[str, str, int]]:
    """Name (or nothing), protocol and number of every port of containers, and of init containers that keep running."""
    spec = pod(end)["spec"]
    lasting = [each for each in spec.get("initContainers") or [] if each.get("restartPolicy") == "Always"]
    ports = [each for container in (spec.get("containers") or []) + lasting for each in container.get("ports") or []]
    return [(each.get("name") or "", each.get("protocol") or "TCP", each["containerPort"]) for each in ports]
