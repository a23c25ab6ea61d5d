"""Views give rules what the API server would make of a manifest, and say so where they cannot."""

import ipaddress
import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.facts import labels
from hedgerow.graph import SECRET, UNKNOWN, Resource, Snapshot, Views
from hedgerow.graph.views import Fence
from hedgerow.graph.views.addresses import network, whole, within_block
from hedgerow.graph.views.answer import every, holds, some
from hedgerow.graph.views.isolation import left_open, left_without
from hedgerow.graph.views.rbac import permits
from hedgerow.graph.views.selection import gap, selects, valid


def made(
    kind: str, name: str, *, group: str = "core/v1", provider: str = "", links: tuple[str, ...] = (), **inputs: Any
) -> Resource:
    token = f"kubernetes:{group}:{kind}"
    links_of = {"metadata": links} if links else {}
    whole_ = {"kind": kind.removesuffix("Patch"), **inputs}
    return Resource(
        f"urn::{token}::{name}", token, name, provider=provider, inputs=whole_, property_dependencies=links_of
    )


def named(kind: str, name: Any, namespace: Any = None, **more: Any) -> Resource:
    metadata = {key: value for key, value in (("name", name), ("namespace", namespace)) if value is not None}
    return made(kind, more.pop("called", str(name)), metadata=metadata, **more)


def views(*resources: Resource) -> Views:
    return Views(Snapshot.of("p", "s", resources))


def policy(name: str, spec: Any, namespace: Any = "pay") -> Resource:
    return named("NetworkPolicy", name, namespace, group="networking.k8s.io/v1", spec=spec)


answers = st.sampled_from([True, False, UNKNOWN])


def completions(given: list[Any]) -> list[tuple[bool, ...]]:
    return list(itertools.product(*[(True, False) if answer is UNKNOWN else (answer,) for answer in given]))


@given(st.lists(answers, max_size=5))
def test_an_answer_is_known_just_where_whatever_is_unknown_changes_nothing(given: list[Any]) -> None:
    for combine, plain in ((every, all), (some, any)):
        possible = {plain(each) for each in completions(given)}
        assert combine(given) is (possible.pop() if len(possible) == 1 else UNKNOWN)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["a", "b"], True),
        (["c"], False),
        ([], False),
        (["c", UNKNOWN], UNKNOWN),
        (["a", SECRET], True),
        (SECRET, UNKNOWN),
    ],
)
def test_a_list_holds_something_or_may(value: Any, expected: Any) -> None:
    assert holds(value, ["a", "b"]) is expected


keys, values = st.sampled_from(["app", "tier"]), st.sampled_from(["a", "b"])
expressions = st.one_of(
    st.fixed_dictionaries(
        {"key": keys, "operator": st.sampled_from(["In", "NotIn"]), "values": st.lists(values, min_size=1, max_size=2)}
    ),
    st.fixed_dictionaries({"key": keys, "operator": st.sampled_from(["Exists", "DoesNotExist"])}),
)
selectors = st.fixed_dictionaries(
    {},
    optional={
        "matchLabels": st.dictionaries(keys, values, max_size=2),
        "matchExpressions": st.lists(expressions, max_size=2),
    },
)
EVERY_POD = [
    {key: value for key, value in (("app", app), ("tier", tier)) if value is not None}
    for app in (None, "a", "b", "c")
    for tier in (None, "a", "b", "c")
]


@given(selectors, st.lists(selectors, max_size=4))
def test_a_gap_is_found_just_where_one_is(within: Mapping[str, Any], avoiding: list[Mapping[str, Any]]) -> None:
    """Expected answer: every set of labels tried one by one; «c» stands for each value that no selector names."""
    slipping = [
        pod
        for pod in EVERY_POD
        if labels.matches(within, pod) and not any(labels.matches(each, pod) for each in avoiding)
    ]
    found = gap(within, avoiding)
    assert (found is None) == (not slipping)
    if found is not None:
        assert labels.matches(within, found)
        assert not any(labels.matches(each, found) for each in avoiding)


