"""Firewall rules of Google Cloud, with the provider's defaults filled in, and the nodes of GKE that they are for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...facts.cidr import Network
from ..snapshot import Resource, Snapshot
from ..value import MISSING, UNKNOWN, Mark, read
from .addresses import network, real, whole
from .answer import every, some
from .gke import ACCOUNT, CLUSTER, POOL
from .kubernetes import listing
from .links import linked
from .network import GOOGLE

FIREWALL, SUBNETWORK = "gcp:compute/firewall:Firewall", "gcp:compute/subnetwork:Subnetwork"
POLICIES = (
    "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation",
    "gcp:compute/regionNetworkFirewallPolicyAssociation:RegionNetworkFirewallPolicyAssociation",
)
"""Firewall policies on a network: judged before its rules, and not read here."""
INGRESS, EGRESS = "INGRESS", "EGRESS"
USUAL = 1000
"""Priority of a rule that gives none."""
PROTOCOLS = {"tcp": "TCP", "6": "TCP", "udp": "UDP", "17": "UDP", "sctp": "SCTP", "132": "SCTP"}
LAST = 65535
SIDES = {INGRESS: "sourceRanges", EGRESS: "destinationRanges"}
OWN_SIDES = {INGRESS: "destinationRanges", EGRESS: "sourceRanges"}
"""What narrows a rule to some addresses of the machines that it is for."""
EVERY_IPV4 = "0.0.0.0/0"

Ports = tuple[tuple[str, int, int], ...]
EVERYTHING: Ports = tuple((name, 1, LAST) for name in ("TCP", "UDP", "SCTP"))


@dataclass(frozen=True)
class FirewallRule:
    """One rule of one action. What is not known of it makes it count perhaps."""

    resource: Resource
    shown: str
    way: str
    priority: int
    allows: bool
    ports: Ports
    ranges: tuple[Network, ...]
    named: bool
    """Whether it is for senders by tag or account as well: any machine inside may be one."""
    tags: Any
    """Target tags, `[]` for none; or a mark."""
    accounts: Any
    """Target accounts, `[]` for none, by the URN of those made here; or a mark."""
    applies: Any = True
    """Whether it counts for the network; or UNKNOWN."""
    whole: bool = True
    """Whether its ranges, ports, priority and action are known."""
    placed: Any = True
    """Whether it is for every address of its machines; UNKNOWN where it names ranges of them."""

    @property
    def urn(self) -> str:
        return self.resource.urn

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True)
class GkeNodes:
    """Nodes with the same tags and account; marks where those are not known."""

    resource: Resource
    tags: Any
    account: Any

    def targeted(self, rule: FirewallRule) -> Any:
        """Whether a rule is for these nodes; or UNKNOWN."""
        if rule.tags == [] and rule.accounts == []:
            return True
        return some([_among(rule.tags, self.tags), _among(rule.accounts, [self.account])])

    def tagged(self, wanted: Any) -> Any:
        """Whether they have any of some tags, or none is asked for; or UNKNOWN."""
        return True if wanted == [] else _among(wanted, self.tags)


def _among(wanted: Any, given: Any) -> Any:
    if wanted == []:
        return False
    if isinstance(wanted, Mark) or isinstance(given, Mark):
        return UNKNOWN
    if any(item in wanted for item in given if not isinstance(item, Mark)):
        return True
    return UNKNOWN if any(isinstance(item, Mark) for item in (*wanted, *given)) else False


def firewall_rules(snapshot: Snapshot, cluster: Resource) -> Iterator[FirewallRule]:
    """Every rule that counts, or may, for the network of a cluster, and those that GKE itself makes for its nodes."""
    own = network_of(snapshot, cluster)
    for resource in snapshot.of_type(FIREWALL):
        applies = every([same_network(snapshot, resource, own), _enabled(resource.input("disabled"))])
        if applies is not False:
            yield from _rules(snapshot, resource, applies)
    yield from _of_gke(snapshot, cluster)


def gke_nodes(snapshot: Snapshot, cluster: Resource) -> Iterator[GkeNodes]:
    """Every kind of node that pods of a cluster may run on."""
    if cluster.input("enableAutopilot") is True:
        tags = listing(cluster.input("nodePoolAutoConfig", "networkTags", "tags"))
        path = ("clusterAutoscaling", "autoProvisioningDefaults", "serviceAccount")
        yield GkeNodes(cluster, tags, _account(snapshot, cluster, cluster.input(*path), path[0]))
        return
    for pool in snapshot.of_type(POOL):
        links = linked(snapshot, pool, "cluster", CLUSTER)
        if cluster in links or (not links and pool.input("cluster") in (cluster.input("name"), UNKNOWN)):
            yield _nodes(snapshot, pool, pool.inputs, "nodeConfig")
    inline = listing(cluster.input("nodePools"))
    for each in [UNKNOWN] if isinstance(inline, Mark) else inline:
        yield _nodes(snapshot, cluster, each, "nodePools")
    if inline == [] and cluster.input("removeDefaultNodePool") is not True:
        yield _nodes(snapshot, cluster, cluster.inputs, "nodeConfig")


def _nodes(snapshot: Snapshot, resource: Resource, given: Any, key: str) -> GkeNodes:
    config = read(given, "nodeConfig")
    account = _account(snapshot, resource, read(config, "serviceAccount"), key)
    return GkeNodes(resource, listing(read(config, "tags")), account)


def _account(snapshot: Snapshot, resource: Resource, given: Any, key: str) -> Any:
    if given is MISSING:
        return "default"
    if isinstance(given, Mark):
        found = linked(snapshot, resource, key, ACCOUNT)
        return found[0].urn if len(found) == 1 else UNKNOWN
    return next((item.urn for item in snapshot.of_type(ACCOUNT) if item.output("email") == given), given)


def _accounts(snapshot: Snapshot, resource: Resource, key: str) -> Any:
    given = listing(resource.input(key))
    if isinstance(given, Mark) or any(isinstance(item, Mark) for item in given):
        found = linked(snapshot, resource, key, ACCOUNT)
        return [item.urn for item in found] if isinstance(given, list) and len(found) == len(given) else UNKNOWN
    return [_account(snapshot, resource, item, key) for item in given]


def network_of(snapshot: Snapshot, cluster: Resource) -> Any:
    """URN of the network that a resource is in, or its name where it is not made here; or UNKNOWN."""
    links = linked(snapshot, cluster, "network", GOOGLE)
    return links[0].urn if len(links) == 1 else _named(snapshot, cluster.input("network"))


def _named(snapshot: Snapshot, given: Any) -> Any:
    if isinstance(given, Mark):
        return "default" if given is MISSING else UNKNOWN
    name = str(given).rpartition("/")[2]
    return next(
        (item.urn for item in snapshot.of_type(GOOGLE) if name in (item.input("name"), item.output("name"))), name
    )


def same_network(snapshot: Snapshot, rule: Resource, own: Any) -> Any:
    """Whether a resource is of a network, given as `network_of` does; or UNKNOWN."""
    links = linked(snapshot, rule, "network", GOOGLE)
    theirs = links[0].urn if len(links) == 1 else _named(snapshot, rule.input("network"))
    return UNKNOWN if isinstance(own, Mark) or isinstance(theirs, Mark) else theirs == own


def _enabled(given: Any) -> Any:
    if isinstance(given, Mark):
        return True if given is MISSING else UNKNOWN
    return not given


def _rules(snapshot: Snapshot, resource: Resource, applies: Any) -> Iterator[FirewallRule]:
    direction, priority = resource.input("direction"), resource.input("priority")
    ways = [INGRESS] if direction is MISSING else [direction] if isinstance(direction, str) else [INGRESS, EGRESS]
    actions = {key: listing(resource.input(key)) for key in ("allows", "denies")}
    for way in ways:
        ranges, named = _side(resource, way)
        for key, given in actions.items():
            if given == []:
                continue
            ports = _ports(given)
            known = ports is not None and None not in ranges and len(ways) == 1
            settled = known and (priority is MISSING or isinstance(priority, int))
            yield FirewallRule(
                resource,
                f"Firewall '{resource.name}'",
                way,
                (USUAL if priority is MISSING else priority) if settled else 0,
                key == "allows",
                EVERYTHING if ports is None else ports,
                real(ranges),
                named,
                listing(resource.input("targetTags")),
                _accounts(snapshot, resource, "targetServiceAccounts"),
                applies if settled else every([UNKNOWN, applies]),
                whole=known,
                placed=_placed(resource, way),
            )


def _placed(resource: Resource, way: str) -> Any:
    given = listing(resource.input(OWN_SIDES[way]))
    return True if given == [] or (isinstance(given, list) and whole(given) == EVERY_IPV4) else UNKNOWN


def _side(resource: Resource, way: str) -> tuple[list[Network | None], bool]:
    """Ranges of the other side, None for one that is not known, and whether it names machines as well."""
    given = listing(resource.input(SIDES[way]))
    keys = ("sourceTags", "sourceServiceAccounts") if way == INGRESS else ()
    named = any(listing(resource.input(key)) != [] for key in keys)
    if given == [] and not named:
        given = [EVERY_IPV4] if _placed(resource, way) is True else [EVERY_IPV4, "::/0"]
    return [None] if isinstance(given, Mark) else [network(text) for text in given], named


def _ports(given: Any) -> Ports | None:
    if isinstance(given, Mark):
        return None
    found: list[tuple[str, int, int]] = []
    for entry in given:
        protocol, ports = read(entry, "protocol"), listing(read(entry, "ports"))
        if isinstance(protocol, Mark) or isinstance(ports, Mark) or any(isinstance(port, Mark) for port in ports):
            return None
        name = PROTOCOLS.get(str(protocol).lower())
        names = ["TCP", "UDP", "SCTP"] if str(protocol).lower() == "all" else [name] if name else []
        for first, last in [_span(port) for port in ports] or [(1, LAST)]:
            found += [(each, max(first, 1), last) for each in names if 1 <= last <= LAST and first <= last]
    return tuple(found)


def _span(text: Any) -> tuple[int, int]:
    first, _, last = str(text).partition("-")
    try:
        return int(first), int(last or first)
    except ValueError:
        return 1, 0


def _of_gke(snapshot: Snapshot, cluster: Resource) -> Iterator[FirewallRule]:
    """What GKE makes for nodes: every pod, and every machine of their subnet (GKE firewall rules, read 2026-11-21)."""
    subnets = linked(snapshot, cluster, "subnetwork", SUBNETWORK)
    ranges: list[Any] = []
    for subnet in subnets:
        secondary = listing(subnet.input("secondaryIpRanges"))
        pods = [] if isinstance(secondary, Mark) else [read(each, "ipCidrRange") for each in secondary]
        ranges += [subnet.input("ipCidrRange"), *pods]
    found = real(map(network, ranges))
    shown = f"GKE's own rules for the nodes of '{cluster.name}'"
    whole = bool(subnets) and len(found) == len(ranges)
    rest = () if whole else PRIVATE_SPACE
    yield FirewallRule(
        cluster, shown, INGRESS, USUAL, True, EVERYTHING, (*found, *rest), False, [], [], True if whole else UNKNOWN
    )


PRIVATE_SPACE = real(map(network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
"""Where pods and nodes are, where the subnet is not known."""
