"""The nodes of the examples hold the quotas of their tenants. The arithmetic is written out here, apart from the code's.

CPU: kubelet keeps 6 % of the first processor, 1 % of the second, 0.5 % of the next two and 0.25 % of the others (EKS user
guide, nodeadm). Memory: EC2's figure less 7.5 % for firmware and kernel, 255 MiB and 11 MiB a pod for kubelet, 100 MiB
kept from eviction. Disk: 1 % for the file system, 10 % kept from eviction, 1 GiB for kubelet. Each node gives 150m CPU to
aws-node and kube-proxy; coredns asks 200m CPU and 140Mi once.

GKE (documentation, node sizing): the same of CPU; of memory 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8,
6 % up to 128 GiB and 2 % above, and 100 MiB kept from eviction, of what firmware and kernel leave (7.5 % less, as on EC2); of
disk 10 % kept from eviction and half of it, 6 GiB + 35 % or 100 GiB, whichever is least. Each node gives 500m CPU, 1 GiB and
14 pods to what GKE runs there, and once 1000m and 2 GiB to what it runs in the cluster: rounded up, none of it measured.
"""

from dataclasses import dataclass
from fractions import Fraction

import pytest

from components.k8s.tenant import plan as plan_tenant
from stacks.fences import STAND_IN_PLATFORM

from .folder import STACKS, read

GIB = 1024
NODE_DAEMONS_MILLI = 150
COREDNS_MILLI, COREDNS_MIB = 200, 140


@dataclass(frozen=True)
class Node:
    """Of EC2's documentation: processors, memory, network interfaces and addresses on each, NVIDIA GPUs."""

    cpus: int
    memory_gib: int
    interfaces: int
    addresses: int
    gpus: int = 0

    @property
    def pods(self) -> int:
        return self.interfaces * (self.addresses - 1) + 2

    @property
    def milli(self) -> Fraction:
        kept = Fraction(60 + 10 + 5 + 5) + Fraction(5, 2) * (self.cpus - 4)
        return 1000 * self.cpus - kept - NODE_DAEMONS_MILLI

    @property
    def mib(self) -> Fraction:
        return Fraction(self.memory_gib * GIB * 925, 1000) - 255 - 11 * self.pods - 100


NODES = {
    "m7i.2xlarge": Node(8, 32, 4, 15),
    "m7i.8xlarge": Node(32, 128, 8, 30),
    "g5.48xlarge": Node(192, 768, 7, 50, gpus=8),
}
UNITS = {"Mi": Fraction(1), "Gi": Fraction(GIB), "Ti": Fraction(GIB**2)}


def mib(text: str) -> Fraction:
    return int(text[:-2]) * UNITS[text[-2:]]


@pytest.mark.parametrize("stack", ["aws-dev", "aws-prod"])
def test_the_nodes_hold_what_the_quotas_promise(stack: str) -> None:
    settings = read(STACKS, stack)
    assert settings.aws
    asked = [
        plan_tenant(name, {**fence, "platform": STAND_IN_PLATFORM}).quota["spec"]["hard"]  # type: ignore[typeddict-item]
        for name, fence in settings.tenants.items()
    ]
    groups = settings.aws["node_groups"]
    general, most = NODES[groups["general"]["instance_types"][0]], groups["general"]["max"]
    disk = (Fraction(groups["general"]["disk_gib"] * 99, 100) * Fraction(9, 10) - 1) * GIB
    # Tenants' pods tolerate no taint of their own accord, so the general group alone must hold everything but GPUs.
    assert sum(int(each["requests.cpu"]) * 1000 for each in asked) + COREDNS_MILLI <= most * general.milli
    assert sum(mib(each["requests.memory"]) for each in asked) + COREDNS_MIB <= most * general.mib
    assert sum(mib(each["requests.ephemeral-storage"]) for each in asked) <= most * disk
    assert sum(int(each["pods"]) for each in asked) <= most * (general.pods - 4)
    gpus = sum(NODES[group["instance_types"][0]].gpus * group["max"] for group in groups.values())
    assert sum(int(each["requests.nvidia.com/gpu"]) for each in asked) <= gpus


@dataclass(frozen=True)
class GkeNode:
    """Of Compute Engine's documentation: processors, memory, NVIDIA GPUs."""

    cpus: int
    memory_gib: int
    gpus: int = 0
    pods = 110

    @property
    def milli(self) -> Fraction:
        kept = Fraction(60 + 10 + 5 + 5) + Fraction(5, 2) * (self.cpus - 4)
        return 1000 * self.cpus - kept - 500

    @property
    def mib(self) -> Fraction:
        steps = [(4, 25), (4, 20), (8, 10), (112, 6), (10**6, 2)]
        kept, left = Fraction(100 + GIB), Fraction(self.memory_gib)
        for size, percent in steps:
            kept += min(left, size) * GIB * Fraction(percent, 100)
            left = max(left - size, Fraction(0))
        return Fraction(self.memory_gib * GIB * 925, 1000) - kept

    @staticmethod
    def disk_mib(gib: int) -> Fraction:
        whole = Fraction(gib * 99, 100)
        kept = min(whole / 2, 6 + whole * Fraction(35, 100), Fraction(100))
        return (whole * Fraction(9, 10) - kept) * GIB


GKE_NODES = {"n2-standard-32": GkeNode(32, 128), "g2-standard-96": GkeNode(96, 384, gpus=8)}


