"""Ways in against the oracle, on random clusters with Services and Ingress that go through real YAML."""

from hypothesis import given

from hedgerow.graph import Views
from hedgerow.graph.reach import PortRange, reach

from .clusters import NUMBERS, PROTOCOLS, owners_of
from .endpoints import Manifest, name
from .many import unshrunk
from .services import PUBLIC, entered_clusters
from .test_against_reach import snapshot
from .ways import answers

SETTINGS = unshrunk(80)


@SETTINGS
@given(entered_clusters())
def test_the_internet(objects: list[Manifest]) -> None:
    found = reach(Views(snapshot(objects)))
    for owner in owners_of(objects):
        for address in PUBLIC:
            for packet in ((protocol, port) for protocol in PROTOCOLS for port in NUMBERS):
                want = answers(objects, address, owner, *packet)
                got = found.why(address, name(owner), PortRange(packet[0], packet[1], packet[1]))
                assert got.allowed is (want.pop() if len(want) == 1 else None), (address, name(owner), packet, got)
                assert got.reasons
