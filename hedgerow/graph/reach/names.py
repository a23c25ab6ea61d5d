"""Which endpoints a person means: by name, by glob, by namespace, by family of addresses, or by a range."""

import difflib
from fnmatch import fnmatchcase

from ..views.addresses import network
from .addresses import FAMILIES
from .answer import Reach
from .ports import EVERYTHING, PortRange, parse


def ends(found: Reach, text: str) -> frozenset[str]:
    """Names of the endpoints that a text means; ValueError, with the nearest names, where it means none.

    `internet` means every piece with a public address, `metadata` its whole family, an endpoint's whole name that one,
    a namespace all of its pods; anything else is a glob, upper and lower case alike. A range means every piece that it
    shares addresses with.
    """
    if text == "metadata":
        return frozenset(name for name in found.names if name == text or name.startswith(f"{text}/"))
    outside = _outside(found, text)
    if outside:
        return outside
    if text in found.names:
        return frozenset({text})
    chosen = globbed(found, text)
    if not chosen:
        near = difflib.get_close_matches(text, list(found.names), 3, 0.5)
        hint = (
            f"; did you mean {' or '.join(near)}"
            if near
            else "; write namespace/Kind/name, internet, metadata, an address or a range"
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
    families = [family for family in FAMILIES if fnmatchcase(family, given)]
    return frozenset(chosen).union(*(_outside(found, name) for name in [*families, text]))


def split(text: str) -> tuple[str, tuple[PortRange, ...]]:
    """An endpoint's text and the ports after its last colon; every port where there are none.

    What is an address or a range as a whole is that: ports of an IPv6 address come after brackets, `[fd00::1]:443`.
    """
    if network(text) is not None:
        return text, EVERYTHING
    name, colon, port = text.rpartition(":")
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
    try:
        return (name, parse(port)) if colon else (text, EVERYTHING)
    except ValueError:
        return text, EVERYTHING


def _outside(found: Reach, text: str) -> frozenset[str]:
    """Names of the pieces of the internet, or of a range; none for any other text."""
    return frozenset(piece.name for cluster in found.clusters for piece in cluster.people.addresses.meant(text))
