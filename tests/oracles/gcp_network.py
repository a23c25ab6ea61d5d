"""Networks of Google Cloud for tests: random routes and Cloud NAT, and the resources a program would register for them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from hedgerow.graph import UNKNOWN, Resource, Snapshot

from . import gcp

Config = dict[str, Any]
REGION, ELSEWHERE = "europe-west1", "us-central1"
OTHER = "10.90.0.0/20"
RANGES = ("0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8", "8.8.8.0/24", "8.8.8.8/32", "::/0")
ADDRESSES = (*gcp.ADDRESSES, "10.90.0.9", "192.168.0.1", "fd00::1")
HOPS = {
    "internet": {"nextHopGateway": "default-internet-gateway"},
    "instance": {"nextHopInstance": "proxy", "nextHopInstanceZone": f"{REGION}-b"},
    "address": {"nextHopIp": "10.80.130.9"},
    "balancer": {"nextHopIlb": "10.80.130.10"},
    "vpn": {"nextHopVpnTunnel": f"projects/p/regions/{REGION}/vpnTunnels/office"},
}
LISTED, ALL = "LIST_OF_SUBNETWORKS", "ALL_SUBNETWORKS_ALL_IP_RANGES"
PODS_ONLY = "LIST_OF_SECONDARY_IP_RANGES"
NATS: dict[str, tuple[str, dict[str, list[str]]]] = {
    "all": (ALL, {}),
    "all primary": ("ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES", {}),
    "listed": (LISTED, {"sub": ["ALL_IP_RANGES"]}),
    "listed primary": (LISTED, {"sub": ["PRIMARY_IP_RANGE"]}),
    "listed both": (LISTED, {"far": ["ALL_IP_RANGES"], "sub": ["PRIMARY_IP_RANGE", PODS_ONLY]}),
    "listed secondary": (LISTED, {"far": ["PRIMARY_IP_RANGE"], "sub": [PODS_ONLY]}),
    "other subnet": (LISTED, {"far": ["ALL_IP_RANGES"]}),
    "other region": (ALL, {}),
    "other network": (ALL, {}),
}
SUBNET, ROUTE = "gcp:compute/subnetwork:Subnetwork", "gcp:compute/route:Route"
ROUTER, NAT = "gcp:compute/router:Router", "gcp:compute/routerNat:RouterNat"

_routes = st.fixed_dictionaries(
    {
        "range": st.sampled_from(RANGES),
        "priority": st.sampled_from((0, 900, 1000, 1000, 65535)),
        "hop": st.sampled_from((*HOPS, "internet", "internet")),
        "tags": st.lists(st.sampled_from(gcp.TAGS), max_size=1),
    }
)
_nodes = st.fixed_dictionaries(
    {"tags": st.lists(st.sampled_from(gcp.TAGS), max_size=2, unique=True), "private": st.booleans()}
)


def _told(config: Config) -> Config:
    """Of two subnets that are not known yet nobody can say which has which ranges: such a NAT is made with known ones."""
    several = config["nat"] in NATS and len(NATS[config["nat"]][1]) > 1
    return {**config, "known": config["known"] or several}


configs: st.SearchStrategy[Config] = st.fixed_dictionaries(
    {
        "routes": st.lists(_routes, max_size=4),
        "without_default": st.booleans(),
        "peered": st.sampled_from((False, False, True)),
        "nat": st.sampled_from((None, None, *NATS)),
        "nodes": st.lists(_nodes, min_size=1, max_size=2),
        "subnets": st.just([gcp.NODES, gcp.PODS, OTHER]),
        "known": st.booleans(),
    }
).map(_told)


def snapshot(config: Config) -> Snapshot:
    """The configuration as resources: everything known by name, as in a state, or linked, as before it is made."""
    return Snapshot.of("test", "dev", [*network(config), *cluster(config), gcp.pod()])


def network(config: Config) -> Iterator[Resource]:
    """Everything but the cluster and its nodes."""
    without = {"deleteDefaultRoutesOnCreate": True} if config["without_default"] else {}
    yield gcp.made(gcp.NETWORK, "net", {"name": "net", "autoCreateSubnetworks": False, **without})
    pods = [{"rangeName": "pods", "ipCidrRange": gcp.PODS}]
    yield _in_net(config, SUBNET, "sub", {"ipCidrRange": gcp.NODES, "secondaryIpRanges": pods, "region": REGION})
    yield _in_net(config, SUBNET, "far", {"ipCidrRange": OTHER, "region": ELSEWHERE})
    for number, route in enumerate(config["routes"]):
        usual = {} if route["priority"] == 1000 else {"priority": route["priority"]}
        tags = {"tags": route["tags"]} if route["tags"] else {}
        inputs = {"destRange": route["range"], **HOPS[route["hop"]], **usual, **tags}
        yield _in_net(config, ROUTE, f"route{number}", inputs)
    yield gcp.made(ROUTE, "elsewhere", {"network": "other", "destRange": "0.0.0.0/0", "priority": 0, **HOPS["vpn"]})
    if config["peered"]:
        peer = {"peerNetwork": "projects/q/global/networks/theirs"}
        yield _in_net(config, "gcp:compute/networkPeering:NetworkPeering", "peering", peer)
    yield from _nat(config)


def _nat(config: Config) -> Iterator[Resource]:
    if config["nat"] is None:
        return
    served, listed = NATS[config["nat"]]
    region = ELSEWHERE if config["nat"] == "other region" else REGION
    away = config["nat"] == "other network"
    router = {"name": "router", "region": region}
    yield (
        gcp.made(ROUTER, "router", {**router, "network": "other"})
        if away
        else _in_net(config, ROUTER, "router", router)
    )
    known = config["known"]
    links: dict[str, tuple[str, ...]] = {"router": (f"urn::{ROUTER}::router",)}
    inputs: Config = {
        "router": "router" if known else UNKNOWN,
        "region": region,
        "sourceSubnetworkIpRangesToNat": served,
    }
    if listed:
        links["subnetworks"] = tuple(f"urn::{SUBNET}::{subnet}" for subnet in listed)
        inputs["subnetworks"] = [
            {
                "name": _path(subnet) if known else UNKNOWN,
                "sourceIpRangesToNats": ranges,
                **({"secondaryIpRangeNames": ["pods"]} if PODS_ONLY in ranges else {}),
            }
            for subnet, ranges in listed.items()
        ]
    yield gcp.made(NAT, "nat", inputs, {} if known else links)


def _path(subnet: str) -> str:
    return f"projects/p/regions/{REGION if subnet == 'sub' else ELSEWHERE}/subnetworks/{subnet}"


def _in_net(config: Config, token: str, name: str, inputs: Config) -> Resource:
    known = config["known"]
    given = {"name": name, "network": "net" if known else UNKNOWN, **inputs}
    made = gcp.made(token, name, given, {} if known else {"network": (f"urn::{gcp.NETWORK}::net",)})
    return replace(made, outputs={**given, "id": _path(name)}) if known and token == SUBNET else made


def cluster(config: Config) -> Iterator[Resource]:
    """The cluster and its node pools."""
    known = config["known"]
    # A state keeps the links of what a program passed on as well as the names.
    links = {"subnetwork": (f"urn::{SUBNET}::sub",), **({} if known else {"network": (f"urn::{gcp.NETWORK}::net",)})}
    given = {"network": "projects/p/global/networks/net", "subnetwork": _path("sub")}
    inputs = {"name": "main", "location": REGION, "removeDefaultNodePool": True}
    inputs |= given if known else dict.fromkeys(given, UNKNOWN)
    yield gcp.made("gcp:container/cluster:Cluster", "main", inputs, links)
    for number, node in enumerate(config["nodes"]):
        nodes = {
            "nodeConfig": {"tags": node["tags"], **_account(node)},
            "networkConfig": {"enablePrivateNodes": node["private"]},
        }
        yield gcp.made(gcp.POOL, f"pool{number}", {"cluster": "main", "location": REGION, **nodes})


def _account(node: Config) -> Config:
    return {"serviceAccount": node["account"]} if "account" in node else {}
