"""A workload in a tenant's namespace: pods that run all the time, hardened, probed, reached by nobody unnamed."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from hedgerow.facts import labels

from ..shared.inputs import ABSENT, Wrong, checking
from ..shared.platform import PlatformArgs
from ..shared.presets import PRESETS
from ..shared.waiting import ready
from . import isolation, quota, room, service, ways
from .containers import ContainerArgs
from .contract import Contract, read_contract
from .limits import limit_range
from .pods import Pods, Rollout, RolloutArgs, read_pods, read_rollout
from .ports import Ports
from .quota import TenantQuotaArgs
from .ways import TenantPodsArgs

LETTER_FIRST = re.compile(r"[a-z]")
OF_THE_NAMESPACE = "default"
STAND_IN: TenantQuotaArgs = {"cpu": "100"}
"""Stands for a quota that cannot be read, so that the rest is judged in the same report."""

Manifest = dict[str, Any]


class WorkloadArgs(TypedDict):
    containers: dict[str, ContainerArgs]
    """Containers of each pod by name; they share its address and its volumes."""
    platform: PlatformArgs
    """The cluster it is on, as its platform component gives it."""
    quota: TenantQuotaArgs
    """What its tenant may use in all, as the Tenant has it; every replica must fit."""
    tenant: pulumi.Input[str]
    """Namespace of its tenant, as the Tenant gives it: it waits for the fences."""
    allow_from: NotRequired[dict[str, list[str]]]
    """Workloads of other tenants that reach it, such as `{search/index: [TCP/8080]}`. Default: none."""
    allow_from_pods: NotRequired[dict[str, TenantPodsArgs]]
    """Other tenants' pods that reach it, told by their labels, each under a name of your own. Default: none."""
    allow_to: NotRequired[dict[str, list[str]]]
    """Workloads of other tenants that it reaches; the other side of their `allow_from`. Default: none."""
    cloud_identity: NotRequired[bool]
    """Whether its pods may ask the cloud who they are, and act as that. Default: `false`."""
    load_balancer: NotRequired[str]
    """Who reaches it by a load balancer: `internal` the network, `public` the internet. Default: nobody."""
    name: NotRequired[str]
    """Its name in the namespace, and that of its Service. Default: the name of the component."""
    replicas: NotRequired[int]
    """Pods. Default: `1` in dev, `2` in staging and prod."""
    rollout: NotRequired[RolloutArgs]
    """How a new version takes over. Default: by a quarter of `replicas` more, and none missing."""
    sidecars: NotRequired[dict[str, ContainerArgs]]
    """Containers that start before the others and end after them. Default: none."""
    volumes: NotRequired[dict[str, str]]
    """Space that the containers of a pod share, by name, each with its most, such as `64Mi`. Default: none."""


@dataclass(frozen=True)
class WorkloadPlan:
    """The manifests of a workload, its network policies by role. `needs`: what it takes of its tenant's quota."""

    service_account: Manifest
    deployment: Manifest
    service: Manifest | None
    network_policies: dict[str, Manifest]
    needs: dict[str, Fraction]


def plan(name: str, args: WorkloadArgs) -> WorkloadPlan:
    with checking("Workload", name, args, WorkloadArgs) as wrong:
        own, balancer = args.get("name", name), args.get("load_balancer", "")
        _check_name(wrong, own)
        contract = read_contract(wrong, args["platform"])
        hard = quota.hard(wrong, args["quota"])
        pods = read_pods(wrong, args, limit_range(hard or quota.hard(Wrong(), STAND_IN))[0])
        ports = service.ports_of(wrong, {"containers": pods.containers, "sidecars": pods.sidecars})
        service.check_load_balancer(wrong, balancer, ports)
        opened = _ways(wrong, own, args, contract, ports)
        rollout = read_rollout(wrong, args, PRESETS.get(contract.environment, PRESETS["prod"]).replicas)
        needs = _needs(wrong, hard, pods, rollout, service.needs(ports, balancer))
    spec = {**rollout.manifest(), **pods.manifest(own, ways.pods_of(own))}
    annotations = contract.load_balancers.get(balancer)

    def inside(api: str, kind: str, of: str, body: Manifest, annotations: dict[str, str] | None = None) -> Manifest:
        marks = {ways.NAME: own, labels.managed(contract.label_prefix): "true"}
        noted = {"annotations": annotations} if annotations else {}
        metadata = {"name": of, "namespace": args["tenant"], "labels": marks, **noted}
        return {"apiVersion": api, "kind": kind, "metadata": metadata, **body}

    return WorkloadPlan(
        inside("v1", "ServiceAccount", own, {"automountServiceAccountToken": False}),
        inside("apps/v1", "Deployment", own, {"spec": spec}),
        inside("v1", "Service", own, {"spec": service.spec(own, ports, balancer)}, annotations) if ports else None,
        {of: inside(isolation.API, "NetworkPolicy", f"{own}.{of}", {"spec": each}) for of, each in opened.items()},
        needs,
    )


