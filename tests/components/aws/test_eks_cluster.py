import json
from typing import Any

import pulumi
import pytest

from components.aws import EksCluster, EksClusterArgs
from components.aws.eks_cluster import EksClusterPlan, plan
from components.aws.kubeconfig import kubeconfig
from hedgerow.graph import Resource
from tests.components.support import refusals
from tests.support import record

from .examples import ADMIN, EKS_CLUSTER

SMALLEST = EKS_CLUSTER["smallest"]
FULLEST = EKS_CLUSTER["fullest"]


def recorded(args: EksClusterArgs, **opts: Any) -> Resource:
    (cluster,) = record(lambda: EksCluster("main", args, pulumi.ResourceOptions(**opts))).of_type(
        "aws:eks/cluster:Cluster"
    )
    return cluster


def test_what_is_not_said_is_shut() -> None:
    assert plan("main", SMALLEST) == EksClusterPlan(
        deletion_protection=False,
        log_days=90,
        log_types=("api", "audit", "authenticator"),
        private_cidrs={},
        public_cidrs=(),
        secrets_key_arn=None,
        services_cidr="172.20.0.0/16",
        tags={},
    )


def test_the_public_endpoint_is_off_until_somebody_is_let_in() -> None:
    shut = recorded(SMALLEST).inputs["vpcConfig"]
    assert shut == {
        "endpointPrivateAccess": True,
        "endpointPublicAccess": False,
        "subnetIds": ["subnet-0a", "subnet-0b"],
    }
    let_in = recorded({**SMALLEST, "public_cidrs": ["203.0.113.0/24"]}).inputs["vpcConfig"]
    assert let_in == {**shut, "endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.0/24"]}


def test_only_access_entries_let_anybody_in() -> None:
    """Whoever happens to run `pulumi up` gets nothing by it."""
    assert recorded(SMALLEST).inputs["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }


@pytest.mark.parametrize(("args", "kept"), [(SMALLEST, False), (FULLEST, True)])
def test_a_log_outlives_only_a_cluster_that_may_not_be_deleted(args: EksClusterArgs, kept: bool) -> None:
    seen: dict[str, bool | None] = {}

    def look(given: pulumi.ResourceTransformArgs) -> None:
        seen[given.name] = given.opts.retain_on_delete

    def watch() -> None:
        pulumi.runtime.register_stack_transform(look)
        EksCluster("main", args)

    record(watch)
    assert bool(seen["main-logs"]) is kept


def test_a_parent_that_is_protected_stays_so() -> None:
    assert recorded(SMALLEST, protect=True).protect
    assert not recorded(SMALLEST).protect
    assert recorded(FULLEST).protect


def test_no_log_group_is_made_for_no_logs() -> None:
    snapshot = record(lambda: EksCluster("main", {**SMALLEST, "log_types": []}))
    assert list(snapshot.of_type("aws:cloudwatch/logGroup:LogGroup")) == []


def test_a_kubeconfig_asks_the_aws_cli_for_a_token_and_holds_no_secret() -> None:
    assert json.loads(kubeconfig("aws-dev", "https://0f7c.eks", "Q0E=", "eu-west-1")) == {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "eu-west-1/aws-dev",
        "clusters": [
            {
                "name": "eu-west-1/aws-dev",
                "cluster": {"certificate-authority-data": "Q0E=", "server": "https://0f7c.eks"},
            }
        ],
        "contexts": [
            {"name": "eu-west-1/aws-dev", "context": {"cluster": "eu-west-1/aws-dev", "user": "eu-west-1/aws-dev"}}
        ],
        "users": [
            {
                "name": "eu-west-1/aws-dev",
                "user": {
                    "exec": {
                        "apiVersion": "client.authentication.k8s.io/v1beta1",
                        "command": "aws",
                        "args": [
                            "--region",
                            "eu-west-1",
                            "eks",
                            "get-token",
                            "--cluster-name",
                            "aws-dev",
                            "--output",
                            "json",
                        ],
                        "interactiveMode": "IfAvailable",
                        "provideClusterInfo": False,
                    }
                },
            }
        ],
    }


LOG_DAYS = "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"admins": {}}, f"admins must name one at least, or nobody can enter, got {{}}; type platform: {ADMIN}"),
        ({"log_days": 31}, f"log_days must be one of {LOG_DAYS}, got 31; type one of them"),
        (
            {"log_types": ["audits"]},
            "log_types must be some of api, audit, authenticator, controllerManager, scheduler, got 'audits'; "
            "type one of them",
        ),
        (
            {"public_cidrs": ["0.0.0.0/0"]},
            "public_cidrs must not let in the whole internet, got '0.0.0.0/0'; type the ranges you work from",
        ),
        (
            {"public_cidrs": ["::/0"]},
            "public_cidrs must not let in the whole internet, got '::/0'; type the ranges you work from",
        ),
        (
            {"public_cidrs": ["10.0.0.0/8"]},
            "public_cidrs must be public, got '10.0.0.0/8'; put it under private_cidrs",
        ),
        (
            {"public_cidrs": ["203.0.113.7"]},
            "public_cidrs has no prefix length, got '203.0.113.7'; write 203.0.113.7/32 for one address",
        ),
        (
            {"private_cidrs": {"vpn": "203.0.113.0/24"}, "vpc_id": "vpc-0a"},
            "private_cidrs.vpn must be a private IPv4 range, got '203.0.113.0/24'; take one of 10.0.0.0/8, "
            "172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, such as 10.16.0.0/16",
        ),
        (
            {"private_cidrs": {"vpn": "10.8.0.0/16"}},
            "vpc_id must be given with private_cidrs; give the id of the network",
        ),
        (
            {"secrets_key_arn": "alias/eks"},
            "secrets_key_arn must be the ARN of a KMS key, got 'alias/eks'; type one such as "
            "arn:aws:kms:eu-west-1:111122223333:key/0f7c0f7c-0000-4000-8000-000000000000",
        ),
        (
            {"services_cidr": "10.100.0.0/25"},
            "services_cidr must be a /12 to /24, got '10.100.0.0/25'; type one such as 172.20.0.0/16",
        ),
    ],
)
def test_fails_when_an_argument_is_wrong(args: dict[str, Any], told: str) -> None:
    assert refusals(plan, {**SMALLEST, **args}) == [told]


def test_fails_when_eks_does_not_take_the_name() -> None:
    assert refusals(plan, SMALLEST, name="aws dev") == [
        "name must be 1 to 100 letters, digits, hyphens and underscores, got 'aws dev'; type one such as aws-dev"
    ]
