"""What the clouds let between addresses and nodes: example stacks as they would be built, and what is opaque."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from hedgerow.engine import embedded, project
from hedgerow.graph import UNKNOWN, Resource, Snapshot, Views
from hedgerow.graph.reach import PortRange, Reach, Why, reach
from tests.support import ROOT

from .clusters import pod, resource

NODE = "kube-system/DaemonSet/node"
SSH, KUBELET, HTTPS = (PortRange("TCP", port, port) for port in (22, 10250, 443))
EKS, GKE = "aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster"


@cache
def recorded(stack: str) -> Snapshot:
    """A stack with a pod on its node's network in it, which stands for the node."""
    found = embedded.run_all(project.find(ROOT), [stack], lambda snapshot: snapshot)[0].result
    assert found is not None
    scope = next(item.provider for item in found.resources if item.type.startswith("kubernetes:"))
    node = resource(pod("kube-system/node", {"hostNetwork": True}, kind="DaemonSet", app="node"), scope)
    return Snapshot.of(found.project, found.stack, [*found.resources, node], found.config)


def changed(stack: str, type_: str, **inputs: Any) -> Snapshot:
    """The stack with some inputs of every resource of a type changed."""

    def change(item: Resource) -> Resource:
        given = {**item.inputs, **inputs}
        return replace(item, inputs=given, outputs=given) if item.type == type_ else item

    found = recorded(stack)
    return Snapshot.of(found.project, found.stack, map(change, found.resources), found.config)


def with_more(stack: Snapshot, *more: Resource) -> Snapshot:
    return Snapshot.of(stack.project, stack.stack, [*stack.resources, *more], stack.config)


def rule(cluster: Resource, **inputs: Any) -> Resource:
    """An ingress rule of the group that EKS makes, which no preview knows the id of."""
    token = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    given = {"securityGroupId": UNKNOWN, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, **inputs}
    return Resource(
        "urn::rule",
        token,
        "rule",
        inputs=given,
        outputs=given,
        property_dependencies={"securityGroupId": (cluster.urn,)},
    )


def told(why: Why) -> list[str]:
    return [f"{reason.layer}: {reason}" for reason in why.reasons]


def asked(snapshot: Snapshot, source: str, destination: str, port: PortRange) -> Why:
    return reach(Views(snapshot)).why(source, destination, port)


@pytest.mark.parametrize("stack", ["aws-dev", "aws-prod", "gcp-dev", "gcp-prod"])
def test_no_node_of_an_example_is_reached_from_the_internet_and_every_one_gets_out(stack: str) -> None:
    found: Reach = reach(Views(recorded(stack)))
    assert found.why("internet", NODE, SSH).allowed is False
    assert found.ports("internet", NODE) == found.unsure("internet", NODE) == ()
    assert found.why(NODE, "internet", HTTPS).allowed is True
    assert found.why("kube-system/any/pod", "metadata", HTTPS).allowed is True
    assert [problem.text for problem in found.problems] == []


def test_the_control_plane_of_eks_gets_to_nodes_by_the_group_that_both_have() -> None:
    snapshot = recorded("aws-prod")
    why = asked(snapshot, "10.32.192.4/32", NODE, KUBELET)
    assert (why.allowed, told(why)) == (
        None,
        [
            "security groups: Ingress: ingress[0] of security group of EKS cluster 'aws-prod' is for machines of a group, "
            "and whether one has this address is not known"
        ],
    )
    cluster = next(iter(snapshot.of_type(EKS)))
    open_ = with_more(snapshot, rule(cluster, cidrIpv4="10.32.192.0/26", fromPort=10250, toPort=10250))
    assert asked(open_, "10.32.192.4/32", NODE, KUBELET).allowed is True