def _check_name(wrong: Wrong, name: str) -> None:
    if problem := labels.name_problem(name):
        wrong("name", problem, name, "rename the workload")
    elif not LETTER_FIRST.match(name):
        wrong("name", "must begin with a letter, as the name of a Service", name, "rename the workload")
    elif name == OF_THE_NAMESPACE:
        wrong("name", "must not be that of the namespace's own service account", name, "rename the workload")


def _ways(
    wrong: Wrong, own: str, args: WorkloadArgs, contract: Contract, ports: dict[str, Ports]
) -> dict[str, dict[str, Any]]:
    """The spec of every NetworkPolicy by role."""
    balancer, identity = args.get("load_balancer", ""), args.get("cloud_identity", False)
    into = ways.read_workloads(wrong, "allow_from", args["tenant"], args.get("allow_from", {}))
    into += ways.read_pods(wrong, "allow_from_pods", args["tenant"], args.get("allow_from_pods", {}))
    out = ways.read_workloads(wrong, "allow_to", args["tenant"], args.get("allow_to", {}))
    service.check_peers(wrong, into, ports)
    ways.check_platform(wrong, contract, balancer, identity=identity)
    return {
        **ways.inward(own, into),
        **ways.outward(own, out),
        **(ways.from_load_balancer(own, contract, balancer, ports.values()) if balancer else {}),
        **(ways.to_identity(own, contract) if identity else {}),
    }


def _needs(
    wrong: Wrong, hard: dict[str, str], pods: Pods, rollout: Rollout, balanced: dict[str, Fraction]
) -> dict[str, Fraction]:
    """What it takes of its tenant's quota at most; what does not fit is reported."""
    taken = room.of_pods((container.sizes for container in pods.every), rollout.replicas + rollout.surge)
    room.check_room(wrong, ("replicas",), hard, taken, f"{rollout} take", rollout.replicas)
    room.check_room(wrong, ("load_balancer",), hard, balanced, "its Service takes", ABSENT)
    return room.together([taken, balanced])


class Workload(pulumi.ComponentResource):
    """A workload in a tenant's namespace: pods that run all the time, hardened, probed, reached by nobody unnamed."""

    service: pulumi.Output[str]
    """Name of its Service, known once the pods behind it are ready; empty where it listens on no port."""

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:Workload", name, dict(args), opts)
        want, child = plan(name, args), pulumi.ResourceOptions(parent=self)
        account = k8s.core.v1.ServiceAccount(
            name,
            metadata=want.service_account["metadata"],
            automount_service_account_token=want.service_account["automountServiceAccountToken"],
            opts=child,
        )
        # Before the pods: until its ways are open, and its account is there, none of them would get far.
        policies = [
            k8s.networking.v1.NetworkPolicy(
                f"{name}-{of}", metadata=manifest["metadata"], spec=manifest["spec"], opts=child
            )
            for of, manifest in want.network_policies.items()
        ]
        after = pulumi.ResourceOptions(parent=self, depends_on=[account, *policies])
        deployment = k8s.apps.v1.Deployment(
            name, metadata=want.deployment["metadata"], spec=want.deployment["spec"], opts=after
        )
        made: list[pulumi.Resource] = [deployment]
        if want.service:
            behind = pulumi.ResourceOptions(parent=self, depends_on=[deployment])
            made.append(
                k8s.core.v1.Service(name, metadata=want.service["metadata"], spec=want.service["spec"], opts=behind)
            )
        known = want.service["metadata"]["name"] if want.service else ""
        self.service = ready(known, *made)
        self.register_outputs({"service": self.service})
