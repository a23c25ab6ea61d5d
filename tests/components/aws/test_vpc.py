import ipaddress
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.aws import NatMode, Vpc
from components.aws.layout import planned_ranges, slot
from components.aws.vpc import VpcPlan, plan
from components.shared.inputs import InputError
from hedgerow.graph import Snapshot
from tests.components.support import refusals
from tests.support import record

REGION = "eu-west-1"


def recorded(**args: Any) -> Snapshot:
    return record(lambda: Vpc("main", {"cidr": "10.16.0.0/16", "region": REGION, **args}))


def inputs(snapshot: Snapshot, kind: str) -> dict[str, Any]:
    return {each.name: each.inputs for each in snapshot.resources if each.type.endswith(f":{kind}") and each.custom}


@st.composite
def networks(draw: st.DrawFn) -> ipaddress.IPv4Network:
    private = draw(st.sampled_from(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]))
    wide, prefix = ipaddress.IPv4Network(private), draw(st.integers(16, 22))
    index = draw(st.integers(0, 2 ** (prefix - wide.prefixlen) - 1))
    start = int(wide.network_address) + index * 2 ** (32 - prefix)
    return ipaddress.IPv4Network((start, prefix))


ZONES = st.lists(st.sampled_from("abcdef"), min_size=2, max_size=4, unique_by=slot)


@given(networks(), ZONES)
def test_subnets_never_overlap_and_stay_within_the_network(network: ipaddress.IPv4Network, zones: list[str]) -> None:
    ranges = [ipaddress.IPv4Network(text) for tier in planned_ranges(network, zones).values() for text in tier.values()]
    assert len(ranges) == 3 * len(zones)
    assert all(range_.subnet_of(network) for range_ in ranges)
    assert not any(one.overlaps(other) for one, other in combinations(ranges, 2))
    assert all(16 <= range_.prefixlen <= 28 for range_ in ranges)


@given(networks(), ZONES, st.randoms())
def test_a_subnet_stays_put_whatever_other_zones_there_are(
    network: ipaddress.IPv4Network, zones: list[str], random: Any
) -> None:
    """In any order, added one by one: what a zone has depends on its letter alone."""
    shuffled = random.sample(zones, len(zones))
    before: dict[str, dict[str, str]] = {"private": {}, "public": {}, "intra": {}}
    for count in range(1, len(shuffled) + 1):
        now = planned_ranges(network, shuffled[:count])
        assert all(before[tier].items() <= now[tier].items() for tier in now)
        before = now


def test_a_network_is_cut_into_fixed_slots() -> None:
    assert plan("main", {"cidr": "10.16.0.0/16", "region": REGION, "zones": ["c", "a"]}) == VpcPlan(
        cidr="10.16.0.0/16",
        gateways={"a": "a", "c": "c"},
        protect=False,
        subnets={
            "private": {"a": "10.16.0.0/19", "c": "10.16.64.0/19"},
            "public": {"a": "10.16.128.0/22", "c": "10.16.136.0/22"},
            "intra": {"a": "10.16.192.0/26", "c": "10.16.192.128/26"},
        },
        tags={},
    )


@pytest.mark.parametrize(
    ("cidr", "private", "public", "intra"),
    [
        ("10.0.0.0/16", "10.0.96.0/19", "10.0.140.0/22", "10.0.192.192/26"),
        ("10.0.0.0/18", "10.0.24.0/21", "10.0.35.0/24", "10.0.48.48/28"),
        ("10.0.0.0/20", "10.0.6.0/23", "10.0.8.192/26", "10.0.12.48/28"),
        ("10.0.4.0/22", "10.0.5.128/25", "10.0.6.48/28", "10.0.7.48/28"),
    ],
)
def test_the_fourth_zone_has_the_last_slots(cidr: str, private: str, public: str, intra: str) -> None:
    want = plan("main", {"cidr": cidr, "region": REGION, "zones": ["a", "d"]})
    assert {tier: subnets["d"] for tier, subnets in want.subnets.items()} == {
        "private": private,
        "public": public,
        "intra": intra,
    }


@pytest.mark.parametrize(
    ("nat", "gateways"),
    [
        (NatMode.NONE, {}),
        ("single", {"a": "a", "b": "a", "c": "a"}),
        ("per_zone", {"a": "a", "b": "b", "c": "c"}),
    ],
)
def test_private_subnets_leave_by_the_gateway_of_the_mode(nat: NatMode, gateways: dict[str, str]) -> None:
    assert plan("main", {"cidr": "10.16.0.0/16", "nat": nat, "region": REGION}).gateways == gateways


def test_a_single_gateway_stands_in_the_first_slot() -> None:
    """Zone e has slot 0, so it comes before c: the order of slots and not of letters or of the list."""
    want = plan("main", {"cidr": "10.16.0.0/16", "nat": NatMode.SINGLE, "region": REGION, "zones": ["c", "e"]})
    assert want.gateways == {"c": "e", "e": "e"}


def test_a_change_of_nat_changes_routes_and_gateways_alone() -> None:
    def but_nat(nat: str) -> set[tuple[str, str]]:
        resources = recorded(nat=nat).resources
        kinds = ("Route", "Eip", "NatGateway", "Vpc")
        return {(each.urn, repr(each.inputs)) for each in resources if each.type.split(":")[-1] not in kinds}

    assert but_nat("none") == but_nat("single") == but_nat("per_zone")


