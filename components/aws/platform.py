"""A Kubernetes environment on AWS: network, roles, EKS cluster, add-ons and node groups, in the order they need."""

from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi

from hedgerow.facts.aws.regions import dns_suffix
from hedgerow.facts.labels import environment as environment_label

from ..shared.environment import check_environment
from ..shared.inputs import checking
from ..shared.platform import PlatformArgs
from .cluster_checks import check_name
from .eks_addons import NAMES, EksAddons, EksAddonsPhase
from .eks_cluster import EksCluster, EksClusterSettings
from .eks_node_group import EksNodeGroup, EksNodeGroupSettings
from .iam_role import IamRole, IamRoleArgs
from .platform_checks import check_account, check_lock, check_overlap, check_region
from .platform_parts import contract, judge_cluster, judge_network, judge_node_groups, preset
from .vpc import Vpc, VpcSettings

CLUSTER_POLICIES = {"policy": "AmazonEKSClusterPolicy"}
NODE_POLICIES = {"registry": "AmazonEC2ContainerRegistryPullOnly", "worker": "AmazonEKSWorkerNodePolicy"}
CNI_POLICIES = {"policy": "AmazonEKS_CNI_Policy"}
CNI_SERVICE_ACCOUNT = "kube-system/aws-node"


class AwsPlatformVersionsArgs(TypedDict):
    addons: dict[str, str]
    """Version of vpc-cni, kube-proxy and coredns, by add-on."""
    kubernetes: str
    """Kubernetes version of the control plane, such as `1.35`."""
    node_release: str
    """Release of the nodes' AL2023 image, such as `1.35.2-20260715`; up to three minor versions behind."""


class AwsPlatformSettings(TypedDict):
    account: str
    """AWS account, 12 digits."""
    cluster: EksClusterSettings
    """The control plane and who may enter it."""
    network: VpcSettings
    """The network and its zones."""
    node_groups: dict[str, EksNodeGroupSettings]
    """Node groups by name; one at least without taints, for coredns."""
    region: str
    """Region, such as `eu-west-1`."""
    tags: NotRequired[dict[str, str]]
    """Tags of everything that takes tags. Default: only names and the environment."""


class AwsPlatformArgs(AwsPlatformSettings):
    environment: str
    """Class of the environment, `dev`, `staging` or `prod`: presets what the settings leave out."""
    label_prefix: str
    """Prefix of hedgerow's own labels, a DNS name."""
    versions: AwsPlatformVersionsArgs
    """Versions it runs, from the lock of the stack."""


@dataclass(frozen=True)
class AwsPlatformPlan:
    """`cluster` and `network` are the settings with the presets of the class filled in."""

    cluster: EksClusterSettings
    cluster_identifier: str
    contract: PlatformArgs
    network: VpcSettings
    node_version: str
    partition: str
    protect: bool
    tags: dict[str, str]
    zones: tuple[str, ...]


def plan(name: str, args: AwsPlatformArgs) -> AwsPlatformPlan:
    with checking("AwsPlatform", name, args, AwsPlatformArgs) as wrong:
        check_name(wrong, name)
        check_account(wrong, args["account"])
        check_environment(wrong, args["environment"], args["label_prefix"])
        partition = check_region(wrong, args["region"])
        node_version = check_lock(wrong, args["versions"])
        cluster, network = preset(args["environment"], args["cluster"], args["network"])
        planned_cluster = judge_cluster(wrong, cluster)
        planned_network = judge_network(wrong, args["region"], network)
        groups = judge_node_groups(wrong, name, args["node_groups"])
        if planned_cluster and planned_network:
            check_overlap(wrong, planned_network.cidr, planned_cluster.services_cidr)
    assert planned_cluster
    assert planned_network
    ranges = {"network": planned_network.cidr, "services": planned_cluster.services_cidr}
    return AwsPlatformPlan(
        cluster=cluster,
        cluster_identifier=f"arn:{partition}:eks:{args['region']}:{args['account']}:cluster/{name}",
        contract=contract(name, args, ranges, groups),
        network=network,
        node_version=node_version,
        partition=partition,
        protect=planned_cluster.deletion_protection,
        tags={environment_label(args["label_prefix"]): args["environment"], **args.get("tags", {})},
        zones=tuple(planned_network.subnets["private"]),
    )


