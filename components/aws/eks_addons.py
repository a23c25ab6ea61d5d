"""The add-ons that EKS runs in every cluster: those that nodes need to join, and those that need nodes."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..shared.checks import choice
from ..shared.inputs import ABSENT, Path, Wrong, checking
from ..shared.waiting import ready

VERSION = re.compile(r"v(\d+)\.(\d+)\.(\d+)-eksbuild\.\d+")
EXAMPLES = {
    "coredns": "v1.12.4-eksbuild.1",
    "kube-proxy": "v1.35.0-eksbuild.2",
    "vpc-cni": "v1.21.1-eksbuild.8",
}


class EksAddonsPhase(StrEnum):
    """When add-ons are made: nodes do not join without vpc-cni, and coredns does not start without nodes."""

    BEFORE_NODES = "before_nodes"
    AFTER_NODES = "after_nodes"


class NetworkPolicyMode(StrEnum):
    """What a new pod may do until its NetworkPolicies arrive: everything for a moment, or nothing."""

    STANDARD = "standard"
    STRICT = "strict"


NETWORK_POLICY_SINCE = {NetworkPolicyMode.STANDARD: (1, 14, 0), NetworkPolicyMode.STRICT: (1, 17, 1)}
"""First version of vpc-cni that enforces NetworkPolicy in a mode (aws/amazon-vpc-cni-k8s README)."""
NAMES = {EksAddonsPhase.BEFORE_NODES: ("kube-proxy", "vpc-cni"), EksAddonsPhase.AFTER_NODES: ("coredns",)}


class EksAddonsArgs(TypedDict):
    cluster_name: pulumi.Input[str]
    """Name of the cluster; in phase `after_nodes`, of one whose nodes have joined."""
    phase: EksAddonsPhase
    """`before_nodes` for vpc-cni and kube-proxy, `after_nodes` for coredns."""
    versions: dict[str, str]
    """Version of each add-on of the phase, such as `v1.21.1-eksbuild.8`."""
    cni_role_arn: NotRequired[pulumi.Input[str]]
    """ARN of the role of `kube-system/aws-node`. Default: none; phase `before_nodes` needs it."""
    network_policy_mode: NotRequired[NetworkPolicyMode]
    """A new pod's network before its policies: `standard` open, `strict` shut, for coredns too. Default: `standard`."""
    tags: NotRequired[dict[str, str]]
    """Tags of the add-ons. Default: none."""


@dataclass(frozen=True)
class EksAddonsPlan:
    """`versions` by add-on; `configuration` holds the settings of some as JSON."""

    configuration: dict[str, str]
    tags: dict[str, str]
    versions: dict[str, str]


def plan(name: str, args: EksAddonsArgs) -> EksAddonsPlan:
    with checking("EksAddons", name, args, EksAddonsArgs) as wrong:
        phase = choice(wrong, "phase", args["phase"], EksAddonsPhase)
        mode = choice(
            wrong,
            "network_policy_mode",
            args.get("network_policy_mode", NetworkPolicyMode.STANDARD),
            NetworkPolicyMode,
        )
        before = phase is EksAddonsPhase.BEFORE_NODES
        if before and "cni_role_arn" not in args:
            wrong("cni_role_arn", "is missing", ABSENT, "give the role of kube-system/aws-node")
        if not before and ("cni_role_arn" in args or "network_policy_mode" in args):
            wrong("phase", "has no vpc-cni", phase.value, "leave cni_role_arn and network_policy_mode out")
        check_versions(wrong, ("versions",), phase, mode, args["versions"])
        return EksAddonsPlan(
            configuration={"vpc-cni": cni_configuration(mode)} if before else {},
            tags=dict(args.get("tags", {})),
            versions=dict(sorted(args["versions"].items())),
        )


def check_versions(
    wrong: Wrong, at: Path, phase: EksAddonsPhase, mode: NetworkPolicyMode, versions: Mapping[str, str]
) -> None:
    """Report add-ons that are missing, do not belong to the phase, or cannot do what is asked of them."""
    for addon in NAMES[phase]:
        if addon not in versions:
            wrong((*at, addon), "is missing", ABSENT, f"type its version, such as {EXAMPLES[addon]}")
    for addon, version in versions.items():
        found = VERSION.fullmatch(version)
        if addon not in NAMES[phase]:
            wrong((*at, addon), f"is no add-on of phase {phase.value}", version, "leave it out")
        elif not found:
            wrong((*at, addon), "must be a version of EKS's own", version, f"type one such as {EXAMPLES[addon]}")
        elif addon == "vpc-cni" and tuple(map(int, found.groups())) < NETWORK_POLICY_SINCE[mode]:
            first = ".".join(map(str, NETWORK_POLICY_SINCE[mode]))
            wrong(
                (*at, addon), f"must be v{first} or newer for {mode.value} network policy", version, "take a newer one"
            )


def cni_configuration(mode: NetworkPolicyMode) -> str:
    """Settings of vpc-cni, JSON: it enforces NetworkPolicy, which it does not by default. Its values are texts."""
    return json.dumps({"enableNetworkPolicy": "true", "env": {"NETWORK_POLICY_ENFORCING_MODE": mode.value}})


class EksAddons(pulumi.ComponentResource):
    """The add-ons that EKS runs in every cluster: those that nodes need to join, and those that need nodes."""

    cluster_name: pulumi.Output[str]
    """Name of the cluster, once its add-ons of this phase run."""

    def __init__(self, name: str, args: EksAddonsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:EksAddons", name, dict(args), opts)
        want, child = plan(name, args), pulumi.ResourceOptions(parent=self)
        addons = [
            aws.eks.Addon(
                f"{name}-{addon}",
                addon_name=addon,
                addon_version=version,
                cluster_name=args["cluster_name"],
                configuration_values=want.configuration.get(addon),
                # What is declared runs: a hand that turned network policy off in the cluster is overruled.
                resolve_conflicts_on_create="OVERWRITE",
                resolve_conflicts_on_update="OVERWRITE",
                service_account_role_arn=args.get("cni_role_arn") if addon == "vpc-cni" else None,
                tags=want.tags,
                opts=child,
            )
            for addon, version in want.versions.items()
        ]
        self.cluster_name = ready(args["cluster_name"], *addons)
        self.register_outputs({"cluster_name": self.cluster_name})
