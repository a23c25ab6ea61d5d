"""Does it fit: the table of a cluster, and planted faults, each told with its numbers and nothing besides."""

from collections.abc import Mapping
from cProfile import Profile
from dataclasses import replace
from fractions import Fraction
from pstats import Stats
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.capacity import cluster
from hedgerow.graph import UNKNOWN, Resource, Snapshot, Views
from hedgerow.graph.capacity import Capacity, capacity
from hedgerow.graph.capacity.pod import Defaults, cost
from hedgerow.graph.sources.example import snapshot

from ..oracles.capacity import peak

Manifest = dict[str, Any]
MILLI_OF_LARGE = 2000 - 60 - 10 - 150
"""CPU of an m7i.large for pods: two processors, less kubelet's share of each and the system's daemons."""
SYSTEM_ONCE_MILLI = 200


def eks(*pools: Mapping[str, Any], addons: str = "{}", subnets: tuple[str, ...] = ()) -> list[Manifest]:
    """A cluster with node groups, and subnets that all of them lie in."""
    made: list[Manifest] = [
        {"type": "aws:eks/cluster:Cluster", "name": "main"},
        {
            "type": "aws:eks/addon:Addon",
            "name": "cni",
            "inputs": {"addonName": "vpc-cni", "configurationValues": addons},
        },
    ]
    made += [
        {"type": "aws:ec2/subnet:Subnet", "name": f"subnet-{index}", "inputs": {"cidrBlock": cidr}}
        for index, cidr in enumerate(subnets)
    ]
    ids = [f"<id of subnet-{index}>" for index, _ in enumerate(subnets)]
    for pool in pools:
        made.append(
            {
                "type": "aws:eks/nodeGroup:NodeGroup",
                "name": pool.get("name", "general"),
                "inputs": {
                    "instanceTypes": [pool.get("type", "m7i.large")],
                    "scalingConfig": {"minSize": pool.get("min", 1), "maxSize": pool.get("max", 3)},
                    "diskSize": 100,
                    "subnetIds": ids,
                    **pool.get("more", {}),
                },
            }
        )
    return made


def quota(namespace: str = "payments", **hard: str) -> Manifest:
    keys = {key.replace("__", "/").replace("_", "."): value for key, value in hard.items()}
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "quota", "namespace": namespace},
        "spec": {"hard": keys},
    }


def workload(kind: str = "Deployment", name: str = "api", *, pod: Any = None, **spec: Any) -> Manifest:
    requests = {"cpu": "500m"}
    template = {"spec": {"containers": [{"name": name, "resources": {"requests": requests}}], **(pod or {})}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "payments"},
        "spec": {**spec, "template": template},
    }


def scaled(most: Any, name: str = "api") -> Manifest:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": "payments"},
        "spec": {"maxReplicas": most, "scaleTargetRef": {"kind": "Deployment", "name": name}},
    }


def judged(objects: list[Manifest], resources: list[Manifest]) -> Capacity:
    found = capacity(Views(snapshot({"objects": objects, "resources": resources})))
    assert len(found) == 1
    return found[0]


def said(objects: list[Manifest], resources: list[Manifest]) -> list[tuple[str, str]]:
    return [(gap.kind, gap.message) for gap in judged(objects, resources).gaps]


def test_the_table_of_a_cluster() -> None:
    found = judged([quota(requests_cpu="2", pods="20"), workload(replicas=2), scaled(3)], eks({}))
    cpu, pods = found.row("cpu"), found.row("pods")
    assert cpu
    assert pods
    assert (cpu.promised, cpu.asked, cpu.unlimited) == (2000, 1500 + 500, 0)
    assert (cpu.least, cpu.most, cpu.kept) == (
        MILLI_OF_LARGE - SYSTEM_ONCE_MILLI,
        3 * MILLI_OF_LARGE - SYSTEM_ONCE_MILLI,
        0,
    )
    # m7i.large: three interfaces of ten addresses make 29 pods, four of them the system's, and two once in the cluster
    assert (pods.promised, pods.asked, pods.least, pods.most) == (20_000, 4000, 23_000, 73_000)
    assert (found.name, found.gaps, found.unknown) == ("EKS cluster 'main'", (), ())
    assert [str(each) for each in found.supplies] == ["1 to 3 general (m7i.large)"]


