"""Where a packet of a machine in a subnet of a VPC goes, address by address, from Amazon's user guide alone.

- A subnet has the route table it is associated with, else the main table of its network, of which only the local route
  is known here. The longest prefix that holds the destination decides; ranges of the network itself are local.
- To the internet a packet gets by a NAT gateway, by an egress-only gateway (IPv6), or by an internet gateway where the
  machine has a public address. A packet from the internet gets in only by an internet gateway, to a public address.
- By a peering, a transit gateway or a private gateway it gets to what is not the internet. Both directions need a route
  back, so that an address that a subnet has no route to can neither be reached nor reach. A black hole drops.
"""

from ipaddress import ip_address, ip_network
from typing import Any

Config = dict[str, Any]


def passes(config: Config, subnet: Config, way: str, address: str, *, public: bool) -> bool:
    """Whether a packet gets out of a subnet to an address (`egress`), or in from it (`ingress`)."""
    if _of_the_node(address):
        return True
    target = _target(config, subnet, address)
    if target == "local":
        return True
    if not public:
        return target in ("peering", "transit", "private")
    if way == "ingress":
        return target == "internet" and subnet["public_addresses"]
    return target in ("nat", "egress-only") or (target == "internet" and subnet["public_addresses"])


def _target(config: Config, subnet: Config, address: str) -> str:
    routes = [*((cidr, "local") for cidr in config["network"]), *config["tables"].get(subnet["table"], [])]
    found = [
        (ip_network(cidr).prefixlen, target == "local", target)
        for cidr, target in routes
        if ip_address(address) in ip_network(cidr)
    ]
    return max(found)[2] if found else "none"


def _of_the_node(address: str) -> bool:
    return bool(ip_address(address).is_link_local) or address.startswith("fd00:ec2::")
