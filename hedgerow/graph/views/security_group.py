"""Security groups of AWS with the union of their rules: inline ones, and those that stand as resources of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...facts.cidr import Network
from ..snapshot import Resource, Snapshot
from ..value import MISSING, UNKNOWN, Mark, read
from .addresses import network, real
from .cluster import EKS
from .kubernetes import listing
from .links import ids, referred
from .prefix_list import PrefixLists

GROUP, DEFAULT_GROUP = "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
GROUPS = (GROUP, DEFAULT_GROUP)
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
RULES = {
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "ingress",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "egress",
    RULE: "",
}
"""Rules that are resources, with their direction where the type says it."""
PROTOCOLS = {"tcp": "TCP", "6": "TCP", "udp": "UDP", "17": "UDP", "132": "SCTP", "sctp": "SCTP"}
EVERY = ("-1", "all")
LAST = 65535
RANGES = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")
REFERENCES = ("securityGroups", "sourceSecurityGroupId", "referencedSecurityGroupId")
LISTS = ("prefixListIds", "prefixListId")
UNNAMED = ("?",)

Ports = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class SecurityRule:
    """One rule: ports by protocol, and who is on the other side."""

    resource: Resource
    field: str
    """`ingress[0]` where it is inline, else empty."""
    way: str
    """`ingress` or `egress`."""
    ports: Ports
    ranges: tuple[Network, ...]
    groups: tuple[str, ...]
    """URNs of groups whose machines are meant, ids of those not made here, `?` for one that is not known."""
    certain: bool = True
    """Whether its ports are known; else it allows perhaps."""
    whole: bool = True
    """Whether all of its ranges are known."""

    def __str__(self) -> str:
        return f"{self.field} of {shown(self.resource)}" if self.field else f"rule '{self.resource.name}'"


@dataclass(frozen=True)
class SecurityGroup:
    """A group by its key: its URN, or that of the EKS cluster which EKS made it for."""

    resource: Resource
    rules: tuple[SecurityRule, ...]
    whole: bool = True
    """Whether no rule is missing because a list of them is not known."""

    def __str__(self) -> str:
        return shown(self.resource)


def shown(resource: Resource) -> str:
    """What messages call a group."""
    if resource.type == EKS:
        return f"security group of EKS cluster '{resource.name}'"
    return f"{'Default' if resource.type == DEFAULT_GROUP else ''}SecurityGroup '{resource.name}'"


def security_groups(snapshot: Snapshot) -> dict[str, SecurityGroup]:
    """Groups by their keys. A rule of which it is not known whose it is belongs to all of them, perhaps."""
    reader = Reader(snapshot)
    found = {resource.urn: [*_inline(reader, resource)] for resource in snapshot.of_type(*GROUPS)}
    found |= {resource.urn: _of_eks(resource) for resource in snapshot.of_type(EKS)}
    for rule in snapshot.of_type(*RULES):
        owners = reader.groups(rule, rule.input("securityGroupId"), "securityGroupId")
        parsed = _rule(reader, rule, "", RULES[rule.type] or rule.input("type"), rule.inputs, key="")
        for each in parsed:
            for key in found if owners is None else owners:
                if key in found:
                    found[key].append(each if owners is not None else _perhaps(each))
    return {
        key: SecurityGroup(snapshot.by_urn[key], tuple(rules), _listed(snapshot.by_urn[key]))
        for key, rules in found.items()
    }


class Reader:
    """Finds what an input means: by the id that it writes, or, where that is not known yet, by the link."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        named = {str(item.output("vpcConfig", "clusterSecurityGroupId")): item.urn for item in snapshot.of_type(EKS)}
        self._named, self._lists = ids(snapshot, *GROUPS) | named, PrefixLists(snapshot)

    def groups(self, resource: Resource, given: Any, key: str) -> tuple[str, ...] | None:
        """Keys of the groups that are meant, ids of those made elsewhere; None where that is not known."""
        return referred(self.snapshot, self._named, resource, given, key, *GROUPS, EKS)

    def ranges(self, resource: Resource, given: Any, key: str) -> tuple[tuple[Network, ...], bool]:
        """Ranges of the prefix lists that are meant, and whether these are all."""
        return self._lists.ranges(resource, given, key)


