"""What a change changes: creates, updates, replaces, deletes, renames, each with the inputs that force it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.facts import replacements, table
from hedgerow.graph import MISSING, SECRET, UNKNOWN, Resource, Snapshot
from hedgerow.graph.diff import Change, Difference, Property, difference, stakes
from hedgerow.graph.sources import state

from ..agreement.reading import embedded

SUBNET, GROUP = "aws:ec2/subnet:Subnet", "aws:eks/nodeGroup:NodeGroup"
GROUP_OF_RULES = "aws:ec2/securityGroup:SecurityGroup"
DEPLOYMENT, SERVICE = "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service"
STATE = Path(__file__).parents[1] / "agreement" / "reference" / "state.json"


def made(type_: str, called: str, /, links: dict[str, tuple[str, ...]] | None = None, **inputs: Any) -> Resource:
    return Resource(
        f"urn:pulumi:dev::shop::{type_}::{called}",
        type_,
        called,
        inputs=inputs,
        dependencies=tuple(urn for urns in (links or {}).values() for urn in urns),
        property_dependencies=links or {},
    )


def snapshot(*resources: Resource) -> Snapshot:
    return Snapshot.of("shop", "dev", resources)


def changes(before: list[Resource], after: list[Resource], *, filled: bool = False) -> list[tuple[str, str]]:
    found = difference(snapshot(*before), snapshot(*after), filled=filled)
    return [(change.what, change.name) for change in found.changes]


def only(before: list[Resource], after: list[Resource]) -> Change:
    (found,) = difference(snapshot(*before), snapshot(*after)).changes
    return found


def test_what_is_created_and_deleted() -> None:
    api, web = made(SERVICE, "api", spec={"type": "ClusterIP"}), made(DEPLOYMENT, "web", spec={"replicas": 1})
    assert changes([api], [web]) == [("delete", "api"), ("create", "web")]


def test_an_update_in_place_names_the_input() -> None:
    found = only([made(DEPLOYMENT, "web", spec={"replicas": 1})], [made(DEPLOYMENT, "web", spec={"replicas": 3})])
    assert (found.what, found.properties) == ("update", (Property("spec.replicas", 1, 3, "update"),))


REPLACED: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    "a Deployment's selector": (
        DEPLOYMENT,
        {"spec": {"selector": {"matchLabels": {"app": "a"}}}},
        {"spec": {"selector": {"matchLabels": {"app": "b"}}}},
        "spec.selector.matchLabels.app",
    ),
    "a Service's address": (
        SERVICE,
        {"spec": {"clusterIP": "10.0.0.1"}},
        {"spec": {"clusterIP": "10.0.0.2"}},
        "spec.clusterIP",
    ),
    "a RoleBinding's role": (
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        {"roleRef": {"name": "view"}},
        {"roleRef": {"name": "edit"}},
        "roleRef.name",
    ),
    "a Namespace's name": (
        "kubernetes:core/v1:Namespace",
        {"metadata": {"name": "a"}},
        {"metadata": {"name": "b"}},
        "metadata.name",
    ),
    "a StatefulSet's volumes": (
        "kubernetes:apps/v1:StatefulSet",
        {"spec": {"volumeClaimTemplates": [{"spec": {"size": 1}}]}},
        {"spec": {"volumeClaimTemplates": [{"spec": {"size": 2}}]}},
        "spec.volumeClaimTemplates[0].spec.size",
    ),
    "a subnet's range": (SUBNET, {"cidrBlock": "10.0.0.0/24"}, {"cidrBlock": "10.0.1.0/24"}, "cidrBlock"),
    "a cluster's service range": (
        "aws:eks/cluster:Cluster",
        {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"}},
        {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.21.0.0/16"}},
        "kubernetesNetworkConfig.serviceIpv4Cidr",
    ),
    "a node group's machines": (GROUP, {"instanceTypes": ["a", "b"]}, {"instanceTypes": ["a"]}, "instanceTypes"),
    "a GKE cluster's datapath": (
        "gcp:container/cluster:Cluster",
        {"datapathProvider": "LEGACY_DATAPATH"},
        {"datapathProvider": "ADVANCED_DATAPATH"},
        "datapathProvider",
    ),
}


@pytest.mark.parametrize("case", REPLACED)
def test_inputs_that_force_a_new_one(case: str) -> None:
    type_, before, after, path = REPLACED[case]
    found = only([made(type_, "it", **before)], [made(type_, "it", **after)])
    assert (found.what, found.forced_by, found.doubtful) == ("replace", (path,), ())


def test_a_type_in_no_table_is_for_the_engine_to_say() -> None:
    found = only([made("aws:sqs/queue:Queue", "q", fifo=False)], [made("aws:sqs/queue:Queue", "q", fifo=True)])
    assert (found.what, found.forced_by, found.doubtful) == ("update or replace", (), ("fifo",))


def test_the_tables_say_where_they_are_from_and_only_known_effects() -> None:
    rows = [row for path in replacements.TABLES.values() for row in table.rows(path)]
    assert all(replacements.source(package).endswith("read 2026-11-21") for package in replacements.TABLES)
    assert {effect for _, effect in rows} == {"update", "replace", "either"}
    assert all(changed.count(" ") == 1 for changed, _ in rows)


def test_what_hangs_on_a_new_id_changes_too() -> None:
    """A subnet made anew takes the node group with it, and leaves what only knows its name."""
    before = made(SUBNET, "a", cidrBlock="10.0.0.0/24")
    after = made(SUBNET, "a", cidrBlock="10.0.1.0/24")
    group = made(GROUP, "general", {"subnetIds": (before.urn,)}, subnetIds=[UNKNOWN])
    named = made(SERVICE, "api", {"metadata": (before.urn,)}, metadata={"name": "api"})
    found = difference(snapshot(before, group, named), snapshot(after, group, named))
    assert [(change.what, change.name) for change in found.changes] == [("replace", "a"), ("replace", "general")]
    hanging = next(change for change in found.changes if change.name == "general")
    assert hanging.properties == (Property("subnetIds", [UNKNOWN], UNKNOWN, "replace", "a is made anew"),)
    assert found.same == 1


def test_what_may_be_replaced_may_take_others_with_it() -> None:
    queue = [made("aws:sqs/queue:Queue", "q", fifo=fifo) for fifo in (False, True)]
    group = made(GROUP, "general", {"subnetIds": (queue[0].urn,)}, subnetIds=[UNKNOWN])
    assert changes([queue[0], group], [queue[1], group]) == [
        ("update or replace", "general"),
        ("update or replace", "q"),
    ]


def test_a_value_that_is_not_known_yet_is_taken_for_the_same() -> None:
    assert changes([made(GROUP, "g", nodeRoleArn="arn:1")], [made(GROUP, "g", nodeRoleArn=UNKNOWN)]) == []


def test_a_rename_is_recognised_and_says_how_to_keep_it() -> None:
    labels = {"a": "1", "b": "2", "c": "3"}
    before = made(DEPLOYMENT, "web", metadata={"name": "x", "labels": labels}, spec={"replicas": 2})
    after = made(DEPLOYMENT, "front", metadata={"name": "x", "labels": labels}, spec={"replicas": 3})
    found = only([before], [after])
    assert (found.what, found.renamed_from) == ("rename", before.urn)
    assert found.alias == 'opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="web")])'
    assert found.alias_of == after.urn
    assert found.properties == (Property("spec.replicas", 2, 3, "update"),)
    assert found.risks == ()


def test_a_rename_under_another_component_is_kept_by_its_urn() -> None:
    before = made(DEPLOYMENT, "web", spec={"replicas": 2})
    after = replace(before, urn=f"urn:pulumi:dev::shop::hedgerow:index:Workload${DEPLOYMENT}::web")
    assert only([before], [after]).alias == f'opts=pulumi.ResourceOptions(aliases=["{before.urn}"])'


def test_a_rename_of_a_component_is_kept_by_an_alias_of_the_component() -> None:
    one, other = (component("hedgerow:index:EksNodeGroup", f"dev-{name}") for name in ("general", "workers"))
    before = replace(made(GROUP, "dev-general", amiType="A"), parent=one.urn)
    after = replace(made(GROUP, "dev-workers", amiType="A"), parent=other.urn)
    found = difference(snapshot(one, before), snapshot(other, after)).changes
    assert [(change.what, change.alias, change.alias_of) for change in found] == [
        ("rename", 'opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="dev-general")])', other.urn)
    ]


def component(type_: str, name: str) -> Resource:
    return Resource(f"urn:pulumi:dev::shop::{type_}::{name}", type_, name, custom=False)


def test_what_is_made_anew_with_its_name_is_no_rename() -> None:
    """An alias keeps a namespace in the state, and the provider replaces it all the same: what is in it is lost."""
    type_, labels = "kubernetes:core/v1:Namespace", {"a": "1", "b": "2", "c": "3", "d": "4"}
    before = made(type_, "shop", metadata={"name": "shop", "labels": labels})
    after = made(type_, "store", metadata={"name": "store", "labels": labels})
    found = difference(snapshot(before), snapshot(after)).changes
    assert [(change.what, change.name, [risk.kind for risk in change.risks]) for change in found] == [
        ("delete", "shop", ["data loss"]),
        ("create", "store", []),
    ]


def test_a_fence_that_goes_with_its_namespace_opens_nothing() -> None:
    space = made("kubernetes:core/v1:Namespace", "shop", metadata={"name": "shop"})
    fences = [
        made("kubernetes:networking.k8s.io/v1:NetworkPolicy", f"{home}-deny", metadata={"namespace": home})
        for home in ("shop", "other")
    ]
    found = difference(snapshot(space, *fences), snapshot()).changes
    assert {change.name: [risk.kind for risk in change.risks] for change in found} == {
        "shop": ["data loss"],
        "shop-deny": [],
        "other-deny": ["exposure opened"],
    }


def test_two_things_that_are_not_alike_are_no_rename() -> None:
    before = made(SUBNET, "a", cidrBlock="10.0.0.0/24", availabilityZone="a")
    after = made(SUBNET, "b", cidrBlock="10.0.1.0/24", availabilityZone="b")
    assert changes([before], [after]) == [("delete", "a"), ("create", "b")]


def test_the_name_in_a_tag_does_not_hide_a_rename() -> None:
    before = made("aws:ec2/eip:Eip", "nat-a", domain="vpc", tags={"Name": "nat-a", "env": "prod"})
    after = made("aws:ec2/eip:Eip", "nat-b", domain="vpc", tags={"Name": "nat-b", "env": "prod"})
    assert changes([before], [after]) == [("rename", "nat-b")]


def test_secrets_are_compared_by_no_one_and_shown_to_no_one() -> None:
    type_ = "kubernetes:core/v1:Secret"
    assert changes([made(type_, "s", data=SECRET)], [made(type_, "s", stringData=SECRET)]) == []
    found = only([made(type_, "s", data={"a": "plain"})], [made(type_, "s", data={"a": SECRET})])
    assert found.properties == (Property("data.a", SECRET, SECRET, "replace"),)


def test_what_a_state_has_more_may_be_a_providers_default() -> None:
    before = made(GROUP, "general", nodeGroupName="general-1a2b3c4", diskSize=20, amiType="A")
    after = made(GROUP, "general", amiType="A")
    found = difference(snapshot(before), snapshot(after), filled=True)
    assert (found.changes, found.filled, found.same) == ((), 1, 1)
    assert only([before], [after]).forced_by == ("diskSize", "nodeGroupName")


def test_numbers_as_text_and_sets_in_another_order_are_the_same() -> None:
    assert changes([made(SUBNET, "a", tags={"n": "1"})], [made(SUBNET, "a", tags={"n": 1})]) == []
    assert changes([made(GROUP, "g", subnetIds=["a", "b"])], [made(GROUP, "g", subnetIds=["b", "a"])]) == []
    before, after = made(DEPLOYMENT, "d", args=["a", "b"]), made(DEPLOYMENT, "d", args=["b", "a"])
    assert changes([before], [after]) == [("update", "d")]
    assert changes([made(SUBNET, "a", on=1)], [made(SUBNET, "a", on=True)]) == [("update", "a")]


def test_ignored_inputs_are_left_alone() -> None:
    before, after = made(DEPLOYMENT, "d", spec={"replicas": 1}), made(DEPLOYMENT, "d", spec={"replicas": 9})
    assert changes([before], [replace(after, ignore_changes=("spec.replicas",))]) == []
    assert changes([before], [replace(after, ignore_changes=("spec",))]) == []


def test_a_protected_resource_is_not_replaced_or_deleted() -> None:
    before = replace(made(SUBNET, "a", cidrBlock="10.0.0.0/24"), protect=True)
    assert only([before], []).protected is True
    assert only([before], [made(SUBNET, "a", cidrBlock="10.0.1.0/24")]).protected is True
    assert only([before], [made(SUBNET, "a", cidrBlock="10.0.0.0/24", tags={"a": "b"})]).protected is False


RISKS: dict[str, tuple[list[Resource], list[Resource], list[str]]] = {
    "a namespace goes": ([made("kubernetes:core/v1:Namespace", "a")], [], ["data loss"]),
    "a cluster is replaced": (
        [made("aws:eks/cluster:Cluster", "a", name="a")],
        [made("aws:eks/cluster:Cluster", "a", name="b")],
        ["data loss"],
    ),
    "no replica is left": (
        [made(DEPLOYMENT, "a", spec={"replicas": 2})],
        [made(DEPLOYMENT, "a", spec={"replicas": 0})],
        ["outage"],
    ),
    "a role is bound": ([], [made("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "a")], ["access widened"]),
    "a policy goes": ([made("kubernetes:networking.k8s.io/v1:NetworkPolicy", "a")], [], ["exposure opened"]),
    "a quota goes": ([made("kubernetes:core/v1:ResourceQuota", "a")], [], ["access widened"]),
    "a load balancer is made": ([], [made(SERVICE, "a", spec={"type": "LoadBalancer"})], ["exposure opened"]),
    "the API server is opened": (
        [made("aws:eks/cluster:Cluster", "a", vpcConfig={"endpointPublicAccess": False})],
        [made("aws:eks/cluster:Cluster", "a", vpcConfig={"endpointPublicAccess": True})],
        ["exposure opened"],
    ),
    "the world is let in": (
        [],
        [made("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "a", cidrIpv4="0.0.0.0/0")],
        ["exposure opened"],
    ),
    "a security group lets in more": (
        [made(GROUP_OF_RULES, "a", ingress=[{"cidrBlocks": ["10.0.0.0/8"], "fromPort": 443}])],
        [made(GROUP_OF_RULES, "a", ingress=[{"cidrBlocks": ["0.0.0.0/0"], "fromPort": 443}])],
        ["exposure opened"],
    ),
    "a security group lets in less": (
        [made(GROUP_OF_RULES, "a", ingress=[{"cidrBlocks": ["10.0.0.0/8", "0.0.0.0/0"]}])],
        [made(GROUP_OF_RULES, "a", ingress=[{"cidrBlocks": ["10.1.0.0/16"]}])],
        [],
    ),
    "a security group loses a rule": (
        [made(GROUP_OF_RULES, "a", ingress=[{"cidrBlocks": ["10.0.0.0/8"]}, {"self": True}])],
        [made(GROUP_OF_RULES, "a", ingress=[{"self": True}])],
        [],
    ),
    "a security group lets everybody out": (
        [],
        [made(GROUP_OF_RULES, "a", egress=[{"cidrBlocks": ["0.0.0.0/0"]}])],
        [],
    ),
    "a firewall for what goes out": (
        [],
        [made("gcp:compute/firewall:Firewall", "a", direction="EGRESS", destinationRanges=["0.0.0.0/0"])],
        [],
    ),
    "a firewall that names no source any more": (
        [made("gcp:compute/firewall:Firewall", "a", sourceRanges=["10.0.0.0/8"])],
        [made("gcp:compute/firewall:Firewall", "a")],
        ["exposure opened"],
    ),
    "the API server is closed": (
        [made("aws:eks/cluster:Cluster", "a", vpcConfig={"endpointPublicAccess": True})],
        [made("aws:eks/cluster:Cluster", "a", vpcConfig={"endpointPublicAccess": False})],
        [],
    ),
    "all of a cluster's network is told at once": (
        [made("aws:eks/cluster:Cluster", "a")],
        [made("aws:eks/cluster:Cluster", "a", vpcConfig={"endpointPublicAccess": True})],
        ["data loss", "exposure opened"],
    ),
    "a policy selects fewer pods": (
        [made("kubernetes:networking.k8s.io/v1:NetworkPolicy", "a", spec={"podSelector": {}})],
        [made("kubernetes:networking.k8s.io/v1:NetworkPolicy", "a", spec={"podSelector": {"matchLabels": {"a": "b"}}})],
        ["exposure opened"],
    ),
    "a role gets another tag": (
        [made("aws:iam/policy:Policy", "a", tags={"a": "b"})],
        [made("aws:iam/policy:Policy", "a", tags={"a": "c"})],
        [],
    ),
    "a role is bound to one less": (
        [made("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "a", subjects=[{"name": "a"}, {"name": "b"}])],
        [made("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "a", subjects=[{"name": "b"}])],
        [],
    ),
    "somebody else is trusted": (
        [made("aws:iam/role:Role", "a", assumeRolePolicy="{}")],
        [made("aws:iam/role:Role", "a", assumeRolePolicy="{...}")],
        ["access widened"],
    ),
    "a database goes": ([made("gcp:sql/database:Database", "a")], [], ["data loss"]),
    "a label is added": (
        [made(DEPLOYMENT, "a", metadata={"labels": {}})],
        [made(DEPLOYMENT, "a", metadata={"labels": {"a": "b"}})],
        [],
    ),
}


@pytest.mark.parametrize("case", RISKS)
def test_the_risk_of_a_change(case: str) -> None:
    before, after, kinds = RISKS[case]
    assert [risk.kind for risk in only(before, after).risks] == kinds


def test_the_state_that_a_real_engine_left_differs_in_nothing_from_its_program() -> None:
    found = difference(state.load(STATE), embedded("program"), "state.json", filled=True)
    assert found == Difference("state.json", (), found.same, 0)
    assert found.same == len([item for item in embedded("program").resources if item.custom])


def test_a_change_of_that_program_is_told_as_the_engine_did_it() -> None:
    """The recording of the engine's own preview replaces the VPC, and with it what hangs on its id."""
    found = difference(state.load(STATE), embedded("program_changed"), filled=True)
    assert [(change.what, change.type.rpartition(":")[2], change.name) for change in found.changes] == [
        ("delete", "SecurityGroupIngressRule", "nodes-from-world"),
        ("replace", "SecurityGroup", "nodes"),
        ("replace", "NodeGroup", "general"),
        ("replace", "Subnet", "main-private-0"),
        ("replace", "Subnet", "main-private-1"),
        ("replace", "Vpc", "main"),
        ("update", "Cluster", "main"),
        ("update", "Deployment", "payments-api"),
        ("update", "ResourceQuota", "payments-quota"),
    ]


