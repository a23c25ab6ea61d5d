import ipaddress
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gcp import GcpNetwork
from components.gcp.gcp_network import GcpNetworkPlan, plan
from components.gcp.layout import planned_ranges
from components.shared.inputs import InputError
from hedgerow.graph import Snapshot
from tests.components.support import refusals
from tests.support import record

from .examples import GCP_NETWORK

SMALLEST = GCP_NETWORK["smallest"]
PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]
DOCKER = ipaddress.IPv4Network("172.17.0.0/16")
ROLES = ("nodes", "pods", "services")


def with_pools(cidr: str, **pools: tuple[int, int]) -> Any:
    sized = {key: {"nodes": nodes, "pods_per_node": pods} for key, (nodes, pods) in pools.items()}
    return {**SMALLEST, "cidr": cidr, "pools": sized}


def recorded(**args: Any) -> Snapshot:
    return record(lambda: GcpNetwork("primary", {**SMALLEST, **args}))  # type: ignore[typeddict-item]


@st.composite
def networks(draw: st.DrawFn, widest: int = 12) -> ipaddress.IPv4Network:
    wide = ipaddress.IPv4Network(draw(st.sampled_from(PRIVATE)))
    prefix = draw(st.integers(max(widest, wide.prefixlen), 23))
    index = draw(st.integers(0, 2 ** (prefix - wide.prefixlen) - 1))
    return ipaddress.IPv4Network((int(wide.network_address) + index * 2 ** (32 - prefix), prefix))


POOLS = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.tuples(st.integers(1, 400), st.integers(8, 256)), min_size=1
)


def places(range_: ipaddress.IPv4Network, pools: dict[str, tuple[int, int]]) -> bool:
    """The oracle: hand each node its own aligned block of the pod range, one after another, the large ones first."""
    at, end = int(range_.network_address), int(range_.broadcast_address) + 1
    blocks = []
    for nodes, pods in pools.values():
        size = 16
        while size < 2 * pods:
            size *= 2
        blocks += [size] * nodes
    for size in sorted(blocks, reverse=True):
        assert at % size == 0 or at + size > end
        at += size
    return at <= end


def planned(network: ipaddress.IPv4Network, pools: dict[str, tuple[int, int]]) -> GcpNetworkPlan | None:
    try:
        return plan("primary", with_pools(str(network), **pools))
    except InputError:
        return None


@given(networks())
def test_ranges_never_overlap_and_stay_within_the_network(network: ipaddress.IPv4Network) -> None:
    ranges = planned_ranges(network)
    assert set(ranges) == set(ROLES)
    assert all(range_.subnet_of(network) for range_ in ranges.values())
    assert not any(one.overlaps(other) for one, other in combinations(ranges.values(), 2))
    assert 16 <= ranges["services"].prefixlen <= 27


@given(networks(), POOLS)
def test_a_network_is_taken_exactly_where_every_node_finds_its_place(
    network: ipaddress.IPv4Network, pools: dict[str, tuple[int, int]]
) -> None:
    ranges = planned_ranges(network)
    nodes = sum(count for count, _ in pools.values())
    apart = not any(range_.overlaps(DOCKER) for range_ in ranges.values())
    room = places(ranges["pods"], pools) and nodes <= ranges["nodes"].num_addresses - 4
    assert (planned(network, pools) is not None) == (room and apart)


@given(networks(), POOLS)
def test_more_nodes_or_more_pods_never_move_a_range(
    network: ipaddress.IPv4Network, pools: dict[str, tuple[int, int]]
) -> None:
    """Ranges in use cannot be changed: a plan is the same whatever pools it holds, or it is refused."""
    one, more = planned(network, {"a": (1, 8)}), planned(network, pools)
    assert more in (None, one)


