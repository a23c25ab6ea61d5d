"""Addresses as ends of a path: any of them, whole ranges, and the internet as every public one."""

import ipaddress
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hedgerow.graph import UNKNOWN
from hedgerow.graph.reach import EVERYTHING, PortRange, Reach
from hedgerow.graph.reach.addresses import Addresses

from .clusters import answers, block, may, namespace, pod, policy
from .test_command import folder, told

W = "a/Pod/w"
HALVES = ("0.0.0.0/1", "128.0.0.0/1")


def cluster(*peers: dict[str, Any], way: str = "egress") -> list[dict[str, Any]]:
    side = {"egress": "to", "ingress": "from"}[way]
    rules = {way: [{side: list(peers)}]} if peers else {}
    return [namespace("a"), pod("a/w"), policy("a/x", policyTypes=[way.capitalize()], **rules)]


def out(*peers: dict[str, Any]) -> Reach:
    return answers(*cluster(*peers))


def reasons(found: Reach, destination: str) -> list[str]:
    return [str(reason) for reason in found.why(W, destination, PortRange("TCP", 80, 80)).reasons]


INTERNET: dict[str, tuple[list[dict[str, Any]], bool]] = {
    "nothing": ([], False),
    "nothing is left of it": ([block("0.0.0.0/0", *HALVES)], False),
    "nothing public is left of it": ([block("192.0.0.0/16", *(f"192.0.{part}.0/24" for part in range(1, 256)))], False),
    "two halves": ([block(half) for half in HALVES], True),
    "one half": ([block(HALVES[0])], True),
    "IPv6": ([block("::/0")], True),
    "IPv6 of the internet": ([block("2000::/3")], True),
    "IPv6 but the internet": ([block("::/0", "2000::/3")], False),
    "one address": ([block("8.8.8.8/32")], True),
    "two networks": ([block("8.0.0.0/7")], True),
    "one IPv6 address": ([block("2606:4700::1111/128")], True),
    "private": ([block("10.0.0.0/8"), block("172.16.0.0/12"), block("192.168.0.0/16"), block("fd00::/8")], False),
    "link-local, loopback, multicast": ([block("169.254.0.0/16"), block("127.0.0.0/8"), block("224.0.0.0/4")], False),
    "documentation": ([block("203.0.113.0/24"), block("2001:db8::/32"), block("3fff::/20")], False),
    "a private range and one more address": ([block("10.0.0.0/7", "10.0.0.0/8")], True),
}


@pytest.mark.parametrize("case", INTERNET)
@pytest.mark.parametrize("way", ["egress", "ingress"])
def test_the_internet_is_open_where_some_public_address_is(case: str, way: str) -> None:
    peers, wanted = INTERNET[case]
    found = answers(*cluster(*peers, way=way))
    ends = (W, "internet") if way == "egress" else ("internet", W)
    assert (may(found, *ends), bool(found.ports(*ends)), found.unsure(*ends)) == (wanted, wanted, ())


def test_a_witness_names_the_part_of_the_internet() -> None:
    rule = "Egress: spec.egress[0] of NetworkPolicy 'a/x' lets it through"
    assert reasons(out(block("8.8.8.8/32")), "internet") == ["Egress: 8.8.8.8/32 is a part of the internet", rule]
    assert reasons(out(block("0.0.0.0/0", "8.8.8.8/32")), "internet") == [rule]
    into = answers(*cluster(block("9.9.9.9/32"), way="ingress")).why("internet", W, PortRange("TCP", 80, 80))
    assert str(into.reasons[0]) == "Ingress: 9.9.9.9/32 is a part of the internet"


@pytest.mark.parametrize("given", ["internet", "inter*", "*", "8.8.8.0/24", "0.0.0.0/0"])
def test_a_gate_sees_a_part_of_the_internet(tmp_path: Path, given: str) -> None:
    where = folder(tmp_path / "a", *cluster(block("8.8.8.8/32")))
    code, text = told(where, "--deny", "a/Pod/*", given)
    assert (code, "✗ is there  a/Pod/w → 8.8.8.8/32" in text) == (3, True)
    assert told(where, "--deny", "a/Pod/*", "9.9.9.0/24")[0] == 0


def test_a_gate_sees_the_internet_in_two_halves(tmp_path: Path) -> None:
    where = folder(tmp_path / "a", *cluster(*map(block, HALVES)))
    code, text = told(where, "--deny", "a/Pod/*", "internet:443")
    assert (code, "a/Pod/w → 0.0.0.0/1" in text, "128.0.0.0/1  TCP/443" in text) == (3, True, True)
    assert "internet" not in {end["name"] for end in document(where, tmp_path)["endpoints"]}, "nothing is left of it"


def test_the_document_says_which_addresses_are_of_the_internet(tmp_path: Path) -> None:
    where = folder(tmp_path / "a", *cluster(block("8.8.8.8/32"), block("203.0.113.0/24")))
    ends = document(where, tmp_path)["endpoints"]
    assert {end["name"] for end in ends if end.get("internet")} == {"internet", "internet/ipv6", "8.8.8.8/32"}


def document(where: str, tmp_path: Path) -> dict[str, Any]:
    assert told(where, "--json", str(tmp_path / "reach.json"))[0] == 0
    found: dict[str, Any] = json.loads((tmp_path / "reach.json").read_text())
    return found


