"""The fast analysis of all three tiers against the oracle, on random clusters that go through real YAML."""

from hypothesis import given
from hypothesis import strategies as st

from hedgerow.graph import Views
from hedgerow.graph.reach import PortRange, reach

from .cluster_policies import answers
from .clusters import ADDRESSES, ADDRESSES_V6, PROTOCOLS, owners_of
from .endpoints import Manifest, name
from .many import unshrunk
from .test_against_reach import _open, _undeclared, snapshot
from .tiers import tiered_clusters

SETTINGS = unshrunk(40)
PACKETS = [(protocol, port) for protocol in PROTOCOLS for port in (53, 80, 443)]


@SETTINGS
@given(tiered_clusters())
def test_every_pair_of_pods(objects: list[Manifest]) -> None:
    found = reach(Views(snapshot(objects)), ways=False)
    for source in owners_of(objects):
        for destination in owners_of(objects):
            for packet in PACKETS:
                want = answers(objects, source, destination, *packet)
                port = PortRange(packet[0], packet[1], packet[1])
                why = found.why(name(source), name(destination), port)
                got = why.allowed
                fits = got in want if len(want) == 1 else got is None
                unsure = got is None and _open(objects, source, destination, packet, True in want)
                assert fits or unsure, (name(source), name(destination), packet, want, why)
                assert why.reasons or source is destination


@SETTINGS
@given(tiered_clusters(), st.sampled_from((*ADDRESSES, *ADDRESSES_V6)))
def test_addresses(objects: list[Manifest], address: str) -> None:
    found = reach(Views(snapshot(objects)), ways=False)
    for owner in owners_of(objects):
        for packet in PACKETS:
            for source, destination in ((owner, address), (address, owner)):
                want = answers(objects, source, destination, *packet)
                shown = [each if isinstance(each, str) else name(each) for each in (source, destination)]
                got = found.why(*shown, PortRange(packet[0], packet[1], packet[1])).allowed
                unsure = got is None and _undeclared(objects, owner)
                assert got is (next(iter(want)) if len(want) == 1 else None) or unsure, (shown, packet, want, got)
