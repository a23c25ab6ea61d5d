"""What holds for every cluster: an allow only opens, and neither order nor names change an answer."""

import copy
import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hedgerow.graph import Views
from hedgerow.graph.reach import EVERYTHING, Reach, difference
from hedgerow.graph.reach.ports import PortRange, PortSpace, shared, told, without

from .clusters import answers, policy, random_clusters, rules, selectors, snapshot

SOME = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
Paths = dict[tuple[str, str], tuple[PortRange, ...]]


def paths(found: Reach) -> Paths:
    return {(path.source.name, path.destination.name): path.ports for path in found.paths()}


def pods(found: Paths) -> Paths:
    return {ends: ports for ends, ports in found.items() if all("/Pod/" in name for name in ends)}


@SOME
@given(random_clusters(), selectors, rules("from"))
def test_one_more_allow_opens_and_never_closes(objects: list[Any], selector: Any, ingress: list[Any]) -> None:
    """The new policy speaks of ingress only, for pods that something isolates already."""
    fence = policy("x/fence", selector, policyTypes=["Ingress"])
    allow = policy("x/allow", selector, policyTypes=["Ingress"], ingress=ingress)
    before, after = pods(paths(answers(*objects, fence))), pods(paths(answers(*objects, fence, allow)))
    for ends, ports in before.items():
        assert without(ports, after.get(ends, ())) == ()


@SOME
@given(random_clusters(), st.randoms(use_true_random=False))
def test_order_does_not_matter(objects: list[Any], chance: random.Random) -> None:
    mixed = copy.deepcopy(objects)
    chance.shuffle(mixed)
    for item in mixed:
        for side in ("ingress", "egress"):
            chance.shuffle(item["spec"].get(side, []) if item["kind"] == "NetworkPolicy" else [])
    assert paths(answers(*objects)) == paths(answers(*mixed))


@SOME
@given(random_clusters())
def test_names_do_not_matter(objects: list[Any]) -> None:
    """Pods and policies get names that sort the other way round."""
    renamed = copy.deepcopy(objects)
    for item in renamed:
        if item["kind"] != "Namespace":
            kind, _, number = item["metadata"]["name"].partition("-")
            item["metadata"]["name"] = f"{kind}-{9 - int(number)}"
    back = {f"{x}/Pod/pod-{9 - number}": f"{x}/Pod/pod-{number}" for x in "xyz" for number in range(7)}
    found = paths(answers(*renamed))
    assert paths(answers(*objects)) == {
        (back.get(one, one), back.get(to, to)): ports for (one, to), ports in found.items()
    }


@SOME
@given(random_clusters(), random_clusters())
def test_a_difference_leads_from_one_to_the_other(one: list[Any], two: list[Any]) -> None:
    """The same pods, policies of two clusters: what is there before, and opens, less what closes, is there after."""
    kept = [item for item in one if item["kind"] != "NetworkPolicy"]
    spaces = {item["metadata"]["name"] for item in kept if item["kind"] == "Namespace"}
    changed = [item for item in two if item["kind"] == "NetworkPolicy" and item["metadata"]["namespace"] in spaces]
    before, after = Views(snapshot(*one)), Views(snapshot(*kept, *changed))
    found = difference(before, after, plugin="cilium")
    turned = difference(after, before, plugin="cilium")
    told_ = {(item.what, item.source, item.destination, item.ports) for item in found}
    swap = {"opened": "closed", "closed": "opened"}
    assert told_ == {(swap[item.what], item.source, item.destination, item.ports) for item in turned}
    assert all(item.why.allowed is True for item in found)
    assert all(item.closed_by is None or item.closed_by.allowed is (False if item.certain else None) for item in found)
    old, new = pods(paths(answers(*one))), pods(paths(answers(*kept, *changed)))
    for ends in {*old, *new}:
        opened = [item.ports for item in found if (item.source, item.destination, item.what) == (*ends, "opened")]
        assert [r for ranges in opened for r in ranges] == list(without(new.get(ends, ()), old.get(ends, ())))


def test_a_difference_of_nothing_is_nothing() -> None:
    views = Views(snapshot({"kind": "Namespace", "metadata": {"name": "a", "labels": {}}}, policy("a/x")))
    assert difference(views, views) == []


ranges = st.builds(
    lambda protocol, one, other: PortRange(protocol, min(one, other), max(one, other)),
    st.sampled_from(["TCP", "UDP", "SCTP"]),
    st.integers(1, 65535),
    st.integers(1, 65535),
)


@SOME
@given(st.lists(ranges, max_size=6), st.lists(ranges, max_size=6))
def test_sets_of_ports_are_exact(one: list[PortRange], other: list[PortRange]) -> None:
    space = PortSpace([*one, *other])

    def mask(given: Any) -> int:
        bits = 0
        for item in given:
            bits |= space.mask(item)
        return bits

    assert space.ranges(mask(EVERYTHING)) == EVERYTHING
    assert mask(space.ranges(mask(one))) == mask(one)
    assert mask(without(one, other)) == mask(one) & ~mask(other)
    assert mask(shared(one, other)) == mask(one) & mask(other)
    numbers = {(item.protocol, port) for item in one for port in (item.first, item.last)}
    assert all(any(r.protocol == p and r.first <= n <= r.last for r in space.ranges(mask(one))) for p, n in numbers)
    assert told(space.ranges(0)) == "no port"
