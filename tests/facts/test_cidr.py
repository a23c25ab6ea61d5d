"""Ranges are read strictly, compared across families without a crash, and subtracted exactly."""

from ipaddress import IPv4Network, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.facts import cidr
from hedgerow.facts.cidr import CidrError


def test_a_range_is_read() -> None:
    assert cidr.network("10.16.0.0/16") == IPv4Network("10.16.0.0/16")
    assert cidr.network("0.0.0.0/0") == IPv4Network("0.0.0.0/0")
    assert cidr.any_network("fd00:10::/48") == IPv6Network("fd00:10::/48")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("10.16.3.0/16", "'10.16.3.0/16' has host bits set; write 10.16.0.0/16"),
        ("fd00::1/64", "'fd00::1/64' has host bits set; write fd00::/64"),
        ("10.0.0.0", "'10.0.0.0' has no prefix length; write 10.0.0.0/32 for one address"),
        ("fd00::1", "'fd00::1' has no prefix length; write fd00::1/128 for one address"),
        ("10.0.0.0/", "'10.0.0.0/' has no prefix length between 0 and 32; write a range such as 10.16.0.0/16"),
        ("10.0.0.0/33", "'10.0.0.0/33' has no prefix length between 0 and 32; write a range such as 10.16.0.0/16"),
        ("10.0.0.0/08", "'10.0.0.0/08' has no prefix length between 0 and 32; write a range such as 10.16.0.0/16"),
        (
            "10.0.0.0/255.0.0.0",
            "'10.0.0.0/255.0.0.0' has no prefix length between 0 and 32; write a range such as 10.16.0.0/16",
        ),
        ("10.0.0/8", "'10.0.0/8' is not an address range; write a range such as 10.16.0.0/16"),
        ("010.0.0.0/8", "'010.0.0.0/8' is not an address range; write a range such as 10.16.0.0/16"),
        (" 10.0.0.0/8", "' 10.0.0.0/8' is not an address range; write a range such as 10.16.0.0/16"),
        ("any", "'any' is not an address range; write a range such as 10.16.0.0/16"),
        ("", "'' is not an address range; write a range such as 10.16.0.0/16"),
        (
            "::ffff:10.0.0.0/104",
            "'::ffff:10.0.0.0/104' is not a plain IPv6 range; write one such as fd00:10::/48, or an IPv4 range",
        ),
        (
            "fe80::%eth0/64",
            "'fe80::%eth0/64' is not a plain IPv6 range; write one such as fd00:10::/48, or an IPv4 range",
        ),
        (10, "10 is not an address range; write a range such as 10.16.0.0/16"),
    ],
)
def test_everything_else_is_refused_with_what_to_write(text: str, message: str) -> None:
    with pytest.raises(CidrError) as error:
        cidr.any_network(text)
    assert str(error.value) == message


def test_an_ipv6_range_is_refused_where_ipv4_is_wanted() -> None:
    with pytest.raises(CidrError) as error:
        cidr.network("fd00::/8")
    assert str(error.value) == "'fd00::/8' is an IPv6 range; write an IPv4 range such as 10.16.0.0/16"


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("10.0.0.0/8", True),
        ("10.16.0.0/16", True),
        ("172.31.0.0/16", True),
        ("172.0.0.0/11", False),
        ("192.168.0.0/16", True),
        ("100.64.0.0/10", True),
        ("100.128.0.0/16", False),
        ("8.8.8.0/24", False),
        ("0.0.0.0/0", False),
        ("169.254.0.0/16", False),
        ("fd00:10::/48", True),
        ("2001:db8::/32", False),
    ],
)
def test_private_is_what_a_network_may_use(text: str, private: bool) -> None:
    assert cidr.is_private(cidr.any_network(text)) is private


def test_ranges_of_different_families_have_nothing_in_common() -> None:
    four, six = cidr.any_network("0.0.0.0/0"), cidr.any_network("::/0")
    assert not cidr.overlaps(four, six)
    assert not cidr.within(four, six)
    assert cidr.subtract(four, [six]) == [four]


def test_the_internet_without_private_ranges() -> None:
    left = cidr.subtract(IPv4Network("0.0.0.0/0"), [cidr.any_network(t) for t in ("10.0.0.0/8", "192.168.0.0/16")])
    assert [str(each) for each in left[:4]] == ["0.0.0.0/5", "8.0.0.0/7", "11.0.0.0/8", "12.0.0.0/6"]
    assert len(left) == 7 + 15, "one range for each bit below the first, which parts the two"


def test_subtracting_ipv6() -> None:
    left = cidr.subtract(IPv6Network("fd00::/126"), [IPv6Network("fd00::2/128")])
    assert left == [IPv6Network("fd00::/127"), IPv6Network("fd00::3/128")]


BASE = int(IPv4Network("10.0.0.0/24").network_address)


@st.composite
def small_ranges(draw: st.DrawFn) -> IPv4Network:
    """A range around 10.0.0.0/24: within it, around it or beside it."""
    prefix = draw(st.integers(22, 32))
    start = BASE - 256 + draw(st.integers(0, 1023))
    found = ip_network((start >> (32 - prefix) << (32 - prefix), prefix))
    assert isinstance(found, IPv4Network)
    return found


def addresses(range_: IPv4Network) -> set[int]:
    return set(range(int(range_.network_address), int(range_.broadcast_address) + 1))


@given(small_ranges(), st.lists(small_ranges(), max_size=6))
def test_subtraction_leaves_exactly_the_other_addresses(range_: IPv4Network, others: list[IPv4Network]) -> None:
    left = cidr.subtract(range_, others)
    expected = addresses(range_).difference(*(addresses(other) for other in others))
    assert sum(each.num_addresses for each in left) == len(expected)
    assert set().union(*(addresses(each) for each in left)) == expected
    assert left == sorted(left)


@given(small_ranges(), st.lists(small_ranges(), max_size=6))
def test_subtraction_gives_the_fewest_ranges(range_: IPv4Network, others: list[IPv4Network]) -> None:
    left = cidr.subtract(range_, others)
    kept = addresses(range_).difference(*(addresses(other) for other in others))
    for each in left:
        assert each.prefixlen == 0 or not addresses(each.supernet()) <= kept


@given(small_ranges(), small_ranges())
def test_overlap_and_within_agree_with_sets_of_addresses(one: IPv4Network, other: IPv4Network) -> None:
    assert cidr.overlaps(one, other) == bool(addresses(one) & addresses(other))
    assert cidr.within(one, other) == (addresses(one) <= addresses(other))


@given(st.ip_addresses(), st.data())
def test_a_range_is_read_back_from_its_own_text(address: object, data: st.DataObject) -> None:
    whole = ip_network(address)  # type: ignore[arg-type]
    range_ = whole.supernet(new_prefix=data.draw(st.integers(0, whole.max_prefixlen)))
    mapped = isinstance(range_, IPv6Network) and range_.network_address.ipv4_mapped
    if not mapped:
        assert cidr.any_network(str(range_)) == range_
