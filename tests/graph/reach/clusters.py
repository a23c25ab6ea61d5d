"""Clusters for tests: objects in short, snapshots of them, and random ones."""

from typing import Any

from hypothesis import strategies as st

from hedgerow.graph import Resource, Snapshot, Views
from hedgerow.graph.reach import PortRange, Reach, reach

VERSIONS = {
    "Namespace": "v1",
    "Pod": "v1",
    "Service": "v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "Ingress": "networking.k8s.io/v1",
    "Gateway": "gateway.networking.k8s.io/v1",
    "HTTPRoute": "gateway.networking.k8s.io/v1",
    "AdminNetworkPolicy": "policy.networking.k8s.io/v1alpha1",
    "BaselineAdminNetworkPolicy": "policy.networking.k8s.io/v1alpha1",
    "ClusterNetworkPolicy": "policy.networking.k8s.io/v1alpha2",
}


def namespace(name: str, **labels: Any) -> dict[str, Any]:
    return {"kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def pod(place: str, spec: dict[str, Any] | None = None, *, kind: str = "Pod", **labels: Any) -> dict[str, Any]:
    """`pod("a/web", app="web")`; other kinds get it as a template."""
    space, name = place.split("/")
    inner = {"containers": [{"name": "main"}], **(spec or {})}
    metadata = {"name": name, "namespace": space}
    if kind == "Pod":
        return {"kind": kind, "metadata": {**metadata, "labels": labels}, "spec": inner}
    return {"kind": kind, "metadata": metadata, "spec": {"template": {"metadata": {"labels": labels}, "spec": inner}}}


def ports(**named: int) -> dict[str, Any]:
    """Specification of pods with named TCP ports."""
    return {
        "containers": [{"name": "main", "ports": [{"name": key, "containerPort": to} for key, to in named.items()]}]
    }


def policy(place: str, selector: Any = None, **spec: Any) -> dict[str, Any]:
    """`policy("a/deny", ingress=[])`."""
    space, name = place.split("/")
    return {
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": space},
        "spec": {"podSelector": {} if selector is None else selector, **spec},
    }


def match(**labels: Any) -> dict[str, Any]:
    return {"matchLabels": labels}


def named(name: str) -> dict[str, Any]:
    """The namespace selector that nobody can spoof."""
    return {"matchLabels": {"kubernetes.io/metadata.name": name}}


def block(cidr: str, *left_out: str) -> dict[str, Any]:
    return {"ipBlock": {"cidr": cidr, **({"except": list(left_out)} if left_out else {})}}


def snapshot(*objects: dict[str, Any], provider: str = "") -> Snapshot:
    return Snapshot.of("test", "dev", [resource(item, provider) for item in objects])


def resource(item: dict[str, Any], provider: str = "") -> Resource:
    version, metadata = VERSIONS.get(item["kind"], "apps/v1"), item["metadata"]
    token = version if "/" in version else f"core/{version}"
    place = f"{metadata['namespace']}/{metadata['name']}" if "namespace" in metadata else str(metadata["name"])
    urn = f"{provider}::{token}::{item['kind']}::{place}"
    inputs = {"apiVersion": version, **item}
    return Resource(urn=urn, type=f"kubernetes:{token}:{item['kind']}", name=place, inputs=inputs, provider=provider)


def answers(*objects: dict[str, Any], plugin: str = "cilium") -> Reach:
    """What policies alone let through, in a cluster whose plugin knows pods by their labels."""
    return reach(Views(snapshot(*objects)), plugin=plugin, ways=False)


def may(found: Reach, source: str, destination: str, port: str = "TCP/80") -> bool | None:
    protocol, number = port.split("/")
    return found.why(source, destination, PortRange(protocol, int(number), int(number))).allowed


KEYS, VALUES = ("app", "tier"), ("a", "b", "c")
NUMBERS = (1, 53, 80, 81, 8080, 65535)
RANGES = ("0.0.0.0/0", "10.0.0.0/8", "203.0.113.0/24", "203.0.113.128/25", "203.0.113.7/32", "::/0", "2001:db8::/32")
HOLES = {"0.0.0.0/0": RANGES[1:5], "203.0.113.0/24": RANGES[3:5], "::/0": RANGES[6:]}
PROTOCOLS = ("TCP", "UDP", "SCTP")

labels = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=2)
expressions = st.one_of(
    st.builds(
        lambda key, how: {"key": key, "operator": how},
        st.sampled_from(KEYS),
        st.sampled_from(["Exists", "DoesNotExist"]),
    ),
    st.builds(
        lambda key, how, values: {"key": key, "operator": how, "values": values},
        st.sampled_from(KEYS),
        st.sampled_from(["In", "NotIn"]),
        st.lists(st.sampled_from(VALUES), min_size=1, max_size=2),
    ),
)
selectors = st.fixed_dictionaries(
    {}, optional={"matchLabels": labels, "matchExpressions": st.lists(expressions, max_size=2)}
)
homes = st.one_of(selectors, st.sampled_from([named("x"), named("y")]))


