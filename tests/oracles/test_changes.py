"""What holds for every whole cluster: of more that is allowed, of what is hidden, of order and of names."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.graph import Snapshot, Views
from hedgerow.graph.reach import PortRange, reach

from . import whole
from .changes import end_renamed, renamed, turned, with_more_allowed, with_something_hidden
from .clusters import owners_of
from .endpoints import name
from .many import unshrunk
from .test_path import ADDRESSES, PACKETS

CLOUDS = pytest.mark.parametrize("clusters", [whole.eks(), whole.gke()], ids=["eks", "gke"])
RANK = {False: 0, None: 1, True: 2}
"""How open an answer is: more is more, both of what is certain and of what may be."""


def asked(draw: Any, cluster: Any) -> list[Any]:
    """Every pair of pods, and every pod and some addresses, both ways, on some ports."""
    pods = [name(each) for each in owners_of(cluster["objects"])]
    others = draw(st.lists(st.sampled_from(ADDRESSES), min_size=2, max_size=4, unique=True))
    ends = [(one, other) for one in pods for other in (*pods, *others)] + [(end, pod) for end in others for pod in pods]
    packets = draw(st.lists(st.sampled_from(PACKETS), min_size=2, max_size=3, unique=True))
    return [(*pair, PortRange(protocol, port, port)) for pair in ends for protocol, port in packets]


def answered(cluster: Any, questions: Any, snapshot: Snapshot | None = None) -> list[bool | None]:
    """What hedgerow says to each."""
    found = reach(Views(snapshot or whole.snapshot(cluster)), plugin=cluster["plugin"])
    return [found.why(*each).allowed for each in questions]


@CLOUDS
def test_one_more_allow_closes_no_path(clusters: Any) -> None:
    @unshrunk(12)
    @given(clusters, st.data())
    def check(cluster: Any, data: Any) -> None:
        questions = asked(data.draw, cluster)
        before, after = answered(cluster, questions), answered(data.draw(with_more_allowed(cluster)), questions)
        assert [each for each, then, now in zip(questions, before, after, strict=True) if RANK[now] < RANK[then]] == []

    check()


@CLOUDS
def test_what_is_hidden_makes_nothing_certain(clusters: Any) -> None:
    """With one value not known yet an answer stays or is not known; none turns, and none becomes certain."""

    @unshrunk(12)
    @given(clusters, st.data())
    def check(cluster: Any, data: Any) -> None:
        questions = asked(data.draw, cluster)
        hidden, what = data.draw(with_something_hidden(whole.snapshot(cluster)))
        before, after = answered(cluster, questions), answered(cluster, questions, hidden)
        wrong = [each for each, then, now in zip(questions, before, after, strict=True) if now not in (then, None)]
        assert wrong == [], what

    check()


@CLOUDS
def test_the_order_of_what_has_none_changes_nothing(clusters: Any) -> None:
    @unshrunk(12)
    @given(clusters, st.data(), st.randoms(use_true_random=False))
    def check(cluster: Any, data: Any, random: Any) -> None:
        questions = asked(data.draw, cluster)
        assert answered(turned(cluster, random), questions) == answered(cluster, questions)

    check()


@CLOUDS
def test_names_of_namespaces_and_of_what_is_in_them_mean_nothing(clusters: Any) -> None:
    @unshrunk(12)
    @given(clusters, st.data())
    def check(cluster: Any, data: Any) -> None:
        questions = asked(data.draw, cluster)
        again = [(end_renamed(one), end_renamed(other), port) for one, other, port in questions]
        assert answered(renamed(cluster), again) == answered(cluster, questions)

    check()