@given(selectors, st.sampled_from(EVERY_POD))
def test_selecting_agrees_with_the_facts(selector: Mapping[str, Any], pod: dict[str, str]) -> None:
    assert selects(selector, pod) is labels.matches(selector, pod)


@given(selectors, st.sampled_from(EVERY_POD), st.sampled_from(["app", "tier"]))
def test_an_unknown_label_leaves_only_answers_that_hold_for_each_value(
    selector: Mapping[str, Any], pod: dict[str, str], key: str
) -> None:
    answer = selects(selector, {**pod, key: UNKNOWN})
    possible = {labels.matches(selector, {**pod, key: value}) for value in ("a", "b", "c")}
    assert answer is UNKNOWN or possible == {answer}


@pytest.mark.parametrize(
    ("selector", "known", "expected"),
    [
        ({}, {}, True),
        ({"matchLabels": {"name": "kube-system"}}, {"id": "1"}, UNKNOWN),
        ({"matchLabels": {"name": "kube-system", "id": "2"}}, {"id": "1"}, False),
        ({"matchExpressions": [{"key": "tenant", "operator": "DoesNotExist"}]}, {"id": "1"}, True),
        ({"matchExpressions": [{"key": "tenant", "operator": "Exists"}]}, {"id": "1"}, UNKNOWN),
        ({"matchLabels": UNKNOWN}, {"id": "1"}, UNKNOWN),
        ({"matchLables": {"id": "1"}}, {"id": "1"}, False),
    ],
)
def test_labels_that_may_be_more_than_are_known_make_some_answers_unknown(
    selector: Any, known: Any, expected: Any
) -> None:
    assert selects(selector, known, whole=False) is expected


@pytest.mark.parametrize(
    "selector", [None, [], "x", {"matchLabels": "a"}, {"matchLabels": {"a": 1}}, {"matchExpressions": [{}]}]
)
def test_a_selector_that_the_server_refuses_is_not_valid(selector: Any) -> None:
    assert not valid(selector)


def test_a_search_that_takes_too_long_is_given_up_and_nothing_is_certain_then(monkeypatch: pytest.MonkeyPatch) -> None:
    halves = [{"matchExpressions": [{"key": "app", "operator": each}]} for each in ("Exists", "DoesNotExist")]
    around = fence(*({"podSelector": each} for each in halves))
    assert (gap({}, halves), left_open(around, "Ingress")) == (None, None)
    monkeypatch.setattr("hedgerow.graph.views.selection.MOST_STEPS", 1)
    pods = left_open(around, "Ingress")
    assert gap({}, halves) is UNKNOWN
    assert pods is not None
    assert not pods.certain


@pytest.mark.parametrize(
    ("inputs", "auto"),
    [
        ({"metadata": {"name": "pay"}}, False),
        ({"metadata": {}}, True),
        ({}, True),
        ({"metadata": {"generateName": "pay-"}}, True),
        ({"metadata": {"name": UNKNOWN}}, False),
        ({"metadata": UNKNOWN}, False),
        ({"metadata": {"name": "pay-1a2b", "annotations": {"pulumi.com/autonamed": "true"}}}, True),
    ],
)
def test_a_name_is_the_providers_choice_or_somebodys(inputs: dict[str, Any], auto: bool) -> None:
    (namespace,) = views(made("Namespace", "pay", **inputs)).namespaces
    assert namespace.auto_named is auto
    assert str(namespace) == "Namespace 'pay'"


def test_what_a_patch_does_not_say_is_not_known() -> None:
    (namespace,) = views(made("NamespacePatch", "pay", metadata={"name": "pay", "labels": {"a": "1"}})).namespaces
    assert (namespace.label("a"), namespace.label("b"), namespace.annotations) == ("1", UNKNOWN, UNKNOWN)


def test_what_a_program_only_looks_up_is_not_judged() -> None:
    looked_up = Resource("urn::ns", "kubernetes:core/v1:Namespace", "pay")
    assert views(looked_up).namespaces == ()


