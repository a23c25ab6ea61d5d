"""Who reaches whom under NetworkPolicy v1, packet by packet, from the API reference alone: slow, short, read in one go.

An endpoint is the manifest of a pod's owner, an address outside the cluster as text, or `internet`. A pod to itself is
always allowed: no pod can block itself. Where the specification is silent or plugins differ, this holds:

- An owner to itself, unless it is a Pod, means two of its pods: replicas, or the old and the new one.
- Host network: the documentation leaves it undefined; the traffic is taken as its node's, to and from a pod's own node
  everything is allowed, and which node that is nobody knows beforehand: always allowed, in both directions.
- ipBlock is for addresses outside the cluster: it never matches a pod, not even as 0.0.0.0/0.
- `internet` is allowed where some public address is, of either family; documentation ranges are not public.
- A named port is looked up in containers and in init containers that keep running; any that fits counts. Towards an
  address it fits nothing. A text of digits is a name too.
- What the API server refuses selects nothing: a peer without a selector, an unknown operator, an unknown policy type.
- Labels that controllers add to their pods (job-name, pod-template-hash, …) are not seen; a namespace's own name is.
- Existing connections, name translation by services, and plugins that do not enforce are left out.
"""

from ipaddress import ip_address, ip_network
from typing import Any

from .addresses import of_internet, within
from .endpoints import Manifest, container_ports, labels, labels_of_home, namespace, on_host, pod
from .labels import selects


def allowed(objects: list[Manifest], source: Any, destination: Any, protocol: str, port: int) -> bool:
    """Whether one packet may go from `source` to `port` of `destination`."""
    return (source == destination and pod(source) is source) or any(
        passes(objects, "egress", one, other, (other, protocol, port))
        and passes(objects, "ingress", other, one, (other, protocol, port))
        for one in _ends(objects, source)
        for other in _ends(objects, destination)
    )


def _ends(objects: list[Manifest], endpoint: Any) -> list[Any]:
    if endpoint == "internet":
        return of_internet(blocks(objects))
    return [endpoint if isinstance(endpoint, dict) else ip_address(endpoint)]


def passes(objects: list[Manifest], way: str, end: Any, peer: Any, packet: tuple[Any, str, int]) -> bool:
    """Whether what isolates `end` in a direction lets a packet to or from `peer` through."""
    if not isinstance(end, dict) or on_host(end) or on_host(peer):
        return True
    rules = [rule for spec in isolating(objects, way, end) for rule in spec.get(way) or []]
    return not isolating(objects, way, end) or any(
        (not _peers(rule) or any(_is(objects, each, peer, namespace(end)) for each in _peers(rule)))
        and (not rule.get("ports") or any(_opens(each, *packet) for each in rule["ports"]))
        for rule in rules
    )


def isolating(objects: list[Manifest], way: str, end: Manifest) -> list[Manifest]:
    """The policies that isolate a pod in a direction."""
    near = [each.get("spec") or {} for each in _policies(objects) if namespace(each) == namespace(end)]
    found = [spec for spec in near if selects(spec.get("podSelector"), labels(pod(end)))]
    return [spec for spec in found if way.capitalize() in _ways(spec) and not on_host(end)]


def blocks(objects: list[Manifest]) -> list[Any]:
    """Every range that a policy names, and every exception."""
    specs = [each.get("spec") or {} for each in _policies(objects)]
    rules = [rule for spec in specs for way in ("ingress", "egress") for rule in spec.get(way) or []]
    return [each for rule in rules for peer in _peers(rule) for part in _block(peer) for each in part]


def _block(peer: Manifest) -> tuple[list[Any], list[Any]]:
    block = peer.get("ipBlock") or {}
    cidrs, excepted = [block["cidr"]] if block else [], block.get("except") or []
    return [ip_network(text, strict=False) for text in cidrs], [ip_network(text, strict=False) for text in excepted]


def _policies(objects: list[Manifest]) -> list[Manifest]:
    kind = ("networking.k8s.io/v1", "NetworkPolicy")
    return [each for each in objects if (each["apiVersion"], each["kind"]) == kind]


def _ways(spec: Manifest) -> list[str]:
    return spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]


def _peers(rule: Manifest) -> list[Manifest]:
    return rule.get("from") or rule.get("to") or []


def _is(objects: list[Manifest], rule: Manifest, peer: Any, home: str) -> bool:
    if not isinstance(peer, dict):
        inside, without = _block(rule)
        return within(peer, inside) and not within(peer, without)
    pods, spaces = rule.get("podSelector"), rule.get("namespaceSelector")
    near = namespace(peer) == home if spaces is None else selects(spaces, labels_of_home(objects, peer))
    return (pods, spaces) != (None, None) and near and selects(pods, labels(pod(peer)))


def _opens(rule: Manifest, end: Any, protocol: str, port: int) -> bool:
    opened = rule.get("port")
    numbered = isinstance(opened, int) and opened <= port <= (rule.get("endPort") or opened)
    fits = opened is None or numbered or (opened, protocol, port) in container_ports(end)
    return (rule.get("protocol") or "TCP") == protocol and fits
