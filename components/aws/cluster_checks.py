"""Checks of what an EKS cluster is asked to be: logs, who reaches its endpoints, key, Service addresses."""

import re
from collections.abc import Iterable, Mapping

from hedgerow.facts.aws import eks

from ..shared.checks import keyed, private_range, public_range
from ..shared.inputs import Wrong

DEFAULT_SERVICES_CIDR = "172.20.0.0/16"
LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")
KEY_ARN = re.compile(r"arn:aws(-[a-z]+)*:kms:[a-z0-9-]+:\d{12}:key/[0-9a-z-]+")


def check_name(wrong: Wrong, name: str) -> None:
    """Report a name that EKS does not take."""
    if not NAME.fullmatch(name):
        wrong("name", "must be 1 to 100 letters, digits, hyphens and underscores", name, "type one such as aws-dev")


def check_log_days(wrong: Wrong, days: int) -> int:
    """Days for which CloudWatch can keep logs."""
    if days in LOG_DAYS:
        return int(days)
    wrong("log_days", f"must be one of {', '.join(map(str, LOG_DAYS))}", days, "type one of them")
    return LOG_DAYS[0]


def check_log_types(wrong: Wrong, types: Iterable[str]) -> tuple[str, ...]:
    """Control-plane logs by EKS's names, in order."""
    for type_ in types:
        if type_ not in eks.LOG_TYPES:
            wrong("log_types", f"must be some of {', '.join(eks.LOG_TYPES)}", type_, "type one of them")
    return tuple(sorted(set(types)))


def check_private_cidrs(wrong: Wrong, ranges: Mapping[str, str]) -> dict[str, str]:
    """Private ranges by a name that can be part of a rule's."""
    for key in ranges:
        keyed(wrong, ("private_cidrs", key), key)
    return {key: str(private_range(wrong, ("private_cidrs", key), text)) for key, text in sorted(ranges.items())}


def check_public_cidrs(wrong: Wrong, ranges: Iterable[str]) -> tuple[str, ...]:
    """Public ranges in order, none of them the whole internet."""
    return tuple(sorted({public_range(wrong, "public_cidrs", text) for text in ranges}))


def check_key(wrong: Wrong, arn: str | None) -> str | None:
    """ARN of a KMS key, or None."""
    if arn is not None and not KEY_ARN.fullmatch(arn):
        example = "arn:aws:kms:eu-west-1:111122223333:key/0f7c0f7c-0000-4000-8000-000000000000"
        wrong("secrets_key_arn", "must be the ARN of a KMS key", arn, f"type one such as {example}")
    return arn


def check_services_cidr(wrong: Wrong, text: str) -> str:
    """Range that EKS takes for Services."""
    found = private_range(wrong, "services_cidr", text)
    if not 12 <= found.prefixlen <= 24:
        wrong("services_cidr", "must be a /12 to /24", text, f"type one such as {DEFAULT_SERVICES_CIDR}")
    return str(found)
