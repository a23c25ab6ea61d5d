"""One packet at a time, straight from the meaning of NetworkPolicy: slow, and plain enough to be checked by eye."""

from ipaddress import ip_address, ip_network
from typing import Any

from hedgerow.facts.labels import NAMESPACE_NAME, matches

Object = dict[str, Any]


def passes(objects: list[Object], source: Object | str, destination: Object | str, protocol: str, port: int) -> bool:
    """Whether a packet gets through between pods (objects) and addresses (texts); blocks hold no pods."""
    if source is destination:
        return True
    ends = {"Egress": (source, destination), "Ingress": (destination, source)}
    if on_host(source):
        del ends["Ingress"]
    return all(lets(objects, way, own, other, destination, (protocol, port)) for way, (own, other) in ends.items())


def lets(objects: list[Object], way: str, own: Object | str, other: Object | str, to: Object | str, port: Any) -> bool:
    policies = [item for item in objects if item["kind"] == "NetworkPolicy" and isolates(item, way, own)]
    side = {"Ingress": "from", "Egress": "to"}[way]
    return not policies or any(
        (not rule.get(side) or any(is_peer(objects, item, peer, other) for peer in rule[side]))
        and (not rule.get("ports") or any(is_port(given, to, port) for given in rule["ports"]))
        for item in policies
        for rule in item["spec"].get(way.lower()) or []
    )


def isolates(item: Object, way: str, own: Object | str) -> bool:
    spec = item["spec"]
    types = spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]
    here = isinstance(own, dict) and own["metadata"]["namespace"] == item["metadata"]["namespace"]
    return here and not on_host(own) and way in types and matches(spec["podSelector"], own["metadata"]["labels"])


def is_peer(objects: list[Object], item: Object, peer: Any, other: Object | str) -> bool:
    if "ipBlock" in peer:
        inside = [cidr for cidr in [peer["ipBlock"]["cidr"], *peer["ipBlock"].get("except", [])] if holds(cidr, other)]
        return inside == [peer["ipBlock"]["cidr"]]
    if isinstance(other, str) or on_host(other):
        return False
    home = next(
        each
        for each in objects
        if each["kind"] == "Namespace" and each["metadata"]["name"] == other["metadata"]["namespace"]
    )
    known = {**home["metadata"]["labels"], NAMESPACE_NAME: home["metadata"]["name"]}
    near = other["metadata"]["namespace"] == item["metadata"]["namespace"]
    placed = matches(peer["namespaceSelector"], known) if "namespaceSelector" in peer else near
    return placed and matches(peer.get("podSelector", {}), other["metadata"]["labels"])


def is_port(given: Any, to: Object | str, port: tuple[str, int]) -> bool:
    if given.get("protocol", "TCP") != port[0]:
        return False
    if isinstance(given.get("port"), str):
        ports = (
            [] if isinstance(to, str) else [item for each in to["spec"]["containers"] for item in each.get("ports", [])]
        )
        return any(
            (item["name"], item.get("protocol", "TCP"), item["containerPort"]) == (given["port"], *port)
            for item in ports
        )
    return "port" not in given or given["port"] <= port[1] <= given.get("endPort", given["port"])


def on_host(end: Object | str) -> bool:
    return isinstance(end, dict) and end["spec"].get("hostNetwork", False)


def holds(cidr: str, end: Object | str) -> bool:
    return isinstance(end, str) and ip_address(end) in ip_network(cidr)
