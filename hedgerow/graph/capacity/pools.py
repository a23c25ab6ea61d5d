"""Node pools as capacity needs them: how many nodes of which machines, and which pods may run on them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...facts.gcp.addresses import DEFAULT_ZONES
from ..snapshot import Resource, Snapshot
from ..value import MISSING, UNKNOWN, Mark, is_known, read
from ..views.kubernetes import listing, mapping
from ..views.links import linked

EKS_GROUPS = ("aws:eks/nodeGroup:NodeGroup", "eks:index:ManagedNodeGroup")
GKE_POOL = "gcp:container/nodePool:NodePool"
TEMPLATE, SUBNET = "aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/subnet:Subnet"
CLUSTERS = ("aws:eks/cluster:Cluster", "eks:index:Cluster", "gcp:container/cluster:Cluster")
CNI = "vpc-cni"
DEFAULT_TYPE = {"aws": "t3.medium", "gcp": "e2-medium"}
DEFAULT_DISK_GIB = {"aws": 20, "gcp": 100}
EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}


@dataclass(frozen=True)
class Taint:
    """A taint of every node of a pool, its effect as Kubernetes writes it."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, eq=False)
class Pool:
    """Nodes that are alike. Values are plain or a mark; MISSING where nothing tells, not even a default."""

    resource: Resource
    name: str
    cloud: str
    """`aws` or `gcp`."""
    cluster: str
    """URN of its cluster; empty where nothing tells."""
    types: Any
    """Machine types, of which the cloud picks."""
    min: Any
    max: Any
    labels: Any
    taints: Any
    """Tuple of `Taint`."""
    disk_gib: Any = MISSING
    pods: Any = MISSING
    """Pods a node where something sets them; MISSING where the machine's interfaces do."""
    gpus: Any = MISSING
    """GPUs attached to each node; MISSING where only those of the machine type count."""
    subnets: tuple[Resource, ...] = ()
    prefixes: Any = False
    """Whether interfaces get /28 prefixes instead of addresses."""

    @property
    def urn(self) -> str:
        return self.resource.urn

    def __str__(self) -> str:
        return f"node pool '{self.name}'"


def pools(snapshot: Snapshot) -> Iterator[Pool]:
    """Node pools that the snapshot makes: EKS managed node groups, then GKE node pools."""
    prefixes = _prefix_delegation(snapshot)
    for resource in snapshot.of_type(*EKS_GROUPS):
        yield _eks(snapshot, resource, prefixes=prefixes)
    for resource in snapshot.of_type(GKE_POOL):
        yield _gke(snapshot, resource)


def contract_pools(resource: Resource, contract: Mapping[str, Any]) -> Iterator[Pool]:
    """Node pools of a platform's contract, for a stack that makes none itself; `resource` holds the contract."""
    given = mapping(contract.get("pools", MISSING))
    for name, pool in {} if isinstance(given, Mark) else given.items():
        type_ = read(pool, "instance_type")
        cloud = "gcp" if isinstance(type_, str) and "." not in type_ else "aws"
        taints = mapping(read(pool, "taints"))
        known = taints if isinstance(taints, Mark) else tuple(_contract_taint(key, taints[key]) for key in taints)
        if isinstance(known, tuple) and any(taint is None for taint in known):
            known = UNKNOWN
        labels = mapping(read(pool, "labels"))
        yield Pool(
            resource,
            str(name),
            cloud,
            "",
            [type_] if isinstance(type_, str) else UNKNOWN,
            _number(read(pool, "min")),
            _number(read(pool, "max")),
            labels,
            known,
        )


def of_cluster(snapshot: Snapshot, resource: Resource) -> str:
    """URN of the cluster that a node pool or a Kubernetes provider belongs to; empty where it cannot be told."""
    links = [urn for urns in resource.property_dependencies.values() for urn in urns] + list(resource.dependencies)
    linked = {urn for urn in links if urn in snapshot.by_urn and snapshot.by_urn[urn].type in CLUSTERS}
    every = {item.urn for item in snapshot.of_type(*CLUSTERS)}
    found = linked or every
    return next(iter(found)) if len(found) == 1 else ""


def _eks(snapshot: Snapshot, resource: Resource, *, prefixes: Any) -> Pool:
    template = next(iter(linked(snapshot, resource, "launchTemplate", TEMPLATE)), None)
    own = listing(resource.input("instanceTypes"))
    if own == [] and template is not None and template.input("instanceType") is not MISSING:
        given = template.input("instanceType")
        own = given if isinstance(given, Mark) else [given]
    return Pool(
        resource,
        resource.name,
        "aws",
        of_cluster(snapshot, resource),
        [DEFAULT_TYPE["aws"]] if own == [] else own if _types(own) else UNKNOWN,
        _number(resource.input("scalingConfig", "minSize")),
        _number(resource.input("scalingConfig", "maxSize")),
        mapping(resource.input("labels")),
        _taints(listing(resource.input("taints"))),
        _disk(resource, template),
        subnets=tuple(linked(snapshot, resource, "subnetIds", SUBNET)),
        prefixes=prefixes,
    )


