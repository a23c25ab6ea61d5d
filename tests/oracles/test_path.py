"""Whole clusters against the oracle of the conjunction: policies of every tier, ways in and the cloud, all at once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.graph import Views
from hedgerow.graph.reach import PortRange, Reach, reach

from . import whole
from .clusters import NUMBERS, PROTOCOLS, owners_of
from .endpoints import name
from .many import unshrunk
from .path import answers, enforced
from .test_against_reach import _open

METADATA = "169.254.169.254"
ADDRESSES = (
    "8.8.8.8",
    "9.9.9.9",
    "10.32.1.7",
    "10.80.0.7",
    "10.9.9.9",
    "192.168.0.1",
    METADATA,
    "2600::1",
    "fd00::1",
)
PACKETS = [(protocol, port) for protocol in PROTOCOLS for port in (22, *NUMBERS)]
SURE = {frozenset({True}): True, frozenset({False}): False, frozenset({True, False}): None}


def judged(cluster: Any) -> Reach:
    """What hedgerow says of it: who enforces policies its add-ons or settings tell."""
    return reach(Views(whole.snapshot(cluster)))


def within(ranges: Any, packet: tuple[str, int]) -> bool:
    """Whether ranges of ports hold a packet's."""
    return any(each.protocol == packet[0] and each.first <= packet[1] <= each.last for each in ranges)


def shown(end: Any) -> str:
    """What hedgerow calls an end."""
    return name(end) if isinstance(end, dict) else str(end)


@pytest.mark.parametrize("clusters", [whole.eks(), whole.gke()], ids=["eks", "gke"])
def test_pods_to_pods(clusters: Any) -> None:
    """`why`, `between`, `paths` and `unknown` say the same, which is what every layer together says."""

    @unshrunk(20)
    @given(clusters, st.lists(st.sampled_from(PACKETS), min_size=2, max_size=4))
    def check(cluster: Any, packets: Any) -> None:
        found, objects = judged(cluster), enforced(cluster)
        certain, perhaps = (
            {(path.source.name, path.destination.name): path.ports for path in listed}
            for listed in (found.paths(), found.unknown())
        )
        for source in owners_of(objects):
            for destination in owners_of(objects):
                ends = name(source), name(destination)
                for packet in packets:
                    want = SURE[frozenset(answers(cluster, source, destination, *packet))]
                    got = found.why(*ends, PortRange(packet[0], packet[1], packet[1])).allowed
                    unsure = got is None and _open(objects, source, destination, packet, want is True)
                    assert got is want or unsure, (ends, packet, want, got)
                    rows = certain.get(ends, ()), perhaps.get(ends, ())
                    told = [(found.between(*ends), found.between(*ends, sure=False)), rows]
                    # Of a single pod and itself only `why` speaks: nothing can stop that.
                    alone = source is destination and source["kind"] == "Pod"
                    for sure, may in [] if alone else told:
                        assert (within(sure, packet), within(may, packet)) == (got is True, got is None), (ends, packet)

    check()


@pytest.mark.parametrize("clusters", [whole.eks(), whole.gke()], ids=["eks", "gke"])
def test_pods_and_addresses(clusters: Any) -> None:
    """`why`, `ports` and `unsure` say the same both ways, by ways in where the address is a public one."""

    @unshrunk(20)
    @given(clusters, st.lists(st.sampled_from(PACKETS), min_size=2, max_size=4))
    def check(cluster: Any, packets: Any) -> None:
        found = judged(cluster)
        for owner in owners_of(cluster["objects"]):
            for address in ADDRESSES:
                # A metadata server sends nothing.
                for source, destination in ((owner, address), (address, owner))[: 1 if address == METADATA else 2]:
                    ends = shown(source), shown(destination)
                    for packet in packets:
                        want = SURE[frozenset(answers(cluster, source, destination, *packet))]
                        got = found.why(*ends, PortRange(packet[0], packet[1], packet[1]))
                        assert got.allowed is want, (ends, packet, want, got)
                        told = within(found.ports(*ends), packet), within(found.unsure(*ends), packet)
                        assert told == (want is True, want is None), (ends, packet, want)

    check()


def test_policies_that_nobody_enforces_isolate_nobody() -> None:
    """Who enforces them a cluster says itself, where no platform and nobody else does."""
    pods: list[Any] = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": each, "namespace": "a"}, "spec": {"containers": []}}
        for each in ("one", "two")
    ]
    spec = {"podSelector": {}, "policyTypes": ["Ingress"]}
    metadata = {"name": "closed", "namespace": "a"}
    closed = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}
    node = {"tags": [], "private": True}
    network: dict[str, Any] = {"routes": [], "without_default": False, "peered": False, "nat": None, "nodes": [node]}
    cluster = {"cloud": "gcp", "rules": [], "network": {**network, "known": True}, "objects": [*pods, closed]}
    answered = {
        plugin: judged({**cluster, "plugin": plugin}).why("a/Pod/one", "a/Pod/two", PortRange("TCP", 80, 80)).allowed
        for plugin in ("none", "dataplane-v2", "calico")
    }
    assert answered == {"none": True, "dataplane-v2": False, "calico": False}
