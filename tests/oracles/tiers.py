"""Random policies of the Admin and Baseline tiers, over the random clusters of NetworkPolicies."""

from typing import Any

from hypothesis import strategies as st

from .clusters import BLOCKS, NAMES, PORTS, PROTOCOLS, fenced_clusters, selectors, space_selectors
from .endpoints import Manifest

PRIORITIES = (0, 1, 2, 1000)
NETWORKS = (*sorted(BLOCKS), "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")

_pods = st.fixed_dictionaries({"podSelector": selectors, "namespaceSelector": space_selectors})
subjects: st.SearchStrategy[Manifest] = st.one_of(
    st.fixed_dictionaries({"namespaces": space_selectors}), st.fixed_dictionaries({"pods": _pods})
)
_networks = st.one_of(
    st.lists(st.sampled_from(NETWORKS), min_size=1, max_size=3, unique=True), st.just(["0.0.0.0/0", "::/0"])
)
_outside: st.SearchStrategy[Manifest] = st.one_of(
    st.fixed_dictionaries({"networks": _networks}),
    st.fixed_dictionaries({"networks": _networks}),
    st.fixed_dictionaries({"nodes": st.sampled_from(({}, {"matchLabels": {"app": "a"}}))}),
    st.fixed_dictionaries({"domainNames": st.just(["*.example.com"])}),
)


@st.composite
def _old_ports(draw: st.DrawFn) -> Manifest:
    protocol = draw(st.sampled_from(({}, *({"protocol": each} for each in PROTOCOLS))))
    shape = draw(st.sampled_from(("portNumber", "portRange", "namedPort")))
    if shape == "namedPort":
        return {shape: draw(st.sampled_from(NAMES))}
    first, last = sorted(draw(st.lists(st.sampled_from(PORTS), min_size=2, max_size=2, unique=True)))
    return {shape: {**protocol, **({"port": first} if shape == "portNumber" else {"start": first, "end": last})}}


@st.composite
def _new_ports(draw: st.DrawFn) -> Manifest:
    shape = draw(st.sampled_from(("tcp", "udp", "sctp", "destinationNamedPort")))
    if shape == "destinationNamedPort":
        return {shape: draw(st.sampled_from(NAMES))}
    first, last = sorted(draw(st.lists(st.sampled_from(PORTS), min_size=2, max_size=2, unique=True)))
    return {
        shape: {"destinationPort": draw(st.sampled_from(({"number": first}, {"range": {"start": first, "end": last}})))}
    }


@st.composite
def rule_of(draw: st.DrawFn, key: str, kind: str) -> Manifest:
    """A rule of a policy of some kind; `key` is `from` or `to`."""
    new = kind == "ClusterNetworkPolicy"
    actions = ["Accept" if new else "Allow", "Deny", *([] if kind.startswith("Baseline") else ["Pass"])]
    peer = subjects if key == "from" else st.one_of(subjects, _outside)
    rule: Manifest = {"action": draw(st.sampled_from(actions)), key: draw(st.lists(peer, min_size=1, max_size=2))}
    ports = st.lists(_new_ports() if new else _old_ports(), min_size=1, max_size=2)
    return {**rule, **draw(st.fixed_dictionaries({}, optional={"protocols" if new else "ports": ports}))}


@st.composite
def cluster_policies(draw: st.DrawFn, name: str) -> Manifest:
    """One policy of any kind and tier."""
    kind = draw(st.sampled_from(("AdminNetworkPolicy", "BaselineAdminNetworkPolicy", *("ClusterNetworkPolicy",) * 2)))
    version = "v1alpha2" if kind == "ClusterNetworkPolicy" else "v1alpha1"
    spec: dict[str, Any] = {"subject": draw(subjects)}
    if kind == "ClusterNetworkPolicy":
        spec["tier"] = draw(st.sampled_from(("Admin", "Baseline")))
    if not kind.startswith("Baseline"):
        spec["priority"] = draw(st.sampled_from(PRIORITIES))
    for way, key in (("ingress", "from"), ("egress", "to")):
        if draw(st.integers(0, 3)):
            spec[way] = draw(st.lists(rule_of(key, kind), max_size=3))
    return {"apiVersion": f"policy.networking.k8s.io/{version}", "kind": kind, "metadata": {"name": name}, "spec": spec}


@st.composite
def tiered_clusters(draw: st.DrawFn) -> list[Manifest]:
    """A cluster with NetworkPolicies and one to four policies of the tiers around them."""
    objects = draw(fenced_clusters())
    if draw(st.booleans()):
        objects = [each for each in objects if each["kind"] != "NetworkPolicy"]
    count = draw(st.integers(1, 4))
    return [*objects, *(draw(cluster_policies(f"tier-{number}")) for number in range(count))]
