"""What a change of an input does, by the tables."""

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hedgerow.facts import table
from hedgerow.facts.providers import types
from hedgerow.facts.replacements import TABLES, effect, known

PROJECT = Path(__file__).parents[2]
OF_THE_ENGINE = ("hedgerow:", "pulumi:")
"""Components, stacks, references and providers: the engine decides about them, no table does."""


@pytest.mark.parametrize(
    ("type_", "path", "does"),
    [
        ("kubernetes:apps/v1:Deployment", "spec.selector.matchLabels.app", "replace"),
        ("kubernetes:apps/v1:Deployment", "spec.replicas", "update"),
        ("kubernetes:apps/v1:Deployment", "metadata.namespace", "replace"),
        ("kubernetes:apps/v1:Deployment", "metadata.labels.name", "update"),
        ("kubernetes:example.com/v1:Widget", "metadata.name", "replace"),
        ("kubernetes:example.com/v1:Widget", "spec.size", "update"),
        ("kubernetes:helm.sh/v3:Release", "name", "either"),
        ("kubernetes:core/v1:Pod", "spec.containers[0].image", "replace"),
        ("aws:ec2/subnet:Subnet", "cidrBlock", "replace"),
        ("aws:ec2/subnet:Subnet", "tags.Name", "update"),
        ("aws:ec2/subnet:Subnet", "ipv6CidrBlock", "either"),
        ("aws:eks/nodeGroup:NodeGroup", "launchTemplate.id", "replace"),
        ("aws:eks/nodeGroup:NodeGroup", "launchTemplate.version", "update"),
        ("gcp:container/nodePool:NodePool", "nodeConfig.machineType", "update"),
        ("gcp:container/nodePool:NodePool", "nodeConfig.spot", "replace"),
        ("gcp:container/cluster:Cluster", "ipAllocationPolicy.clusterSecondaryRangeName", "replace"),
        ("aws:eks/cluster:Cluster", "name", "replace"),
        ("aws:eks/cluster:Cluster", "vpcConfig.subnetIds[0]", "update"),
        ("aws:eks/cluster:Cluster", "vpcConfig.endpointPublicAccess", "update"),
        ("aws:eks/cluster:Cluster", "version", "update"),
        ("aws:eks/cluster:Cluster", "encryptionConfig", "either"),
        ("aws:eks/cluster:Cluster", "region", "either"),
        ("aws:ec2/route:Route", "destinationCidrBlock", "replace"),
        ("aws:ec2/route:Route", "natGatewayId", "update"),
        ("aws:ec2/routeTableAssociation:RouteTableAssociation", "routeTableId", "update"),
        ("aws:ec2/launchTemplate:LaunchTemplate", "metadataOptions.httpTokens", "update"),
        ("aws:ec2/launchTemplate:LaunchTemplate", "name", "replace"),
        ("aws:ec2/securityGroup:SecurityGroup", "ingress[0].cidrBlocks[0]", "update"),
        ("aws:ec2/securityGroupRule:SecurityGroupRule", "cidrBlocks[0]", "replace"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cidrIpv4", "either"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "fromPort", "update"),
        ("aws:iam/role:Role", "assumeRolePolicy", "update"),
        ("aws:iam/role:Role", "region", "update"),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn", "replace"),
        ("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "thumbprintLists", "update"),
        ("aws:cloudwatch/logGroup:LogGroup", "retentionInDays", "update"),
        ("aws:s3/bucket:Bucket", "bucket", "replace"),
        ("aws:kms/key:Key", "enableKeyRotation", "update"),
        ("aws:rds/instance:Instance", "engine", "replace"),
        ("aws:rds/instance:Instance", "instanceClass", "update"),
        ("aws:lb/loadBalancer:LoadBalancer", "internal", "replace"),
        ("aws:sqs/queue:Queue", "fifoQueue", "either"),
        ("gcp:container/cluster:Cluster", "nodePools[0].name", "replace"),
        ("gcp:container/cluster:Cluster", "nodePools[0].nodeCount", "update"),
        ("gcp:projects/iAMMember:IAMMember", "member", "replace"),
        ("gcp:compute/router:Router", "bgp.asn", "update"),
        ("gcp:dns/recordSet:RecordSet", "ttl", "update"),
        ("gcp:dns/recordSet:RecordSet", "name", "replace"),
        ("gcp:storage/bucket:Bucket", "location", "replace"),
        ("pulumi:providers:aws", "region", "either"),
    ],
)
def test_what_a_change_does(type_: str, path: str, does: str) -> None:
    assert effect(type_, path) == does


def test_a_whole_block_in_which_some_inputs_force_a_new_one_is_for_the_engine_to_say() -> None:
    assert effect("aws:eks/nodeGroup:NodeGroup", "launchTemplate") == "either"
    assert effect("aws:eks/nodeGroup:NodeGroup", "scalingConfig") == "update"
    assert effect("gcp:container/cluster:Cluster", "nodePools[0].networkConfig") == "either"


def test_every_type_that_the_example_stacks_register_is_known(tmp_path: Path) -> None:
    told = tmp_path / "previews.json"
    command = [sys.executable, "-m", "hedgerow", "preview", "--all", "--json", str(told)]
    subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    registered = {one["type"] for preview in json.loads(told.read_text())["previews"] for one in preview["resources"]}
    assert len(registered) > 50
    assert [type_ for type_ in sorted(registered) if not known(type_) and not type_.startswith(OF_THE_ENGINE)] == []


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_every_type_that_a_source_is_named_for_has_rows_and_no_other(cloud: str) -> None:
    assert {row[0].partition(" ")[0] for row in table.rows(TABLES[cloud])} == set(types.OF[cloud])


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_every_path_is_an_input_of_the_sdk(cloud: str) -> None:
    """Names are worked out from Terraform's; Pulumi's own are in the SDKs that are installed."""
    rows = [row[0].partition(" ") for row in table.rows(TABLES[cloud])]
    assert [f"{type_} {path}" for type_, _, path in rows if path != "*" and not is_input(type_, path)] == []
    assert not is_input("aws:ec2/subnet:Subnet", "cidr")
    assert not is_input("aws:eks/nodeGroup:NodeGroup", "launchTemplate.ids")


def is_input(type_: str, path: str) -> bool:
    """Whether an SDK has an input at a path: a property of the arguments of its class, and of those below."""
    package, place, name = type_.split(":")
    module = importlib.import_module(f"pulumi_{package}.{place.partition('/')[0]}")
    here = [vars(sys.modules[getattr(module, name).__module__])[f"{name}Args"]]
    for step in path.split("."):
        found = [one for arguments in here for one in vars(arguments).items() if isinstance(one[1], property)]
        named = [made for key, made in found if key.replace("_", "") == step.lower()]
        if not named:
            return False
        here = [below for made in named for below in arguments_in(made, here[0])]
    return True


def arguments_in(made: property, of: type) -> Iterator[type]:
    """Classes of arguments that the type of a property names."""
    own = of.__module__
    shared = sys.modules.get(f"{own.rpartition('.')[0]}._inputs")
    for name in set(re.findall(r"\b\w+Args\b", str(made.fget.__annotations__["return"]) if made.fget else "")):
        yield from (found for module in (sys.modules[own], shared) if (found := getattr(module, name, None)))
