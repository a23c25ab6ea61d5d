"""What peers and ports of policies mean in a cluster: sets of sites, and of ports on them."""

from collections.abc import Iterable, Iterator
from typing import Any

from ...facts.cidr import Network, overlaps, within
from ..value import MISSING, UNKNOWN, Mark
from .endpoints import Population
from .fence import Ranges
from .policy import NamedPort, Peer
from .ports import FIRST, LAST, PortRange, PortSpace
from .sets import EMPTY, Tri

Allowance = tuple[Tri, Tri]
"""The destinations that ports are for, and the ports: a named port is another one on each."""


def held(outer: Iterable[Network], ranges: Iterable[Network]) -> Tri:
    """Whether several ranges together hold all of others (each within one), or some of them, as 0 or 1."""
    known, inner = list(outer), list(ranges)
    whole = all(any(within(each, one) for one in known) for each in inner)
    return Tri(int(whole and bool(inner)), int(any(overlaps(each, one) for each in inner for one in known)))


class Matching:
    """Whom peers mean, and which ports, over one cluster's sites."""

    def __init__(self, people: Population, ranges: Ranges) -> None:
        self.people, self.ranges = people, ranges
        self.space = PortSpace(())

    def cuts(self, ports: Iterable[Any]) -> Iterator[PortRange]:
        """Every range among `ports`, and every number that a named one resolves to."""
        for port in ports:
            if isinstance(port, PortRange):
                yield port
            elif isinstance(port, NamedPort):
                for number in self.people.named_ports.get(port, {}):
                    yield PortRange(port.protocol, number, number)

    def pods(self, peer: Peer, place: Tri) -> Tri:
        """The pods that the selectors of a peer select, in `place` where it has none for namespaces."""
        if peer.namespaces is not MISSING:
            place = self.people.living_in(self.people.home_labels.select(peer.namespaces))
        pods = self.people.pod_labels.select({} if peer.pods is MISSING else peer.pods)
        return place.and_(pods).without(self.people.host)

    def block(self, peer: Peer) -> Tri:
        """The addresses in an ipBlock, and the pods, as far as the network plugin matches them by their addresses."""
        return self.addresses(peer).or_(self._inside(self.ranges.pods_in(peer), self.ranges.nodes_in(peer)))

    def addresses(self, peer: Peer) -> Tri:
        """The addresses outside of the cluster in an ipBlock."""
        found, first = self.people.addresses.within(peer), self.people.first_address
        return Tri(found.sure << first, found.may << first)

    def networks(self, ranges: Iterable[Any]) -> Tri:
        """Everything with an address in one of several ranges, pods too, whatever the network plugin."""
        known = [each for each in ranges if not isinstance(each, Mark)]
        found = EMPTY if len(known) == len(tuple(ranges)) else Tri(0, self.people.all)
        for each in known:
            found = found.or_(self.addresses(Peer(block=each)))
        return found.or_(self._inside(held(known, self.ranges.pods), held(known, self.ranges.nodes)))

    def _inside(self, pods: Tri, nodes: Tri) -> Tri:
        inside, host = self.people.pods, self.people.host
        sure = (inside & ~host.may if pods.sure else 0) | (host.sure if nodes.sure else 0)
        may = (inside & ~host.sure if pods.may else 0) | (host.may if nodes.may else 0)
        return Tri(sure, may)

    def allowances(self, given: Any) -> Iterator[Allowance]:
        """The ports of a rule: `()` for every port, a mark for nobody knows which."""
        whole, everything = Tri(self.people.all, self.people.all), self.space.everything
        if given is UNKNOWN or given == ():
            yield whole, Tri(0 if given is UNKNOWN else everything, everything)
            return
        plain = EMPTY
        for port in given:
            if isinstance(port, Mark):
                plain = Tri(plain.sure, everything)
            elif isinstance(port, PortRange):
                plain = plain.or_(Tri(self.space.mask(port), self.space.mask(port)))
            else:
                yield from self._named(port)
        yield whole, plain

    def _named(self, port: NamedPort) -> Iterator[Allowance]:
        hidden = self.people.veiled_ports
        for number, sites in self.people.named_ports.get(port, {}).items():
            mask = self.space.mask(PortRange(port.protocol, number, number))
            yield Tri(sites, sites), Tri(mask, mask)
        if hidden:
            yield Tri(0, hidden), Tri(0, self.space.mask(PortRange(port.protocol, FIRST, LAST)))
