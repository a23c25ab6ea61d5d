from typing import Any

import pytest

from components.aws import AwsPlatform, AwsPlatformArgs
from components.aws.platform import plan
from components.shared.platform import PlatformArgs
from hedgerow.facts import labels
from hedgerow.graph import Snapshot
from tests.components.support import behind, changed, refusals
from tests.support import record

from .examples import ADMIN, AWS_PLATFORM

SMALLEST = AWS_PLATFORM["smallest"]
FULLEST = AWS_PLATFORM["fullest"]


def with_(path: str, value: object, args: Any = SMALLEST) -> Any:
    """A copy of the args with another value at a dotted path."""
    return changed(path, value, args)


def recorded(args: AwsPlatformArgs) -> Snapshot:
    return record(lambda: AwsPlatform("main", args))


def test_nodes_come_after_their_network_plugin_and_every_permission() -> None:
    """On destroy the engine goes the other way: nodes leave while plugin, roles and routes are still there."""
    for args in (SMALLEST, FULLEST):
        snapshot = recorded(args)
        for key in args["node_groups"]:
            assert behind(snapshot, f"NodeGroup main-{key}") >= {
                "Addon main-before-nodes-kube-proxy",
                "Addon main-before-nodes-vpc-cni",
                "Cluster main",
                "LogGroup main-logs",
                "OpenIdConnectProvider main",
                "RolePolicyAttachment main-cluster-policy",
                "RolePolicyAttachment main-cni-policy",
                "RolePolicyAttachment main-node-registry",
                "RolePolicyAttachment main-node-worker",
                *(f"Route main-private-{zone}" for zone in args["network"].get("zones", "abc")),
            }


def test_coredns_comes_after_every_node_group() -> None:
    waits_for = behind(recorded(FULLEST), "Addon main-after-nodes-coredns")
    assert {"NodeGroup main-general", "NodeGroup main-gpu"} <= waits_for


def test_nodes_do_not_wait_for_people() -> None:
    assert not any("Access" in each for each in behind(recorded(FULLEST), "NodeGroup main-general"))


def test_the_network_plugin_has_a_role_that_nodes_have_not() -> None:
    attached = {
        each.name: each.inputs["policyArn"].rpartition("/")[2]
        for each in recorded(SMALLEST).of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    }
    assert attached == {
        "main-cluster-policy": "AmazonEKSClusterPolicy",
        "main-cni-policy": "AmazonEKS_CNI_Policy",
        "main-node-registry": "AmazonEC2ContainerRegistryPullOnly",
        "main-node-worker": "AmazonEKSWorkerNodePolicy",
    }


def test_control_plane_and_nodes_have_subnets_of_their_own_tier() -> None:
    snapshot = recorded(SMALLEST)
    (cluster,) = snapshot.of_type("aws:eks/cluster:Cluster")
    (group,) = snapshot.of_type("aws:eks/nodeGroup:NodeGroup")
    subnets = [{urn.split("::")[-1] for urn in each.dependencies if ":Subnet::" in urn} for each in (cluster, group)]
    assert subnets == [
        {"main-intra-a", "main-intra-b", "main-intra-c"},
        {"main-private-a", "main-private-b", "main-private-c"},
    ]


def test_the_contract_is_known_before_anything_is_created() -> None:
    want: PlatformArgs = {
        "cluster": "main",
        "dns": {"addresses": ["169.254.20.10/32"], "namespace": "kube-system", "pods": [{"k8s-app": "kube-dns"}]},
        "environment": "prod",
        "health_checks": ["172.20.0.0/18"],
        "identity": [
            {"address": "169.254.170.23/32", "ports": [80]},
            {"address": "fd00:ec2::23/128", "ports": [80]},
        ],
        "kubernetes": "1.35",
        "label_prefix": "platform.example.com",
        "load_balancers": {
            "internal": {
                "annotations": {
                    "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
                    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
                    "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
                }
            },
            "public": {
                "annotations": {
                    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
                    "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
                }
            },
        },
        "metadata_addresses": [
            "169.254.169.254/32",
            "fd00:ec2::254/128",
            "169.254.170.23/32",
            "fd00:ec2::23/128",
            "169.254.170.2/32",
        ],
        "network_policy": "vpc-cni",
        "pools": {
            "general": {
                "instance_type": "m7g.2xlarge",
                "labels": {"pool": "general"},
                "max": 60,
                "min": 3,
                "taints": {},
            },
            "gpu": {
                "instance_type": "p5.48xlarge",
                "labels": {},
                "max": 13,
                "min": 0,
                "taints": {"nvidia.com/gpu": "present:NoSchedule"},
            },
        },
        "ranges": {"network": "172.20.0.0/18", "services": "10.100.0.0/16"},
        "version": 1,
    }
    (platform,) = recorded(FULLEST).of_type("hedgerow:index:AwsPlatform")
    assert plan("main", FULLEST).contract == want
    assert platform.inputs["contract"] == want
    assert platform.outputs["contract"] == want
    assert platform.outputs["cluster_identifier"] == "arn:aws:eks:us-east-1:111122223333:cluster/main"


