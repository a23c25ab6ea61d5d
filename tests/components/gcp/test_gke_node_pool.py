from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gcp import GkeNodePool
from components.gcp.gke_node_pool import GkeCapacity, GkeNodePoolPlan, plan
from hedgerow.facts import table
from hedgerow.facts.gcp.machines import MACHINES
from hedgerow.graph import Resource
from tests.components.support import refusals
from tests.support import record

from .examples import GKE_NODE_POOL

SMALLEST = GKE_NODE_POOL["smallest"]
FULLEST = GKE_NODE_POOL["fullest"]


def planned(**args: Any) -> GkeNodePoolPlan:
    return plan("primary", {**SMALLEST, **args})  # type: ignore[typeddict-item]


def recorded(args: Any) -> Resource:
    (pool,) = record(lambda: GkeNodePool("primary", args)).of_type("gcp:container/nodePool:NodePool")
    return pool


def test_what_is_not_said_is_safe() -> None:
    assert planned() == GkeNodePoolPlan(
        capacity=GkeCapacity.ON_DEMAND,
        disk_gib=50,
        disk_type="pd-balanced",
        gpu=None,
        labels={},
        machine_type="n2-standard-8",
        max=14,
        min=1,
        pods_per_node=110,
        resource_labels={},
        surge=1,
        taints={},
        zones=(),
    )