def test_the_clusters_own_namespaces_are_not_judged() -> None:
    names = ("kube-system", "kube-public", "kube-node-lease", "default", "pay")
    assert [item.name for item in views(*(named("Namespace", name) for name in names)).namespaces] == ["default", "pay"]


def test_an_object_lies_where_its_namespace_is_named_or_linked_in_its_own_cluster() -> None:
    auto = made("Namespace", "auto", metadata={})
    found = views(
        named("Namespace", "pay"),
        made("Namespace", "pay-there", metadata={"name": "pay"}, provider="other"),
        auto,
        named("ResourceQuota", "by-name", "pay"),
        named("ResourceQuota", "elsewhere", "ship"),
        named("ResourceQuota", "linked", UNKNOWN, links=(auto.urn,)),
        named("ResourceQuota", "lost", UNKNOWN),
        named("ResourceQuota", "there", "pay", provider="other"),
        named("ResourceQuota", "unnamed", None),
    )
    homes = {quota.name: found.home(quota) for quota in found.quotas}
    told = {name: home if home in (None, UNKNOWN) else home.resource.name for name, home in homes.items()}
    assert told == {
        "by-name": "pay",
        "elsewhere": None,
        "linked": "auto",
        "lost": UNKNOWN,
        "there": "pay-there",
        "unnamed": None,
    }
    assert [found.place(quota)[1] for quota in found.quotas if quota.name == "unnamed"] == ["default"]


def test_beside_a_namespace_that_may_have_any_name_nothing_is_surely_elsewhere() -> None:
    found = views(
        named("Namespace", UNKNOWN), named("ResourceQuota", "q", "ship"), named("ResourceQuota", "r", "kube-system")
    )
    assert [found.home(quota) for quota in found.quotas] == [UNKNOWN, None]


def test_fences_hold_what_lies_in_a_namespace_and_what_may() -> None:
    found = views(
        named("Namespace", "pay"),
        named("Namespace", UNKNOWN, called="any"),
        named("Namespace", "kube-system"),
        named("ResourceQuota", "inside", "pay"),
        named("ResourceQuota", "lost", UNKNOWN),
        named("ResourceQuota", "system", "kube-system"),
        named("LimitRange", "undeclared", "ship"),
        policy("deny", {}),
    )
    told = [
        (
            fence.namespace and fence.namespace.resource.name,
            [item.name for item in (*fence.inside.quotas, *fence.inside.limit_ranges, *fence.inside.network_policies)],
            [item.name for item in (*fence.perhaps.quotas, *fence.perhaps.limit_ranges)],
        )
        for fence in found.fences
    ]
    assert told == [
        ("any", [], ["lost", "undeclared"]),
        ("pay", ["inside", "deny"], ["lost"]),
        (None, ["undeclared"], ["lost"]),
        (None, [], ["lost"]),
    ]


@pytest.mark.parametrize(
    ("spec", "scoped"),
    [
        ({}, False),
        ({"scopes": []}, False),
        ({"scopes": ["BestEffort"]}, True),
        ({"scopes": [UNKNOWN]}, True),
        ({"scopeSelector": {}}, False),
        ({"scopeSelector": {"matchExpressions": [{}]}}, True),
        ({"scopes": UNKNOWN}, UNKNOWN),
        ({"scopes": UNKNOWN, "scopeSelector": {"matchExpressions": [{}]}}, True),
        (SECRET, SECRET),
    ],
)
def test_a_quota_counts_some_pods_or_all(spec: Any, scoped: Any) -> None:
    assert views(named("ResourceQuota", "q", "pay", spec=spec)).quotas[0].scoped is scoped


