from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.facts.gcp import addresses


@pytest.mark.parametrize(
    ("pods", "prefix"),
    [
        (8, 28),
        (9, 27),
        (16, 27),
        (17, 26),
        (32, 26),
        (33, 25),
        (64, 25),
        (65, 24),
        (110, 24),
        (128, 24),
        (129, 23),
        (256, 23),
    ],
)
def test_the_range_of_a_node_is_as_google_tabulates_it(pods: int, prefix: int) -> None:
    assert addresses.node_prefix(pods) == prefix


@pytest.mark.parametrize(
    ("range_", "pods", "nodes"),
    [
        ("/21", 110, 8),
        ("/20", 110, 16),
        ("/17", 110, 128),
        ("/16", 110, 256),
        ("/14", 110, 1024),
        ("/21", 32, 32),
        ("/18", 64, 128),
    ],
)
def test_a_pod_range_holds_as_many_nodes_as_google_tabulates(range_: str, pods: int, nodes: int) -> None:
    assert addresses.pod_addresses(nodes, pods) == IPv4Network(f"10.0.0.0{range_}").num_addresses


@given(st.integers(1, 2**24))
def test_the_prefix_for_a_number_is_the_narrowest_that_holds_it(count: int) -> None:
    prefix = addresses.prefix_for(count)
    assert 2 ** (32 - prefix) >= count
    assert prefix == 32 or 2 ** (31 - prefix) < count


def test_the_first_free_range_is_beside_what_is_taken_or_none() -> None:
    within, taken = [IPv4Network("10.0.0.0/24")], [IPv4Network("10.0.0.0/25"), IPv4Network("10.0.0.128/26")]
    assert addresses.first_free(26, within, taken) == IPv4Network("10.0.0.192/26")
    assert addresses.first_free(25, within, taken) is None
    assert addresses.first_free(23, within, []) is None
