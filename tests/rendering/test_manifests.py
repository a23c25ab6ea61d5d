"""Each object is one file with a name that stays; what is secret or not known is a placeholder, and read as such again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from hedgerow.facts.problem import BadInput
from hedgerow.graph import SECRET, UNKNOWN, Resource, Snapshot, Views
from hedgerow.graph.sources import manifests
from hedgerow.graph.sources.rendered import INDEX
from hedgerow.rendering import folder
from hedgerow.rendering.manifests import Rendering, render

PROVIDER = "urn:pulumi:dev::shop::pulumi:providers:kubernetes::main"
CONTRACT = {"environment": "staging", "label_prefix": "acme.example", "network_policy": UNKNOWN, "cluster": "main"}


def resource(kind: str, name: str, inputs: Mapping[str, Any], **more: Any) -> Resource:
    urn = f"urn:pulumi:dev::shop::acme:index:Team${kind}::{name}"
    return Resource(urn, kind, name, inputs=inputs, outputs=inputs, **{"provider": PROVIDER, **more})


def thing(kind: str, metadata: Mapping[str, Any], api: str = "v1", **fields: Any) -> Resource:
    """An object as the SDK registers it."""
    named = metadata.get("name")
    token = f"kubernetes:{api if '/' in api else f'core/{api}'}:{kind}"
    name = str(fields.pop("called", named if isinstance(named, str) else "some"))
    more = {key: fields.pop(key) for key in ("provider", "dependencies") if key in fields}
    return resource(token, name, {"apiVersion": api, "kind": kind, "metadata": metadata, **fields}, **more)


def of(*resources: Resource, **config: Any) -> Snapshot:
    return Snapshot.of("shop", "dev", resources, config)


def body(rendering: Rendering, path: str) -> Any:
    return yaml.safe_load(rendering.files[path])


def again(snapshot: Snapshot, place: Path) -> Snapshot:
    """What `check` makes of the folder that a snapshot is rendered to."""
    folder.replace(place / "out", render(snapshot).files)
    found, unread = manifests.load(place / "out")
    assert unread == []
    return found


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (thing("Namespace", {"name": "pay"}), "_cluster/namespace-pay.yaml"),
        (thing("ClusterRole", {"name": "system:A/b"}, "rbac.authorization.k8s.io/v1"), "_cluster/clusterrole-system%3a%41%2fb.yaml"),
        (thing("Service", {"name": "api", "namespace": "pay"}), "pay/service-api.yaml"),
        (thing("Service", {"name": "api"}), "default/service-api.yaml"),
        (thing("Service", {"name": "api", "namespace": "pay"}, "serving.knative.dev/v1"), "pay/service.serving.knative.dev-api.yaml"),
        (thing("Widget", {"name": "w"}, "example.com/v1"), "_cluster/widget.example.com-w.yaml"),
        (thing("ConfigMap", {"namespace": "pay"}, called="settings"), "pay/configmap-settings.generated.yaml"),
        (thing("ConfigMap", {"name": "a", "namespace": UNKNOWN}), "_unknown/configmap-a.yaml"),
        (resource("kubernetes:core/v1:NamespacePatch", "p", {"kind": "Namespace", "metadata": {"name": "kube-system"}}),
         "_cluster/namespace-kube-system.patch.yaml"),
        (thing("Role", {"name": ".", "namespace": ".."}), "%2e./role-%2e.yaml"),
        (thing("ConfigMap", {"name": "x" * 253, "namespace": "pay"}), f"pay/configmap-{'x' * 120}~1329e1bd71a6.yaml"),
    ],
)  # fmt: skip
def test_a_path_follows_from_what_an_object_is(given: Resource, path: str) -> None:
    assert render(of(given)).objects == [path]


def test_no_secret_is_written_whoever_marked_it_or_not(tmp_path: Path) -> None:
    snapshot = of(
        thing("Secret", {"name": "db", "namespace": "pay"}, stringData={"user": "u1", "password": SECRET}, data={"k": "aHVudGVyMg=="}),
        thing("Secret", {"name": "all", "namespace": "pay"}, data=SECRET),
        thing("ConfigMap", {"name": "env", "namespace": "pay"}, data={"url": SECRET, "host": UNKNOWN, "port": "80"}),
    )  # fmt: skip
    rendering = render(snapshot)
    assert body(rendering, "pay/secret-db.yaml") == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "db", "namespace": "pay"},
        "data": {"k": "<hedgerow:secret>"},
        "stringData": {"password": "<hedgerow:secret>", "user": "<hedgerow:secret>"},
    }
    assert rendering.placeholders == [
        "pay/configmap-env.yaml: data.host is [unknown]",
        "pay/configmap-env.yaml: data.url is [secret]",
        "pay/secret-all.yaml: data is [secret]",
        "pay/secret-db.yaml: data.k is [secret]",
        "pay/secret-db.yaml: stringData.password is [secret]",
        "pay/secret-db.yaml: stringData.user is [secret]",
    ]
    found = {item.name: item.inputs for item in again(snapshot, tmp_path).resources}
    assert found["env"]["data"] == {"url": SECRET, "host": UNKNOWN, "port": "80"}
    assert (found["db"]["data"], found["all"]["data"]) == (SECRET, SECRET)
    assert "aHVudGVyMg" not in "".join(rendering.files.values())


def test_an_object_is_in_the_folder_what_it_is_in_the_preview(tmp_path: Path) -> None:
    snapshot = of(
        thing("Namespace", {"labels": {"team": "pay"}}, called="pay"),
        thing("ConfigMap", {"name": "a", "namespace": UNKNOWN}, dependencies=("urn:pulumi:dev::shop::acme:index:Team$kubernetes:core/v1:Namespace::pay",)),
        thing("Deployment", {"name": "api", "namespace": "x"}, "apps/v1", spec={"replicas": UNKNOWN, "paused": None, "list": [SECRET, 1.5]}),
        resource("kubernetes:core/v1:NamespacePatch", "p", {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "y"}}),
    )  # fmt: skip
    found = again(snapshot, tmp_path)
    assert found.resources != snapshot.resources
    for before, after in zip(snapshot.resources, found.resources, strict=True):
        assert (after.urn, after.type, after.name, after.dependencies) == (
            before.urn,
            before.type,
            before.name,
            before.dependencies,
        )
        inputs = {key: value for key, value in before.inputs.items() if key != "spec"}
        assert {key: value for key, value in after.inputs.items() if key != "spec"} == inputs
    assert found.of_type("kubernetes:apps/v1:Deployment").__next__().inputs["spec"] == {
        "replicas": UNKNOWN,
        "list": [SECRET, 1.5],
    }
    assert [str(item) for kind in Views(found).objects.values() for item in kind] == [
        str(item) for kind in Views(snapshot).objects.values() for item in kind
    ]
    for views in (Views(snapshot), Views(found)):
        home = views.home(views.objects["ConfigMap"][0])
        assert home.resource.name == "pay"


def test_a_name_that_the_provider_chooses_is_generated(tmp_path: Path) -> None:
    rendering = render(of(thing("ConfigMap", {"namespace": "pay"}, called="settings")))
    assert body(rendering, "pay/configmap-settings.generated.yaml")["metadata"] == {
        "generateName": "settings-",
        "namespace": "pay",
    }
    assert rendering.placeholders == ["pay/configmap-settings.generated.yaml: metadata.name is chosen by the provider"]


def test_what_the_platform_promises_and_the_class_come_along(tmp_path: Path) -> None:
    namespace = thing("Namespace", {"name": "pay"})
    team = Resource(
        "urn:pulumi:dev::shop::acme:index:Team::pay",
        "acme:index:Team",
        "pay",
        custom=False,
        inputs={"platform": CONTRACT, "size": 3},
    )
    views = Views(again(of(namespace, team), tmp_path))
    assert (views.contract, views.environment, views.label_prefix) == (CONTRACT, "staging", "acme.example")
    assert [item.urn for item in views.snapshot.resources] == [namespace.urn, team.urn]


def test_without_a_contract_the_settings_say_the_class(tmp_path: Path) -> None:
    config = {"shop:environment": {"class": "dev", "label_prefix": "acme.example"}, "shop:password": "none of this"}
    snapshot = of(thing("Namespace", {"name": "pay"}), **config)
    views = Views(again(snapshot, tmp_path))
    assert (views.contract, views.environment, views.label_prefix) == ({}, "dev", "acme.example")
    assert "none of this" not in render(snapshot).files[INDEX]


def test_objects_of_two_clusters_stay_apart(tmp_path: Path) -> None:
    other = PROVIDER.replace("main", "other")
    first, second = (
        thing("Namespace", {"name": "pay"}, called=name, provider=to) for name, to in (("a", PROVIDER), ("b", other))
    )
    snapshot = of(first, second)
    assert render(snapshot).objects == ["main/_cluster/namespace-pay.yaml", "other/_cluster/namespace-pay.yaml"]
    assert [item.provider for item in again(snapshot, tmp_path).resources] == [PROVIDER, other]


@pytest.mark.parametrize(("token", "custom"), [("helm.sh/v3:Release", True), ("helm.sh/v4:Chart", False)])
def test_a_chart_is_left_out_and_still_counts(token: str, custom: bool, tmp_path: Path) -> None:
    inputs = {"chart": "web", "namespace": "pay", "values": {"password": "hunter2"}}
    chart = resource(f"kubernetes:{token}", "web", inputs, custom=custom)
    snapshot = of(thing("Namespace", {"name": "pay"}), chart)
    rendering = render(snapshot)
    assert rendering.objects == ["_cluster/namespace-pay.yaml"]
    kind = token.partition(":")[2]
    assert rendering.left_out == [f"{kind} 'web': a chart makes its objects where it is installed"]
    found = again(snapshot, tmp_path)
    assert [(item.urn, item.custom, item.inputs) for item in found.of_type(chart.type)] == [
        (chart.urn, custom, {"chart": "web", "namespace": "pay"})
    ]
    assert Views(found).reach.problems == Views(snapshot).reach.problems
    assert "hunter2" not in "".join(rendering.files.values())


def test_an_object_of_which_nothing_is_known_is_a_file_too(tmp_path: Path) -> None:
    hidden = resource(
        "kubernetes:core/v1:ConfigMap", "all", {"kind": "ConfigMap", "metadata": UNKNOWN, "data": UNKNOWN}
    )
    rendering = render(of(hidden))
    assert body(rendering, "_unknown/configmap-all.generated.yaml") == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"generateName": "all-", "namespace": "<hedgerow:unknown>"},
        "data": "<hedgerow:unknown>",
    }
    assert rendering.placeholders == [
        "_unknown/configmap-all.generated.yaml: data is [unknown]",
        "_unknown/configmap-all.generated.yaml: metadata is [unknown]",
        "_unknown/configmap-all.generated.yaml: metadata.name is chosen by the provider",
    ]
    assert again(of(hidden), tmp_path).resources[0].inputs["data"] is UNKNOWN


def test_one_object_declared_twice_is_refused() -> None:
    first, second = (thing("Namespace", {"name": "pay"}, called=name) for name in ("a", "b"))
    with pytest.raises(BadInput) as refused:
        render(of(first, second))
    assert str(refused.value) == (
        "stack dev declares an object twice; nothing was written\n"
        f"  _cluster/namespace-pay.yaml: would hold Namespace 'pay' twice, {first.urn} and {second.urn}"
    )


def test_what_a_person_adds_or_fills_in_is_judged_as_it_stands(tmp_path: Path) -> None:
    again(of(thing("ConfigMap", {"name": "env", "namespace": "pay"}, data={"url": UNKNOWN})), tmp_path)
    file = tmp_path / "out" / "pay" / "configmap-env.yaml"
    file.write_text(file.read_text().replace("<hedgerow:unknown>", "https://shop.example"))
    (tmp_path / "out" / "own.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: own}\n")
    found, unread = manifests.load(tmp_path / "out")
    assert unread == []
    assert [(item.urn, item.provider) for item in found.resources] == [
        ("manifest::core/v1::Namespace::own", ""),
        ("urn:pulumi:dev::shop::acme:index:Team$kubernetes:core/v1:ConfigMap::env", ""),
    ]
    assert found.resources[1].inputs["data"] == {"url": "https://shop.example"}


def test_placeholders_of_a_folder_that_nobody_rendered_are_texts(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '<hedgerow:unknown>'}\n"
    )
    found, _ = manifests.load(tmp_path)
    assert found.resources[0].inputs["data"] == {"x": "<hedgerow:unknown>"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("schema: hedgerow/render/v1\nobjects: [a]\nstack: {}\n",
         ["hedgerow.index:2: objects has another form; render the stack again", "hedgerow.index:3: stack has another form; render the stack again"]),
        ("schema: hedgerow/render/v1\nobjects: {a: b\n", ["hedgerow.index:3: is not YAML: did not find expected ',' or '}'"]),
        ("schema: other/v1\nobjects: [a]\n", []),
    ],
)  # fmt: skip
def test_an_index_that_cannot_be_read_is_listed_and_the_objects_are_judged(
    text: str, told: list[str], tmp_path: Path
) -> None:
    (tmp_path / "pay.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: pay}\n")
    (tmp_path / INDEX).write_text(text)
    found, unread = manifests.load(tmp_path)
    assert [item.name for item in found.resources] == ["pay"]
    assert sorted({str(problem) for problem in unread}) == told