VALUES = st.recursive(
    st.one_of(st.integers(0, 2), st.sampled_from(["a", "b"]), st.just(UNKNOWN), st.just(SECRET)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("xyz"), inner, max_size=2)),
    max_leaves=5,
)
INPUTS = st.dictionaries(st.sampled_from("pqr"), VALUES, max_size=3)


@given(INPUTS)
def test_nothing_differs_from_itself(inputs: dict[str, Any]) -> None:
    one = snapshot(made(DEPLOYMENT, "d", **inputs), made(SUBNET, "s", **inputs))
    assert difference(one, one) == Difference("", (), 2, 0)


@given(INPUTS, INPUTS)
def test_there_and_back_name_the_same_inputs(one: dict[str, Any], other: dict[str, Any]) -> None:
    there = difference(snapshot(made(DEPLOYMENT, "d", **one)), snapshot(made(DEPLOYMENT, "d", **other)))
    back = difference(snapshot(made(DEPLOYMENT, "d", **other)), snapshot(made(DEPLOYMENT, "d", **one)))
    paths = [[item.path for item in change.properties] for found in (there, back) for change in found.changes]
    assert len(paths) in (0, 2)
    if paths:
        assert paths[0] == paths[1]


def test_what_is_missing_on_one_side_is_named_so() -> None:
    found = only([made(DEPLOYMENT, "d", spec={"paused": True})], [made(DEPLOYMENT, "d", spec={"replicas": 1})])
    assert found.properties == (
        Property("spec.paused", True, MISSING, "update"),
        Property("spec.replicas", MISSING, 1, "update"),
    )


def test_what_is_at_stake_is_of_types_whose_replacements_are_known() -> None:
    """A risk of what is replaced is told only where it is known what forces that; old names of types are left out."""
    named = {
        *stakes.HOLDS_DATA,
        *stakes.CARRIES_TRAFFIC,
        *stakes.GRANTS,
        *stakes.TRUSTS,
        *stakes.FENCES,
        *stakes.WAYS_IN,
    }
    assert sorted(type_ for type_ in named if not replacements.known(type_)) == ["aws:s3/bucketV2:BucketV2"]