@pytest.mark.parametrize(
    ("environment", "nat", "deletion_protection", "log_days"),
    [("dev", "single", False, 30), ("staging", "single", False, 90), ("prod", "per_zone", True, 365)],
)
def test_the_class_presets_what_the_settings_leave_out(
    environment: str, nat: str, deletion_protection: bool, log_days: int
) -> None:
    want = plan("main", with_("environment", environment))
    assert (want.network.get("nat"), want.protect, want.cluster.get("log_days")) == (nat, deletion_protection, log_days)


def test_the_settings_win_over_the_class() -> None:
    args = with_("cluster.deletion_protection", False, with_("network.nat", "none", with_("environment", "prod")))
    want = plan("main", args)
    assert (want.network.get("nat"), want.protect) == ("none", False)


def test_a_protected_platform_keeps_cluster_and_network() -> None:
    protected = {each.type for each in recorded(FULLEST).resources if each.protect}
    assert protected == {"aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:eks/cluster:Cluster"}


def test_everything_that_takes_tags_says_its_environment() -> None:
    untagged = [
        each.name
        for each in recorded(SMALLEST).resources
        if each.custom and each.parent and "tags" in each.inputs
        if each.inputs["tags"].get("platform.example.com/environment") != "dev"
    ]
    assert untagged == []