def test_an_open_group_is_not_enough_while_nodes_are_in_private_subnets() -> None:
    snapshot = recorded("aws-prod")
    cluster = next(iter(snapshot.of_type(EKS)))
    why = asked(with_more(snapshot, rule(cluster, cidrIpv4="0.0.0.0/0")), "internet", NODE, SSH)
    assert why.allowed is False
    assert told(why)[-1] == (
        "routes: Ingress: route 'aws-prod-private-a' of Subnet 'aws-prod-private-a' lets nothing in"
    )


def test_an_open_group_in_public_subnets_opens_the_nodes() -> None:
    public = changed("aws-prod", "aws:ec2/subnet:Subnet", mapPublicIpOnLaunch=True)
    routes = [
        replace(item, inputs={"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1", "routeTableId": UNKNOWN})
        for item in public.of_type("aws:ec2/route:Route")
    ]
    others = [item for item in public.resources if item.type != "aws:ec2/route:Route"]
    snapshot = Snapshot.of(public.project, public.stack, [*others, *routes], public.config)
    cluster = next(iter(snapshot.of_type(EKS)))
    assert asked(snapshot, "internet", NODE, SSH).allowed is False
    why = asked(with_more(snapshot, rule(cluster, cidrIpv4="0.0.0.0/0")), "internet", NODE, SSH)
    assert told(why)[-2:] == [
        "security groups: Ingress: rule 'rule' lets it through",
        "routes: Ingress: route 'aws-prod-private-a' of Subnet 'aws-prod-private-a' leads there",
    ]


def test_a_public_pool_of_gke_is_guarded_by_the_firewall_alone() -> None:
    snapshot = changed("gcp-prod", "gcp:container/nodePool:NodePool", networkConfig={"enablePrivateNodes": False})
    network = next(iter(snapshot.of_type("gcp:compute/network:Network")))
    given = {"network": UNKNOWN, "allows": [{"protocol": "tcp", "ports": ["22"]}], "sourceRanges": ["0.0.0.0/0"]}
    token, links = "gcp:compute/firewall:Firewall", {"network": (network.urn,)}
    ssh = Resource("urn::ssh", token, "ssh", inputs=given, outputs=given, property_dependencies=links)
    assert asked(snapshot, "8.8.8.8/32", NODE, SSH).allowed is False
    opened = asked(with_more(snapshot, ssh), "8.8.8.8/32", NODE, SSH)
    assert "firewall rules: Ingress: Firewall 'ssh' lets it through" in told(opened)
    denied = replace(
        ssh, urn="urn::no", name="no", inputs={**given, "allows": [], "denies": given["allows"], "priority": 900}
    )
    closed = asked(with_more(snapshot, ssh, denied), "8.8.8.8/32", NODE, SSH)
    assert closed.allowed is False
    assert "firewall rules: Ingress: Firewall 'no' denies it" in told(closed)


def test_a_cluster_that_a_component_makes_out_of_sight_is_opaque() -> None:
    opaque = Resource("urn::eks", "eks:index:Cluster", "main", custom=False, inputs={"version": "1.35"})
    snapshot = Snapshot.of("test", "dev", [opaque, resource(pod("a/p"))])
    found = reach(Views(snapshot))
    why = found.why("a/Pod/p", "internet", HTTPS)
    assert (why.allowed, told(why)) == (
        None,
        ["security groups: Egress: the security groups of cluster 'main' are opaque"],
    )
    assert [problem.text for problem in found.problems] == [
        "EKS cluster 'main' is opaque: its security groups are not known"
    ]
    assert found.why("a/Pod/p", "a/any/pod", HTTPS).allowed is True


def test_a_firewall_policy_stands_before_the_rules_and_is_opaque() -> None:
    token = "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation"
    snapshot = with_more(
        recorded("gcp-prod"), Resource("urn::policy", token, "policy", inputs={"attachmentTarget": UNKNOWN})
    )
    assert asked(snapshot, NODE, "internet", HTTPS).allowed is None
    assert [problem.text for problem in reach(Views(snapshot)).problems] == [
        "firewall policy 'policy' is opaque: it is judged before the network's rules"
    ]
