"""A platform that this stack did not make: one that another stack has, or a cluster that hedgerow never made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi

from ..shared.environment import check_environment
from ..shared.inputs import ABSENT, Wrong, checking
from ..shared.platform import PlatformArgs
from .contract import read_contract
from .existing_cluster import ExistingClusterArgs, judge_cluster
from .platform_reference import PlatformReferenceArgs


class ExistingPlatformArgs(TypedDict):
    environment: str
    """Class of the environment that the tenants are in: `dev`, `staging` or `prod`."""
    label_prefix: str
    """Prefix of hedgerow's own labels, a DNS name."""
    cluster: NotRequired[ExistingClusterArgs]
    """A cluster that hedgerow never made. Default: none, which needs `reference`."""
    reference: NotRequired[PlatformReferenceArgs]
    """What another stack exports of its platform: see `read_reference`. Default: none, which needs `cluster`."""


@dataclass(frozen=True)
class ExistingPlatformPlan:
    """`kubeconfig` may be known only once the other stack is there."""

    cluster_identifier: str
    contract: PlatformArgs
    kubeconfig: pulumi.Input[str]


def plan(name: str, args: ExistingPlatformArgs) -> ExistingPlatformPlan:
    with checking("ExistingPlatform", name, args, ExistingPlatformArgs) as wrong:
        check_environment(wrong, args["environment"], args["label_prefix"])
        if ("cluster" in args) == ("reference" in args):
            rule = "must not be given beside reference" if "cluster" in args else "is missing"
            wrong("cluster", rule, ABSENT, "give either cluster or reference")
        if "reference" in args:
            _check_reference(wrong, args, args["reference"])
            found: Any = args["reference"]
        elif "cluster" in args:
            cluster = judge_cluster(wrong, "cluster", args["cluster"], args["environment"], args["label_prefix"])
            found = vars(cluster) if cluster else {}
    return ExistingPlatformPlan(
        cluster_identifier=found["cluster_identifier"], contract=found["contract"], kubeconfig=found["kubeconfig"]
    )


def _check_reference(wrong: Wrong, args: Mapping[str, Any], reference: PlatformReferenceArgs) -> None:
    """Report a contract that cannot be read, and tenants that would be in another environment than their platform."""
    found = Wrong()
    read_contract(found, reference["contract"])
    for problem in found.problems:
        wrong(("reference", "contract", *problem.path[1:]), problem.rule, problem.value, problem.fix)
    for field in ("environment", "label_prefix"):
        there = str(reference["contract"][field])
        if args[field] != there:
            rule = f"must be {there} as on the platform of stack {reference['stack']}"
            wrong(field, rule, args[field], "type that, or take another stack")


class ExistingPlatform(pulumi.ComponentResource):
    """A platform that this stack did not make: one that another stack has, or a cluster that hedgerow never made."""

    cluster_identifier: pulumi.Output[str]
    """What tells the cluster apart from every other one, known beforehand."""
    contract: PlatformArgs
    """What tenants read of the platform, known beforehand."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig as JSON; it gets tokens by a command and holds no secret."""

    def __init__(self, name: str, args: ExistingPlatformArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        want = plan(name, args)
        outputs = {
            "cluster_identifier": want.cluster_identifier,
            "contract": want.contract,
            "kubeconfig": want.kubeconfig,
        }
        whence = args["reference"]["stack"] if "reference" in args else None
        super().__init__("hedgerow:index:ExistingPlatform", name, {**outputs, "stack": whence}, opts)
        self.cluster_identifier = pulumi.Output.from_input(want.cluster_identifier)
        self.contract = want.contract
        self.kubeconfig = pulumi.Output.from_input(want.kubeconfig)
        self.register_outputs(outputs)
