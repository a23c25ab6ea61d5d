"""Admission policies: what each is made of, whom it is bound to, and what is refused of its arguments."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.provider.experimental.component import ComponentProvider

from components.k8s import Admission
from components.k8s.admission import CLUSTER_ITSELF, AdmissionArgs, plan
from components.shared.inputs import InputError
from hedgerow.graph import Snapshot
from tests.support import TESTS, golden, record

LABELS = {
    "action": "Deny",
    "operations": ["CREATE", "UPDATE"],
    "resources": {"v1": ["namespaces"]},
    "scope": "everywhere",
    "validations": [{"expression": "has(object.metadata.labels)", "message": "Namespace has no labels; add them"}],
}
SMALLEST: AdmissionArgs = {"label_prefix": "platform.example.com", "policies": {"ns-labels": LABELS}}  # type: ignore[typeddict-item]
FULLEST: AdmissionArgs = {
    "label_prefix": "platform.example.com",
    "name": "aws-dev",
    "policies": {
        "np-default-deny": {
            "action": "Audit",
            "operations": ["CREATE"],
            "parameter": {"api": "networking.k8s.io/v1", "kind": "NetworkPolicy", "name": "default-deny"},
            "resources": {"v1": ["pods"]},
            "validations": [
                {"expression": "params != null", "message": "one"},
                {"expression": "true", "message": "two"},
            ],
        },
        "np-write-rbac": {
            "action": "Deny",
            "conditions": {"not-a-dry-run": "!request.dryRun"},
            "operations": ["UPDATE", "DELETE"],
            "resources": {"networking.k8s.io/v1": ["networkpolicies"], "v1": ["resourcequotas", "limitranges"]},
            "scope": "managed",
            "spares_system": True,
            "validations": [{"expression": "false", "message": "no"}],
        },
        "ns-labels": LABELS,  # type: ignore[typeddict-item]
    },
}


def recorded(args: AdmissionArgs, **opts: Any) -> Snapshot:
    return record(lambda: Admission("admission", args, pulumi.ResourceOptions(**opts)))


@pytest.mark.parametrize(("size", "args"), [("smallest", SMALLEST), ("fullest", FULLEST)])
def test_the_resources_are_as_reviewed(size: str, args: AdmissionArgs) -> None:
    golden(TESTS / "components/k8s/goldens" / f"admission-{size}.yaml", recorded(args))


def test_what_arrives_is_what_was_planned() -> None:
    want = plan("admission", FULLEST)
    found = [each for each in recorded(FULLEST).resources if each.custom and each.parent]
    assert {(each.inputs["kind"], each.name): each.inputs for each in found} == {
        **{("ValidatingAdmissionPolicy", f"admission-{rule}"): it for rule, it in want.policies.items()},
        **{("ValidatingAdmissionPolicyBinding", f"admission-{rule}"): it for rule, it in want.bindings.items()},
    }


def test_a_policy_is_named_by_its_rule_and_its_stack_below_the_prefix() -> None:
    assert {rule: it["metadata"]["name"] for rule, it in plan("admission", FULLEST).policies.items()} == {
        "np-default-deny": "np-default-deny.aws-dev.platform.example.com",
        "np-write-rbac": "np-write-rbac.aws-dev.platform.example.com",
        "ns-labels": "ns-labels.aws-dev.platform.example.com",
    }
    assert plan("mine", SMALLEST).policies["ns-labels"]["metadata"]["name"] == "ns-labels.mine.platform.example.com"


def test_what_only_watches_refuses_nothing_even_where_it_cannot_judge() -> None:
    want = plan("admission", FULLEST)
    watches = want.policies["np-default-deny"]["spec"], want.bindings["np-default-deny"]["spec"]
    denies = want.policies["np-write-rbac"]["spec"], want.bindings["np-write-rbac"]["spec"]
    assert (watches[0]["failurePolicy"], watches[1]["validationActions"]) == ("Ignore", ["Audit", "Warn"])
    assert (denies[0]["failurePolicy"], denies[1]["validationActions"]) == ("Fail", ["Deny"])


def test_each_scope_leaves_the_cluster_to_itself() -> None:
    matched = {rule: it["spec"]["matchResources"] for rule, it in plan("admission", FULLEST).bindings.items()}
    own = ["default", "kube-node-lease", "kube-public", "kube-system"]
    name, tenant = "kubernetes.io/metadata.name", "platform.example.com/tenant"
    assert matched == {
        "np-default-deny": {"namespaceSelector": {"matchExpressions": [{"key": tenant, "operator": "Exists"}]}},
        "np-write-rbac": {"objectSelector": {"matchLabels": {"platform.example.com/managed": "true"}}},
        "ns-labels": {"namespaceSelector": {"matchExpressions": [{"key": name, "operator": "NotIn", "values": own}]}},
    }


def test_the_cluster_is_spared_before_any_other_condition() -> None:
    assert plan("admission", FULLEST).policies["np-write-rbac"]["spec"]["matchConditions"] == [
        {"name": "not-the-cluster-itself", "expression": CLUSTER_ITSELF},
        {"name": "not-a-dry-run", "expression": "!request.dryRun"},
    ]


def test_a_binding_comes_after_its_policy_and_names_are_known_after_both() -> None:
    def program() -> None:
        admission = Admission("admission", FULLEST)
        pulumi.ComponentResource("test:index:Reader", "reader", {"policies": admission.policies})

    snapshot = record(program)
    bindings = [each for each in snapshot.resources if each.type.endswith("Binding")]
    for binding in bindings:
        (policy,) = [each for each in snapshot.resources if each.name == binding.name and each not in bindings]
        assert policy.urn in binding.dependencies
    (reader,) = [each for each in snapshot.resources if each.name == "reader"]
    assert reader.inputs["policies"]["ns-labels"] == "ns-labels.aws-dev.platform.example.com"
    assert set(reader.property_dependencies["policies"]) >= {binding.urn for binding in bindings}


def test_transforms_reach_every_child() -> None:
    def soften(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if not args.type_.endswith("Binding"):
            return None
        return pulumi.ResourceTransformResult(
            {**args.props, "spec": {**args.props["spec"], "validationActions": ["Audit"]}}, args.opts
        )

    found = [each for each in recorded(FULLEST, transforms=[soften]).resources if each.type.endswith("Binding")]
    assert [each.input("spec", "validationActions") for each in found] == [["Audit"]] * 3


def test_the_component_host_publishes_every_field_with_its_text() -> None:
    analyzed = ComponentProvider([Admission], "hedgerow")._component_defs["Admission"]
    assert analyzed.description == Admission.__doc__
    assert set(analyzed.inputs_mapping.values()) == {"label_prefix", "name", "policies"}
    assert all(field.description for field in (*analyzed.inputs.values(), *analyzed.outputs.values()))


def policy(**changes: Any) -> AdmissionArgs:
    return {**SMALLEST, "policies": {"ns-labels": {**LABELS, **changes}}}  # type: ignore[typeddict-item]


CASES: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "no prefix, and a rule that is no name": (
        lambda: {"label_prefix": "Platform", "name": "aws_dev", "policies": {"ns_labels": LABELS}},
        [
            "name must be lower-case letters, digits and '-' with no '-' at either end, such as payments-dev, got 'aws_dev'; rename it",
            "label_prefix must be lower-case letters, digits, '-' and '.' with no '-' or '.' at either end, such as example.com, got 'Platform'; type a DNS name of yours",
            "policies.ns_labels must be lower-case letters, digits and '-' with no '-' at either end, such as payments-dev, got 'ns_labels'; name it by the id of its rule",
        ],
    ),
    "words that are none": (
        lambda: policy(action="deny", operations=["create"], scope="namespaces"),
        [
            "policies.ns-labels.action must be one of Audit, Deny, got 'deny'; type one of them",
            "policies.ns-labels.scope must be one of everywhere, managed, tenants, got 'namespaces'; type one of them",
            "policies.ns-labels.operations must be of CREATE, UPDATE, DELETE, CONNECT, got 'create'; type them in capitals",
        ],
    ),
    "nothing to judge, and nothing to judge it by": (
        lambda: policy(operations=[], resources={}, validations=[]),
        [
            "policies.ns-labels.operations must not be empty, got []; name at least one",
            "policies.ns-labels.resources must not be empty, got {}; name at least one",
            "policies.ns-labels.validations must not be empty, got []; name at least one",
        ],
    ),
    "a field that is not known": (
        lambda: policy(namespaces=["payments"]),
        [
            "policies.ns-labels.namespaces is not known, got ['payments']; one of action, conditions, operations, parameter, resources, scope, spares_system, validations"
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_told_at_once(case: str) -> None:
    make, told = CASES[case]
    with pytest.raises(InputError) as refused:
        plan("admission", make())
    assert str(refused.value).splitlines() == [f"Admission 'admission': {line}" for line in told]
