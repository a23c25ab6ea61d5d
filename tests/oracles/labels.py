"""Label selectors, by the API reference of meta/v1: every pair and every expression has to hold."""

from typing import Any

Selector = dict[str, Any] | None


def selects(selector: Selector, known: dict[str, str]) -> bool:
    """Whether a selector selects what has these labels; one that is missing or empty selects everything."""
    wanted, terms = (selector or {}).get("matchLabels") or {}, (selector or {}).get("matchExpressions") or []
    return wanted.items() <= known.items() and all(_holds(term, known) for term in terms)


def _holds(term: dict[str, Any], known: dict[str, str]) -> bool:
    there, listed = term["key"] in known, known.get(term["key"]) in (term.get("values") or [])
    return {"In": listed, "NotIn": not listed, "Exists": there, "DoesNotExist": not there}.get(term["operator"], False)