GPU_TAINT = {"taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}]}
PLANTED = {
    "quota over capacity": (
        [quota(requests_cpu="3"), quota("search", requests_cpu="2200m")],
        eks({}),
        (
            "promises",
            "EKS cluster 'main' holds cpu 5.14 at most, quotas promise 5.2; add nodes, or lower quotas by 0.06",
        ),
    ),
    "GPU quota without GPU pool": (
        [quota(requests_nvidia_com__gpu="4")],
        eks({}),
        (
            "contradiction",
            "ResourceQuota 'payments/quota' promises requests.nvidia.com/gpu 4, and no node pool has any; "
            'add a pool, or write "0"',
        ),
    ),
    "load balancers and no node ports": (
        [quota(services_loadbalancers="2", services_nodeports="0")],
        eks({}),
        (
            "contradiction",
            "ResourceQuota 'payments/quota' allows services.loadbalancers 2 and services.nodeports 0, so that a load "
            "balancer is refused its node ports; allow one for each of its ports",
        ),
    ),
    "surge over quota": (
        [quota(requests_cpu="1"), workload(replicas=2)],
        eks({}),
        (
            "surge",
            "Deployment 'payments/api' cannot roll: 1 more of its pods take requests.cpu 0.5 beside what runs, and "
            "ResourceQuota 'payments/quota' allows 1; raise it by 0.5, or give it maxSurge 0 and maxUnavailable 1",
        ),
    ),
    "HPA max beyond quota": (
        [quota(requests_cpu="2"), workload(replicas=1), scaled(5)],
        eks({}),
        (
            "quota",
            "ResourceQuota 'payments/quota' allows requests.cpu 2, its workloads ask for 2.5; raise it by 0.5, "
            "or lower them",
        ),
    ),
    "subnet too small for pods": (
        [quota(pods="60")],
        eks({}, subnets=("10.0.0.0/27", "10.0.0.32/27")),
        (
            "addresses",
            "EKS cluster 'main' can address 51 pods (2 subnets with 54 addresses), and has to run 60; "
            "widen the ranges by 9 addresses, or lower quotas",
        ),
    ),
    "subnet too small for nodes": (
        [quota(pods="1")],
        eks({"max": 13}, subnets=("10.0.0.0/28",)),
        (
            "addresses",
            "EKS cluster 'main' has too few addresses: 13 nodes take an address each, 13 in all, and there are 11 "
            "(1 subnets with 11 addresses); widen the range, or lower the most nodes",
        ),
    ),
    "a pod bigger than any node": (
        [
            workload(
                pod={"containers": [{"name": "api", "resources": {"requests": {"cpu": "1900m"}}}]},
                strategy={"type": "Recreate"},
            )
        ],
        eks({}),
        (
            "piece",
            "Deployment 'payments/api' finds no node: a pod of it (cpu 1.9) is larger than any node that lets it in; "
            "take larger machines",
        ),
    ),
    "taints that keep everything out": (
        [workload(strategy={"type": "Recreate"})],
        eks({"name": "gpu", "type": "g5.48xlarge", "more": GPU_TAINT}),
        (
            "piece",
            "Deployment 'payments/api' finds no node: no node pool lets it in, by taints, node selector or affinity; "
            "give it what one of them wants",
        ),
    ),
    "sums that fit and pieces that do not": (
        [
            workload(
                replicas=4,
                strategy={"type": "Recreate"},
                pod={"containers": [{"name": "api", "resources": {"requests": {"cpu": "1"}}}]},
            )
        ],
        eks({}),
        (
            "piece",
            "Deployment 'payments/api' finds no node: 1 of 4 pods (cpu 1) find no node left by first-fit decreasing; "
            "add nodes, or lower what it asks",
        ),
    ),
    "workloads beyond all nodes": (
        [workload(replicas=11, strategy={"type": "Recreate"})],
        eks({}),
        (
            "asks",
            "EKS cluster 'main' holds cpu 5.14 at most, its workloads ask for 5.5 at their peak; "
            "add nodes for 0.36, or lower them",
        ),
    ),
    "fewer pods than replicas": (
        [quota(pods="2"), workload(replicas=3)],
        eks({}),
        (
            "quota",
            "ResourceQuota 'payments/quota' allows pods 2, its workloads ask for 3; raise it by 1, or lower them",
        ),
    ),
    "limits below requests": (
        [quota(requests_memory="2Gi", limits_memory="1Gi")],
        eks({}),
        (
            "contradiction",
            "ResourceQuota 'payments/quota' allows limits.memory 1Gi and requests.memory 2Gi, which nobody uses up: "
            "no limit is less than its request; raise it to 2Gi",
        ),
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found_and_no_other(fault: str) -> None:
    objects, resources, wanted = PLANTED[fault]
    assert said(objects, resources) == [wanted]


def test_nodes_with_taints_are_for_those_that_tolerate_them() -> None:
    pools: tuple[Manifest, ...] = ({}, {"name": "gpu", "type": "g5.48xlarge", "min": 0, "max": 1, "more": GPU_TAINT})
    found = judged([quota(requests_cpu="100", requests_nvidia_com__gpu="8")], eks(*pools))
    assert [(gap.kind, gap.certain, gap.message) for gap in found.gaps] == [
        (
            "promises",
            False,
            "EKS cluster 'main' holds cpu 5.14 at most on nodes without taints, quotas promise 100; "
            "add nodes, or lower quotas by 94.86",
        )
    ]
    gpus = found.row("nvidia.com/gpu")
    assert gpus
    assert (gpus.promised, gpus.most, gpus.kept) == (8000, 0, 8000)


def test_pods_that_tolerate_the_taint_run_behind_it() -> None:
    toleration = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    pools = eks({"name": "gpu", "type": "g5.48xlarge", "more": GPU_TAINT})
    assert said([workload(pod={"tolerations": [toleration]})], pools) == []
    assert said([workload(pod={"tolerations": [{**toleration, "operator": "Equal", "value": "no"}]})], pools) != []


def test_node_selectors_pick_pools_by_the_labels_that_somebody_sets() -> None:
    pools = eks({"more": {"labels": {"team": "search"}}})
    assert said([workload(pod={"nodeSelector": {"team": "search"}})], pools) == []
    assert [kind for kind, _ in said([workload(pod={"nodeSelector": {"team": "payments"}})], pools)] == ["piece"]
    assert said([workload(pod={"nodeSelector": {"topology.kubernetes.io/zone": "b"}})], pools) == []


def test_daemons_run_on_every_node() -> None:
    found = judged([quota(requests_cpu="1"), workload("DaemonSet", "agent")], eks({}))
    assert [gap.message for gap in found.gaps] == [
        "ResourceQuota 'payments/quota' allows requests.cpu 1, its workloads ask for 1.5; raise it by 0.5, or lower them"
    ]
    assert found.gaps[0].witness == "DaemonSet 'payments/agent' 3 pods of 0.5"


@pytest.mark.parametrize(
    ("strategy", "more"),
    [
        ({"rollingUpdate": {"maxSurge": 1}}, 1),
        ({"rollingUpdate": {"maxSurge": "50%"}}, 2),
        ({"type": "OnDelete", "rollingUpdate": {"maxSurge": 1}}, 0),
        ({"rollingUpdate": {"maxUnavailable": 1}}, 0),
        ({}, 0),
    ],
)
def test_a_daemon_rolls_with_more_pods_only_where_it_says_so(strategy: Any, more: int) -> None:
    found = judged([quota(pods="3"), workload("DaemonSet", "agent", updateStrategy=strategy)], eks({}))
    pods = f"{more} more of its pods take pods {more} beside what runs, and ResourceQuota 'payments/quota' allows 3"
    fix = f"raise it by {more}, or give it maxSurge 0 and maxUnavailable 1"
    wanted = [f"DaemonSet 'payments/agent' cannot roll: {pods}; {fix}"] if more else []
    assert [gap.message for gap in found.gaps] == wanted


def test_a_surge_of_daemons_that_is_not_known_is_told() -> None:
    hidden = workload("DaemonSet", "agent", updateStrategy={"rollingUpdate": {"maxSurge": "<unknown>"}})
    found = judged([quota(pods="3"), hidden], eks({}))
    assert [gap.message for gap in found.of("surge")] == [
        "DaemonSet 'payments/agent' cannot be judged: it hangs on its maxSurge, not known yet"
    ]


def test_pods_on_the_network_of_their_node_take_no_address() -> None:
    objects = [
        quota(pods="9"),
        workload(replicas=4),
        workload("DaemonSet", "agent", pod={"hostNetwork": True}),
    ]
    rows = {row.resource: row for row in judged(objects, eks({}, subnets=("10.0.0.0/24",))).rows}
    assert (rows["pods"].asked, rows["addresses"].asked) == (8000, 5000)


def test_the_subnet_of_gke_holds_an_address_for_each_node() -> None:
    made = gke(range_="10.64.0.0/14", nodes=30, primary="10.0.0.0/27")
    assert [gap.message for gap in judged([quota(requests_cpu="1")], made).gaps] == [
        "GKE cluster 'main' has too few addresses: 30 nodes take an address each, 30 in all, and there are 28 "
        "(node range of the subnet); widen the range, or lower the most nodes"
    ]
    enough = gke(range_="10.64.0.0/14", nodes=28, primary="10.0.0.0/27")
    assert judged([quota(requests_cpu="1")], enough).gaps == ()


def gke(range_: str, nodes: int, primary: str) -> list[Manifest]:
    """A cluster in one zone with so many nodes, in a subnet of two ranges."""
    ranges = {"ipCidrRange": primary, "secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": range_}]}
    policy = {"clusterSecondaryRangeName": "pods"}
    cluster = {"subnetwork": "<id of subnet>", "location": "europe-west4-a", "ipAllocationPolicy": policy}
    pool = {"nodeConfig": {"machineType": "e2-standard-4"}, "nodeCount": nodes, "location": "europe-west4-a"}
    return [
        {"type": "gcp:compute/subnetwork:Subnetwork", "name": "subnet", "inputs": ranges},
        {"type": "gcp:container/cluster:Cluster", "name": "main", "inputs": cluster},
        {"type": "gcp:container/nodePool:NodePool", "name": "general", "inputs": pool},
    ]


def test_where_a_cluster_has_nodes_besides_nothing_is_too_much() -> None:
    group = {"type": "eks:index:NodeGroupV2", "name": "own"}
    found = judged([quota(requests_cpu="1000"), workload(replicas=500)], [*eks({}), group])
    assert (found.gaps, found.unknown) == ((), ("the nodes of self-managed group 'own'",))
    assert [gap.message for gap in found.doubts] == [
        "EKS cluster 'main' cannot be judged: it hangs on the nodes of self-managed group 'own', not known yet"
    ]


def test_a_second_slot_of_blue_and_green_is_counted() -> None:
    rollout = workload("Rollout", replicas=2, strategy={"blueGreen": {"activeService": "api"}})
    found = judged([quota(requests_cpu="10"), rollout], eks({}))
    cpu = found.row("cpu")
    assert cpu
    assert cpu.asked == 2000


def test_autopilot_has_no_pools_and_is_bounded_by_its_ranges() -> None:
    resources: list[Manifest] = [
        {
            "type": "gcp:compute/subnetwork:Subnetwork",
            "name": "main",
            "inputs": {
                "ipCidrRange": "10.1.0.0/24",
                "secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": "10.2.0.0/24"}],
            },
        },
        {
            "type": "gcp:container/cluster:Cluster",
            "name": "main",
            "inputs": {
                "enableAutopilot": True,
                "subnetwork": "<id of main>",
                "ipAllocationPolicy": {"clusterSecondaryRangeName": "pods"},
            },
        },
    ]
    resources[1]["inputs"]["subnetwork"] = "<id of subnet>"
    resources[0]["name"] = "subnet"
    found = judged([quota(requests_cpu="1000", pods="100")], resources)
    assert found.elastic == "Autopilot makes nodes as pods ask for them"
    assert [gap.message for gap in found.gaps] == [
        "GKE cluster 'main' can address 72 pods (pod range 10.2.0.0/24, room for 4 nodes), and has to run 100; "
        "widen the ranges by 28 addresses, or lower quotas"
    ]


