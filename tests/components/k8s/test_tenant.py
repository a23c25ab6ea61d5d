from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.provider.experimental.component import ComponentProvider

from components.k8s import Tenant
from components.k8s.tenant import TenantArgs, plan
from components.shared.inputs import InputError
from hedgerow.facts import labels
from hedgerow.graph import Resource, Snapshot
from tests.support import TESTS, golden, record

from .examples import FULLEST, SMALLEST, with_platform, with_quota

GOLDENS = TESTS / "components/k8s/goldens"
FENCES = ["default-deny", "same-namespace", "dns"]


def recorded(args: TenantArgs, **opts: Any) -> Snapshot:
    return record(lambda: Tenant("payments", args, pulumi.ResourceOptions(**opts)))


def named(snapshot: Snapshot, kind: str, name: str) -> Resource:
    (found,) = [each for each in snapshot.resources if each.type.endswith(f":{kind}") and each.name == name]
    return found


@pytest.mark.parametrize(("size", "args"), [("smallest", SMALLEST), ("fullest", FULLEST)])
def test_the_resources_are_as_reviewed(size: str, args: TenantArgs) -> None:
    golden(GOLDENS / f"tenant-{size}.yaml", recorded(args))


@pytest.mark.parametrize("args", [SMALLEST, FULLEST])
def test_what_arrives_is_what_was_planned(args: TenantArgs) -> None:
    """Keys inside labels, limits and selectors go through as they are, whatever they look like."""
    want = plan("payments", args)
    expected = {
        ("Namespace", "payments"): want.namespace,
        ("ResourceQuota", "payments-quota"): want.quota,
        ("ResourceQuota", "payments-affinity"): want.affinity,
        ("LimitRange", "payments-limits"): want.limits,
        **{("Role", f"payments-{of}"): manifest for of, manifest in want.roles.items()},
        **{("RoleBinding", f"payments-{of}"): manifest for of, manifest in want.role_bindings.items()},
        **{("NetworkPolicy", f"payments-{of}"): manifest for of, manifest in want.network_policies.items()},
    }
    custom = [each for each in recorded(args).resources if each.custom and each.parent]
    assert {(each.inputs["kind"], each.name): each.inputs for each in custom} == expected


def test_the_plan_is_whole_manifests() -> None:
    want = plan("payments", SMALLEST)
    assert list(want.network_policies) == FENCES
    for manifest in (want.quota, want.affinity, want.limits, *want.roles.values(), *want.network_policies.values()):
        assert manifest["apiVersion"]
        assert manifest["metadata"]["namespace"] == "payments"
        assert manifest["metadata"]["labels"] == {"platform.example.com/managed": "true"}


def test_the_namespace_says_whose_it_is_and_how_pods_must_be() -> None:
    assert plan("payments", FULLEST).namespace["metadata"] == {
        "name": "payments",
        "annotations": {"platform.example.com/owners": "group:payments-team, group:search-team, user:ann@example.com"},
        "labels": {
            "platform.example.com/tenant": "payments",
            "platform.example.com/environment": "prod",
            "platform.example.com/managed": "true",
            "pod-security.kubernetes.io/enforce": "baseline",
            "pod-security.kubernetes.io/enforce-version": "v1.35",
            "pod-security.kubernetes.io/audit": "restricted",
            "pod-security.kubernetes.io/audit-version": "v1.35",
            "pod-security.kubernetes.io/warn": "restricted",
            "pod-security.kubernetes.io/warn-version": "v1.35",
        },
    }


def test_every_fence_depends_on_the_namespace_and_stands_before_anybody_learns_its_name() -> None:
    def program() -> None:
        tenant = Tenant("payments", FULLEST)
        pulumi.ComponentResource("test:index:Reader", "reader", {"namespace": tenant.namespace})

    snapshot = record(program)
    namespace = named(snapshot, "Namespace", "payments")
    fences = {each.urn for each in snapshot.resources if each.parent == namespace.parent and each is not namespace}
    assert len(fences) == 14
    assert all(namespace.urn in each.dependencies for each in snapshot.resources if each.urn in fences)
    reader = named(snapshot, "Reader", "reader")
    assert reader.inputs == {"namespace": "payments"}, "a preview knows it, though nothing exists yet"
    assert set(reader.property_dependencies["namespace"]) >= fences
    assert named(snapshot, "Tenant", "payments").outputs == {"namespace": "payments"}


