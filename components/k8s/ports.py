"""Ports of a fence as people write them: `TCP/8443`, `UDP/53`, `TCP/8000-8010`."""

import re
from dataclasses import dataclass
from typing import Any

from ..shared.inputs import Path, Wrong
from .checks import texts

WRITTEN = re.compile(r"(TCP|UDP|SCTP)/([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?")
LAST_PORT = 65535
MOST_ENTRIES = 24
"""The VPC CNI takes no more for one peer; held on every cloud, so that a tenant can move."""


@dataclass(frozen=True, order=True)
class Ports:
    """One protocol and an unbroken run of ports; `first` and `last` are equal for a single one."""

    protocol: str
    first: int
    last: int

    @classmethod
    def parse(cls, text: str) -> "Ports":
        """Read `TCP/8443` or `TCP/8000-8010`; ValueError says what is wrong."""
        found = WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError("must be a protocol and a port")
        protocol, first, last = found[1], int(found[2]), int(found[3] or found[2])
        if last > LAST_PORT:
            raise ValueError(f"must be a port up to {LAST_PORT}")
        if found[3] and first >= last:
            raise ValueError("must run from a lower port to a higher one")
        return cls(protocol, first, last)

    def __str__(self) -> str:
        run = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.protocol}/{run}"

    def manifest(self) -> dict[str, Any]:
        """As a NetworkPolicy wants it."""
        end = {} if self.first == self.last else {"endPort": self.last}
        return {"protocol": self.protocol, "port": self.first, **end}


def read_port(wrong: Wrong, path: Path, text: str) -> Ports:
    """A single port; a stand-in, and a problem, where it is none."""
    try:
        found = Ports.parse(text)
    except ValueError as problem:
        wrong(path, str(problem), text, "type it like 'TCP/8080' or 'UDP/53'")
        return Ports("TCP", 1, 1)
    if found.first != found.last:
        wrong(path, "must be a single port", text, f"type '{found.protocol}/{found.first}', and a name for each other")
    return found


def read_ports(wrong: Wrong, path: Path, given: object) -> tuple[Ports, ...]:
    """The ports of a list, sorted, so that writing them in another order changes no resource."""
    found: set[Ports] = set()
    for text in texts(wrong, path, given):
        try:
            ports = Ports.parse(text)
        except ValueError as problem:
            wrong(path, str(problem), text, "type it like 'TCP/8443', 'UDP/53' or 'TCP/8000-8010'")
            continue
        if ports in found:
            wrong(path, "must name each port once", text, "delete one of them")
        found.add(ports)
    if len(found) > MOST_ENTRIES:
        wrong(path, f"must have at most {MOST_ENTRIES} entries", len(found), "join neighbours, such as 'TCP/8000-8010'")
    return tuple(sorted(found))
