"""Routes of Google Cloud: what a network has subnets for, what its own routes lead to, and where a NAT translates."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...facts.cidr import Network
from ..snapshot import Resource, Snapshot
from ..value import MISSING, UNKNOWN, Mark, read
from .addresses import network, real
from .answer import every, some
from .firewall import SUBNETWORK, network_of, same_network
from .kubernetes import listing
from .links import linked

ROUTE, PEERING = "gcp:compute/route:Route", "gcp:compute/networkPeering:NetworkPeering"
SERVICES = "gcp:servicenetworking/connection:Connection"
ROUTER, NAT = "gcp:compute/router:Router", "gcp:compute/routerNat:RouterNat"
DYNAMIC = (
    "gcp:compute/routerPeer:RouterPeer",
    "gcp:compute/interconnectAttachment:InterconnectAttachment",
    "gcp:networkconnectivity/spoke:Spoke",
)
"""What learns routes from elsewhere, which nobody knows here."""
INTERNET, VPN = "internet", "vpn"
HOPS = {
    "nextHopGateway": INTERNET,
    "nextHopVpnTunnel": VPN,
    "nextHopInstance": "",
    "nextHopIp": "",
    "nextHopIlb": "",
    "nextHopNetwork": "",
}
"""Inputs of a route and where they lead; empty for what cannot be told from here."""
USUAL = 1000
"""Priority of a route that gives none, and of the one to the internet that every network is made with."""
EVERYWHERE = "0.0.0.0/0"
LISTED, TRANSLATED = "LIST_OF_SUBNETWORKS", ("ALL_IP_RANGES", "PRIMARY_IP_RANGE")


@dataclass(frozen=True)
class GoogleRoute:
    """One route. `to` is None where the destination is not known, `priority` UNKNOWN, and `hop` a kind or UNKNOWN."""

    resource: Resource
    to: Network | None
    priority: Any
    tags: Any
    """Tags of the machines that it is for, `[]` for all; or a mark."""
    hop: Any
    applies: Any
    """Whether it is of the network; or UNKNOWN."""


@dataclass(frozen=True)
class GoogleNetwork:
    """The network of a cluster, as far as it routes."""

    ranges: tuple[Network, ...]
    """Of all its subnets."""
    whole: bool
    """Whether these are all that is routed inside: nothing is connected with it, and every range is known."""
    routes: tuple[GoogleRoute, ...]
    nat: Any
    """Whether a NAT translates for the cluster's subnet; or UNKNOWN."""
    six: Any
    """Whether any subnet has IPv6; or UNKNOWN."""


def google_network(snapshot: Snapshot, cluster: Resource) -> GoogleNetwork:
    """What is declared of the network that a cluster of GKE is in."""
    own = network_of(snapshot, cluster)
    made = snapshot.by_urn.get(own) if isinstance(own, str) else None
    subnets = [(item, same_network(snapshot, item, own)) for item in snapshot.of_type(SUBNETWORK)]
    found = [network(text) for item, mine in subnets if mine is True for text in _ranges(item)]
    more = [*snapshot.of_type(PEERING), *snapshot.of_type(SERVICES)]
    connected = some([same_network(snapshot, item, own) for item in more])
    settled = made is not None and made.input("autoCreateSubnetworks") is False and connected is False
    private = read(cluster.inputs, "privateClusterConfig", "masterIpv4CidrBlock") is MISSING
    whole = settled and private and None not in found and all(mine is not UNKNOWN for _, mine in subnets)
    stacks = [item.input("stackType") for item, mine in subnets if mine is not False]
    six = some([False if kind in (MISSING, "IPV4_ONLY") else UNKNOWN for kind in stacks])
    routes = (*_routes(snapshot, own), *_first(made, cluster))
    return GoogleNetwork(
        real(found),
        whole and not any(True for _ in snapshot.of_type(*DYNAMIC)),
        routes,
        _nat(snapshot, cluster, own),
        six,
    )


