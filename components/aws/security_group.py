"""A security group whose every rule is a resource of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..shared.checks import address_range, keyed, whole
from ..shared.inputs import ABSENT, Path, Wrong, checking
from ..shared.waiting import ready

PROTOCOLS = {"all": "-1", "-1": "-1", "icmp": "icmp", "tcp": "tcp", "udp": "udp"}
SOURCES = ("cidr", "group", "prefix_list", "self")
PORTS = {"tcp": (0, 65535), "udp": (0, 65535), "icmp": (-1, 255)}


class SecurityGroupRuleArgs(TypedDict):
    protocol: str
    """Protocol: `tcp`, `udp`, `icmp` or `all`."""
    cidr: NotRequired[str]
    """Range of addresses on the other side, IPv4 or IPv6. Default: none; a rule has exactly one other side."""
    from_port: NotRequired[int]
    """First port, or the ICMP type. Default: every ICMP type; tcp and udp need it."""
    group: NotRequired[pulumi.Input[str]]
    """Id of the security group on the other side. Default: none."""
    prefix_list: NotRequired[pulumi.Input[str]]
    """Id of the prefix list on the other side. Default: none."""
    self: NotRequired[bool]
    """Whether the other side is this security group itself. Default: `false`."""
    to_port: NotRequired[int]
    """Last port, or the ICMP code. Default: `from_port`; every ICMP code."""


class SecurityGroupArgs(TypedDict):
    vpc_id: pulumi.Input[str]
    """Id of the network."""
    description: NotRequired[str]
    """What the group is for; a change replaces the group. Default: its name."""
    egress: NotRequired[dict[str, SecurityGroupRuleArgs]]
    """What may leave, by rule name. Default: nothing."""
    ingress: NotRequired[dict[str, SecurityGroupRuleArgs]]
    """What may enter, by rule name. Default: nothing."""
    tags: NotRequired[dict[str, str]]
    """Tags of the group and its rules. Default: only their names."""


@dataclass(frozen=True)
class RulePlan:
    protocol: str
    from_port: int | None
    to_port: int | None
    source: str
    cidr: str | None


@dataclass(frozen=True)
class SecurityGroupPlan:
    description: str
    egress: dict[str, RulePlan]
    ingress: dict[str, RulePlan]
    tags: dict[str, str]


def plan(name: str, args: SecurityGroupArgs) -> SecurityGroupPlan:
    with checking("SecurityGroup", name, args, SecurityGroupArgs) as wrong:
        return SecurityGroupPlan(
            args.get("description", name),
            _rules(wrong, "egress", args.get("egress", {})),
            _rules(wrong, "ingress", args.get("ingress", {})),
            dict(args.get("tags", {})),
        )


def _rules(wrong: Wrong, field: str, rules: Mapping[str, SecurityGroupRuleArgs]) -> dict[str, RulePlan]:
    return {key: _rule(wrong, (field, key), key, rules[key]) for key in sorted(rules)}


def _rule(wrong: Wrong, at: Path, key: str, rule: SecurityGroupRuleArgs) -> RulePlan:
    keyed(wrong, at, key)
    protocol = PROTOCOLS.get(rule["protocol"], "")
    if not protocol:
        wrong((*at, "protocol"), "must be one of tcp, udp, icmp, all", rule["protocol"], "type one of them")
    first, last = _ports(wrong, at, protocol, rule)
    given = [source for source in SOURCES if rule.get(source) not in (None, False)]
    if len(given) != 1:
        wrong(at, f"must have exactly one of {', '.join(SOURCES)}", given, "give the one other side it is for")
    cidr = rule.get("cidr")
    if cidr is not None:
        address_range(wrong, (*at, "cidr"), cidr)
    if protocol == "icmp" and cidr is not None and ":" in cidr:
        protocol = "icmpv6"
    return RulePlan(protocol, first, last, given[0] if given else "", cidr)


def _ports(wrong: Wrong, at: Path, protocol: str, rule: SecurityGroupRuleArgs) -> tuple[int | None, int | None]:
    if protocol not in PORTS:
        if protocol and ("from_port" in rule or "to_port" in rule):
            wrong(at, "must have no ports with protocol all", ABSENT, "leave from_port and to_port out")
        return None, None
    if protocol != "icmp" and "from_port" not in rule:
        wrong((*at, "from_port"), f"must be given with protocol {protocol}", ABSENT, "type a port, such as 443")
        return None, None
    low, high = PORTS[protocol]
    first = whole(wrong, (*at, "from_port"), rule.get("from_port", low), low, high)
    last = whole(wrong, (*at, "to_port"), rule.get("to_port", low if protocol == "icmp" else first), low, high)
    if protocol != "icmp" and last < first:
        wrong((*at, "to_port"), f"must not be below from_port {first}", last, f"type {first} or more")
    return first, last


class SecurityGroup(pulumi.ComponentResource):
    """A security group whose every rule is a resource of its own."""

    security_group_id: pulumi.Output[str]
    """Id of the group, known once all its rules are in place."""

    def __init__(self, name: str, args: SecurityGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:SecurityGroup", name, dict(args), opts)
        want, child = plan(name, args), pulumi.ResourceOptions(parent=self)
        tags = {"Name": name, **want.tags}
        # Never with inline rules: the provider would remove every rule that stands as a resource of its own.
        group = aws.ec2.SecurityGroup(name, description=want.description, vpc_id=args["vpc_id"], tags=tags, opts=child)
        ingress = [
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-{key}", **_inputs(group, key, rule, args["ingress"][key], tags), opts=child
            )
            for key, rule in want.ingress.items()
        ]
        egress = [
            aws.vpc.SecurityGroupEgressRule(
                f"{name}-{key}", **_inputs(group, key, rule, args["egress"][key], tags), opts=child
            )
            for key, rule in want.egress.items()
        ]
        self.security_group_id = ready(group.id, *ingress, *egress)
        self.register_outputs({"security_group_id": self.security_group_id})


def _inputs(
    group: aws.ec2.SecurityGroup, key: str, rule: RulePlan, given: SecurityGroupRuleArgs, tags: dict[str, str]
) -> dict[str, Any]:
    wide = rule.cidr is not None and ":" in rule.cidr
    return {
        "cidr_ipv4": None if wide else rule.cidr,
        "cidr_ipv6": rule.cidr if wide else None,
        "description": key,
        "from_port": rule.from_port,
        "ip_protocol": rule.protocol,
        "prefix_list_id": given.get("prefix_list"),
        "referenced_security_group_id": group.id if rule.source == "self" else given.get("group"),
        "security_group_id": group.id,
        "tags": {**tags, "Name": f"{tags['Name']}-{key}"},
        "to_port": rule.to_port,
    }
