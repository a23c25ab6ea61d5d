"""A Kubernetes environment on Google Cloud: network, service account, GKE cluster, node pools, in their order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict, cast

import pulumi

from ..shared.environment import check_environment, check_kubernetes
from ..shared.inputs import Wrong, checking
from ..shared.platform import PlatformArgs
from .checks import PROJECT, check_name, check_project, check_region, check_resource_labels
from .gcp_network import GcpNetwork, GcpNetworkPoolArgs, GcpNetworkSettings
from .gcp_service_account import NODE_GRANTS, GcpGrantArgs, GcpServiceAccount
from .gke_autopilot_cluster import GkeAutopilotCluster, GkeAutopilotClusterArgs, GkeAutopilotClusterSettings
from .gke_cluster import GkeCluster, GkeClusterArgs, GkeClusterSettings
from .gke_node_pool import GkeNodePool, GkeNodePoolArgs, GkeNodePoolSettings
from .platform_parts import (
    check_kind,
    contract,
    judge_autopilot,
    judge_cluster,
    judge_network,
    judge_node_pools,
    preset,
    sizes,
)
from .project_services import ProjectServices

LONGEST_NAME = 24
"""Of 30 characters that a service account's id takes, less those of `-nodes`."""


class GcpPlatformVersionsArgs(TypedDict):
    kubernetes: str
    """Kubernetes version that the control plane has at least, such as `1.35`; the channel brings newer ones."""


class GcpPlatformSettings(TypedDict):
    network: GcpNetworkSettings
    """The network and its ranges."""
    project: str
    """Id of the project, 6 to 30 characters."""
    region: str
    """Region, such as `europe-west4`."""
    autopilot: NotRequired[GkeAutopilotClusterSettings]
    """A cluster whose nodes Google makes; `{}` will do. Default: a standard cluster with `node_pools`."""
    cluster: NotRequired[GkeClusterSettings]
    """The control plane of a standard cluster and the way in. Default: by DNS name, on the regular channel."""
    labels: NotRequired[dict[str, str]]
    """Labels in Google Cloud of what takes labels. Default: only the environment."""
    node_pools: NotRequired[dict[str, GkeNodePoolSettings]]
    """Node pools by name; one at least without taints, for kube-dns. Default: none, which needs `autopilot`."""
    registries: NotRequired[list[str]]
    """Projects beside this one whose registries the nodes pull images from. Default: none."""


class GcpPlatformArgs(GcpPlatformSettings):
    environment: str
    """Class of the environment, `dev`, `staging` or `prod`: presets what the settings leave out."""
    label_prefix: str
    """Prefix of hedgerow's own labels, a DNS name."""
    versions: GcpPlatformVersionsArgs
    """Versions it runs, from the lock of the stack."""


@dataclass(frozen=True)
class GcpPlatformPlan:
    """`cluster` and `node_pools` are the settings with presets filled in; `pools` what the network must hold."""

    cluster: dict[str, Any]
    cluster_identifier: str
    contract: PlatformArgs
    grants: dict[str, GcpGrantArgs]
    labels: dict[str, str]
    node_pools: dict[str, dict[str, Any]]
    pools: dict[str, GcpNetworkPoolArgs]
    protect: bool


def plan(name: str, args: GcpPlatformArgs) -> GcpPlatformPlan:
    with checking("GcpPlatform", name, args, GcpPlatformArgs) as wrong:
        check_name(wrong, name, LONGEST_NAME)
        check_project(wrong, args["project"])
        check_region(wrong, args["region"])
        check_environment(wrong, args["environment"], args["label_prefix"])
        check_kubernetes(wrong, args["versions"]["kubernetes"])
        check_kind(wrong, args)
        labels = {"environment": args["environment"], **check_resource_labels(wrong, "labels", args.get("labels", {}))}
        grants = NODE_GRANTS | _registries(wrong, args.get("registries", []))
        on_autopilot = "autopilot" in args
        cluster = preset(args["environment"], args.get("autopilot", args.get("cluster", {})))
        standard = None if on_autopilot else judge_cluster(wrong, args["region"], cluster)
        # Zones of a cluster that is refused would be refused once more with each pool.
        node_pools = {} if on_autopilot else _filled(args.get("node_pools", {}), cluster if standard else {})
        autopilot = judge_autopilot(wrong, cluster) if on_autopilot else None
        planned_pools = judge_node_pools(wrong, name, args["region"], node_pools)
        pools = sizes(planned_pools, autopilot)
        network = judge_network(wrong, args["network"], pools)
    planned = autopilot or standard
    assert planned
    assert network
    return GcpPlatformPlan(
        cluster=cluster,
        cluster_identifier=f"projects/{args['project']}/locations/{args['region']}/clusters/{name}",
        contract=contract(name, args, network, planned_pools),
        grants=grants,
        labels=labels,
        node_pools=node_pools,
        pools=pools,
        protect=planned.control_plane.deletion_protection,
    )


