"""Keys, values, names and selectors follow the API server's rules to the letter."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.facts import labels
from hedgerow.facts.labels import SelectorError


def test_hedgerows_own_keys_stand_under_the_prefix_and_are_valid() -> None:
    prefix = "platform.example.com"
    keys = [make(prefix) for make in (labels.tenant, labels.environment, labels.managed, labels.owners)]
    assert keys == [f"{prefix}/{name}" for name in ("tenant", "environment", "managed", "owners")]
    assert [labels.key_problem(key) for key in keys] == [None] * 4


def test_pod_security_keys() -> None:
    assert labels.pod_security("enforce") == "pod-security.kubernetes.io/enforce"
    assert labels.pod_security_version("warn") == "pod-security.kubernetes.io/warn-version"
    assert labels.POD_SECURITY_MODES == ("enforce", "audit", "warn")
    assert labels.POD_SECURITY_LEVELS == ("privileged", "baseline", "restricted")


@pytest.mark.parametrize(
    "key", ["app", "a", "A.b_c-1", "1", "example.com/app", "a.b.c/x", "x" * 63, "a" * 253 + "/" + "b" * 63]
)
def test_keys_that_are_fine(key: str) -> None:
    assert labels.key_problem(key) is None


NAME_PART = (
    "must have a name part of letters, digits, '-', '_' and '.' with a letter or digit at both ends, such as tenant"
)
PREFIX_PART = "must have a DNS name in lower case before the '/', such as example.com/tenant"


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("", NAME_PART),
        ("a b", NAME_PART),
        ("-a", NAME_PART),
        ("a.", NAME_PART),
        ("a\n", NAME_PART),
        ("é", NAME_PART),
        ("example.com/", NAME_PART),
        ("/a", PREFIX_PART),
        ("Example.com/a", PREFIX_PART),
        ("a_b/c", PREFIX_PART),
        ("a" * 254 + "/b", PREFIX_PART),
        ("a/b/c", "must be a name with at most one prefix, such as tenant or example.com/tenant"),
        (1, "must be a name with at most one prefix, such as tenant or example.com/tenant"),
        ("x" * 64, "must have at most 63 characters in its name part, it has 64"),
    ],
)
def test_keys_that_are_not(key: object, problem: str) -> None:
    assert labels.key_problem(key) == problem


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("", None),
        ("a", None),
        ("Team_A.1-b", None),
        ("x" * 63, None),
        ("x" * 64, "must have at most 63 characters, it has 64"),
        ("-a", "must be letters, digits, '-', '_' and '.' with a letter or digit at both ends, such as team-a"),
        ("a/b", "must be letters, digits, '-', '_' and '.' with a letter or digit at both ends, such as team-a"),
        ("a\n", "must be letters, digits, '-', '_' and '.' with a letter or digit at both ends, such as team-a"),
        (True, "must be text: put it in quotes"),
        (1, "must be text: put it in quotes"),
        (None, "must be text: put it in quotes"),
    ],
)
def test_values(value: object, problem: str | None) -> None:
    assert labels.value_problem(value) == problem


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("payments-dev", None),
        ("0", None),
        ("", "must be a name such as payments-dev"),
        (None, "must be a name such as payments-dev"),
        ("x" * 64, "must have at most 63 characters, it has 64"),
        ("Dev", "must be lower-case letters, digits and '-' with no '-' at either end, such as payments-dev"),
        ("-dev", "must be lower-case letters, digits and '-' with no '-' at either end, such as payments-dev"),
        ("a.b", "must be lower-case letters, digits and '-', no dots, with no '-' at either end, such as payments-dev"),
    ],
)
def test_names_of_namespaces_and_services(name: object, problem: str | None) -> None:
    assert labels.name_problem(name) == problem


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("example.com", None),
        ("a", None),
        ("", "must be a name such as example.com"),
        (3, "must be a name such as example.com"),
        ("a" * 254, "must have at most 253 characters, it has 254"),
        (
            "a..b",
            "must be lower-case letters, digits, '-' and '.' with no '-' or '.' at either end, such as example.com",
        ),
    ],
)
def test_names_that_may_hold_dots(name: object, problem: str | None) -> None:
    assert labels.name_with_dots_problem(name) == problem


def expression(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


WEB = {"app": "web", "tier": "front"}


@pytest.mark.parametrize(
    ("selector", "answer"),
    [
        ({}, True),
        ({"matchLabels": {}}, True),
        ({"matchLabels": None, "matchExpressions": None}, True),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "web", "tier": "back"}}, False),
        ({"matchLabels": {"absent": "web"}}, False),
        ({"matchLabels": {"absent": None}}, False),
        ({"matchExpressions": [expression("app", "In", "api", "web")]}, True),
        ({"matchExpressions": [expression("app", "In", "api")]}, False),
        ({"matchExpressions": [expression("absent", "In", "web")]}, False),
        ({"matchExpressions": [expression("app", "NotIn", "api")]}, True),
        ({"matchExpressions": [expression("app", "NotIn", "web")]}, False),
        ({"matchExpressions": [expression("absent", "NotIn", "web")]}, True),
        ({"matchExpressions": [expression("app", "Exists")]}, True),
        ({"matchExpressions": [expression("absent", "Exists")]}, False),
        ({"matchExpressions": [expression("app", "DoesNotExist")]}, False),
        ({"matchExpressions": [expression("absent", "DoesNotExist")]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        ({"matchLabels": {"app": "web"}, "matchExpressions": [expression("tier", "In", "back")]}, False),
    ],
)
def test_a_selector_matches_as_in_kubernetes(selector: dict[str, Any], answer: bool) -> None:
    assert labels.matches(selector, WEB) is answer
    assert labels.selector_problem({**selector, "matchLabels": {}}) is None


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ({"app": "web"}, "selector key 'app' is not known; write matchLabels or matchExpressions"),
        ({"match_labels": {}}, "selector key 'match_labels' is not known; write matchLabels or matchExpressions"),
        (
            {"matchExpressions": [expression("app", "in", "web")]},
            "operator 'in' of app is not known; write In, NotIn, Exists or DoesNotExist",
        ),
        (
            {"matchExpressions": [{"key": "app"}]},
            "operator '' of app is not known; write In, NotIn, Exists or DoesNotExist",
        ),
        (
            {"matchExpressions": [expression("app", "In")]},
            "operator In of app has no values; give it at least one value",
        ),
        (
            {"matchExpressions": [expression("app", "Exists", "web")]},
            "operator Exists of app has some values; leave its values out",
        ),
        (
            {"matchExpressions": [{"key": "app", "operator": "In", "values": "web"}]},
            "values of app are 'web'; write a list such as [web]",
        ),
    ],
)
def test_a_malformed_selector_is_an_error_whatever_the_labels(selector: dict[str, Any], message: str) -> None:
    for pod in ({}, WEB):
        with pytest.raises(SelectorError) as error:
            labels.matches({"matchLabels": {"never": "there"}, **selector}, pod)
        assert str(error.value) == message
    assert labels.selector_problem(selector) == message


def test_bad_keys_and_values_in_a_selector_are_named() -> None:
    assert labels.selector_problem({"matchLabels": {"a b": "x"}}) == f"selector key 'a b' {NAME_PART}"
    assert labels.selector_problem({"matchLabels": {"a": True}}) == (
        "selector value True of a must be text: put it in quotes"
    )
    assert labels.selector_problem({"matchExpressions": [expression("a", "In", "x" * 64)]}) == (
        f"selector value {'x' * 64!r} of a must have at most 63 characters, it has 64"
    )


keys, values = st.sampled_from(["a", "b", "example.com/c"]), st.sampled_from(["", "1", "2"])
label_sets = st.dictionaries(keys, values, max_size=3)
expressions = st.builds(
    lambda key, operator, some: expression(key, operator, *(some if operator in ("In", "NotIn") else ())),
    keys,
    st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"]),
    st.lists(values, min_size=1, max_size=2),
)
OPPOSITE = {"In": "NotIn", "NotIn": "In", "Exists": "DoesNotExist", "DoesNotExist": "Exists"}


@given(label_sets, expressions)
def test_every_operator_has_an_opposite(pod: dict[str, str], one: dict[str, Any]) -> None:
    other = {**one, "operator": OPPOSITE[one["operator"]]}
    assert labels.matches({"matchExpressions": [one]}, pod) != labels.matches({"matchExpressions": [other]}, pod)


@given(label_sets, st.lists(expressions, max_size=4), label_sets)
def test_a_selector_is_the_and_of_its_parts(
    pod: dict[str, str], some: list[dict[str, Any]], wanted: dict[str, str]
) -> None:
    parts = [{"matchExpressions": [each]} for each in some]
    parts += [{"matchLabels": {key: value}} for key, value in wanted.items()]
    whole = {"matchLabels": wanted, "matchExpressions": some}
    assert labels.matches(whole, pod) == all(labels.matches(part, pod) for part in parts)


@given(label_sets, keys, values)
def test_equality_is_a_set_of_one(pod: dict[str, str], key: str, value: str) -> None:
    equal = labels.matches({"matchLabels": {key: value}}, pod)
    assert equal == labels.matches({"matchExpressions": [expression(key, "In", value)]}, pod)
    assert equal == (pod.get(key) == value)


@given(label_sets, keys, st.lists(values, min_size=1, max_size=3))
def test_a_set_is_the_union_of_its_values(pod: dict[str, str], key: str, some: list[str]) -> None:
    singles = [{"matchLabels": {key: value}} for value in some]
    whole = {"matchExpressions": [expression(key, "In", *some)]}
    assert labels.matches(whole, pod) == any(labels.matches(each, pod) for each in singles)