def test_every_pool_is_hardened_and_named_by_the_provider() -> None:
    """Without a fixed name a new pool is there before the old one goes."""
    for args in (SMALLEST, FULLEST):
        pool = recorded(args)
        nodes = pool.inputs["nodeConfig"]
        assert "name" not in pool.inputs
        assert nodes["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}
        assert nodes["shieldedInstanceConfig"] == {"enableIntegrityMonitoring": True, "enableSecureBoot": True}
        assert nodes["kubeletConfig"] == {"insecureKubeletReadonlyPortEnabled": "FALSE"}
        assert nodes["metadata"] == {"disable-legacy-endpoints": "true"}
        assert nodes["oauthScopes"] == ["https://www.googleapis.com/auth/cloud-platform"]
        assert "nodeCount" not in pool.inputs
        assert "initialNodeCount" in pool.ignore_changes


@pytest.mark.parametrize(
    ("machine_type", "gpu", "taints"),
    [
        ("n2-standard-8", None, {}),
        ("g2-standard-24", ("nvidia-l4", 2), {"nvidia.com/gpu": ("present", "NoSchedule")}),
        ("a3-megagpu-8g", ("nvidia-h100-mega-80gb", 8), {"nvidia.com/gpu": ("present", "NoSchedule")}),
        ("c4a-standard-8", None, {"kubernetes.io/arch": ("arm64", "NoSchedule")}),
    ],
)
def test_gpus_and_arm_come_with_the_machine_type_and_with_the_taints_that_gke_sets(
    machine_type: str, gpu: Any, taints: Any
) -> None:
    want = planned(machine_type=machine_type)
    assert (want.gpu, want.taints) == (gpu, taints)


def test_taints_of_ones_own_stand_beside_those_that_gke_sets() -> None:
    want = planned(machine_type="g2-standard-4", taints={"team": {"effect": "NoExecute", "value": "ml"}})
    assert want.taints == {"nvidia.com/gpu": ("present", "NoSchedule"), "team": ("ml", "NoExecute")}


@pytest.mark.parametrize(
    ("machine_type", "disk"),
    [("e2-medium", "pd-balanced"), ("n4-standard-8", None), ("c4a-standard-8", None)],
)
def test_the_disk_is_one_that_the_machine_can_start_from(machine_type: str, disk: str | None) -> None:
    assert planned(machine_type=machine_type).disk_type == disk
    nodes = recorded({**SMALLEST, "machine_type": machine_type}).inputs["nodeConfig"]
    assert nodes.get("diskType") == disk


def test_an_upgrade_without_surge_takes_a_node_away_instead() -> None:
    assert recorded(SMALLEST).inputs["upgradeSettings"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert recorded(FULLEST).inputs["upgradeSettings"] == {"maxSurge": 0, "maxUnavailable": 1}


@pytest.mark.parametrize("surge", [0, 1, 2, 19, 20])
def test_an_upgrade_takes_one_to_twenty_nodes_at_a_time(surge: int) -> None:
    """GKE takes no settings that upgrade nothing, and none of more than 20 nodes."""
    settings = recorded({**SMALLEST, "max_surge": surge}).inputs["upgradeSettings"]
    assert 1 <= settings["maxSurge"] + settings["maxUnavailable"] <= 20


@pytest.mark.parametrize(
    ("args", "most", "first"),
    [
        ({"max": 14}, 17, 1),
        ({"max": 14, "max_surge": 0}, 14, 1),
        ({"max": 14, "max_surge": 2, "zones": ["a", "b"]}, 18, 1),
        ({"max": 14, "min": 7, "zones": ["a", "b"]}, 16, 4),
        ({"max": 2, "min": 1}, 5, 0),
        ({"max": 14, "min": 0}, 17, 0),
    ],
)
def test_surge_and_first_nodes_are_counted_by_zone(args: dict[str, Any], most: int, first: int) -> None:
    want = planned(**args)
    assert (want.most_nodes, want.first_nodes) == (most, first)


@given(st.integers(1, 50), st.integers(0, 50), st.integers(1, 4))
def test_a_pool_never_starts_with_more_nodes_than_it_may_have(most: int, least: int, zones: int) -> None:
    want = planned(max=most, min=min(least, most), region="us-central1", zones=list("abcd"[:zones]))
    started = want.first_nodes * zones
    assert started <= most
    assert started >= want.min or started + zones > most


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            {"machine_type": "n2-standrd-8"},
            f"machine_type is not in the table ({table.source(MACHINES)}), got 'n2-standrd-8'; "
            "did you mean n2-standard-8 or n2d-standard-8 or n2-standard-80?",
        ),
        (
            {"gpu": {"count": 1, "type": "nvidia-l4"}, "machine_type": "g2-standard-4"},
            "gpu must be left out, g2-standard-4 has 1 nvidia-l4 of its own, got {'count': 1, 'type': 'nvidia-l4'}; "
            "delete it, or take an N1 machine type",
        ),
        (
            {"gpu": {"count": 1, "type": "nvidia-l4"}},
            "gpu must be left out, n2-standard-8 takes none, got {'count': 1, 'type': 'nvidia-l4'}; "
            "delete it, or take an N1 machine type",
        ),
        (
            {"gpu": {"count": 9, "type": "nvidia-tesla-t4"}, "machine_type": "n1-standard-8"},
            "gpu.count must be one of 1, 2, 4, got 9; type one of them",
        ),
        (
            {"gpu": {"count": 3, "type": "nvidia-tesla-v100"}, "machine_type": "n1-standard-8"},
            "gpu.count must be one of 1, 2, 4, 8, got 3; type one of them",
        ),
        (
            {"gpu": {"count": 1, "type": "t4"}, "machine_type": "n1-standard-8"},
            "gpu.type must be a GPU that N1 machines take, got 't4'; "
            "type one of nvidia-tesla-p100, nvidia-tesla-p4, nvidia-tesla-t4, nvidia-tesla-v100",
        ),
        (
            {"machine_type": "g2-standard-4", "taints": {"nvidia.com/gpu": {"effect": "NoExecute"}}},
            "taints.nvidia.com/gpu must be left out, GKE sets it itself, got {'effect': 'NoExecute'}; delete it",
        ),
        ({"max_surge": 21}, "max_surge must be 0 to 20, got 21; type one, such as 0"),
        (
            {"taints": {"team": {"effect": "NO_SCHEDULE"}}},
            "taints.team.effect must be one of NoSchedule, NoExecute, PreferNoSchedule, got 'NO_SCHEDULE'; "
            "type one of them",
        ),
        (
            {"labels": {"cloud.google.com/gke-nodepool": "x"}},
            "labels.cloud.google.com/gke-nodepool must not have a prefix that Kubernetes or GKE keeps, got 'x'; "
            "take one of your own",
        ),
        (
            {"labels": {"kubernetes.io/role": "node"}},
            "labels.kubernetes.io/role must not have a prefix that Kubernetes or GKE keeps, got 'node'; "
            "take one of your own",
        ),
        ({"max": 0}, "max must be 1 to 5000, got 0; type one, such as 1"),
        ({"min": 15}, "min must be 0 to 14, got 15; type one, such as 0"),
        ({"pods_per_node": 7}, "pods_per_node must be 8 to 256, got 7; type one, such as 8"),
        ({"disk_gib": 10}, "disk_gib must be 20 to 65536, got 10; type one, such as 20"),
        ({"capacity": "cheap"}, "capacity must be one of on_demand, spot, got 'cheap'; type one of them"),
    ],
)
def test_fails_when_an_argument_is_wrong(args: dict[str, Any], told: str) -> None:
    assert refusals(plan, {**SMALLEST, **args}, name="primary") == [told]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "default-pool",
            "name must not be that of the pool which each cluster is born with, got 'default-pool'; "
            "type another, such as general",
        ),
        ("n" * 33, f"name must have at most 32 characters, it has 33, got '{'n' * 33}'; shorten it"),
    ],
)
def test_fails_when_gke_would_not_take_the_name(name: str, told: str) -> None:
    assert refusals(plan, SMALLEST, name=name) == [told]
