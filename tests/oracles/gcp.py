"""Google firewall rules for tests: random ones, and the resources that a program would register for them."""

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from hedgerow.graph import UNKNOWN, Resource, Snapshot

Config = dict[str, Any]
TAGS, ACCOUNTS = ("web", "db"), ("app@p.iam.gserviceaccount.com", "ops@p.iam.gserviceaccount.com")
CIDRS = ("0.0.0.0/0", "10.0.0.0/8", "10.80.0.0/24", "8.8.8.0/24", "8.8.8.8/32", "::/0")
ADDRESSES = ("8.8.8.8", "8.8.8.9", "9.9.9.9", "10.80.0.7", "10.80.130.1", "10.9.9.9", "169.254.169.254", "2a00::1")
PORTS = (1, 22, 79, 80, 443, 65535)
PODS, NODES = "10.80.0.0/17", "10.80.128.0/20"
TYPE, POOL = "gcp:compute/firewall:Firewall", "gcp:container/nodePool:NodePool"
NETWORK = "gcp:compute/network:Network"

ports = st.fixed_dictionaries(
    {
        "protocol": st.sampled_from(["tcp", "udp", "sctp", "icmp", "all", "6", "17"]),
        "ports": st.lists(st.sampled_from(["22", "80", "79-443", "1-65535"]), max_size=2),
    }
)
tags, accounts = (st.lists(st.sampled_from(of), max_size=1) for of in (TAGS, ACCOUNTS))


@st.composite
def rules(draw: st.DrawFn) -> Config:
    """A rule as Google would take it: targets and senders are tags or accounts, never both."""
    way, by_tag = draw(st.sampled_from(["INGRESS", "EGRESS"])), draw(st.booleans())
    return {
        "direction": way,
        "priority": draw(st.sampled_from([0, 900, 1000, 1000, 65534])),
        "action": draw(st.sampled_from(["allow", "deny"])),
        "disabled": draw(st.sampled_from([False, False, False, True])),
        "ports": draw(st.lists(ports, min_size=1, max_size=2)),
        "ranges": draw(st.lists(st.sampled_from(CIDRS), max_size=2, unique=True)),
        "source_tags": draw(tags) if by_tag and way == "INGRESS" else [],
        "source_accounts": draw(accounts) if not by_tag and way == "INGRESS" else [],
        "target_tags": draw(tags) if by_tag else [],
        "target_accounts": draw(accounts) if not by_tag else [],
    }


configs = st.fixed_dictionaries(
    {
        "rules": st.lists(rules(), max_size=5),
        "nodes": st.lists(
            st.fixed_dictionaries(
                {"tags": st.lists(st.sampled_from(TAGS), max_size=2), "account": st.sampled_from(ACCOUNTS)}
            ),
            min_size=1,
            max_size=2,
        ),
        "known": st.booleans(),
    }
)
OF_GKE = {
    "direction": "INGRESS",
    "priority": 1000,
    "action": "allow",
    "disabled": False,
    "ports": [{"protocol": "all", "ports": []}],
    "ranges": [PODS, NODES],
    **{key: [] for key in ("source_tags", "source_accounts", "target_tags", "target_accounts")},
}
"""What GKE makes for the nodes of a cluster."""


def snapshot(config: Config) -> Snapshot:
    """The configuration as resources: the network known by name, as in a state, or linked, as before it is made."""
    known = config["known"]
    made = [*_cluster(known=known), *(_pool(number, nodes) for number, nodes in enumerate(config["nodes"])), pod()]
    made += [firewall(number, rule, known=known) for number, rule in enumerate(config["rules"])]
    return Snapshot.of("test", "dev", [*made, _elsewhere()])


def _cluster(*, known: bool) -> Iterator[Resource]:
    yield made(NETWORK, "net", {"name": "net"})
    ranges = {"ipCidrRange": NODES, "secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": PODS}]}
    yield made("gcp:compute/subnetwork:Subnetwork", "sub", ranges)
    inputs = {"name": "main", "network": "projects/p/global/networks/net" if known else UNKNOWN, "subnetwork": UNKNOWN}
    links = {"subnetwork": ("urn::gcp:compute/subnetwork:Subnetwork::sub",), **_net(known=known)}
    yield made("gcp:container/cluster:Cluster", "main", {**inputs, "removeDefaultNodePool": True}, links)


def _net(*, known: bool) -> dict[str, tuple[str, ...]]:
    return {} if known else {"network": (f"urn::{NETWORK}::net",)}


def _pool(number: int, nodes: Config) -> Resource:
    config = {"tags": nodes["tags"], "serviceAccount": nodes["account"]}
    return made(POOL, f"pool{number}", {"cluster": "main", "nodeConfig": config})


def firewall(number: int, rule: Config, *, known: bool) -> Resource:
    """A rule as a program would register it."""
    side = "sourceRanges" if rule["direction"] == "INGRESS" else "destinationRanges"
    action = "allows" if rule["action"] == "allow" else "denies"
    inputs = {
        "network": "net" if known else UNKNOWN,
        "direction": rule["direction"],
        action: [{"protocol": each["protocol"], "ports": each["ports"]} for each in rule["ports"]],
        "disabled": rule["disabled"],
        side: rule["ranges"],
        "sourceTags": rule["source_tags"],
        "sourceServiceAccounts": rule["source_accounts"],
        "targetTags": rule["target_tags"],
        "targetServiceAccounts": rule["target_accounts"],
    }
    usual = {} if rule["priority"] == 1000 else {"priority": rule["priority"]}
    return made(TYPE, f"rule{number}", {**inputs, **usual}, _net(known=known))


def _elsewhere() -> Resource:
    """A rule of another network, which never counts."""
    return made(TYPE, "elsewhere", {"network": "other", "priority": 0, "denies": [{"protocol": "all"}]})


def pod() -> Resource:
    """A pod, which may run on any node."""
    inputs = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "a"},
        "spec": {"containers": []},
    }
    return Resource("urn::Pod", "kubernetes:core/v1:Pod", "a/p", inputs=inputs)


def made(token: str, name: str, inputs: Config, links: Mapping[str, tuple[str, ...]] | None = None) -> Resource:
    """A resource with its links."""
    return Resource(
        f"urn::{token}::{name}", token, name, inputs=inputs, outputs=inputs, property_dependencies=links or {}
    )