def test_a_stack_of_tenants_alone_is_judged_by_the_contract() -> None:
    contract = {
        "label_prefix": "platform.example.com",
        "pools": {
            "general": {"instance_type": "m7i.large", "min": 1, "max": 3, "labels": {}, "taints": {}},
            "gpu": {
                "instance_type": "g5.48xlarge",
                "min": 0,
                "max": 1,
                "labels": {},
                "taints": {"nvidia.com/gpu": "present:NoSchedule"},
            },
        },
    }
    platform = [{"type": "hedgerow:index:ExistingPlatform", "name": "main", "inputs": {"contract": contract}}]
    found = judged([quota(requests_cpu="4", requests_nvidia_com__gpu="9")], platform)
    assert [str(each) for each in found.supplies] == ["1 to 3 general (m7i.large)", "0 to 1 gpu (g5.48xlarge)"]
    assert [(gap.kind, gap.message) for gap in found.gaps] == [
        (
            "promises",
            "platform 'main' holds nvidia.com/gpu 8 at most, quotas promise 9; add nodes, or lower quotas by 1",
        )
    ]
    assert found.unknown == ("the disks of node pool 'general'", "the disks of node pool 'gpu'")


def test_what_is_not_known_is_said_and_is_no_gap() -> None:
    found = judged([quota(requests_cpu="1000"), workload(replicas="<unknown>")], eks({"max": "<unknown>"}))
    assert found.gaps == ()
    assert found.unknown == ("max of node pool 'general'", "replicas of Deployment 'payments/api'")
    assert [(doubt.kind, doubt.message) for doubt in found.doubts] == [
        (
            "quota",
            "ResourceQuota 'payments/quota' cannot be judged: it hangs on replicas of Deployment 'payments/api', "
            "not known yet",
        ),
        (
            "surge",
            "ResourceQuota 'payments/quota' cannot be judged: it hangs on replicas of Deployment 'payments/api', "
            "not known yet",
        ),
        ("promises", "EKS cluster 'main' cannot be judged: it hangs on max of node pool 'general', not known yet"),
    ]


