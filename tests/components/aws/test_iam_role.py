import json
from typing import Any

import pytest

from components.aws.iam_role import IamRolePlan, plan, service_trust, web_identity_trust
from tests.components.support import refusals

from .examples import ACCOUNT

PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0F7C"


def test_policies_are_named_by_the_partition_or_in_full() -> None:
    own = f"arn:aws-cn:iam::{ACCOUNT}:policy/own"
    policies = {"disk": "service-role/AmazonEBSCSIDriverPolicy", "own": own}
    assert plan("main", {"partition": "aws-cn", "policies": policies, "service": "ec2.amazonaws.com"}) == IamRolePlan(
        policies={"disk": "arn:aws-cn:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy", "own": own},
        service="ec2.amazonaws.com",
        subject=None,
        tags={},
    )


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("ec2.amazonaws.com", "sts:AssumeRole"),
        ("eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]),
        ("pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]),
    ],
)
def test_eks_may_tag_its_sessions(service: str, action: Any) -> None:
    assert json.loads(service_trust(service)) == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": action, "Principal": {"Service": service}}],
    }


def test_a_service_account_is_trusted_by_subject_and_audience() -> None:
    issuer = "oidc.eks.eu-west-1.amazonaws.com/id/0F7C"
    assert json.loads(web_identity_trust(PROVIDER, "system:serviceaccount:kube-system:aws-node")) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": PROVIDER},
                "Condition": {
                    "StringEquals": {
                        f"{issuer}:aud": "sts.amazonaws.com",
                        f"{issuer}:sub": "system:serviceaccount:kube-system:aws-node",
                    }
                },
            }
        ],
    }


WHO = "service or service_account must be given, and not both; say who may take the role"
BOTH = "oidc_provider_arn goes with service_account; give both, or neither and service"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({}, [WHO]),
        ({"oidc_provider_arn": PROVIDER, "service": "ec2.amazonaws.com", "service_account": "a/b"}, [WHO]),
        ({"service_account": "kube-system/aws-node"}, [BOTH]),
        ({"oidc_provider_arn": PROVIDER, "service": "ec2.amazonaws.com"}, [BOTH]),
        (
            {"oidc_provider_arn": PROVIDER, "service_account": "aws-node"},
            ["service_account must be namespace/name, got 'aws-node'; type one such as kube-system/aws-node"],
        ),
        (
            {"oidc_provider_arn": PROVIDER, "service_account": "kube-system/*"},
            ["service_account must be namespace/name, got 'kube-system/*'; type one such as kube-system/aws-node"],
        ),
        (
            {"service": "*"},
            ["service must be a service principal, got '*'; type one such as ec2.amazonaws.com"],
        ),
        (
            {"partition": "china", "policies": {"CNI": ""}, "service": "ec2.amazonaws.com"},
            [
                "partition must be a partition, got 'china'; type aws, aws-cn or aws-us-gov",
                "policies.CNI must be named in lower-case letters, digits and hyphens, got 'CNI'; rename it",
                "policies.CNI must name a policy, got ''; type one such as AmazonEKSClusterPolicy",
            ],
        ),
    ],
)
def test_fails_when_it_is_not_clear_who_may_take_the_role(args: dict[str, Any], told: list[str]) -> None:
    assert refusals(plan, args) == told