@pytest.mark.parametrize(
    ("hard", "least", "hidden"),
    [
        ({"cpu": "2", "requests.cpu": "1500m"}, (Fraction(3, 2), "1500m"), None),
        ({"requests.cpu": UNKNOWN, "cpu": 4}, (Fraction(4), 4), UNKNOWN),
        ({"requests.cpu": "lots"}, None, None),
        ({"pods": SECRET}, None, None),
        ({}, None, None),
        (SECRET, None, SECRET),
    ],
)
def test_the_least_of_a_key_is_exact_under_any_spelling(hard: Any, least: Any, hidden: Any) -> None:
    (quota,) = views(named("ResourceQuota", "q", "pay", spec={"hard": hard})).quotas
    assert (quota.least("requests.cpu"), quota.hidden("requests.cpu")) == (least, hidden)


@pytest.mark.parametrize(
    ("item", "covered"),
    [
        ({"type": "Container", "defaultRequest": {"cpu": 1}}, {"requests.cpu"}),
        ({"type": "Container", "default": {"cpu": 1}}, {"requests.cpu", "limits.cpu"}),
        ({"type": "Container", "max": {"cpu": 1}}, {"requests.cpu", "limits.cpu"}),
        ({"type": "Container", "min": {"cpu": 1}}, {"requests.cpu"}),
        ({"type": "Container", "maxLimitRequestRatio": {"cpu": 1}}, set()),
        ({"type": "Pod", "max": {"cpu": 1}}, set()),
        ({"type": UNKNOWN, "max": {"cpu": 1}}, set()),
    ],
)
def test_a_limit_range_gives_what_the_api_server_fills_in(item: Any, covered: set[str]) -> None:
    (limit_range,) = views(named("LimitRange", "l", "pay", spec={"limits": [item]})).limit_ranges
    assert limit_range.covered == covered
    assert limit_range.hidden is (UNKNOWN if item["type"] is UNKNOWN else None)


@pytest.mark.parametrize(
    ("spec", "isolates"),
    [
        ({}, (True, False)),
        ({"egress": []}, (True, False)),
        ({"egress": [{}]}, (True, True)),
        ({"policyTypes": []}, (True, False)),
        ({"policyTypes": ["Egress"]}, (False, True)),
        ({"policyTypes": ["Egress", UNKNOWN]}, (UNKNOWN, True)),
        ({"egress": UNKNOWN}, (True, UNKNOWN)),
        ({"policyTypes": ["Ingress"], "egress": UNKNOWN}, (True, False)),
        (UNKNOWN, (UNKNOWN, UNKNOWN)),
    ],
)
def test_a_policy_isolates_by_its_types_or_the_servers_defaults(spec: Any, isolates: tuple[Any, Any]) -> None:
    (found,) = views(policy("p", spec)).network_policies
    assert (found.isolates("Ingress"), found.isolates("Egress")) == isolates


def fence(*specs: Any, perhaps: Any = ()) -> Fence:
    own = [policy(f"own-{index}", spec) for index, spec in enumerate(specs)]
    lost = [policy(f"lost-{index}", spec, UNKNOWN) for index, spec in enumerate(perhaps)]
    return next(item for item in views(named("Namespace", "pay"), *own, *lost).fences if item.namespace)


@given(st.lists(selectors, max_size=3), st.lists(selectors, max_size=2))
def test_pods_are_left_open_just_where_no_policy_selects_them(own: list[Any], lost: list[Any]) -> None:
    """Expected answer: every set of labels tried one by one, without the policies that may lie here and with them."""

    def open_by(policies: list[Any]) -> bool:
        return any(not any(labels.matches(each, pod) for each in policies) for pod in EVERY_POD)

    around = fence(*({"podSelector": each} for each in own), perhaps=[{"podSelector": each} for each in lost])
    pods = left_open(around, "Ingress")
    assert (pods is not None) == open_by(own)
    if pods is not None:
        assert pods.certain == open_by([*own, *lost])
        assert not any(labels.matches(each, pods.labels) for each in own)


