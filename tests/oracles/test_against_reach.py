"""The fast analysis of NetworkPolicy v1 against the oracle, on random clusters that go through real YAML."""

import tempfile
from copy import deepcopy
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.graph.reach import network_policy as fast
from hedgerow.graph.snapshot import Snapshot
from hedgerow.graph.sources import manifests

from .clusters import (
    ADDRESSES,
    ADDRESSES_V6,
    BLOCKS,
    PROTOCOLS,
    fenced_clusters,
    owners_of,
    selecting_policies,
    single_policies,
)
from .endpoints import Manifest, name, namespace, pod
from .many import many
from .network_policy import allowed
from .test_network_policy import TABLE, asked

SETTINGS = many(50)
PACKETS = [(protocol, port) for protocol in PROTOCOLS for port in (80, 81, 443, 8081)]


def snapshot(objects: list[Manifest]) -> Snapshot:
    """The objects, read from a folder as any user's are."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "all.yaml").write_text(yaml.safe_dump_all(objects))
        return manifests.load(Path(folder))[0]


@pytest.mark.parametrize(("policies", "packet", "expected"), TABLE)
def test_the_truth_table(policies: str, packet: str, expected: bool) -> None:
    objects, source, destination, *rest = asked(policies, packet)
    got = fast.allowed(snapshot(objects), _shown(source), _shown(destination), *rest)
    assert got is expected or (got is None and _open(objects, source, destination, (*rest,), expected))


@SETTINGS
@given(st.data())
def test_every_pair_of_pods(data: st.DataObject) -> None:
    objects = data.draw(fenced_clusters())
    read, open_blocks = snapshot(objects), _blocks_open(objects)
    for source in owners_of(objects):
        for destination in owners_of(objects):
            for packet in _packets(objects):
                want = allowed(objects, source, destination, *packet)
                got = fast.allowed(read, name(source), name(destination), *packet)
                unsure = got is None and _open(objects, source, destination, packet, want, open_blocks)
                assert got is want or unsure, (name(source), name(destination), packet, got, want)


@many(100)
@given(single_policies())
def test_one_sentence_at_a_time(objects: list[Manifest]) -> None:
    read, (one, two) = snapshot(objects), owners_of(objects)
    blocks = _ranges_of(objects)
    outside = [each for cidr in blocks for each in _told_apart(cidr)] if blocks else ["8.8.8.8"]
    ends = [(one, two), (two, one), *((one, each) for each in outside), *((each, one) for each in outside)]
    for source, destination in ends:
        for packet in PACKETS[::4] if blocks else _packets(objects):
            want = allowed(objects, source, destination, *packet)
            got = fast.allowed(read, _shown(source), _shown(destination), *packet)
            unsure = got is None and _open(objects, source, destination, packet, want)
            assert got is want or unsure, (_shown(source), _shown(destination), packet, got, want)


@many(100)
@given(selecting_policies())
def test_whom_a_policy_selects(objects: list[Manifest]) -> None:
    read, (one, two) = snapshot(objects), owners_of(objects)
    for source, destination in ((one, two), (two, one), (one, "8.8.8.8"), ("8.8.8.8", one)):
        want = allowed(objects, source, destination, "TCP", 80)
        got = fast.allowed(read, _shown(source), _shown(destination), "TCP", 80)
        assert got is want, (_shown(source), _shown(destination), got, want)


@SETTINGS
@given(st.data())
def test_addresses(data: st.DataObject) -> None:
    objects = data.draw(fenced_clusters())
    read, address = snapshot(objects), data.draw(st.sampled_from((*ADDRESSES, *ADDRESSES_V6)))
    for source, destination in (pair for owner in owners_of(objects) for pair in ((owner, address), (address, owner))):
        for packet in _packets(objects):
            want = allowed(objects, source, destination, *packet)
            got = fast.allowed(read, _shown(source), _shown(destination), *packet)
            assert got is want, (_shown(source), _shown(destination), packet, got, want)


@SETTINGS
@given(st.data())
def test_ranges(data: st.DataObject) -> None:
    """A range is answered where each of its addresses that anything can tell apart fares the same, and only there."""
    objects = data.draw(fenced_clusters())
    read, cidr = snapshot(objects), data.draw(st.sampled_from(sorted(BLOCKS)))
    inside = _told_apart(cidr)
    for owner in owners_of(objects):
        packet = data.draw(st.sampled_from(PACKETS))
        for outwards in (True, False):
            wanted = {allowed(objects, *((owner, each) if outwards else (each, owner)), *packet) for each in inside}
            names = (name(owner), cidr) if outwards else (cidr, name(owner))
            want = wanted.pop() if len(wanted) == 1 else None
            assert fast.allowed(read, *names, *packet) is want, (names, packet, want)


@SETTINGS
@given(st.data())
def test_the_internet(data: st.DataObject) -> None:
    objects = data.draw(fenced_clusters())
    read = snapshot(objects)
    for owner in owners_of(objects):
        for packet in PACKETS[:: len(PROTOCOLS)]:
            for ends in ((owner, "internet"), ("internet", owner)):
                want = allowed(objects, *ends, *packet)
                got = fast.allowed(read, *map(_shown, ends), *packet)
                assert got is want, (*map(_shown, ends), packet, got, want)


@pytest.mark.parametrize("address", ["10.0.0.5", "8.8.8.8", "2606:4700::1"])
def test_any_address_is_an_endpoint(address: str) -> None:
    owner: Manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "w", "namespace": "red"}}
    owner["spec"] = {"containers": [{"name": "c"}]}
    for objects in ([owner], [owner, _policy({"policyTypes": ["Egress"]}, "red")]):
        want = allowed(objects, owner, address, "TCP", 443)
        assert fast.allowed(snapshot(objects), name(owner), address, "TCP", 443) is want


def _undeclared(objects: list[Manifest], *ends: Manifest) -> bool:
    """Of a namespace that is not among the objects, the oracle knows the name alone; that its labels are unknown is fair too."""
    known = {each["metadata"]["name"] for each in objects if each["kind"] == "Namespace"}
    return any(namespace(end) not in known for end in ends)


def _open(
    objects: list[Manifest],
    source: Any,
    destination: Any,
    packet: Any,
    want: bool,
    opened: list[Manifest] | None = None,
) -> bool:
    """Where, and only where, the answer may be unknown: labels of a namespace that is not declared; a range, which plugins may or may not match with a pod's address; and an egress policy towards a pod on its node's network."""
    pods = isinstance(source, dict) and isinstance(destination, dict)
    on_node = isinstance(destination, dict) and bool(pod(destination)["spec"].get("hostNetwork"))
    return pods and (
        on_node
        or _undeclared(objects, source, destination)
        or want != allowed(opened or _blocks_open(objects), source, destination, *packet)
    )


def _packets(objects: list[Manifest]) -> list[tuple[str, int]]:
    """Packets on every port that anything in the cluster speaks of, those next to it, and some that nothing does."""
    policies = [each["spec"] for each in objects if each["kind"] == "NetworkPolicy"]
    rules = [rule for spec in policies for way in ("ingress", "egress") for rule in spec.get(way) or []]
    ports = [port for rule in rules for port in rule.get("ports") or []]
    ends = {port[key] for port in ports for key in ("port", "endPort") if isinstance(port.get(key), int)}
    near = {("TCP", end + step) for end in ends for step in (-1, 0, 1)}
    specs = [pod(each)["spec"] for each in owners_of(objects)]
    containers = [each for spec in specs for each in spec["containers"] + (spec.get("initContainers") or [])]
    named = [port for each in containers for port in each.get("ports") or [] if "name" in port]
    answering = {(port.get("protocol", "TCP"), port["containerPort"]) for port in named}
    return sorted({each for each in near | answering if 1 <= each[1] <= 65535} | set(PACKETS))


def _ranges_of(objects: list[Manifest]) -> list[str]:
    rules = [rule for each in objects for way in ("ingress", "egress") for rule in each.get("spec", {}).get(way) or []]
    return [
        peer["ipBlock"]["cidr"]
        for rule in rules
        for key in ("from", "to")
        for peer in rule.get(key) or []
        if "ipBlock" in peer
    ]


def _told_apart(cidr: str) -> list[str]:
    """One address of each part of a range that any range of the clusters, or a metadata server, can tell apart."""
    nets = [ip_network(text) for text in {cidr, *BLOCKS, *(text for parts in BLOCKS.values() for text in parts)}]
    edges = {net.version: set() for net in nets}  # type: dict[int, set[int]]
    for net in nets:
        edges[net.version] |= {int(net[0]), int(net[-1]) + 1}
    whole = ip_network(cidr)
    inside = sorted(edge for edge in edges[whole.version] if int(whole[0]) <= edge <= int(whole[-1]))
    return [str(whole[0] + (edge - int(whole[0]))) for edge in inside]


def _blocks_open(objects: list[Manifest]) -> list[Manifest]:
    opened = deepcopy(objects)
    for policy in (each["spec"] for each in opened if each["kind"] == "NetworkPolicy"):
        for rule in (policy.get("ingress") or []) + (policy.get("egress") or []):
            for key in ("from", "to"):
                if rule.get(key):
                    rule[key] = [{"namespaceSelector": {}} if "ipBlock" in peer else peer for peer in rule[key]]
    return opened


def _policy(spec: Manifest, space: str) -> Manifest:
    metadata = {"name": "policy", "namespace": space}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


def _shown(end: Any) -> str:
    return name(end) if isinstance(end, dict) else str(end)