def test_the_matrix_tells_parts_of_the_internet_from_its_rest(tmp_path: Path) -> None:
    some = folder(tmp_path / "a", *cluster(block("8.8.8.8/32"), block("10.0.0.0/8")))
    assert "    → 10.0.0.0/8, 8.8.8.8/32 (of the internet)  every port" in told(some, "a/Pod/w")[1].splitlines()
    rest = folder(tmp_path / "b", *cluster(block("0.0.0.0/0", "8.8.8.8/32"), block("::/0")))
    assert "rest of the internet" in told(rest, "a/Pod/w")[1]
    every = folder(tmp_path / "c", *cluster(block("0.0.0.0/0", "10.0.0.0/8"), block("8.8.8.8/32"), block("2000::/3")))
    assert ", internet, " in told(every, "a/Pod/w")[1]


@pytest.mark.parametrize("address", ["10.0.0.5", "10.0.0.5/32", "8.8.8.8", "2606:4700::1", "fd00::1", "127.0.0.1"])
def test_any_address_can_be_asked_about(address: str) -> None:
    assert may(answers(namespace("a"), pod("a/w")), W, address) is True
    assert (may(out(), W, address), may(out(), address, W)) == (False, True)
    assert out(block("10.0.0.0/8")).ports(address, W) != ()


RANGES: dict[str, tuple[list[dict[str, Any]], str, bool | None]] = {
    "all of it": ([block("10.0.0.0/8")], "10.0.0.0/8", True),
    "all of it, within a wider one": ([block("0.0.0.0/0")], "10.0.0.0/16", True),
    "all of it, in parts": ([block("10.0.0.0/9"), block("10.128.0.0/9")], "10.0.0.0/8", True),
    "none of it": ([block("11.0.0.0/8")], "10.0.0.0/8", False),
    "none that is left": ([block("10.0.0.0/8", "10.0.0.0/16")], "10.0.0.0/16", False),
    "a part of it": ([block("10.0.0.0/16")], "10.0.0.0/8", None),
    "all but a part": ([block("10.0.0.0/8", "10.0.0.0/16")], "10.0.0.0/8", None),
    "one that reaches into a wider one": ([block("10.0.0.0/8")], "10.0.0.0/7", None),
    "every address": ([block("0.0.0.0/0")], "0.0.0.0/0", True),
    "with host bits": ([block("10.0.0.0/16")], "10.0.5.0/16", True),
}


@pytest.mark.parametrize("case", RANGES)
def test_a_range_is_answered_where_all_of_it_agrees(case: str) -> None:
    peers, range_, wanted = RANGES[case]
    found = out(*peers)
    assert may(found, W, range_) is wanted
    assert (bool(found.ports(W, range_)), bool(found.unsure(W, range_))) == (wanted is True, wanted is None)


def test_a_range_that_passes_in_part_says_which() -> None:
    assert reasons(out(block("10.0.0.0/8", "10.0.0.0/16")), "10.0.0.0/8")[0] == (
        "Egress: only in part: 10.0.0.0/8 gets through, 10.0.0.0/16 does not"
    )


def test_what_is_not_known_of_addresses_is_told_with_the_part() -> None:
    veiled = out(block("10.0.0.0/16"), block("8.8.8.8/32"), {"ipBlock": UNKNOWN})
    reason = "Egress: spec.egress[0] of NetworkPolicy 'a/x' is not known yet"
    assert (may(veiled, W, "9.9.9.9"), reasons(veiled, "9.9.9.9")) == (None, [reason])
    assert (may(veiled, W, "internet"), may(veiled, W, "10.0.0.0/16")) == (True, True)
    assert (may(veiled, W, "172.16.0.0/11"), reasons(veiled, "172.16.0.0/11")) == (None, [reason])
    assert reasons(veiled, "10.0.0.0/8")[0] == (
        "Egress: only in part: 10.0.0.0/16 gets through, 10.0.0.0/8 may get through"
    )
    unknown = out({"ipBlock": UNKNOWN}, block("8.0.0.0/8", "8.8.8.8/32"))
    closed = out({"ipBlock": UNKNOWN}, block("10.0.0.0/8"))
    assert (may(unknown, W, "8.8.8.8"), may(unknown, W, "internet")) == (None, True)
    assert (may(closed, W, "internet"), reasons(closed, "internet")) == (None, [reason])
    assert (closed.ports(W, "internet"), closed.unsure(W, "internet")) == ((), EVERYTHING)


def test_what_is_no_address_and_no_name_is_refused() -> None:
    with pytest.raises(LookupError, match=r"'10\.0\.0\.256' is no endpoint"):
        may(out(), W, "10.0.0.256")


networks = st.builds(
    lambda address, length: ipaddress.ip_network((address << 24, length), strict=False),
    st.integers(0, 255),
    st.integers(0, 12),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(networks, max_size=8), networks, st.integers(0, 2**32 - 1))
def test_pieces_hold_every_address_once(ranges: list[Any], wanted: Any, number: int) -> None:
    addresses = Addresses(ranges)
    address = ipaddress.ip_address(number)
    (piece,) = addresses.meant(str(address))
    around = [each for each in addresses.pieces if address in each.range]
    assert piece == max(around, key=lambda each: each.range.prefixlen)
    # A range shares addresses with whoever holds its first one, or one where a piece begins or has just ended.
    four = [each.range for each in addresses.pieces if each.range.version == 4]
    edges = {int(each[0]) for each in four} | {int(each[-1]) + 1 for each in four}
    first, last = int(wanted[0]), int(wanted[-1])
    inside = [str(ipaddress.IPv4Address(edge)) for edge in {first, *edges} if first <= edge <= last]
    assert {part for each in inside for part in addresses.meant(each)} == set(addresses.overlapping(wanted))
