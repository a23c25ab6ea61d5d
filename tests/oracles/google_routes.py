"""Where a packet of a node goes in a network of Google Cloud, address by address, from Google's documentation alone.

- Ranges of the network's own subnets, secondary ones too, are reached directly; no route comes before that. Subnets of
  a peered network likewise; which private ranges those are nobody knows here.
- Else the longest prefix that holds the destination decides, then the lowest priority number; of routes that are alike
  in both any one. A route with tags is for machines with one of them. A network has a route of priority 1000 to the
  internet for all of IPv4 unless it was made without.
- By the internet gateway a packet gets to public addresses: from a machine with a public address, else where Cloud NAT
  serves its subnet, in the same network and region, the primary range at least: pods leave by their node's address.
  From the internet a packet gets to a public address only, and needs that way back. Nodes have no IPv6.
- By a VPN tunnel it gets to what is not the internet. What a machine or a load balancer does as a next hop nobody knows.
- The metadata server and its like, 169.254.0.0/16, always answer.
"""

from ipaddress import ip_address, ip_network
from typing import Any

Config = dict[str, Any]
SERVING = ("all", "all primary", "listed", "listed primary", "listed both")


def answers(config: Config, node: Config, way: str, address: str, *, public: bool) -> set[bool]:
    """Whether a node may send to an address (`egress`), or be sent to from it (`ingress`): every possible answer."""
    where = ip_address(address)
    if where.is_link_local or any(where in ip_network(cidr) for cidr in config["subnets"]):
        return {True}
    if where.version == 6:
        return {False}
    found = set[bool]()
    for hop in _hops(config, node, where):
        found |= _leads(config, node, way, hop, public=public)
    return found | ({True} if config["peered"] and not public else set())


def _leads(config: Config, node: Config, way: str, hop: str, *, public: bool) -> set[bool]:
    if hop == "internet":
        served = way == "egress" and config["nat"] in SERVING
        return {public and (not node["private"] or served)}
    if hop == "vpn":
        return {not public}
    return {False} if hop == "none" else {True, False}


def _hops(config: Config, node: Config, where: Any) -> set[str]:
    """Every next hop that may be the one that counts."""
    default = [] if config["without_default"] else [{"range": "0.0.0.0/0", "priority": 1000, "hop": "internet"}]
    found = [
        (-ip_network(route["range"]).prefixlen, route["priority"], route["hop"])
        for route in [*config["routes"], *default]
        if where in ip_network(route["range"]) and _for(route, node)
    ]
    return {hop for length, priority, hop in found if (length, priority) == min(found)[:2]} or {"none"}


def _for(route: Config, node: Config) -> bool:
    return not route.get("tags") or bool({*route["tags"]} & {*node["tags"]})
