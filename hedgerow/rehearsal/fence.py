"""What holds in one namespace: its limits, its people, and what its containers may say."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ..facts import quantity
from ..graph import Views
from ..graph.capacity.pod import Defaults
from ..graph.value import Mark
from .shape import Shape

OWNER, VIEWER, STRANGER = "owner", "viewer", "stranger"
BOUND = "bound"
"""Somebody whom a binding names where no settings say what they are."""


@dataclass(frozen=True, order=True)
class Subject:
    """A group or user as the cluster's authentication names it."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


EVERYBODY = Subject("group", "system:authenticated")


@dataclass(frozen=True)
class Fence:
    """What holds in one namespace. `hard`: its limits by quota key. `tenant`: whether a Tenant promises it.

    `limited`: whether a LimitRange is there. `defaults`: what a container gets that says nothing, where it is known.
    """

    name: str
    hard: Mapping[str, Fraction]
    tenant: bool = False
    pod_security: str = ""
    roles: Mapping[Subject, str] = field(default_factory=dict)
    shape: Shape = field(default_factory=Shape)
    limited: bool = True
    defaults: Defaults | None = None

    @property
    def bare(self) -> bool:
        """Whether it has neither quota nor limits."""
        return not (self.tenant or self.hard or self.limited)

    def role(self, subject: Subject | None) -> str:
        """What somebody is in it."""
        return self.roles.get(subject, STRANGER) if subject else STRANGER

    def first(self, role: str) -> Subject | None:
        """The first subject of a role."""
        return next((subject for subject in sorted(self.roles) if self.roles[subject] == role), None)


def sizes(hard: Mapping[str, Any]) -> Iterator[tuple[str, Fraction]]:
    """The limits of a quota; what is not known, or no quantity, is the server's to refuse."""
    for key, value in hard.items():
        with contextlib.suppress(quantity.QuantityError):
            if not isinstance(value, Mark):
                yield str(key), quantity.parse(value)


def defaults(views: Views, namespace: str) -> Defaults | None:
    """What containers of a namespace get that say nothing, by its LimitRanges; None where a part of them is hidden."""
    found = Defaults.of([item for item in views.limit_ranges if item.namespace == namespace])
    return None if found.unknown else found