def test_the_pools_of_google_cloud_hold_what_the_quotas_promise() -> None:
    settings = read(STACKS, "gcp-prod")
    assert settings.gcp
    asked = [
        plan_tenant(name, {**fence, "platform": STAND_IN_PLATFORM}).quota["spec"]["hard"]  # type: ignore[typeddict-item]
        for name, fence in settings.tenants.items()
    ]
    pools = settings.gcp["node_pools"]
    general, most = GKE_NODES[pools["general"]["machine_type"]], pools["general"]["max"]
    assert sum(int(each["requests.cpu"]) for each in asked) == 800
    assert most * general.milli >= 800 * 1000 + 1000
    assert sum(mib(each["requests.memory"]) for each in asked) + 2 * GIB <= most * general.mib
    disk = GkeNode.disk_mib(pools["general"]["disk_gib"])
    assert sum(mib(each["requests.ephemeral-storage"]) for each in asked) <= most * disk
    assert sum(int(each["pods"]) for each in asked) <= most * (general.pods - 14)
    gpus = sum(GKE_NODES[pool["machine_type"]].gpus * pool["max"] for pool in pools.values())
    assert sum(int(each["requests.nvidia.com/gpu"]) for each in asked) == 100 <= gpus == 104


def test_the_network_of_autopilot_holds_the_pods_of_the_quotas() -> None:
    """32 pods a node, 14 of them GKE's own, on the 100 nodes that the ranges are made for."""
    settings = read(STACKS, "gcp-dev")
    assert settings.gcp
    assert settings.gcp["autopilot"] == {}
    asked = [
        plan_tenant(name, {**fence, "platform": STAND_IN_PLATFORM}).quota["spec"]["hard"]  # type: ignore[typeddict-item]
        for name, fence in settings.tenants.items()
    ]
    assert sum(int(each["pods"]) for each in asked) <= 100 * (32 - 14)


@pytest.mark.parametrize("type_", GKE_NODES)
def test_the_table_of_google_cloud_says_the_same(type_: str) -> None:
    from hedgerow.facts.gcp.machines import machine

    found, node = machine(type_), GKE_NODES[type_]
    assert (found.vcpu, found.memory_mib, found.gpus) == (node.cpus, node.memory_gib * GIB, node.gpus)


def test_the_quotas_are_those_that_are_asked_for() -> None:
    """100 CPU each in dev and no GPU; 400 CPU each in prod, and 100 GPU for search alone."""
    quotas = {}
    for stack in ("aws-dev", "aws-prod", "gcp-dev", "gcp-prod"):
        for name, fence in read(STACKS, stack).tenants.items():
            hard = plan_tenant(name, {**fence, "platform": STAND_IN_PLATFORM}).quota["spec"]["hard"]  # type: ignore[typeddict-item]
            quotas[stack, name] = hard["requests.cpu"], hard["requests.nvidia.com/gpu"]
    assert quotas == {
        ("aws-dev", "payments"): ("100", "0"),
        ("aws-dev", "search"): ("100", "0"),
        ("aws-prod", "payments"): ("400", "0"),
        ("aws-prod", "search"): ("400", "100"),
        ("gcp-dev", "payments"): ("100", "0"),
        ("gcp-dev", "search"): ("100", "0"),
        ("gcp-prod", "payments"): ("400", "0"),
        ("gcp-prod", "search"): ("400", "100"),
    }


def test_gpus_come_from_13_nodes_of_8() -> None:
    settings = read(STACKS, "aws-prod")
    assert settings.aws
    gpu = settings.aws["node_groups"]["gpu"]
    assert (gpu["max"], [NODES[type_].gpus for type_ in gpu["instance_types"]]) == (13, [8])


@pytest.mark.parametrize("type_", NODES)
def test_the_table_says_the_same_of_the_nodes(type_: str) -> None:
    from hedgerow.facts.aws.instances import allocatable, instance, max_pods

    found, node = instance(type_), NODES[type_]
    room = allocatable(found, max_pods(found))
    assert (found.gpus, max_pods(found)) == (node.gpus, node.pods)
    assert abs(room.cpu_milli - NODE_DAEMONS_MILLI - node.milli) < 1
    assert abs(room.memory_mib - node.mib) < 1


@pytest.mark.parametrize("type_", [*NODES, *GKE_NODES])
def test_the_analysis_gives_a_node_what_is_written_out_here(type_: str) -> None:
    from hedgerow.graph import Resource
    from hedgerow.graph.capacity.nodes import supply
    from hedgerow.graph.capacity.pools import Pool

    node, cloud = (NODES[type_], "aws") if type_ in NODES else (GKE_NODES[type_], "gcp")
    found = supply(Pool(Resource("urn", "", type_), type_, cloud, "", [type_], 0, 1, {}, (), 320))
    assert found.each
    each = {resource: Fraction(amount, 1000) for resource, amount in found.each.items()}
    daemons = 4 if cloud == "aws" else 14
    disk = (Fraction(320 * 99, 100) * Fraction(9, 10) - 1) * GIB if cloud == "aws" else GkeNode.disk_mib(320)
    assert abs(each["cpu"] * 1000 - node.milli) < 1
    assert abs(each["memory"] / GIB**2 - node.mib) <= 2
    assert abs(each["ephemeral-storage"] / GIB**2 - disk) <= 1
    # EKS writes no more than 250 pods into the nodes of a managed group.
    assert (each["pods"], each["nvidia.com/gpu"]) == (min(node.pods, 250) - daemons, node.gpus)
