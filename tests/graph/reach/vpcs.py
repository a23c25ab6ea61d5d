"""A small network of AWS for tests: nodes in two subnets, a third one for a database, a fourth with a NAT gateway."""

from collections.abc import Iterable
from typing import Any

from hedgerow.graph import Snapshot
from hedgerow.graph.sources import example

SUBNETS = ("a", "b", "db", "nat")
IN, OUT = "ingress", "egress"
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
    "spec": {"containers": [{"name": "main"}]},
}


def made(kind: str, called: str, /, **inputs: Any) -> dict[str, Any]:
    """`made("ec2/vpc:Vpc", "main")`; `<id of main>` is the id of another one."""
    return {"type": f"aws:{kind}", "name": called, "inputs": inputs}


def listed(*names: str) -> list[str]:
    return [f"<id of {name}>" for name in names]


def rule(
    number: Any, action: Any, ports: Any = "every", to: Any = "0.0.0.0/0", protocol: Any = "tcp"
) -> dict[str, Any]:
    """An inline rule; `ports` as two numbers, or `every` one of every protocol."""
    first, last = (0, 0) if ports == "every" else ports
    six = isinstance(to, str) and ":" in to
    given = {"ruleNo": number, "action": action, "fromPort": first, "toPort": last}
    kind = "-1" if ports == "every" and protocol == "tcp" else protocol
    return {**given, "protocol": kind, "ipv6CidrBlock" if six else "cidrBlock": to}


def alone(acl: str, way: str, given: dict[str, Any], name: str = "") -> dict[str, Any]:
    """The same rule as a resource of its own."""
    named = {"ruleNo": "ruleNumber", "action": "ruleAction"}
    inputs = {named.get(key, key): value for key, value in given.items()}
    name = name or f"{acl}-{way}-{given['ruleNo']}"
    egress = {"egress": True} if way == OUT else {}
    return made("ec2/networkAclRule:NetworkAclRule", name, networkAclId=f"<id of {acl}>", **egress, **inputs)


def acl(name: str, subnets: Iterable[str] = ("a", "b"), /, **inputs: Any) -> dict[str, Any]:
    """An ACL on some subnets."""
    return made("ec2/networkAcl:NetworkAcl", name, vpcId="<id of main>", subnetIds=listed(*subnets), **inputs)


def snapshot(*more: dict[str, Any], nodes: Iterable[str] = ("a", "b"), six: bool = False, **changed: Any) -> Snapshot:
    """The network with a cluster whose nodes are in some of the subnets, and a pod; `changed`: inputs by subnet."""
    found = [made("ec2/vpc:Vpc", "main", cidrBlock="10.0.0.0/16", **({"ipv6CidrBlock": "fd00:1::/56"} if six else {}))]
    for index, name in enumerate(SUBNETS):
        given: dict[str, Any] = {
            "vpcId": "<id of main>",
            "cidrBlock": f"10.0.{index}.0/24",
            "mapPublicIpOnLaunch": True,
        }
        given |= {"ipv6CidrBlock": f"fd00:1:0:{index}::/64"} if six else {}
        found.append(made("ec2/subnet:Subnet", name, **{**given, **changed.get(name, {})}))
        table = "public" if name == "nat" else "private"
        ids = {"subnetId": f"<id of {name}>", "routeTableId": f"<id of {table}>"}
        found.append(made("ec2/routeTableAssociation:RouteTableAssociation", f"on-{name}", **ids))
    for name, target in (("public", {"gatewayId": "igw-1"}), ("private", {"natGatewayId": "<id of out>"})):
        found.append(made("ec2/routeTable:RouteTable", name, vpcId="<id of main>"))
        to = {"routeTableId": f"<id of {name}>", "destinationCidrBlock": "0.0.0.0/0", **target}
        found.append(made("ec2/route:Route", f"{name}-out", **to))
    found.append(made("ec2/natGateway:NatGateway", "out", subnetId="<id of nat>"))
    found.append(made("eks/cluster:Cluster", "main-cluster", name="main", vpcConfig={"subnetIds": listed(*SUBNETS)}))
    group = {"clusterName": "main", "subnetIds": listed(*nodes)}
    found.append(made("eks/nodeGroup:NodeGroup", "nodes", **group))
    return example.snapshot({"resources": [*found, *more], "objects": [POD]})
