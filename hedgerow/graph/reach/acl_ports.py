"""What an AWS network ACL lets through: rule by rule in order, the first that fits decides, the rest is denied."""

from collections.abc import Iterator

from ..views.network_acl import AclRule, NetworkAcl
from ..views.subnet_edge import Edge
from .addresses import Piece
from .node_layer import of_all, port_ranges
from .policy import EGRESS, INGRESS
from .ports import PortSpace
from .sets import Tri

WAYS = {INGRESS: "ingress", EGRESS: "egress"}


class AclPorts:
    """The ports that get across the edge of a subnet, by bounds; each answer worked out once."""

    def __init__(self, space: PortSpace) -> None:
        self._space = space
        self._acls: dict[tuple[str, str, Piece], Tri] = {}
        self._edges: dict[tuple[str, str, tuple[Piece, ...]], Tri] = {}

    def edge(self, edge: Edge, way: str, beyond: tuple[Piece, ...]) -> Tri:
        """What any address beyond an edge may have across it: for certain what all have, by whichever ACL is there."""
        key = (edge.urn, way, beyond)
        found = self._edges.get(key)
        if found is None:
            everything = self._space.everything
            each = (self.acl(acl, way, piece) for acl in edge.acls for piece in beyond)
            found = self._edges[key] = of_all(each, everything) if beyond else Tri(everything, everything)
        return found

    def acl(self, acl: NetworkAcl | None, way: str, piece: Piece) -> Tri:
        """What an ACL lets through from an address, or to it; nobody knows of one that is not known."""
        if acl is None:
            return Tri(0, self._space.everything)
        key = (acl.urn, way, piece)
        found = self._acls.get(key)
        if found is None:
            found = self._acls[key] = self._judged(acl, way, piece)
        return found

    def deciding(self, acl: NetworkAcl, way: str, piece: Piece, wanted: int, *, allows: bool) -> Iterator[AclRule]:
        """The rules that let ports through, or deny them, for certain."""
        for rule in _fitting(acl, way):
            decided = self.mask(rule) & wanted if rule.certain and rule.holds(piece.range) is True else 0
            if decided and rule.allows is allows:
                yield rule
            wanted &= ~decided

    def mask(self, rule: AclRule) -> int:
        """The ports of a rule."""
        found = 0
        for each in port_ranges(rule.ports):
            found |= self._space.mask(each)
        return found

    def _judged(self, acl: NetworkAcl, way: str, piece: Piece) -> Tri:
        """What is allowed, and what nothing has decided yet; rules without a number may stand anywhere."""
        found, open_ = Tri(0, 0), Tri(self._space.everything, self._space.everything)
        for rule in sorted(_fitting(acl, way), key=_late):
            holds = rule.holds(piece.range)
            if holds is False:
                continue
            mask = self.mask(rule)
            hit = Tri(mask if holds is True and rule.certain else 0, mask)
            placed = isinstance(rule.number, int)
            if rule.allows is not False:
                sure = hit.sure & open_.sure if rule.allows is True else 0
                found = Tri(found.sure | sure, found.may | hit.may & (open_.may if placed else self._space.everything))
            if rule.allows is not True:
                open_ = Tri(open_.sure & ~hit.may, open_.may)
                found = found if placed else Tri(found.sure & ~hit.may, found.may)
            if placed:
                open_ = Tri(open_.sure & ~hit.sure, open_.may & ~hit.sure)
        return found


def _fitting(acl: NetworkAcl, way: str) -> Iterator[AclRule]:
    return (rule for rule in acl.rules if rule.way == WAYS[way])


def _late(rule: AclRule) -> tuple[bool, int, bool]:
    """Rules without a number come last, those of them that may deny before the others."""
    placed = isinstance(rule.number, int)
    return not placed, rule.number if placed else 0, rule.allows is True
