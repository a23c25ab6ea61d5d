"""What the settings of a stack promise of each namespace: worked out anew, not read from what was made of them."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ..facts import quantity
from ..graph import Resource, Snapshot, Views, is_known
from ..graph.value import Mark

TENANT = ":Tenant"
MEBIBYTE = 2**20
DEVICES = (
    "amd.com/gpu",
    "aws.amazon.com/neuron",
    "aws.amazon.com/neuroncore",
    "google.com/tpu",
    "nvidia.com/gpu.shared",
    "vpc.amazonaws.com/efa",
)
"""Devices of EKS and GKE nodes that a tenant has none of unless its settings name them."""
OWNER, VIEWER, STRANGER = "owner", "viewer", "stranger"


@dataclass(frozen=True, order=True)
class Subject:
    """A group or user as the cluster's authentication names it."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Fence:
    """What holds in one namespace. `hard`: its limits by quota key. `tenant`: whether a Tenant promises it."""

    name: str
    hard: Mapping[str, Fraction]
    tenant: bool = False
    pod_security: str = ""
    roles: Mapping[Subject, str] = field(default_factory=dict)

    def role(self, subject: Subject | None) -> str:
        """What somebody is in it."""
        return self.roles.get(subject, STRANGER) if subject else STRANGER

    def first(self, role: str) -> Subject | None:
        """The first subject of a role."""
        return next((subject for subject in sorted(self.roles) if self.roles[subject] == role), None)


def fences(snapshot: Snapshot) -> list[Fence]:
    """A fence for each Tenant, and for each other namespace that has a ResourceQuota; by name."""
    found = {fence.name: fence for fence in _tenants(snapshot)}
    for quota in Views(snapshot).quotas:
        name, hard = quota.namespace, quota.hard
        if isinstance(name, str) and name not in found and isinstance(hard, Mapping) and quota.scoped is False:
            found[name] = Fence(name, dict(_sizes(hard)))
    return [found[name] for name in sorted(found)]


def _sizes(hard: Mapping[str, Any]) -> Iterator[tuple[str, Fraction]]:
    """The limits of a quota; what is not known, or no quantity, is the server's to refuse."""
    for key, value in hard.items():
        with contextlib.suppress(quantity.QuantityError):
            if not isinstance(value, Mark):
                yield str(key), quantity.parse(value)


def _tenants(snapshot: Snapshot) -> Iterator[Fence]:
    for resource in snapshot.resources:
        given = resource.inputs
        if resource.custom or not resource.type.endswith(TENANT) or not isinstance(given.get("quota"), Mapping):
            continue
        if is_known(given["quota"]):
            yield Fence(
                resource.name,
                promised(given["quota"]),
                tenant=True,
                pod_security=str(given.get("pod_security", "restricted")),
                roles=_roles(resource),
            )


def promised(quota: Mapping[str, Any]) -> dict[str, Fraction]:
    """Every limit that the `quota` of a Tenant stands for, by its key; defaults as its fields are documented."""
    cpu = quantity.parse(quota["cpu"])

    def size(name: str, default: Fraction) -> Fraction:
        return quantity.parse(quota[name]) if name in quota else Fraction(default // MEBIBYTE * MEBIBYTE)

    memory = size("memory", cpu * quantity.parse("4Gi"))
    disk = size("ephemeral_storage", cpu * quantity.parse("10Gi"))
    storage = size("storage", cpu * quantity.parse("20Gi"))
    objects = Fraction(quota.get("objects", max(100, int(cpu * 2))))
    balancers = Fraction(quota.get("load_balancers", 0))
    volumes = max(10, int(cpu / 2)) if storage else 0
    devices = {**dict.fromkeys(DEVICES, "0"), **quota.get("devices", {}), "nvidia.com/gpu": quota.get("gpu", "0")}
    return {
        "requests.cpu": cpu,
        "requests.memory": memory,
        "limits.memory": size("memory_limit", _half_more(memory)),
        "requests.ephemeral-storage": disk,
        "limits.ephemeral-storage": _half_more(disk),
        "requests.storage": storage,
        "persistentvolumeclaims": Fraction(quota.get("volumes", volumes)),
        "pods": Fraction(quota.get("pods", max(10, int(cpu * 5)))),
        "services": objects,
        "services.loadbalancers": balancers,
        "services.nodeports": balancers * 5,
        "count/configmaps": objects,
        "count/cronjobs.batch": objects,
        "count/ingresses.networking.k8s.io": balancers,
        "count/jobs.batch": objects,
        "count/secrets": objects,
        **{f"requests.{device}": quantity.parse(number) for device, number in devices.items()},
    }


def _half_more(size: Fraction) -> Fraction:
    unit = MEBIBYTE if size % MEBIBYTE == 0 else 1
    return Fraction(size * 3 / 2 // unit * unit)


def _roles(resource: Resource) -> dict[Subject, str]:
    """Who is what; owners win, because roles add up."""
    found: dict[Subject, str] = {}
    for role, key in ((VIEWER, "viewers"), (OWNER, "owners")):
        people = resource.inputs.get(key)
        for kind, names in (("group", "groups"), ("user", "users")):
            for name in (people.get(names) or []) if isinstance(people, Mapping) else []:
                if isinstance(name, str):
                    found[Subject(kind, name)] = role
    return found