@st.composite
def blocks(draw: st.DrawFn) -> dict[str, Any]:
    cidr = draw(st.sampled_from(RANGES))
    left_out = draw(st.lists(st.sampled_from(HOLES[cidr]), max_size=2)) if cidr in HOLES else []
    return block(cidr, *left_out)


peers = st.one_of(
    st.builds(lambda pods: {"podSelector": pods}, selectors),
    st.builds(lambda spaces: {"namespaceSelector": spaces}, homes),
    st.builds(lambda pods, spaces: {"podSelector": pods, "namespaceSelector": spaces}, selectors, homes),
    blocks(),
)
numbered = st.builds(
    lambda first, more: {"port": first, **({"endPort": more} if more >= first else {})},
    st.sampled_from(NUMBERS),
    st.sampled_from((0, *NUMBERS)),
)
some_ports = st.builds(
    lambda port, protocol: {**port, **({"protocol": protocol} if protocol else {})},
    st.one_of(numbered, st.just({}), st.sampled_from([{"port": "http"}, {"port": "dns"}])),
    st.sampled_from((*PROTOCOLS, None)),
)


def rules(side: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    rule = st.fixed_dictionaries(
        {}, optional={side: st.lists(peers, max_size=2), "ports": st.lists(some_ports, max_size=2)}
    )
    return st.lists(rule, max_size=2)


specs = st.fixed_dictionaries(
    {"podSelector": selectors},
    optional={
        "policyTypes": st.sampled_from([[], ["Ingress"], ["Egress"], ["Ingress", "Egress"]]),
        "ingress": rules("from"),
        "egress": rules("to"),
    },
)
containers = st.lists(
    st.builds(
        lambda name, number, protocol: {
            "name": name,
            "containerPort": number,
            **({"protocol": protocol} if protocol else {}),
        },
        st.sampled_from(["http", "dns"]),
        st.sampled_from(NUMBERS),
        st.sampled_from((*PROTOCOLS, None)),
    ),
    max_size=2,
)


@st.composite
def random_clusters(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Two or three namespaces, up to six pods, up to five policies."""
    spaces = ("x", "y", "z")[: draw(st.integers(2, 3))]
    found = [namespace(name, **draw(labels)) for name in spaces]
    for number in range(draw(st.integers(2, 6))):
        spec = {
            "containers": [{"name": "main", "ports": draw(containers)}],
            "hostNetwork": draw(st.sampled_from([False] * 5 + [True])),
        }
        found.append(pod(f"{draw(st.sampled_from(spaces))}/pod-{number}", spec, **draw(labels)))
    for number in range(draw(st.integers(0, 5))):
        item = policy(f"{draw(st.sampled_from(spaces))}/policy-{number}")
        found.append({**item, "spec": draw(specs)})
    return found
