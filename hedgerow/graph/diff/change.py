"""A difference in words: what is created, updated, replaced, deleted or renamed, by which inputs, at what risk."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CREATE, UPDATE, REPLACE, EITHER, DELETE, RENAME = "create", "update", "replace", "update or replace", "delete", "rename"
ORDER = (DELETE, REPLACE, EITHER, RENAME, CREATE, UPDATE)
"""In which order changes are told: what may hurt first."""


@dataclass(frozen=True)
class Property:
    """One input that changes. Values are plain, or a mark; a secret is never more than its mark."""

    path: str
    before: Any
    after: Any
    effect: str
    """`update`, `replace`, or `either`."""
    because: str = ""
    """What it hangs on, where its own value is not known yet."""


@dataclass(frozen=True)
class Risk:
    """What a change may cost: `data loss`, `outage`, `access widened` or `exposure opened`, and why."""

    kind: str
    why: str


@dataclass(frozen=True)
class Change:
    """What becomes of one resource."""

    what: str
    urn: str
    type: str
    name: str
    properties: tuple[Property, ...] = ()
    protected: bool = False
    """Whether the engine refuses it, because the resource is protected."""
    renamed_from: str = ""
    """URN that it had, where it is taken for the same under another name."""
    alias: str = ""
    """What to write so that it is kept."""
    alias_of: str = ""
    """URN of what to write it at: the resource, or the component that was renamed with it."""
    risks: tuple[Risk, ...] = ()

    @property
    def forced_by(self) -> tuple[str, ...]:
        """Inputs that make the provider create it anew."""
        return tuple(item.path for item in self.properties if item.effect == "replace")

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Inputs of which only the engine knows what they do."""
        return tuple(item.path for item in self.properties if item.effect == "either")


@dataclass(frozen=True)
class Difference:
    """Everything that differs between two snapshots, what may hurt first."""

    against: str
    changes: tuple[Change, ...] = ()
    same: int = 0
    """Resources that stay as they are, as far as it is known."""
    filled: int = 0
    """Inputs that the state has and the program does not give: defaults that a provider filled in, or taken out."""
    new: bool = False
    """Whether there was nothing to compare with, so that everything is created."""
    failed: str = ""
    """Why there is no difference to show."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many changes there are of each kind, in the order in which they are told."""
        found = Counter(change.what for change in self.changes)
        return {what: found[what] for what in ORDER if found[what]}

    @property
    def risks(self) -> Mapping[str, int]:
        """How many changes carry each risk."""
        return Counter(kind for change in self.changes for kind in {risk.kind for risk in change.risks})


def ordered(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Changes in the order in which they are told."""
    return tuple(sorted(changes, key=lambda change: (ORDER.index(change.what), change.urn)))
