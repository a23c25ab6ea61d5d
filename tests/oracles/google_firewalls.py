"""What Google's VPC firewall rules let in and out of a machine, packet by packet, from its documentation alone.

- Rules of one direction and network; the one with the lowest priority number that matches decides, and of two with the
  same number a deny. What none matches is denied on the way in and allowed on the way out.
- A rule is for every machine, or for those with one of its target tags, or of its target service accounts.
- A rule for what comes in matches a source by range, by the tag or by the account of the machine that sends: any of
  them. Without any it matches all of IPv4. A rule for what goes out matches destinations by range, likewise.
- Connections are remembered: only the first packet is judged. A disabled rule does not count.
- The metadata server and its like, 169.254.0.0/16, always answer.
- No port named means every port of the protocol; protocol `all` is every protocol.
"""

from ipaddress import ip_address, ip_network
from typing import Any

NUMBERS = {"6": "tcp", "17": "udp", "132": "sctp"}
KINDS = ("all", *NUMBERS.values())
Rule = dict[str, Any]


def allowed(rules: list[Rule], machine: Rule, way: str, other: Rule, packet: tuple[str, int]) -> bool:
    """Whether a machine (`tags`, `account`) takes (`INGRESS`) or sends (`EGRESS`) a packet; `other` has an `address`."""
    if ip_address(other["address"]).is_link_local:
        return True
    found = [
        (rule["priority"], rule["action"] == "allow")
        for rule in rules
        if not rule["disabled"] and rule["direction"] == way and _for(rule, machine)
        if _matches(rule, way, other) and any(_port(each, packet) for each in rule["ports"])
    ]
    return min(found)[1] if found else way == "EGRESS"


def denies_first(rule: Rule, machine: Rule, froms: list[Any]) -> bool:
    """Whether a rule denies a machine some of what comes from there before GKE lets it in, with priority 1000."""
    counts = not rule["disabled"] and rule["direction"] == "INGRESS" and rule["action"] == "deny"
    other = [ip_network(each) for each in rule["ranges"] or ([] if _named(rule) else ["0.0.0.0/0"])]
    near = any(one.version == each.version and one.overlaps(each) for one in other for each in froms)
    some = any(NUMBERS.get(each["protocol"], each["protocol"]) in KINDS for each in rule["ports"])
    return counts and rule["priority"] <= 1000 and _for(rule, machine) and near and some


def _named(rule: Rule) -> list[str]:
    return [*rule["source_tags"], *rule["source_accounts"]]


def _for(rule: Rule, machine: Rule) -> bool:
    wanted = rule["target_tags"] or rule["target_accounts"]
    return not wanted or bool({*machine["tags"], machine["account"]} & {*rule["target_tags"], *rule["target_accounts"]})


def _matches(rule: Rule, way: str, other: Rule) -> bool:
    named = _named(rule) if way == "INGRESS" else []
    ranges = rule["ranges"] or ([] if named else ["0.0.0.0/0"])
    there = any(ip_address(other["address"]) in ip_network(each) for each in ranges)
    return there or bool({*other["tags"], other["account"]} & set(named))


def _port(given: Rule, packet: tuple[str, int]) -> bool:
    protocol = NUMBERS.get(given["protocol"], given["protocol"])
    if protocol not in ("all", packet[0].lower()):
        return False
    spans = [(text.split("-")[0], text.split("-")[-1]) for text in given["ports"]]
    return not spans or any(int(first) <= packet[1] <= int(last) for first, last in spans)
