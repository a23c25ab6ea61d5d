"""What holds for every component of a cloud alike."""

import functools
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pulumi
import pulumi_aws
import pulumi_gcp
import pytest
from pulumi.provider.experimental.component import ComponentProvider

import components.aws
import components.gcp
from components.shared.inputs import fields
from hedgerow.graph import Snapshot
from tests.support import ROOT, TESTS, golden, record

from .aws.examples import COMPONENTS as AWS
from .gcp.examples import COMPONENTS as GCP
from .support import as_a_host_gets_it

NAMES = {"aws": "main", "gcp": "primary"}
"""What components are called here; Google Cloud has a least length."""
CLOUDS: dict[ModuleType, dict[Any, Any]] = {components.aws: AWS, components.gcp: GCP}
COMPONENTS = AWS | GCP
PROVIDERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "aws": (pulumi_aws.Provider, {"region": "eu-west-1"}),
    "gcp": (pulumi_gcp.Provider, {"project": "acme-dev-1234"}),
}
MARKED: dict[str, tuple[str, Any]] = {"aws": ("tags", {"changed": "yes"}), "gcp": ("project", "changed")}
"""An input that many resources of a cloud take, and what a transform makes of it."""
CASES = [
    pytest.param(component, size, id=f"{component.__name__}-{size}")
    for component, (_, sizes) in COMPONENTS.items()
    for size in sizes
]
EVERY = [pytest.param(component, id=component.__name__) for component in COMPONENTS]


def cloud_of(component: Any) -> str:
    return "aws" if component in AWS else "gcp"


def name_of(component: Any) -> str:
    return NAMES[cloud_of(component)]


def args_of(component: Any, size: str) -> Any:
    return COMPONENTS[component][1][size]


def recorded(component: Any, size: str, **opts: Any) -> Snapshot:
    return record(lambda: component(name_of(component), args_of(component, size), pulumi.ResourceOptions(**opts)))


def golden_of(component: Any, size: str) -> Path:
    words = re.sub(r"(?<!^)([A-Z])", r"_\1", component.__name__).lower()
    return TESTS / "components" / cloud_of(component) / "goldens" / f"{words}-{size}.yaml"


@functools.cache
def host() -> ComponentProvider:
    return ComponentProvider(list(COMPONENTS), "hedgerow")


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.__name__)
def test_the_examples_cover_every_component(cloud: ModuleType) -> None:
    public = {getattr(cloud, name) for name in cloud.__all__}
    resources = {each for each in public if isinstance(each, type) and issubclass(each, pulumi.ComponentResource)}
    assert set(CLOUDS[cloud]) == resources


@pytest.mark.parametrize("component", EVERY)
def test_the_examples_together_have_every_field(component: Any) -> None:
    args_type, sizes = COMPONENTS[component]
    assert set(fields(args_type)) - {field for args in sizes.values() for field in args} == set()


@pytest.mark.parametrize(("component", "size"), CASES)
def test_the_resources_are_as_reviewed(component: Any, size: str) -> None:
    golden(golden_of(component, size), recorded(component, size))


@pytest.mark.parametrize(("component", "size"), CASES)
def test_the_component_host_makes_the_same(component: Any, size: str) -> None:
    """Through Pulumi's host, as a program in another language would call it, with camelCase keys and floats."""
    sent = as_a_host_gets_it(args_of(component, size), COMPONENTS[component][0])
    token = f"hedgerow:index:{component.__name__}"
    golden(golden_of(component, size), record(lambda: host().construct(name_of(component), token, sent)))


@pytest.mark.parametrize("component", EVERY)
def test_a_transform_changes_any_child(component: Any) -> None:
    """The escape hatch: what a component has no field for, a transform sets."""
    key, value = MARKED[cloud_of(component)]

    def mark(given: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if given.type_.startswith("hedgerow:") or key not in given.props:
            return None
        return pulumi.ResourceTransformResult({**given.props, key: value}, given.opts)

    plain = [each for each in recorded(component, "fullest").resources if each.custom and key in each.inputs]
    changed = [
        each
        for each in recorded(component, "fullest", transforms=[mark]).resources
        if each.custom and key in each.inputs
    ]
    assert plain
    assert [each.urn for each in changed] == [each.urn for each in plain]
    assert [each.inputs[key] for each in changed] == [value] * len(plain)


@pytest.mark.parametrize("component", EVERY)
def test_every_child_belongs_to_the_component(component: Any) -> None:
    """None hangs on the stack, and each is named after the component, so that two can stand in one stack."""
    snapshot = recorded(component, "fullest")
    roots = [each for each in snapshot.resources if each.parent.endswith("hedgerow-dev")]
    assert [each.name for each in roots] == [name_of(component)]
    assert {each.name.partition("-")[0] for each in snapshot.resources if each.parent} == {name_of(component)}


@pytest.mark.parametrize("component", EVERY)
def test_a_provider_reaches_every_child(component: Any) -> None:
    """With default providers off, as every stack has them; and no component asks the cloud anything while it is built."""
    cloud = cloud_of(component)
    make, settings = PROVIDERS[cloud]

    def program() -> None:
        opts = pulumi.ResourceOptions(providers=[make(cloud, **settings)])
        component(name_of(component), args_of(component, "fullest"), opts)

    snapshot = record(program, disabled_providers=frozenset({"*"}))
    children = [each for each in snapshot.resources if each.type.startswith(f"{cloud}:")]
    (provider,) = snapshot.of_type(f"pulumi:providers:{cloud}")
    assert children
    assert {provider.urn in each.provider for each in children} == {True}


@pytest.mark.parametrize("component", EVERY)
def test_every_declared_output_is_registered(component: Any) -> None:
    token = f"hedgerow:index:{component.__name__}"
    (main,) = recorded(component, "smallest").of_type(token)
    declared = {key for key in component.__annotations__ if not key.startswith("_")}
    assert set(main.outputs) == declared


@pytest.mark.parametrize(
    ("module", "loaded"),
    [
        ("components.aws", "['pulumi_aws']"),
        ("components.gcp", "['pulumi_gcp']"),
        ("components.k8s", "['pulumi_kubernetes']"),
        ("components.shared", "[]"),
    ],
)
def test_importing_components_loads_their_own_sdk_alone(module: str, loaded: str) -> None:
    sdks = "{'boto3', 'google.cloud', 'pulumi_aws', 'pulumi_gcp', 'pulumi_kubernetes'}"
    code = f"import sys, {module}; print(sorted({sdks} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == loaded
