"""First-fit decreasing against every placing: what it places has a place, and what is too big has none."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.graph.capacity import packing
from hedgerow.graph.capacity.packing import Nodes, Pods, TooMany, Unplaced, pack

from ..oracles.capacity import first_fit_decreasing, packable

AMOUNTS = st.fixed_dictionaries({"cpu": st.integers(1, 6), "memory": st.integers(0, 6)})
PODS = st.lists(st.tuples(AMOUNTS, st.integers(1, 2)), max_size=3)
NODES = st.lists(st.tuples(AMOUNTS, st.integers(0, 2)), max_size=2)
Given = list[tuple[dict[str, int], int]]


def pods(given: Given, on: int) -> list[Pods[int, int]]:
    return [Pods(index, str(index), each, number, frozenset(range(on))) for index, (each, number) in enumerate(given)]


def nodes(given: Given) -> list[Nodes[int]]:
    return [Nodes(index, each, number) for index, (each, number) in enumerate(given)]


def lost(wanted: Given, there: Given) -> dict[int, int]:
    return {each.of: each.number for each in pack(pods(wanted, len(there)), nodes(there))}


def singles(given: Given) -> list[dict[str, int]]:
    return [each for each, number in given for _ in range(number)]


@given(PODS, NODES)
def test_what_it_places_has_a_place(wanted: Given, there: Given) -> None:
    found = lost(wanted, there)
    placed = [(each, number - found.get(index, 0)) for index, (each, number) in enumerate(wanted)]
    assert packable(singles(placed), singles(there))


@given(PODS, NODES)
def test_where_no_placing_holds_them_it_names_one(wanted: Given, there: Given) -> None:
    assert lost(wanted, there) or packable(singles(wanted), singles(there))


@given(PODS, NODES)
def test_what_is_too_big_fits_on_no_node_even_alone(wanted: Given, there: Given) -> None:
    for each in pack(pods(wanted, len(there)), nodes(there)):
        assert each.too_big is not packable([wanted[each.of][0]], singles(there))


@given(PODS, NODES)
def test_it_does_what_it_says_pod_by_pod(wanted: Given, there: Given) -> None:
    """Nodes that are alike are counted together and the full ones left out, which must change nothing."""
    total = Counter[str]()
    for each in singles(there):
        total.update(each)
    single = [
        (max(Fraction(amount, total[key]) if total[key] else Fraction(1) for key, amount in each.items() if amount),
         (sorted(each.items()), str(index)), each)
        for index, (each, number) in enumerate(wanted)
        for _ in range(number)
    ]  # fmt: skip
    assert Counter(name[1] for name in first_fit_decreasing(single, singles(there))) == {
        str(key): number for key, number in lost(wanted, there).items()
    }


@given(PODS, NODES, st.randoms())
def test_the_order_of_the_workloads_does_not_matter(wanted: Given, there: Given, random: object) -> None:
    mixed = pods(wanted, len(there))
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert pack(mixed, nodes(there)) == pack(pods(wanted, len(there)), nodes(there))


@given(PODS, NODES, st.integers(1, 3))
def test_more_nodes_lose_no_pod(wanted: Given, there: Given, more: int) -> None:
    """Of the last pool: in first-fit, nodes that are tried last take nothing away from those before.

    The order of the pods is kept by making the nodes that are added part of the total from the start.
    """
    grown = [*there[:-1], (there[-1][0], there[-1][1] + more)] if there else there
    before, after = lost(wanted, there), lost(wanted, grown)
    if _order(wanted, there) == _order(wanted, grown):
        assert all(after.get(key, 0) <= number for key, number in before.items())
        assert after.keys() <= before.keys()


def _order(wanted: Given, there: Given) -> list[int]:
    alone = pack(pods(wanted, 0), nodes(there))
    return [each.of for each in alone]


def test_the_sums_fit_and_the_pieces_do_not() -> None:
    three_of_three = pods([({"cpu": 3}, 3)], 1)
    assert pack(three_of_three, [Nodes(0, {"cpu": 5}, 2)]) == [Unplaced(0, 1, too_big=False)]
    assert pack(three_of_three, [Nodes(0, {"cpu": 5}, 3)]) == []
    assert pack(three_of_three, [Nodes(0, {"cpu": 2}, 9)]) == [Unplaced(0, 3, too_big=True)]


def test_pods_go_only_where_they_may() -> None:
    shut = Pods("api", "api", {"cpu": 1}, 2, frozenset({"general"}))
    there = [Nodes("gpu", {"cpu": 9}, 9), Nodes("general", {"cpu": 1}, 1)]
    assert pack([shut], there) == [Unplaced("api", 1, too_big=False)]


def test_first_fit_decreasing_may_lose_what_a_cleverer_order_places() -> None:
    """So that nobody takes its answer for a proof."""
    wanted: Given = [({"cpu": 4}, 2), ({"cpu": 3}, 4)]
    there: Given = [({"cpu": 10}, 2)]
    assert lost(wanted, there)
    assert packable(singles(wanted), singles(there))


def test_a_cluster_that_is_too_large_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_STEPS", 3)
    with pytest.raises(TooMany):
        pack(pods([({"cpu": cpu}, 1) for cpu in (1, 2, 3, 4)], 1), nodes([({"cpu": 9}, 9)]))
