"""Which endpoints a person means: by name, by glob, by namespace, by family of addresses, or by a range."""

import contextlib
import difflib
import ipaddress
from fnmatch import fnmatchcase

from ...facts.cidr import Network, overlaps, within
from .answer import Reach
from .endpoints import ADDRESS
from .ports import EVERYTHING, PortRange, parse


def ends(found: Reach, text: str) -> frozenset[str]:
    """Names of the endpoints that a text means; ValueError, with the nearest names, where it means none.

    An endpoint's whole name means that one; `internet` and `metadata` their whole families; a namespace all of its
    pods; anything else is a glob, upper and lower case alike. A range means every piece that it shares addresses with.
    """
    if text in ("internet", "metadata"):
        return frozenset(name for name in found.names if name == text or name.startswith(f"{text}/"))
    if text in found.names:
        return frozenset({text})
    chosen = globbed(found, text)
    if not chosen:
        near = difflib.get_close_matches(text, list(found.names), 3, 0.5)
        hint = (
            f"; did you mean {' or '.join(near)}"
            if near
            else "; write namespace/Kind/name, internet, metadata or a range"
        )
        raise ValueError(f"{text!r} is no endpoint{hint}")
    return chosen


def globbed(found: Reach, text: str) -> frozenset[str]:
    """Names that a glob means in any way: as a name, a namespace, a family or a range; none where it means nothing."""
    given = text.casefold()
    chosen = {
        name
        for name in found.names
        if fnmatchcase(name.casefold(), given) or fnmatchcase(name.casefold(), f"{given}/*") or name == text
    }
    with contextlib.suppress(ValueError):
        chosen |= _overlapping(found, ipaddress.ip_network(text, strict=False))
    return frozenset(chosen)


def split(text: str) -> tuple[str, tuple[PortRange, ...]]:
    """An endpoint's text and the ports after its last colon; every port where there are none."""
    name, colon, port = text.rpartition(":")
    try:
        return (name, parse(port)) if colon else (text, EVERYTHING)
    except ValueError:
        return text, EVERYTHING


def _overlapping(found: Reach, wanted: Network) -> set[str]:
    chosen = set()
    for cluster in found.clusters:
        pieces = {end.name: cluster.people.sites[end.site].piece for end in cluster.endpoints if end.kind == ADDRESS}
        known = {name: piece.range for name, piece in pieces.items() if piece is not None}
        chosen |= {name for name, range_ in known.items() if within(range_, wanted)}
        around = [(range_.prefixlen, name) for name, range_ in known.items() if overlaps(range_, wanted)]
        wider = [item for item in around if item[0] <= wanted.prefixlen]
        chosen |= {max(wider)[1]} if wider else set()
    return chosen
