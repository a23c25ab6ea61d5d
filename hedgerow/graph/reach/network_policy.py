"""The layer of NetworkPolicy v1: rectangles of who gets through to whom, from every policy of one cluster."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from ..snapshot import Snapshot
from ..value import MISSING, UNKNOWN
from .addresses import blocks
from .endpoints import UNPLACED, Population
from .fence import Fence, Ranges, Target
from .layer import Answer, Reason, Relation, Row, both, ports_to, together
from .matching import Matching
from .policy import DIRECTIONS, EGRESS, INGRESS, NamedPort, Policy, Rule
from .ports import PortRange, PortSpace
from .sets import Tri, members

ON_NODE = (
    "a host-network pod may run on the source's own node, which no policy cuts off; "
    "whether policies count towards other nodes the documentation leaves undefined"
)
"""Towards a host-network pod a policy's silence is no firm no; from one, a pod's own node always gets through."""
FREE, UNENFORCED = "no NetworkPolicy isolates it", "nobody enforces NetworkPolicies here"
Grant = tuple[Tri, Tri, Tri]
"""Peers, the destinations among those in question, ports: what one peer of one rule lets through."""


class NetworkPolicies:
    """Who gets through the NetworkPolicies of one cluster. Without a plugin that enforces them everybody does."""

    name = "NetworkPolicy"

    def __init__(self, population: Population, policies: Iterable[Policy], ranges: Ranges) -> None:
        self._people, self._match = population, Matching(population, ranges)
        self.policies = tuple(policies) if ranges.enforced else ()
        self._free = FREE if ranges.enforced else UNENFORCED
        self._peers: dict[Any, Tri] = {}
        self._relations: dict[tuple[str, bool], Relation] = {}
        self._space = PortSpace(())
        self._hazy_grants = False
        self._rows: dict[tuple[int, int], Row] = {}

    def cuts(self) -> Iterator[PortRange]:
        """Every range of ports in a rule, and every number that a named port in one resolves to."""
        yield from self._match.cuts(self._ports)

    def prepare(self, space: PortSpace) -> None:
        """Build the rectangles of both directions, certain and possible; one set where nothing is unknown."""
        self._space = self._match.space = space
        for direction in DIRECTIONS:
            sure = may = self._relation(direction, sure=True)
            if self._vague(direction):
                may = self._relation(direction, sure=False)
            self._relations[direction, True] = sure
            self._relations[direction, False] = sure if sure.same(may) else may

    def _vague(self, direction: str) -> bool:
        """Whether anything about a direction is known by its bounds only."""
        sets = [self._people.host, *(fence.target for fence in self._fences[direction])]
        if direction == EGRESS and self._people.host.may and self._fences[EGRESS]:
            return True
        unsettled = any(fence.settled != fence.target.may for fence in self._fences[direction])
        return unsettled or self._hazy_grants or any(each.sure != each.may for each in sets)

    @property
    def exact(self) -> bool:
        """Whether nothing is unknown: what is certain is all that is possible."""
        return all(self._relations[way, True] is self._relations[way, False] for way in DIRECTIONS)

    def row(self, source: int, *, sure: bool) -> Row:
        """What a site may send: what both its egress and the other end's ingress let through."""
        out, into = (self.way_row(direction, source, sure=sure) for direction in (EGRESS, INGRESS))
        alike = (id(out), id(into))
        if alike not in self._rows:
            self._rows[alike] = both(out, into)
        return self._rows[alike]

    def way_row(self, direction: str, source: int, *, sure: bool) -> Row:
        """What a site may send as one direction lets it."""
        return self._relations[direction, sure].row(source)

    def isolated(self, direction: str) -> Tri:
        """Sites that policies isolate in a direction."""
        target = Target(self._fences[direction])
        return Tri(target.sure, target.may)

    def why(self, source: int, destination: int, port: PortRange) -> Answer:
        """The first rule each way that lets a port through; or what stops it; or what is not known."""
        ways = [self.way(direction, source, destination, port) for direction in (EGRESS, INGRESS)]
        return together(ways)

    def way(self, direction: str, source: int, destination: int, port: PortRange) -> Answer:
        """As `why`, of one direction."""
        wanted = self._space.mask(port)
        certain, possible = (
            ports_to(self._relations[direction, sure].row(source), destination) & wanted for sure in (True, False)
        )
        own = source if direction == EGRESS else destination
        if certain != wanted and possible:
            return Answer(None, tuple(self._doubts(direction, source, destination, wanted)))
        if self._people.sites[own].piece is not None:
            return Answer(True, ())
        fences = self._around(direction, own)
        if not certain:
            return Answer(False, (self._stopped(direction, fences),))
        if direction == INGRESS and self._people.host.sure >> source & 1:
            return Answer(True, (Reason(direction, "host-network pods are outside of policies, and share a node"),))
        if not fences:
            return Answer(True, (Reason(direction, self._free),))
        for fence in fences:
            rule = self._letting(fence, source, destination, wanted, sure=True)
            if rule is not None:
                return Answer(True, (_through(fence.policy, rule),))
        return Answer(True, (Reason(direction, "whatever the unknown policies select, it gets through"),))

    def _stopped(self, direction: str, fences: list[Fence]) -> Reason:
        first = fences[0].policy
        more = len(fences) - 1
        others = "" if not more else ", nor does another one" if more == 1 else f", nor does any of {more} others"
        text = f"{first} isolates it and does not let this through{others}"
        return Reason(direction, text, first.object.urn)

    def _doubts(self, direction: str, source: int, destination: int, wanted: int) -> Iterator[Reason]:
        if direction == EGRESS and self._people.host.sure >> destination & 1:
            yield Reason(direction, ON_NODE)
            return
        own = source if direction == EGRESS else destination
        found = False
        for fence in self._around(direction, own):
            policy = fence.policy
            rule = self._letting(fence, source, destination, wanted, sure=False)
            if fence.doubt(own):
                found = True
                yield Reason(direction, f"{policy} {fence.doubt(own)}", policy.object.urn)
            elif rule is not None and self._letting(fence, source, destination, wanted, sure=True) is None:
                found = True
                where = _field(rule)
                yield Reason(direction, f"{where} of {policy} {self._hazy(rule)}", policy.object.urn, where)
        if not found:
            yield Reason(direction, "whether it is on the node's network is not known")

    def _hazy(self, rule: Rule) -> str:
        if not rule.known:
            return "is not known yet"
        if any(peer is not UNKNOWN and peer.block is not MISSING for peer in rule.peers):
            return "has an ipBlock, and whether that holds pods depends on the network plugin and its addresses"
        if any(isinstance(port, NamedPort) for port in rule.ports):
            return "names a port, and the ports of the destination are not known"
        return "selects by labels that are not known here"

    def _letting(self, fence: Fence, source: int, destination: int, wanted: int, *, sure: bool) -> Rule | None:
        peer, own = (destination, source) if fence.direction == EGRESS else (source, destination)
        for rule in fence.rules:
            through = 0
            for peers, narrowed, ports in self._grants(fence, rule):
                if peers[not sure] >> peer & 1 and narrowed[not sure] >> destination & 1:
                    through |= ports[not sure]
            if (through & wanted == wanted if sure else through & wanted) and fence.target.may >> own & 1:
                return rule
        return None

    def _relation(self, direction: str, *, sure: bool) -> Relation:
        at, relation = (0 if sure else 1), Relation(len(self._people.sites))
        everyone, everything = self._people.all, self._space.everything
        target = Target(self._fences[direction])
        free = everyone & ~(target.may if sure else target.sure)
        if direction == INGRESS:
            relation.add(everyone, free, everything)
            relation.add(self._people.host[at], everyone, everything)
        else:
            relation.add(free, everyone, everything)
            relation.add(0 if sure else everyone, self._people.host.may, everything)
        for fence in self._fences[direction]:
            own = fence.certain(target.lone) if sure else fence.target.may
            for rule in fence.rules if own else ():
                for peers, narrowed, ports in self._grants(fence, rule):
                    if peers[0] != peers[1] or narrowed[0] != narrowed[1] or ports[0] != ports[1]:
                        self._hazy_grants = True
                    if direction == INGRESS:
                        relation.add(peers[at], own & narrowed[at], ports[at])
                    else:
                        relation.add(own, peers[at] & narrowed[at], ports[at])
        return relation

    @cached_property
    def _fences(self) -> dict[str, list[Fence]]:
        found: dict[str, list[Fence]] = {direction: [] for direction in DIRECTIONS}
        for policy in self.policies:
            place = self._place(policy)
            target = place.and_(self._people.pod_labels.select(policy.selector)).without(self._people.host)
            for direction in DIRECTIONS:
                if policy.isolates[direction] is not False and target.may:
                    found[direction].append(Fence(policy, direction, target, place))
        return found

    def _around(self, direction: str, site: int) -> list[Fence]:
        return self._by_site[direction].get(site, [])

    @cached_property
    def _by_site(self) -> dict[str, dict[int, list[Fence]]]:
        found: dict[str, dict[int, list[Fence]]] = {direction: {} for direction in DIRECTIONS}
        for direction in DIRECTIONS:
            for fence in self._fences[direction]:
                for site in members(fence.target.may):
                    found[direction].setdefault(site, []).append(fence)
        return found

    def _place(self, policy: Policy) -> Tri:
        home = self._people.number(policy.object)
        if self._people.homes[home].name == UNPLACED:
            return Tri(0, self._people.pods)
        own = self._people.by_home[home]
        return Tri(own, own | self._people.unplaced)

    def _grants(self, fence: Fence, rule: Rule) -> Iterator[Grant]:
        whole = Tri(self._people.all, self._people.all)
        peers = [whole] if rule.peers == () else [Tri(0, whole.may)] if rule.peers is UNKNOWN else []
        peers += [self._peer(peer, fence) for peer in (rule.peers if not peers else ())]
        for narrowed, ports in self._match.allowances(rule.ports):
            for peer in peers:
                yield peer, narrowed, ports

    def _peer(self, peer: Any, fence: Fence) -> Tri:
        if peer is UNKNOWN:
            return Tri(0, self._people.all)
        if peer.block is not MISSING:
            key: Any = (peer.block, peer.excepted)
        else:
            own = fence.place if peer.namespaces is MISSING else None
            key = (own, repr(peer.namespaces), repr(peer.pods))
        found = self._peers.get(key)
        if found is None:
            found = self._peers[key] = (
                self._match.block(peer) if peer.block is not MISSING else self._match.pods(peer, fence.place)
            )
        return found

    @cached_property
    def _ports(self) -> list[Any]:
        """Every distinct port of every rule."""
        rules = (rule for policy in self.policies for way in DIRECTIONS for rule in _listed(policy.rules[way]))
        return list(dict.fromkeys(port for rule in rules for port in _listed(rule.ports)))


def named_blocks(policies: Iterable[Policy]) -> Iterator[Any]:
    """Every range that a rule of any policy names."""
    for policy in policies:
        for direction in DIRECTIONS:
            for rule in _listed(policy.rules[direction]):
                yield from blocks(_listed(rule.peers))


def allowed(snapshot: Snapshot, source: str, destination: str, protocol: str, port: int) -> bool | None:
    """Whether a port gets from one endpoint to another, by their names; None where that is not known.

    By NetworkPolicy alone. An end may be any address or range: a range is answered where all of it agrees, `internet`
    is allowed where some public address is. Towards a host-network pod what no policy lets through is None, not False.
    Pairs of different clusters are None. LookupError for a name that is no endpoint's.
    """
    from .build import last_of

    return last_of(snapshot).why(source, destination, PortRange(protocol, port, port)).allowed


def _through(policy: Policy, rule: Rule) -> Reason:
    return Reason(rule.direction, f"{_field(rule)} of {policy} lets it through", policy.object.urn, _field(rule))


def _field(rule: Rule) -> str:
    return f"spec.{rule.direction.lower()}[{rule.index}]"


def _listed(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()