def test_a_folder_without_nodes_is_judged_as_far_as_it_goes() -> None:
    found = judged([quota(requests_cpu="1"), workload(replicas=3)], [])
    assert [gap.kind for gap in found.gaps] == ["quota"]
    assert found.unknown == ("what nodes hold: no node pool is declared here",)


def test_a_snapshot_without_workloads_and_quotas_has_no_table() -> None:
    assert capacity(Views(snapshot({"resources": eks({})}))) == ()


AMOUNT = st.sampled_from(["1m", "100m", "250m", "1", "2"])
RESOURCES: st.SearchStrategy[Manifest] = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"requests": st.fixed_dictionaries({"cpu": AMOUNT})}),
    st.fixed_dictionaries({"limits": st.fixed_dictionaries({"cpu": AMOUNT})}),
    st.fixed_dictionaries(
        {"requests": st.fixed_dictionaries({"cpu": AMOUNT}), "limits": st.fixed_dictionaries({"cpu": AMOUNT})}
    ),
)
CONTAINER = st.fixed_dictionaries({"resources": RESOURCES})
INIT = st.one_of(CONTAINER, st.fixed_dictionaries({"resources": RESOURCES, "restartPolicy": st.just("Always")}))
SPEC = st.fixed_dictionaries(
    {"containers": st.lists(CONTAINER, min_size=1, max_size=3)},
    optional={
        "initContainers": st.lists(INIT, max_size=4),
        "overhead": st.fixed_dictionaries({"cpu": AMOUNT}),
    },
)


