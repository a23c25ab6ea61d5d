"""What a preview knows once the cluster is there: as an engine answers for resources that have an id."""

import json
from typing import Any

import pytest

from components.aws import AwsPlatform, AwsPlatformArgs
from components.aws.kubeconfig import kubeconfig
from hedgerow.engine.monitor import Monitor
from hedgerow.graph import UNKNOWN, Resource, Snapshot
from tests.support import record

from .examples import ACCOUNT, AWS_PLATFORM, SSO_ADMIN

ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/0F7C"
KNOWN: dict[str, dict[str, Any]] = {
    "aws:eks/cluster:Cluster": {
        "arn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/main",
        "certificateAuthority": {"data": "Q0E="},
        "endpoint": "https://0f7c.eks",
        "identities": [{"oidcs": [{"issuer": f"https://{ISSUER}"}]}],
    },
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {"arn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"},
    "aws:iam/role:Role": {"arn": f"arn:aws:iam::{ACCOUNT}:role/made"},
}
SUBNET = "aws:ec2/subnet:Subnet"


@pytest.fixture(autouse=True)
def the_cluster_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cluster, roles and subnets exist; entries, routes, add-ons and node groups are about to be made."""
    register = Monitor.RegisterResource

    def answer(self: Monitor, request: Any) -> Any:
        response = register(self, request)
        if request.type in KNOWN or request.type == SUBNET:
            response.id = f"{request.name}-id"
            response.object.update(KNOWN.get(request.type, {}))
        return response

    monkeypatch.setattr(Monitor, "RegisterResource", answer)


def recorded(args: AwsPlatformArgs) -> Snapshot:
    return record(lambda: AwsPlatform("main", args))


def only(snapshot: Snapshot, kind: str) -> Resource:
    (found,) = snapshot.of_type(kind)
    return found


def test_a_new_administrator_leaves_the_kubeconfig_known() -> None:
    """Unknown, it would show everything in the cluster as replaced."""
    cluster = AWS_PLATFORM["smallest"]["cluster"]
    args: AwsPlatformArgs = {
        **AWS_PLATFORM["smallest"],
        "cluster": {**cluster, "admins": {**cluster["admins"], "new": SSO_ADMIN}},
    }
    platform = only(recorded(args), "hedgerow:index:AwsPlatform")
    assert platform.outputs["kubeconfig"] == kubeconfig("main", "https://0f7c.eks", "Q0E=", "eu-west-1")


def test_a_new_route_leaves_the_subnets_of_nodes_known() -> None:
    """Unknown, they would show every node group as replaced."""
    group = only(recorded(AWS_PLATFORM["smallest"]), "aws:eks/nodeGroup:NodeGroup")
    assert group.inputs["subnetIds"] == ["main-private-a-id", "main-private-b-id", "main-private-c-id"]
    assert group.inputs["nodeRoleArn"] == f"arn:aws:iam::{ACCOUNT}:role/made"
    assert group.inputs["launchTemplate"] == {"id": UNKNOWN, "version": UNKNOWN}


def test_the_network_plugin_alone_may_take_its_role() -> None:
    snapshot = recorded(AWS_PLATFORM["smallest"])
    (role,) = [each for each in snapshot.of_type("aws:iam/role:Role") if each.name == "main-cni"]
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {
            f"{ISSUER}:aud": "sts.amazonaws.com",
            f"{ISSUER}:sub": "system:serviceaccount:kube-system:aws-node",
        }
    }
