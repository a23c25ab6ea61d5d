"""A cluster that hedgerow never made, in plain values: how to reach it, and what tenants must know of it."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from hedgerow.facts.profiles import PROFILES, Profile

from ..shared import assembly
from ..shared.checks import keyed, whole
from ..shared.environment import check_kubernetes
from ..shared.inputs import ABSENT, Wrong
from ..shared.kubeconfig import kubeconfig
from ..shared.nodes import EFFECTS
from ..shared.platform import ENFORCERS, PlatformArgs, PoolArgs
from .checks import network

ENDPOINT = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[\w./-]*)?|https://\[[0-9a-f:]+\](:\d{1,5})?")
PEM = b"-----BEGIN CERTIFICATE-----"
RANGES = ("network", "services")
MOST_NODES = 15000
"""Nodes of the largest clusters that clouds offer."""


class ExistingClusterArgs(TypedDict):
    endpoint: str
    """Address of its Kubernetes API, such as `https://203.0.113.7`."""
    kubernetes: str
    """Minor version of Kubernetes that it runs, such as `1.35`."""
    name: str
    """Its name."""
    pools: dict[str, PoolArgs]
    """Node pools by name; `{}` where the cloud makes nodes by itself."""
    profile: str
    """Kind of cluster: `eks`, `gke`, `gke-node-local-dns` (Autopilot as well), `gke-cloud-dns` or `gke-calico`."""
    ranges: dict[str, str]
    """Ranges (CIDR) by role: `network` and `services`, and `pods` where they are apart from the network."""
    token: list[str]
    """Command that prints credentials, such as `[aws, eks, get-token, --cluster-name, legacy, --output, json]`."""
    certificate_authority: NotRequired[str]
    """Certificate of its authority, PEM in base64. Default: none, for an endpoint that a public authority signed."""
    dns_addresses: NotRequired[list[str]]
    """Addresses (CIDR) that answer DNS beside those of its profile. Default: none."""
    health_checks: NotRequired[list[str]]
    """Ranges (CIDR) from where load balancers probe and forward to pods. Default: those of its profile."""
    identifier: NotRequired[str]
    """What tells it apart from every other cluster, such as its ARN. Default: its endpoint."""
    network_policy: NotRequired[str]
    """Who enforces NetworkPolicy: `vpc-cni`, `dataplane-v2`, `calico`, `cilium` or `none`. Default: as its profile."""


@dataclass(frozen=True)
class ExistingCluster:
    """What a platform gives, all of it known."""

    cluster_identifier: str
    contract: PlatformArgs
    kubeconfig: str


def judge_cluster(
    wrong: Wrong, at: str, args: ExistingClusterArgs, environment: str, label_prefix: str
) -> ExistingCluster | None:
    """What a platform on the cluster gives; None, and problems below `at`, where something is wrong with it."""
    before = len(wrong.problems)
    _check_way_in(wrong, at, args)
    check_kubernetes(wrong, args["kubernetes"], (at, "kubernetes"))
    found = _profile(wrong, at, args)
    _check_ranges(wrong, at, args)
    pools = {key: _pool(wrong, at, key, pool) for key, pool in sorted(args["pools"].items())}
    if len(wrong.problems) > before or found is None:
        return None
    settings = {
        "environment": environment,
        "label_prefix": label_prefix,
        "versions": {"kubernetes": args["kubernetes"]},
    }
    authority = args.get("certificate_authority")
    return ExistingCluster(
        cluster_identifier=args.get("identifier", args["endpoint"]),
        contract=assembly.contract(found, args["name"], settings, dict(sorted(args["ranges"].items())), pools),
        kubeconfig=kubeconfig(args["name"], args["endpoint"], authority, args["token"], tells_cluster=True),
    )


def _check_way_in(wrong: Wrong, at: str, args: ExistingClusterArgs) -> None:
    for field in ("name", "identifier"):
        if not str(args.get(field, "x")).strip():
            wrong((at, field), "must not be empty", args.get(field), "type it as the cloud shows it")
    if not ENDPOINT.fullmatch(args["endpoint"]):
        wrong((at, "endpoint"), "must be an https address", args["endpoint"], "type one such as https://203.0.113.7")
    if not (args["token"] and args["token"][0].strip()):
        fix = "type the command that gets a token, such as [gke-gcloud-auth-plugin]"
        wrong((at, "token"), "must not be empty", args["token"], fix)
    if not _is_certificate(args.get("certificate_authority")):
        # Without the value: somebody may have put the key here.
        fix = "type certificate-authority-data of its kubeconfig"
        wrong((at, "certificate_authority"), "must be a certificate, PEM in base64", ABSENT, fix)


def _is_certificate(text: str | None) -> bool:
    if text is None:
        return True
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return found.startswith(PEM) and b"PRIVATE KEY" not in found


def _profile(wrong: Wrong, at: str, args: ExistingClusterArgs) -> Profile | None:
    """The profile of the cluster, with what its settings say otherwise; None where it is not known."""
    enforcer = args.get("network_policy")
    if enforcer is not None and enforcer not in ENFORCERS:
        wrong((at, "network_policy"), f"must be one of {', '.join(ENFORCERS)}", enforcer, "type one of them")
    for field in ("dns_addresses", "health_checks"):
        for index, text in enumerate(_listed(args, field)):
            network(wrong, (at, field, str(index)), text)
    found = PROFILES.get(args["profile"])
    if found is None:
        wrong((at, "profile"), f"must be one of {', '.join(PROFILES)}", args["profile"], "type the nearest of them")
        return None
    return found._replace(
        dns_addresses=tuple(dict.fromkeys((*found.dns_addresses, *_listed(args, "dns_addresses")))),
        health_checks=_listed(args, "health_checks") or found.health_checks,
        network_policy=enforcer or found.network_policy,
    )


def _listed(args: Mapping[str, object], field: str) -> tuple[str, ...]:
    given = args.get(field, [])
    return tuple(given) if isinstance(given, list | tuple) else ()


def _check_ranges(wrong: Wrong, at: str, args: ExistingClusterArgs) -> None:
    for role in RANGES:
        if role not in args["ranges"]:
            wrong((at, "ranges", role), "is missing", ABSENT, f"type {role}: … (a range such as 10.16.0.0/16)")
    for role, text in sorted(args["ranges"].items()):
        network(wrong, (at, "ranges", role), text)


def _pool(wrong: Wrong, at: str, key: str, pool: PoolArgs) -> PoolArgs:
    here = (at, "pools", key)
    keyed(wrong, here, key)
    fewest = whole(wrong, (*here, "min"), pool["min"], 0, MOST_NODES)
    most = whole(wrong, (*here, "max"), pool["max"], max(fewest, 1), MOST_NODES)
    for name, taint in pool.get("taints", {}).items():
        if taint.rpartition(":")[2] not in EFFECTS:
            fix = "type one such as present:NoSchedule"
            wrong((*here, "taints", name), f"must end with one of {', '.join(EFFECTS)}", taint, fix)
    return {
        "instance_type": pool["instance_type"],
        "labels": dict(pool.get("labels", {})),
        "max": most,
        "min": fewest,
        "taints": dict(pool.get("taints", {})),
    }
