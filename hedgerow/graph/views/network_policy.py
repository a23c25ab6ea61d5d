"""NetworkPolicy as the API server would have it: its defaults filled in before anything is judged."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..value import MISSING, SECRET, UNKNOWN, Mark, read
from .answer import holds
from .kubernetes import KubeObject, listing, mapping

PEERS = {"Ingress": "from", "Egress": "to"}


@dataclass(frozen=True)
class PolicyRule:
    """One rule of a policy. No peers means every source or destination; no ports means every port."""

    policy: "NetworkPolicy"
    direction: str
    index: int
    given: Any

    @cached_property
    def peers(self) -> Any:
        """List of peers, `[]` for everyone; or a mark."""
        return listing(read(self.given, PEERS[self.direction]))

    @cached_property
    def ports(self) -> Any:
        """List of `(protocol, first, last)`, `[]` for every port; a named port has its name twice; or a mark."""
        given = listing(read(self.given, "ports"))
        if isinstance(given, Mark):
            return given
        return [_port(item) for item in given]

    def __str__(self) -> str:
        return f"{self.direction.lower()} rule {self.index} of {self.policy}"


@dataclass(frozen=True, eq=False)
class NetworkPolicy(KubeObject):
    """A `networking.k8s.io` NetworkPolicy."""

    @cached_property
    def pod_selector(self) -> Any:
        """Its pod selector, `{}` for every pod of the namespace; or a mark."""
        return mapping(self.get("spec", "podSelector"))

    def isolates(self, direction: str) -> Any:
        """Whether pods that it selects get through in this direction only what rules name; or a mark.

        Policy types left out are Ingress, and Egress where it has egress rules.
        """
        given = listing(self.get("spec", "policyTypes"))
        if given != []:
            return holds(given, [direction])
        if direction == "Ingress":
            return True
        egress = listing(self.get("spec", "egress"))
        return egress if isinstance(egress, Mark) else bool(egress)

    def rules(self, direction: str) -> Any:
        """Its rules of a direction, `[]` where nothing is let through; or a mark."""
        given = listing(self.get("spec", direction.lower()))
        if isinstance(given, Mark):
            return given
        return [PolicyRule(self, direction, index, rule) for index, rule in enumerate(given)]


def _port(given: Any) -> Any:
    protocol, port, end = read(given, "protocol"), read(given, "port"), read(given, "endPort")
    if UNKNOWN in (protocol, port, end) or SECRET in (protocol, port, end):
        return UNKNOWN
    protocol = "TCP" if protocol is MISSING else protocol
    if port is MISSING:
        return (protocol, 1, 65535)
    return (protocol, port, port if end is MISSING else end)
