"""Objects are applied in order and told of one by one; a second apply changes nothing."""

from itertools import count
from typing import Any

import pytest

from hedgerow.graph import SECRET, UNKNOWN, Resource, Snapshot
from hedgerow.rehearsal import apply, objects
from hedgerow.rehearsal.client import JSON
from hedgerow.rehearsal.plane import ControlPlane

pytestmark = pytest.mark.control_plane
NUMBERS = count()


@pytest.fixture
def here() -> str:
    """A namespace that no other test has."""
    return f"apply-{next(NUMBERS)}"


def stack(*manifests: dict[str, Any], after: dict[str, tuple[str, ...]] | None = None) -> objects.Stack:
    """A snapshot of manifests, each named by kind and name."""
    resources = []
    for manifest in manifests:
        group, slash, version = manifest["apiVersion"].rpartition("/")
        token = f"kubernetes:{group + slash if group else 'core/'}{version}:{manifest['kind']}"
        name = f"{manifest['kind']}-{manifest['metadata'].get('name', 'auto')}"
        dependencies = tuple(f"urn:{one}" for one in (after or {}).get(name, ()))
        resources.append(Resource(f"urn:{name}", token, name, inputs=manifest, dependencies=dependencies))
    found = objects.clusters(Snapshot.of("shop", "dev", resources))
    assert len(found) == 1
    return found[0]


def namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def config_map(name: str, where: str, **data: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": where}, "data": data}


def test_a_namespace_comes_before_what_lies_in_it(plane: ControlPlane, here: str) -> None:
    applied = apply.apply(plane.client, stack(config_map("a", here, key="1"), namespace(here)))
    assert [str(item) for item in applied.objects] == [f"Namespace '{here}'", f"ConfigMap '{here}/a'"]
    assert (applied.rejected, applied.left_out) == ([], [])
    assert apply.apply_again(plane.client, applied.objects) == []
    managers = plane.client.get(f"/api/v1/namespaces/{here}/configmaps/a").body["metadata"]["managedFields"]
    assert [(item["manager"], item["operation"]) for item in managers] == [("hedgerow", "Apply")]


def test_what_the_server_refuses_is_told_in_its_words(plane: ControlPlane, here: str) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "q", "namespace": here},
        "spec": {"hard": {"gpus": "1"}},
    }
    unknown = {**config_map("b", here), "dta": {"key": "1"}}
    applied = apply.apply(plane.client, stack(namespace(here), quota, unknown, config_map("c", "nowhere")))
    assert [str(item) for item in applied.objects] == [f"Namespace '{here}'"]
    told = {item.name: item.message for item in applied.rejected}
    assert sorted(told) == [f"ConfigMap '{here}/b'", "ConfigMap 'nowhere/c'", f"ResourceQuota '{here}/q'"]
    assert ".dta: field not declared in schema" in told[f"ConfigMap '{here}/b'"]
    assert told["ConfigMap 'nowhere/c'"] == 'namespaces "nowhere" not found'
    assert (
        'spec.hard[gpus]: Invalid value: "gpus": must be a standard resource type or fully qualified'
        in told[f"ResourceQuota '{here}/q'"]
    )


def test_a_field_that_somebody_else_owns_is_a_conflict(plane: ControlPlane, here: str) -> None:
    apply.apply(plane.client, stack(namespace(here)))
    path = f"/api/v1/namespaces/{here}/configmaps"
    assert plane.client.send("POST", f"{path}?fieldManager=somebody", config_map("d", here, key="theirs"), form=JSON).ok
    applied = apply.apply(plane.client, stack(namespace(here), config_map("d", here, key="ours")))
    assert [(item.name, item.conflict) for item in applied.rejected] == [(f"ConfigMap '{here}/d'", True)]
    assert 'conflict with "somebody" using v1: .data.key' in applied.rejected[0].message
    assert plane.client.get(f"{path}/d").body["data"] == {"key": "theirs"}


def test_a_second_apply_tells_what_it_changed(plane: ControlPlane, here: str) -> None:
    applied = apply.apply(plane.client, stack(namespace(here), config_map("e", here, key="1")))
    path = f"/api/v1/namespaces/{here}/configmaps/e"
    before = plane.client.get(path).body["metadata"]["resourceVersion"]
    changed = [
        objects.Manifest({**item.body, "data": {"key": "2"}}, item.urn, 0) if item.kind == "ConfigMap" else item
        for item in applied.objects
    ]
    (told,) = apply.apply_again(plane.client, changed)
    after = plane.client.get(path).body["metadata"]["resourceVersion"]
    assert told == f"ConfigMap '{here}/e': resourceVersion {before} became {after}"


