"""What clouds are said to build, in words common to them: the example stacks, and the corners of each view."""

from typing import Any

import pytest

from hedgerow.graph import UNKNOWN, Views
from hedgerow.graph.sources import example
from hedgerow.graph.value import SECRET
from hedgerow.graph.views import GkeCluster, GkeNodePool

from ..mutations.test_mutations import example as recorded


def views(*resources: dict[str, Any]) -> Views:
    return Views(example.snapshot({"resources": list(resources)}))


def test_aws_dev_has_private_nodes_in_subnets_of_which_only_the_public_ones_lead_out() -> None:
    found = Views(recorded("aws-dev"))
    assert {str(pool): pool.public for pool in found.node_pools} == {"EKS node group 'aws-dev-general'": False}
    assert {subnet.resource.name: (subnet.public_addresses, subnet.internet_route) for subnet in found.subnets} == {
        f"aws-dev-{tier}-{zone}": (False, tier == "public") for tier in ("intra", "private", "public") for zone in "abc"
    }
    assert [(str(network), network.automatic) for network in found.networks] == [("VPC 'aws-dev'", False)]
    assert [(str(each), each.by) for each in found.enforcers] == [
        ("EKS add-on 'aws-dev-before-nodes-vpc-cni'", "vpc-cni"),
        ("Platform 'aws-dev'", "vpc-cni"),
    ]


@pytest.mark.parametrize(
    ("stack", "autopilot", "pools"),
    [
        ("gcp-dev", True, {"GKE cluster 'gcp-dev'": (False, False, True)}),
        (
            "gcp-prod",
            False,
            {
                "GKE node pool 'gcp-prod-general'": (False, False, True),
                "GKE node pool 'gcp-prod-gpu'": (False, False, True),
            },
        ),
    ],
)
def test_both_kinds_of_gke_are_read_with_their_defaults_filled_in(
    stack: str, autopilot: bool, pools: dict[str, Any]
) -> None:
    found = Views(recorded(stack))
    (cluster,) = found.clusters
    assert isinstance(cluster, GkeCluster)
    assert (cluster.autopilot, cluster.public, cluster.private_nodes, cluster.default_network) == (
        autopilot,
        False,
        True,
        False,
    )
    assert {
        str(pool): (pool.public, pool.default_account, pool.metadata_server)
        for pool in found.node_pools
        if isinstance(pool, GkeNodePool)
    } == pools
    assert {each.by for each in found.enforcers} == {"dataplane-v2"}
    assert [(str(network), network.automatic) for network in found.networks] == [(f"Network '{stack}'", False)]


@pytest.mark.parametrize("stack", ["aws-tenants", "gcp-tenants"])
def test_a_stack_of_tenants_knows_of_its_cluster_only_what_the_contract_says(stack: str) -> None:
    found = Views(recorded(stack))
    assert (found.clusters, found.node_pools, found.networks, found.subnets) == ((), (), (), ())
    assert [each.by for each in found.enforcers] == [found.contract["network_policy"]]


@pytest.mark.parametrize(
    ("given", "public"),
    [
        ({"enablePrivateNodes": True, "enablePrivateEndpoint": True}, False),
        ({"enablePrivateNodes": True}, True),
        ({"enablePrivateEndpoint": "<unknown>"}, UNKNOWN),
        ("<secret>", UNKNOWN),
        ("nonsense", True),
    ],
    ids=str,
)
def test_an_endpoint_is_public_unless_it_is_said_to_be_private(given: Any, public: Any) -> None:
    cluster = views(
        {"type": "gcp:container/cluster:Cluster", "name": "main", "inputs": {"privateClusterConfig": given}}
    ).clusters[0]
    assert cluster.public is public


def test_what_is_only_looked_up_is_in_no_view() -> None:
    types = ("aws:eks/cluster:Cluster", "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:eks/nodeGroup:NodeGroup")
    google = ("gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool", "gcp:compute/network:Network")
    found = views(*({"type": kind, "name": kind} for kind in (*types, *google)))
    assert (found.clusters, found.node_pools, found.networks, found.subnets, found.enforcers) == ((), (), (), (), ())


def test_a_secret_contract_hides_who_enforces() -> None:
    found = views({"type": "hedgerow:index:Tenant", "name": "payments", "inputs": {"platform": "<secret>"}})
    assert [(str(each), each.by) for each in found.enforcers] == [("Platform 'payments'", SECRET)]
    others = views({"type": "acme:index:Shop", "name": "shop", "inputs": {"platform": "<unknown>"}})
    assert others.enforcers == ()
