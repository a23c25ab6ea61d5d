"""Settings of rules are checked without loading jsonschema where that is sure to agree."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hedgerow.graph.rulebook import _plainly_fits

ROOT = Path(__file__).resolve().parents[2]
KEYS = ("from", "to")

leaves = st.one_of(
    st.fixed_dictionaries({"type": st.just("string")}, optional={"pattern": st.sampled_from(["^a", "b$"])}),
    st.fixed_dictionaries({"enum": st.lists(st.sampled_from(["a", "b", 1]), min_size=1, unique=True)}),
    st.fixed_dictionaries({"type": st.sampled_from(["integer", "string", "array", "object"])}),
    st.just(True),
)
schemas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("array")},
            optional={"items": inner, "minItems": st.integers(0, 2), "uniqueItems": st.just(True)},
        ),
        st.fixed_dictionaries(
            {"type": st.just("object")},
            optional={
                "properties": st.dictionaries(st.sampled_from(KEYS), inner),
                "additionalProperties": st.one_of(st.booleans(), inner),
                "required": st.lists(st.sampled_from(KEYS), unique=True),
            },
        ),
    ),
    max_leaves=6,
)
values = st.recursive(
    st.sampled_from(["a", "ab", "c", 1, True, None]),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*KEYS, "x"]), inner)),
    max_leaves=6,
)


@given(schemas, values)
def test_what_plainly_fits_is_valid(schema: Any, value: Any) -> None:
    """The short way never accepts what jsonschema refuses."""
    assert not _plainly_fits(value, schema) or Draft202012Validator(schema).is_valid(value)


def test_grants_fit_plainly() -> None:
    """The commonest setting that is more than a word takes the short way, and not where a key is missing or unknown."""
    entry = {
        "type": "object",
        "required": ["from"],
        "additionalProperties": False,
        "properties": {"from": {"type": "string"}},
    }
    schema = {"type": "array", "minItems": 1, "items": entry}
    tried: list[Any] = [[{"from": "a"}], [{}], [{"from": "a", "to": "b"}], [], [{"from": 1}]]
    assert [_plainly_fits(each, schema) for each in tried] == [True, False, False, False, False]


def test_the_rules_here_need_no_jsonschema() -> None:
    """Judging a stack never waits for it to load."""
    code = (
        "import sys; from pathlib import Path; from policies import catalog; catalog.load(Path('policies')); "
        "print('jsonschema' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
