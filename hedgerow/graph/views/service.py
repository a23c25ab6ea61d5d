"""Services: how pods are reached by a name, and from how far away."""

from dataclasses import dataclass
from typing import Any

from ..value import MISSING, Mark, read
from .addresses import whole
from .kubernetes import KubeObject, listing, mapping

INTERNAL = {
    "cloud.google.com/load-balancer-type": ("internal",),
    "networking.gke.io/load-balancer-type": ("internal",),
    "service.beta.kubernetes.io/aws-load-balancer-internal": ("true", "0.0.0.0/0"),
    "service.beta.kubernetes.io/aws-load-balancer-scheme": ("internal",),
    "service.beta.kubernetes.io/azure-load-balancer-internal": ("true",),
}
"""Annotations by which a cloud makes a load balancer that the internet does not reach, values in lower case."""
SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
"""Where it is given, it wins over the older ones (AWS Load Balancer Controller, Service annotations)."""


@dataclass(frozen=True, eq=False)
class Service(KubeObject):
    """A Service."""

    @property
    def type(self) -> Any:
        """`ClusterIP`, as the API server has it where nothing is said, `NodePort` and so on; or a mark."""
        given = self.get("spec", "type")
        return "ClusterIP" if given is MISSING else given

    @property
    def external_addresses(self) -> Any:
        """Addresses outside the cluster that it answers on, which nobody checks; or a mark."""
        return listing(self.get("spec", "externalIPs"))

    @property
    def internal(self) -> Any:
        """Whether its load balancer is one that the internet does not reach; or a mark."""
        notes = mapping(self.annotations)
        if isinstance(notes, Mark):
            return notes
        given = {key: read(notes, key) for key in ([SCHEME] if SCHEME in notes else INTERNAL)}
        if any(isinstance(value, str) and value.lower() in INTERNAL[key] for key, value in given.items()):
            return True
        return next((value for value in given.values() if isinstance(value, Mark) and value is not MISSING), False)

    @property
    def narrowed(self) -> Any:
        """Whether its load balancer lets in only ranges that are named, none of them every address; or a mark."""
        ranges = listing(self.get("spec", "loadBalancerSourceRanges"))
        if isinstance(ranges, Mark):
            return ranges
        if not ranges or whole(ranges):
            return False
        return next((range_ for range_ in ranges if isinstance(range_, Mark)), True)