@given(SPEC, st.sampled_from([0, 100]))
def test_a_pod_costs_what_its_largest_moment_does(spec: Manifest, default: int) -> None:
    found = cost(spec, Defaults({"cpu": default}, {}))
    assert Fraction(found.requests.get("cpu", 0), 1000) == peak(spec, "cpu", Fraction(default, 1000))
    assert found.unknown == ()


@given(SPEC, st.integers(0, 3))
def test_a_pod_of_which_less_is_known_asks_for_no_more(spec: Manifest, which: int) -> None:
    before = cost(spec, Defaults({"cpu": 100}, {})).requests.get("cpu", 0)
    every = [*spec["containers"], *spec.get("initContainers", [])]
    every[which % len(every)]["resources"] = UNKNOWN
    after = cost(spec, Defaults({"cpu": 100}, {}))
    assert after.requests.get("cpu", 0) <= before
    assert after.unknown == ("resources of containers",)


def test_a_pod_may_say_what_it_needs_as_a_whole() -> None:
    container = {"resources": {"requests": {"cpu": "2", "memory": "1Gi"}}}
    spec = {"containers": [container], "resources": {"requests": {"cpu": "1"}}}
    assert cost(spec, Defaults()).requests == {"cpu": 1000, "memory": 1024**3 * 1000}