def _inline(reader: Reader, resource: Resource) -> Iterator[SecurityRule]:
    for way in ("ingress", "egress"):
        given = listing(resource.input(way))
        for index, rule in enumerate(() if isinstance(given, Mark) else given):
            yield from _rule(reader, resource, f"{way}[{index}]", way, rule, key=way)


def _listed(resource: Resource) -> bool:
    if resource.type == EKS:
        return True
    return not any(isinstance(listing(resource.input(way)), Mark) for way in ("ingress", "egress"))


def _of_eks(resource: Resource) -> list[SecurityRule]:
    """The rules that EKS gives the group of a cluster (EKS user guide, security group requirements)."""
    everything: Ports = tuple((protocol, 1, LAST) for protocol in ("TCP", "UDP", "SCTP"))
    six = resource.input("kubernetesNetworkConfig", "ipFamily") == "ipv6"
    outside = real(network(text) for text in ("0.0.0.0/0", *(["::/0"] if six else [])))
    return [
        SecurityRule(resource, "ingress[0]", "ingress", everything, (), (resource.urn,)),
        SecurityRule(resource, "egress[0]", "egress", everything, outside, ()),
    ]


def _rule(reader: Reader, resource: Resource, field: str, way: Any, given: Any, *, key: str) -> Iterator[SecurityRule]:
    """The rule, in both directions where it is not known which one it is for. `key`: the input that holds it."""
    ports = _ports(given)
    ranges = [network(text) for name in RANGES for text in _texts(read(given, name))]
    lists = [reader.ranges(resource, read(given, name), key or name) for name in LISTS]
    groups = [reader.groups(resource, read(given, name), key or name) for name in REFERENCES]
    own = _own(reader, resource, read(given, "self"), key)
    ways = [way] if isinstance(way, str) else ["ingress", "egress"]
    for each in ways:
        yield SecurityRule(
            resource,
            field,
            each,
            ports if isinstance(ports, tuple) else tuple((name, 1, LAST) for name in ("TCP", "UDP", "SCTP")),
            (*real(ranges), *(item for found, _ in lists for item in found)),
            tuple(item for found in (*groups, own) for item in (UNNAMED if found is None else found)),
            certain=isinstance(ports, tuple) and len(ways) == 1,
            whole=None not in ranges and all(known for _, known in lists) and not isinstance(given, Mark),
        )


def _own(reader: Reader, resource: Resource, given: Any, key: str) -> tuple[str, ...] | None:
    if given is MISSING or given is False:
        return ()
    own = (resource.urn,) if key else reader.groups(resource, resource.input("securityGroupId"), "securityGroupId")
    return None if isinstance(given, Mark) else own


def _texts(given: Any) -> list[Any]:
    return [] if given is MISSING else given if isinstance(given, list) else [given]


def _ports(given: Any) -> Any:
    """Ports by protocol; of any but TCP and UDP (and ICMP, which has none) AWS lets every port through."""
    protocol = read(given, "protocol") if read(given, "ipProtocol") is MISSING else read(given, "ipProtocol")
    first, last = read(given, "fromPort"), read(given, "toPort")
    if isinstance(protocol, Mark):
        return UNKNOWN
    if str(protocol).lower() in EVERY:
        return tuple((name, 1, LAST) for name in ("TCP", "UDP", "SCTP"))
    name = PROTOCOLS.get(str(protocol).lower())
    if name in (None, "SCTP"):
        return () if name is None else ((name, 1, LAST),)
    if not (isinstance(first, int) and isinstance(last, int)):
        return UNKNOWN
    return ((name, max(first, 1), last),) if last >= 1 and first <= last else ()


def _perhaps(rule: SecurityRule) -> SecurityRule:
    return SecurityRule(
        rule.resource, rule.field, rule.way, rule.ports, rule.ranges, rule.groups, certain=False, whole=rule.whole
    )


def by_key(groups: Mapping[str, SecurityGroup], keys: tuple[str, ...]) -> list[SecurityGroup] | None:
    """The groups of these keys; None where one is not made here, so that its rules are not known."""
    return [groups[key] for key in keys] if all(key in groups for key in keys) else None
