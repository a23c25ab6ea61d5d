"""Ranges of the platform: what its contract says, else what its clusters are made in, and nothing else."""

from typing import Any

import pytest

from hedgerow.graph import UNKNOWN
from hedgerow.graph.sources.example import snapshot
from hedgerow.graph.views.ranges import ranges

VPCS = [
    {"type": "aws:ec2/vpc:Vpc", "name": "network", "inputs": {"cidrBlock": "10.16.0.0/16"}},
    {"type": "aws:ec2/vpc:Vpc", "name": "data", "inputs": {"cidrBlock": "10.99.0.0/16"}},
    {"type": "aws:ec2/subnet:Subnet", "name": "a", "inputs": {"cidrBlock": "10.16.0.0/20", "vpcId": "<id of network>"}},
]
SERVICES = {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"}}
SUBNET = {"type": "gcp:compute/subnetwork:Subnetwork", "name": "nodes"}
GKE = {"type": "gcp:container/cluster:Cluster", "name": "main"}


def found(*resources: dict[str, Any], contract: dict[str, Any] | None = None) -> Any:
    return ranges(contract or {}, snapshot({"resources": list(resources)}))


def test_a_contract_is_taken_at_its_word() -> None:
    told = {"network": "10.0.0.0/16", "pods": UNKNOWN}
    assert found(*VPCS, contract={"ranges": told}) == told
    assert found(*VPCS, contract={"ranges": UNKNOWN}) is UNKNOWN


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        ("aws:eks/cluster:Cluster", {"vpcConfig": {"subnetIds": ["<id of a>"]}, **SERVICES}),
        ("eks:index:Cluster", {"privateSubnetIds": ["<id of a>"], **SERVICES}),
        ("eks:index:Cluster", {"vpcId": "<id of network>", **SERVICES}),
    ],
)
def test_a_cluster_on_aws_is_in_the_network_of_its_subnets(type_: str, inputs: dict[str, Any]) -> None:
    assert found(*VPCS, {"type": type_, "name": "main", "inputs": inputs}) == {
        "VPC 'network'": "10.16.0.0/16",
        "services of 'main'": "172.20.0.0/16",
    }


def test_networks_without_a_cluster_are_nobodys() -> None:
    assert found(*VPCS, SUBNET | {"inputs": {"ipCidrRange": "10.0.0.0/20"}}) == {}


def test_a_cluster_on_google_cloud_has_the_ranges_of_its_subnet_and_its_own() -> None:
    secondary = [{"rangeName": "pods", "ipCidrRange": "10.64.0.0/14"}]
    subnet = SUBNET | {"inputs": {"ipCidrRange": "10.0.0.0/20", "secondaryIpRanges": secondary}}
    policy = {"servicesIpv4CidrBlock": "10.96.0.0/20"}
    cluster = GKE | {"inputs": {"subnetwork": "<id of nodes>", "ipAllocationPolicy": policy}}
    assert found(subnet, cluster) == {
        "subnet 'nodes'": "10.0.0.0/20",
        "range pods of subnet 'nodes'": "10.64.0.0/14",
        "services of 'main'": "10.96.0.0/20",
    }


def test_what_is_not_known_yet_is_said() -> None:
    subnet = SUBNET | {"inputs": {"ipCidrRange": "<unknown>", "secondaryIpRanges": "<unknown>"}}
    assert found(subnet, GKE | {"inputs": {"subnetwork": "<id of nodes>"}}) == {
        "subnet 'nodes'": UNKNOWN,
        "ranges of subnet 'nodes'": UNKNOWN,
    }
