"""An EKS control plane: private endpoint, named administrators, logs, an OIDC provider for service accounts."""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..shared.inputs import ABSENT, checking
from .cluster_checks import (
    DEFAULT_SERVICES_CIDR,
    check_key,
    check_log_days,
    check_log_types,
    check_name,
    check_private_cidrs,
    check_public_cidrs,
    check_services_cidr,
)
from .eks_access import EksAccess, EksAccessArgs, EksAccessEntryArgs
from .eks_access import plan as plan_access
from .iam_role import AUDIENCE
from .kubeconfig import kubeconfig
from .security_group import SecurityGroup

DEFAULT_LOG_DAYS = 90
DEFAULT_LOG_TYPES = ("api", "audit", "authenticator")
FIXED_AT_BIRTH = (
    "accessConfig.bootstrapClusterCreatorAdminPermissions",
    "bootstrapSelfManagedAddons",
    "vpcConfig.subnetIds",
)
"""Inputs that count when the cluster is made. EKS does not tell the flags afterwards, so that a later difference would
replace the cluster; and it refuses subnets in zones that it did not start with, so that a new zone would fail.
"""


class EksClusterSettings(TypedDict):
    admins: dict[str, str]
    """Administrators of the whole cluster, name to ARN of an IAM role or user; at least one."""
    access: NotRequired[dict[str, EksAccessEntryArgs]]
    """Who else may enter, by name, with which Kubernetes groups. Default: nobody."""
    deletion_protection: NotRequired[bool]
    """Whether AWS and Pulumi refuse to delete the cluster, and its logs outlive it. Default: `false`."""
    log_days: NotRequired[int]
    """How long control-plane logs are kept, in days. Default: `90`."""
    log_types: NotRequired[list[str]]
    """Control-plane logs that are kept. Default: `[api, audit, authenticator]`."""
    private_cidrs: NotRequired[dict[str, str]]
    """Private ranges outside the network that reach the private endpoint, by name. Default: none."""
    public_cidrs: NotRequired[list[str]]
    """Ranges that reach the public endpoint. Default: none, and no public endpoint."""
    secrets_key_arn: NotRequired[str]
    """ARN of the KMS key that seals Kubernetes secrets; for good once set. Default: a key of AWS's own."""
    services_cidr: NotRequired[str]
    """Range of Service addresses, outside the network; a change replaces the cluster. Default: `172.20.0.0/16`."""


class EksClusterArgs(EksClusterSettings):
    region: str
    """Region of the cluster."""
    role_arn: pulumi.Input[str]
    """ARN of the role of the control plane."""
    subnet_ids: pulumi.Input[list[pulumi.Input[str]]]
    """Subnets of the control plane's interfaces, in two zones at least; they count when the cluster is made."""
    version: pulumi.Input[str]
    """Kubernetes version, such as `1.35`."""
    tags: NotRequired[dict[str, str]]
    """Tags of everything here. Default: only names."""
    vpc_id: NotRequired[pulumi.Input[str]]
    """Id of the network, for the security group of `private_cidrs`. Default: none; `private_cidrs` needs it."""


@dataclass(frozen=True)
class EksClusterPlan:
    """`private_cidrs` holds ranges by name."""

    deletion_protection: bool
    log_days: int
    log_types: tuple[str, ...]
    private_cidrs: dict[str, str]
    public_cidrs: tuple[str, ...]
    secrets_key_arn: str | None
    services_cidr: str
    tags: dict[str, str]


def plan(name: str, args: EksClusterArgs) -> EksClusterPlan:
    with checking("EksCluster", name, args, EksClusterArgs) as wrong:
        check_name(wrong, name)
        if args.get("private_cidrs") and "vpc_id" not in args:
            wrong("vpc_id", "must be given with private_cidrs", ABSENT, "give the id of the network")
        wrong.within((), lambda: plan_access(name, _access(args, name)))
        return EksClusterPlan(
            deletion_protection=bool(args.get("deletion_protection", False)),
            log_days=check_log_days(wrong, args.get("log_days", DEFAULT_LOG_DAYS)),
            log_types=check_log_types(wrong, args.get("log_types", DEFAULT_LOG_TYPES)),
            private_cidrs=check_private_cidrs(wrong, args.get("private_cidrs", {})),
            public_cidrs=check_public_cidrs(wrong, args.get("public_cidrs", [])),
            secrets_key_arn=check_key(wrong, args.get("secrets_key_arn")),
            services_cidr=check_services_cidr(wrong, args.get("services_cidr", DEFAULT_SERVICES_CIDR)),
            tags=dict(args.get("tags", {})),
        )


def _access(args: EksClusterArgs, cluster_name: pulumi.Input[str]) -> EksAccessArgs:
    return {
        "access": args.get("access", {}),
        "admins": args["admins"],
        "cluster_name": cluster_name,
        "region": args["region"],
        "tags": args.get("tags", {}),
    }


