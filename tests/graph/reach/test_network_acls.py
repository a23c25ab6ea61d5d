"""Network ACLs of AWS: the order of rules, answers that have to get back, every edge on the way, and what is hidden."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hedgerow.graph import UNKNOWN, Snapshot, Views
from hedgerow.graph.reach import PortRange, Reach, reach
from hedgerow.graph.reach.aws_network_acls import NetworkAcls
from hedgerow.graph.reach.ports import told as ports_of
from hedgerow.graph.value import SECRET

from .vpcs import IN, OUT, acl, alone, listed, made, rule, snapshot

POD, ADDRESS = "shop/Pod/web", "203.0.113.7/32"
ALL, CLIENTS = rule(100, "allow"), (1024, 65535)
OPEN = {IN: [ALL], OUT: [ALL]}


def judged(found: Snapshot) -> Reach:
    return reach(Views(found), plugin="vpc-cni", ways=False)


def layer(found: Reach) -> NetworkAcls:
    return next(each for each in found.clusters[0].layers if isinstance(each, NetworkAcls))


def asked(
    given: Snapshot, source: str, destination: str, port: int = 443, protocol: str = "TCP"
) -> tuple[bool | None, list[str]]:
    """The answer of the layer alone, and its witness with the number of each rule."""
    found = judged(given)
    one, other = (found.clusters[0].meant(name)[0].site for name in (source, destination))
    answer = layer(found).why(one, other, PortRange(protocol, port, port))
    return answer.allowed, [f"{reason} [{reason.rule}]" if reason.rule else str(reason) for reason in answer.reasons]


def table(given: Snapshot) -> dict[str, dict[str, str]]:
    """What each address may have across: for certain, and perhaps where that is more."""
    found, told = judged(given), dict[str, dict[str, str]]()
    space = found.clusters[0].space
    for (way, piece), (sure, may) in layer(found).found.items():
        more = f", perhaps {ports_of(space.ranges(may & ~sure))}" if may != sure else ""
        told.setdefault(piece.name, {})[way] = f"{ports_of(space.ranges(sure))}{more}"
    return told


def problems(given: Snapshot) -> list[str]:
    return [problem.text for problem in judged(given).problems]


WEB = {
    IN: [
        rule(90, "deny", to="10.9.0.0/16"),
        rule(100, "allow", to="10.0.0.0/8"),
        rule(200, "allow", CLIENTS),
        rule(210, "allow", CLIENTS, protocol="17"),
    ],
    OUT: [
        rule(100, "allow", (443, 443)),
        rule(110, "allow", (53, 53), protocol="udp"),
        rule(120, "allow", to="10.0.0.0/8"),
    ],
}
SHUT = {"Ingress": "no port", "Egress": "no port"}
TABLE = {
    "internet": {"Ingress": "no port", "Egress": "TCP/443, UDP/53"},
    "internet/ipv6": SHUT,
    "10.0.0.0/8": {"Ingress": "every port", "Egress": "every port"},
    "10.0.0.0/16": {"Ingress": "every port", "Egress": "every port"},
    "10.0.0.0/24": {"Ingress": "every port", "Egress": "every port"},
    "10.0.1.0/24": {"Ingress": "every port", "Egress": "every port"},
    "10.0.2.0/24": {"Ingress": "every port", "Egress": "every port"},
    "10.0.3.0/24": {"Ingress": "every port", "Egress": "every port"},
    "10.9.0.0/16": SHUT,
    "100.64.0.0/10": {"Ingress": "no port", "Egress": "TCP/443, UDP/53"},
    "172.16.0.0/12": {"Ingress": "no port", "Egress": "TCP/443, UDP/53"},
    "192.168.0.0/16": {"Ingress": "no port", "Egress": "TCP/443, UDP/53"},
    "fc00::/7": SHUT,
}
"""What `WEB` lets across: TCP 443 and UDP 53 out, everything to and from 10.0.0.0/8 but for 10.9.0.0/16."""


def test_a_whole_network_by_inline_rules() -> None:
    assert table(snapshot(acl("web", **WEB))) == TABLE


def test_a_whole_network_by_rules_and_associations_of_their_own() -> None:
    rules = [alone("web", way, each) for way, every in WEB.items() for each in every]
    on = [
        made(
            "ec2/networkAclAssociation:NetworkAclAssociation",
            f"web-{name}",
            networkAclId="<id of web>",
            subnetId=f"<id of {name}>",
        )
        for name in ("a", "b")
    ]
    assert table(snapshot(acl("web", ()), *rules, *on)) == TABLE
    assert table(snapshot(*on[::-1], *rules[::-1], acl("web", ()))) == TABLE


def test_the_witness_names_both_directions_and_the_numbers() -> None:
    assert asked(snapshot(acl("web", **WEB)), POD, "internet") == (
        True,
        [
            "Egress: rule 100 of NetworkAcl 'web' lets it out [egress 100]",
            "Ingress: rule 200 of NetworkAcl 'web' lets its answers in [ingress 200]",
        ],
    )
    assert asked(snapshot(acl("web", **WEB)), POD, "internet", 80) == (
        False,
        ["Egress: no rule of NetworkAcl 'web' lets it out"],
    )
    assert asked(snapshot(acl("web", **WEB)), "10.9.1.1/32", POD) == (
        False,
        ["Ingress: rule 90 of NetworkAcl 'web' denies it [ingress 90]"],
    )
    assert asked(snapshot(acl("web", **WEB)), POD, "10.9.1.1/32") == (
        False,
        ["Ingress: rule 90 of NetworkAcl 'web' denies its answers [ingress 90]"],
    )


def test_the_lowest_number_decides_wherever_it_is_written() -> None:
    rules = [rule(200, "allow", to="192.0.2.0/24"), rule(100, "deny", (22, 22)), rule(50, "allow", to="192.0.2.9/32")]
    for each in (rules, rules[::-1]):
        found = snapshot(acl("web", **{IN: each, OUT: [ALL]}))
        assert asked(found, "192.0.2.9/32", POD, 22) == (
            True,
            [
                "Ingress: rule 50 of NetworkAcl 'web' lets it in [ingress 50]",
                "Egress: rule 100 of NetworkAcl 'web' lets its answers out [egress 100]",
            ],
        )
        assert asked(found, "192.0.2.8/32", POD, 22) == (
            False,
            ["Ingress: rule 100 of NetworkAcl 'web' denies it [ingress 100]"],
        )
        assert asked(found, "192.0.2.8/32", POD, 80)[0] is True


@pytest.mark.parametrize(
    ("back", "allowed", "witness"),
    [
        ([rule(7, "allow", CLIENTS)], True, ["Egress: rule 7 of NetworkAcl 'web' lets its answers out [egress 7]"]),
        (
            [rule(7, "allow", (1024, 32767)), rule(8, "allow", (32768, 65535))],
            True,
            [f"Egress: rule {number} of NetworkAcl 'web' lets its answers out [egress {number}]" for number in (7, 8)],
        ),
        (
            [rule(7, "allow", (32768, 60999))],
            None,
            ["Egress: NetworkAcl 'web' lets its answers out to some of the ports 1024-65535 only"],
        ),
        (
            [rule(6, "deny", (5000, 5000)), rule(7, "allow")],
            None,
            ["Egress: NetworkAcl 'web' lets its answers out to some of the ports 1024-65535 only"],
        ),
        (
            [rule(7, "allow", (1025, 65535))],
            None,
            ["Egress: NetworkAcl 'web' lets its answers out to some of the ports 1024-65535 only"],
        ),
        ([rule(7, "allow", (1, 1023))], False, ["Egress: no rule of NetworkAcl 'web' lets its answers out"]),
        (
            [rule(6, "deny", (1000, 65535)), rule(7, "allow")],
            False,
            ["Egress: rule 6 of NetworkAcl 'web' denies its answers [egress 6]"],
        ),
        (
            [rule(7, "allow", CLIENTS, protocol="udp")],
            False,
            ["Egress: no rule of NetworkAcl 'web' lets its answers out"],
        ),
    ],
    ids=[
        "all",
        "in two parts",
        "Linux alone",
        "all but one",
        "all but the first",
        "none",
        "denied",
        "another protocol",
    ],
)
def test_a_path_is_there_where_its_answers_get_back(back: Any, allowed: bool | None, witness: list[str]) -> None:
    found = snapshot(acl("web", **{IN: [rule(5, "allow", (443, 443))], OUT: back}))
    first = ["Ingress: rule 5 of NetworkAcl 'web' lets it in [ingress 5]"] if allowed else []
    assert asked(found, ADDRESS, POD) == (allowed, [*first, *witness])


@pytest.mark.parametrize(
    ("protocol", "ports", "allowed"),
    [
        ("tcp", (80, 80), {"TCP/80": True, "TCP/81": False, "UDP/80": False, "SCTP/80": False}),
        ("6", (80, 81), {"TCP/81": True, "TCP/82": False, "UDP/81": False}),
        ("TCP", (0, 65535), {"TCP/1": True, "TCP/65535": True, "UDP/1": False}),
        ("17", (53, 53), {"UDP/53": True, "TCP/53": False}),
        ("132", (80, 80), {"SCTP/80": True, "SCTP/81": True, "TCP/80": False}),
        ("-1", (0, 0), {"TCP/1": True, "UDP/53": True, "SCTP/9": True}),
        ("all", (80, 80), {"TCP/81": True}),
        ("icmp", (0, 0), {"TCP/80": False, "UDP/80": False, "SCTP/80": False}),
        ("50", (0, 0), {"TCP/80": False}),
        ("tcp", (0, 0), {"TCP/80": False, "TCP/1": False}),
        ("tcp", (81, 80), {"TCP/80": False, "TCP/81": False}),
    ],
    ids=str,
)
def test_protocols_by_name_and_number(protocol: str, ports: tuple[int, int], allowed: dict[str, bool]) -> None:
    found = snapshot(acl("web", **{IN: [rule(1, "allow", ports, protocol=protocol)], OUT: [ALL]}))
    for text, wanted in allowed.items():
        kind, port = text.split("/")
        assert asked(found, ADDRESS, POD, int(port), kind)[0] is wanted, text


def test_a_rule_of_ipv4_is_for_no_address_of_ipv6() -> None:
    both = {IN: [ALL, rule(101, "allow", to="::/0")], OUT: [ALL, rule(101, "allow", to="::/0")]}
    assert asked(snapshot(acl("web", **OPEN), six=True), POD, "internet/ipv6")[0] is False
    assert asked(snapshot(acl("web", **both), six=True), POD, "internet/ipv6")[0] is True
    assert asked(snapshot(acl("web", **OPEN), six=True), POD, "fd00:1:0:9::1/128")[0] is False


def test_nothing_is_filtered_within_a_subnet_and_an_acl_without_rules_denies_the_rest() -> None:
    found = snapshot(acl("web", ["a"]), nodes=["a"])
    inside = "it lies in Subnet 'a', within which nothing is filtered"
    assert asked(found, POD, "10.0.0.9/32") == (True, [f"Egress: {inside}"])
    assert asked(found, "10.0.0.9/32", POD) == (True, [f"Ingress: {inside}"])
    assert asked(found, POD, "10.0.1.9/32") == (False, ["Egress: no rule of NetworkAcl 'web' lets it out"])
    assert asked(found, POD, "metadata") == (True, [])


def test_an_address_in_the_subnet_of_some_nodes_is_filtered_for_the_others() -> None:
    assert asked(snapshot(acl("web")), POD, "10.0.0.9/32") == (
        None,
        ["Egress: it gets through in Subnet 'a' and not in Subnet 'b', and pods may run in both"],
    )


def test_the_edge_of_the_subnet_that_holds_an_address_counts_too() -> None:
    shut = acl("data", ["db"], **{IN: [rule(1, "allow", (5432, 5432), "10.0.0.0/24")], OUT: [ALL]})
    found = snapshot(shut, nodes=["a"])
    assert asked(found, POD, "10.0.2.5/32", 5432) == (
        True,
        [
            "Ingress: rule 1 of NetworkAcl 'data' lets it in [ingress 1]",
            "Egress: rule 100 of NetworkAcl 'data' lets its answers out [egress 100]",
        ],
    )
    assert asked(found, POD, "10.0.2.5/32", 5433) == (False, ["Ingress: no rule of NetworkAcl 'data' lets it in"])
    assert asked(found, "10.0.2.5/32", POD) == (
        None,
        ["Ingress: NetworkAcl 'data' lets its answers in to some of the ports 1024-65535 only"],
    )
    assert asked(snapshot(shut, nodes=["b"]), POD, "10.0.2.5/32", 5432)[0] is False
    assert asked(snapshot(shut), POD, "10.0.2.5/32", 5432)[0] is None
    assert asked(snapshot(shut), POD, "internet") == (
        True,
        ["Egress: default network ACL of VPC 'main' lets everything through"],
    )


def test_the_edge_of_a_nat_gateway_counts_for_what_leaves_by_it() -> None:
    shut = acl(
        "nat-acl", ["nat"], **{IN: [rule(1, "allow", (443, 443), "10.0.0.0/16"), rule(2, "allow", CLIENTS)], OUT: [ALL]}
    )
    found = snapshot(shut, nodes=["a"])
    assert asked(found, POD, "internet")[0] is True
    assert asked(found, POD, "internet", 80) == (False, ["Ingress: no rule of NetworkAcl 'nat-acl' lets it in"])
    assert asked(found, POD, "10.0.1.9/32", 80)[0] is True
    assert asked(found, POD, "10.0.3.9/32", 80)[0] is False
    assert asked(snapshot(shut, nodes=["nat"]), POD, "internet", 80)[0] is True


def test_a_nat_gateway_is_left_by_the_address_that_is_asked_for() -> None:
    out = [rule(1, "allow", (443, 443)), rule(2, "allow", to="10.0.0.0/16")]
    found = snapshot(acl("nat-acl", ["nat"], **{IN: [ALL], OUT: out}), nodes=["a"])
    assert asked(found, POD, "internet")[0] is True
    assert asked(found, POD, "internet", 80) == (False, ["Egress: no rule of NetworkAcl 'nat-acl' lets it out"])


def test_a_nat_gateway_may_be_on_the_way_where_a_list_of_others_may_lead_past_it() -> None:
    by_list = {"routeTableId": "<id of private>", "destinationPrefixListId": "pl-123", "gatewayId": "igw-1"}
    found = snapshot(acl("nat-acl", ["nat"]), made("ec2/route:Route", "by-list", **by_list), nodes=["a"])
    assert asked(found, POD, "internet") == (None, ["Ingress: whether Subnet 'nat' is on the way is not known"])


def test_a_subnet_of_another_network_may_be_where_a_peering_leads() -> None:
    peer = [
        made("ec2/vpc:Vpc", "peer", cidrBlock="10.8.0.0/16"),
        made("ec2/subnet:Subnet", "far", vpcId="<id of peer>", cidrBlock="10.8.1.0/24"),
        made("ec2/networkAcl:NetworkAcl", "far-acl", vpcId="<id of peer>", subnetIds=listed("far")),
    ]
    found = snapshot(*peer, nodes=["a"])
    assert asked(found, POD, "10.8.1.9/32") == (None, ["Ingress: whether Subnet 'far' is on the way is not known"])
    assert asked(found, POD, "10.8.2.9/32")[0] is True


def test_pods_in_different_subnets_may_be_apart_and_those_of_one_are_not() -> None:
    given = acl("web", **{IN: [rule(1, "allow", (80, 80)), rule(2, "allow", CLIENTS)], OUT: [ALL]})
    assert asked(snapshot(given), POD, "shop/any/pod", 80) == (True, [])
    assert asked(snapshot(given), POD, "shop/any/pod", 443) == (
        None,
        [
            "Egress: pods in Subnet 'a' and in Subnet 'b' may be apart: no rule of NetworkAcl 'web' lets it in",
        ],
    )
    assert asked(snapshot(given, nodes=["a"]), POD, "shop/any/pod", 443) == (True, [])
    found = judged(snapshot(given))
    assert ports_of(found.ports(POD, "shop/any/pod")) == "TCP/80, TCP/1024-65535"
    assert ports_of(found.unsure(POD, "shop/any/pod")) == "TCP/1-79, TCP/81-1023, UDP, SCTP"


def test_a_subnet_without_one_has_the_default_which_may_be_declared() -> None:
    assert "network ACLs" not in judged(snapshot()).judged
    assert "network ACLs" not in judged(snapshot(acl("spare", ()))).judged
    default = made(
        "ec2/defaultNetworkAcl:DefaultNetworkAcl", "default", defaultNetworkAclId="<id of main>", **{OUT: [ALL]}
    )
    found = snapshot(default, acl("web", ["b"], **OPEN), nodes=["a"])
    assert asked(found, ADDRESS, POD) == (False, ["Ingress: no rule of DefaultNetworkAcl 'default' lets it in"])
    assert asked(snapshot(default, acl("web", ["b"], **OPEN), nodes=["b"]), ADDRESS, POD)[0] is True


def test_a_rule_of_its_own_on_the_default_one_stands_beside_those_of_aws() -> None:
    deny = alone("main", IN, rule(90, "deny", to="203.0.113.0/24"), "deny")
    assert asked(snapshot(deny), ADDRESS, POD) == (
        False,
        ["Ingress: rule 90 of default network ACL of VPC 'main' denies it [ingress 90]"],
    )
    assert asked(snapshot(deny), "internet", POD) == (
        True,
        [
            "Ingress: rule 100 of default network ACL of VPC 'main' lets it in [ingress 100]",
            "Egress: rule 100 of default network ACL of VPC 'main' lets its answers out [egress 100]",
        ],
    )
    assert asked(snapshot(deny, six=True), "internet/ipv6", POD)[0] is True


def test_subnets_with_different_acls_are_certain_where_both_agree() -> None:
    found = snapshot(acl("one", ["a"], **OPEN), acl("two", ["b"], **{IN: [rule(1, "allow", (80, 80))], OUT: [ALL]}))
    assert asked(found, ADDRESS, POD, 80)[0] is True
    assert asked(found, ADDRESS, POD, 443) == (
        None,
        ["Ingress: it gets through in Subnet 'a' and not in Subnet 'b', and pods may run in both"],
    )


HIDDEN = "NetworkAcl 'web' has rules that are not known yet"


@pytest.mark.parametrize("mark", [UNKNOWN, SECRET])
@pytest.mark.parametrize(
    ("field", "perhaps", "known"),
    [
        ("ruleNo", {"TCP/22"}, {"TCP/80": True, "TCP/443": False, "UDP/80": False}),
        ("action", {"TCP/80"}, {"TCP/22": False, "TCP/443": False}),
        ("cidrBlock", {"TCP/80"}, {"TCP/22": False, "TCP/443": False}),
        ("protocol", {"TCP/80", "TCP/443", "UDP/53"}, {"TCP/22": False}),
        ("fromPort", {"TCP/80", "TCP/443"}, {"TCP/22": False, "UDP/80": False}),
    ],
)
def test_what_is_not_known_of_a_rule_is_a_doubt_of_what_it_may_decide(
    mark: Any, field: str, perhaps: set[str], known: dict[str, bool]
) -> None:
    """Rule 10 lets 20-80 in, after rule 5 denies 22."""
    hidden = {**rule(10, "allow", (20, 80)), field: mark}
    found = snapshot(acl("web", **{IN: [hidden, rule(5, "deny", (22, 22))], OUT: [ALL]}))
    answers = {text: asked(found, ADDRESS, POD, int(text[4:]), text[:3]) for text in (*perhaps, *known)}
    assert {text: answer[0] for text, answer in answers.items()} == {**dict.fromkeys(perhaps), **known}
    assert all(answers[text][1] == [f"Ingress: {HIDDEN}"] for text in perhaps)
    assert problems(found) == [HIDDEN]


def test_a_list_of_rules_that_is_not_known_may_hold_anything() -> None:
    found = snapshot(acl("web", **{IN: UNKNOWN, OUT: [ALL]}))
    assert asked(found, ADDRESS, POD) == (None, [f"Ingress: {HIDDEN}"])
    assert asked(found, POD, ADDRESS) == (None, [f"Ingress: {HIDDEN}"])
    assert asked(snapshot(acl("web", **{IN: [UNKNOWN, ALL], OUT: [ALL]})), ADDRESS, POD)[0] is None


def test_of_rules_without_a_number_any_may_come_first() -> None:
    rules = [rule(UNKNOWN, "allow"), rule(UNKNOWN, "deny", (80, 80)), rule(9, "deny", (22, 22))]
    for each in (rules, rules[::-1]):
        found = snapshot(acl("web", **{IN: each, OUT: [ALL]}))
        assert [asked(found, ADDRESS, POD, port)[0] for port in (80, 81, 22)] == [None, True, None]


def test_a_rule_of_which_the_direction_or_the_acl_is_not_known_may_be_any() -> None:
    deny = alone("web", IN, rule(5, "deny", (443, 443)), "deny")
    for changed in ({"egress": UNKNOWN}, {"networkAclId": UNKNOWN}, {"networkAclId": SECRET}):
        hidden = {**deny, "inputs": {**deny["inputs"], **changed}}
        found = snapshot(acl("web", **OPEN), hidden)
        assert [asked(found, ADDRESS, POD, port)[0] for port in (443, 80)] == [None, True]
        assert HIDDEN in problems(found)


def test_an_acl_of_which_the_subnets_are_not_known_may_be_on_any() -> None:
    found = snapshot(acl("web", ()) | {"inputs": {"vpcId": "<id of main>", "subnetIds": UNKNOWN}}, nodes=["a"])
    which = "which network ACL Subnet 'a' has is not known"
    assert asked(found, ADDRESS, POD) == (None, [f"Ingress: {which}"])
    assert problems(found)[0] == which
    assert asked(snapshot(acl("web", ["a", "b"]), nodes=["a"]), ADDRESS, POD)[0] is False
    part = {"vpcId": "<id of main>", "subnetIds": [UNKNOWN, *listed("a", "b")]}
    assert asked(snapshot(acl("web", ()) | {"inputs": part}, nodes=["db"]), ADDRESS, POD)[0] is None
    other = {"vpcId": "<id of other>", "subnetIds": UNKNOWN}
    elsewhere = snapshot(
        made("ec2/vpc:Vpc", "other"), acl("web", ()) | {"inputs": other}, acl("spare", ["db"]), nodes=["a"]
    )
    assert asked(elsewhere, ADDRESS, POD)[0] is True


def test_an_acl_that_is_not_made_here_and_two_on_one_subnet_are_not_known() -> None:
    on = made("ec2/networkAclAssociation:NetworkAclAssociation", "on-acl", networkAclId="acl-123", subnetId="<id of a>")
    which = "which network ACL Subnet 'a' has is not known"
    assert asked(snapshot(on, nodes=["a"]), ADDRESS, POD) == (None, [f"Ingress: {which}"])
    two = snapshot(acl("one", ["a"], **OPEN), acl("two", ["a"]), nodes=["a"])
    assert asked(two, ADDRESS, POD) == (None, [f"Ingress: {which}"])
    assert problems(two) == [which]


def test_of_two_rules_with_the_same_number_aws_takes_one() -> None:
    found = snapshot(acl("web", **{IN: [rule(5, "deny", (80, 80)), rule(5, "allow", (80, 81)), ALL], OUT: [ALL]}))
    assert [asked(found, ADDRESS, POD, port)[0] for port in (80, 81, 82)] == [None, True, True]
    assert problems(found) == ["NetworkAcl 'web' would be refused: it has the rule 'ingress 5' twice"]


def test_where_a_subnet_lies_may_not_be_known() -> None:
    found = snapshot(acl("web", ["a"]), nodes=["a"], a={"cidrBlock": UNKNOWN})
    assert asked(found, POD, "10.7.7.7/32") == (
        None,
        ["Egress: whether it lies in Subnet 'a', within which nothing is filtered, is not known"],
    )
    assert asked(found, POD, "internet")[0] is False
    only = acl("data", ["db"], **{IN: [rule(1, "allow", (5432, 5432), "10.0.0.0/24")], OUT: [ALL]})
    near = snapshot(only, nodes=["a"], a={"cidrBlock": UNKNOWN})
    assert asked(near, POD, "10.0.2.5/32", 5432)[0] is None
    far = snapshot(acl("data", ["db"]), nodes=["a"], db={"cidrBlock": UNKNOWN})
    assert asked(far, POD, "10.7.7.7/32") == (None, ["Ingress: whether Subnet 'db' is on the way is not known"])
    assert asked(far, POD, "internet")[0] is True


def test_nodes_of_which_the_subnets_are_not_known_may_be_behind_any_acl() -> None:
    nodes = made("eks/nodeGroup:NodeGroup", "more", clusterName="main", subnetIds=UNKNOWN)
    found = snapshot(acl("web", **OPEN), nodes)
    lost = "in which subnets the nodes of cluster 'main-cluster' are is not known"
    assert asked(found, POD, "internet") == (None, [f"Egress: {lost}"])
    assert asked(found, POD, "shop/any/pod") == (None, [f"Egress: {lost}"])
    assert problems(found) == [
        "NodeGroup 'more' is in subnets that are not known, and so are its network ACLs",
        "NodeGroup 'more' is in subnets that are not known: routes do not count",
    ]


def test_how_a_load_balancer_sends_is_not_known_where_anything_is_filtered() -> None:
    spec = {
        "type": "LoadBalancer",
        "selector": {"app": "web"},
        "ports": [{"port": 443}],
        "externalTrafficPolicy": "Local",
    }
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}

    def answer(*more: dict[str, Any]) -> tuple[bool | None, list[str]]:
        given = snapshot(*more)
        item = next(each for each in given.resources if each.type.endswith(":Pod"))
        balancer = type(item)("urn::service", "kubernetes:core/v1:Service", "shop/web", inputs=service)
        both = Snapshot.of(given.project, given.stack, [*given.resources, balancer])
        found, web = reach(Views(both), plugin="vpc-cni"), PortRange("TCP", 443, 443)
        why = found.why("internet", POD, web)
        assert (found.ports("internet", POD), found.unsure("internet", POD)) == (
            ((web,), ()) if why.allowed else ((), (web,))
        )
        told = [str(reason).partition(", as from")[0] for reason in why.reasons if reason.layer == "network ACLs"]
        return why.allowed, told

    assert answer() == answer(acl("web", **OPEN)) == (True, [])
    text = "Ingress: NetworkAcl 'web' does not let everything through, and how the load balancer sends is not known"
    assert answer(acl("web", **WEB)) == (None, [text])
    other = {"vpcId": "<id of other>", "cidrBlock": "10.1.0.0/24"}
    elsewhere = [made("ec2/vpc:Vpc", "other"), made("ec2/subnet:Subnet", "far", **other)]
    shut = {"vpcId": "<id of other>", "subnetIds": listed("far")}
    assert answer(*elsewhere, made("ec2/networkAcl:NetworkAcl", "far-acl", **shut)) == (True, [])


NUMBERS = st.sampled_from([(22, 22), (80, 443), (0, 65535), (1024, 65535), (32768, 60999), (1, 1023)])
RULES = st.builds(
    rule,
    st.integers(1, 4),
    st.sampled_from(["allow", "allow", "deny"]),
    st.one_of(NUMBERS, st.just("every")),
    st.sampled_from(["0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "203.0.113.0/24", "::/0", "fd00:1::/56"]),
    st.sampled_from(["tcp", "udp", "132"]),
)
LISTS = st.lists(RULES, max_size=3, unique_by=lambda each: each["ruleNo"])
FIELDS = st.sampled_from(
    ["ruleNo", "action", "fromPort", "toPort", "protocol", "cidrBlock", "ipv6CidrBlock", "everything"]
)


@st.composite
def hidden(draw: st.DrawFn) -> tuple[Snapshot, Snapshot]:
    """A network with two ACLs, and the same with something of it hidden."""
    acls = [
        acl(name, on, **{way: draw(LISTS) for way in (IN, OUT)}) for name, on in (("one", ["a"]), ("two", ["b", "db"]))
    ]
    less = []
    for each in acls:
        inputs = dict(each["inputs"])
        for way in (IN, OUT):
            inputs[way] = [_without(item, draw(st.sets(FIELDS, max_size=1))) for item in inputs[way]]
        inputs |= dict.fromkeys(draw(st.sets(st.sampled_from([IN, "subnetIds"]), max_size=1)), UNKNOWN)
        less.append({**each, "inputs": inputs})
    known = draw(st.sampled_from([{}, {"a": {"cidrBlock": UNKNOWN}}, {"db": {"cidrBlock": UNKNOWN}}]))
    more = [made("ec2/subnet:Subnet", "more", vpcId="<id of main>")] if draw(st.booleans()) else []
    nodes = draw(st.sampled_from([["a"], ["a", "b"], ["nat", "a"]]))
    return snapshot(*acls, *more, nodes=nodes, six=True), snapshot(*less, *more, nodes=nodes, six=True, **known)


def _without(item: dict[str, Any], fields: set[str]) -> Any:
    return UNKNOWN if "everything" in fields else {key: UNKNOWN if key in fields else item[key] for key in item}


@settings(max_examples=60, deadline=None)
@given(hidden())
def test_whatever_a_deployment_tells_lies_within_what_was_said_before(pair: tuple[Snapshot, Snapshot]) -> None:
    one, other = (judged(found) for found in pair)
    if "network ACLs" not in other.judged:
        assert "network ACLs" not in one.judged
        return
    for name in ADDRESSES:
        for ends in ((POD, name), (name, POD)):
            for port in (PortRange("TCP", 22, 22), PortRange("UDP", 443, 443), PortRange("SCTP", 5, 5)):
                real, said = (_alone(found, *ends, port) for found in (one, other))
                assert said in (real, None), (ends, port)


ADDRESSES = (
    "internet",
    "internet/ipv6",
    "203.0.113.7/32",
    "10.0.0.7/32",
    "10.0.1.7/32",
    "10.0.2.7/32",
    "fd00:1:0:1::7/128",
)


def _alone(found: Reach, source: str, destination: str, port: PortRange) -> bool | None:
    one, other = (found.clusters[0].meant(name)[0].site for name in (source, destination))
    return layer(found).why(one, other, port).allowed
