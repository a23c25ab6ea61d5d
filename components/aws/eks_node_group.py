"""A managed node group on AL2023: hardened launch template, labels, taints, limits of its size."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from hedgerow.facts.aws import eks, instances

from ..shared.checks import choice, refused, whole
from ..shared.inputs import Wrong, checking
from ..shared.nodes import EFFECTS, check_taints
from ..shared.waiting import ready
from .node_checks import check_labels, default_taints

DEFAULT_DISK_GIB = 50
DEFAULT_MAX_UNAVAILABLE_PERCENT = 33
DEFAULT_MIN = 1
LONGEST_NAME = 55
"""Of 63 characters that EKS takes, less a hyphen and the seven that auto-naming adds."""
ROOT_DEVICE = "/dev/xvda"


class EksCapacity(StrEnum):
    """How EC2 sells the nodes."""

    ON_DEMAND = "on_demand"
    SPOT = "spot"


class EksTaintArgs(TypedDict):
    effect: str
    """`NoSchedule`, `PreferNoSchedule` or `NoExecute`."""
    value: NotRequired[str]
    """Value of the taint. Default: empty."""


class EksNodeGroupSettings(TypedDict):
    instance_types: list[str]
    """Instance types, the most wanted first; all of one architecture, and all with GPUs or all without."""
    max: int
    """Most nodes."""
    capacity: NotRequired[EksCapacity]
    """`on_demand` or `spot`; a change replaces the group. Default: `on_demand`."""
    disk_gib: NotRequired[int]
    """Size of a node's disk, in GiB. Default: `50`."""
    labels: NotRequired[dict[str, str]]
    """Labels of the nodes. Default: none."""
    max_unavailable_percent: NotRequired[int]
    """Most nodes that an update takes away at one time, in percent. Default: `33`."""
    min: NotRequired[int]
    """Fewest nodes, and how many it starts with. Default: `1`."""
    taints: NotRequired[dict[str, EksTaintArgs]]
    """Taints of the nodes, by key. Default: none; with GPUs `nvidia.com/gpu=present:NoSchedule`."""


class EksNodeGroupArgs(EksNodeGroupSettings):
    cluster_name: pulumi.Input[str]
    """Name of a cluster whose vpc-cni and kube-proxy run."""
    node_role_arn: pulumi.Input[str]
    """ARN of the role of the nodes."""
    release_version: pulumi.Input[str]
    """Release of the nodes' image, such as `1.35.2-20260715`."""
    subnet_ids: pulumi.Input[list[pulumi.Input[str]]]
    """Subnets of the nodes; a change replaces the group."""
    version: pulumi.Input[str]
    """Kubernetes version of the nodes, such as `1.35`."""
    tags: NotRequired[dict[str, str]]
    """Tags of the group, its instances, disks and network interfaces. Default: only names."""


@dataclass(frozen=True)
class EksNodeGroupPlan:
    """`smallest` is the instance type with the least CPU and memory, `taints` value and effect by key."""

    ami_type: str
    capacity: str
    disk_gib: int
    instance_types: tuple[str, ...]
    labels: dict[str, str]
    max: int
    max_unavailable_percent: int
    min: int
    smallest: str
    tags: dict[str, str]
    taints: dict[str, tuple[str, str]]


