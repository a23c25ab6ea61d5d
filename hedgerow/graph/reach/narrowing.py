"""Rules of NetworkPolicies narrowed: without one pod or address, or for it on fewer ports only."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from ...facts.cidr import overlaps, within
from ...facts.labels import NAMESPACE_NAME
from .addresses import INTERNET
from .endpoints import Endpoint, Population, Site
from .policy import EGRESS, INGRESS
from .ports import EVERYTHING, FIRST, LAST, PortRange, without

KEYS = {INGRESS: "from", EGRESS: "to"}
EVERYONE: tuple[dict[str, Any], ...] = (
    {"namespaceSelector": {}},
    {"ipBlock": {"cidr": "0.0.0.0/0"}},
    {"ipBlock": {"cidr": "::/0"}},
)
"""What a rule without peers lets through, peer by peer."""


class Narrowing:
    """Writes rules without one end of a path, which loses some ports."""

    def __init__(self, people: Population, ports: tuple[PortRange, ...]) -> None:
        self.people, self.ports = people, ports

    def rules(self, rule: dict[str, Any], direction: str, other: Endpoint) -> list[dict[str, Any]]:
        """A rule without the peer, and where other ports are left to it, one for these."""
        key = KEYS[direction]
        rest = {name: value for name, value in rule.items() if name != key}
        peers = [new for peer in rule.get(key) or EVERYONE for new in self._without(peer, other)]
        found = [{key: peers, **rest}] if peers else []
        left = without(EVERYTHING, self.ports) if not rule.get("ports") else ()
        if left and self.ports != EVERYTHING:
            found.append({key: [self._peer(other)], "ports": [_port(each) for each in left]})
        return found

    def _without(self, peer: dict[str, Any], other: Endpoint) -> Iterator[dict[str, Any]]:
        """The peers that together mean whom one means, less the other end."""
        site = self.site(other)
        if "ipBlock" in peer:
            yield from self._block(peer["ipBlock"], site)
            return
        if site.piece is not None:
            yield peer
            return
        home = self.people.homes[site.home].name
        spaces, pods = peer.get("namespaceSelector"), peer.get("podSelector")
        if spaces is not None:
            parts = [
                *(spaces.get("matchExpressions") or []),
                {"key": NAMESPACE_NAME, "operator": "NotIn", "values": [home]},
            ]
            if (spaces.get("matchLabels") or {}).get(NAMESPACE_NAME) != home:
                yield {**peer, "namespaceSelector": {**spaces, "matchExpressions": parts}}
            near = {**spaces, "matchLabels": {**(spaces.get("matchLabels") or {}), NAMESPACE_NAME: home}}
            peer = {**peer, "namespaceSelector": near}
        for part in self._unlike(other):
            chosen = pods or {}
            yield {
                **peer,
                "podSelector": {**chosen, "matchExpressions": [*(chosen.get("matchExpressions") or []), part]},
            }

    def _block(self, block: dict[str, Any], site: Site) -> Iterator[dict[str, Any]]:
        """An ipBlock less a piece of addresses; less the whole internet, what is not public of it."""
        outer = ip_network(block["cidr"], strict=False)
        if site.piece is None or not overlaps(site.piece.range, outer):
            yield {"ipBlock": block}
        elif site.piece.range in INTERNET:
            known = [piece.range for piece in self.people.addresses.pieces if not piece.public]
            for each in known:
                inner = any(within(each, wider) for wider in known if wider != each)
                if within(each, outer) and not inner:
                    yield {"ipBlock": {"cidr": str(each)}}
        elif not within(outer, site.piece.range):
            yield {"ipBlock": {**block, "except": sorted({*(block.get("except") or []), str(site.piece.range)})}}

    def _unlike(self, end: Endpoint) -> Iterator[dict[str, Any]]:
        """Expressions of which every other pod of the namespace fulfils one, and the end none."""
        labels, left = (
            self.labels(end),
            [site.labels.known for site in self.others(end) if site is not self.site(end)],
        )
        for key, value in labels.items():
            if any(each.get(key) != value for each in left):
                yield {"key": key, "operator": "NotIn", "values": [value]}
                left = [each for each in left if each.get(key) == value]
        for key in sorted({key for each in left for key in each} - labels.keys()):
            if any(key in each for each in left):
                yield {"key": key, "operator": "Exists"}
                left = [each for each in left if key not in each]

    def _peer(self, end: Endpoint) -> dict[str, Any]:
        site = self.site(end)
        if site.piece is not None:
            return {"ipBlock": {"cidr": str(site.piece.range)}}
        home = {"matchLabels": {NAMESPACE_NAME: self.people.homes[site.home].name}}
        return {"namespaceSelector": home, "podSelector": {"matchLabels": dict(self.labels(end))}}

    def others(self, end: Endpoint) -> list[Site]:
        """Everybody in the namespace of a pod whose labels are known, itself too."""
        home = self.site(end).home
        return [site for site in self.people.sites if site.home == home and not site.labels.open]

    def labels(self, end: Endpoint) -> dict[str, str]:
        """The labels of a pod."""
        return {key: str(value) for key, value in self.site(end).labels.known.items()}

    def site(self, end: Endpoint) -> Site:
        """What can be told apart of an endpoint."""
        return self.people.sites[end.site]


def _port(range_: PortRange) -> dict[str, Any]:
    if (range_.first, range_.last) == (FIRST, LAST):
        return {"protocol": range_.protocol}
    end = {} if range_.first == range_.last else {"endPort": range_.last}
    return {"protocol": range_.protocol, "port": range_.first, **end}
