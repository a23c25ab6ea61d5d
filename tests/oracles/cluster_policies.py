"""The three tiers of policies, packet by packet, from the API reference of policy.networking.k8s.io: slow and short.

It gives every answer that the reference leaves open. Admin rules come first, then NetworkPolicies for the pods that
they select, then Baseline rules, then yes. Where the reference is silent, this holds:

- AdminNetworkPolicy and ClusterNetworkPolicy of the Admin tier share their priorities; BaselineAdminNetworkPolicy has
  none and comes after every ClusterNetworkPolicy of the Baseline tier.
- Of policies with the same priority any one that matches may decide.
- A pod has some private address of either family, and so has its node; which labels and other addresses nodes have, and
  which addresses a domain name has, nobody knows.
- A pod's own address is not subject to any tier.
"""

from ipaddress import ip_address, ip_network
from itertools import product
from typing import Any

from .endpoints import Manifest, container_ports, labels, namespace, pod
from .network_policy import isolating, passes, selects

RANGES = [ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")]
TIERS = {"AdminNetworkPolicy": "Admin", "BaselineAdminNetworkPolicy": "Baseline"}


def answers(objects: list[Manifest], source: Any, destination: Any, protocol: str, port: int) -> set[bool]:
    """Whether one packet may go from `source` to `port` of `destination`: every answer that is possible."""
    if source == destination and pod(source) is source:
        return {True}
    source, destination = (end if isinstance(end, dict) else ip_address(end) for end in (source, destination))
    packet = (destination, protocol, port)
    out = _way(objects, ("egress", "to"), source, destination, packet)
    into = _way(objects, ("ingress", "from"), destination, source, packet)
    return {one and other for one, other in product(out, into)}


def _way(objects: list[Manifest], way: tuple[str, str], end: Any, peer: Any, packet: Any) -> set[bool]:
    if not isinstance(end, dict):
        return {True}
    found, (name, key) = _tier(objects, "Admin", way, end, peer, packet), way
    below = {action != "Deny" for action in _tier(objects, "Baseline", way, end, peer, packet)}
    if isolating(objects, name.capitalize(), end):
        below = {passes(objects, name.capitalize(), key, end, peer, packet)}
    return {action != "Deny" for action in found - {"Pass"}} | (below if "Pass" in found else set())


def _tier(objects: list[Manifest], tier: str, way: tuple[str, str], end: Any, peer: Any, packet: Any) -> set[str]:
    mine = [
        each["spec"]
        for each in objects
        if each["apiVersion"].startswith("policy.networking.k8s.io/")
        and TIERS.get(each["kind"], each["spec"].get("tier")) == tier
        and True in _matches(objects, each["spec"]["subject"], end)
    ]
    found: set[str] = set()
    for priority in sorted({spec.get("priority", 1001) for spec in mine}):
        alike = [spec for spec in mine if spec.get("priority", 1001) == priority]
        results = [_first(objects, spec.get(way[0]) or [], way[1], peer, packet) for spec in alike]
        found |= set().union(*results) - {""}
        if not all("" in each for each in results):
            return found
    return found | {"Pass"}


def _first(objects: list[Manifest], rules: list[Manifest], key: str, peer: Any, packet: Any) -> set[str]:
    found: set[str] = set()
    for rule in (each for each in rules if _opens(each, *packet)):
        hits = [_matches(objects, each, peer) for each in rule[key]]
        found |= {rule["action"]} if any(True in each for each in hits) else set()
        if {True} in hits:
            return found
    return found | {""}


def _matches(objects: list[Manifest], given: Manifest, end: Any) -> set[bool]:
    host = isinstance(end, dict) and bool(pod(end)["spec"].get("hostNetwork"))
    if "networks" in given:
        nets = [ip_network(text) for text in given["networks"]]
        near = [any(each.version == net.version and each.overlaps(net) for net in nets) for each in RANGES]
        whole = all(any(each.version == net.version and each.subnet_of(net) for net in nets) for each in RANGES)
        return (
            {True}
            if whole and isinstance(end, dict)
            else {True, False}
            if isinstance(end, dict) and any(near)
            else {isinstance(end, dict) is False and any(end in net for net in nets)}
        )
    if "nodes" in given or "domainNames" in given:
        sure = {True} if host and given.get("nodes") == {} else {True, False}
        return sure if not isinstance(end, dict) or (host and "nodes" in given) else {False}
    if not isinstance(end, dict) or host:
        return {False}
    spaces = given["namespaces"] if "namespaces" in given else given["pods"].get("namespaceSelector")
    told = [each for each in objects if each["kind"] == "Namespace" and each["metadata"]["name"] == namespace(end)]
    known = {**(labels(told[0]) if told else {}), "kubernetes.io/metadata.name": namespace(end)}
    return {selects(spaces, known) and selects((given.get("pods") or {}).get("podSelector"), labels(pod(end)))}


def _opens(rule: Manifest, end: Any, protocol: str, port: int) -> bool:
    listed = [*(rule.get("ports") or []), *(rule.get("protocols") or [])]
    names = [each.get("namedPort") or each.get("destinationNamedPort") for each in listed]
    limits = [
        (each["portNumber"].get("protocol", "TCP"), {"number": each["portNumber"]["port"]})
        for each in listed
        if "portNumber" in each
    ]
    limits += [
        (each["portRange"].get("protocol", "TCP"), {"range": each["portRange"]})
        for each in listed
        if "portRange" in each
    ]
    limits += [
        (key.upper(), each[key]["destinationPort"]) for each in listed for key in ("tcp", "udp", "sctp") if key in each
    ]
    spans = [(kind, each.get("range") or {"start": each["number"], "end": each["number"]}) for kind, each in limits]
    hit = any(kind == protocol and each["start"] <= port <= each["end"] for kind, each in spans)
    return not listed or hit or any((name, protocol, port) in container_ports(end) for name in names if name)
