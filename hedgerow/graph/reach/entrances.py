"""Who gets to what stands at the edge of a cluster: load balancers, Ingress, gateways, by what their controllers do.

Read 2026-11-21: Kubernetes' pages on Service, Ingress and source addresses; annotations of the AWS Load Balancer
Controller; load balancing on GKE.
"""

from typing import Any, NamedTuple

from ..value import MISSING, UNKNOWN, Mark
from ..views.addresses import network
from ..views.kubernetes import KubeObject
from .ways import BALANCER, CLIENT, NODE

AWS, ALB = "service.beta.kubernetes.io/aws-load-balancer-", "alb.ingress.kubernetes.io/"
GKE_TYPES = ("networking.gke.io/load-balancer-type", "cloud.google.com/load-balancer-type")
AWS_CLASSES = ("service.k8s.aws/nlb", "eks.amazonaws.com/nlb")
NODES = "whether nodes have public addresses is not known here"
CONTROLLER = "which controller serves it, and whether the internet gets to that, is not known here"


class Entrance(NamedTuple):
    """Who gets to something: whether the internet does, from where pods see it come, and why it is not known."""

    public: bool | None
    seen: str
    doubt: str = ""
    sources: Any = ()


ON_NODE = Entrance(None, CLIENT, NODES)


def of_service(service: KubeObject, kind: Any) -> Entrance:
    """Who gets to a Service of a type."""
    local = service.get("spec", "externalTrafficPolicy") == "Local"
    seen = CLIENT if local else NODE
    if kind == "NodePort":
        return Entrance(None, seen, NODES)
    seen = BALANCER if _by_address(service) else seen
    public = None if isinstance(kind, Mark) else _public(service)
    return Entrance(public, seen, "its type or its annotations are not known yet", sources_of(service))


def of_ingress(ingress: KubeObject) -> Entrance:
    """Who gets to an Ingress, by its class and its annotations."""
    old, name = ingress.annotation("kubernetes.io/ingress.class"), ingress.get("spec", "ingressClassName")
    name = old if name is MISSING else name
    if name == "alb":
        seen = BALANCER if ingress.annotation(f"{ALB}target-type") == "ip" else NODE
        scheme = ingress.annotation(f"{ALB}scheme")
        public = None if scheme is UNKNOWN else scheme == "internet-facing"
        return Entrance(public, seen, "its scheme is not known yet")
    if name in ("gce", "gce-internal"):
        return Entrance(name == "gce", BALANCER)
    return Entrance(None, BALANCER, CONTROLLER)


def _public(service: KubeObject) -> bool | None:
    """Whether a load balancer has public addresses, by what its annotations and its class say."""
    if isinstance(service.annotations, Mark):
        return None
    scheme = service.annotation(f"{AWS}scheme")
    internal = [service.annotation(f"{AWS}internal") in ("true", "0.0.0.0/0"), scheme == "internal"]
    internal += [str(service.annotation(key)).casefold() == "internal" for key in GKE_TYPES]
    by_class = service.get("spec", "loadBalancerClass") in AWS_CLASSES
    known = not any(service.annotation(key) is UNKNOWN for key in (f"{AWS}scheme", *GKE_TYPES))
    return False if any(internal) else None if not known else bool(not by_class or scheme == "internet-facing")


def _by_address(service: KubeObject) -> bool:
    """Whether the load balancer itself sends to pods, by their addresses, with its own address as the source."""
    given = {key: service.annotation(f"{AWS}{key}") for key in ("nlb-target-type", "type")}
    return any(given[key] == value for key, value in (("nlb-target-type", "ip"), ("type", "nlb-ip")))


def sources_of(service: KubeObject) -> Any:
    """Ranges that a load balancer takes packets from; `()` for every one."""
    given = service.get("spec", "loadBalancerSourceRanges")
    listed = _listed(given)
    if (isinstance(given, Mark) and given is not MISSING) or any(isinstance(item, Mark) for item in listed):
        return UNKNOWN
    found = tuple(range_ for range_ in map(network, (str(item).strip() for item in listed)) if range_ is not None)
    return UNKNOWN if listed and not found else found


def of_class(name: Any) -> bool | None:
    """Whether the internet gets to a gateway of a class; None for one that is not Google's."""
    if not isinstance(name, str) or not name.startswith("gke-l7-"):
        return None
    return any(part in name for part in ("external", "gxlb"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
