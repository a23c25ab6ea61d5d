"""Which inputs a provider can change in place, and which make it create the object anew.

Tables: `tables/replacements.csv` of Kubernetes and of each cloud, with their sources and dates. A path stands for
everything below it, in lists too; `*` for every other input of its type. `either` depends on the values: the provider
decides when it sees both, as with what is in no row, and with a whole block in which some inputs force a new object.
"""

import functools
import re
from collections.abc import Mapping
from pathlib import Path

from . import table

FACTS = Path(__file__).parent
TABLES = {
    "aws": FACTS / "aws" / "tables" / "replacements.csv",
    "gcp": FACTS / "gcp" / "tables" / "replacements.csv",
    "kubernetes": FACTS / "tables" / "replacements.csv",
}
UPDATE, REPLACE, EITHER = "update", "replace", "either"
REST = "*"
ANY_KUBERNETES = "kubernetes:*"
NO_OBJECT = "kubernetes:helm.sh/"
"""Types of the Kubernetes provider that are no objects: another part of it decides about them."""
_INDEX = re.compile(r"\[[^\]]*\]")


def effect(type_: str, path: str) -> str:
    """What a change of the input at `path`, such as `spec.selector.matchLabels`, does: update, replace, or either."""
    package = type_.partition(":")[0]
    if package not in TABLES or type_.startswith(NO_OBJECT):
        return EITHER
    every, steps = _table(package), _INDEX.sub("", path).split(".")
    for known in (type_, ANY_KUBERNETES):
        found = every.get(known, {})
        for length in range(len(steps), 0, -1):
            if told := found.get(".".join(steps[:length])):
                return EITHER if told == UPDATE and _forced_below(found, steps) else told
        if _forced_below(found, steps):
            return EITHER
    return every.get(ANY_KUBERNETES if package == "kubernetes" else type_, {}).get(REST, EITHER)


def known(type_: str) -> bool:
    """Whether there is anything in the tables about a type."""
    package = type_.partition(":")[0]
    return package in TABLES and (type_ in _table(package) or package == "kubernetes")


def source(package: str) -> str:
    """Where the table of a package, `aws`, `gcp` or `kubernetes`, comes from."""
    return table.source(TABLES[package])


def _forced_below(found: Mapping[str, str], steps: list[str]) -> bool:
    above = f"{'.'.join(steps)}."
    return any(path.startswith(above) and told != UPDATE for path, told in found.items())


@functools.cache
def _table(package: str) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for changed, what in table.rows(TABLES[package]):
        type_, _, path = changed.partition(" ")
        found.setdefault(type_, {})[path] = what
    return found
