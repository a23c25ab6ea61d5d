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

from .addresses import PRIVATE, of_ranges, within
from .endpoints import Manifest, labels, labels_of_home, on_host, pod
from .labels import selects
from .network_policy import isolating, passes
from .tier_rules import opens, specs_of


def answers(objects: list[Manifest], source: Any, destination: Any, protocol: str, port: int) -> set[bool]:
    """Whether one packet may go from `source` to `port` of `destination`: every answer that is possible."""
    if source == destination and pod(source) is source:
        return {True}
    one, other = (end if isinstance(end, dict) else ip_address(end) for end in (source, destination))
    packet = (other, protocol, port)
    ways = lets(objects, "egress", one, other, packet), lets(objects, "ingress", other, one, packet)
    return {out and into for out, into in product(*ways)}


def lets(objects: list[Manifest], way: str, end: Any, peer: Any, packet: Any) -> set[bool]:
    """Whether the policies for one end let a packet through in a direction."""
    if not isinstance(end, dict):
        return {True}
    decided = _tier(objects, "Admin", way, end, peer, packet)
    below = {passes(objects, way, end, peer, packet)}
    if not isolating(objects, way, end):
        below = {action != "Deny" for action in _tier(objects, "Baseline", way, end, peer, packet)}
    return {action != "Deny" for action in decided - {"Pass"}} | (below if "Pass" in decided else set())


def _tier(objects: list[Manifest], tier: str, way: str, end: Any, peer: Any, packet: Any) -> set[str]:
    """What the rules of a tier may say; `Pass` where none of them does."""
    mine = [spec for spec in specs_of(objects, tier) if True in _matches(objects, spec["subject"], end)]
    found: set[str] = set()
    for priority in sorted({spec.get("priority", 1001) for spec in mine}):
        alike = [spec.get(way) or [] for spec in mine if spec.get("priority", 1001) == priority]
        said = [_first(objects, rules, peer, packet) for rules in alike]
        found |= set().union(*said) - {""}
        if not all("" in each for each in said):
            return found
    return found | {"Pass"}


def _first(objects: list[Manifest], rules: list[Manifest], peer: Any, packet: Any) -> set[str]:
    """What the first rule that matches may say; the empty text where perhaps none does."""
    found: set[str] = set()
    for rule in (each for each in rules if opens(each, *packet)):
        hits = [_matches(objects, each, peer) for each in rule.get("from") or rule["to"]]
        found |= {rule["action"]} if any(True in each for each in hits) else set()
        if {True} in hits:
            return found
    return found | {""}


def _matches(objects: list[Manifest], given: Manifest, end: Any) -> set[bool]:
    if "networks" in given:
        nets = [ip_network(text) for text in given["networks"]]
        return {within(each, nets) for each in (of_ranges(PRIVATE, nets) if isinstance(end, dict) else [end])}
    if not isinstance(end, dict):
        return {True, False} if "nodes" in given or "domainNames" in given else {False}
    if on_host(end):
        return {False} if "nodes" not in given else {True} if given["nodes"] == {} else {True, False}
    if "nodes" in given or "domainNames" in given:
        return {False}
    chosen = given.get("pods") or {"namespaceSelector": given.get("namespaces")}
    near = selects(chosen.get("namespaceSelector"), labels_of_home(objects, end))
    return {near and selects(chosen.get("podSelector"), labels(pod(end)))}