def _filled(node_pools: Mapping[str, Any], cluster: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Settings of the pools, with the zones of the cluster where they name none."""
    zones = {"zones": cluster["zones"]} if "zones" in cluster else {}
    return {key: {**zones, **settings} for key, settings in sorted(node_pools.items())}


def _registries(wrong: Wrong, projects: list[str]) -> dict[str, GcpGrantArgs]:
    for project in projects:
        if not PROJECT.fullmatch(project):
            wrong("registries", "must be ids of projects", project, "type one such as acme-images")
    role = NODE_GRANTS["registry"]["role"]
    return {f"registry-{project}": {"project": project, "role": role} for project in projects}


class GcpPlatform(pulumi.ComponentResource):
    """A Kubernetes environment on Google Cloud: network, service account, GKE cluster, node pools, in their order."""

    cluster_identifier: pulumi.Output[str]
    """Full name of the cluster, known beforehand: what a Kubernetes provider tells clusters apart by."""
    cluster_name: pulumi.Output[str]
    """Name of the cluster, once its nodes run."""
    contract: PlatformArgs
    """What tenants read of the platform, known beforehand."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig as JSON, once its nodes run; it holds no secret."""
    network_id: pulumi.Output[str]
    """Id of the network."""

    def __init__(self, name: str, args: GcpPlatformArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        want = plan(name, args)
        super().__init__("hedgerow:index:GcpPlatform", name, {**args, "contract": want.contract}, opts)
        self._called, self._args, self._want = name, args, want
        self._child = pulumi.ResourceOptions(parent=self)
        self._project = ProjectServices(name, {"project": args["project"]}, self._child).project_id
        network = self._network()
        self._nodes = GcpServiceAccount(
            f"{name}-nodes", {"grants": want.grants, "project": self._project}, self._child
        ).email
        cluster = self._cluster(network)
        joined = self._node_pools(cluster.cluster_name) or [cluster.cluster_name]
        self.cluster_identifier = pulumi.Output.from_input(want.cluster_identifier)
        self.cluster_name, self.contract = pulumi.Output.all(*joined).apply(lambda names: names[0]), want.contract
        self.kubeconfig = pulumi.Output.all(cluster.kubeconfig, *joined).apply(lambda known: known[0])
        self.network_id = network.network_id
        self.register_outputs(
            {
                "cluster_identifier": self.cluster_identifier,
                "cluster_name": self.cluster_name,
                "contract": self.contract,
                "kubeconfig": self.kubeconfig,
                "network_id": self.network_id,
            }
        )

    def _network(self) -> GcpNetwork:
        return GcpNetwork(
            self._called,
            {
                **self._args["network"],
                "pools": self._want.pools,
                "project": self._project,
                "protect": self._want.protect,
                "region": self._args["region"],
            },
            self._child,
        )

    def _cluster(self, network: GcpNetwork) -> GkeCluster | GkeAutopilotCluster:
        args = {
            **self._want.cluster,
            "labels": self._want.labels,
            "network_id": network.network_id,
            "node_service_account": self._nodes,
            "pods_range": network.pods_range,
            "project": self._project,
            "region": self._args["region"],
            "services_range": network.services_range,
            "subnetwork_id": network.subnetwork_id,
            "version": self._args["versions"]["kubernetes"],
        }
        if "autopilot" in self._args:
            return GkeAutopilotCluster(self._called, cast("GkeAutopilotClusterArgs", args), self._child)
        return GkeCluster(self._called, cast("GkeClusterArgs", args), self._child)

    def _node_pools(self, cluster_name: pulumi.Output[str]) -> list[pulumi.Output[str]]:
        """The cluster's name by every node pool, once its nodes have joined."""
        wired = {
            "cluster_name": cluster_name,
            "project": self._project,
            "region": self._args["region"],
            "resource_labels": self._want.labels,
            "service_account": self._nodes,
        }
        return [
            GkeNodePool(
                f"{self._called}-{key}", cast("GkeNodePoolArgs", {**settings, **wired}), self._child
            ).cluster_name
            for key, settings in self._want.node_pools.items()
        ]
