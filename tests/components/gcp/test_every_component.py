"""What holds for every Google Cloud component alike."""

import functools
import re
import typing
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_gcp as gcp
import pytest
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.experimental.util import camel_case

import components.gcp
from components.shared.inputs import fields
from hedgerow.graph import Snapshot
from tests.support import TESTS, golden, record

from .examples import COMPONENTS

GOLDENS = TESTS / "components/gcp/goldens"
CASES = [
    pytest.param(component, size, id=f"{component.__name__}-{size}")
    for component in COMPONENTS
    for size in COMPONENTS[component][1]
]
EVERY = [pytest.param(component, id=component.__name__) for component in COMPONENTS]


def args_of(component: Any, size: str) -> Any:
    return COMPONENTS[component][1][size]


def recorded(component: Any, size: str, **opts: Any) -> Snapshot:
    return record(lambda: component("primary", args_of(component, size), pulumi.ResourceOptions(**opts)))


def golden_of(component: Any, size: str) -> Any:
    words = re.sub(r"(?<!^)([A-Z])", r"_\1", component.__name__).lower()
    return GOLDENS / f"{words}-{size}.yaml"


def as_a_host_gets_it(value: Any, annotation: Any = Any) -> Any:
    """The value as another language sends it: fields in camelCase, every number a float, map keys as they are."""
    if typing.is_typeddict(annotation):
        return {
            camel_case(key): as_a_host_gets_it(value[key], field.annotation)
            for key, field in fields(annotation).items()
            if key in value
        }
    if isinstance(value, Mapping):
        inner = (*typing.get_args(annotation), Any, Any)[1]
        return {key: as_a_host_gets_it(item, inner) for key, item in value.items()}
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return str(value) if isinstance(value, str) else value


@functools.cache
def host() -> ComponentProvider:
    return ComponentProvider(list(COMPONENTS), "hedgerow")


def test_the_examples_cover_every_component() -> None:
    public = {getattr(components.gcp, name) for name in components.gcp.__all__}
    resources = {each for each in public if isinstance(each, type) and issubclass(each, pulumi.ComponentResource)}
    assert set(COMPONENTS) == resources


@pytest.mark.parametrize("component", EVERY)
def test_the_fullest_example_has_every_field(component: Any) -> None:
    args_type, sizes = COMPONENTS[component]
    given = {field for args in sizes.values() for field in args}
    assert set(fields(args_type)) - given == set()


@pytest.mark.parametrize(("component", "size"), CASES)
def test_the_resources_are_as_reviewed(component: Any, size: str) -> None:
    golden(golden_of(component, size), recorded(component, size))


@pytest.mark.parametrize(("component", "size"), CASES)
def test_the_component_host_makes_the_same(component: Any, size: str) -> None:
    """Through Pulumi's host, as a program in another language would call it, with camelCase keys and floats."""
    sent = as_a_host_gets_it(args_of(component, size), COMPONENTS[component][0])
    token = f"hedgerow:index:{component.__name__}"
    golden(golden_of(component, size), record(lambda: host().construct("primary", token, sent)))


@pytest.mark.parametrize("component", EVERY)
def test_a_transform_changes_any_child(component: Any) -> None:
    """The escape hatch: what a component has no field for, a transform sets."""

    def mark(given: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if given.type_.startswith("hedgerow:"):
            return None
        return pulumi.ResourceTransformResult({**given.props, "project": "changed"}, given.opts)

    plain = [each for each in recorded(component, "fullest").resources if each.custom and each.parent]
    changed = [
        each for each in recorded(component, "fullest", transforms=[mark]).resources if each.custom and each.parent
    ]
    assert plain
    assert [each.urn for each in changed] == [each.urn for each in plain]
    assert {each.inputs["project"] for each in changed} == {"changed"}


@pytest.mark.parametrize("component", EVERY)
def test_every_child_belongs_to_the_component(component: Any) -> None:
    """None hangs on the stack, and each is named after the component, so that two can stand in one stack."""
    snapshot = recorded(component, "fullest")
    roots = [each for each in snapshot.resources if each.parent.endswith("hedgerow-dev")]
    assert [each.name for each in roots] == ["primary"]
    assert {each.name.partition("-")[0] for each in snapshot.resources if each.parent} == {"primary"}


@pytest.mark.parametrize("component", EVERY)
def test_a_provider_reaches_every_child(component: Any) -> None:
    """With default providers off, as every stack has them; and no component asks the cloud anything while it is built."""

    def program() -> None:
        provider = gcp.Provider("gcp", project="acme-dev-1234")
        component("primary", args_of(component, "fullest"), pulumi.ResourceOptions(providers=[provider]))

    snapshot = record(program, disabled_providers=frozenset({"*"}))
    children = [each for each in snapshot.resources if each.type.startswith("gcp:")]
    (provider,) = snapshot.of_type("pulumi:providers:gcp")
    assert children
    assert {provider.urn in each.provider for each in children} == {True}


@pytest.mark.parametrize("component", EVERY)
def test_every_declared_output_is_registered(component: Any) -> None:
    token = f"hedgerow:index:{component.__name__}"
    (main,) = recorded(component, "smallest").of_type(token)
    declared = {key for key in component.__annotations__ if not key.startswith("_")}
    assert set(main.outputs) == declared
