"""Ways in against the oracle, on random clusters with Services and Ingress that go through real YAML."""

from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hedgerow.graph import Views
from hedgerow.graph.reach import PortRange, reach

from .clusters import NAMES, NUMBERS, PROTOCOLS, SPACES, VALUES, fenced_clusters, owners_of
from .endpoints import Manifest, name
from .test_against_reach import snapshot
from .ways import AWS, answers

SETTINGS = settings(max_examples=80, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
PUBLIC = ("8.8.8.8", "9.9.9.9", "2606:4700::1111")


@st.composite
def services(draw: st.DrawFn, number: int) -> Manifest:
    ports = st.fixed_dictionaries(
        {"port": st.sampled_from(NUMBERS)},
        optional={"targetPort": st.sampled_from((*NUMBERS, *NAMES)), "protocol": st.sampled_from(PROTOCOLS)},
    )
    spec: dict[str, Any] = {
        "selector": draw(
            st.dictionaries(st.sampled_from(("app", "tier")), st.sampled_from(VALUES), min_size=1, max_size=2)
        ),
        "ports": [draw(ports) for _ in range(draw(st.integers(1, 2)))],
    }
    spec |= draw(
        st.fixed_dictionaries(
            {"type": st.sampled_from(("LoadBalancer", "LoadBalancer", "NodePort", "ClusterIP"))},
            optional={
                "externalTrafficPolicy": st.sampled_from(("Local", "Cluster")),
                "loadBalancerSourceRanges": st.lists(st.sampled_from(("8.0.0.0/7", "8.8.8.0/24", "::/0")), max_size=2),
            },
        )
    )
    notes = draw(st.sampled_from(({}, {}, {f"{AWS}scheme": "internal"}, {f"{AWS}nlb-target-type": "ip"})))
    metadata = {"name": f"s{number}", "namespace": draw(st.sampled_from(SPACES)), "annotations": notes}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


@st.composite
def entered_clusters(draw: st.DrawFn) -> list[Manifest]:
    objects = [*draw(fenced_clusters()), *(draw(services(number)) for number in range(draw(st.integers(1, 3))))]
    if draw(st.booleans()):
        port = {"number": draw(st.sampled_from(NUMBERS))}
        spec = {
            "ingressClassName": draw(st.sampled_from(("gce", "gce-internal"))),
            "defaultBackend": {"service": {"name": "s0", "port": port}},
        }
        metadata = {"name": "i", "namespace": objects[-1]["metadata"]["namespace"]}
        objects.append({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec})
    return objects


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
