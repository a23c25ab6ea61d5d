"""Network ACLs of AWS with the union of their rules: inline ones, and those that stand as resources of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ...facts.cidr import Network, within
from ..snapshot import Resource
from ..value import MISSING, UNKNOWN, Mark, read
from .addresses import network, real
from .kubernetes import listing
from .security_group import EVERY, LAST, PROTOCOLS, Ports
from .subnet import SUBNETS, VPC

ACL, DEFAULT_ACL = "aws:ec2/networkAcl:NetworkAcl", "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
RULE = "aws:ec2/networkAclRule:NetworkAclRule"
VPCS = (VPC, "aws:ec2/defaultVpc:DefaultVpc")
WAYS = ("ingress", "egress")
RANGES = {4: "cidrBlock", 6: "ipv6CidrBlock"}
VERDICTS = {"allow": True, "deny": False}
ALL_PORTS: Ports = tuple((name, 1, LAST) for name in ("TCP", "UDP", "SCTP"))
UNTOUCHED = ((100, "0.0.0.0/0"), (101, "::/0"))
"""What AWS lets through by the default ACL of every network, both ways (VPC user guide, default network ACL)."""


@dataclass(frozen=True)
class AclRule:
    """One numbered rule: whether it lets through, in one direction, ports of some addresses."""

    resource: Resource
    way: str
    """`ingress` or `egress`."""
    number: Any
    """Its place in the order, or UNKNOWN."""
    allows: Any
    """Whether it lets through, or UNKNOWN."""
    ports: Ports
    ranges: tuple[Network, ...]
    hidden: tuple[int, ...] = ()
    """Versions of addresses of which it may be for any, because its range is not known."""
    certain: bool = True
    """Whether it is there, and its ports are known."""

    def holds(self, range_: Network) -> Any:
        """Whether it is for all addresses of a range; UNKNOWN where that is not known."""
        if any(within(range_, each) for each in self.ranges):
            return True
        return UNKNOWN if range_.version in self.hidden else False

    @property
    def known(self) -> bool:
        """Whether nothing of it is hidden."""
        return self.certain and not self.hidden and UNKNOWN not in (self.number, self.allows)

    @property
    def told(self) -> str:
        """`ingress 100`."""
        return f"{self.way} {self.number}"


@dataclass(frozen=True)
class NetworkAcl:
    """A network ACL. Its resource is the network, or the subnet, where it is a default one that is not declared."""

    resource: Resource
    rules: tuple[AclRule, ...]
    """In their order; last those of which the number is not known."""
    twice: tuple[str, ...] = ()
    """Numbers that two rules of one direction have, of which AWS takes only one: `ingress 100`."""

    @property
    def urn(self) -> str:
        return self.resource.urn

    @property
    def open(self) -> bool:
        """Whether it is a default one that nobody touched, which lets everything through."""
        return self.resource.type in (*VPCS, *SUBNETS) and len(self.rules) == len(WAYS) * len(UNTOUCHED)

    def __str__(self) -> str:
        kind = self.resource.type.rpartition(":")[2]
        if kind.endswith("Acl"):
            return f"{kind} '{self.resource.name}'"
        return f"default network ACL of {'VPC' if self.resource.type in VPCS else 'Subnet'} '{self.resource.name}'"


def network_acl(resource: Resource, rules: list[AclRule]) -> NetworkAcl:
    """An ACL of some rules in any order. Of two with the same number AWS takes one, nobody knows here which."""
    numbers = [rule.told for rule in rules if rule.number is not UNKNOWN]
    twice = tuple(dict.fromkeys(each for each in numbers if numbers.count(each) > 1))
    settled = (replace(rule, certain=False) if rule.told in twice else rule for rule in rules)
    ordered = sorted(settled, key=lambda rule: LAST if rule.number is UNKNOWN else rule.number)
    return NetworkAcl(resource, tuple(ordered), twice)


def untouched(resource: Resource) -> Iterator[AclRule]:
    """The rules of a default ACL that nobody changed."""
    for way in WAYS:
        for number, text in UNTOUCHED:
            yield AclRule(resource, way, number, True, ALL_PORTS, real([network(text)]))


def inline(resource: Resource) -> Iterator[AclRule]:
    """The rules that an ACL itself lists; one that may be anything where a list is not known."""
    for way in WAYS:
        given = listing(resource.input(way))
        for rule in [given] if isinstance(given, Mark) else given:
            yield _rule(resource, way, rule, "ruleNo", "action")


def standalone(resource: Resource) -> Iterator[AclRule]:
    """The rule that a resource is; in both directions, perhaps, where it is not known which one it is for."""
    egress = resource.input("egress")
    ways: tuple[str, ...] = ("egress",) if egress is True else ("ingress",)
    if isinstance(egress, Mark) and egress is not MISSING:
        ways = WAYS
    for way in ways:
        rule = _rule(resource, way, resource.inputs, "ruleNumber", "ruleAction")
        yield rule if len(ways) == 1 else replace(rule, certain=False)


def _rule(resource: Resource, way: str, given: Any, number: str, action: str) -> AclRule:
    texts = {version: read(given, key) for version, key in RANGES.items()}
    ranges = {version: network(text) for version, text in texts.items() if text not in (MISSING, "")}
    ports, known = _ports(given)
    return AclRule(
        resource,
        way,
        _number(read(given, number)),
        VERDICTS.get(str(read(given, action)).lower(), UNKNOWN),
        ports,
        real(ranges.values()),
        tuple(version for version, range_ in ranges.items() if range_ is None),
        certain=known,
    )


def _ports(given: Any) -> tuple[Ports, bool]:
    """Ports by protocol, and whether they are known. Of any but TCP and UDP AWS takes all, whatever is written."""
    protocol = read(given, "protocol")
    name = PROTOCOLS.get(str(protocol).lower(), "")
    if isinstance(protocol, Mark) or str(protocol).lower() in EVERY:
        return ALL_PORTS, not isinstance(protocol, Mark)
    if name in ("", "SCTP"):
        return (((name, 1, LAST),) if name else ()), True
    first, last = (0 if read(given, key) is MISSING else _number(read(given, key)) for key in ("fromPort", "toPort"))
    if UNKNOWN in (first, last):
        return ((name, 1, LAST),), False
    return (((name, max(first, 1), last),) if max(first, 1) <= last else ()), True


def _number(given: Any) -> Any:
    if isinstance(given, str) and given.isdecimal():
        return int(given)
    return given if isinstance(given, int) else UNKNOWN
