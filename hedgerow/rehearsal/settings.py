"""What the settings of a stack promise of each namespace: worked out anew, not read from what was made of them."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from ..facts import quantity
from ..graph import Resource, Snapshot, Views, is_known
from . import plain
from .fence import OWNER, VIEWER, Fence, Subject, defaults
from .shape import Shape

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
OF_A_TENANT = Shape(ratio={"memory": Fraction(8)}, bounded=frozenset({"memory", "ephemeral-storage"}))
"""A tenant's containers get what they do not name; a memory request goes 8 times into its limit at most."""


def fences(snapshot: Snapshot) -> list[Fence]:
    """A fence for each Tenant, and for each other namespace around which anything stands; by name."""
    views = Views(snapshot)
    found = {fence.name: fence for fence in _tenants(snapshot, views)}
    found |= {fence.name: fence for fence in plain.fences(views) if fence.name not in found}
    return [found[name] for name in sorted(found)]


def _tenants(snapshot: Snapshot, views: Views) -> Iterator[Fence]:
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
                shape=OF_A_TENANT,
                defaults=defaults(views, resource.name),
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
