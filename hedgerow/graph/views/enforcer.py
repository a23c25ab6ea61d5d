"""Who enforces NetworkPolicy, by everything in a snapshot that says so: clusters, add-ons, the platform's contract."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from ...facts import yaml_text
from ...facts.problem import BadInput
from ..snapshot import Resource, Snapshot
from ..value import MISSING, SECRET, UNKNOWN, Mark, read
from .cluster import EKS, EKS_COMPONENT
from .gke import CLUSTER
from .kubernetes import mapping
from .links import meant

ADDON, ADDON_COMPONENT = "aws:eks/addon:Addon", "eks:index:VpcCniAddon"
HEDGEROW = "hedgerow:"
NOBODY, CNI, DATAPLANE, CALICO = "none", "vpc-cni", "dataplane-v2", "calico"
INSTALLED = ("calico", "cilium")
"""Enforcers that somebody installs in a cluster and that its cloud knows nothing of."""
FIXES = {
    EKS: 'give it the add-on vpc-cni with enableNetworkPolicy "true"',
    EKS_COMPONENT: "set enableNetworkPolicy to true in vpcCniOptions",
    ADDON: 'set enableNetworkPolicy to "true" in its configurationValues',
    ADDON_COMPONENT: "set enableNetworkPolicy to true",
    CLUSTER: "set datapathProvider to ADVANCED_DATAPATH, which makes a new cluster",
}
ON_THE_PLATFORM = "install a network plugin that does, and name it in network_policy"


@dataclass(frozen=True)
class Enforcer:
    """One word on who enforces NetworkPolicy."""

    resource: Resource
    shown: str
    by: Any
    """`vpc-cni`, `dataplane-v2`, `calico`, `cilium` or `none`; or a mark."""
    fix: str

    @property
    def urn(self) -> str:
        return self.resource.urn

    def __str__(self) -> str:
        return self.shown


def enforcers(snapshot: Snapshot, contracts: Sequence[str]) -> Iterator[Enforcer]:
    """What clusters and add-ons say, then what the contract of each platform says, by whoever holds it first.

    `contracts` are the inputs of components that may hold one. Where it names a plugin that somebody installs, it alone
    can know. An EKS cluster whose add-on is elsewhere says nothing.
    """
    platforms = list(_platforms(snapshot, contracts))
    unsure = any(isinstance(platform.by, Mark) for platform in platforms)
    if unsure or not any(platform.by in INSTALLED for platform in platforms):
        for each in _of_the_clouds(snapshot):
            yield replace(each, by=UNKNOWN) if unsure and each.by == NOBODY else each
    yield from platforms


def _of_the_clouds(snapshot: Snapshot) -> Iterator[Enforcer]:
    served = set()
    for resource in snapshot.of_type(ADDON, ADDON_COMPONENT):
        if resource.type == ADDON_COMPONENT or resource.input("addonName") == CNI:
            cluster = meant(snapshot, resource, "clusterName", EKS)
            served.add(None if isinstance(cluster, Mark) else cluster.urn)
            yield _said(resource, "EKS add-on", _by_addon(resource))
    for resource in snapshot.of_type(EKS, EKS_COMPONENT):
        if resource.type == EKS_COMPONENT:
            enabled = resource.input("vpcCniOptions", "enableNetworkPolicy")
            yield _said(resource, "EKS cluster", _if_on(enabled, CNI))
        elif resource.inputs and resource.urn not in served:
            yield _said(resource, "EKS cluster", UNKNOWN)
    for resource in snapshot.of_type(CLUSTER):
        if resource.inputs:
            yield _said(resource, "GKE cluster", _by_gke(resource))


def _said(resource: Resource, kind: str, by: Any) -> Enforcer:
    return Enforcer(resource, f"{kind} '{resource.name}'", by, FIXES[resource.type])


def _by_addon(resource: Resource) -> Any:
    if resource.type == ADDON_COMPONENT:
        return _if_on(resource.input("enableNetworkPolicy"), CNI)
    given = resource.input("configurationValues")
    if isinstance(given, Mark):
        return NOBODY if given is MISSING else given
    settings: Any = {}
    with suppress(BadInput):
        settings = next((document.value for document in yaml_text.parse(str(given), resource.name)), {})
    return _if_on(read(settings, "enableNetworkPolicy"), CNI)


def _by_gke(resource: Resource) -> Any:
    """Autopilot has Dataplane V2; else it is asked for, or Calico, which needs the add-on as well as the setting."""
    if resource.input("enableAutopilot") is True:
        return DATAPLANE
    calico = (
        resource.input("networkPolicy", "enabled"),
        resource.input("addonsConfig", "networkPolicyConfig", "disabled"),
    )
    if resource.input("datapathProvider") == "ADVANCED_DATAPATH":
        return DATAPLANE
    if calico == (True, False):
        return CALICO
    given = (resource.input("enableAutopilot"), resource.input("datapathProvider"), *calico)
    hidden = [value for value in given if value is UNKNOWN or value is SECRET]
    return hidden[0] if hidden else NOBODY


def _if_on(value: Any, who: str) -> Any:
    if isinstance(value, Mark) and value is not MISSING:
        return value
    return who if value in (True, "true") else NOBODY


def _platforms(snapshot: Snapshot, contracts: Sequence[str]) -> Iterator[Enforcer]:
    seen: set[str] = set()
    for resource in snapshot.resources:
        for contract in () if resource.custom else (resource.inputs.get(key) for key in contracts):
            name, by = read(contract, "cluster"), read(contract, "network_policy")
            ours = (
                resource.type.startswith(HEDGEROW)
                if isinstance(contract, Mark)
                else "label_prefix" in mapping(contract)
            )
            if contract is not None and ours and (key := f"{name!r} {by!r}") not in seen:
                seen.add(key)
                shown = f"Platform '{resource.name if isinstance(name, Mark) else name}'"
                yield Enforcer(resource, shown, UNKNOWN if by is MISSING else by, ON_THE_PLATFORM)