@given(networks(), POOLS)
def test_what_holds_a_demand_holds_a_smaller_one_and_so_does_a_wider_network(
    network: ipaddress.IPv4Network, pools: dict[str, tuple[int, int]]
) -> None:
    if planned(network, pools) is None:
        return
    less = {key: (max(nodes // 2, 1), max(pods // 2, 8)) for key, (nodes, pods) in pools.items()}
    assert planned(network, less)
    wider = network.supernet()
    if wider.is_private and not wider.overlaps(DOCKER):
        assert planned(wider, pools)


@given(networks(), POOLS)
def test_the_network_that_a_refusal_names_is_taken(
    network: ipaddress.IPv4Network, pools: dict[str, tuple[int, int]]
) -> None:
    try:
        plan("primary", with_pools(str(network), **pools))
    except InputError as refused:
        (fix,) = {problem.fix for problem in refused.problems if "must hold" in problem.rule} or {""}
        if fix.startswith("type "):
            assert planned(ipaddress.IPv4Network(fix.removeprefix("type ")), pools)


@given(st.sampled_from(ROLES), networks(), networks(), networks())
def test_given_ranges_are_taken_as_they_are_or_refused(
    role: str, network: ipaddress.IPv4Network, one: ipaddress.IPv4Network, other: ipaddress.IPv4Network
) -> None:
    second = ROLES[(ROLES.index(role) + 1) % 3]
    args = {**with_pools(str(network), a=(1, 8)), f"{role}_cidr": str(one), f"{second}_cidr": str(other)}
    try:
        want = plan("primary", args)
    except InputError:
        return
    assert {role: str(one), second: str(other)}.items() <= vars(want).items()
    ranges = [ipaddress.IPv4Network(getattr(want, each)) for each in ROLES]
    assert not any(left.overlaps(right) for left, right in combinations(ranges, 2))


def test_a_network_is_cut_into_fixed_parts() -> None:
    assert plan("primary", with_pools("10.16.0.0/16", general=(128, 110))) == GcpNetworkPlan(
        network="10.16.0.0/16",
        nodes="10.16.128.0/20",
        pods="10.16.0.0/17",
        protect=False,
        services="10.16.144.0/20",
    )


@pytest.mark.parametrize(
    ("cidr", "nodes", "pods", "services"),
    [
        ("10.0.0.0/10", "10.32.0.0/14", "10.0.0.0/11", "10.36.0.0/16"),
        ("10.16.0.0/20", "10.16.8.0/24", "10.16.0.0/21", "10.16.9.0/24"),
        ("10.16.0.0/23", "10.16.1.0/27", "10.16.0.0/24", "10.16.1.32/27"),
    ],
)
def test_the_parts_grow_with_the_network(cidr: str, nodes: str, pods: str, services: str) -> None:
    want = plan("primary", with_pools(cidr, general=(1, 110)))
    assert (want.nodes, want.pods, want.services) == (nodes, pods, services)


@pytest.mark.parametrize(
    ("pods_per_node", "fits"), [(8, 2048), (9, 1024), (32, 512), (33, 256), (64, 256), (65, 128), (110, 128), (129, 64)]
)
def test_a_17_holds_so_many_nodes(pods_per_node: int, fits: int) -> None:
    """By Google's table: every node takes at least two addresses for each pod."""
    network = ipaddress.IPv4Network("10.16.0.0/16")
    assert planned(network, {"general": (fits, pods_per_node)})
    assert planned(network, {"general": (fits + 1, pods_per_node)}) is None


def test_nodes_have_no_way_out_but_nat_and_no_network_but_this() -> None:
    snapshot = recorded()
    (network,) = snapshot.of_type("gcp:compute/network:Network")
    (subnet,) = snapshot.of_type("gcp:compute/subnetwork:Subnetwork")
    (nat,) = snapshot.of_type("gcp:compute/routerNat:RouterNat")
    assert network.inputs["autoCreateSubnetworks"] is False
    assert subnet.inputs["privateIpGoogleAccess"] is True
    assert (nat.inputs["enableDynamicPortAllocation"], nat.inputs["enableEndpointIndependentMapping"]) == (True, False)


def test_the_subnet_is_handed_on_once_its_way_out_is_there() -> None:
    def program() -> None:
        import pulumi_gcp as gcp

        network = GcpNetwork("primary", SMALLEST)
        gcp.compute.Address("user", subnetwork=network.subnetwork_id)

    (user,) = record(program).of_type("gcp:compute/address:Address")
    assert {urn.split("::")[-2].split(":")[-1] for urn in user.dependencies} == {"Firewall", "RouterNat", "Subnetwork"}


def test_protection_covers_the_network_and_its_subnet_alone() -> None:
    protected = {each.type for each in recorded(protect=True).resources if each.protect}
    assert protected == {"gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork"}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            with_pools("10.16.0.0/16", general=(141, 110)),
            "cidr must hold 36096 addresses for pods in its first half, which has 32768 (general 141 nodes x 256), "
            "got '10.16.0.0/16'; type 10.16.0.0/15",
        ),
        (
            with_pools("192.168.0.0/16", general=(100, 110), small=(200, 32)),
            "cidr must hold 38400 addresses for pods in its first half, which has 32768 "
            "(general 100 nodes x 256 + small 200 nodes x 64), got '192.168.0.0/16'; type 10.0.0.0/15",
        ),
        (
            with_pools("10.0.0.0/8", general=(15000, 256), more=(15000, 256)),
            "cidr must hold 15360000 addresses for pods in its first half, which has 8388608 "
            "(general 15000 nodes x 512 + more 15000 nodes x 512), got '10.0.0.0/8'; "
            "no private network is so wide: lower max or pods_per_node of the pools",
        ),
        (
            {**with_pools("10.16.0.0/20", general=(300, 8)), "pods_cidr": "10.32.0.0/16"},
            "cidr must hold 304 addresses for nodes in a sixteenth, which has 256, got '10.16.0.0/20'; "
            "type 10.16.0.0/19",
        ),
        (
            with_pools("10.16.0.0/24", general=(1, 8)),
            "cidr must be a /23 or wider, got '10.16.0.0/24'; type 10.16.0.0/23",
        ),
        (
            {**SMALLEST, "cidr": "8.8.0.0/16"},
            "cidr must be a private IPv4 range, got '8.8.0.0/16'; take one of 10.0.0.0/8, 172.16.0.0/12, "
            "192.168.0.0/16, 100.64.0.0/10, such as 10.16.0.0/16",
        ),
        (
            {**with_pools("10.16.0.0/16", general=(100, 110)), "pods_cidr": "10.32.0.0/20"},
            "pods_cidr must hold 25600 addresses for pods, it has 4096 (general 100 nodes x 256), "
            "got '10.32.0.0/20'; type a /17 or wider",
        ),
        (
            {
                **with_pools("10.16.0.0/16", general=(100, 110)),
                "pods_cidr": "10.32.0.0/20",
                "services_cidr": "10.33.0.0/16",
            },
            "pods_cidr must hold 25600 addresses for pods, it has 4096 (general 100 nodes x 256), "
            "got '10.32.0.0/20'; swap it with services_cidr 10.33.0.0/16, which holds them",
        ),
        (
            {**with_pools("10.16.0.0/16", general=(100, 110)), "nodes_cidr": "10.32.0.0/26"},
            "nodes_cidr must hold 104 addresses for nodes, 4 of them Google's, it has 64, got '10.32.0.0/26'; "
            "type a /25 or wider",
        ),
        (
            {**with_pools("10.16.0.0/16", general=(1, 8)), "pods_cidr": "10.32.0.0/25"},
            "pods_cidr must be a /24 or wider, got '10.32.0.0/25'; type a /24",
        ),
        (
            {**SMALLEST, "services_cidr": "10.32.0.0/12"},
            "services_cidr must be a /16 to /27, got '10.32.0.0/12'; type one such as a /20, for 4096 Services",
        ),
        (
            {**SMALLEST, "services_cidr": "10.16.4.0/24"},
            "services_cidr must not overlap 10.16.0.0/17, the range of pods, got '10.16.4.0/24'; type 10.16.144.0/24",
        ),
        (
            {**SMALLEST, "pods_cidr": "10.32.0.0/16", "services_cidr": "10.32.0.0/20"},
            "services_cidr must not overlap 10.32.0.0/16, the range of pods, got '10.32.0.0/20'; type 10.16.0.0/20",
        ),
        (
            {**SMALLEST, "services_cidr": "172.17.16.0/20"},
            "services_cidr must not overlap 172.17.0.0/16, which the nodes keep for themselves, with its range of "
            "services, got '172.17.16.0/20'; type one such as 10.16.0.0/16",
        ),
        (
            with_pools("172.16.0.0/14", general=(1, 8)),
            "cidr must not overlap 172.17.0.0/16, which the nodes keep for themselves, with its range of pods, "
            "got '172.16.0.0/14'; type one such as 10.16.0.0/16",
        ),
        (
            with_pools("10.16.0.0/16"),
            "pools must name one at least, got {}; type {general: {nodes: 10, pods_per_node: 110}}",
        ),
        (
            with_pools("10.16.0.0/16", general=(1, 300)),
            "pools.general.pods_per_node must be 8 to 256, got 300; type one, such as 8",
        ),
        (
            with_pools("10.16.0.0/16", general=(0, 110)),
            "pools.general.nodes must be 1 to 15000, got 0; type one, such as 1",
        ),
    ],
)
def test_fails_when_an_argument_is_wrong(args: Any, told: str) -> None:
    assert refusals(plan, args, name="primary") == [told]


