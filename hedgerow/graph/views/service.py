"""Services: how pods are reached by a name, and from how far away."""

from dataclasses import dataclass
from typing import Any

from ..value import MISSING, UNKNOWN, Mark, read
from .addresses import whole
from .kubernetes import KubeObject, listing, mapping

INTERNAL = {
    "cloud.google.com/load-balancer-type": ("internal",),
    "networking.gke.io/load-balancer-type": ("internal",),
    "service.beta.kubernetes.io/aws-load-balancer-internal": ("true", "0.0.0.0/0"),
    "service.beta.kubernetes.io/aws-load-balancer-scheme": ("internal",),
    "service.beta.kubernetes.io/azure-load-balancer-internal": ("true",),
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": ("intranet",),
    "service.beta.kubernetes.io/cce-load-balancer-internal-vpc": ("true",),
    "service.beta.kubernetes.io/oci-load-balancer-internal": ("true",),
    "service.beta.kubernetes.io/openstack-internal-load-balancer": ("true",),
    "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": ("private",),
}
"""Annotations by which a cloud makes a load balancer that the internet does not reach, values in lower case.

Kubernetes' page on Service, internal load balancers, read 2026-11-21.
"""
SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
"""Where it is given, it wins over the older ones (AWS Load Balancer Controller, Service annotations)."""
INNER = "service.beta.kubernetes.io/aws-load-balancer-internal"
TYPE = "service.beta.kubernetes.io/aws-load-balancer-type"
CONTROLLED = ("external", "nlb-ip")
"""Types that leave a Service without a class to the AWS Load Balancer Controller, internal where it says no more."""
GROUPS = tuple(f"service.beta.kubernetes.io/aws-load-balancer-security-group{key}" for key in ("s", "-prefix-lists"))
"""Security groups of its own, or lists of addresses that it takes packets from besides its ranges."""
SOURCES = "service.beta.kubernetes.io/load-balancer-source-ranges"
"""Counts where the field of the specification is not given: `10.0.0.0/8,192.0.2.0/24` (AWS and Google Cloud)."""
CLASSES = {
    "service.k8s.aws/nlb": False,
    "eks.amazonaws.com/nlb": False,
    "networking.gke.io/l4-regional-external": True,
    "networking.gke.io/l4-regional-external-legacy": True,
    "networking.gke.io/l4-regional-internal": False,
    "networking.gke.io/l4-regional-internal-legacy": False,
}
"""Whether the internet reaches a load balancer of a class that says nothing more (AWS, GKE; read 2026-11-21)."""


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
        """Whether its load balancer is one that the internet does not reach, by its annotations or class; or a mark."""
        notes = mapping(self.annotations)
        if isinstance(notes, Mark):
            return notes
        given = {key: read(notes, key) for key in ([SCHEME] if SCHEME in notes else INTERNAL)}
        if any(isinstance(value, str) and value.lower() in INTERNAL[key] for key, value in given.items()):
            return True
        hidden = next((value for value in given.values() if isinstance(value, Mark) and value is not MISSING), None)
        return self._by_class is False if hidden is None else hidden

    @property
    def public(self) -> Any:
        """Whether the internet reaches its load balancer; or a mark, as for a class that nobody knows."""
        return self.internal if isinstance(self.internal, Mark) else False if self.internal else self._by_class

    @property
    def _by_class(self) -> Any:
        """Whether a load balancer of its class is public, as long as no annotation makes it internal; or UNKNOWN."""
        given, kind = self.get("spec", "loadBalancerClass"), self.annotation(TYPE)
        if self.annotation(SCHEME) == "internet-facing":
            return True
        if given is MISSING:
            if isinstance(kind, Mark) and kind is not MISSING:
                return UNKNOWN
            return kind not in CONTROLLED or isinstance(self.annotation(INNER), str)
        return CLASSES.get(given, UNKNOWN) if isinstance(given, str) else UNKNOWN

    @property
    def ranges(self) -> Any:
        """What its load balancer takes packets from, as it is given: texts, none for every address; or a mark."""
        given = listing(self.get("spec", "loadBalancerSourceRanges"))
        noted = self.annotation(SOURCES)
        if isinstance(given, Mark) or given or noted is MISSING:
            return given
        return noted if isinstance(noted, Mark) else [text for text in str(noted).split(",") if text.strip()]

    @property
    def grouped(self) -> bool:
        """Whether it may name security groups or lists of its own, so that its ranges do not say whom it lets in."""
        return any(self.annotation(key) is not MISSING for key in GROUPS)

    @property
    def narrowed(self) -> Any:
        """Whether its load balancer lets in only ranges that are named, none of them every address; or a mark."""
        ranges = self.ranges
        if isinstance(ranges, Mark) or (ranges and self.grouped):
            return ranges if isinstance(ranges, Mark) else UNKNOWN
        if not ranges or whole(ranges):
            return False
        return next((range_ for range_ in ranges if isinstance(range_, Mark)), True)
