"""Who may enter an EKS cluster: an access entry for each principal, administrators by a policy of EKS."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from hedgerow.facts.aws import eks

from ..shared.checks import keyed, refused
from ..shared.inputs import Path, Wrong, checking
from ..shared.waiting import ready
from .principals import EXAMPLE, check_groups, check_once, check_principal

ADMIN_POLICY = "AmazonEKSClusterAdminPolicy"


class EksAccessEntryArgs(TypedDict):
    groups: list[str]
    """Kubernetes groups the principal is in; RBAC bindings say what they may."""
    principal: str
    """ARN of the IAM role or user."""


class EksAccessArgs(TypedDict):
    admins: dict[str, str]
    """Administrators of the whole cluster, name to ARN of an IAM role or user; at least one."""
    cluster_name: pulumi.Input[str]
    """Name of the cluster; its authentication mode is `API`."""
    region: str
    """Region of the cluster."""
    access: NotRequired[dict[str, EksAccessEntryArgs]]
    """Who else may enter, by name, with which Kubernetes groups. Default: nobody."""
    tags: NotRequired[dict[str, str]]
    """Tags of the entries. Default: only names."""


@dataclass(frozen=True)
class EksAccessPlan:
    """`access` holds principals and their groups by name."""

    access: dict[str, tuple[str, tuple[str, ...]]]
    admin_policy_arn: str
    admins: dict[str, str]
    tags: dict[str, str]


def plan(name: str, args: EksAccessArgs) -> EksAccessPlan:
    with checking("EksAccess", name, args, EksAccessArgs) as wrong:
        access = args.get("access", {})
        _check_entries(wrong, args["admins"], access)
        return EksAccessPlan(
            access={
                key: (entry["principal"], tuple(sorted(set(entry["groups"])))) for key, entry in sorted(access.items())
            },
            admin_policy_arn=_admin_policy(wrong, args["region"]),
            admins=dict(sorted(args["admins"].items())),
            tags=dict(args.get("tags", {})),
        )


def _check_entries(wrong: Wrong, admins: Mapping[str, str], access: Mapping[str, EksAccessEntryArgs]) -> None:
    if not admins:
        wrong("admins", "must name one at least, or nobody can enter", admins, f"type platform: {EXAMPLE}")
    principals: dict[Path, str] = {("admins", key): arn for key, arn in admins.items()}
    for key, entry in access.items():
        principals["access", key, "principal"] = entry["principal"]
        check_groups(wrong, ("access", key, "groups"), entry["groups"])
    for at, arn in principals.items():
        keyed(wrong, at[:2], at[1])
        check_principal(wrong, at, arn)
    check_once(wrong, principals)


def _admin_policy(wrong: Wrong, region: str) -> str:
    try:
        return eks.access_policy_arn(ADMIN_POLICY, region)
    except LookupError as error:
        refused(wrong, "region", region, error)
        return ""


class EksAccess(pulumi.ComponentResource):
    """Who may enter an EKS cluster: an access entry for each principal, administrators by a policy of EKS."""

    cluster_name: pulumi.Output[str]
    """Name of the cluster, once its administrators may enter."""

    def __init__(self, name: str, args: EksAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:EksAccess", name, dict(args), opts)
        self._cluster_name, self._want = args["cluster_name"], plan(name, args)
        self._child = pulumi.ResourceOptions(parent=self)
        admins = [self._admin(f"{name}-admin-{key}", arn) for key, arn in self._want.admins.items()]
        for key, (principal, groups) in self._want.access.items():
            self._entry(f"{name}-access-{key}", principal, groups)
        self.cluster_name = ready(self._cluster_name, *admins)
        self.register_outputs({"cluster_name": self.cluster_name})

    def _admin(self, child: str, principal: str) -> pulumi.Resource:
        return aws.eks.AccessPolicyAssociation(
            child,
            access_scope={"type": "cluster"},
            cluster_name=self._cluster_name,
            policy_arn=self._want.admin_policy_arn,
            principal_arn=self._entry(child, principal, ()).principal_arn,
            opts=self._child,
        )

    def _entry(self, child: str, principal: str, groups: tuple[str, ...]) -> aws.eks.AccessEntry:
        return aws.eks.AccessEntry(
            child,
            cluster_name=self._cluster_name,
            kubernetes_groups=list(groups),
            principal_arn=principal,
            tags={"Name": child, **self._want.tags},
            type="STANDARD",
            opts=self._child,
        )