@given(st.integers(1, 40), st.integers(0, 5))
def test_more_nodes_never_hold_less(most: int, more: int) -> None:
    objects = [quota(requests_cpu="20", pods="100"), workload(replicas=6)]
    small, large = judged(objects, eks({"max": most})), judged(objects, eks({"max": most + more}))
    for one, other in zip(small.rows, large.rows, strict=True):
        assert (one.resource, one.promised, one.asked) == (other.resource, other.promised, other.asked)
        assert other.most is one.most or (one.most is not None and other.most is not None and one.most <= other.most)
    assert {gap.kind for gap in large.gaps} <= {gap.kind for gap in small.gaps}


@given(st.permutations(range(5)))
def test_the_order_of_the_objects_does_not_matter(order: list[int]) -> None:
    objects = [
        quota(requests_cpu="1"),
        workload(replicas=2),
        workload(name="worker", replicas=3),
        scaled(4),
        quota("search", requests_cpu="2"),
    ]
    assert said([objects[index] for index in order], eks({})) == said(objects, eks({}))


def test_what_no_table_knows_of_nodes_is_taken_to_be_enough() -> None:
    """Huge pages, and devices that plugins of their own offer."""
    asks = {"requests": {"cpu": "1", "hugepages-2Mi": "1Gi", "example.com/fuse": "1"}}
    pod = {"containers": [{"name": "api", "resources": asks}]}
    found = judged([quota(requests_example_com__fuse="9"), workload(pod=pod)], eks({}))
    assert found.gaps == ()
    assert [(row.resource, row.most) for row in found.rows if "/" in row.resource] == [("example.com/fuse", None)]


