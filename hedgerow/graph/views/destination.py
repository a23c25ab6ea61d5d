"""Where pods must get to, and whether a rule of a NetworkPolicy lets them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...facts.cidr import Network
from ..value import MISSING, Mark, read
from .addresses import within_block
from .answer import every, some
from .network_policy import PolicyRule
from .selection import Labels, selects


@dataclass(frozen=True)
class Destination:
    """Pods of another namespace, or an address outside every pod. `shown` is what messages call it."""

    shown: str
    block: Network | None
    """Range that an `ipBlock` must hold to reach it; None where no `ipBlock` does."""
    pods: Labels | None = None
    """Labels that its pods are known to have; None for an address."""
    namespace: Labels = field(default_factory=dict)
    """Labels of their namespace."""
    declared: bool = False
    """Whether the namespace is declared here, so that these are all its labels."""
    port_names: Mapping[str, str] = field(default_factory=dict)
    """What its pods call the port, by protocol."""

    def reached(self, rule: PolicyRule, protocol: str, port: int) -> Any:
        """Whether an egress rule lets pods reach it: True, False or UNKNOWN."""
        peers, ports = rule.peers, rule.ports
        return every(
            (
                peers if isinstance(peers, Mark) else peers == [] or some(map(self._peer, peers)),
                ports
                if isinstance(ports, Mark)
                else ports == [] or some(self._port(item, protocol, port) for item in ports),
            )
        )

    def _peer(self, peer: Any) -> Any:
        if isinstance(peer, Mark):
            return peer
        block, namespaces, pods = (read(peer, key) for key in ("ipBlock", "namespaceSelector", "podSelector"))
        if block is not MISSING:
            return within_block(block, self.block) if self.block else False
        if self.pods is None or namespaces is MISSING:
            return False
        chosen = True if pods is MISSING else selects(pods, self.pods, whole=False)
        return every((selects(namespaces, self.namespace, whole=self.declared), chosen))

    def _port(self, given: Any, protocol: str, port: int) -> Any:
        if isinstance(given, Mark):
            return given
        named, first, last = given
        if named != protocol:
            return False
        if isinstance(first, str):
            return first == self.port_names.get(protocol)
        return isinstance(first, int) and isinstance(last, int) and first <= port <= last
