"""Marks cannot be mistaken for values, and no secret survives reading."""

import pickle
from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.graph import MISSING, SECRET, UNKNOWN, is_known, printable, read
from hedgerow.graph.sources import wire
from hedgerow.graph.value import OUTPUT_SIGNATURE, RESOURCE_SIGNATURE, SECRET_SIGNATURE, SIGNATURE, UNKNOWN_TEXTS, plain

leaves = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize("mark", [UNKNOWN, MISSING, SECRET])
def test_a_mark_is_neither_true_nor_false(mark: Any) -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(mark)


@pytest.mark.parametrize("mark", [UNKNOWN, MISSING, SECRET])
def test_there_is_one_of_each_mark_even_across_processes(mark: Any) -> None:
    assert pickle.loads(pickle.dumps({"a": [mark]}))["a"][0] is mark


@pytest.mark.parametrize(
    ("value", "path", "expected"),
    [
        ({"a": {"b": 1}}, ("a", "b"), 1),
        ({"a": {"b": 1}}, ("a", "c"), MISSING),
        ({"a": {"b": 1}}, ("a", "b", "c"), MISSING),
        ({"a": None}, ("a",), MISSING),
        ({"a": UNKNOWN}, ("a", "b"), UNKNOWN),
        ({"a": SECRET}, ("a", "b"), SECRET),
        ({"a": [{"b": 2}]}, ("a", 0, "b"), 2),
        ({"a": [{"b": 2}]}, ("a", 1, "b"), MISSING),
        ({"x.y/z": "1"}, ("x.y/z",), "1"),
    ],
)
def test_reading_a_path_gives_the_value_or_the_mark_on_the_way(value: Any, path: Any, expected: Any) -> None:
    assert read(value, *path) is expected or read(value, *path) == expected


@pytest.mark.parametrize(
    ("wire_value", "expected"),
    [
        ({SIGNATURE: SECRET_SIGNATURE, "value": {"deep": "hunter2"}}, SECRET),
        ({SIGNATURE: SECRET_SIGNATURE, "ciphertext": "v1:abc"}, SECRET),
        ({SIGNATURE: OUTPUT_SIGNATURE, "value": "x", "secret": True}, SECRET),
        ({SIGNATURE: OUTPUT_SIGNATURE, "value": "x", "dependencies": ["urn"]}, "x"),
        ({SIGNATURE: OUTPUT_SIGNATURE}, UNKNOWN),
        ({SIGNATURE: RESOURCE_SIGNATURE, "urn": "urn:1", "id": "i-1"}, "i-1"),
        ({SIGNATURE: RESOURCE_SIGNATURE, "urn": "urn:1", "id": ""}, UNKNOWN),
        ({SIGNATURE: RESOURCE_SIGNATURE, "urn": "urn:1"}, "urn:1"),
        ({SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": "body"}, "[asset]"),
        (3.0, 3),
        (2.5, 2.5),
        (None, None),
    ],
)
def test_special_objects_of_the_wire_become_marks_or_values(wire_value: Any, expected: Any) -> None:
    assert plain({"at": [wire_value]})["at"][0] == expected
    message = struct_pb2.Struct()
    message.update({"at": [wire_value]})
    assert wire.struct(message)["at"][0] == expected


@pytest.mark.parametrize("text", sorted(UNKNOWN_TEXTS))
def test_every_sentinel_of_the_wire_is_unknown(text: str) -> None:
    assert plain([text]) == [UNKNOWN]


@given(st.dictionaries(st.text(max_size=5), trees, max_size=4))
def test_the_one_pass_reader_agrees_with_the_two_pass_one(tree: dict[str, Any]) -> None:
    message = struct_pb2.Struct()
    message.update(tree)
    assert wire.struct(message) == plain(tree)


@given(trees)
def test_plain_values_stay_as_they_are_and_are_known(tree: Any) -> None:
    assert plain(tree) == tree
    assert is_known(tree)
    assert printable(tree) == tree


def test_printing_shows_marks_as_words() -> None:
    assert printable({"a": [UNKNOWN, SECRET]}) == {"a": ["[unknown]", "[secret]"]}
    assert not is_known({"a": [{"b": SECRET}]})