def _ranges(subnet: Resource) -> Iterator[Any]:
    yield subnet.input("ipCidrRange")
    secondary = listing(subnet.input("secondaryIpRanges"))
    yield from [secondary] if isinstance(secondary, Mark) else (read(each, "ipCidrRange") for each in secondary)


def _routes(snapshot: Snapshot, own: Any) -> Iterator[GoogleRoute]:
    for item in snapshot.of_type(ROUTE):
        applies = same_network(snapshot, item, own)
        if applies is not False:
            given, hops = item.input("priority"), [key for key in HOPS if item.input(key) is not MISSING]
            priority = USUAL if given is MISSING else given if isinstance(given, int) else UNKNOWN
            hop = (HOPS[hops[0]] or UNKNOWN) if len(hops) == 1 else UNKNOWN
            text, tags = item.input("destRange"), listing(item.input("tags"))
            yield GoogleRoute(item, network(text), priority, tags, hop, applies)


def _first(made: Resource | None, cluster: Resource) -> Iterator[GoogleRoute]:
    """The route to the internet that a network is made with, unless it is said to be taken out."""
    removed = UNKNOWN if made is None else made.input("deleteDefaultRoutesOnCreate")
    if removed is not True:
        applies = UNKNOWN if isinstance(removed, Mark) and removed is not MISSING else True
        yield GoogleRoute(made or cluster, network(EVERYWHERE), USUAL, [], INTERNET, applies)


def _nat(snapshot: Snapshot, cluster: Resource, own: Any) -> Any:
    subnets = linked(snapshot, cluster, "subnetwork", SUBNETWORK) or [
        item for item in snapshot.of_type(SUBNETWORK) if _named(item, cluster.input("subnetwork"))
    ]
    subnet = subnets[0] if len(subnets) == 1 else None
    return some([_translates(snapshot, item, subnet, own) for item in snapshot.of_type(NAT)])


def _translates(snapshot: Snapshot, nat: Resource, subnet: Resource | None, own: Any) -> Any:
    """Whether a NAT does for a subnet: in the same network and region, for all subnets or for this one."""
    routers = linked(snapshot, nat, "router", ROUTER) or [
        item for item in snapshot.of_type(ROUTER) if _named(item, nat.input("router"))
    ]
    mine = same_network(snapshot, routers[0], own) if len(routers) == 1 else UNKNOWN
    region = UNKNOWN if subnet is None else subnet.input("region")
    near = (
        UNKNOWN if isinstance(region, Mark) or isinstance(nat.input("region"), Mark) else region == nat.input("region")
    )
    kind, which = nat.input("type"), nat.input("sourceSubnetworkIpRangesToNat")
    outward = True if kind is MISSING else UNKNOWN if isinstance(kind, Mark) else kind == "PUBLIC"
    every_one = UNKNOWN if isinstance(which, Mark) else which != LISTED
    return every([mine, near, outward, every_one if every_one is not False else _listed(snapshot, nat, subnet)])


def _listed(snapshot: Snapshot, nat: Resource, subnet: Resource | None) -> Any:
    given = listing(nat.input("subnetworks"))
    if isinstance(given, Mark) or subnet is None:
        return UNKNOWN
    links = linked(snapshot, nat, "subnetworks", SUBNETWORK)
    linked_to = False if links and subnet not in links else True if links == [subnet] else UNKNOWN
    answers = []
    for each in given:
        name, ranges = read(each, "name"), listing(read(each, "sourceIpRangesToNats"))
        known = UNKNOWN if isinstance(ranges, Mark) else any(item in TRANSLATED for item in ranges)
        answers.append(every([linked_to if isinstance(name, Mark) else _named(subnet, name), known]))
    return some(answers)


def _named(item: Resource, given: Any) -> bool:
    name = str(given).rpartition("/")[2]
    return isinstance(given, str) and name in (item.input("name"), item.output("name"))
