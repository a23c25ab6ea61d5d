"""Which node pools, contract and ranges belong to which cluster, and who makes nodes besides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..snapshot import Resource
from ..value import MISSING, SECRET, UNKNOWN, Mark, read
from ..views import CONTRACTS, Views
from .addresses import Ranges, of_autopilot, of_pod_range, of_subnets
from .nodes import Supply, supply
from .pools import CLUSTERS, contract_pools, of_cluster, pools

GKE, EKS_COMPONENT, FARGATE = (
    "gcp:container/cluster:Cluster",
    "eks:index:Cluster",
    "aws:eks/fargateProfile:FargateProfile",
)
SELF_MANAGED = ("eks:index:NodeGroup", "eks:index:NodeGroupV2")
AS_ASKED = "makes nodes as pods ask for them"
MAKERS = {
    "Autopilot": ("enableAutopilot",),
    "GKE": ("clusterAutoscaling", "enabled"),
    "EKS Auto Mode": ("computeConfig", "enabled"),
}
"""What makes nodes of a cluster, and the input that turns it on."""
NOTHING_DECLARED = "what nodes hold: no node pool is declared here"


@dataclass(frozen=True)
class Subject:
    """What findings about a cluster are about: the cluster, or what holds the platform's contract."""

    urn: str
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Site:
    """One cluster: the Kubernetes providers that its objects are of, and its nodes."""

    scopes: tuple[str, ...]
    name: str
    about: Subject | None
    supplies: tuple[Supply, ...]
    elastic: str
    ranges: Ranges
    unknown: tuple[str, ...]
    partly: bool = False
    """Whether it has nodes besides, of which nothing is known."""

    @property
    def known(self) -> bool:
        """Whether it is known how many nodes there are at most, and what each holds."""
        every = all(each.most is not None and each.each is not None for each in self.supplies)
        return bool(self.supplies) and every and not self.elastic and not self.partly


def sites(views: Views) -> Iterator[Site]:
    """A site for each cluster that objects are of, then one for each with none.

    A Kubernetes provider of which nobody knows the cluster has a site of its own.
    """
    snapshot = views.snapshot
    supplies = [supply(pool) for pool in pools(snapshot)]
    together: dict[str, list[str]] = {}
    for scope in sorted({item.scope for items in views.objects.values() for item in items}):
        provider = snapshot.by_urn.get(scope)
        urn = of_cluster(snapshot, provider) if provider is not None else _only(views)
        together.setdefault(urn or scope, []).append(scope)
    for urn, scopes in together.items():
        own = [each for each in supplies if each.pool.cluster == urn]
        yield _site(views, tuple(scopes), urn, own, alone=len(together) == 1)
    for resource in snapshot.of_type(*CLUSTERS):
        own = [each for each in supplies if each.pool.cluster == resource.urn]
        if resource.urn not in together and own:
            yield _site(views, (), resource.urn, own, alone=False)


def _only(views: Views) -> str:
    found = [resource.urn for resource in views.snapshot.of_type(*CLUSTERS)]
    return found[0] if len(found) == 1 else ""


def _site(views: Views, scopes: tuple[str, ...], urn: str, supplies: list[Supply], *, alone: bool) -> Site:
    found = views.snapshot.by_urn.get(urn)
    cluster = found if found is not None and found.type in CLUSTERS else None
    holder, contract = _contract(views) if alone else (None, {})
    unknown = list[str]()
    if cluster is None and holder is not None and not supplies:
        given = contract.get("pools")
        supplies = [supply(pool) for pool in contract_pools(holder, contract)]
        unknown += ["the platform's node pools"] if isinstance(given, Mark) else []
    elastic = _elastic(views, scopes, cluster, contract if cluster is None else {})
    if cluster is not None and cluster.type == EKS_COMPONENT:
        unknown.append(f"the nodes that pulumi-eks makes for cluster '{cluster.name}'")
    elif not supplies and not elastic and not unknown:
        unknown.append(NOTHING_DECLARED)
    unknown += [what for each in supplies for what in each.unknown]
    own = [group.name for group in views.snapshot.of_type(*SELF_MANAGED)] if cluster is not None else []
    unknown += [f"the nodes of self-managed group '{name}'" for name in own]
    of = cluster or holder
    kind = "platform" if cluster is None else f"{'GKE' if cluster.type == GKE else 'EKS'} cluster"
    about = Subject(of.urn, f"{kind} '{of.name}'") if of is not None else None
    name = str(about) if about is not None else "the cluster"
    ranges = _ranges(views, cluster, contract, supplies, elastic)
    return Site(scopes, name, about, tuple(supplies), elastic, ranges, tuple(dict.fromkeys(unknown)), bool(own))


def _contract(views: Views) -> tuple[Resource | None, Mapping[str, Any]]:
    """Who holds the contract, and the contract; of one that is not known, that its pools are not."""
    components = [resource for resource in views.snapshot.resources if not resource.custom]
    held = [(resource, resource.inputs.get(key)) for key in CONTRACTS for resource in components]
    for resource, given in held:
        if isinstance(given, Mapping) and "label_prefix" in given:
            return resource, given
    hidden = ((resource, {"pools": given}) for resource, given in held if isinstance(given, Mark))
    return next(hidden, (None, {}))


def _elastic(views: Views, scopes: tuple[str, ...], cluster: Resource | None, contract: Mapping[str, Any]) -> str:
    for who, path in MAKERS.items() if cluster is not None else ():
        given = cluster.input(*path) if cluster is not None else False
        if given is True:
            return f"{who} {AS_ASKED}"
        if given is UNKNOWN or given is SECRET:
            return f"perhaps {who} {AS_ASKED}"
    if cluster is not None and next(views.snapshot.of_type(FARGATE), None) is not None:
        return f"Fargate {AS_ASKED}"
    for item in views.objects.get("NodePool", []):
        if item.scope in scopes and item.group == "karpenter.sh":
            return f"Karpenter {AS_ASKED}"
    if contract.get("pools") == {}:
        return f"the platform {AS_ASKED}"
    return ""


def _ranges(
    views: Views, cluster: Resource | None, contract: Mapping[str, Any], supplies: list[Supply], elastic: str
) -> Ranges:
    google = cluster.type == GKE if cluster is not None else read(contract, "ranges", "pods") is not MISSING
    if google and elastic:
        return of_autopilot(views.snapshot, cluster, contract)
    if google:
        return of_pod_range(views.snapshot, cluster, contract, supplies)
    return Ranges() if elastic or not supplies else of_subnets(supplies)
