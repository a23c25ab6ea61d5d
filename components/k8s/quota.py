"""What a tenant may use in all: one ResourceQuota with every key written out, because an absent key is no limit."""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NotRequired, TypedDict

from hedgerow.facts import kubernetes, quantity

from ..shared.inputs import Path, Wrong
from .checks import amount, count
from .limits import LEAST, LEAST_VOLUME

PODS_PER_CPU, LEAST_PODS = 5, 10
OBJECTS_PER_CPU, LEAST_OBJECTS = 2, 100
VOLUMES_PER_CPU, LEAST_VOLUMES = Fraction(1, 2), 10
MEMORY_PER_CPU, DISK_PER_CPU, STORAGE_PER_CPU = "4Gi", "10Gi", "20Gi"
LIMIT_TO_REQUEST = Fraction(3, 2)
"""How far memory and node disk may be promised beyond what is requested."""
NODE_PORTS_PER_LOAD_BALANCER = 5
"""A load balancer takes a node port for each of its ports, so that none at all would refuse every load balancer."""

LEAST_CPU, MOST_CPU = "100m", "1M"
LEAST_BYTES, MOST_BYTES = "64Mi", "1Ei"
MOST_COUNT, MOST_DEVICES = 10_000_000, "1M"
MEBIBYTE = 2**20
WRITTEN_LIKE = {
    "requests.memory": ("memory",),
    "limits.memory": ("memory_limit", "memory"),
    "requests.ephemeral-storage": ("ephemeral_storage",),
    "limits.ephemeral-storage": ("ephemeral_storage",),
    "requests.storage": ("storage",),
}
"""Fields whose suffix a limit is written with: who types 100G reads 150G and not 146484375Ki."""

GPU = "nvidia.com/gpu"
OTHER_DEVICES = (
    "amd.com/gpu",
    "aws.amazon.com/neuron",
    "aws.amazon.com/neuroncore",
    "google.com/tpu",
    "nvidia.com/gpu.shared",
    "vpc.amazonaws.com/efa",
)
"""Devices of EKS and GKE nodes that nobody has unless named; EFA traffic passes by every NetworkPolicy."""


class TenantQuotaArgs(TypedDict):
    cpu: str
    """CPU that all pods may request together, as a Kubernetes quantity."""
    devices: NotRequired[dict[str, str]]
    """Other devices by resource name, such as `google.com/tpu`. Default: none."""
    ephemeral_storage: NotRequired[str]
    """Disk of the nodes that all pods may request together; limits up to 1.5 times that. Default: 10Gi per CPU."""
    gpu: NotRequired[str]
    """NVIDIA GPUs that all pods may request together. Default: `0`."""
    load_balancers: NotRequired[int]
    """Most Services of type LoadBalancer, and most Ingresses. Default: `0`."""
    memory: NotRequired[str]
    """Memory that all pods may request together. Default: 4Gi per CPU."""
    memory_limit: NotRequired[str]
    """Sum of the memory limits of all pods. Default: 1.5 times `memory`."""
    objects: NotRequired[int]
    """Most ConfigMaps, and as many Secrets, Services, Jobs and CronJobs each. Default: 2 per CPU, at least 100."""
    pods: NotRequired[int]
    """Most pods that have not ended. Default: 5 per CPU, at least 10."""
    storage: NotRequired[str]
    """Size of all PersistentVolumeClaims together. Default: 20Gi per CPU."""
    volumes: NotRequired[int]
    """Most PersistentVolumeClaims. Default: 1 for 2 CPU, at least 10; none where `storage` is 0."""


def no_foreign_affinity() -> dict[str, Any]:
    """Spec of a quota that allows no pod whose affinity names namespaces.

    By it a pod learns where another tenant's pods run, settles beside them or keeps them off a node.
    """
    foreign = {"scopeName": "CrossNamespacePodAffinity", "operator": "Exists"}
    return {"hard": {"pods": "0"}, "scopeSelector": {"matchExpressions": [foreign]}}


def hard(wrong: Wrong, args: TenantQuotaArgs) -> dict[str, str]:
    """Every limit of the ResourceQuota by its key; nothing where one of the fields is wrong by itself.

    limits.cpu is left out on purpose: it would force a CPU limit on every container, and a limit throttles while
    processors stand idle. Requests are what nodes are filled by.
    """
    problems = len(wrong.problems)
    cpu = amount(wrong, ("quota", "cpu"), args["cpu"], LEAST_CPU, MOST_CPU)
    sizes = _sizes(wrong, args, cpu)
    counts = _counts(wrong, args, cpu, sizes["requests.storage"])
    devices = _devices(wrong, args)
    if len(wrong.problems) > problems:
        return {}
    _check_fit(wrong, cpu, sizes, counts["pods"])
    return {
        "requests.cpu": quantity.format(cpu, str(args["cpu"])),
        **{key: quantity.format(size, _like(args, key)) for key, size in sizes.items()},
        **{key: str(number) for key, number in counts.items()},
        **{f"requests.{device}": devices[device] for device in sorted(devices)},
    }