@given(st.lists(st.tuples(selectors, st.booleans()), max_size=3))
def test_pods_are_left_without_just_where_closed_and_not_served(policies: list[tuple[Any, bool]]) -> None:
    specs = [{"podSelector": each, "policyTypes": ["Egress"], "egress": [{}] * serves} for each, serves in policies]
    lacking = [
        pod
        for pod in EVERY_POD
        if any(labels.matches(each, pod) for each, _ in policies)
        and not any(serves and labels.matches(each, pod) for each, serves in policies)
    ]
    found = [pods for _, pods in left_without(fence(*specs), lambda _rule: True)]
    assert bool(found) == bool(lacking)
    assert all(pods.certain for pods in found)


ranges = st.integers(0, 4).flatmap(
    lambda bits: st.sampled_from([str(each) for each in ipaddress.ip_network("0.0.0.0/0").subnets(bits)])
)


@given(st.lists(ranges, max_size=16), st.booleans())
def test_ranges_hold_every_address_just_where_nothing_is_left(given: list[str], six: bool) -> None:
    if six:
        given = [
            str(ipaddress.IPv6Network((int(net.network_address) << 96, net.prefixlen)))
            for net in map(ipaddress.IPv4Network, given)
        ]
    sixteenths: set[int] = set()
    for text in given:
        net = ipaddress.ip_network(text)
        first = int(net.network_address) >> (net.max_prefixlen - 4)
        sixteenths |= set(range(first, first + 2 ** (4 - net.prefixlen)))
    assert bool(whole([*given, UNKNOWN, "nonsense"])) == (len(sixteenths) == 16)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"cidr": "10.0.0.0/8"}, True),
        ({"cidr": "10.0.0.1/8"}, True),
        ({"cidr": "11.0.0.0/8"}, False),
        ({"cidr": "::/0"}, False),
        ({"cidr": "0.0.0.0/0", "except": ["10.1.0.0/16"]}, False),
        ({"cidr": "0.0.0.0/0", "except": ["192.168.0.0/16"]}, True),
        ({"cidr": "0.0.0.0/0", "except": ["192.168.0.0/16", UNKNOWN]}, UNKNOWN),
        ({"cidr": "0.0.0.0/0", "except": ["10.1.0.0/16", UNKNOWN]}, False),
        ({"cidr": UNKNOWN}, UNKNOWN),
        (UNKNOWN, UNKNOWN),
        ({"cidr": 7}, False),
        ({}, False),
    ],
)
def test_a_block_holds_a_range_less_its_exceptions(block: Any, expected: Any) -> None:
    wanted = network("10.1.2.0/24")
    assert wanted is not None
    assert within_block(block, wanted) is expected


CONTRACT = {
    "label_prefix": "example.com",
    "network_policy": "vpc-cni",
    "ranges": {"network": "10.16.0.0/16"},
    "dns": {"namespace": "dns", "pods": [{"app": "coredns"}], "addresses": ["169.254.20.10/32"]},
}


def reached(rule: Any, contract: Any = CONTRACT, *more: Resource) -> list[Any]:
    """Whether an egress rule reaches the DNS pods by UDP and by TCP, then the address by both."""
    platform = Resource("urn::platform", "hedgerow:index:Platform", "main", custom=False, inputs={"contract": contract})
    found = views(platform, policy("p", {"podSelector": {}, "egress": [rule]}), *more)
    (egress,) = found.network_policies[0].rules("Egress")
    return [destination.reached(egress, protocol, 53) for destination in found.dns for protocol in ("UDP", "TCP")]


