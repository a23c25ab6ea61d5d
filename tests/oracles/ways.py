"""What an address reaches in a cluster by ways in, packet by packet, and the policies for what comes by each.

Every answer that is possible is given. At a port of a node the nodes' own network decides; without one, whether nodes
have public addresses nobody knows. Whoever makes a load balancer opens groups and firewalls for it, so that these are
not asked behind one, except for what they may deny before that. Which private address a node or a load balancer has nobody knows, nor whether the packet comes from
the pod's own node, which no policy stops.
"""

from collections.abc import Callable, Iterable
from ipaddress import ip_address, ip_network
from itertools import product
from typing import Any

from .addresses import GOOGLE, PRIVATE, of_ranges
from .cluster_policies import lets
from .endpoints import Manifest
from .entrances import of_object, of_pod
from .network_policy import blocks


def nobody_knows(_protocol: str, _port: int) -> set[bool]:
    """What is known of nodes of which nothing is declared."""
    return {True, False}


def all_of_them(_froms: Iterable[Any]) -> set[bool]:
    """What gets to pods from load balancers where nothing may stop it."""
    return {True}


def answers(
    objects: list[Manifest],
    source: str,
    end: Manifest,
    protocol: str,
    port: int,
    node: Callable[[str, int], Iterable[bool]] = nobody_knows,
    behind_balancers: Callable[[list[Any]], Iterable[bool]] = all_of_them,
    cloud: str = "",
) -> set[bool]:
    """Whether one packet from an address may get to `port` of a pod by a way in: every answer that is possible.

    `node` tells whether a port of a node is reached from there, and `behind_balancers` whether a pod is
    from them, for what has an address in any of some ranges.
    """
    packet, found = (end, protocol, port), [{False}]
    made = [way for each in objects for way in of_object(objects, each, ip_address(source), cloud, *packet)]
    for way in [*of_pod(*packet), *made]:
        froms = [*PRIVATE, *GOOGLE] if way.seen == "balancer" else [ip_network(source)]
        near = set().union(*(node(protocol, each) for each in way.ports)) if way.ports else set(behind_balancers(froms))
        through = _passing(objects, way.seen, ip_address(source), packet)
        found.append({all(each) for each in product(way.lets, near, through)})
    return {True} if {True} in found else set().union(*found)


def _passing(objects: list[Manifest], seen: str, address: Any, packet: Any) -> set[bool]:
    balancers = [*PRIVATE, *(GOOGLE if seen == "balancer" else [])]
    froms = [address] if seen == "client" else of_ranges(balancers, blocks(objects))
    found = set().union(*(lets(objects, "ingress", packet[0], each, packet) for each in froms))
    return found | {True} if seen == "node" else found
