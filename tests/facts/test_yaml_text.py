"""YAML is read as PyYAML reads it, but strictly; PyYAML's own loader is the judge."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.facts import yaml_text
from hedgerow.facts.problem import BadInput

plain = st.text("0123456789abcdefxeE+-._:~nulyYtTrFoOs<=", min_size=1, max_size=10)
keys = st.one_of(st.text("abc.-/", min_size=1, max_size=4), st.integers(0, 9), st.booleans())
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8), plain, st.just("1:30")
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=12,
)


def read(text: str) -> list[Any]:
    return [document.value for document in yaml_text.parse(text, "x.yaml")]


@given(plain)
def test_a_plain_word_is_what_pyyaml_takes_it_for(word: str) -> None:
    found = {
        loader("").resolve(yaml.ScalarNode, word, (True, False)) for loader in (yaml_text.Loader, yaml.CSafeLoader)
    }
    assert len(found) == 1


@given(st.lists(values, max_size=3), st.booleans())
def test_documents_are_what_pyyaml_takes_them_for(given_: list[Any], flow: bool) -> None:
    text = yaml.safe_dump_all(given_, default_flow_style=flow, explicit_start=True)
    assert read(text) == [value for value in yaml.safe_load_all(text) if value is not None]


def test_anchors_and_merges_are_what_pyyaml_takes_them_for() -> None:
    text = "a: &a {x: 1, y: [2]}\nb: {<<: *a, x: 3}\nc: [*a, *a]\n---\na: &a 5\nb: *a\n"
    assert read(text) == list(yaml.safe_load_all(text))


def test_an_anchor_ends_with_its_document() -> None:
    with pytest.raises(BadInput, match=r"x\.yaml:3: is not YAML: found undefined alias"):
        read("a: &a 5\n---\nb: *a\n")


def test_a_long_number_is_text() -> None:
    assert read("a: " + "9" * 100 + "\nb: " + "9" * 101) == [{"a": int("9" * 100), "b": "9" * 101}]


def test_documents_come_one_by_one_and_what_is_wrong_comes_last() -> None:
    found = yaml_text.documents("a: 1\n---\nb: 1\nb: 2\n---\nc: 3\n", "x.yaml")
    assert [next(found).value for _ in range(3)] == [{"a": 1}, {"b": 2}, {"c": 3}]
    with pytest.raises(BadInput, match=r"x\.yaml:4: has the key 'b' twice; keep one of them"):
        next(found)