@pytest.mark.parametrize(
    ("region", "partition", "principal"),
    [
        ("eu-west-1", "aws", "ec2.amazonaws.com"),
        ("cn-north-1", "aws-cn", "ec2.amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "ec2.amazonaws.com"),
    ],
)
def test_every_arn_is_of_the_partition_of_the_region(region: str, partition: str, principal: str) -> None:
    args = with_("cluster.admins.platform", ADMIN.replace("arn:aws:", f"arn:{partition}:"), with_("region", region))
    args = with_("network.zones", ["a", "b"], args)
    snapshot = recorded(args)
    assert plan("main", args).cluster_identifier == f"arn:{partition}:eks:{region}:111122223333:cluster/main"
    arns = {
        value.split(":")[1]
        for each in snapshot.resources
        for value in each.inputs.values()
        if isinstance(value, str) and value.startswith("arn:")
    }
    assert arns == {partition}
    (node,) = [each for each in snapshot.of_type("aws:iam/role:Role") if each.name == "main-node"]
    assert f'"{principal}"' in node.inputs["assumeRolePolicy"]


GENERAL = "node_groups.general"
COREDNS = "node_groups must hold one without taints and with min of 1 or more, for coredns"


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (
            "account",
            "12345",
            """account must be the 12 digits of an AWS account, got '12345'; type them in quotes: "111122223333\"""",
        ),
        ("environment", "test", "environment must be one of dev, staging, prod, got 'test'; type one of them"),
        (
            "label_prefix",
            "Example",
            f"label_prefix {labels.name_with_dots_problem('Example')}, got 'Example'; type a DNS name of yours such as platform.example.com",
        ),
        ("region", "europe", "region has not the form of an AWS region, got 'europe'; write one such as eu-west-1"),
        (
            "network.cidr",
            "10.16.0.0/23",
            "network.cidr must hold the 1024 addresses of a /22, got '10.16.0.0/23'; type 10.16.0.0/22",
        ),
        (
            "network.zones",
            ["a", "d"],
            "network.zones must be zones of eu-west-1, got ['d']; type some of its own: zones: [a, b, c]",
        ),
        (
            "network.cidr",
            "172.20.0.0/20",
            "cluster.services_cidr must not overlap network.cidr 172.20.0.0/20, got '172.20.0.0/16'; type 10.100.0.0/16",
        ),
        (
            "cluster.services_cidr",
            "10.16.128.0/20",
            "cluster.services_cidr must not overlap network.cidr 10.16.0.0/16, got '10.16.128.0/20'; type 172.20.0.0/16",
        ),
        (
            "cluster.admins",
            {},
            f"cluster.admins must name one at least, or nobody can enter, got {{}}; type platform: {ADMIN}",
        ),
        ("node_groups", {}, f"{COREDNS}, got []; add one"),
        (f"{GENERAL}.min", 0, f"{COREDNS}, got ['general']; add one"),
        (f"{GENERAL}.taints", {"a": {"effect": "NoSchedule"}}, f"{COREDNS}, got ['general']; add one"),
        (f"{GENERAL}.max", 0, f"{GENERAL}.max must be 1 to 5000, got 0; type one, such as 1"),
        (f"{GENERAL}.colour", "red", None),
        (
            "node_groups.Big",
            {"instance_types": ["m7i.large"], "max": 1},
            "node_groups.Big must be named in lower-case letters, digits and hyphens, got 'Big'; rename it",
        ),
        (
            "node_groups." + "n" * 60,
            {"instance_types": ["m7i.large"], "max": 1},
            f"node_groups.{'n' * 60} must be shorter by 10 with the main- before it, got '{'n' * 60}'; shorten it",
        ),
        (
            "versions.kubernetes",
            "1.35.2",
            "versions.kubernetes must be a minor version, got '1.35.2'; type one such as 1.35",
        ),
        (
            "versions.node_release",
            "latest",
            "versions.node_release must be the release of an AL2023 image, got 'latest'; type one such as 1.35.2-20260715",
        ),
        (
            "versions.node_release",
            "1.36.1-20260715",
            "versions.node_release must go with Kubernetes 1.35, got '1.36.1-20260715'; type one of 1.32 to 1.35",
        ),
        (
            "versions.node_release",
            "1.31.9-20260715",
            "versions.node_release must go with Kubernetes 1.35, got '1.31.9-20260715'; type one of 1.32 to 1.35",
        ),
        (
            "versions.addons.kube-proxy",
            "v1.36.0-eksbuild.2",
            "versions.addons.kube-proxy must go with Kubernetes 1.35, got 'v1.36.0-eksbuild.2'; type one of 1.32 to 1.35",
        ),
        (
            "versions.addons.metrics-server",
            "v0.8.0-eksbuild.1",
            "versions.addons.metrics-server is not known, got 'v0.8.0-eksbuild.1'; one of coredns, kube-proxy, vpc-cni",
        ),
        (
            "versions.addons.vpc-cni",
            "1.21",
            "versions.addons.vpc-cni must be a version of EKS's own, got '1.21'; type one such as v1.21.1-eksbuild.8",
        ),
    ],
)
def test_fails_when_an_argument_is_wrong(path: str, value: object, told: str | None) -> None:
    found = refusals(plan, with_(path, value))
    if told is None:
        assert [line.split(",")[0] for line in found] == [f"{path} is not known"]
    else:
        assert found == [told]


def test_fails_with_the_problems_of_every_part_at_once() -> None:
    args = with_("network.cidr", "8.8.0.0/16", with_(f"{GENERAL}.max", 0, with_("account", "1")))
    args = with_("cluster.admins", {}, with_("versions.addons", {}, with_("region", "moon", args)))
    assert [line.split(" ")[0] for line in refusals(plan, args, name="a b")] == [
        "name",
        "account",
        "region",
        "versions.addons.kube-proxy",
        "versions.addons.vpc-cni",
        "versions.addons.coredns",
        "cluster.admins",
        "network.cidr",
        f"{GENERAL}.max",
    ]


def test_a_region_younger_than_the_table_may_have_any_zone() -> None:
    args = with_("network.zones", ["a", "f"], with_("region", "eu-north-9"))
    assert plan("main", args).zones == ("a", "f")
