"""Security groups for tests: random ones, and the resources that a program would register for them."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from hedgerow.graph import UNKNOWN, Resource, Snapshot

Config = dict[str, Any]
GROUPS, LISTS = ("alpha", "beta"), ("office",)
CIDRS = ("0.0.0.0/0", "10.0.0.0/8", "10.32.1.0/24", "8.8.8.0/24", "8.8.8.8/32", "::/0", "2600::/16")
ADDRESSES = (
    "8.8.8.8",
    "8.8.8.9",
    "9.9.9.9",
    "10.32.1.7",
    "10.9.9.9",
    "192.168.0.1",
    "169.254.169.254",
    "2600::1",
    "2a00::1",
)
PORTS = (1, 22, 79, 80, 81, 443, 65535)
CLUSTER = "cluster"

rules = st.fixed_dictionaries(
    {
        "protocol": st.sampled_from(["tcp", "udp", "-1", "6", "17", "132", "icmp", "all"]),
        "from": st.sampled_from([0, 1, 22, 80]),
        "to": st.sampled_from([80, 443, 65535]),
        "cidrs": st.lists(st.sampled_from(CIDRS), max_size=2, unique=True),
        "groups": st.lists(st.sampled_from((*GROUPS, CLUSTER)), max_size=1),
        "lists": st.lists(st.sampled_from(LISTS), max_size=1),
        "self": st.booleans(),
    }
)
EKS_RULE = {"by_eks": True, "protocol": "-1", "from": 0, "to": 0, "cidrs": [], "groups": [], "lists": [], "self": False}


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Groups with rules, which of them nodes have, and how each rule is written."""
    groups = {
        name: {way: draw(st.lists(rules, max_size=3)) for way in ("ingress", "egress")} for name in (*GROUPS, CLUSTER)
    }
    groups[CLUSTER]["ingress"].append({**EKS_RULE, "self": True})
    groups[CLUSTER]["egress"].append({**EKS_RULE, "cidrs": ["0.0.0.0/0"]})
    nodes = draw(st.lists(st.lists(st.sampled_from(GROUPS), max_size=2, unique=True), min_size=1, max_size=2))
    return {
        "groups": groups,
        "lists": {"office": draw(st.lists(st.sampled_from(CIDRS), max_size=2, unique=True))},
        "nodes": [each or [CLUSTER] for each in nodes],
        "style": draw(st.sampled_from(["inline", "rule", "vpc"])),
        "known": draw(st.booleans()),
    }


def snapshot(config: Config) -> Snapshot:
    """The configuration as resources: ids known, as in a state, or linked, as before anything is made."""
    return Snapshot.of("test", "dev", [*resources(config), _pod()])


def resources(config: Config) -> list[Resource]:
    """Lists, groups, the cluster and its nodes."""
    made = [*_lists(config), *_cluster(config), *_groups(config)]
    return made if config["known"] else [_hidden(each) for each in made]


def _lists(config: Config) -> Iterator[Resource]:
    for name, cidrs in config["lists"].items():
        inputs = {"entries": [{"cidr": cidr} for cidr in cidrs]}
        yield _made("aws:ec2/managedPrefixList:ManagedPrefixList", name, inputs)


def _cluster(config: Config) -> Iterator[Resource]:
    yield _made("aws:eks/cluster:Cluster", CLUSTER, {"name": "main", "vpcConfig": {}})
    for number, groups in enumerate(config["nodes"]):
        inputs: Config = {"clusterName": "main"}
        if groups != [CLUSTER]:
            yield _made("aws:ec2/launchTemplate:LaunchTemplate", f"lt{number}", {"vpcSecurityGroupIds": _ids(groups)})
            inputs["launchTemplate"] = {"id": f"<lt{number}>"}
        yield _made("aws:eks/nodeGroup:NodeGroup", f"nodes{number}", inputs)


