"""What stands for a layer that may stop what a load balancer sends, where it is not known how that one sends."""

from collections.abc import Callable, Iterable
from typing import Protocol

from .addresses import Piece
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
    """Nothing for certain, and everything perhaps, for addresses that something may stop; everything for others."""

    exact = False

    def __init__(
        self, name: str, people: Population, space: PortSpace, by: Callable[[Piece | None], Filter | None]
    ) -> None:
        self.name, self._people, self._space, self._by = name, people, space, by

    def cuts(self) -> Iterable[PortRange]:
        """None of its own."""
        return ()

    def prepare(self, space: PortSpace) -> None:
        """Nothing is left to do: it is made when all is worked out."""

    def row(self, source: int, *, sure: bool) -> Row:
        """Nothing for certain where something may stop it, everything perhaps."""
        return {} if sure and self._stops(source) is not None else {self._space.everything: self._people.pods}

    def why(self, source: int, destination: int, port: PortRange) -> Answer:  # noqa: ARG002 (as every layer)
        """What stands in the way."""
        by = self._stops(source)
        if by is None:
            return Answer(True, ())
        text = f"{by} does not let everything through, and how the load balancer sends is not known"
        return Answer(None, (Reason(INGRESS, text, by.urn),))

    def _stops(self, source: int) -> Filter | None:
        return self._by(self._people.sites[source].piece)
