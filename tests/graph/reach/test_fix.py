"""Edits that close a path: exactly that one, and none of them for nothing."""

from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hedgerow.graph import Views
from hedgerow.graph.reach import EVERYTHING, reach
from hedgerow.graph.reach.fix import Fix, edited, fix
from hedgerow.graph.reach.ports import parse, shared

from .clusters import block, match, named, namespace, pod, policy, random_clusters, snapshot

API, WEB, FAR = "pay/Pod/api", "pay/Pod/web", "mart/Pod/app"
CLUSTER = (
    namespace("pay"),
    namespace("mart"),
    pod("pay/api", app="api"),
    pod("pay/web", app="web"),
    pod("mart/app", app="app"),
    pod("mart/other", app="other"),
)
CASES: dict[str, tuple[tuple[dict[str, Any], ...], str, str, str]] = {
    "nothing isolates it": ((), FAR, API, ""),
    "nothing isolates it, one port": ((), FAR, API, "5432"),
    "a rule for everyone": ((policy("pay/x", ingress=[{}]),), FAR, API, ""),
    "a rule for every namespace": ((policy("pay/x", ingress=[{"from": [{"namespaceSelector": {}}]}]),), FAR, API, ""),
    "a rule for its namespace": (
        (policy("pay/x", ingress=[{"from": [{"namespaceSelector": named("mart")}]}]),),
        FAR,
        API,
        "",
    ),
    "a rule for the own namespace": ((policy("pay/x", ingress=[{"from": [{"podSelector": {}}]}]),), WEB, API, ""),
    "a rule for it alone": (
        (policy("pay/x", match(app="api"), ingress=[{"from": [{"podSelector": match(app="web")}]}]),),
        WEB,
        API,
        "",
    ),
    "two policies that both let it through": (
        (policy("pay/x", ingress=[{}]), policy("pay/y", ingress=[{"from": [{"namespaceSelector": {}}]}])),
        FAR,
        API,
        "",
    ),
    "one port of a rule for everyone": ((policy("pay/x", ingress=[{}]),), FAR, API, "TCP/443"),
    "an address": (
        (policy("pay/x", match(app="api"), ingress=[{"from": [block("10.0.0.0/8")]}]),),
        "10.0.0.0/8",
        API,
        "",
    ),
    "out to the metadata server": (
        (policy("pay/x", match(app="api"), policyTypes=["Egress"], egress=[{"to": [block("0.0.0.0/0")]}]),),
        API,
        "metadata",
        "",
    ),
    "out to the internet": (
        (policy("pay/x", match(app="api"), policyTypes=["Egress"], egress=[{"to": [block("0.0.0.0/0")]}]),),
        API,
        "internet",
        "",
    ),
}


def asked(objects: tuple[dict[str, Any], ...], source: str, to: str, port: str) -> tuple[Views, Fix]:
    views = Views(snapshot(*CLUSTER, *objects))
    return views, fix(views, source, to, parse(port) if port else EVERYTHING, plugin="cilium")


@pytest.mark.parametrize("case", CASES)
def test_a_fix_closes_exactly_that_path(case: str) -> None:
    objects, source, to, port = CASES[case]
    views, found = asked(objects, source, to, port)
    ports = parse(port) if port else EVERYTHING
    assert (found.problem, found.also) == ("", ())
    before, after = (
        reach(views, plugin="cilium"),
        reach(Views(edited(views.snapshot, found.edits)), plugin="cilium", beside=views),
    )
    assert shared(after.between(source, to), ports) == shared(after.between(source, to, sure=False), ports) == ()
    left = {(str(path.source), str(path.destination)): path.ports for path in after.paths()}
    kept = {(str(path.source), str(path.destination)): path.ports for path in before.paths()}
    assert left.pop((source, to), ()) == tuple(each for each in left.get((source, to), ())) or port
    kept.pop((source, to))
    assert {ends: left.get(ends) for ends in kept} == kept


def test_the_edit_is_a_policy_that_a_person_would_write() -> None:
    out = policy("pay/out", policyTypes=["Egress"], egress=[{}])
    _, found = asked((out, policy("pay/x", ingress=[{"from": [{"podSelector": {}}]}])), WEB, API, "")
    assert [(edit.name, edit.new, edit.manifest["spec"]) for edit in found.edits] == [
        (
            "pay/x",
            False,
            {
                "podSelector": {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["api"]}]},
                "ingress": [{"from": [{"podSelector": {}}]}],
            },
        ),
        (
            "x-api",
            True,
            {
                "podSelector": {"matchLabels": {"app": "api"}},
                "ingress": [
                    {
                        "from": [
                            {
                                "podSelector": {
                                    "matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]
                                }
                            }
                        ]
                    }
                ],
                "policyTypes": ["Ingress"],
            },
        ),
    ]


def test_what_is_no_path_needs_no_fix() -> None:
    assert asked((policy("pay/deny"),), FAR, API, "")[1] == Fix((), problem="there is no such path")


def test_pods_that_nothing_tells_apart_are_closed_together_and_told() -> None:
    objects = (pod("mart/twin", app="app"), policy("pay/x", match(app="api"), ingress=[{}]))
    _, found = asked(objects, FAR, API, "")
    assert {(change.source, change.destination) for change in found.also} == {("mart/Pod/twin", API)}


def test_where_nobody_enforces_policies_none_helps() -> None:
    views = Views(snapshot(*CLUSTER))
    problem = "no edit of NetworkPolicies closes it: something else lets it through, or nobody enforces them"
    assert fix(views, FAR, API, EVERYTHING, plugin="none") == Fix((), problem=problem)


@settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(random_clusters(), st.data())
def test_a_fix_of_any_path_closes_it_opens_nothing_and_holds_no_edit_too_many(
    objects: Any, data: st.DataObject
) -> None:
    views = Views(snapshot(*objects))
    before = reach(views, plugin="cilium")
    paths = [
        path for path in before.paths() if path.destination.kind == "pods" and not path.source.name.startswith("*")
    ]
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    names = path.source.name, path.destination.name
    found = fix(views, *names, EVERYTHING, plugin="cilium")
    if found.problem:
        return
    after = reach(Views(edited(views.snapshot, found.edits)), plugin="cilium", beside=views)
    assert after.between(*names) == after.between(*names, sure=False) == ()
    told = {(change.source, change.destination) for change in found.also} | {names}
    for each in before.paths():
        if (each.source.name, each.destination.name) not in told:
            assert after.between(each.source.name, each.destination.name) == each.ports
    for edit in found.edits if len(found.edits) > 1 else ():
        fewer = [each for each in found.edits if each is not edit]
        rest = reach(Views(edited(views.snapshot, fewer)), plugin="cilium", beside=views)
        reopened = rest.between(*names) or rest.between(*names, sure=False)
        lost = {(each.source.name, each.destination.name) for each in before.paths()}
        lost = {ends for ends in lost if rest.between(*ends) != before.between(*ends)}
        assert reopened or len(lost) > len(told)
