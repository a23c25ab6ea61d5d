"""Checks across the parts of an AWS platform: what each part alone cannot see."""

import re
from collections.abc import Collection, Mapping
from ipaddress import IPv4Network
from typing import Any

from hedgerow.facts.aws import eks, regions

from ..shared.checks import refused
from ..shared.environment import check_kubernetes
from ..shared.inputs import Wrong
from .eks_addons import NAMES, EksAddonsPhase, NetworkPolicyMode, check_versions
from .eks_node_group import EksNodeGroupPlan

ACCOUNT = re.compile(r"\d{12}")
NODE_RELEASE = re.compile(r"(1\.\d{1,2})\.\d{1,2}-\d{8}")
SHUT = ("NoExecute", "NoSchedule")


def check_account(wrong: Wrong, account: str) -> None:
    """Report what is no AWS account."""
    if not ACCOUNT.fullmatch(account):
        wrong("account", "must be the 12 digits of an AWS account", account, 'type them in quotes: "111122223333"')


def check_region(wrong: Wrong, region: str) -> str:
    """Partition of a region; empty, and a problem, for what is none."""
    try:
        return regions.partition(region)
    except regions.UnknownRegion as error:
        refused(wrong, "region", region, error)
        return ""


def check_zones(wrong: Wrong, region: str, zones: Collection[str]) -> None:
    """Report zones that the region has not; a region that no table knows may have any."""
    try:
        letters = [name[-1] for name in regions.zones(region)]
    except regions.UnknownRegion:
        return
    if missing := [zone for zone in zones if zone not in letters]:
        some = ", ".join(letters[:3])
        wrong(("network", "zones"), f"must be zones of {region}", missing, f"type some of its own: zones: [{some}]")


def check_overlap(wrong: Wrong, network: str, services: str) -> None:
    """Report Service addresses inside the network: routes to them would be lost."""
    if _overlap(network, services):
        free = next(each for each in ("172.20.0.0/16", "10.100.0.0/16") if not _overlap(each, network))
        wrong(("cluster", "services_cidr"), f"must not overlap network.cidr {network}", services, f"type {free}")


def _overlap(one: str, other: str) -> bool:
    return IPv4Network(one).overlaps(IPv4Network(other))


def check_room_for_coredns(wrong: Wrong, groups: Mapping[str, EksNodeGroupPlan]) -> None:
    """Report groups of which none surely has a node that takes any pod: coredns would wait for one in vain."""
    for group in groups.values():
        if group.min > 0 and not any(effect in SHUT for _, effect in group.taints.values()):
            return
    names = sorted(groups)
    wrong("node_groups", "must hold one without taints and with min of 1 or more, for coredns", names, "add one")


def check_lock(wrong: Wrong, versions: Mapping[str, Any]) -> str:
    """Kubernetes version of the nodes; report versions that are none or that do not go together."""
    kubernetes, node_release = versions["kubernetes"], versions["node_release"]
    if not check_kubernetes(wrong, kubernetes):
        return ""
    _check_addons(wrong, kubernetes, versions["addons"])
    found = NODE_RELEASE.fullmatch(node_release)
    if not found:
        fix = "type one such as 1.35.2-20260715"
        wrong(("versions", "node_release"), "must be the release of an AL2023 image", node_release, fix)
        return ""
    _check_skew(wrong, "node_release", kubernetes, node_release)
    return found[1]


def _check_addons(wrong: Wrong, kubernetes: str, addons: Mapping[str, str]) -> None:
    at = ("versions", "addons")
    for phase in EksAddonsPhase:
        check_versions(
            wrong, at, phase, NetworkPolicyMode.STANDARD, {key: addons[key] for key in NAMES[phase] if key in addons}
        )
    known = sorted(name for names in NAMES.values() for name in names)
    for key in sorted(set(addons) - set(known)):
        wrong((*at, key), "is not known", addons[key], f"one of {', '.join(known)}")
    if re.match(r"v1\.\d", addons.get("kube-proxy", "")):
        _check_skew(wrong, "addons.kube-proxy", kubernetes, addons["kube-proxy"])


def _check_skew(wrong: Wrong, field: str, kubernetes: str, version: str) -> None:
    newest = eks.minor(kubernetes)
    oldest = newest - eks.NODE_SKEW
    if not oldest <= eks.minor(version) <= newest:
        fix = f"type one of 1.{oldest} to 1.{newest}"
        wrong(("versions", *field.split(".")), f"must go with Kubernetes {kubernetes}", version, fix)
