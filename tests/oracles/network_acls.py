"""What the network ACL of a subnet lets through, packet by packet, from Amazon's user guide and API reference alone.

- Rules of a direction are tried in the order of their numbers; the first that matches decides. What none matches is
  denied. IPv4 and IPv6 have rules of their own: a range of one family matches nothing of the other.
- An ACL remembers nothing: the answer has to get back by the rules of the other direction. It goes to the port that the
  client chose, one of 1024 to 65535, and nobody knows which: where some of these get back, either answer is possible.
- Numbers of protocols are those of IANA. Of any but TCP and UDP, and of -1, a rule is for all ports, whatever it writes.
- A subnet that no ACL names has the default one of its network; where that is not declared it lets everything through.
- What stays inside a subnet passes no ACL, nor do link-local addresses (metadata, time, DNS of the network).
- Between two subnets that are declared a packet passes the ACLs of both. What goes by a NAT gateway passes into its
  subnet and, with a port that the gateway chooses, out of it.
"""

from ipaddress import ip_address, ip_network
from typing import Any

from .addresses import of_ranges
from .aws_routes import targets

EPHEMERAL = range(1024, 65536)
EVERYWHERE = [ip_network("0.0.0.0/0"), ip_network("::/0")]
NUMBERS = {"6": "TCP", "17": "UDP", "132": "SCTP", "tcp": "TCP", "udp": "UDP"}
BACK = {"ingress": "egress", "egress": "ingress"}
Config = dict[str, Any]


def answers(config: Config, subnet: Config, way: str, address: str, packet: tuple[str, int]) -> set[bool]:
    """Whether a machine in a subnet may receive (`ingress`) or send (`egress`) and be answered: what is possible."""
    if _of_the_node(address) or ip_address(address) in ip_network(subnet["cidr"]):
        return {True}
    machine, found = str(ip_network(subnet["cidr"])[0]), set[bool]()
    far = [each for each in [*config["subnets"], config["edge"]] if ip_address(address) in ip_network(each["cidr"])]
    for target in targets(config, subnet, address) if way == "egress" else ["none"]:
        gateway = [config["edge"]] if target == "nat" else []
        inner = [(subnet, way, address), *((each, BACK[way], machine) for each in [*far, *gateway])]
        outer = [(each, way, address) for each in gateway]
        found |= {one and other for one in _get(config, inner, packet) for other in _get(config, outer, packet)}
    return found


def _get(config: Config, edges: list[tuple[Config, str, str]], packet: tuple[str, int]) -> set[bool]:
    """Whether a packet gets in or out of these subnets, from or to an address each, and its answer back."""
    acls = [(config["acls"].get(subnet["acl"] or "default"), *rest) for subnet, *rest in edges]
    rules = [(acl[way], acl[BACK[way]], end) for acl, way, end in acls if acl is not None]
    return {
        all(_lets(there, end, packet) and _lets(back, end, (packet[0], chosen)) for there, back, end in rules)
        for chosen in _ports_to_try([rule for there, back, _ in rules for rule in [*there, *back]])
    }


def stops_anything(acl: Config | None) -> bool:
    """Whether there is any packet that an ACL does not let through."""
    rules = [rule for listed in (acl or {}).values() for rule in listed]
    ends = [str(each) for each in of_ranges(EVERYWHERE, [ip_network(rule["cidr"]) for rule in rules])]
    ports = {0, *(rule["from"] for rule in rules), *(rule["to"] + 1 for rule in rules if rule["to"] < EPHEMERAL[-1])}
    packets = [(protocol, port) for protocol in ("TCP", "UDP", "SCTP") for port in ports]
    return any(not _lets(each, end, packet) for each in (acl or {}).values() for end in ends for packet in packets)


def _lets(rules: list[Config], address: str, packet: tuple[str, int]) -> bool:
    found = [(rule["number"], rule["action"] == "allow") for rule in rules if _matches(rule, address, packet)]
    return min(found)[1] if found else False


def _matches(rule: Config, address: str, packet: tuple[str, int]) -> bool:
    if ip_address(address) not in ip_network(rule["cidr"]):
        return False
    if rule["protocol"] in ("-1", "all"):
        return True
    numbered = packet[0] not in ("TCP", "UDP") or rule["from"] <= packet[1] <= rule["to"]
    return NUMBERS.get(rule["protocol"]) == packet[0] and numbered


def _ports_to_try(rules: list[Config]) -> set[int]:
    """One port of every part of the client's ports that the rules tell apart."""
    edges = {EPHEMERAL[0], *(rule["from"] for rule in rules), *(rule["to"] + 1 for rule in rules)}
    return {edge for edge in edges if edge in EPHEMERAL}


def _of_the_node(address: str) -> bool:
    return bool(ip_address(address).is_link_local) or address.startswith("fd00:ec2::")