IN_DNS, COREDNS = {"matchLabels": {"kubernetes.io/metadata.name": "dns"}}, {"matchLabels": {"app": "coredns"}}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, [True] * 4),
        ({"ports": [{"protocol": "UDP", "port": 53}]}, [True, False, True, False]),
        ({"ports": [{"port": 53}]}, [False, True, False, True]),
        ({"ports": [{"port": 50, "endPort": 60}, {"protocol": "UDP"}]}, [True] * 4),
        ({"ports": [{"port": 53}, UNKNOWN]}, [UNKNOWN, True, UNKNOWN, True]),
        ({"ports": [{"protocol": "UDP", "port": "dns"}, {"port": "dns-tcp"}]}, [True, True, False, False]),
        ({"to": [{"namespaceSelector": IN_DNS, "podSelector": COREDNS}]}, [True, True, False, False]),
        ({"to": [{"namespaceSelector": IN_DNS}, {"podSelector": COREDNS}]}, [True, True, False, False]),
        ({"to": [{"podSelector": COREDNS}]}, [False] * 4),
        ({"to": [{"namespaceSelector": IN_DNS, "podSelector": {"matchLabels": {"app": "other"}}}]}, [False] * 4),
        ({"to": [{"namespaceSelector": IN_DNS, "podSelector": {"matchLabels": {"tier": "x"}}}]}, [UNKNOWN, UNKNOWN, False, False]),
        ({"to": [{"namespaceSelector": {"matchLabels": {"name": "dns"}}}]}, [UNKNOWN, UNKNOWN, False, False]),
        ({"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}, [True, True, False, False]),
        ({"to": [{"ipBlock": {"cidr": "169.254.20.10/32"}}]}, [False, False, True, True]),
        ({"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.16.5.0/24", "169.254.0.0/16"]}}]}, [False] * 4),
        ({"to": UNKNOWN}, [UNKNOWN] * 4),
        ({"to": [{}]}, [False] * 4),
    ],
)  # fmt: skip
def test_an_egress_rule_reaches_dns_or_not(rule: Any, expected: list[Any]) -> None:
    assert reached(rule) == expected


def test_no_block_matches_a_pod_where_selectors_alone_do() -> None:
    block = {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}
    assert reached(block, {**CONTRACT, "network_policy": "dataplane-v2"}) == [False, False, True, True]


def test_labels_of_a_declared_namespace_are_all_that_it_has() -> None:
    by_label = {"to": [{"namespaceSelector": {"matchLabels": {"name": "dns"}}}]}
    declared = made("Namespace", "dns", metadata={"name": "dns", "labels": {"name": "dns"}})
    assert reached(by_label, CONTRACT, declared) == [True, True, False, False]
    assert reached(by_label, CONTRACT, named("Namespace", "dns")) == [False] * 4


def test_without_a_contract_dns_is_that_of_every_stock_cluster() -> None:
    (dns,) = views().dns
    assert (dns.shown, dns.pods) == ("kube-system pods k8s-app=kube-dns", {"k8s-app": "kube-dns"})


@pytest.mark.parametrize(
    "hidden", [UNKNOWN, {**CONTRACT, "dns": UNKNOWN}, {**CONTRACT, "dns": {**CONTRACT["dns"], "addresses": [UNKNOWN]}}]
)  # type: ignore[dict-item]
def test_dns_of_a_contract_that_is_not_known_is_not_known(hidden: Any) -> None:
    platform = Resource("urn::platform", "hedgerow:index:Platform", "main", custom=False, inputs={"contract": hidden})
    assert views(platform).dns is UNKNOWN


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"apiGroups": [""], "resources": ["pods"], "verbs": ["delete"]}, True),
        ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}, True),
        ({"apiGroups": ["apps"], "resources": ["pods"], "verbs": ["delete"]}, False),
        ({"apiGroups": [""], "resources": ["pods/log"], "verbs": ["delete"]}, False),
        ({"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}, False),
        ({"apiGroups": UNKNOWN, "resources": ["pods"], "verbs": ["delete"]}, UNKNOWN),
        ({"apiGroups": UNKNOWN, "resources": ["pods"], "verbs": ["get"]}, False),
        ({"apiGroups": [""], "resources": ["pods"], "verbs": ["get", UNKNOWN]}, UNKNOWN),
        (UNKNOWN, UNKNOWN),
        ({"nonResourceURLs": ["*"], "verbs": ["*"]}, False),
        ({}, False),
    ],
)
def test_a_rule_of_a_role_permits_as_the_api_server_reads_it(rule: Any, expected: Any) -> None:
    assert permits(rule, ["delete", "patch"], "", "pods") is expected


