"""What a tenant reads of the platform: the part of the contract that its fences are made of."""

import re
from dataclasses import dataclass

from hedgerow.facts import cidr, labels

from ..shared.inputs import Path, Wrong
from ..shared.platform import CONTRACT_VERSION, PlatformArgs
from ..shared.presets import CLASSES
from .checks import network, texts

MINOR = re.compile(r"1\.[1-9][0-9]?")
PLATFORM = "platform"


@dataclass(frozen=True)
class Contract:
    """Checked values of a platform. `closed` are the ranges that are no part of the internet."""

    label_prefix: str
    environment: str
    kubernetes: str
    dns_namespace: str
    dns_pods: tuple[dict[str, str], ...]
    dns_addresses: tuple[cidr.Network, ...]
    closed: tuple[cidr.Network, ...]


def read_contract(wrong: Wrong, platform: PlatformArgs) -> Contract:
    """The contract, every part of it checked: the platform may be one that hedgerow never made."""
    _check_words(wrong, platform)
    dns, ranges = platform["dns"], platform["ranges"]
    if not (dns["pods"] and all(dns["pods"])):
        fix = "type the labels of each kind, such as [{k8s-app: kube-dns}]"
        wrong((PLATFORM, "dns", "pods"), "must not be empty", dns["pods"], fix)
    if problem := labels.name_problem(dns["namespace"]):
        wrong((PLATFORM, "dns", "namespace"), problem, dns["namespace"], "type its name, such as kube-system")
    closed = [network(wrong, (PLATFORM, "ranges", role), ranges[role]) for role in sorted(ranges)]
    return Contract(
        label_prefix=platform["label_prefix"],
        environment=platform["environment"],
        kubernetes=platform["kubernetes"],
        dns_namespace=dns["namespace"],
        dns_pods=tuple(dict(sorted(pods.items())) for pods in dns["pods"]),
        dns_addresses=_networks(wrong, (PLATFORM, "dns", "addresses"), dns["addresses"]),
        closed=(
            *(range_ for range_ in closed if range_),
            *_networks(wrong, (PLATFORM, "metadata_addresses"), platform["metadata_addresses"]),
        ),
    )


def _check_words(wrong: Wrong, platform: PlatformArgs) -> None:
    if int(platform["version"]) != CONTRACT_VERSION:
        fix = "update the stack of the platform" if platform["version"] < CONTRACT_VERSION else "update this stack"
        wrong((PLATFORM, "version"), f"must be {CONTRACT_VERSION}", platform["version"], f"{fix} first")
    if platform["environment"] not in CLASSES:
        rule = f"must be one of {', '.join(CLASSES)}"
        wrong((PLATFORM, "environment"), rule, platform["environment"], "type one of them")
    if problem := labels.name_with_dots_problem(platform["label_prefix"]):
        wrong((PLATFORM, "label_prefix"), problem, platform["label_prefix"], "type a DNS name of yours")
    minor = platform["kubernetes"]
    if not (isinstance(minor, str) and MINOR.fullmatch(minor)):
        wrong((PLATFORM, "kubernetes"), "must be a minor version", minor, "type one in quotes, such as '1.35'")


def _networks(wrong: Wrong, path: Path, addresses: list[str]) -> tuple[cidr.Network, ...]:
    found = (network(wrong, path, text) for text in texts(wrong, path, addresses))
    return tuple(range_ for range_ in found if range_)
