"""Labels: hedgerow's own keys, Kubernetes' rules for keys, values and names, and what a selector matches.

Rules and matching follow kubernetes/apimachinery (pkg/api/validate/content, pkg/labels) at eed236ce of 2026-07-23.
"""

import re
from collections.abc import Mapping
from typing import Any

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""Label that the API server puts on every namespace, with its name; nobody can change it (GA in Kubernetes 1.22)."""

POD_SECURITY_LEVELS = ("privileged", "baseline", "restricted")
"""Pod Security levels, each stricter than the one before (Pod Security Standards)."""

POD_SECURITY_MODES = ("enforce", "audit", "warn")
"""What Pod Security does with a pod below the level: refuse it, log it, or answer with a warning."""

_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_DNS_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_NAME = re.compile(rf"{_DNS_LABEL}(\.{_DNS_LABEL})*")
_LETTERS = "letters, digits, '-', '_' and '.'"
_SELECTOR_KEYS = {"matchLabels", "matchExpressions"}
_TAKES_VALUES = {"In": True, "NotIn": True, "Exists": False, "DoesNotExist": False}


class SelectorError(ValueError):
    """A selector that the API server would refuse. The message says what to write."""


def tenant(prefix: str) -> str:
    """Key of the label that names the tenant of a namespace."""
    return f"{prefix}/tenant"


def environment(prefix: str) -> str:
    """Key of the label that names the environment of a namespace."""
    return f"{prefix}/environment"


def managed(prefix: str) -> str:
    """Key of the label on what hedgerow made and guards; its value is `true`."""
    return f"{prefix}/managed"


def owners(prefix: str) -> str:
    """Key of the annotation that lists the owners of a namespace (several may not fit a label's value)."""
    return f"{prefix}/owners"


def pod_security(mode: str) -> str:
    """Key of the namespace label that sets the Pod Security level of a mode (`enforce`, `audit`, `warn`)."""
    return f"pod-security.kubernetes.io/{mode}"


def pod_security_version(mode: str) -> str:
    """Key of the namespace label that pins the Kubernetes version whose rules a mode applies, such as `v1.35`."""
    return f"pod-security.kubernetes.io/{mode}-version"


def key_problem(key: object) -> str | None:
    """What is wrong with a label key, as «must …», or None."""
    if not isinstance(key, str) or key.count("/") > 1:
        return "must be a name with at most one prefix, such as tenant or example.com/tenant"
    prefix, slash, name = key.rpartition("/")
    if slash and name_with_dots_problem(prefix):
        return "must have a DNS name in lower case before the '/', such as example.com/tenant"
    if len(name) > 63:
        return f"must have at most 63 characters in its name part, it has {len(name)}"
    if not _NAME.fullmatch(name):
        return f"must have a name part of {_LETTERS} with a letter or digit at both ends, such as tenant"
    return None


def value_problem(value: object) -> str | None:
    """What is wrong with a label value, as «must …», or None. The empty text is a value."""
    if not isinstance(value, str):
        return "must be text: put it in quotes"
    if len(value) > 63:
        return f"must have at most 63 characters, it has {len(value)}"
    if value and not _NAME.fullmatch(value):
        return f"must be {_LETTERS} with a letter or digit at both ends, such as team-a"
    return None


def name_problem(name: object) -> str | None:
    """What is wrong with the name of a namespace, Service or other object that must be an RFC 1123 label, or None."""
    if not isinstance(name, str) or not name:
        return "must be a name such as payments-dev"
    if len(name) > 63:
        return f"must have at most 63 characters, it has {len(name)}"
    if not re.fullmatch(_DNS_LABEL, name):
        dots = ", no dots," if _DNS_NAME.fullmatch(name) else ""
        return f"must be lower-case letters, digits and '-'{dots} with no '-' at either end, such as payments-dev"
    return None


def name_with_dots_problem(name: object) -> str | None:
    """What is wrong with a name that must be an RFC 1123 subdomain (most objects, label prefixes), or None."""
    if not isinstance(name, str) or not name:
        return "must be a name such as example.com"
    if len(name) > 253:
        return f"must have at most 253 characters, it has {len(name)}"
    if not _DNS_NAME.fullmatch(name):
        return "must be lower-case letters, digits, '-' and '.' with no '-' or '.' at either end, such as example.com"
    return None


def matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector (`matchLabels`, `matchExpressions`) matches a set of labels.

    All parts must match. `NotIn` and `DoesNotExist` match where the key is absent. An empty selector matches
    everything. What no selector at all means differs by field, so that is the caller's matter.
    A malformed selector raises SelectorError whatever the labels: a misspelt key must not match everything.
    """
    if unknown := selector.keys() - _SELECTOR_KEYS:
        raise SelectorError(f"selector key {min(unknown)!r} is not known; write matchLabels or matchExpressions")
    wanted = selector.get("matchLabels") or {}
    answers = [_holds(expression, labels) for expression in selector.get("matchExpressions") or ()]
    return all(key in labels and labels[key] == value for key, value in wanted.items()) and all(answers)


def selector_problem(selector: Mapping[str, Any]) -> str | None:
    """What the API server would refuse in a label selector, or None."""
    try:
        matches(selector, {})
    except SelectorError as error:
        return str(error)
    pairs = [(key, [value]) for key, value in (selector.get("matchLabels") or {}).items()]
    pairs += [(part.get("key"), part.get("values") or []) for part in selector.get("matchExpressions") or ()]
    for key, values in pairs:
        if problem := key_problem(key):
            return f"selector key {key!r} {problem}"
        for value in values:
            if problem := value_problem(value):
                return f"selector value {value!r} of {key} {problem}"
    return None


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, operator = str(expression.get("key", "")), str(expression.get("operator", ""))
    values = expression.get("values") or ()
    if operator not in _TAKES_VALUES:
        raise SelectorError(f"operator {operator!r} of {key} is not known; write In, NotIn, Exists or DoesNotExist")
    if not isinstance(values, list | tuple):
        raise SelectorError(f"values of {key} are {values!r}; write a list such as [{values}]")
    if _TAKES_VALUES[operator] != bool(values):
        wanted = "give it at least one value" if not values else "leave its values out"
        raise SelectorError(f"operator {operator} of {key} has {'no' if not values else 'some'} values; {wanted}")
    present = key in labels
    if operator in ("Exists", "DoesNotExist"):
        return present is (operator == "Exists")
    return (present and labels[key] in values) is (operator == "In")
