"""Who may enter a cluster: checks of IAM principals and Kubernetes groups for access entries."""

import re
from collections.abc import Mapping

from ..shared.inputs import Path, Wrong

PRINCIPAL = re.compile(r"arn:aws(-[a-z]+)*:iam::\d{12}:(role|user)/[\w+=,.@/-]+")
SESSION = re.compile(r"arn:aws(?:-[a-z]+)*:sts::\d{12}:assumed-role/([\w+=,.@-]+)/.+")
EXAMPLE = "arn:aws:iam::111122223333:role/platform-admin"


def check_principal(wrong: Wrong, at: Path, arn: str) -> None:
    """Report what no access entry can be made for; of a session, say how to find the role behind it."""
    if PRINCIPAL.fullmatch(arn):
        return
    fix = f"type an ARN such as {EXAMPLE}"
    if session := SESSION.fullmatch(arn):
        # A session's ARN leaves the role's path out, so the role's ARN cannot be made from it (IAM Identity Center).
        role = session[1]
        fix = f"type what `aws iam get-role --role-name {role} --query Role.Arn --output text` prints"
    wrong(at, "must be the ARN of an IAM role or user", arn, fix)


def check_once(wrong: Wrong, principals: Mapping[Path, str]) -> None:
    """Report a principal that stands twice, because a cluster takes one entry for each."""
    seen: dict[str, Path] = {}
    for at, arn in principals.items():
        if arn in seen:
            wrong(at, f"must not repeat {'.'.join(seen[arn])}", arn, "keep one of the two")
        seen.setdefault(arn, at)


def check_groups(wrong: Wrong, at: Path, groups: list[str]) -> None:
    """Report groups that EKS or good sense keeps for Kubernetes itself."""
    if not groups:
        wrong(at, "must name a group", groups, "type one such as payments-viewers")
    for group in groups:
        if group.startswith("system:"):
            wrong(at, "must not hold groups of Kubernetes itself", group, "name one of your own, or use admins")
