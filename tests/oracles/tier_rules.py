"""How policies of the tiers are written, by the API reference of policy.networking.k8s.io, in its old form and its new.

Tiers: an AdminNetworkPolicy is of the Admin tier, a BaselineAdminNetworkPolicy of the Baseline tier, and a
ClusterNetworkPolicy of the one that it names. Ports, old: `portNumber` and `portRange` with a protocol (TCP where none is
told), `namedPort`; new: `tcp`, `udp` or `sctp` with a `destinationPort`, or `destinationNamedPort`. A name is looked up at
the destination. A rule that lists none is for all.
"""

from typing import Any

from .endpoints import Manifest, container_ports

TIERS = {"AdminNetworkPolicy": "Admin", "BaselineAdminNetworkPolicy": "Baseline"}


def specs_of(objects: list[Manifest], tier: str) -> list[Manifest]:
    """The policies of a tier."""
    known = [each for each in objects if each["apiVersion"].startswith("policy.networking.k8s.io/")]
    return [each["spec"] for each in known if TIERS.get(each["kind"], each["spec"].get("tier")) == tier]


def opens(rule: Manifest, end: Any, protocol: str, port: int) -> bool:
    """Whether a rule is for packets to this port of `end`."""
    listed = rule.get("ports") or rule.get("protocols") or []
    return not listed or any(_fits(each, end, protocol, port) for each in listed)


def _fits(given: Manifest, end: Any, protocol: str, port: int) -> bool:
    [(kind, value)] = given.items()
    if kind in ("namedPort", "destinationNamedPort"):
        return (value, protocol, port) in container_ports(end)
    if kind == "portNumber":
        return (value.get("protocol", "TCP"), value["port"]) == (protocol, port)
    if kind == "portRange":
        return bool(value.get("protocol", "TCP") == protocol and value["start"] <= port <= value["end"])
    limits = value["destinationPort"]
    first, last = limits.get("number"), limits.get("number")
    if "range" in limits:
        first, last = limits["range"]["start"], limits["range"]["end"]
    return bool(kind.upper() == protocol and first <= port <= last)
