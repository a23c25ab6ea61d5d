"""The sets of bits against one packet at a time, on random clusters."""

import copy
import random
from ipaddress import ip_address, ip_network
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hedgerow.graph import UNKNOWN
from hedgerow.graph.reach import PortRange

from .clusters import NUMBERS, PROTOCOLS, answers, may, random_clusters
from .packets import on_host, passes

MANY = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
SAMPLES = {
    "internet": "198.51.100.1",
    "internet/ipv6": "2a00::1",
    "10.0.0.0/8": "10.9.8.7",
    "203.0.113.0/24": "203.0.113.99",
    "203.0.113.128/25": "203.0.113.200",
    "203.0.113.7/32": "203.0.113.7",
    "2001:db8::/32": "2001:db8::1",
}
"""An address of each piece that random clusters may cut out, and of none within it."""


def sample(found: Any, name: str) -> str | None:
    """An endpoint's address, where none of the finer pieces of this cluster holds it."""
    if name not in found.names or name not in SAMPLES:
        return None
    ranges = [
        ip_network(other) for other in found.names if "/" in other and other[0].isdigit() and "/any/" not in other
    ]
    address = ip_address(SAMPLES[name])
    nearest = max((each for each in ranges if address in each), key=lambda each: each.prefixlen, default=None)
    return SAMPLES[name] if nearest is None or str(nearest) == name or name.startswith("internet") else None


def ends(found: Any, objects: list[Any]) -> dict[str, Any]:
    pods = {
        f"{item['metadata']['namespace']}/Pod/{item['metadata']['name']}": item
        for item in objects
        if item["kind"] == "Pod"
    }
    outside = {name: sample(found, name) for name in SAMPLES}
    return {**pods, **{name: address for name, address in outside.items() if address is not None}}


def probes() -> list[tuple[str, int]]:
    near = {number + step for number in NUMBERS for step in (-1, 0, 1)}
    return [(protocol, number) for protocol in PROTOCOLS for number in sorted(near) if 1 <= number <= 65535]


@MANY
@given(random_clusters())
def test_every_packet_fares_as_the_sets_say(objects: list[Any]) -> None:
    found = answers(*objects)
    named = ends(found, objects)
    for source, one in named.items():
        for destination, other in named.items():
            if isinstance(one, str) and isinstance(other, str):
                continue
            ranges = found.between(source, destination)
            for protocol, port in probes():
                there = any(each.protocol == protocol and each.first <= port <= each.last for each in ranges)
                if one is not other:
                    assert there == passes(objects, one, other, protocol, port), (source, destination, protocol, port)


@MANY
@given(random_clusters(), st.randoms(use_true_random=False))
def test_a_witness_agrees_with_the_packet(objects: list[Any], chance: random.Random) -> None:
    found = answers(*objects)
    named = ends(found, objects)
    for _ in range(10):
        source, destination = chance.choice(list(named)), chance.choice(list(named))
        protocol, number = chance.choice(probes())
        if isinstance(named[source], str) and isinstance(named[destination], str):
            continue
        told = found.witness(source, destination, PortRange(protocol, number, number)).allowed
        truth = passes(objects, named[source], named[destination], protocol, number)
        on_node = on_host(named[source]) or on_host(named[destination])
        assert told == truth or (told is None and on_node), "only a node's address is not known"


def veil(chance: random.Random, value: Any, path: tuple[Any, ...] = ()) -> Any:
    """The value with one part of it, picked by chance, unknown."""
    if path and (not isinstance(value, dict | list) or not value or chance.random() < 0.3):
        return UNKNOWN
    if isinstance(value, dict) and value:
        key = chance.choice(sorted(value))
        return {**value, key: veil(chance, value[key], (*path, key))}
    if isinstance(value, list) and value:
        at = chance.randrange(len(value))
        return [veil(chance, item, (*path, at)) if at == number else item for number, item in enumerate(value)]
    return value


@MANY
@given(random_clusters(), st.randoms(use_true_random=False))
def test_what_is_not_known_makes_an_answer_unknown_and_never_wrong(objects: list[Any], chance: random.Random) -> None:
    hidden = copy.deepcopy(objects)
    for _ in range(chance.randint(1, 3)):
        item = chance.choice([each for each in hidden if each["kind"] != "Namespace"])
        part = chance.choice(["spec", "metadata.labels"] if item["kind"] == "Pod" else ["spec"])
        if part == "spec":
            item["spec"] = veil(chance, item["spec"], ("spec",) if chance.random() < 0.1 else ())
        else:
            item["metadata"]["labels"] = veil(chance, item["metadata"]["labels"])
    found = answers(*hidden)
    named = {name: end for name, end in ends(found, objects).items() if isinstance(end, dict)}
    for source, one in named.items():
        for destination, other in named.items():
            for protocol, port in (("TCP", 80), ("UDP", 53), ("SCTP", 65535)):
                told = may(found, source, destination, f"{protocol}/{port}")
                truth = passes(objects, one, other, protocol, port)
                assert told is None or told == truth, (source, destination, protocol, port)