def _types(given: Any) -> bool:
    """Whether it lists names of machine types, all of them known."""
    return isinstance(given, list) and all(isinstance(one, str) for one in given)


def _disk(resource: Resource, template: Resource | None) -> Any:
    if template is None:
        given = resource.input("diskSize")
        return DEFAULT_DISK_GIB["aws"] if given is MISSING else _number(given)
    sizes = [read(device, "ebs", "volumeSize") for device in _known(listing(template.input("blockDeviceMappings")))]
    return _number(sizes[0]) if len(sizes) == 1 else MISSING


def _gke(snapshot: Snapshot, resource: Resource) -> Pool:
    cluster = of_cluster(snapshot, resource)
    above = snapshot.by_urn.get(cluster)
    zones = _zones(resource, above)
    type_ = resource.input("nodeConfig", "machineType")
    pods = resource.input("maxPodsPerNode")
    if pods is MISSING and above is not None:
        pods = above.input("defaultMaxPodsPerNode")
    disk = resource.input("nodeConfig", "diskSizeGb")
    gpus = [_number(read(item, "count")) for item in _known(listing(resource.input("nodeConfig", "guestAccelerators")))]
    return Pool(
        resource,
        resource.name,
        "gcp",
        cluster,
        [DEFAULT_TYPE["gcp"]] if type_ is MISSING else [type_] if isinstance(type_, str) else UNKNOWN,
        _size(resource, "totalMinNodeCount", "minNodeCount", zones),
        _size(resource, "totalMaxNodeCount", "maxNodeCount", zones),
        mapping(resource.input("nodeConfig", "labels")),
        _taints(listing(resource.input("nodeConfig", "taints"))),
        DEFAULT_DISK_GIB["gcp"] if disk is MISSING else _number(disk),
        _number(pods),
        gpus[0] if gpus else MISSING,
    )


def _size(resource: Resource, total: str, each: str, zones: Any) -> Any:
    """Nodes in all zones, by `autoscaling` where it is given, else the fixed number."""
    if resource.input("autoscaling") is not MISSING:
        given = _number(resource.input("autoscaling", total))
        if given is not MISSING:
            return given
        each_zone = _number(resource.input("autoscaling", each))
        each_zone = 0 if each_zone is MISSING and each.startswith("min") else each_zone
    else:
        each_zone = _number(resource.input("nodeCount"))
        if each_zone is MISSING:
            each_zone = _number(resource.input("initialNodeCount"))
    known = isinstance(each_zone, int) and isinstance(zones, int)
    return each_zone * zones if known else each_zone if isinstance(each_zone, Mark) else zones


def _zones(resource: Resource, cluster: Resource | None) -> Any:
    for holder in (resource, cluster):
        given = listing(holder.input("nodeLocations")) if holder is not None else []
        if isinstance(given, Mark):
            return given
        if given:
            return len(given)
    location = resource.input("location")
    if isinstance(location, str):
        return 1 if location.rpartition("-")[2].isalpha() else DEFAULT_ZONES
    return location


def _taints(given: Any) -> Any:
    if not is_known(given):
        return UNKNOWN
    return tuple(
        Taint(
            str(item.get("key")),
            str(item.get("value") or ""),
            EFFECTS.get(str(item.get("effect")), str(item.get("effect"))),
        )
        for item in given
        if isinstance(item, Mapping)
    )


def _contract_taint(key: str, given: Any) -> Taint | None:
    value, colon, effect = given.rpartition(":") if isinstance(given, str) else ("", "", "")
    return Taint(key, value, effect) if colon else None


def _number(given: Any) -> Any:
    if isinstance(given, str) and given.isdecimal():
        return int(given)
    return given if isinstance(given, int | Mark) else UNKNOWN


def _known(given: Any) -> list[Any]:
    return [] if isinstance(given, Mark) else given


def _prefix_delegation(snapshot: Snapshot) -> Any:
    """Whether the VPC CNI add-on is set to give interfaces prefixes."""
    for addon in snapshot.of_type("aws:eks/addon:Addon"):
        given = addon.input("configurationValues")
        if addon.input("addonName") == CNI and isinstance(given, Mark) and given is not MISSING:
            return UNKNOWN
        if addon.input("addonName") == CNI and isinstance(given, str):
            try:
                return str(read(json.loads(given), "env", "ENABLE_PREFIX_DELEGATION")).lower() == "true"
            except ValueError:
                return False
    return False
