"""What stands for a layer that no cloud opens for a load balancer, where it is not known how that one sends."""

from collections.abc import Iterable
from typing import Protocol

from .endpoints import Population
from .layer import Answer, Reason, Row
from .policy import INGRESS
from .ports import PortRange, PortSpace


class Filter(Protocol):
    """What may stop it, as messages call it."""

    @property
    def urn(self) -> str:
        """The resource that it is."""


class Balanced:
    """Nothing for certain, and everything perhaps."""

    exact = False

    def __init__(self, name: str, people: Population, space: PortSpace, by: Filter) -> None:
        self.name, self._people, self._space, self._by = name, people, space, by

    def cuts(self) -> Iterable[PortRange]:
        """None of its own."""
        return ()

    def prepare(self, space: PortSpace) -> None:
        """Nothing is left to do: it is made when all is worked out."""

    def row(self, source: int, *, sure: bool) -> Row:  # noqa: ARG002 (as every layer)
        """Nothing for certain, everything perhaps."""
        return {} if sure else {self._space.everything: self._people.pods}

    def why(self, source: int, destination: int, port: PortRange) -> Answer:  # noqa: ARG002 (as every layer)
        """What stands in the way."""
        text = f"{self._by} does not let everything through, and how the load balancer sends is not known"
        return Answer(None, (Reason(INGRESS, text, self._by.urn),))