def test_a_range_that_is_too_small_and_overlaps_is_told_of_one_that_fits() -> None:
    args = {**with_pools("10.16.0.0/16", general=(17, 110)), "pods_cidr": "10.16.128.0/22"}
    assert refusals(plan, args, name="primary") == [
        "pods_cidr must hold 4352 addresses for pods, it has 1024 (general 17 nodes x 256), got '10.16.128.0/22'; "
        "type a /19 or wider",
        "pods_cidr must not overlap 10.16.128.0/20, the range of nodes, got '10.16.128.0/22'; type 10.16.0.0/19",
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "Gcp",
            "name must be lower-case letters, digits and hyphens, a letter first and no hyphen last, got 'Gcp'; "
            "type one such as gcp-dev",
        ),
        ("n" * 42, f"name must have at most 41 characters, it has 42, got '{'n' * 42}'; shorten it"),
    ],
)
def test_fails_when_google_would_not_take_the_name(name: str, told: str) -> None:
    assert refusals(plan, SMALLEST, name=name) == [told]


def test_fails_with_every_problem_at_once() -> None:
    args = {**with_pools("10.16.0.0/16", general=(0, 300)), "pods_cidr": "ten", "services_cidr": "8.8.8.0/24"}
    assert [line.split(" ")[0] for line in refusals(plan, args, name="1")] == [
        "name",
        "pools.general.nodes",
        "pools.general.pods_per_node",
        "pods_cidr",
        "services_cidr",
    ]