def test_routes_lead_where_they_should() -> None:
    snapshot = recorded(nat="single")
    routes = {each.name: each for each in snapshot.resources if each.type == "aws:ec2/route:Route"}
    assert {
        name: sorted(urn.split("::")[-1] for urns in route.property_dependencies.values() for urn in urns)
        for name, route in routes.items()
    } == {
        "main-public": ["main", "main-public"],
        "main-private-a": ["main-nat-a", "main-private-a"],
        "main-private-b": ["main-nat-a", "main-private-b"],
        "main-private-c": ["main-nat-a", "main-private-c"],
    }


def test_a_gateway_waits_for_the_way_to_the_internet() -> None:
    snapshot = recorded(nat="single")
    for kind in ("aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway"):
        (gateway,) = snapshot.of_type(kind)
        assert any("aws:ec2/route:Route::main-public" in urn for urn in gateway.dependencies)


def test_load_balancers_find_their_subnets_whatever_tags_are_given() -> None:
    tags = {"kubernetes.io/role/elb": "0", "owner": "platform-team"}
    subnets = inputs(recorded(tags=tags, zones=["a", "b"]), "Subnet")
    assert subnets["main-public-a"]["tags"]["kubernetes.io/role/elb"] == "1"
    assert subnets["main-private-a"]["tags"]["kubernetes.io/role/internal-elb"] == "1"


def test_protection_covers_the_network_and_its_subnets_alone() -> None:
    protected = {each.type for each in recorded(protect=True).resources if each.protect}
    assert protected == {"aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            {"cidr": "10.16.0.0/24"},
            "cidr must hold the 1024 addresses of a /22, got '10.16.0.0/24'; type 10.16.0.0/22",
        ),
        ({"cidr": "10.0.0.0/8"}, "cidr must be a /16 or narrower, AWS's limit, got '10.0.0.0/8'; type 10.0.0.0/16"),
        (
            {"cidr": "8.8.0.0/16"},
            "cidr must be a private IPv4 range, got '8.8.0.0/16'; take one of 10.0.0.0/8, 172.16.0.0/12, "
            "192.168.0.0/16, 100.64.0.0/10, such as 10.16.0.0/16",
        ),
        (
            {"cidr": "fd00:10::/48"},
            "cidr must be a private IPv4 range, got 'fd00:10::/48'; take one of 10.0.0.0/8, 172.16.0.0/12, "
            "192.168.0.0/16, 100.64.0.0/10, such as 10.16.0.0/16",
        ),
        ({"cidr": "10.16.3.4/16"}, "cidr has host bits set, got '10.16.3.4/16'; write 10.16.0.0/16"),
        ({"cidr": "ten"}, "cidr is not an address range, got 'ten'; write a range such as 10.16.0.0/16"),
        ({"zones": ["a"]}, "zones must be 2 to 4, got ['a']; type letters such as [a, b, c]"),
        (
            {"zones": list("abcde")},
            "zones must be 2 to 4, got ['a', 'b', 'c', 'd', 'e']; type letters such as [a, b, c]",
        ),
        ({"zones": ["a", "b", "a"]}, "zones must not repeat a, got ['a', 'b', 'a']; name each zone once"),
        (
            {"zones": ["e", "a", "b"]},
            "zones must not hold a and e, which share a place in the network, got ['e', 'a', 'b']; keep one of them",
        ),
        (
            {"zones": ["a", "eu-west-1b"]},
            "zones must be letters from a to f, got 'eu-west-1b'; type the last letter of a zone's name",
        ),
        ({"zones": ["a", ""]}, "zones must be letters from a to f, got ''; type the last letter of a zone's name"),
        ({"nat": "two"}, "nat must be one of none, single, per_zone, got 'two'; type one of them"),
        ({"zone": ["a"]}, "zone is not known, got ['a']; one of cidr, nat, protect, region, tags, zones"),
    ],
)
def test_fails_when_an_argument_is_wrong(args: dict[str, Any], told: str) -> None:
    assert told in refusals(plan, {"cidr": "10.16.0.0/16", "region": REGION, **args})


def test_fails_with_every_problem_at_once() -> None:
    assert refusals(plan, {"cidr": "10.16.0.0/25", "nat": "many", "region": REGION, "zones": ["a", "x"]}) == [
        "cidr must hold the 1024 addresses of a /22, got '10.16.0.0/25'; type 10.16.0.0/22",
        "zones must be letters from a to f, got 'x'; type the last letter of a zone's name",
        "nat must be one of none, single, per_zone, got 'many'; type one of them",
    ]


@given(st.text() | networks().map(str), st.lists(st.text(max_size=3), max_size=6))
def test_whatever_is_typed_gives_a_plan_or_a_report(cidr: str, zones: list[str]) -> None:
    try:
        want = plan("main", {"cidr": cidr, "region": REGION, "zones": zones})
    except InputError as refused:
        unfixable = [problem for problem in refused.problems if not problem.fix]
        zones = []
    else:
        unfixable = []
        zones = sorted(set(zones) - set(want.subnets["private"]))
    assert (unfixable, zones) == ([], [])
