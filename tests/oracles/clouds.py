"""What the nodes' own network lets through in a whole cluster, every layer of a cloud after the other.

- A pod may run on any node. Every layer gives the answers that are possible for it, each layer by itself.
- Whoever has a private address, or one of IPv6, may be a machine with any group; nobody else is. Senders by tag or
  account are left to the oracle of firewall rules.
- Between pods only network ACLs are asked, where their nodes may be in two subnets.
- How a load balancer sends to pods nobody knows: behind an ACL that stops anything, either answer is possible.
- So it is where a firewall rule denies some of what a load balancer passes on before GKE's own rule lets it in.
"""

from ipaddress import ip_address
from itertools import product
from typing import Any

from . import aws_routes, google_firewalls, google_routes, network_acls, security_groups
from .addresses import PRIVATE, within

Whole = dict[str, Any]
Packet = tuple[str, int]


def with_address(whole: Whole, way: str, address: str, packet: Packet) -> set[bool]:
    """Whether a packet gets to an address (`egress`) from some node, or from there to it (`ingress`)."""
    found = _aws(whole, way, address, packet) if whole["cloud"] == "aws" else _google(whole, way, address, packet)
    return {all(each) for each in product(*found)}


def public(address: str) -> bool:
    """Whether an address is on the internet."""
    return not within(ip_address(address), PRIVATE) and not ip_address(address).is_link_local


def _aws(whole: Whole, way: str, address: str, packet: Packet) -> list[set[bool]]:
    net, groups = whole["network"], whole["groups"]
    owners = [[]] if public(address) and ":" not in address else [[], [*groups["groups"]]]
    pairs = [((address, owned), mine) for owned in owners for mine in groups["nodes"]]
    return [
        {security_groups.allowed(groups, mine, way, other, packet) for other, mine in pairs},
        _any(aws_routes.answers(net, each, way, address, public=public(address)) for each in net["subnets"]),
        _any(network_acls.answers(net, each, way, address, packet) for each in net["subnets"]),
    ]


def _google(whole: Whole, way: str, address: str, packet: Packet) -> list[set[bool]]:
    net, rules = whole["network"], [*whole["rules"], *whole["of_gke"]]
    other = {"address": address, "tags": [], "account": ""}
    return [
        {google_firewalls.allowed(rules, node, way.upper(), other, packet) for node in net["nodes"]},
        _any(google_routes.answers(net, each, way, address, public=public(address)) for each in net["nodes"]),
    ]


def between_pods(whole: Whole, packet: Packet) -> set[bool]:
    """Whether a packet gets from some node to some other."""
    if whole["cloud"] != "aws":
        return {True}
    net = whole["network"]
    pairs = [(one, other["cidr"].split("/")[0]) for one, other in product(net["subnets"], repeat=2)]
    return _any(network_acls.answers(net, one, "egress", address, packet) for one, address in pairs)


def behind_balancers(whole: Whole, address: str, froms: list[Any]) -> set[bool]:
    """Whether a pod is reached from a load balancer, which sends from `froms`.

    By an address inside the network it is where a route leads from there.
    """
    net = whole["network"]
    if not public(address):
        asked = aws_routes if whole["cloud"] == "aws" else google_routes
        machines = net["subnets"] if whole["cloud"] == "aws" else net["nodes"]
        if _any(asked.answers(net, each, "ingress", address, public=False) for each in machines) == {False}:
            return {False}
    rules = whole.get("rules", [])
    if any(google_firewalls.denies_first(each, node, froms) for each in rules for node in net.get("nodes", [])):
        return {True, False}
    acls = [net["acls"].get(each["acl"] or "default") for each in net["subnets"]] if net.get("acls") else []
    return {True, False} if any(network_acls.stops_anything(each) for each in acls) else {True}


def _any(found: Any) -> set[bool]:
    return set().union(*found)