def role(name: str, rules: Any, *, kind: str = "ClusterRole", **more: Any) -> Resource:
    metadata = {"name": name, "labels": more.pop("labels", {}), **more.pop("metadata", {})}
    return made(kind, name, group="rbac.authorization.k8s.io/v1", metadata=metadata, rules=rules, **more)


def binding(kind: str, name: Any) -> Resource:
    metadata = {"name": "b", "namespace": "pay"}
    return made(
        "RoleBinding",
        "b",
        group="rbac.authorization.k8s.io/v1",
        metadata=metadata,
        roleRef={"kind": kind, "name": name},
    )


AGGREGATED = {"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"part": "x"}}]}}


@pytest.mark.parametrize(
    ("bound", "roles", "rules", "hidden"),
    [
        (("Role", "r"), [role("r", ["own"], kind="Role", metadata={"namespace": "pay"})], ["own"], ""),
        (("Role", "r"), [role("r", ["own"], kind="Role", metadata={"namespace": "ship"})], [], "what Role 'r' permits (it is not declared here)"),
        (("Role", "r"), [role("r", ["own"])], [], "what Role 'r' permits (it is not declared here)"),
        (("ClusterRole", "r"), [role("r", ["own"])], ["own"], ""),
        (("ClusterRole", "r"), [role("r", UNKNOWN)], [], "what ClusterRole 'r' permits"),
        (("ClusterRole", "view"), [role("more", ["wide"], labels={"rbac.authorization.k8s.io/aggregate-to-view": "true"})], ["wide"], ""),
        (("ClusterRole", "view"), [role("more", ["wide"], labels=UNKNOWN)], [], "whether ClusterRole 'more' is a part of ClusterRole 'view'"),
        (("ClusterRole", "system:auth-delegator"), [], [], ""),
        (("ClusterRole", "r"), [role("r", [], **AGGREGATED), role("part", ["added"], labels={"part": "x"})], ["added"], ""),
        (("ClusterRole", "r"), [role("r", [], **AGGREGATED)], [], "what ClusterRole 'r' permits (it is made of others, not declared here)"),
        (("ClusterRole", UNKNOWN), [], [], "its roleRef"),
        (("ClusterRole", None), [], [], ""),
    ],
)  # fmt: skip
def test_a_binding_gives_the_rules_of_its_role_and_of_what_is_added_to_it(
    bound: Any, roles: Any, rules: Any, hidden: str
) -> None:
    found = views(*roles, binding(*bound))
    grant = found.grant(found.bindings[0])
    assert ([rule for _, _, rule in grant.rules], grant.hidden) == (rules, hidden)


def test_an_eks_cluster_is_public_from_anywhere_and_not_private_unless_it_says_so() -> None:
    native = Resource("urn::a", "aws:eks/cluster:Cluster", "a", inputs={"vpcConfig": {"publicAccessCidrs": []}})
    component = Resource("urn::b", "eks:index:Cluster", "b", custom=False, inputs={"endpointPrivateAccess": UNKNOWN})
    told = [(item.public, item.public_ranges, item.private) for item in views(native, component).clusters]
    assert told == [(True, ["0.0.0.0/0"], False), (True, ["0.0.0.0/0"], UNKNOWN)]


def test_the_class_of_an_environment_is_what_the_snapshot_says_else_prod() -> None:
    def labelled(*values: Any) -> Views:
        key = "platform.example.com/environment"
        return views(
            *(made("Namespace", f"n{index}", metadata={"labels": {key: value}}) for index, value in enumerate(values))
        )

    assert [labelled(*values).environment for values in (["dev"], ["dev", "dev"], ["dev", "prod"], ["qa"], [UNKNOWN], [["dev"]], [])] == [
        "dev", "dev", "prod", "prod", "prod", "prod", "prod",
    ]  # fmt: skip
