from typing import Any

from hedgerow.graph import SECRET, UNKNOWN, Resource, Snapshot
from hedgerow.rehearsal import objects


def resource(kind: str, *, provider: str = "", after: tuple[str, ...] = (), name: str = "", **inputs: Any) -> Resource:
    named = name or f"{kind.lower()}-{inputs.get('metadata', {}).get('name', 'auto')}"
    manifest = {"apiVersion": "v1", "kind": kind, **inputs}
    dependencies = tuple(f"urn:{one}" for one in after)
    return Resource(
        f"urn:{named}",
        f"kubernetes:core/v1:{kind}",
        named,
        provider=provider,
        inputs=manifest,
        dependencies=dependencies,
    )


def made(*resources: Resource) -> list[objects.Stack]:
    return objects.clusters(Snapshot.of("shop", "dev", resources))


def test_objects_come_after_what_they_depend_on_through_whatever_lies_between() -> None:
    first = resource("ConfigMap", metadata={"name": "first"})
    group = Resource("urn:group", "shop:index:Group", "group", custom=False, dependencies=("urn:configmap-first",))
    second = resource("ConfigMap", after=("group",), metadata={"name": "second"})
    third = resource("ConfigMap", after=("configmap-second",), metadata={"name": "third"})
    space = resource("Namespace", metadata={"name": "space"})
    (stack,) = made(third, group, second, first, space)
    levels = {manifest.name: manifest.level for manifest in stack.manifests}
    assert levels == {"space": 1, "first": 2, "second": 3, "third": 4}


def test_a_circle_of_dependencies_does_not_hang() -> None:
    one = resource("ConfigMap", after=("configmap-b",), metadata={"name": "a"})
    other = resource("ConfigMap", after=("configmap-a",), metadata={"name": "b"})
    (stack,) = made(one, other)
    assert len(stack.manifests) == 2


def test_clusters_are_told_apart_by_their_provider() -> None:
    metadata = {"name": "same"}
    found = made(
        resource("ConfigMap", name="one", provider="urn:p1", metadata=metadata),
        resource("ConfigMap", name="two", provider="urn:p2", metadata=metadata),
    )
    assert [(stack.scope, len(stack.manifests)) for stack in found] == [("urn:p1", 1), ("urn:p2", 1)]


def test_the_second_of_two_that_are_the_same_object_is_left_out() -> None:
    metadata = {"name": "same"}
    (stack,) = made(
        resource("ConfigMap", name="one", metadata=metadata), resource("ConfigMap", name="two", metadata=metadata)
    )
    assert [(item.urn, item.why) for item in stack.left_out] == [
        ("urn:two", "is declared twice; the first one was applied")
    ]


def test_one_whose_place_is_not_known_is_left_out() -> None:
    (stack,) = made(resource("ConfigMap", metadata={"name": "a", "namespace": UNKNOWN}))
    assert (stack.manifests, [item.why for item in stack.left_out]) == ([], ["its metadata.namespace is [unknown]"])


def test_what_the_provider_would_name_has_its_name_in_the_program() -> None:
    (stack,) = made(resource("ConfigMap", name="Settings", data={"key": "1"}))
    assert stack.manifests[0].body["metadata"] == {"name": "settings"}
    assert stack.manifests[0].notes == (
        "metadata.name: the provider chooses it; its name in the program stands for it",
    )


def test_stand_ins_are_told_one_by_one_and_the_status_is_not_sent() -> None:
    spec = {"ports": [{"port": UNKNOWN, "name": "a"}], "addresses": [SECRET, UNKNOWN, "here"], "nothing": None}
    (stack,) = made(resource("Service", metadata={"name": "s"}, spec=spec, status={"loadBalancer": {}}))
    (manifest,) = stack.manifests
    assert manifest.body == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s"},
        "spec": {"ports": [{"name": "a"}], "addresses": [objects.STAND_IN, "here"]},
    }
    assert manifest.notes == (
        "spec.ports.0.port: [unknown]; left out",
        "spec.addresses.0: [secret]; a stand-in was sent",
        "spec.addresses.1: [unknown]; left out",
    )


def test_the_api_is_that_of_the_type_where_the_inputs_name_none() -> None:
    quota = Resource("urn:d", "kubernetes:apps/v1:Deployment", "d", inputs={"metadata": {"name": "d"}})
    core = Resource("urn:c", "kubernetes:core/v1:ConfigMap", "c", inputs={"metadata": {"name": "c"}})
    (stack,) = made(quota, core)
    assert {manifest.kind: manifest.api for manifest in stack.manifests} == {"Deployment": "apps/v1", "ConfigMap": "v1"}
