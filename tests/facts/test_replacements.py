"""What a change of an input does, by the table."""

import pytest

from hedgerow.facts.replacements import effect


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
        ("aws:sqs/queue:Queue", "fifoQueue", "either"),
        ("pulumi:providers:aws", "region", "either"),
    ],
)
def test_what_a_change_does(type_: str, path: str, does: str) -> None:
    assert effect(type_, path) == does