def test_transforms_reach_every_child() -> None:
    def freeze(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ != "kubernetes:core/v1:ResourceQuota":
            return None
        hard = {**args.props["spec"]["hard"], "pods": "7"}
        return pulumi.ResourceTransformResult({**args.props, "spec": {"hard": hard}}, args.opts)

    quota = named(recorded(SMALLEST, transforms=[freeze]), "ResourceQuota", "payments-quota")
    assert quota.input("spec", "hard", "pods") == "7"
    assert quota.input("spec", "hard", "requests.cpu") == "100"


def test_numbers_of_another_language_change_nothing() -> None:
    floats = {**FULLEST["quota"], "load_balancers": 2.0, "objects": 300.0, "pods": 1500.0, "volumes": 50.0}
    platform = {**FULLEST["platform"], "version": 1.0}
    assert plan("payments", {**FULLEST, "quota": floats, "platform": platform}) == plan("payments", FULLEST)  # type: ignore[typeddict-item]


def camel(value: Any) -> Any:
    """As another language writes the args: camelCase fields, every number a float; keys of maps stay."""
    if isinstance(value, dict):
        fields = "/" not in "".join(value) and "search" not in value and "network" not in value
        return {_camel(key) if fields else key: camel(item) for key, item in value.items()}
    return float(value) if isinstance(value, int) else value


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.title() for word in rest)


def test_the_same_resources_come_through_the_component_host() -> None:
    host = ComponentProvider([Tenant], "hedgerow")
    inputs = camel(FULLEST)
    assert (inputs["allowFrom"], inputs["quota"]["pods"]) == (FULLEST["allow_from"], 1500.0)
    direct, hosted = recorded(FULLEST), record(lambda: host.construct("payments", "hedgerow:index:Tenant", inputs))
    assert [told(each) for each in hosted.resources] == [told(each) for each in direct.resources]


def told(resource: Resource) -> tuple[Any, ...]:
    return resource.urn, resource.parent, resource.inputs, resource.outputs, resource.dependencies


def test_the_component_host_publishes_every_field_with_its_text() -> None:
    analyzed = ComponentProvider([Tenant], "hedgerow")._component_defs["Tenant"]
    assert analyzed.description == Tenant.__doc__
    assert set(analyzed.inputs_mapping.values()) == TenantArgs.__required_keys__ | TenantArgs.__optional_keys__
    assert all(field.description for field in (*analyzed.inputs.values(), *analyzed.outputs.values()))
    assert {name for name, field in analyzed.inputs.items() if not field.optional} == {"owners", "platform", "quota"}


