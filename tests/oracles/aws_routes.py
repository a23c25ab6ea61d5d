"""Where a packet of a machine in a subnet of a VPC goes, address by address, from Amazon's user guide alone.

- A subnet has the route table it is associated with, else the main table of its network: of that only the local route is
  known here, and either answer is possible for the rest.
- The longest prefix that holds the destination decides; ranges of the network itself are local.
- A route to a managed prefix list stands for one route to each of its entries. Of the same prefix a route that names it
  comes before one by a list; of two lists any one may decide.
- To the internet a packet gets by a NAT gateway, by an egress-only gateway (IPv6), or by an internet gateway where the
  machine has a public address. A packet from the internet gets in only by an internet gateway, to a public address.
- By a peering, a transit gateway or a private gateway it gets to what is not the internet. Both directions need a route
  back, so that an address that a subnet has no route to can neither be reached nor reach. A black hole drops.
- What a machine or an endpoint service does with what is routed to it nobody knows.
"""

from ipaddress import ip_address, ip_network
from typing import Any

Config = dict[str, Any]


def answers(config: Config, subnet: Config, way: str, address: str, *, public: bool) -> set[bool]:
    """Whether a packet gets out of a subnet to an address (`egress`), or in from it (`ingress`): what is possible."""
    found = targets(config, subnet, address)
    return set().union(*(_leads(target, subnet, way, public=public) for target in found))


def _leads(target: str, subnet: Config, way: str, *, public: bool) -> set[bool]:
    if target == "local":
        return {True}
    if target in ("interface", "endpoint") or subnet["table"] is None:
        return {True, False}
    if not public:
        return {target in ("peering", "transit", "private")}
    if target == "internet":
        return {subnet["public_addresses"]}
    return {way == "egress" and target in ("nat", "egress-only")}


def targets(config: Config, subnet: Config, address: str) -> set[str]:
    """Every target that may be the one that counts."""
    if bool(ip_address(address).is_link_local) or address.startswith("fd00:ec2::"):
        return {"local"}
    routes: list[Any] = [(cidr, 2, "local") for cidr in config["network"]]
    for destination, target in config["tables"].get(subnet["table"], []):
        listed = config["lists"].get(destination)
        routes += [(destination, 1, target)] if listed is None else [(cidr, 0, target) for cidr in listed]
    found = [
        (ip_network(cidr).prefixlen, rank, target)
        for cidr, rank, target in routes
        if ip_address(address) in ip_network(cidr)
    ]
    return {target for length, rank, target in found if (length, rank) == max(found)[:2]} or {"none"}
