"""Random Services and Ingress, over the random clusters of NetworkPolicies."""

from typing import Any

from hypothesis import strategies as st

from .clusters import NAMES, NUMBERS, PROTOCOLS, SPACES, VALUES, fenced_clusters
from .endpoints import Manifest
from .entrances import AWS, INTERNAL

PUBLIC = ("8.8.8.8", "9.9.9.9", "2606:4700::1111")


@st.composite
def services(draw: st.DrawFn, number: int) -> Manifest:
    """A Service of any type, for few labels and ports, with what load balancers read in its annotations."""
    ports = st.fixed_dictionaries(
        {"port": st.sampled_from(NUMBERS)},
        optional={"targetPort": st.sampled_from((*NUMBERS, *NAMES)), "protocol": st.sampled_from(PROTOCOLS)},
    )
    several = st.dictionaries(st.sampled_from(("app", "tier")), st.sampled_from(VALUES), min_size=1, max_size=2)
    spec: dict[str, Any] = {"selector": draw(several), "ports": [draw(ports) for _ in range(draw(st.integers(1, 2)))]}
    spec["type"] = draw(st.sampled_from(("LoadBalancer", "LoadBalancer", "NodePort", "ClusterIP")))
    taken = st.lists(st.sampled_from(("8.0.0.0/7", "8.8.8.0/24", "::/0")), max_size=2)
    optional: dict[str, Any] = {"externalTrafficPolicy": st.sampled_from(("Local", "Cluster"))}
    if spec["type"] == "LoadBalancer":
        optional |= {
            "loadBalancerSourceRanges": taken,
            "allocateLoadBalancerNodePorts": st.sampled_from((False, False, True)),
        }
    if draw(st.integers(0, 7)) == 0:
        headless = {"clusterIP": "None"} if spec["type"] == "ClusterIP" and draw(st.booleans()) else {}
        spec |= {"externalIPs": ["8.8.4.4"], **headless}
    if spec["type"] != "ClusterIP" and draw(st.integers(0, 3)) == 0:
        spec["ports"][0]["nodePort"] = 30080
    spec |= draw(st.fixed_dictionaries({}, optional=optional))
    notes = draw(
        st.sampled_from(({}, {}, {}, *({key: value} for key, value in (*INTERNAL, (f"{AWS}nlb-target-type", "ip")))))
    )
    metadata = {"name": f"s{number}", "namespace": draw(st.sampled_from(SPACES)), "annotations": notes}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


@st.composite
def entered_clusters(draw: st.DrawFn) -> list[Manifest]:
    """A cluster with one to three Services, and an Ingress of Google's to one of them now and then."""
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
