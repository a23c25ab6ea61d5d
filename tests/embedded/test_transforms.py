"""Transforms run as the engine runs them."""

from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from ..support import record


class Team(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Team", name, {}, opts)
        k8s.core.v1.Namespace(name, metadata={"name": name}, opts=pulumi.ResourceOptions(parent=self))


def mark(key: str) -> Any:
    def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ != "kubernetes:core/v1:Namespace":
            return None
        metadata = dict(args.props["metadata"])
        seen = metadata.get("annotations", {}).get("seen", "")
        metadata["annotations"] = {"seen": f"{seen}{key}"}
        return pulumi.ResourceTransformResult({**args.props, "metadata": metadata}, args.opts)

    return transform


def namespace(program: Any) -> Any:
    return next(item for item in record(program).resources if item.type == "kubernetes:core/v1:Namespace")


def test_a_transform_on_a_component_changes_its_child() -> None:
    found = namespace(lambda: Team("pay", pulumi.ResourceOptions(transforms=[mark("c")])))
    assert found.input("metadata", "annotations", "seen") == "c"


def test_transforms_run_from_the_resource_outwards_and_the_stack_last() -> None:
    def program() -> None:
        pulumi.runtime.register_resource_transform(mark("s"))
        outer = pulumi.ResourceOptions(transforms=[mark("1"), mark("2")])
        Team("pay", outer)

    assert namespace(program).input("metadata", "annotations", "seen") == "12s"


def test_a_transform_may_change_options() -> None:
    def protect(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=True))
        return pulumi.ResourceTransformResult(args.props, opts)

    assert namespace(lambda: Team("pay", pulumi.ResourceOptions(transforms=[protect]))).protect