def plan(name: str, args: EksNodeGroupArgs) -> EksNodeGroupPlan:
    with checking("EksNodeGroup", name, args, EksNodeGroupArgs) as wrong:
        if len(name) > LONGEST_NAME:
            wrong("name", f"must have at most {LONGEST_NAME} characters", name, "shorten it")
        images = _images(wrong, args["instance_types"])
        ami_type = next(iter(images.values()), "")
        most = whole(wrong, "max", args["max"], 1, 5000)
        percent = args.get("max_unavailable_percent", DEFAULT_MAX_UNAVAILABLE_PERCENT)
        return EksNodeGroupPlan(
            ami_type=ami_type,
            capacity=choice(wrong, "capacity", args.get("capacity", EksCapacity.ON_DEMAND), EksCapacity).name,
            disk_gib=whole(wrong, "disk_gib", args.get("disk_gib", DEFAULT_DISK_GIB), 20, 16384),
            instance_types=tuple(args["instance_types"]),
            labels=check_labels(wrong, args.get("labels", {})),
            max=most,
            max_unavailable_percent=whole(wrong, "max_unavailable_percent", percent, 1, 100),
            min=whole(wrong, "min", args.get("min", DEFAULT_MIN), 0, most),
            smallest=min(images, key=_size, default=""),
            tags=dict(args.get("tags", {})),
            taints=check_taints(wrong, args["taints"]) if "taints" in args else default_taints(ami_type),
        )


def _images(wrong: Wrong, types: list[str]) -> dict[str, str]:
    """The image type of each instance type that is known."""
    images = {}
    if not types:
        wrong("instance_types", "must name one at least", types, "type one such as m7i.large")
    for type_ in types:
        try:
            images[type_] = eks.ami_type(type_)
        except LookupError as error:
            refused(wrong, "instance_types", type_, error)
    if len(set(images.values())) > 1:
        wrong("instance_types", "must all run the same image", images, "make a group for each image")
    return images


def _size(type_: str) -> tuple[int, int]:
    found = instances.instance(type_)
    return found.vcpu, found.memory_mib


class EksNodeGroup(pulumi.ComponentResource):
    """A managed node group on AL2023: hardened launch template, labels, taints, limits of its size."""

    cluster_name: pulumi.Output[str]
    """Name of the cluster, once the first nodes have joined."""
    node_group_name: pulumi.Output[str]
    """Name of the node group, made up by the provider, so that a new one is there before the old one goes."""

    def __init__(self, name: str, args: EksNodeGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:EksNodeGroup", name, dict(args), opts)
        want = plan(name, args)
        template = self._launch_template(name, want)
        group = aws.eks.NodeGroup(
            name,
            ami_type=want.ami_type,
            capacity_type=want.capacity,
            cluster_name=args["cluster_name"],
            instance_types=list(want.instance_types),
            labels=want.labels,
            # Of its own output: `$Latest` is read back as a number and would differ for ever.
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            node_role_arn=args["node_role_arn"],
            release_version=args["release_version"],
            scaling_config={"desired_size": want.min, "max_size": want.max, "min_size": want.min},
            subnet_ids=args["subnet_ids"],
            tags={"Name": name, **want.tags},
            taints=[
                {"effect": EFFECTS[effect], "key": key, "value": value} for key, (value, effect) in want.taints.items()
            ],
            update_config={"max_unavailable_percentage": want.max_unavailable_percent},
            version=args["version"],
            # An autoscaler sets it; only the limits are ours.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["scalingConfig.desiredSize"]),
        )
        self.cluster_name, self.node_group_name = ready(args["cluster_name"], group), group.node_group_name
        self.register_outputs({"cluster_name": self.cluster_name, "node_group_name": self.node_group_name})

    def _launch_template(self, name: str, want: EksNodeGroupPlan) -> aws.ec2.LaunchTemplate:
        """No image and no security group in it: EKS sets the ones that fit the cluster."""
        tags = {"Name": name, **want.tags}
        return aws.ec2.LaunchTemplate(
            name,
            block_device_mappings=[
                {
                    "device_name": ROOT_DEVICE,
                    "ebs": {
                        "delete_on_termination": "true",
                        "encrypted": "true",
                        "volume_size": want.disk_gib,
                        "volume_type": "gp3",
                    },
                }
            ],
            # One hop: a pod on a network of its own cannot take the role of its node.
            metadata_options={
                "http_endpoint": "enabled",
                "http_put_response_hop_limit": 1,
                "http_tokens": "required",
            },
            tag_specifications=[
                {"resource_type": kind, "tags": tags} for kind in ("instance", "network-interface", "volume")
            ],
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
