"""The answer for one cluster: a row for each resource, and what does not fit, the first first."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..judgement import HasUrn
from .amounts import told
from .nodes import Supply
from .promises import Account

QUOTA, SURGE, CONTRADICTION, PROMISES, ASKS, PIECE, ADDRESSES = (
    "quota", "surge", "contradiction", "promises", "asks", "piece", "addresses",
)  # fmt: skip
"""Kinds of gaps, in the order in which they are told."""
ORDER = (CONTRADICTION, QUOTA, SURGE, PROMISES, ASKS, PIECE, ADDRESSES)


@dataclass(frozen=True)
class Row:
    """One resource, in thousandths; None where it is not known."""

    resource: str
    promised: int
    """What quotas promise together."""
    unlimited: int
    """Namespaces that no quota limits."""
    besides: int
    """What the workloads outside of those quotas ask for."""
    asked: int
    """What all workloads ask for at their peak, the largest rollout included."""
    least: int | None
    """What the fewest nodes hold that every pod may use."""
    most: int | None
    """What the most nodes hold that every pod may use."""
    kept: int
    """What more of them hold for pods that tolerate their taints."""
    sure: bool = True
    """Whether quotas surely promise so much; else a smaller one may be hidden."""

    @property
    def promises(self) -> int:
        """What nodes must hold for every promise to be kept."""
        return self.promised + self.besides


@dataclass(frozen=True, eq=False)
class Gap:
    """One thing that does not fit: `<kind> '<name>' <state>; <what to do>`, and the numbers, in thousandths."""

    kind: str
    about: HasUrn
    resource: str
    asked: int
    held: int
    message: str
    witness: str = ""
    certain: bool = True

    @property
    def by(self) -> str:
        """By how much it does not fit."""
        return told(self.resource, self.asked - self.held)


@dataclass(frozen=True, eq=False)
class Capacity:
    """One cluster, or what is known of one."""

    name: str
    about: HasUrn | None
    supplies: tuple[Supply, ...]
    elastic: str
    """Who makes nodes as pods ask for them; empty where pools say how many there are."""
    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]
    unknown: tuple[str, ...]
    """What is not known, and so not judged."""
    notes: tuple[str, ...] = ()
    doubts: tuple[Gap, ...] = ()
    """What may not fit, by the kind of gap that it would be; none of them is certain."""
    accounts: tuple[Account, ...] = ()
    """Its namespaces, each with quotas and workloads."""

    @property
    def fits(self) -> bool:
        """Whether nothing is known not to fit."""
        return not self.gaps

    def row(self, resource: str) -> Row | None:
        """The row of a resource."""
        return next((row for row in self.rows if row.resource == resource), None)

    def of(self, *kinds: str) -> Sequence[Gap]:
        """Gaps of some kinds, then doubts of those kinds."""
        return [gap for gap in (*self.gaps, *self.doubts) if gap.kind in kinds]


def ordered(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """Gaps in the order in which they are told, certain ones first within their kind."""
    return tuple(sorted(gaps, key=lambda gap: (ORDER.index(gap.kind), not gap.certain, gap.about.urn, gap.resource)))