def test_disks_that_the_contract_does_not_tell_keep_no_pod_out() -> None:
    pools = {"general": {"instance_type": "m7i.large", "min": 1, "max": 3, "labels": {}, "taints": {}}}
    contract = {"label_prefix": "platform.example.com", "pools": pools}
    platform = [{"type": "hedgerow:index:ExistingPlatform", "name": "main", "inputs": {"contract": contract}}]
    pod = {"containers": [{"name": "api", "resources": {"requests": {"ephemeral-storage": "1Gi"}}}]}
    found = judged([workload(pod=pod)], platform)
    assert (found.gaps, found.unknown) == ((), ("the disks of node pool 'general'",))


@pytest.mark.parametrize(("allocate", "kinds"), [(False, []), (True, ["contradiction"]), (None, ["contradiction"])])
def test_load_balancers_that_ask_for_no_node_ports_need_none(allocate: bool | None, kinds: list[str]) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "front", "namespace": "payments"},
        "spec": {"type": "LoadBalancer", "allocateLoadBalancerNodePorts": allocate},
    }
    objects = [quota(services_loadbalancers="1", services_nodeports="0"), service]
    assert [kind for kind, _ in said(objects, eks({}))] == kinds


def test_the_cost_follows_the_number_of_namespaces() -> None:
    """Counted in calls, which no busy machine changes."""

    def calls(namespaces: int) -> int:
        views, profile = Views(cluster(namespaces)), Profile()
        _ = views.fences
        profile.runcall(capacity, views)
        return int(Stats(profile).total_calls)  # type: ignore[attr-defined]

    assert calls(80) < 4.4 * calls(20)


@given(st.lists(st.tuples(SPEC, st.integers(0, 5), st.sampled_from([None, 1, 7])), max_size=4))
def test_workloads_ask_for_the_sum_of_their_largest_moments(given_: list[tuple[Manifest, int, int | None]]) -> None:
    objects = [quota(requests_cpu="1")]
    want = Fraction(0)
    for index, (spec, replicas, most) in enumerate(given_):
        name = f"api-{index}"
        objects.append(workload(name=name, pod=spec, replicas=replicas, strategy={"type": "Recreate"}))
        objects += [scaled(most, name)] if most else []
        want += peak(spec, "cpu", Fraction(0)) * (most or replicas)
    row = judged(objects, eks({})).row("cpu")
    assert row
    assert Fraction(row.asked, 1000) == want


def test_two_providers_of_one_cluster_are_judged_together() -> None:
    nodes = snapshot({"resources": eks({})}).resources
    cluster_urn = next(item.urn for item in nodes if item.type == "aws:eks/cluster:Cluster")
    made = list(nodes)
    for name in ("payments", "search"):
        provider = Resource(
            f"urn::{name}", "pulumi:providers:kubernetes", name, property_dependencies={"kubeconfig": (cluster_urn,)}
        )
        objects = snapshot({"objects": [quota(name, requests_cpu="3")]}).resources
        made += [provider, *(replace(item, provider=provider.urn) for item in objects)]
    (found,) = capacity(Views(Snapshot.of("shop", "dev", made)))
    assert [(gap.kind, gap.message) for gap in found.gaps] == [
        (
            "promises",
            "EKS cluster 'main' holds cpu 5.14 at most, quotas promise 6; add nodes, or lower quotas by 0.86",
        )
    ]


def test_a_provider_of_a_cluster_that_nobody_knows_stands_alone() -> None:
    nodes = snapshot({"resources": [*eks({}), {"type": "aws:eks/cluster:Cluster", "name": "other"}]}).resources
    provider = Resource("urn::provider", "pulumi:providers:kubernetes", "provider")
    objects = snapshot({"objects": [quota(requests_cpu="3")]}).resources
    placed = [replace(item, provider=provider.urn) for item in objects]
    (found,) = capacity(Views(Snapshot.of("shop", "dev", [*nodes, provider, *placed])))
    assert (found.name, found.gaps, found.unknown) == (
        "the cluster",
        (),
        ("what nodes hold: no node pool is declared here",),
    )
