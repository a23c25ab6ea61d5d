"""Pods that fill a quota: their sizes add up to all of it, and each is one that the namespace lets through."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.facts import quantity
from hedgerow.rehearsal.shape import MOST_PARTS, Shape, of, text, texts

MILLI = Fraction(1, 1000)
WHOLE = st.integers(1, 5000)


def size(given: str) -> Fraction:
    return quantity.parse(given)


def container(**parts: dict[str, str]) -> dict[str, Any]:
    return {"type": "Container", **parts}


@given(free=WHOLE, least=st.integers(1, 50), most=st.integers(1, 6000), room=st.integers(0, 60))
def test_parts_fill_what_is_free_and_each_may_be(free: int, least: int, most: int, room: int) -> None:
    shape = Shape(least={"cpu": least * MILLI}, most={"cpu": most * MILLI})
    parts = shape.parts("cpu", free * MILLI, Fraction(room))
    if parts:
        assert sum(parts) == free * MILLI
        assert all(least * MILLI <= part <= most * MILLI for part in parts)
        assert len(parts) <= min(room, MOST_PARTS)
    elif room > MOST_PARTS:
        needs = -(-free // most) + 1
        assert free < least or most < 2 * least or needs >= MOST_PARTS or free < 2 * least


@given(free=WHOLE, room=st.integers(3, 60))
def test_without_bounds_the_last_part_is_the_least_there_is(free: int, room: int) -> None:
    parts = Shape().parts("cpu", free * MILLI, Fraction(room))
    assert parts == ([free * MILLI] if free == 1 else [(free - 1) * MILLI, MILLI])


@pytest.mark.parametrize(("room", "parts"), [(0, []), (1, [1]), (2, [1]), (3, [Fraction(999, 1000), MILLI])])
def test_where_few_pods_fit_one_takes_all(room: int, parts: list[Fraction]) -> None:
    assert Shape().parts("cpu", Fraction(1), Fraction(room)) == parts


def test_without_quota_and_limits_a_container_names_nothing() -> None:
    assert of([], []).sizes() == ({}, {})


def test_a_container_names_what_the_quota_asks_after() -> None:
    shape = of([], ["requests.cpu", "limits.memory", "requests.storage", "pods"])
    assert tuple(map(texts, shape.sizes())) == ({"cpu": "1m", "memory": "4Mi"}, {"memory": "4Mi"})
    assert tuple(map(texts, shape.sizes("limits.memory", size("2Gi")))) == (
        {"cpu": "1m", "memory": "4Mi"},
        {"memory": "2Gi"},
    )
    assert tuple(map(texts, shape.sizes("requests.cpu", size("2")))) == (
        {"cpu": "2", "memory": "4Mi"},
        {"memory": "4Mi"},
    )


def test_limit_ranges_bound_it() -> None:
    """The narrowest of several bounds holds; what is no quantity is the server's to refuse."""
    items = [
        container(min={"cpu": "100m"}, max={"cpu": "2", "memory": "a lot"}),
        {"type": "Pod", "max": {"cpu": "1500m"}, "maxLimitRequestRatio": {"cpu": "4"}},
        {"type": "PersistentVolumeClaim", "min": {"storage": "5Gi"}},
        {"type": "Podlet", "min": {"cpu": "9"}},
    ]
    shape = of(items, ["requests.cpu"])
    assert (shape.least["cpu"], shape.most, shape.ratio) == (size("100m"), {"cpu": size("1500m")}, {"cpu": 4})
    assert shape.least["storage"] == size("5Gi")
    assert tuple(map(texts, shape.sizes("limits.cpu", size("1")))) == ({"cpu": "300m"}, {"cpu": "1"})
    assert shape.parts("cpu", size("3200m"), Fraction(9)) == [size("1500m"), size("1500m"), size("100m"), size("100m")]


def test_sizes_are_written_as_people_write_them() -> None:
    assert [text("cpu", size("0.1")), text("memory", size("1.5Gi")), text("storage", size("2Gi"))] == [
        "100m",
        "1536Mi",
        "2Gi",
    ]