def test_a_definition_comes_before_objects_of_its_kind(plane: ControlPlane, here: str) -> None:
    group = f"{here}.example.com"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "widgets", "kind": "Widget"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }
    widget = {
        "apiVersion": f"{group}/v1",
        "kind": "Widget",
        "metadata": {"name": "w", "namespace": here},
        "spec": {"size": 1},
    }
    stranger = {"apiVersion": "other.example.com/v1", "kind": "Gadget", "metadata": {"name": "g", "namespace": here}}
    applied = apply.apply(plane.client, stack(widget, definition, namespace(here), stranger))
    assert sorted(str(item) for item in applied.objects) == [
        f"CustomResourceDefinition 'widgets.{group}'", f"Namespace '{here}'", f"Widget '{here}/w'",
    ]  # fmt: skip
    assert [item.why for item in applied.left_out] == [
        "the server has no Gadget of other.example.com/v1, and no object of the stack defines it before"
    ]
    assert apply.apply_again(plane.client, applied.objects) == []


def test_a_kind_is_known_to_admission_before_a_policy_asks_for_its_parameters(plane: ControlPlane, here: str) -> None:
    """A definition younger than the first such policy would be unknown to it for up to half a minute."""
    group, admission = f"{here}.example.com", "admissionregistration.k8s.io/v1"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "caps", "kind": "Cap"}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"caps.{group}"},
        "spec": {"group": group, "scope": "Cluster", "names": names, "versions": [version]},
    }
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
    only_here = {"matchLabels": {"kubernetes.io/metadata.name": here}}
    policy = {
        "apiVersion": admission,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": here},
        "spec": {
            "paramKind": {"apiVersion": f"{group}/v1", "kind": "Cap"},
            "matchConstraints": {"resourceRules": [rule], "namespaceSelector": only_here},
            "validations": [{"expression": "object.metadata.name != params.spec.taken", "message": "it is taken"}],
        },
    }
    binding = {
        "apiVersion": admission,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": here},
        "spec": {
            "policyName": here,
            "paramRef": {"name": "cap", "parameterNotFoundAction": "Deny"},
            "validationActions": ["Deny"],
        },
    }
    cap = {"apiVersion": f"{group}/v1", "kind": "Cap", "metadata": {"name": "cap"}, "spec": {"taken": "mine"}}
    applied = apply.apply(plane.client, stack(binding, policy, cap, definition, namespace(here)))
    assert (applied.rejected, applied.left_out) == ([], [])
    collection = f"/api/v1/namespaces/{here}/configmaps?dryRun=All"

    def created(name: str) -> str:
        return plane.client.create(collection, {"metadata": {"name": name}}).message

    plane.client.wait("the policy being in force", lambda: created("mine").endswith("denied request: it is taken"))
    assert created("yours") == ""


def test_what_is_not_known_yet_has_a_stand_in_and_a_note(plane: ControlPlane, here: str) -> None:
    metadata = {"name": "f", "namespace": here, "annotations": {"arn": UNKNOWN, "team": "payments"}}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": {"password": SECRET, "url": UNKNOWN}}
    applied = apply.apply(plane.client, stack(namespace(here), secret))
    assert applied.rejected == []
    assert applied.objects[-1].notes == (
        "metadata.annotations.arn: [unknown]; left out",
        "data.password: [secret]; a stand-in was sent",
        "data.url: [unknown]; a stand-in was sent",
    )
    stored = plane.client.get(f"/api/v1/namespaces/{here}/secrets/f").body
    assert (stored["data"], stored["metadata"]["annotations"]) == (
        {"password": "c3RhbmQtaW4=", "url": "c3RhbmQtaW4="},
        {"team": "payments"},
    )


def test_what_the_server_refuses_for_want_of_a_value_is_left_out_and_not_rejected(
    plane: ControlPlane, here: str
) -> None:
    account = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "g", "namespace": here},
        "spec": {"ports": UNKNOWN},
    }
    applied = apply.apply(plane.client, stack(namespace(here), account))
    assert applied.rejected == []
    assert [item.name for item in applied.left_out] == [f"Service '{here}/g'"]
    assert applied.left_out[0].why.startswith('could not be applied without all of its values: Service "g" is invalid')