CASES: dict[str, tuple[str, Callable[[], Any], list[str]]] = {
    "nobody owns it": (
        "payments",
        lambda: {**SMALLEST, "owners": {}},
        ["owners must name at least one group or user, got {}; type {groups: [the-team]}"],
    ),
    "an owner is one of the cluster's groups": (
        "payments",
        lambda: {**SMALLEST, "owners": {"groups": ["system:masters"], "users": ["system:anonymous"]}},
        [
            "owners.groups must not be one of the cluster's own, got 'system:masters'; name people without 'system:'",
            "owners.users must not be one of the cluster's own, got 'system:anonymous'; name people without 'system:'",
        ],
    ),
    "everybody is a viewer": (
        "payments",
        lambda: {**SMALLEST, "viewers": {"groups": ["system:authenticated"]}},
        [
            "viewers.groups must not be one of the cluster's own, got 'system:authenticated'; name people without 'system:'"
        ],
    ),
    "a subject is named twice": (
        "payments",
        lambda: {**SMALLEST, "owners": {"groups": ["a", "a"]}},
        ["owners.groups must name each group once, got 'a'; delete one of them"],
    ),
    "a subject is no name": (
        "payments",
        lambda: {**SMALLEST, "owners": {"groups": ["a ", ""]}},
        [
            "owners.groups must be a plain name, got 'a '; type it as the cluster's authentication gives it",
            "owners.groups must be a plain name, got ''; type it as the cluster's authentication gives it",
        ],
    ),
    "subjects are no list": (
        "payments",
        lambda: {**SMALLEST, "owners": {"groups": "team", "users": ["ann"]}, "viewers": {"users": None}},
        [
            "owners.groups must be a list, got 'team'; type [team]",
            "viewers.users must be a list, got None; type one such as [a, b]",
        ],
    ),
    "pods may do anything": (
        "payments",
        lambda: {**SMALLEST, "pod_security": "privileged"},
        ["pod_security must be one of baseline, restricted, got 'privileged'; type one of them"],
    ),
    "it lets itself in": (
        "payments",
        lambda: {**SMALLEST, "allow_from": {"payments": ["TCP/1"]}},
        ["allow_from.payments must be another tenant, got 'payments'; delete it: a tenant's own pods reach each other"],
    ),
    "another tenant cannot have that name": (
        "payments",
        lambda: {**SMALLEST, "allow_to": {"Search": ["TCP/1"], "kube-system": ["TCP/1"]}},
        [
            f"allow_to.Search {labels.name_problem('Search')}, got 'Search'; rename the tenant",
            "allow_to.kube-system must not be a namespace of the cluster itself, got 'kube-system'; rename the tenant",
        ],
    ),
    "another tenant is let in by no port": (
        "payments",
        lambda: {**SMALLEST, "allow_from": {"search": []}},
        ["allow_from.search must name a port, got []; type one such as [TCP/8443], or delete the line"],
    ),
    "a port is no port": (
        "payments",
        lambda: {**SMALLEST, "allow_from": {"search": ["8443"]}},
        [
            "allow_from.search must be a protocol and a port, got '8443'; "
            "type it like 'TCP/8443', 'UDP/53' or 'TCP/8000-8010'"
        ],
    ),
    "its name is no namespace": (
        "Payments_1",
        lambda: SMALLEST,
        [f"name {labels.name_problem('Payments_1')}, got 'Payments_1'; rename the tenant"],
    ),
    "its name is the cluster's": (
        "kube-payments",
        lambda: SMALLEST,
        ["name must not be a namespace of the cluster itself, got 'kube-payments'; rename the tenant"],
    ),
    "its name is everybody's": (
        "default",
        lambda: SMALLEST,
        ["name must not be a namespace of the cluster itself, got 'default'; rename the tenant"],
    ),
    "a field is not known, another missing": (
        "payments",
        lambda: {"owners": {"groups": ["a"], "team": "b"}, "platform": SMALLEST["platform"], "quota": {}},
        [
            "owners.team is not known, got 'b'; one of groups, users",
            "quota.cpu is missing; give it a value",
        ],
    ),
    "the contract is of another version": (
        "payments",
        lambda: with_platform(version=0),
        ["platform.version must be 1, got 0; update the stack of the platform first"],
    ),
    "the contract is of a later version": (
        "payments",
        lambda: with_platform(version=2),
        ["platform.version must be 1, got 2; update this stack first"],
    ),
    "the contract cannot be read": (
        "payments",
        lambda: with_platform(
            environment="test",
            kubernetes="1",
            label_prefix="Platform/",
            dns={"addresses": ["169.254.20.10"], "namespace": "Kube", "pods": [{}]},
            health_checks=["35.191.0.0"],
            identity=[
                {"address": "169.254.170.23", "ports": []},
                {"address": "fd00:ec2::23/128", "ports": [80, 70000]},
            ],
            load_balancers={"public": {"annotations": {"a/b/c": "x"}}},
            metadata_addresses=["nowhere"],
            ranges={"network": "0.0.0.0/0", "pods": "10.1.2.3/16"},
        ),
        [
            "platform.environment must be one of dev, staging, prod, got 'test'; type one of them",
            f"platform.label_prefix {labels.name_with_dots_problem('Platform/')}, got 'Platform/'; type a DNS name of yours",
            "platform.kubernetes must be a minor version, got '1'; type one in quotes, such as '1.35'",
            "platform.dns.pods must not be empty, got [{}]; type the labels of each kind, such as [{k8s-app: kube-dns}]",
            f"platform.dns.namespace {labels.name_problem('Kube')}, got 'Kube'; type its name, such as kube-system",
            "platform.ranges.network must be narrower than every address, got '0.0.0.0/0'; type the range that is meant, "
            "such as 10.16.0.0/16",
            "platform.ranges.pods has host bits set, got '10.1.2.3/16'; write 10.1.0.0/16",
            "platform.dns.addresses has no prefix length, got '169.254.20.10'; write 169.254.20.10/32 for one address",
            "platform.health_checks has no prefix length, got '35.191.0.0'; write 35.191.0.0/32 for one address",
            "platform.identity.0.address has no prefix length, got '169.254.170.23'; write 169.254.170.23/32 for one address",
            "platform.identity.0.ports must not be empty, got []; type its TCP ports, such as [80]",
            "platform.identity.1.ports must be a whole number from 1 to 65535, got 70000; type one, such as 1",
            "platform.load_balancers must have internal and public, got ['public']; type {annotations: {}} for one that needs none",
            f"platform.load_balancers.public.annotations.a/b/c {labels.key_problem('a/b/c')}, got 'x'; "
            "type it as the cloud documents it",
            "platform.metadata_addresses is not an address range, got 'nowhere'; write a range such as 10.16.0.0/16",
        ],
    ),
    "several things are wrong": (
        "payments",
        lambda: {**with_quota(cpu="x"), "owners": {}, "pod_security": "none"},
        [
            "owners must name at least one group or user, got {}; type {groups: [the-team]}",
            "pod_security must be one of baseline, restricted, got 'none'; type one of them",
            "quota.cpu must be a Kubernetes quantity, got 'x'; type a number such as '250m', '1.5' or '400Gi'",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_fails_when(case: str) -> None:
    name, args, problems = CASES[case]
    with pytest.raises(InputError) as failure:
        plan(name, args())
    assert str(failure.value).split("\n") == [f"Tenant {name!r}: {problem}" for problem in problems]


def test_nothing_is_made_of_a_tenant_that_is_refused() -> None:
    seen: list[pulumi.RunError] = []

    def program() -> None:
        try:
            Tenant("payments", {**SMALLEST, "pod_security": "privileged"})
        except pulumi.RunError as error:
            seen.append(error)

    assert [each.type for each in record(program).resources if each.custom and each.parent] == []
    assert len(seen) == 1
