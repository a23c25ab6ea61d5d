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

from .endpoints import Manifest, container_ports, labels, namespace, of_internet, pod


def allowed(objects: list[Manifest], source: Any, destination: Any, protocol: str, port: int) -> bool:
    """Whether one packet may go from `source` to `port` of `destination`."""
    return (source == destination and pod(source) is source) or any(
        passes(objects, "Egress", "to", one, other, (other, protocol, port))
        and passes(objects, "Ingress", "from", other, one, (other, protocol, port))
        for one in _ends(objects, source)
        for other in _ends(objects, destination)
    )


def _ends(objects: list[Manifest], endpoint: Any) -> list[Any]:
    rules = [rule for spec in _policies(objects) for way in ("ingress", "egress") for rule in spec.get(way) or []]
    blocks = [peer.get("ipBlock") or {} for rule in rules for key in ("from", "to") for peer in rule.get(key) or []]
    if endpoint == "internet":
        return of_internet([text for each in blocks for text in _texts(each)])
    return [endpoint if isinstance(endpoint, dict) else ip_address(endpoint)]


def _texts(block: Manifest) -> list[str]:
    return [*([block["cidr"]] if block else []), *(block.get("except") or [])]


def _policies(objects: list[Manifest], *homes: str) -> list[Manifest]:
    found = [
        each for each in objects if (each["apiVersion"], each["kind"]) == ("networking.k8s.io/v1", "NetworkPolicy")
    ]
    return [each.get("spec") or {} for each in found if not homes or namespace(each) in homes]


def passes(objects: list[Manifest], way: str, key: str, end: Any, peer: Any, packet: tuple[Any, str, int]) -> bool:
    """Whether what isolates `end` in a direction (`key` names its peers) lets a packet to or from `peer` through."""
    if not isinstance(end, dict) or pod(end)["spec"].get("hostNetwork") or pod(peer)["spec"].get("hostNetwork"):
        return True
    return not isolating(objects, way, end) or any(
        (not rule.get(key) or any(_is(objects, each, peer, namespace(end)) for each in rule[key]))
        and (not rule.get("ports") or any(_opens(each, *packet) for each in rule["ports"]))
        for spec in isolating(objects, way, end)
        for rule in spec.get(way.lower()) or []
    )


def isolating(objects: list[Manifest], way: str, end: Manifest) -> list[Manifest]:
    """The policies that isolate a pod in a direction."""
    found = [each for each in _policies(objects, namespace(end)) if way in _ways(each)]
    host = pod(end)["spec"].get("hostNetwork")
    return [] if host else [each for each in found if selects(each.get("podSelector"), labels(pod(end)))]


def _ways(spec: Manifest) -> list[str]:
    return spec.get("policyTypes") or ["Ingress", "Egress"][: 2 if spec.get("egress") else 1]


def selects(selector: Manifest | None, known: dict[str, str]) -> bool:
    """Whether a label selector selects what has these labels."""
    wanted, terms = (selector or {}).get("matchLabels") or {}, (selector or {}).get("matchExpressions") or []
    return wanted.items() <= known.items() and all(_holds(term, known) for term in terms)


def _holds(term: Manifest, known: dict[str, str]) -> bool:
    there, listed = term["key"] in known, known.get(term["key"]) in (term.get("values") or [])
    return {"In": listed, "NotIn": not listed, "Exists": there, "DoesNotExist": not there}.get(term["operator"], False)


def _is(objects: list[Manifest], rule: Manifest, peer: Any, home: str) -> bool:
    pods, spaces = rule.get("podSelector"), rule.get("namespaceSelector")
    if not isinstance(peer, dict):
        hits = [peer in ip_network(text, strict=False) for text in _texts(rule.get("ipBlock") or {})]
        return hits[:1] == [True] and not any(hits[1:])
    where = namespace(peer)
    told = [each for each in objects if each["kind"] == "Namespace" and each["metadata"]["name"] == where]
    known = {**(labels(told[0]) if told else {}), "kubernetes.io/metadata.name": where}
    near = where == home if spaces is None else selects(spaces, known)
    return (pods, spaces) != (None, None) and near and selects(pods, labels(pod(peer)))


def _opens(rule: Manifest, end: Any, protocol: str, port: int) -> bool:
    opened = rule.get("port")
    numbered = isinstance(opened, int) and opened <= port <= (rule.get("endPort") or opened)
    fits = opened is None or numbered or (opened, protocol, port) in container_ports(end)
    return (rule.get("protocol") or "TCP") == protocol and fits
