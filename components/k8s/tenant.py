"""A namespace that a team is handed: fenced by a quota, by roles, and by a network closed but for what it names."""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from hedgerow.facts import labels

from ..shared.inputs import Wrong, checking
from ..shared.platform import PlatformArgs
from . import access, isolation, quota
from .access import Subject, TenantSubjectsArgs
from .contract import Contract, read_contract
from .limits import limit_range
from .peers import check_tenant, read_peers
from .ports import read_ports
from .quota import TenantQuotaArgs

LEVELS = labels.POD_SECURITY_LEVELS[1:]
STRICTEST = labels.POD_SECURITY_LEVELS[-1]

Manifest = dict[str, Any]


class TenantArgs(TypedDict):
    owners: TenantSubjectsArgs
    """Who runs workloads in the namespace; at least one group or user."""
    platform: PlatformArgs
    """The cluster it is on, as its platform component gives it."""
    quota: TenantQuotaArgs
    """What it may use in all."""
    allow_from: NotRequired[dict[str, list[str]]]
    """Other tenants that reach its pods, each with ports such as `TCP/8443`. Default: none."""
    allow_to: NotRequired[dict[str, list[str]]]
    """Other tenants that its pods reach, each with ports; the other side of their `allow_from`. Default: none."""
    internet: NotRequired[list[str]]
    """Ports that its pods reach on the internet, such as `TCP/443`. Default: none."""
    pod_security: NotRequired[str]
    """Pod Security level that pods must meet, `baseline` or `restricted`. Default: `restricted`."""
    viewers: NotRequired[TenantSubjectsArgs]
    """Who may look, secrets left out. Default: nobody."""


@dataclass(frozen=True)
class TenantPlan:
    """The manifests of a tenant as they arrive; those of its roles, bindings and network policies by their names."""

    namespace: Manifest
    quota: Manifest
    affinity: Manifest
    limits: Manifest
    roles: dict[str, Manifest]
    role_bindings: dict[str, Manifest]
    network_policies: dict[str, Manifest]


def plan(name: str, args: TenantArgs) -> TenantPlan:
    with checking("Tenant", name, args, TenantArgs) as wrong:
        check_tenant(wrong, ("name",), name)
        contract = read_contract(wrong, args["platform"])
        people = {
            access.OWNER: _owners(wrong, args["owners"]),
            access.VIEWER: access.read_subjects(wrong, "viewers", args.get("viewers", {})),
        }
        level = _level(wrong, args.get("pod_security", STRICTEST))
        hard = quota.hard(wrong, args["quota"])
        allow_from = read_peers(wrong, "allow_from", name, args.get("allow_from", {}))
        allow_to = read_peers(wrong, "allow_to", name, args.get("allow_to", {}))
        internet = read_ports(wrong, ("internet",), args.get("internet", []))
    fences = isolation.policies(contract, allow_from, allow_to, internet)
    roles = [role for role, subjects in people.items() if subjects]

    def inside(api: str, kind: str, of: str, body: Manifest) -> Manifest:
        metadata = {"name": of, "namespace": name, "labels": {labels.managed(contract.label_prefix): "true"}}
        return {"apiVersion": api, "kind": kind, "metadata": metadata, **body}

    return TenantPlan(
        _namespace(name, contract, people[access.OWNER], level),
        inside("v1", "ResourceQuota", "quota", {"spec": {"hard": hard}}),
        inside("v1", "ResourceQuota", "affinity", {"spec": quota.no_foreign_affinity()}),
        inside("v1", "LimitRange", "limits", {"spec": {"limits": limit_range(hard)}}),
        {role: inside(access.API, "Role", role, {"rules": access.rules(role)}) for role in roles},
        {role: inside(access.API, "RoleBinding", role, access.binding(role, people[role])) for role in roles},
        {of: inside(isolation.API, "NetworkPolicy", of, {"spec": spec}) for of, spec in fences.items()},
    )


def _owners(wrong: Wrong, args: TenantSubjectsArgs) -> tuple[Subject, ...]:
    found = access.read_subjects(wrong, "owners", args)
    if not found:
        wrong("owners", "must name at least one group or user", dict(args), "type {groups: [the-team]}")
    return found


def _level(wrong: Wrong, given: str) -> str:
    if given not in LEVELS:
        wrong("pod_security", f"must be one of {', '.join(LEVELS)}", given, "type one of them")
    return given


def _namespace(name: str, contract: Contract, owners: tuple[Subject, ...], level: str) -> Manifest:
    prefix = contract.label_prefix
    levels = {"enforce": level, "audit": STRICTEST, "warn": STRICTEST}
    marks = {
        labels.tenant(prefix): name,
        labels.environment(prefix): contract.environment,
        labels.managed(prefix): "true",
        **{labels.pod_security(mode): of for mode, of in levels.items()},
        **{labels.pod_security_version(mode): f"v{contract.kubernetes}" for mode in levels},
    }
    annotations = {labels.owners(prefix): ", ".join(map(str, owners))}
    metadata = {"name": name, "labels": marks, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


class Tenant(pulumi.ComponentResource):
    """A namespace that a team is handed: fenced by a quota, by roles, and by a network closed but for what it names."""

    namespace: pulumi.Output[str]
    """Name of the namespace, known once every fence around it stands."""

    def __init__(self, name: str, args: TenantArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:Tenant", name, dict(args), opts)
        want, child = plan(name, args), pulumi.ResourceOptions(parent=self)
        namespace = k8s.core.v1.Namespace(name, metadata=want.namespace["metadata"], opts=child)
        # By its plain name: what the provider answers is unknown as long as the cluster is, and the fences with it.
        inside = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        quota_ = k8s.core.v1.ResourceQuota(
            f"{name}-quota", metadata=want.quota["metadata"], spec=want.quota["spec"], opts=inside
        )
        affinity = k8s.core.v1.ResourceQuota(
            f"{name}-affinity", metadata=want.affinity["metadata"], spec=want.affinity["spec"], opts=inside
        )
        limits = k8s.core.v1.LimitRange(
            f"{name}-limits", metadata=want.limits["metadata"], spec=want.limits["spec"], opts=inside
        )
        roles = [
            k8s.rbac.v1.Role(f"{name}-{role}", metadata=manifest["metadata"], rules=manifest["rules"], opts=inside)
            for role, manifest in want.roles.items()
        ]
        bindings = [
            k8s.rbac.v1.RoleBinding(
                f"{name}-{role}",
                metadata=manifest["metadata"],
                role_ref=manifest["roleRef"],
                subjects=manifest["subjects"],
                opts=inside,
            )
            for role, manifest in want.role_bindings.items()
        ]
        policies = [
            k8s.networking.v1.NetworkPolicy(
                f"{name}-{of}", metadata=manifest["metadata"], spec=manifest["spec"], opts=inside
            )
            for of, manifest in want.network_policies.items()
        ]
        fences = (quota_, affinity, limits, *roles, *bindings, *policies)
        # URNs, not ids: a preview knows them, so that what reads the namespace is judged before it exists.
        done = pulumi.Output.all(namespace.urn, *(fence.urn for fence in fences))
        self.namespace = done.apply(lambda _: name)
        self.register_outputs({"namespace": self.namespace})
