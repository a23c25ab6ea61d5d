from typing import Any

import pytest

from components.aws.eks_access import EksAccessPlan, plan
from tests.components.support import refusals

from .examples import ACCOUNT, ADMIN, EKS_ACCESS, SSO_ADMIN

SMALLEST = EKS_ACCESS["smallest"]
FORM = "must be the ARN of an IAM role or user"
EXAMPLE = "type an ARN such as arn:aws:iam::111122223333:role/platform-admin"


def test_the_plan_is_in_order_and_without_repeats() -> None:
    access = {"payments": {"groups": ["b", "a", "b"], "principal": SSO_ADMIN}}
    assert plan("main", {**SMALLEST, "access": access, "region": "cn-north-1"}) == EksAccessPlan(
        access={"payments": (SSO_ADMIN, ("a", "b"))},
        admin_policy_arn="arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        admins={"platform": ADMIN},
        tags={},
    )


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{ACCOUNT}:user/ann",
        f"arn:aws:iam::{ACCOUNT}:role/teams/platform/admin",
        f"arn:aws-us-gov:iam::{ACCOUNT}:role/admin",
        SSO_ADMIN,
    ],
)
def test_roles_and_users_of_any_path_and_partition_may_enter(arn: str) -> None:
    assert plan("main", {**SMALLEST, "admins": {"any": arn}}).admins == {"any": arn}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"admins": {}}, f"admins must name one at least, or nobody can enter, got {{}}; type platform: {ADMIN}"),
        (
            {"admins": {"root": f"arn:aws:iam::{ACCOUNT}:root"}},
            f"admins.root {FORM}, got 'arn:aws:iam::{ACCOUNT}:root'; {EXAMPLE}",
        ),
        ({"admins": {"all": "*"}}, f"admins.all {FORM}, got '*'; {EXAMPLE}"),
        (
            {"admins": {"me": f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Admin_0f7c/ann"}},
            f"admins.me {FORM}, got 'arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Admin_0f7c/ann'; "
            "type what `aws iam get-role --role-name AWSReservedSSO_Admin_0f7c --query Role.Arn --output text` prints",
        ),
        (
            {"admins": {"one": ADMIN, "two": ADMIN}},
            f"admins.two must not repeat admins.one, got '{ADMIN}'; keep one of the two",
        ),
        (
            {"access": {"dev": {"groups": ["dev"], "principal": ADMIN}}},
            f"access.dev.principal must not repeat admins.platform, got '{ADMIN}'; keep one of the two",
        ),
        (
            {"access": {"dev": {"groups": ["system:masters"], "principal": SSO_ADMIN}}},
            "access.dev.groups must not hold groups of Kubernetes itself, got 'system:masters'; "
            "name one of your own, or use admins",
        ),
        (
            {"access": {"dev": {"groups": [], "principal": SSO_ADMIN}}},
            "access.dev.groups must name a group, got []; type one such as payments-viewers",
        ),
        (
            {"access": {"dev": {"principal": SSO_ADMIN}}},
            "access.dev.groups is missing; give it a value",
        ),
        (
            {"admins": {"Platform Team": ADMIN}},
            "admins.Platform Team must be named in lower-case letters, digits and hyphens, got 'Platform Team'; rename it",
        ),
        ({"region": "mars-1"}, "region has not the form of an AWS region, got 'mars-1'; write one such as eu-west-1"),
    ],
)
def test_fails_when_an_entry_cannot_be_made(args: dict[str, Any], told: str) -> None:
    assert refusals(plan, {**SMALLEST, **args}) == [told]