def _groups(config: Config) -> Iterator[Resource]:
    for name, ways in config["groups"].items():
        inline = config["style"] == "inline" and name != CLUSTER
        if name != CLUSTER:
            yield _made("aws:ec2/securityGroup:SecurityGroup", name, _inline(ways) if inline else {})
        for way, listed in ways.items() if not inline else ():
            own = [rule for rule in listed if not rule.get("by_eks")]
            for number, rule in enumerate(own):
                yield from _standing(config["style"], f"{name}-{way}-{number}", way, name, rule)


def _inline(ways: Config) -> Config:
    return {way: [_written(rule, "securityGroups") for rule in listed] for way, listed in ways.items()}


def _written(rule: Config, groups: str) -> Config:
    four, six = ([cidr for cidr in rule["cidrs"] if (":" in cidr) is wide] for wide in (False, True))
    named = {"securityGroups": _ids(rule["groups"])} if groups == "securityGroups" else {}
    lists = {"prefixListIds": _ids(rule["lists"])} if rule["lists"] else {}
    ports = {"protocol": rule["protocol"], "fromPort": rule["from"], "toPort": rule["to"], "self": rule["self"]}
    return {**ports, "cidrBlocks": four, "ipv6CidrBlocks": six, **named, **lists}


def _standing(style: str, name: str, way: str, group: str, rule: Config) -> Iterator[Resource]:
    if style == "rule":
        for number, other in enumerate(rule["groups"] or [None]):
            inputs = {**_written(rule, ""), "type": way, "securityGroupId": f"<{group}>"}
            source = {"sourceSecurityGroupId": f"<{other}>"} if other else {}
            yield _made("aws:ec2/securityGroupRule:SecurityGroupRule", f"{name}-{number}", {**inputs, **source})
        return
    sides = [{"cidrIpv6" if ":" in cidr else "cidrIpv4": cidr} for cidr in rule["cidrs"]]
    sides += [{"prefixListId": f"<{each}>"} for each in rule["lists"]]
    sides += [
        {"referencedSecurityGroupId": f"<{each}>"} for each in (*rule["groups"], *([group] if rule["self"] else []))
    ]
    token = f"aws:vpc/securityGroup{way.title()}Rule:SecurityGroup{way.title()}Rule"
    for number, side in enumerate(sides):
        ports = {"ipProtocol": rule["protocol"], "fromPort": rule["from"], "toPort": rule["to"]}
        yield _made(token, f"{name}-{number}", {**ports, **side, "securityGroupId": f"<{group}>"})


def _ids(names: list[str]) -> list[str]:
    return [f"<{name}>" for name in names]


def _pod() -> Resource:
    inputs = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "a"},
        "spec": {"containers": []},
    }
    return Resource("urn::Pod", "kubernetes:core/v1:Pod", "a/p", inputs=inputs)


def _made(token: str, name: str, inputs: Config) -> Resource:
    outputs = {**inputs, "id": f"<{name}>"}
    if name == CLUSTER:
        outputs = {**outputs, "vpcConfig": {"clusterSecurityGroupId": "<cluster>"}}
    return Resource(f"urn::{token}::{name}", token, name, inputs=inputs, outputs=outputs)


TOKENS = {"lt": "ec2/launchTemplate:LaunchTemplate", "office": "ec2/managedPrefixList:ManagedPrefixList"}


def _urn(name: str) -> str:
    token = TOKENS.get(name.rstrip("0123456789"), "ec2/securityGroup:SecurityGroup")
    token = "eks/cluster:Cluster" if name == CLUSTER else token
    return f"urn::aws:{token}::{name}"


def _hidden(item: Resource) -> Resource:
    """The same before anything is made: ids are unknown, and the links say whose they are."""
    links: dict[str, list[str]] = {}

    def veil(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: veil(each, key) for name, each in value.items()}
        if isinstance(value, list):
            return [veil(each, key) for each in value]
        if isinstance(value, str) and value.startswith("<"):
            links.setdefault(key, []).append(_urn(value[1:-1]))
            return UNKNOWN
        return value

    inputs = {key: veil(value, key) for key, value in item.inputs.items()}
    linked = {key: tuple(urns) for key, urns in links.items()}
    return Resource(item.urn, item.type, item.name, inputs=inputs, outputs=inputs, property_dependencies=linked)