class AwsPlatform(pulumi.ComponentResource):
    """A Kubernetes environment on AWS: network, roles, EKS cluster, add-ons and node groups, in the order they need."""

    cluster_identifier: pulumi.Output[str]
    """ARN of the cluster, known beforehand: what a Kubernetes provider tells clusters apart by."""
    cluster_name: pulumi.Output[str]
    """Name of the cluster, once nodes and add-ons run."""
    contract: PlatformArgs
    """What tenants read of the platform, known beforehand."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig as JSON, once nodes and add-ons run; it holds no secret."""
    vpc_id: pulumi.Output[str]
    """Id of the network."""

    def __init__(self, name: str, args: AwsPlatformArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        want = plan(name, args)
        super().__init__("hedgerow:index:AwsPlatform", name, {**args, "contract": want.contract}, opts)
        self._called, self._args, self._want = name, args, want
        self._child = pulumi.ResourceOptions(parent=self)
        network = Vpc(
            name,
            {**want.network, "protect": want.protect, "region": args["region"], "tags": want.tags},
            self._child,
        )
        cluster = self._cluster(network)
        before = self._addons_before_nodes(cluster)
        joined = self._node_groups(network, before.cluster_name)
        after = self._addons_after_nodes(joined)
        self.cluster_identifier = pulumi.Output.from_input(want.cluster_identifier)
        self.cluster_name, self.contract = after.cluster_name, want.contract
        self.kubeconfig = pulumi.Output.all(cluster.kubeconfig, after.cluster_name).apply(lambda both: both[0])
        self.vpc_id = network.vpc_id
        self.register_outputs(
            {
                "cluster_identifier": self.cluster_identifier,
                "cluster_name": self.cluster_name,
                "contract": self.contract,
                "kubeconfig": self.kubeconfig,
                "vpc_id": self.vpc_id,
            }
        )

    def _cluster(self, network: Vpc) -> EksCluster:
        role = self._role("cluster", "eks.amazonaws.com", CLUSTER_POLICIES)
        return EksCluster(
            self._called,
            {
                **self._want.cluster,
                "region": self._args["region"],
                "role_arn": role.arn,
                "subnet_ids": [network.intra_subnet_ids[zone] for zone in self._want.zones],
                "tags": self._want.tags,
                "version": self._args["versions"]["kubernetes"],
                "vpc_id": network.vpc_id,
            },
            self._child,
        )

    def _role(self, role: str, service: str, policies: dict[str, str]) -> IamRole:
        args: IamRoleArgs = {
            "partition": self._want.partition,
            "policies": policies,
            "service": service,
            "tags": self._want.tags,
        }
        return IamRole(f"{self._called}-{role}", args, self._child)

    def _addons_before_nodes(self, cluster: EksCluster) -> EksAddons:
        # A role of its own: what the network plugin may do with interfaces, no other pod of the node may.
        role = IamRole(
            f"{self._called}-cni",
            {
                "oidc_provider_arn": cluster.oidc_provider_arn,
                "partition": self._want.partition,
                "policies": CNI_POLICIES,
                "service_account": CNI_SERVICE_ACCOUNT,
                "tags": self._want.tags,
            },
            self._child,
        )
        phase = EksAddonsPhase.BEFORE_NODES
        return EksAddons(
            f"{self._called}-before-nodes",
            {
                "cluster_name": cluster.cluster_name,
                "cni_role_arn": role.arn,
                "phase": phase,
                "tags": self._want.tags,
                "versions": self._versions(phase),
            },
            self._child,
        )

    def _versions(self, phase: EksAddonsPhase) -> dict[str, str]:
        return {addon: self._args["versions"]["addons"][addon] for addon in NAMES[phase]}

    def _node_groups(self, network: Vpc, cluster_name: pulumi.Output[str]) -> list[pulumi.Output[str]]:
        """The cluster's name by every node group, once its nodes have joined."""
        role = self._role("node", f"ec2.{dns_suffix(self._args['region'])}", NODE_POLICIES)
        return [
            EksNodeGroup(
                f"{self._called}-{key}",
                {
                    **settings,
                    "cluster_name": cluster_name,
                    "node_role_arn": role.arn,
                    "release_version": self._args["versions"]["node_release"],
                    "subnet_ids": [network.private_subnet_ids[zone] for zone in self._want.zones],
                    "tags": self._want.tags,
                    "version": self._want.node_version,
                },
                self._child,
            ).cluster_name
            for key, settings in sorted(self._args["node_groups"].items())
        ]

    def _addons_after_nodes(self, joined: list[pulumi.Output[str]]) -> EksAddons:
        phase = EksAddonsPhase.AFTER_NODES
        return EksAddons(
            f"{self._called}-after-nodes",
            {
                "cluster_name": pulumi.Output.all(*joined).apply(lambda names: names[0]),
                "phase": phase,
                "tags": self._want.tags,
                "versions": self._versions(phase),
            },
            self._child,
        )
