"""What a public address reaches in a cluster, packet by packet, from Kubernetes' pages on Services: slow and short.

It gives every answer that is possible. A pod is reached by a Service of type LoadBalancer or NodePort that selects it, by
an Ingress of Google's class to such or any other Service, or because it is on its node's network; by nothing else. Where
nobody can know, either answer is possible: whether a node has a public address, which private address a node has, and
whether the packet comes from the pod's own node, which no policy stops. With `externalTrafficPolicy: Local` pods see the
client's address, behind Google's Ingress and behind targets by address the load balancer's, else a node's.
"""

from ipaddress import ip_address, ip_network
from typing import Any

from .cluster_policies import RANGES
from .endpoints import Manifest, container_ports, labels, namespace, pod
from .network_policy import passes, selects

AWS = "service.beta.kubernetes.io/aws-load-balancer-"
GOOGLE = [ip_network("35.191.0.0/16"), ip_network("130.211.0.0/22")]


def answers(objects: list[Manifest], address: str, destination: Manifest, protocol: str, port: int) -> set[bool]:
    """Whether one packet from a public address may get to `port` of a pod: every answer that is possible."""
    found = [{True, False}] if pod(destination)["spec"].get("hostNetwork") else [{False}]
    for entry in (each for each in objects if each["kind"] in ("Service", "Ingress")):
        for public, seen, service, wanted in _entrances(objects, entry, address):
            if any(
                _leads(service, each, destination, protocol, port)
                for each in service["spec"]["ports"]
                if wanted in (None, each["port"])
            ):
                let = {public} if public is not None else {True, False}
                through = _passing(objects, seen, address, destination, (destination, protocol, port))
                found.append({one and other for one in let for other in through})
    return {True} if {True} in found else {True, False} if any(True in each for each in found) else {False}


def _entrances(objects: list[Manifest], entry: Manifest, address: str) -> list[tuple[bool | None, str, Manifest, Any]]:
    spec, notes = entry["spec"], entry["metadata"].get("annotations") or {}
    if entry["kind"] == "Ingress":
        backend = spec["defaultBackend"]["service"]
        there = [each for each in objects if each["kind"] == "Service" and each["metadata"]["name"] == backend["name"]]
        near = [each for each in there if namespace(each) == namespace(entry)]
        return [(spec["ingressClassName"] == "gce", "balancer", each, backend["port"]["number"]) for each in near]
    seen = "client" if spec.get("externalTrafficPolicy") == "Local" else "node"
    if spec.get("type") == "NodePort":
        return [(None, seen, entry, None)]
    if spec.get("type") != "LoadBalancer":
        return []
    taken = spec.get("loadBalancerSourceRanges") or ["0.0.0.0/0", "::/0"]
    public = notes.get(f"{AWS}scheme") != "internal" and any(ip_address(address) in ip_network(each) for each in taken)
    return [(public, "balancer" if notes.get(f"{AWS}nlb-target-type") == "ip" else seen, entry, None)]


def _leads(service: Manifest, listed: Manifest, end: Manifest, protocol: str, port: int) -> bool:
    target = listed.get("targetPort", listed["port"])
    fits = target == port if isinstance(target, int) else (target, protocol, port) in container_ports(end)
    chosen = selects({"matchLabels": service["spec"]["selector"]}, labels(pod(end)))
    return namespace(service) == namespace(end) and chosen and (listed.get("protocol") or "TCP") == protocol and fits


def _passing(objects: list[Manifest], seen: str, address: str, end: Manifest, packet: Any) -> set[bool]:
    if seen == "client":
        return {passes(objects, "Ingress", "from", end, ip_address(address), packet)}
    near = [*RANGES, *(GOOGLE if seen == "balancer" else [])]
    told = [
        *near,
        *(net for net in _blocks(objects) if any(net.version == each.version and net.subnet_of(each) for each in near)),
    ]
    edges = {
        edge
        for net in told
        for edge in (net[0], net[-1], *([net[-1] + 1] if int(net[-1]) + 1 < 2**net.max_prefixlen else []))
    }
    inside = [edge for edge in edges if any(edge.version == each.version and edge in each for each in near)]
    found = {passes(objects, "Ingress", "from", end, edge, packet) for edge in inside}
    return found | {True} if seen == "node" else found


def _blocks(objects: list[Manifest]) -> list[Any]:
    specs = [each["spec"] for each in objects if each["kind"] == "NetworkPolicy"]
    rules = [rule for spec in specs for way in ("ingress", "egress") for rule in spec.get(way) or []]
    blocks = [
        peer["ipBlock"] for rule in rules for key in ("from", "to") for peer in rule.get(key) or [] if "ipBlock" in peer
    ]
    return [ip_network(text) for block in blocks for text in [block["cidr"], *(block.get("except") or [])]]
