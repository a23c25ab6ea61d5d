"""Ways in: what an address of the internet reaches in a cluster, by load balancers, node ports and host ports.

No pod has a public address of its own, so that nothing else leads in. Along a way its own filter counts first, then the
policies as they see the packet (from the client, a node or the load balancer), then every other layer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from ...facts.cidr import Network, within
from ..value import UNKNOWN
from .addresses import INTERNET
from .endpoints import Population
from .layer import Answer, Reason, Row, both, grown, ports_to
from .node_layer import NodeLayer
from .ports import PortRange, PortSpace
from .sets import Tri

if TYPE_CHECKING:
    from .layer import Layer

CLIENT, NODE, BALANCER = "client", "node", "balancer"
"""Whose address a pod sees."""
NAME = "ways in"
CLOSED = "nothing lets it in from outside: no load balancer, node port, Ingress, route or host port leads to it"


@dataclass(frozen=True)
class Way:
    """One port of one object that leads from outside to pods. `public`: whether the internet gets to it, or None."""

    name: str
    urn: str
    says: str
    """What it is and does, for witnesses."""
    field: str
    public: bool | None
    sources: Any
    """Ranges that it takes packets from, `()` for every one, or UNKNOWN."""
    seen: str
    seen_from: tuple[Network, ...]
    """Where a load balancer or a node has its addresses."""
    ports: tuple[tuple[PortRange, Tri], ...]
    """Ports of pods, each with the pods that it is a port of."""
    doubt: str = ""
    """Why it is not known whether the internet gets to it."""
    balanced: bool = False
    """Whether a load balancer leads in, for which the cloud opens its own filters."""

    def lets(self, piece: Network) -> bool | None:
        """Whether a packet from these addresses gets to it and past its own filter."""
        if self.public is False:
            return False
        if self.sources is UNKNOWN:
            return None
        held = not self.sources or any(within(piece, range_) for range_ in self.sources)
        return self.public if held else False


class Ways:
    """Every way into one cluster."""

    def __init__(self, people: Population, ways: Iterable[Way]) -> None:
        self.people, self.ways = people, tuple(ways)
        self._space = PortSpace(())

    def cuts(self) -> Iterator[PortRange]:
        """Every range of ports of a pod that a way leads to."""
        return (port for way in self.ways for port, _ in way.ports)

    def prepare(self, space: PortSpace) -> None:
        """Take the classes of ports that all layers share."""
        self._space = space

    @property
    def exact(self) -> bool:
        """Whether it is known of every way who gets to it and where it leads."""
        return all(
            way.public is not None
            and way.sources is not UNKNOWN
            and way.seen == CLIENT
            and all(pods.sure == pods.may for _, pods in way.ports)
            for way in self.ways
        )

    def applies(self, source: int) -> bool:
        """Whether a site is a piece of the internet, which reaches pods by ways only."""
        piece = self.people.sites[source].piece
        return piece is not None and piece.public

    def row(self, source: int, layers: tuple["Layer", ...], *, sure: bool) -> Row:
        """What a piece of the internet may send to pods: for certain, or at most."""
        found: Row = {}
        for way in self.ways:
            for ports, to in self._through(way, source, layers, sure=sure).items():
                found = grown(found, to, ports)
        return found

    def why(self, source: int, destination: int, port: PortRange, layers: tuple["Layer", ...]) -> Answer:
        """The first way that lets a port through, else what stops or may stop the first that leads there."""
        answers = [
            self._why(way, source, destination, port, layers)
            for way in self.ways
            if any(pods.may >> destination & 1 and _holds(range_, port) for range_, pods in way.ports)
        ]
        for wanted in (True, None, False):
            for answer in answers:
                if answer.allowed is wanted:
                    return answer
        return Answer(False, (Reason("Ingress", CLOSED, layer=NAME),))

    def _why(self, way: Way, source: int, destination: int, port: PortRange, layers: tuple["Layer", ...]) -> Answer:
        wanted = self._space.mask(port)
        bounds = [
            ports_to(self._through(way, source, layers, sure=sure), destination) & wanted for sure in (True, False)
        ]
        allowed = True if bounds[0] == wanted else None if bounds[1] else False
        step = Reason("Ingress", way.says, way.urn, way.field, NAME)
        piece = self._range(source)
        if way.lets(piece) is False:
            why = "is not reached from the internet" if way.public is False else "does not take packets from there"
            return Answer(False, (Reason("Ingress", f"{way.says}, and {why}", way.urn, way.field, NAME),))
        doubt = () if allowed is not None or way.lets(piece) or not way.doubt else (way.doubt,)
        told = [Reason("Ingress", text, way.urn, way.field, NAME) for text in doubt]
        return Answer(allowed, (step, *told, *self._beyond(way, source, destination, port, layers, allowed=allowed)))

    def _beyond(
        self,
        way: Way,
        source: int,
        destination: int,
        port: PortRange,
        layers: tuple["Layer", ...],
        *,
        allowed: bool | None,
    ) -> Iterator[Reason]:
        """What the layers say of the rest of the way: those reasons that fit the answer."""
        layers = _judging(way, layers)
        for layer, sites in zip(layers, self._seen(way, source, layers), strict=True):
            answers = [layer.why(site, destination, port) for site in sites]
            fitting = [answer for answer in answers if answer.allowed is allowed] or answers
            for answer in fitting[:1]:
                label = "" if way.seen == CLIENT else f", as from the {SEEN[way.seen]}"
                for reason in answer.reasons:
                    text = f"{reason.text}{label}"
                    yield Reason(reason.direction, text, reason.urn, reason.rule, reason.layer or layer.name)
        if way.seen == NODE and allowed is None:
            yield Reason("Ingress", OWN_NODE, way.urn, way.field, NAME)

    def _through(self, way: Way, source: int, layers: tuple["Layer", ...], *, sure: bool) -> Row:
        lets = way.lets(self._range(source))
        if lets is False or (sure and lets is None):
            return {}
        found: Row = {}
        layers = _judging(way, layers)
        for range_, pods in way.ports:
            found = grown(found, pods[not sure], self._space.mask(range_)) if pods[not sure] else found
        for layer, sites in zip(layers, self._seen(way, source, layers), strict=True):
            if way.seen == NODE and layer is layers[0] and not sure:
                continue
            found = both(found, _rows(layer, sites, sure=sure)) if found else found
        return found

    def _seen(self, way: Way, source: int, layers: tuple["Layer", ...]) -> Iterator[list[int]]:
        """For each layer the sites that a packet comes from: policies come first and see what the pod sees."""
        for layer in layers:
            other = way.seen == BALANCER or (way.seen == NODE and layer is layers[0])
            yield self._sites(way.seen_from) if other else [source]

    def _sites(self, ranges: tuple[Network, ...]) -> list[int]:
        """The pieces within ranges, or around them where they are no piece themselves."""
        pieces = self.people.addresses.pieces
        inside = [at for at, piece in enumerate(pieces) if any(within(piece.range, each) for each in ranges)]
        around = [at for at, piece in enumerate(pieces) if any(within(each, piece.range) for each in ranges)]
        return [self.people.first_address + at for at in inside or around[-1:]]

    def _range(self, source: int) -> Network:
        piece = self.people.sites[source].piece
        return next(iter(INTERNET)) if piece is None else piece.range


SEEN = {NODE: "node", BALANCER: "load balancer"}
OWN_NODE = "it comes from a node, and what comes from a pod's own node no policy stops"


def _judging(way: Way, layers: tuple["Layer", ...]) -> tuple["Layer", ...]:
    return tuple(layer for layer in layers if not (way.balanced and isinstance(layer, NodeLayer)))


def _rows(layer: "Layer", sites: list[int], *, sure: bool) -> Row:
    """What all of several sites may send for certain, or any of them at most."""
    rows = [layer.row(site, sure=sure) for site in sites]
    if sure:
        return reduce(both, rows) if rows else {}
    found: Row = {}
    for row in rows:
        for ports, to in row.items():
            found = grown(found, to, ports)
    return found


def _holds(range_: PortRange, port: PortRange) -> bool:
    return range_.protocol == port.protocol and range_.first <= port.first <= port.last <= range_.last
