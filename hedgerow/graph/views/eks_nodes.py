"""Where the nodes of an EKS cluster stand in its network: their security groups, their subnets."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..snapshot import Resource, Snapshot
from ..value import MISSING, Mark, read
from .cluster import EKS, EKS_COMPONENT
from .gke import CLUSTER as GKE
from .kubernetes import listing
from .links import linked
from .node_pool import EKS_GROUP
from .security_group import Reader
from .subnet import SUBNETS

TEMPLATE, FARGATE = "aws:ec2/launchTemplate:LaunchTemplate", "aws:eks/fargateProfile:FargateProfile"
CLUSTERS = (EKS, EKS_COMPONENT, GKE)


@dataclass(frozen=True)
class EksNodes:
    """Nodes with the same security groups in the same subnets. None for what is not known."""

    resource: Resource
    groups: tuple[str, ...] | None
    subnets: tuple[str, ...] | None
    """URNs of subnets that are made here."""

    def __str__(self) -> str:
        return f"{self.resource.type.rpartition(':')[2]} '{self.resource.name}'"


def cluster_of(snapshot: Snapshot, scope: str) -> Resource | None:
    """The managed cluster that a Kubernetes provider is for: by its kubeconfig, else the only one there is."""
    provider = snapshot.by_urn.get(scope)
    found = [] if provider is None else linked(snapshot, provider, "kubeconfig", *CLUSTERS)
    every = found or [item for item in snapshot.of_type(*CLUSTERS) if item.inputs or not item.custom]
    return every[0] if len(every) == 1 else None


def eks_nodes(snapshot: Snapshot, cluster: Resource) -> list[EksNodes]:
    """Everything that runs pods of a cluster, as far as it is declared; none where nothing of it is."""
    groups = [item for item in snapshot.of_type(EKS_GROUP, FARGATE) if item.inputs and _is_of(snapshot, item, cluster)]
    found = [*_nodes(snapshot, groups, cluster)]
    if cluster.input("computeConfig", "enabled") is True:
        found.append(EksNodes(cluster, (cluster.urn,), _subnets(snapshot, cluster, "vpcConfig", "subnetIds")))
    return found


def _is_of(snapshot: Snapshot, item: Resource, cluster: Resource) -> bool:
    links = linked(snapshot, item, "clusterName", EKS)
    if links:
        return cluster in links
    given, name = item.input("clusterName"), cluster.input("name")
    return isinstance(given, Mark) or given == (cluster.output("name") if isinstance(name, Mark) else name)


def _nodes(snapshot: Snapshot, groups: list[Resource], cluster: Resource) -> Iterator[EksNodes]:
    reader = Reader(snapshot)
    for item in groups:
        template = read(item.inputs, "launchTemplate")
        keys: tuple[str, ...] | None = (cluster.urn,)
        if template is not MISSING:
            templates = linked(snapshot, item, "launchTemplate", TEMPLATE) or [
                each for each in snapshot.of_type(TEMPLATE) if each.output("id") == read(template, "id") != MISSING
            ]
            keys = _of_template(reader, templates[0], cluster) if len(templates) == 1 else None
        yield EksNodes(item, keys, _subnets(snapshot, item, "subnetIds"))


def _of_template(reader: Reader, template: Resource, cluster: Resource) -> tuple[str, ...] | None:
    """Groups that a launch template names; without any EKS attaches the group of the cluster."""
    interfaces = listing(template.input("networkInterfaces"))
    if isinstance(interfaces, Mark):
        return None
    found = [reader.groups(template, template.input("vpcSecurityGroupIds"), "vpcSecurityGroupIds")]
    found += [reader.groups(template, read(each, "securityGroups"), "networkInterfaces") for each in interfaces]
    if None in found:
        return None
    return tuple(key for keys in found for key in keys or ()) or (cluster.urn,)


def _subnets(snapshot: Snapshot, item: Resource, *path: str) -> tuple[str, ...] | None:
    """Subnets by their links, or by the ids that are written; None where some of them are not known."""
    given = item.input(*path)
    links = tuple(dict.fromkeys(each.urn for each in linked(snapshot, item, path[0], *SUBNETS)))
    if not isinstance(given, list) or any(isinstance(value, Mark) for value in given):
        return links if isinstance(given, list) and len(given) == len(links) else None
    named = {each.output("id"): each.urn for each in snapshot.of_type(*SUBNETS) if isinstance(each.output("id"), str)}
    return tuple(named[value] for value in given) if all(value in named for value in given) else None
