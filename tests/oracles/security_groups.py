"""What security groups let in and out of a machine, packet by packet, from Amazon's user guide alone.

- Rules only allow; a machine has the rules of all its groups together, and what no rule allows is dropped.
- Groups remember connections: an answer is never asked about, so the first packet is all that is judged.
- A rule's other side is a range, a prefix list, or a group: then it means machines that have that group. `self` means
  the group that the rule is in.
- Protocol -1 is every protocol; numbers are those of IANA. Of any but TCP and UDP a rule is for every port, whatever
  ports are written.
- Traffic to and from link-local addresses (metadata, time, DNS of the network) is not filtered.
"""

from ipaddress import ip_address, ip_network
from typing import Any

NUMBERS = {"6": "TCP", "17": "UDP", "132": "SCTP", "tcp": "TCP", "udp": "UDP"}
Config = dict[str, Any]


def allowed(config: Config, mine: list[str], way: str, other: tuple[str, list[str]], packet: tuple[str, int]) -> bool:
    """Whether a machine with the groups `mine` may receive (`ingress`) or send (`egress`) a first packet.

    `other` is the address on the other side and the groups of the machine that has it.
    """
    if _of_the_node(other[0]):
        return True
    return any(
        _port(rule, packet) and _side(config, name, rule, *other)
        for name in mine
        for rule in config["groups"][name][way]
    )


def _port(rule: Config, packet: tuple[str, int]) -> bool:
    if rule["protocol"] in ("-1", "all"):
        return True
    numbered = packet[0] not in ("TCP", "UDP") or rule["from"] <= packet[1] <= rule["to"]
    return NUMBERS.get(rule["protocol"]) == packet[0] and numbered


def _side(config: Config, name: str, rule: Config, address: str, groups: list[str]) -> bool:
    ranges = [*rule["cidrs"], *(cidr for each in rule["lists"] for cidr in config["lists"][each])]
    meant = [*rule["groups"], *([name] if rule["self"] else [])]
    return any(ip_address(address) in ip_network(cidr) for cidr in ranges) or any(each in groups for each in meant)


def _of_the_node(address: str) -> bool:
    return bool(ip_address(address).is_link_local) or address.startswith("fd00:ec2::")
