from typing import Any

import pytest

from components.aws.eks_node_group import EksNodeGroupPlan, plan
from hedgerow.facts import table
from hedgerow.facts.aws.instances import INSTANCES
from tests.components.support import refusals

from .examples import EKS_NODE_GROUP

SMALLEST = EKS_NODE_GROUP["smallest"]


def test_what_is_not_said_is_safe() -> None:
    assert plan("main", SMALLEST) == EksNodeGroupPlan(
        ami_type="AL2023_x86_64_STANDARD",
        capacity="ON_DEMAND",
        disk_gib=50,
        instance_types=("m7i.large",),
        labels={},
        max=3,
        max_unavailable_percent=33,
        min=1,
        smallest="m7i.large",
        tags={},
        taints={},
    )


@pytest.mark.parametrize(
    ("types", "image", "smallest"),
    [
        (["m7i.2xlarge", "m7i.large"], "AL2023_x86_64_STANDARD", "m7i.large"),
        (["m7g.large", "r7g.large", "c7g.large"], "AL2023_ARM_64_STANDARD", "c7g.large"),
        (["p5.48xlarge"], "AL2023_x86_64_NVIDIA", "p5.48xlarge"),
        (["g5g.xlarge"], "AL2023_ARM_64_NVIDIA", "g5g.xlarge"),
        (["inf2.xlarge"], "AL2023_x86_64_NEURON", "inf2.xlarge"),
    ],
)
def test_the_image_follows_the_instance_types(types: list[str], image: str, smallest: str) -> None:
    want = plan("main", {**SMALLEST, "instance_types": types})
    assert (want.ami_type, want.smallest) == (image, smallest)


@pytest.mark.parametrize(
    ("types", "taints", "want"),
    [
        (["g5.xlarge"], None, {"nvidia.com/gpu": ("present", "NoSchedule")}),
        (["g5.xlarge"], {}, {}),
        (["g5.xlarge"], {"team": {"effect": "NoExecute"}}, {"team": ("", "NoExecute")}),
        (["m7i.large"], None, {}),
    ],
)
def test_nodes_with_gpus_are_kept_for_pods_that_ask_for_one(types: list[str], taints: Any, want: Any) -> None:
    args = {**SMALLEST, "instance_types": types} | ({} if taints is None else {"taints": taints})
    assert plan("main", args).taints == want


@pytest.mark.parametrize("key", ["pool", "example.com/pool", "node.kubernetes.io/pool", "a.node.kubernetes.io/pool"])
def test_labels_that_kubelet_may_set_are_taken(key: str) -> None:
    assert plan("main", {**SMALLEST, "labels": {key: "x"}}).labels == {key: "x"}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"instance_types": []}, "instance_types must name one at least, got []; type one such as m7i.large"),
        (
            {"instance_types": ["m7i.large", "m7g.large"]},
            "instance_types must all run the same image, got {'m7i.large': 'AL2023_x86_64_STANDARD', "
            "'m7g.large': 'AL2023_ARM_64_STANDARD'}; make a group for each image",
        ),
        (
            {"instance_types": ["g5.xlarge", "m7i.large"]},
            "instance_types must all run the same image, got {'g5.xlarge': 'AL2023_x86_64_NVIDIA', "
            "'m7i.large': 'AL2023_x86_64_STANDARD'}; make a group for each image",
        ),
        (
            {"instance_types": ["m7i.2xlrge"]},
            f"instance_types is not in the table ({table.source(INSTANCES)}), got 'm7i.2xlrge'; "
            "did you mean m7i.2xlarge or m7i.24xlarge or m7i.12xlarge?",
        ),
        ({"max": 0}, "max must be 1 to 5000, got 0; type one, such as 1"),
        ({"max": 2.5}, "max must be a whole number, got 2.5; type digits only"),
        ({"min": 4}, "min must be 0 to 3, got 4; type one, such as 0"),
        ({"disk_gib": 10}, "disk_gib must be 20 to 16384, got 10; type one, such as 20"),
        (
            {"max_unavailable_percent": 0},
            "max_unavailable_percent must be 1 to 100, got 0; type one, such as 1",
        ),
        ({"capacity": "cheap"}, "capacity must be one of on_demand, spot, got 'cheap'; type one of them"),
        (
            {"labels": {"kubernetes.io/role": "node"}},
            "labels.kubernetes.io/role must not have a prefix that Kubernetes or EKS keeps, got 'node'; "
            "take one of your own",
        ),
        (
            {"labels": {"eks.amazonaws.com/pool": "x"}},
            "labels.eks.amazonaws.com/pool must not have a prefix that Kubernetes or EKS keeps, got 'x'; "
            "take one of your own",
        ),
        (
            {"labels": {"pool": "a b"}},
            "labels.pool must be letters, digits, '-', '_' and '.' with a letter or digit at both ends, such as team-a, "
            "got 'a b'; rewrite it",
        ),
        (
            {"taints": {"team": {"effect": "NO_SCHEDULE"}}},
            "taints.team.effect must be one of NoSchedule, NoExecute, PreferNoSchedule, got 'NO_SCHEDULE'; "
            "type one of them",
        ),
    ],
)
def test_fails_when_an_argument_is_wrong(args: dict[str, Any], told: str) -> None:
    assert refusals(plan, {**SMALLEST, **args}) == [told]


def test_fails_when_the_name_leaves_no_room_for_the_providers_ending() -> None:
    name = "n" * 56
    assert refusals(plan, SMALLEST, name=name) == [f"name must have at most 55 characters, got '{name}'; shorten it"]
