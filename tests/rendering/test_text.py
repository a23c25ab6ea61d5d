"""What is written is read back as it was, by strict readers and lax ones."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hedgerow.facts import yaml_text
from hedgerow.rendering.text import dump

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ["", "y", "No", "1e3", "0o17", "08", "1_000", ".5", "12:30", "2026-11-21", "~", "=", "<<", "- a", "a: b", "a #b", "a\n",
     "a\n\n", " a\nb", "a \nb", "\ta\nb", "a\n b", "\na", "a\r\nb", "\u2028", "\ufeff", "\x00", "#!/bin/sh\necho 1\n"]
)  # fmt: skip
values = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


SOME = settings(max_examples=100, deadline=None)


@SOME
@given(st.dictionaries(texts, values, min_size=1, max_size=5))
def test_a_document_is_read_as_it_was_written(value: dict[str, Any]) -> None:
    text = dump(value)
    documents = yaml_text.parse(text, "x.yaml")
    assert [document.value for document in documents] == [value]
    assert yaml.safe_load(text) == value
    assert text.endswith("\n")


@SOME
@given(st.dictionaries(texts, values, min_size=2, max_size=5))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any]) -> None:
    assert dump(value) == dump(dict(reversed(value.items())))


@pytest.mark.parametrize(
    "text",
    ["y", "N", "yes", "on", "True", "null", "~", "", "1e3", "12e5678", "0o17", "08", "1_000", "0x1f", ".5", "12:30", "2026-11-21",
     "<hedgerow:unknown>", "nan", ".inf", "=", "-", "*a", "&a", "a.", "1.35"],
)  # fmt: skip
def test_what_some_parser_takes_for_something_else_is_quoted(text: str) -> None:
    """The parser of Kubernetes reads more numbers and truths in bare words than PyYAML does."""
    assert dump({"key": text}) == f'key: "{text}"\n'
    assert dump({text: "value"}).startswith(f'"{text}": ')


@pytest.mark.parametrize(
    "text", ["payments", "apps/v1", "platform.example.com/tenant", "RollingUpdate", "kube-system", "a_b"]
)
def test_words_stay_bare(text: str) -> None:
    assert dump({text: text}) == f"{text}: {text}\n"


def test_a_document_begins_with_what_it_is_and_repeats_what_is_repeated() -> None:
    again = {"b": ["x"], "a": {}}
    value = {"spec": again, "metadata": {"name": "api"}, "kind": "Pod", "apiVersion": "v1", "data": again}
    assert dump(value).splitlines() == [
        "apiVersion: v1", "kind: Pod", "metadata:", "  name: api", "data:", "  a: {}", "  b:", "  - x", "spec:", "  a: {}",
        "  b:", "  - x",
    ]  # fmt: skip


def test_lines_of_text_stay_lines() -> None:
    assert dump({"data": {"run.sh": "#!/bin/sh\nexec true\n"}}) == "data:\n  run.sh: |\n    #!/bin/sh\n    exec true\n"
