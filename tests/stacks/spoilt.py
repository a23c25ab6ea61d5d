"""Values as they should not be: what Hypothesis makes of a good one."""

from typing import Any

from hypothesis import strategies as st

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12),
    st.sampled_from(["10.0.0.0/16", "eu-west-1", "m7i.large", "100", "TCP/8443", "search", "payments", "0.0.0.0/0"]),
)  # fmt: skip
KNOWN_WORDS = (
    "account region network cidr zones nat cluster admins node_groups instance_types max min taints effect owners groups "
    "quota cpu memory environments dev prod allow_from internet addons coredns kubernetes tenants class label_prefix"
)
WORDS = st.text(max_size=8) | st.sampled_from(KNOWN_WORDS.split())
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=12
)


def spoilt(value: Any) -> st.SearchStrategy[Any]:
    """A value with one part of it replaced by anything, taken away, or given company."""
    if isinstance(value, dict) and value:
        key = st.sampled_from(sorted(value))
        return st.one_of(
            key.flatmap(lambda at: spoilt(value[at]).map(lambda new: {**value, at: new})),
            key.map(lambda at: {other: item for other, item in value.items() if other != at}),
            st.tuples(WORDS, ANYTHING).map(lambda new: {**value, new[0]: new[1]}),
            ANYTHING,
        )
    if isinstance(value, list) and value:
        return st.one_of(
            spoilt(value[0]).map(lambda new: [new, *value[1:]]), ANYTHING.map(lambda new: [*value, new]), ANYTHING
        )
    return ANYTHING
