"""An IAM role with a narrow trust and its managed policies, each attachment a resource of its own."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..shared.checks import keyed
from ..shared.inputs import ABSENT, Wrong, checking
from ..shared.waiting import ready

SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")
SERVICE_ACCOUNT = re.compile(r"[a-z0-9-]+/[a-z0-9.-]+")
PARTITION = re.compile(r"aws(-[a-z]+)*")
AUDIENCE = "sts.amazonaws.com"


class IamRoleArgs(TypedDict):
    oidc_provider_arn: NotRequired[pulumi.Input[str]]
    """ARN of the cluster's OIDC provider, for a role of a service account. Default: the role is for `service`."""
    partition: NotRequired[str]
    """Partition that AWS's own policies are of: `aws`, `aws-cn`, `aws-us-gov`. Default: `aws`."""
    policies: NotRequired[dict[str, str]]
    """Managed policies by a name of your own: AWS's own by name, such as `AmazonEKSClusterPolicy`, others by ARN.
    Default: none."""
    service: NotRequired[str]
    """AWS service that may take the role, such as `ec2.amazonaws.com`. Default: the role is for `service_account`."""
    service_account: NotRequired[str]
    """Kubernetes service account that may take the role, `namespace/name`. Default: the role is for `service`."""
    tags: NotRequired[dict[str, str]]
    """Tags of the role. Default: only its name."""


@dataclass(frozen=True)
class IamRolePlan:
    policies: dict[str, str]
    service: str | None
    subject: str | None
    tags: dict[str, str]


def plan(name: str, args: IamRoleArgs) -> IamRolePlan:
    with checking("IamRole", name, args, IamRoleArgs) as wrong:
        partition = args.get("partition", "aws")
        if not PARTITION.fullmatch(partition):
            wrong("partition", "must be a partition", partition, "type aws, aws-cn or aws-us-gov")
        return IamRolePlan(
            _policies(wrong, partition, args.get("policies", {})),
            args.get("service"),
            _trust(wrong, args),
            dict(args.get("tags", {})),
        )


def _policies(wrong: Wrong, partition: str, policies: Mapping[str, str]) -> dict[str, str]:
    for key, policy in policies.items():
        keyed(wrong, ("policies", key), key)
        if not policy:
            wrong(("policies", key), "must name a policy", policy, "type one such as AmazonEKSClusterPolicy")
    return {
        key: policy if policy.startswith("arn:") else f"arn:{partition}:iam::aws:policy/{policy}"
        for key, policy in sorted(policies.items())
    }


def _trust(wrong: Wrong, args: IamRoleArgs) -> str | None:
    """Subject of the service account that may take the role, None where a service may."""
    service, account = args.get("service"), args.get("service_account")
    if (service is None) == (account is None):
        wrong("service", "or service_account must be given, and not both", ABSENT, "say who may take the role")
    if service is not None and not SERVICE.fullmatch(service):
        wrong("service", "must be a service principal", service, "type one such as ec2.amazonaws.com")
    if (account is None) != ("oidc_provider_arn" not in args):
        wrong("oidc_provider_arn", "goes with service_account", ABSENT, "give both, or neither and service")
    if account is None:
        return None
    if not SERVICE_ACCOUNT.fullmatch(account):
        wrong("service_account", "must be namespace/name", account, "type one such as kube-system/aws-node")
    return f"system:serviceaccount:{account.replace('/', ':')}"


def service_trust(service: str) -> str:
    """Trust policy for an AWS service, JSON."""
    # EKS tags its sessions; without sts:TagSession the cluster cannot take its role.
    tagged = service.endswith("eks.amazonaws.com")
    action = ["sts:AssumeRole", "sts:TagSession"] if tagged else "sts:AssumeRole"
    return _policy({"Action": action, "Principal": {"Service": service}})


def web_identity_trust(oidc_provider_arn: str, subject: str) -> str:
    """Trust policy for one service account of one cluster, JSON. Without `sub`, every pod of it could take the role."""
    issuer = oidc_provider_arn.partition(":oidc-provider/")[2]
    return _policy(
        {
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": oidc_provider_arn},
            "Condition": {"StringEquals": {f"{issuer}:aud": AUDIENCE, f"{issuer}:sub": subject}},
        }
    )


def _policy(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


class IamRole(pulumi.ComponentResource):
    """An IAM role with a narrow trust and its managed policies, each attachment a resource of its own."""

    arn: pulumi.Output[str]
    """ARN of the role, known once all its policies are attached."""
    name: pulumi.Output[str]
    """Name of the role, known once all its policies are attached."""

    def __init__(self, name: str, args: IamRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:IamRole", name, dict(args), opts)
        want, child = plan(name, args), pulumi.ResourceOptions(parent=self)
        trust: pulumi.Input[str]
        if want.subject is None:
            trust = service_trust(str(want.service))
        else:
            subject = want.subject
            trust = pulumi.Output.from_input(args["oidc_provider_arn"]).apply(
                lambda arn: web_identity_trust(arn, subject)
            )
        role = aws.iam.Role(name, assume_role_policy=trust, tags={"Name": name, **want.tags}, opts=child)
        attached = [
            aws.iam.RolePolicyAttachment(f"{name}-{key}", policy_arn=arn, role=role.name, opts=child)
            for key, arn in want.policies.items()
        ]
        self.arn, self.name = ready(role.arn, *attached), ready(role.name, *attached)
        self.register_outputs({"arn": self.arn, "name": self.name})
