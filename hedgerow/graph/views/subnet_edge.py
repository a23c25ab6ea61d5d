"""Edges of AWS subnets: where each subnet lies, and the network ACL that filters what crosses its edge.

A subnet that no ACL is put on has the default one of its network, which lets everything through unless it is declared.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ...facts.cidr import Network, within
from ..snapshot import Resource, Snapshot
from ..value import MISSING, UNKNOWN, Mark
from .addresses import network, real
from .links import ids, linked, referred
from .network_acl import (
    ACL,
    DEFAULT_ACL,
    RANGES,
    RULE,
    VPCS,
    NetworkAcl,
    inline,
    network_acl,
    standalone,
    untouched,
)
from .subnet import SUBNETS

ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
DECLARED = (ACL, DEFAULT_ACL, RULE, ASSOCIATION)
DEFAULT_ID = "defaultNetworkAclId"
POOLED = ("ipv6IpamPoolId", "ipv6NetmaskLength")
"""Inputs by which a subnet gets an IPv6 range that nobody knows before."""
ANY = ""
"""Stands for a subnet of which it is not known which one it is."""

Claim = tuple[str, str | None, bool]
"""A subnet, the ACL that is put on it (None for one that is not known), and whether that is certain."""


@dataclass(frozen=True)
class Edge:
    """The edge of one subnet."""

    subnet: Resource
    network: str
    """URN of its VPC, or the id that is written; empty where that is not known."""
    ranges: tuple[Network, ...]
    hidden: tuple[int, ...]
    """Versions of addresses of which its range is not known."""
    acls: tuple[NetworkAcl | None, ...]
    """The one that it has; several where it may have any of them, None among them for one that is not known."""

    @property
    def urn(self) -> str:
        return self.subnet.urn

    @property
    def open(self) -> bool:
        """Whether nothing is filtered there."""
        return all(acl is not None and acl.open for acl in self.acls)

    def holds(self, range_: Network, *, public: bool) -> Any:
        """Whether the subnet holds all of a range; UNKNOWN where its own is not known and may be that one."""
        if any(within(range_, each) for each in self.ranges):
            return True
        likely = not public or (range_.version == 6 and range_.prefixlen > 0)
        return UNKNOWN if range_.version in self.hidden and likely else False

    def __str__(self) -> str:
        return f"Subnet '{self.subnet.name}'"


def edges(snapshot: Snapshot) -> dict[str, Edge]:
    """The edges of all subnets that are made here, by URN; none where nothing is declared of any network ACL."""
    if not any(True for _ in snapshot.of_type(*DECLARED)):
        return {}
    reader = _Reader(snapshot)
    return {item.urn: reader.edge(item) for item in snapshot.of_type(*SUBNETS) if item.inputs}


class _Reader:
    """Finds the ACL of every subnet: by the ids that are written, or, where those are not known yet, by the links."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.subnets, self.networks = ids(snapshot, *SUBNETS), ids(snapshot, *VPCS)
        given = ((item.output(DEFAULT_ID), item.urn) for item in snapshot.of_type(*VPCS))
        self.owners = {text: urn for text, urn in given if isinstance(text, str)}
        made = [item for item in snapshot.of_type(ACL, DEFAULT_ACL) if item.inputs]
        self.defaults = {item.urn: self._adopted(item) for item in made if item.type == DEFAULT_ACL}
        self.declared = {home: urn for urn, home in self.defaults.items() if home}
        named = {text: self.declared.get(urn, urn) for text, urn in self.owners.items()}
        self.named = named | ids(snapshot, ACL, DEFAULT_ACL)
        self.acls = self._acls(made)
        self.claims = [*self._listed(made), *self._associated()]

    def edge(self, subnet: Resource) -> Edge:
        found = {version: _range(subnet, version) for version in RANGES}
        ranges = real(None if isinstance(given, Mark) else given for given in found.values())
        hidden = tuple(version for version, given in found.items() if given is UNKNOWN)
        return Edge(subnet, self._home(subnet), ranges, hidden, self._of(subnet))

    def _of(self, subnet: Resource) -> tuple[NetworkAcl | None, ...]:
        home = self._home(subnet)
        claims = [claim for claim in self.claims if claim[0] == subnet.urn or self._perhaps(claim, home)]
        found: list[NetworkAcl | None] = [] if any(sure for _, _, sure in claims) else [*self._default(subnet, home)]
        found += [None if urn is None else self.acls[urn] for _, urn, _ in claims]
        return tuple({None if acl is None else acl.urn: acl for acl in found}.values())

    def _perhaps(self, claim: Claim, home: str) -> bool:
        """Whether an ACL that is put on any subnet may be put on one of a network."""
        other = "" if claim[1] is None else self._home(self.snapshot.by_urn[claim[1]])
        return claim[0] == ANY and (home == other or not (home and other))

    def _default(self, subnet: Resource, home: str) -> Iterator[NetworkAcl]:
        """What a subnet has that none is put on: the declared ones of which it is not known whose they are, too."""
        if not (home and home in self.defaults.values()):
            yield self.acls[home] if home in self.acls else network_acl(subnet, [*untouched(subnet)])
        for urn, owner in self.defaults.items():
            if owner == home or not (owner and home):
                yield self.acls[urn]

    def _adopted(self, item: Resource) -> str:
        """The network whose default ACL a resource is; empty where that is not known."""
        given = item.input(DEFAULT_ID)
        links = linked(self.snapshot, item, DEFAULT_ID, *VPCS)
        found = self.owners.get(given, "") if isinstance(given, str) else ""
        return found or (links[0].urn if len(links) == 1 and isinstance(given, Mark) else "")

    def _home(self, item: Resource) -> str:
        if item.type in VPCS:
            return item.urn
        if item.type == DEFAULT_ACL:
            return self.defaults[item.urn]
        found = referred(self.snapshot, self.networks, item, item.input("vpcId"), "vpcId", *VPCS)
        return found[0] if found is not None and len(found) == 1 else ""

    def _acls(self, made: list[Resource]) -> dict[str, NetworkAcl]:
        rules = {item.urn: [*inline(item)] for item in made}
        rules |= {item.urn: [*untouched(item)] for item in self.snapshot.of_type(*VPCS)}
        for item in self.snapshot.of_type(RULE):
            owners = self._owners(item)
            for rule in standalone(item):
                for urn in rules if owners is None else owners:
                    if urn in rules:
                        rules[urn].append(rule if owners is not None else replace(rule, certain=False))
        return {urn: network_acl(self.snapshot.by_urn[urn], found) for urn, found in rules.items()}

    def _owners(self, item: Resource) -> tuple[str, ...] | None:
        """The ACLs that an input means: a network stands for its default one; None where it is not known which."""
        given, types = item.input("networkAclId"), (ACL, DEFAULT_ACL, *VPCS)
        found = referred(self.snapshot, self.named, item, given, "networkAclId", *types)
        return None if found is None else tuple(self.declared.get(urn, urn) for urn in found)

    def _listed(self, made: list[Resource]) -> Iterator[Claim]:
        for item in made:
            given = item.input("subnetIds")
            found = referred(self.snapshot, self.subnets, item, given, "subnetIds", *SUBNETS)
            if found is not None and (given is MISSING or not isinstance(given, Mark)):
                yield from ((urn, item.urn, True) for urn in found)
                continue
            values = given if isinstance(given, list) else [given]
            written = [self.subnets[each] for each in values if isinstance(each, str) and each in self.subnets]
            links = [each.urn for each in linked(self.snapshot, item, "subnetIds", *SUBNETS)]
            lost = len(links) < sum(isinstance(each, Mark) for each in values)
            yield from ((urn, item.urn, False) for urn in (*written, *links, *((ANY,) if lost else ())))

    def _associated(self) -> Iterator[Claim]:
        for item in self.snapshot.of_type(ASSOCIATION):
            acls = self._owners(item)
            acl = acls[0] if acls is not None and len(acls) == 1 and acls[0] in self.acls else None
            subnets = referred(self.snapshot, self.subnets, item, item.input("subnetId"), "subnetId", *SUBNETS)
            yield from ((urn, acl, True) for urn in subnets or ())
            if subnets is None:
                yield ANY, acl, False


def _range(subnet: Resource, version: int) -> Any:
    """The range of a subnet; MISSING where it has none, UNKNOWN where only a deployment tells."""
    given = subnet.input(RANGES[version])
    text = subnet.output(RANGES[version]) if given is MISSING else given
    found = network(text)
    if found is not None:
        return found
    hidden = isinstance(given, Mark) and given is not MISSING
    pooled = any(subnet.input(key) is not MISSING for key in POOLED)
    expected = pooled if version == 6 else subnet.input("ipv6Native") is not True
    return UNKNOWN if hidden or expected else MISSING
