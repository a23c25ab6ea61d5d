"""Which inputs a provider can change in place, and which make it create the object anew.

Table: tables/replacements.csv, with its sources and date. A path stands for everything below it; `*` for every other
input of its type. `either` depends on the values: the provider decides when it sees both, as with what is in no row.
"""

import functools
from collections.abc import Mapping
from pathlib import Path

from . import table

REPLACEMENTS = Path(__file__).with_name("tables") / "replacements.csv"
UPDATE, REPLACE, EITHER = "update", "replace", "either"
REST = "*"
ANY_KUBERNETES = "kubernetes:*"
NO_OBJECT = "kubernetes:helm.sh/"
"""Types of the Kubernetes provider that are no objects: another part of it decides about them."""


def effect(type_: str, path: str) -> str:
    """What a change of the input at `path`, such as `spec.selector.matchLabels`, does: update, replace, or either."""
    kubernetes = type_.startswith("kubernetes:") and not type_.startswith(NO_OBJECT)
    steps = path.replace("[", ".[").split(".")
    for known in (type_, ANY_KUBERNETES) if kubernetes else (type_,):
        found = _table().get(known, {})
        for length in range(len(steps), 0, -1):
            if told := found.get(".".join(steps[:length])):
                return told
    return _table().get(ANY_KUBERNETES if kubernetes else type_, {}).get(REST, EITHER)


def source() -> str:
    """Where the table comes from."""
    return table.source(REPLACEMENTS)


@functools.cache
def _table() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for changed, what in table.rows(REPLACEMENTS):
        type_, _, path = changed.partition(" ")
        found.setdefault(type_, {})[path] = what
    return found