class EksCluster(pulumi.ComponentResource):
    """An EKS control plane: private endpoint, named administrators, logs, an OIDC provider for service accounts."""

    arn: pulumi.Output[str]
    """ARN of the cluster."""
    cluster_name: pulumi.Output[str]
    """Name of the cluster, known once it answers."""
    endpoint: pulumi.Output[str]
    """Address of the Kubernetes API."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig as JSON, once its administrators may enter; it gets tokens by the AWS CLI and holds no secret."""
    oidc_provider_arn: pulumi.Output[str]
    """ARN of the OIDC provider, for roles of service accounts."""

    def __init__(self, name: str, args: EksClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:EksCluster", name, dict(args), opts)
        self._called, self._args, self._want = name, args, plan(name, args)
        self._child = pulumi.ResourceOptions(parent=self)
        cluster = self._cluster()
        access = EksAccess(name, _access(args, cluster.name), self._child)
        self.arn, self.cluster_name, self.endpoint = cluster.arn, cluster.name, cluster.endpoint
        # Of nothing else: no other edit may make it unknown and show all that is in the cluster as replaced.
        parts = pulumi.Output.all(cluster.endpoint, cluster.certificate_authority["data"], access.cluster_name)
        self.kubeconfig = parts.apply(lambda known: kubeconfig(name, known[0], known[1], args["region"]))
        self.oidc_provider_arn = self._oidc_provider(cluster)
        self.register_outputs(
            {
                "arn": self.arn,
                "cluster_name": self.cluster_name,
                "endpoint": self.endpoint,
                "kubeconfig": self.kubeconfig,
                "oidc_provider_arn": self.oidc_provider_arn,
            }
        )

    def _tags(self, child: str) -> dict[str, str]:
        return {"Name": child, **self._want.tags}

    def _cluster(self) -> aws.eks.Cluster:
        want, args = self._want, self._args
        return aws.eks.Cluster(
            self._called,
            access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
            bootstrap_self_managed_addons=False,
            deletion_protection=want.deletion_protection,
            enabled_cluster_log_types=list(want.log_types),
            encryption_config=_encryption(want.secrets_key_arn),
            kubernetes_network_config={"ip_family": "ipv4", "service_ipv4_cidr": want.services_cidr},
            name=self._called,
            role_arn=args["role_arn"],
            tags=self._tags(self._called),
            version=args["version"],
            vpc_config=self._vpc_config(),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=self._log_groups(),
                ignore_changes=list(FIXED_AT_BIRTH),
                protect=want.deletion_protection or None,
            ),
        )

    def _log_groups(self) -> list[pulumi.Resource]:
        """The log group, made before EKS makes one of its own that keeps everything for ever."""
        if not self._want.log_types:
            return []
        name = f"/aws/eks/{self._called}/cluster"
        # A cluster that may not be deleted leaves its audit log behind. Where clusters come and go the log goes too,
        # or the next cluster of this name could not make its own.
        opts = pulumi.ResourceOptions(parent=self, retain_on_delete=self._want.deletion_protection)
        days, tags = self._want.log_days, self._tags(name)
        return [
            aws.cloudwatch.LogGroup(f"{self._called}-logs", name=name, retention_in_days=days, tags=tags, opts=opts)
        ]

    def _vpc_config(self) -> aws.eks.ClusterVpcConfigArgsDict:
        config: aws.eks.ClusterVpcConfigArgsDict = {
            "endpoint_private_access": True,
            "endpoint_public_access": bool(self._want.public_cidrs),
            "subnet_ids": self._args["subnet_ids"],
        }
        if self._want.public_cidrs:
            config["public_access_cidrs"] = list(self._want.public_cidrs)
        if self._want.private_cidrs:
            config["security_group_ids"] = [self._endpoint_group()]
        return config

    def _endpoint_group(self) -> pulumi.Output[str]:
        """Id of a group beside the one that EKS makes, which lets in the nodes alone."""
        ranges = self._want.private_cidrs.items()
        return SecurityGroup(
            f"{self._called}-endpoint",
            {
                "description": f"Private endpoint of {self._called}",
                "ingress": {key: {"cidr": text, "from_port": 443, "protocol": "tcp"} for key, text in ranges},
                "tags": self._want.tags,
                "vpc_id": self._args["vpc_id"],
            },
            self._child,
        ).security_group_id

    def _oidc_provider(self, cluster: aws.eks.Cluster) -> pulumi.Output[str]:
        return aws.iam.OpenIdConnectProvider(
            self._called,
            client_id_lists=[AUDIENCE],
            tags=self._tags(self._called),
            url=cluster.identities[0]["oidcs"][0]["issuer"],
            opts=self._child,
        ).arn


def _encryption(key_arn: str | None) -> Any:
    return None if key_arn is None else {"provider": {"key_arn": key_arn}, "resources": ["secrets"]}
