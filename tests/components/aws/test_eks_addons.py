import json
from typing import Any

import pytest

from components.aws.eks_addons import EksAddonsPhase, EksAddonsPlan, plan
from tests.components.support import refusals

from .examples import EKS_ADDONS

BEFORE = EKS_ADDONS["fullest"]
AFTER = EKS_ADDONS["smallest"]


@pytest.mark.parametrize("mode", ["standard", "strict"])
def test_network_policy_is_on_in_every_mode(mode: str) -> None:
    """Its values are texts: the add-on refuses a JSON boolean."""
    want = plan("main", {**BEFORE, "network_policy_mode": mode})
    assert json.loads(want.configuration["vpc-cni"]) == {
        "enableNetworkPolicy": "true",
        "env": {"NETWORK_POLICY_ENFORCING_MODE": mode},
    }


def test_coredns_comes_alone() -> None:
    assert plan("main", AFTER) == EksAddonsPlan(configuration={}, tags={}, versions={"coredns": "v1.12.4-eksbuild.1"})


def cni(version: str) -> dict[str, str]:
    return {**BEFORE["versions"], "vpc-cni": version}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({**BEFORE, "phase": "later"}, "phase must be one of before_nodes, after_nodes, got 'later'; type one of them"),
        (
            {**BEFORE, "network_policy_mode": "on"},
            "network_policy_mode must be one of standard, strict, got 'on'; type one of them",
        ),
        (
            {key: value for key, value in BEFORE.items() if key != "cni_role_arn"},
            "cni_role_arn is missing; give the role of kube-system/aws-node",
        ),
        (
            {**AFTER, "cni_role_arn": "arn:cni"},
            "phase has no vpc-cni, got 'after_nodes'; leave cni_role_arn and network_policy_mode out",
        ),
        ({**AFTER, "versions": {}}, "versions.coredns is missing; type its version, such as v1.12.4-eksbuild.1"),
        (
            {**AFTER, "versions": {**AFTER["versions"], "vpc-cni": "v1.21.1-eksbuild.8"}},
            "versions.vpc-cni is no add-on of phase after_nodes, got 'v1.21.1-eksbuild.8'; leave it out",
        ),
        (
            {**AFTER, "versions": {"coredns": "latest"}},
            "versions.coredns must be a version of EKS's own, got 'latest'; type one such as v1.12.4-eksbuild.1",
        ),
        (
            {**BEFORE, "network_policy_mode": "standard", "versions": cni("v1.13.4-eksbuild.1")},
            "versions.vpc-cni must be v1.14.0 or newer for standard network policy, got 'v1.13.4-eksbuild.1'; take a newer one",
        ),
        (
            {**BEFORE, "versions": cni("v1.17.0-eksbuild.1")},
            "versions.vpc-cni must be v1.17.1 or newer for strict network policy, got 'v1.17.0-eksbuild.1'; take a newer one",
        ),
    ],
)
def test_fails_when_an_add_on_is_wrong(args: dict[str, Any], told: str) -> None:
    assert refusals(plan, args) == [told]


def test_phases_are_given_by_name_too() -> None:
    assert plan("main", {**AFTER, "phase": "after_nodes"}) == plan(
        "main", {**AFTER, "phase": EksAddonsPhase.AFTER_NODES}
    )
