"""A service account with roles of its own, each grant added to what others were granted and taking nothing away."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_gcp as gcp

from ..shared.checks import keyed
from ..shared.inputs import Wrong, checking
from ..shared.waiting import ready
from .checks import PROJECT

ACCOUNT_ID = re.compile(r"[a-z][-a-z0-9]{4,28}[a-z0-9]")
BASIC = ("roles/editor", "roles/owner", "roles/viewer")
ROLE = re.compile(r"(projects/[a-z0-9:.-]+/|organizations/\d+/)?roles/[A-Za-z0-9_.]+")


class GcpGrantArgs(TypedDict):
    role: str
    """Role, such as `roles/artifactregistry.reader`."""
    project: NotRequired[str]
    """Project that it is granted in. Default: that of the account."""


NODE_GRANTS: dict[str, GcpGrantArgs] = {
    "node": {"role": "roles/container.defaultNodeServiceAccount"},
    "registry": {"role": "roles/artifactregistry.reader"},
}
"""What nodes need: logs, metrics and, of the registries of the project, images."""


class GcpServiceAccountArgs(TypedDict):
    project: pulumi.Input[str]
    """Id of a project whose IAM API is on."""
    account_id: NotRequired[str]
    """Id of the account, 6 to 30 characters. Default: the component's name."""
    grants: NotRequired[dict[str, GcpGrantArgs]]
    """Roles by a name of your own. Default: `node` and `registry`, which the nodes of a cluster need."""


@dataclass(frozen=True)
class GcpServiceAccountPlan:
    """`grants` are role and project by name, the project None for the account's own."""

    account_id: str
    grants: dict[str, tuple[str, str | None]]


def plan(name: str, args: GcpServiceAccountArgs) -> GcpServiceAccountPlan:
    with checking("GcpServiceAccount", name, args, GcpServiceAccountArgs) as wrong:
        account_id = args.get("account_id", name)
        if not ACCOUNT_ID.fullmatch(account_id):
            rule = "must be 6 to 30 lower-case letters, digits and hyphens, a letter first and no hyphen last"
            wrong("account_id", rule, account_id, "type one such as gcp-dev-nodes")
        return GcpServiceAccountPlan(account_id, _grants(wrong, args.get("grants", NODE_GRANTS)))


def _grants(wrong: Wrong, grants: Mapping[str, Any]) -> dict[str, tuple[str, str | None]]:
    for key, grant in grants.items():
        keyed(wrong, ("grants", key), key)
        role, project = grant["role"], grant.get("project")
        if role in BASIC:
            rule = "must not be a basic role, which is about everything in the project"
            wrong(("grants", key, "role"), rule, role, "type one such as roles/artifactregistry.reader")
        elif not ROLE.fullmatch(role):
            wrong(("grants", key, "role"), "must be a role", role, "type one such as roles/artifactregistry.reader")
        if project is not None and not PROJECT.fullmatch(project):
            wrong(("grants", key, "project"), "must be the id of a project", project, "type one such as acme-images")
    return {key: (grant["role"], grant.get("project")) for key, grant in sorted(grants.items())}


class GcpServiceAccount(pulumi.ComponentResource):
    """A service account with roles of its own, each grant added to what others were granted and taking nothing away."""

    email: pulumi.Output[str]
    """Email of the account, known once all its roles are granted."""

    def __init__(self, name: str, args: GcpServiceAccountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:GcpServiceAccount", name, dict(args), opts)
        want, child = plan(name, args), pulumi.ResourceOptions(parent=self)
        account = gcp.serviceaccount.Account(
            name, account_id=want.account_id, display_name=name, project=args["project"], opts=child
        )
        granted = [
            gcp.projects.IAMMember(
                f"{name}-{key}", member=account.member, project=project or args["project"], role=role, opts=child
            )
            for key, (role, project) in want.grants.items()
        ]
        self.email = ready(account.email, *granted)
        self.register_outputs({"email": self.email})
