"""What a change may cost: data, an outage, wider access, a way in. By type and input; a plain list, not a proof."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..value import MISSING, UNKNOWN
from .change import CREATE, DELETE, EITHER, RENAME, REPLACE, UPDATE, Change, Property, Risk

DATA_LOSS, OUTAGE, ACCESS, EXPOSURE = "data loss", "outage", "access widened", "exposure opened"
GOING = frozenset({DELETE, REPLACE, EITHER})
EVERYONE = ("0.0.0.0/0", "::/0")

HOLDS_DATA = {
    "aws:eks/cluster:Cluster": "the cluster and everything in it",
    "gcp:container/cluster:Cluster": "the cluster and everything in it",
    "kubernetes:core/v1:Namespace": "everything in the namespace, volumes included",
    "kubernetes:core/v1:PersistentVolume": "the volume",
    "kubernetes:core/v1:PersistentVolumeClaim": "the volume, unless it is retained",
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": "every object of the kind",
    "aws:ebs/volume:Volume": "the volume",
    "aws:efs/fileSystem:FileSystem": "the file system",
    "aws:s3/bucket:Bucket": "the bucket",
    "aws:s3/bucketV2:BucketV2": "the bucket",
    "aws:rds/instance:Instance": "the database",
    "aws:rds/cluster:Cluster": "the database",
    "aws:dynamodb/table:Table": "the table",
    "aws:kms/key:Key": "what was encrypted with the key",
    "gcp:compute/disk:Disk": "the disk",
    "gcp:storage/bucket:Bucket": "the bucket",
    "gcp:sql/databaseInstance:DatabaseInstance": "the database",
}
CARRIES_TRAFFIC = {
    "aws:eks/nodeGroup:NodeGroup": "its pods move to other nodes, if there is room",
    "gcp:container/nodePool:NodePool": "its pods move to other nodes, if there is room",
    "aws:eks/addon:Addon": "what the add-on does stops meanwhile",
    "aws:ec2/vpc:Vpc": "everything in the network goes with it",
    "aws:ec2/subnet:Subnet": "what runs in the subnet must leave it",
    "aws:ec2/natGateway:NatGateway": "the way out, and its address, change",
    "aws:ec2/eip:Eip": "the address changes",
    "aws:ec2/route:Route": "traffic finds no way meanwhile",
    "gcp:compute/network:Network": "everything in the network goes with it",
    "gcp:compute/subnetwork:Subnetwork": "what runs in the subnet must leave it",
    "gcp:compute/routerNat:RouterNat": "the way out stops meanwhile",
    "kubernetes:apps/v1:Deployment": "its pods end before new ones run",
    "kubernetes:apps/v1:StatefulSet": "its pods end before new ones run",
    "kubernetes:apps/v1:DaemonSet": "its pods end before new ones run",
    "kubernetes:core/v1:Service": "its address changes",
    "kubernetes:networking.k8s.io/v1:Ingress": "the way in stops meanwhile",
}
GRANTS = frozenset(
    {
        "aws:eks/accessEntry:AccessEntry",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        "aws:iam/policy:Policy",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "gcp:projects/iAMBinding:IAMBinding",
        "gcp:projects/iAMMember:IAMMember",
        "gcp:serviceaccount/iAMBinding:IAMBinding",
        "gcp:serviceaccount/iAMMember:IAMMember",
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
        "kubernetes:rbac.authorization.k8s.io/v1:Role",
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    }
)
TRUSTS = {"aws:iam/role:Role": ("assumeRolePolicy",)}
FENCES = {
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": "see `hedgerow reach --against` for the paths",
    "kubernetes:core/v1:ResourceQuota": "its namespace may use more",
    "kubernetes:core/v1:LimitRange": "its containers may use more",
    "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy": "what it refused is let in",
    "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding": "what it refused is let in",
}
WAYS_IN = {
    "aws:ec2/securityGroup:SecurityGroup": ("ingress",),
    "aws:ec2/securityGroupRule:SecurityGroupRule": ("",),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("",),
    "aws:eks/cluster:Cluster": ("vpcConfig.endpointPublicAccess", "vpcConfig.publicAccessCidrs"),
    "gcp:compute/firewall:Firewall": ("",),
    "gcp:container/cluster:Cluster": ("masterAuthorizedNetworksConfig", "controlPlaneEndpointsConfig"),
    "kubernetes:core/v1:Service": ("spec.type", "spec.loadBalancerSourceRanges", "metadata.annotations"),
    "kubernetes:networking.k8s.io/v1:Ingress": ("",),
    "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute": ("",),
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": ("spec",),
}


def risks(change: Change, inputs: Mapping[str, Any]) -> Iterator[Risk]:
    """What a change may cost; `inputs` are those it has afterwards, or had where it goes."""
    if change.what == RENAME:
        return
    if change.what in GOING:
        perhaps = "perhaps " if change.what == EITHER else ""
        if what := HOLDS_DATA.get(change.type):
            yield Risk(DATA_LOSS, f"{perhaps}{what}")
        if what := CARRIES_TRAFFIC.get(change.type):
            yield Risk(OUTAGE, f"{perhaps}{what}")
    if change.type.startswith("kubernetes:apps/") and _to_zero(change.properties):
        yield Risk(OUTAGE, "no pod is left")
    if (change.type in GRANTS and change.what != DELETE) or _touches(change.properties, TRUSTS.get(change.type, ())):
        yield Risk(ACCESS, "somebody is given something")
    if change.what in GOING and change.type in FENCES:
        yield Risk(EXPOSURE if "Policy" in change.type else ACCESS, FENCES[change.type])
    yield from _ways_in(change, inputs)


def _ways_in(change: Change, inputs: Mapping[str, Any]) -> Iterator[Risk]:
    fields = WAYS_IN.get(change.type)
    if fields is None or change.what == DELETE:
        return
    if change.what == CREATE:
        if change.type.endswith(":Service"):
            if _read(inputs, "spec", "type") in ("LoadBalancer", "NodePort"):
                yield Risk(EXPOSURE, f"a {_read(inputs, 'spec', 'type')} is opened")
        elif change.type.endswith((":Ingress", ":HTTPRoute")):
            yield Risk(EXPOSURE, "a way in is opened")
        elif any(str(address) in str(inputs) for address in EVERYONE) and not change.type.startswith("kubernetes:"):
            yield Risk(EXPOSURE, "it names every address of the internet")
    elif _touches(change.properties, fields) and change.what in (UPDATE, REPLACE, EITHER):
        yield Risk(EXPOSURE, "who may reach it changes")


def _touches(properties: tuple[Property, ...], fields: tuple[str, ...]) -> bool:
    return any(item.path.startswith(fields) for item in properties)


def _to_zero(properties: tuple[Property, ...]) -> bool:
    return any(item.path == "spec.replicas" and item.after == 0 for item in properties if item.after is not MISSING)


def _read(value: Any, *path: str) -> Any:
    for step in path:
        value = value.get(step, UNKNOWN) if isinstance(value, Mapping) else UNKNOWN
    return value
