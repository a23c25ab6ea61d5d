"""Ways in: what an address outside reaches in a cluster, by load balancers, node ports, host ports and routed ones.

No pod has a public address of its own, so that nothing else leads in from the internet. What is not of the internet
reaches pods by their own addresses too, where those are routed. Along a way its own filter counts first, then those of
the nodes that it stands on, by the port of the node, then the policies as they see the packet (from the client, a node
or the load balancer), then every other layer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property, reduce
from typing import TYPE_CHECKING

from ...facts.cidr import Network, within
from .addresses import Piece
from .endpoints import Population
from .layer import Answer, Reason, Row, both, grown, named, ports_to, together
from .node_layer import NodeLayer, unfiltered
from .policy import INGRESS
from .ports import EVERYTHING, PortRange, PortSpace, told
from .way import BALANCED, BALANCER, CLIENT, NAME, NODE, ON_NODES, Way

if TYPE_CHECKING:
    from .layer import Layer

CLOSED = "nothing lets it in from outside: no load balancer, node port, Ingress, route or host port leads to it"
GROUPS, ROUTES = "security groups", "routes"
"""Layers of nodes: the one that a cloud's controller opens for node ports, and the one that load balancers share."""


class Ways:
    """Every way into one cluster; `routed`: whether pods are reached by their own addresses from inside the network."""

    def __init__(
        self, people: Population, ways: Iterable[Way], layers: Iterable["Layer"] = (), *, routed: bool = True
    ) -> None:
        self.people, self.ways, self._routed = people, tuple(ways), routed
        self._nodes = tuple(layer for layer in layers if isinstance(layer, NodeLayer))
        self._space = PortSpace(())
        self._kept: dict[tuple[int, tuple[int, ...], bool], Row] = {}
        self._within: dict[tuple[Network, ...], tuple[int, ...]] = {}

    def cuts(self) -> Iterator[PortRange]:
        """Every range of ports of a pod that a way leads to, and of a node that one begins at."""
        for way in self.ways:
            yield from (port for port, _ in way.ports)
            yield from way.outer if self._nodes else ()

    def prepare(self, space: PortSpace) -> None:
        """Take the classes of ports that all layers share; who gets to a node is told by its layers, where known."""
        self._space = space
        if any(layer.name == ROUTES for layer in self._nodes):
            self.ways = tuple(self._told(way) if way.entrance.stands == ON_NODES else way for way in self.ways)

    def _told(self, way: Way) -> Way:
        """A way at the nodes, with what their layers say of the internet; pods on a node's network have every port."""
        answers = []
        for piece in (each for each in self.people.addresses.pieces if each.public):
            of_port = [answer.allowed for _, answer in self._asked(replace(way, outer=way.outer or EVERYTHING), piece)]
            of_node = [self._answer(way, layer, piece).allowed for layer in self._nodes if layer.name == ROUTES]
            answers.append(_all(of_port if way.outer or False in of_port else of_node))
        public = True if True in answers else None if None in answers else False
        return replace(way, entrance=way.entrance._replace(public=public, inside=True, doubt=""))

    @property
    def exact(self) -> bool:
        """Whether it is known of every way who gets to it and where it leads."""
        return self._routed and all(way.exact for way in self.ways)

    def applies(self, source: int) -> bool:
        """Whether a site is an address outside of the nodes, of the internet or inside the network."""
        piece = self.people.sites[source].piece
        return piece is not None and not unfiltered(piece)

    def row(self, source: int, layers: tuple["Layer", ...], *, sure: bool) -> Row:
        """What an address may send to pods: for certain, or at most."""
        found = {} if self._piece(source).public else self._direct(source, layers, sure=sure)
        for way in self.ways:
            for ports, to in self._through(way, source, layers, sure=sure).items():
                found = grown(found, to, ports)
        return found

    def why(self, source: int, destination: int, port: PortRange, layers: tuple["Layer", ...]) -> Answer:
        """What lets a port through first, else what may, else what stops the first way that leads there."""
        direct = () if self._piece(source).public else (self._directly(source, destination, port, layers),)
        answers: list[Answer] = [*direct]
        answers += [
            self._why(way, source, destination, port, layers)
            for way in self.ways
            if any(pods.may >> destination & 1 and _holds(range_, port) for range_, pods in way.ports)
        ]
        for wanted in (True, None, False):
            for answer in answers:
                if answer.allowed is wanted:
                    return answer
        return Answer(False, (Reason(INGRESS, CLOSED, layer=NAME),))

    def _direct(self, source: int, layers: tuple["Layer", ...], *, sure: bool) -> Row:
        """What an address sends to the addresses of pods themselves."""
        row = reduce(both, (layer.row(source, sure=sure) for layer in layers))
        inside = self.people.pods if self._routed or not sure else self.people.host.sure
        return {ports: to & inside for ports, to in row.items() if to & inside}

    def _directly(self, source: int, destination: int, port: PortRange, layers: tuple["Layer", ...]) -> Answer:
        answers = [named(layer.name, layer.why(source, destination, port)) for layer in layers]
        answer = together(answers)
        if self._routed or self.people.host.sure >> destination & 1 or answer.allowed is False:
            return answer
        return Answer(None, (Reason(INGRESS, OVERLAY, layer=NAME), *answer.reasons))

    def _why(self, way: Way, source: int, destination: int, port: PortRange, layers: tuple["Layer", ...]) -> Answer:
        wanted, piece = self._space.mask(port), self._piece(source)
        bounds = [
            ports_to(self._through(way, source, layers, sure=sure), destination) & wanted for sure in (True, False)
        ]
        allowed = True if bounds[0] == wanted else None if bounds[1] else False
        if way.lets(piece) is False:
            return Answer(False, (way.refusal(piece),))
        past = self._past(way, piece)
        answers = [named(layer.name, answer) for layer, answer in self._asked(way, piece)]
        nodes = [reason for answer in answers if answer.allowed is past for reason in answer.reasons]
        if past is False:
            return Answer(False, (way.step(way.says), *nodes))
        doubt = [way.doubt(piece)] if allowed is way.lets(piece) is None else []
        rest = self._beyond(way, source, destination, port, layers, allowed=allowed)
        return Answer(allowed, (way.step(way.says), *doubt, *(nodes if allowed is not False else ()), *rest))

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
        layers, seen = self._judging(way, layers), way.entrance.seen
        passed: bool | None = True
        for layer, sites in zip(layers, self._seen(way, source, layers), strict=True):
            answers = [layer.why(site, destination, port) for site in sites]
            fitting = [answer for answer in answers if answer.allowed is allowed] or answers
            for answer in fitting[:1]:
                passed = passed and answer.allowed
                label = "" if seen == CLIENT else f", as from the {SEEN[seen]}"
                for reason in named(layer.name, answer).reasons:
                    yield replace(reason, text=f"{reason.text}{label}")
        if seen == NODE and allowed is None and not passed:
            yield way.step(OWN_NODE)

    def _through(self, way: Way, source: int, layers: tuple["Layer", ...], *, sure: bool) -> Row:
        piece = self._piece(source)
        lets, past = way.lets(piece), self._past(way, piece)
        if False in (lets, past) or (sure and None in (lets, past)):
            return {}
        found: Row = {}
        layers = self._judging(way, layers)
        for range_, pods in way.ports:
            found = grown(found, pods[not sure], self._space.mask(range_)) if pods[not sure] else found
        for layer, sites in zip(layers, self._seen(way, source, layers), strict=True):
            if way.entrance.seen == NODE and layer is layers[0] and not sure:
                continue
            found = both(found, self._rows(layer, sites, sure=sure)) if found else found
        return found

    def _judging(self, way: Way, layers: tuple["Layer", ...]) -> tuple["Layer", ...]:
        """The layers that see the packet as pods get it; those of nodes where it comes to a port of the pod itself."""
        if way.entrance.stands == ON_NODES and not way.outer:
            return layers
        balanced = self._behind if way.entrance.stands == BALANCED else ()
        return (*(layer for layer in layers if not isinstance(layer, NodeLayer)), *balanced)

    @cached_property
    def _behind(self) -> tuple["Layer", ...]:
        """What stands in the place of layers of nodes for what a load balancer sends."""
        return tuple(layer for layer in (each.balanced for each in self._nodes) if layer is not None)

    def _past(self, way: Way, piece: Piece) -> bool | None:
        """Whether the filters of the nodes that it stands on let a packet to its port there."""
        return _all([answer.allowed for _, answer in self._asked(way, piece)])

    def _asked(self, way: Way, piece: Piece) -> Iterator[tuple[NodeLayer, Answer]]:
        """What each layer of the nodes says of a node's port; of what stands elsewhere, whether a route leads there."""
        elsewhere = way.entrance.stands != ON_NODES
        for layer in self._nodes:
            if way.outer or (layer.name == ROUTES and elsewhere and not piece.public):
                yield layer, self._answer(way, layer, piece)

    def _answer(self, way: Way, layer: NodeLayer, piece: Piece) -> Answer:
        wanted = reduce(int.__or__, map(self._space.mask, way.outer), 0) or self._space.everything
        sure, may = (bound & wanted for bound in layer.found[INGRESS, piece])
        allowed = True if sure == wanted else None if may else False
        if allowed is False and way.entrance.opened and layer.name == GROUPS:
            return Answer(None, (way.step(OPENED),))
        first = way.outer[0] if way.outer else PortRange("TCP", 1, 65535)
        if sure and allowed is None:
            return Answer(None, (way.step(f"{layer.name} let in only a part of {told(way.outer)}"),))
        return Answer(allowed, layer.reasons(INGRESS, piece, first, allowed=allowed))

    def _seen(self, way: Way, source: int, layers: tuple["Layer", ...]) -> Iterator[tuple[int, ...]]:
        """For each layer the sites that a packet comes from: policies come first and see what the pod sees."""
        seen = way.entrance.seen
        for layer in layers:
            other = seen == BALANCER or (seen == NODE and layer is layers[0])
            yield self._sites(way.seen_from) if other else (source,)

    def _sites(self, ranges: tuple[Network, ...]) -> tuple[int, ...]:
        """The pieces within ranges, or around them where they are no piece themselves."""
        found = self._within.get(ranges)
        if found is None:
            pieces = list(enumerate(self.people.addresses.pieces))
            inside = [at for at, piece in pieces if any(within(piece.range, each) for each in ranges)]
            around = [at for at, piece in pieces if any(within(each, piece.range) for each in ranges)]
            found = tuple(self.people.first_address + at for at in inside or around[-1:])
            self._within[ranges] = found
        return found

    def _rows(self, layer: "Layer", sites: tuple[int, ...], *, sure: bool) -> Row:
        """What all of several sites may send for certain, or any of them at most."""
        key = (id(layer), sites, sure)
        if key not in self._kept:
            rows = [layer.row(site, sure=sure) for site in sites]
            self._kept[key] = (reduce(both, rows) if rows else {}) if sure else _any(rows)
        return self._kept[key]

    def _piece(self, source: int) -> Piece:
        piece = self.people.sites[source].piece
        return self.people.addresses.pieces[0] if piece is None else piece


SEEN = {NODE: "node", BALANCER: "load balancer"}
OWN_NODE = "it comes from a node, and what comes from a pod's own node no policy stops"
OPENED = "the cloud's controller may open the security groups of the nodes for it"
OVERLAY = "whether the network leads to the addresses of pods themselves is not known here"


def _all(answers: list[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


def _any(rows: Iterable[Row]) -> Row:
    found: Row = {}
    for row in rows:
        for ports, to in row.items():
            found = grown(found, to, ports)
    return found


def _holds(range_: PortRange, port: PortRange) -> bool:
    return range_.protocol == port.protocol and range_.first <= port.first <= port.last <= range_.last
