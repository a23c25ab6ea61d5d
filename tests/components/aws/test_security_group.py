from typing import Any

import pytest

from components.aws.security_group import RulePlan, SecurityGroupPlan, plan
from tests.components.support import refusals

TCP = {"cidr": "10.8.0.0/16", "from_port": 443, "protocol": "tcp"}


@pytest.mark.parametrize(
    ("rule", "want"),
    [
        (TCP, RulePlan("tcp", 443, 443, "cidr", "10.8.0.0/16")),
        ({**TCP, "to_port": 8443.0}, RulePlan("tcp", 443, 8443, "cidr", "10.8.0.0/16")),
        ({"protocol": "all", "self": True}, RulePlan("-1", None, None, "self", None)),
        ({"protocol": "-1", "group": "sg-0a", "self": False}, RulePlan("-1", None, None, "group", None)),
        ({"protocol": "icmp", "prefix_list": "pl-0a"}, RulePlan("icmp", -1, -1, "prefix_list", None)),
        (
            {"protocol": "icmp", "cidr": "::/0", "from_port": 128, "to_port": 0},
            RulePlan("icmpv6", 128, 0, "cidr", "::/0"),
        ),
    ],
)
def test_a_rule_says_protocol_ports_and_the_one_other_side(rule: Any, want: RulePlan) -> None:
    assert plan("main", {"ingress": {"rule": rule}, "vpc_id": "vpc-0a"}) == SecurityGroupPlan(
        "main", {}, {"rule": want}, {}
    )


@pytest.mark.parametrize(
    ("key", "rule", "told"),
    [
        (
            "web",
            {"protocol": "http", "cidr": "10.0.0.0/8"},
            "ingress.web.protocol must be one of tcp, udp, icmp, all, got 'http'; type one of them",
        ),
        (
            "web",
            {"protocol": "tcp", "cidr": "10.0.0.0/8"},
            "ingress.web.from_port must be given with protocol tcp; type a port, such as 443",
        ),
        (
            "web",
            {**TCP, "from_port": 70000},
            "ingress.web.from_port must be 0 to 65535, got 70000; type one, such as 0",
        ),
        (
            "web",
            {**TCP, "to_port": 80},
            "ingress.web.to_port must not be below from_port 443, got 80; type 443 or more",
        ),
        (
            "web",
            {"protocol": "all", "self": True, "from_port": 1},
            "ingress.web must have no ports with protocol all; leave from_port and to_port out",
        ),
        (
            "web",
            {**TCP, "group": "sg-0a"},
            "ingress.web must have exactly one of cidr, group, prefix_list, self, got ['cidr', 'group']; "
            "give the one other side it is for",
        ),
        (
            "web",
            {"protocol": "all"},
            "ingress.web must have exactly one of cidr, group, prefix_list, self, got []; give the one other side it is for",
        ),
        (
            "web",
            {**TCP, "cidr": "10.8.0.1/16"},
            "ingress.web.cidr has host bits set, got '10.8.0.1/16'; write 10.8.0.0/16",
        ),
        ("Web", TCP, "ingress.Web must be named in lower-case letters, digits and hyphens, got 'Web'; rename it"),
        (
            "web",
            {"cidr": "10.0.0.0/8"},
            "ingress.web.protocol is missing; give it a value",
        ),
    ],
)
def test_fails_when_a_rule_is_wrong(key: str, rule: dict[str, Any], told: str) -> None:
    assert refusals(plan, {"ingress": {key: rule}, "vpc_id": "vpc-0a"}) == [told]


def test_fails_with_the_problems_of_every_rule() -> None:
    wrong = {"cidr": "10.8.0.0/16", "protocol": "tcp"}
    assert len(refusals(plan, {"egress": {"one": wrong}, "ingress": {"two": wrong}, "vpc_id": "vpc-0a"})) == 2