def _sizes(wrong: Wrong, args: TenantQuotaArgs, cpu: Fraction) -> dict[str, Fraction]:
    memory = _bytes(wrong, args, "memory", cpu * quantity.parse(MEMORY_PER_CPU) // MEBIBYTE * MEBIBYTE)
    disk = _bytes(wrong, args, "ephemeral_storage", cpu * quantity.parse(DISK_PER_CPU) // MEBIBYTE * MEBIBYTE)
    storage = _bytes(wrong, args, "storage", cpu * quantity.parse(STORAGE_PER_CPU) // MEBIBYTE * MEBIBYTE, "0")
    if 0 < storage < quantity.parse(LEAST_VOLUME):
        wrong(("quota", "storage"), f"must be 0 or at least {LEAST_VOLUME}", args["storage"], f"type '{LEAST_VOLUME}'")
    return {
        "requests.memory": memory,
        "limits.memory": _bytes(wrong, args, "memory_limit", _beyond(memory)),
        "requests.ephemeral-storage": disk,
        "limits.ephemeral-storage": _beyond(disk),
        "requests.storage": storage,
    }


def _bytes(
    wrong: Wrong, args: Mapping[str, Any], field: str, default: Fraction | int, least: str = LEAST_BYTES
) -> Fraction:
    if field not in args:
        return Fraction(default)
    return amount(wrong, ("quota", field), args[field], least, MOST_BYTES)


def _beyond(requests: Fraction) -> Fraction:
    unit = MEBIBYTE if requests % MEBIBYTE == 0 else 1
    return Fraction(requests * LIMIT_TO_REQUEST // unit * unit)


def _counts(wrong: Wrong, args: Mapping[str, Any], cpu: Fraction, storage: Fraction) -> dict[str, int]:
    def number(field: str, default: int, least: int = 0) -> int:
        return count(wrong, ("quota", field), args.get(field, default), least, MOST_COUNT)

    objects = number("objects", max(LEAST_OBJECTS, int(cpu * OBJECTS_PER_CPU)), 1)
    balancers = number("load_balancers", 0)
    return {
        "pods": number("pods", max(LEAST_PODS, int(cpu * PODS_PER_CPU)), 1),
        "persistentvolumeclaims": number("volumes", max(LEAST_VOLUMES, int(cpu * VOLUMES_PER_CPU)) if storage else 0),
        "services": objects,
        "services.loadbalancers": balancers,
        "services.nodeports": balancers * NODE_PORTS_PER_LOAD_BALANCER,
        "count/configmaps": objects,
        "count/cronjobs.batch": objects,
        "count/ingresses.networking.k8s.io": balancers,
        "count/jobs.batch": objects,
        "count/secrets": objects,
    }


def _devices(wrong: Wrong, args: TenantQuotaArgs) -> dict[str, str]:
    found = dict.fromkeys(OTHER_DEVICES, "0") | {GPU: _device(wrong, ("quota", "gpu"), args.get("gpu", "0"))}
    for device, number in args.get("devices", {}).items():
        path = ("quota", "devices", device)
        if device == GPU:
            wrong(path, "must be given as gpu", number, f"type gpu: '{number}'")
        elif not _is_device(device):
            wrong(path, "must be named as the nodes offer it", device, "type a name such as 'google.com/tpu'")
        else:
            found[device] = _device(wrong, path, number)
    return found


def _is_device(name: str) -> bool:
    prefixed = name.startswith(("requests.", "limits."))
    return "/" in name and not prefixed and kubernetes.quota_key_problem(f"requests.{name}") is None


def _device(wrong: Wrong, path: Path, given: str) -> str:
    number = amount(wrong, path, given, "0", MOST_DEVICES)
    if number.denominator != 1:
        wrong(path, "must be a whole number", given, f"type '{math.ceil(number)}'")
    return quantity.format(number)


def _check_fit(wrong: Wrong, cpu: Fraction, sizes: Mapping[str, Fraction], pods: int) -> None:
    """Report a quota that its pods could never use up."""
    memory, limit = sizes["requests.memory"], sizes["limits.memory"]
    if limit < memory:
        wanted = quantity.format(memory, "Gi")
        rule, given = f"must be at least memory, {wanted}", quantity.format(limit, "Gi")
        wrong(("quota", "memory_limit"), rule, given, f"type '{wanted}' or more")
    for field, total in (("cpu", cpu), ("memory", memory), ("ephemeral_storage", sizes["requests.ephemeral-storage"])):
        each = LEAST[field.replace("_", "-")]
        needed = quantity.parse(each) * pods
        if total < needed:
            fix = f"type '{quantity.format(needed, each)}' or more, or fewer pods"
            rule = f"must be at least {each} for each of {pods} pods"
            wrong(("quota", field), rule, quantity.format(total, each), fix)


def _like(args: Mapping[str, Any], key: str) -> str:
    return next((str(args[field]) for field in WRITTEN_LIKE[key] if field in args), "Gi")
