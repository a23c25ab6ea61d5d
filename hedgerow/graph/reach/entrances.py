"""Who gets to what stands at the edge of a cluster: load balancers, Ingress, gateways, by what their controllers do.

Read 2026-11-21: Kubernetes' pages on Service (internal load balancers, node ports, external addresses, what an NLB
opens in the security groups of nodes), Ingress and source addresses; kubernetes/kubernetes issues 33586 and 111863 and
cilium/cilium issue 17440 (a load balancer's ranges do not count at its node ports); annotations of the AWS Load
Balancer Controller; load balancing, load balancer classes and GatewayClasses of GKE. None was tried on a live cluster.
"""

from typing import Any

from ..value import MISSING, UNKNOWN, Mark
from ..views import Service
from ..views.addresses import network
from ..views.kubernetes import KubeObject
from .way import BALANCER, CLIENT, GROUPED, NODE, ON_NODES, ROUTED, VEILED, Entrance

AWS, ALB = "service.beta.kubernetes.io/aws-load-balancer-", "alb.ingress.kubernetes.io/"
GROUPS = (f"{ALB}security-groups", f"{ALB}security-group-prefix-lists")
"""What takes the place of the group that the controller makes of an Ingress' ranges, or adds to that."""
ALB_CLASSES = ("ingress.k8s.aws/alb", "eks.amazonaws.com/alb")
"""What serves an IngressClass whose load balancers are ALBs."""
NODES = "whether nodes have public addresses is not known here"
CONTROLLER = "which controller serves it, and whether the internet gets to that, is not known here"
UNREAD = "its type or its annotations are not known yet"
PRESERVED = "preserve_client_ip.enabled"
AMAZON, GOOGLE = "aws", "gcp"

ON_NODE = Entrance(None, CLIENT, NODES, stands=ON_NODES)


def of_service(service: Service, kind: Any, protocol: Any, cloud: str) -> Entrance:
    """Who gets to the load balancer of a Service; addresses inside have no way to Google's public ones but by a NAT."""
    seen, veil = _seen(service, protocol, cloud), GROUPED if service.grouped else VEILED
    public = UNKNOWN if isinstance(kind, Mark) else service.public
    if isinstance(public, Mark):
        given = service.get("spec", "loadBalancerClass")
        known = not isinstance(given, str) or isinstance(kind, Mark)
        doubt = UNREAD if known else f"which controller serves the class {given!r} is not known here"
        return Entrance(None, seen, doubt, sources_of(service), veil=veil)
    return Entrance(public, seen, "", sources_of(service), _inside(public, cloud), veil=veil)


def of_node_port(service: Service, kind: Any) -> Entrance:
    """Who gets to a port that a Service has on every node: its load balancer's ranges do not count there."""
    return ON_NODE._replace(seen=_by_policy(service), opened=kind != "NodePort" and _opens(service))


def of_external(service: Service) -> Entrance:
    """Who gets to the addresses outside that a Service answers on: whoever's packets somebody leads to a node."""
    given = service.external_addresses
    where = "its externalIPs" if isinstance(given, Mark) else " or ".join(map(str, given))
    doubt = f"whether the network leads what is for {where} to a node is not known here"
    return Entrance(None, _by_policy(service), doubt, stands=ROUTED)


def of_ingress(ingress: KubeObject, classes: dict[Any, KubeObject]) -> Entrance:
    """Who gets to an Ingress, by its class, what serves that, and its annotations."""
    old, name = ingress.annotation("kubernetes.io/ingress.class"), ingress.get("spec", "ingressClassName")
    name = old if name is MISSING else name
    declared = classes.get(name) if isinstance(name, str) else None
    if name == "alb" or (declared is not None and declared.get("spec", "controller") in ALB_CLASSES):
        return _of_alb(ingress, settled=declared is None or declared.get("spec", "parameters") is MISSING)
    if name in ("gce", "gce-internal"):
        return Entrance(name == "gce", BALANCER, inside=name != "gce")
    return Entrance(None, BALANCER, CONTROLLER)


def of_class(name: Any) -> Entrance:
    """Who gets to a gateway of a class: known of Google's only."""
    if not isinstance(name, str) or not name.startswith("gke-l7-"):
        return Entrance(None, BALANCER, CONTROLLER)
    public = any(part in name for part in ("external", "gxlb"))
    return Entrance(public, BALANCER, inside=not public)


def sources_of(service: Service) -> Any:
    """Ranges that a load balancer takes packets from, `()` for every one; nobody knows of groups that it names."""
    return UNKNOWN if service.grouped else _ranges(service.ranges)


def blocks(item: KubeObject) -> Any:
    """Ranges that an Ingress of AWS takes packets from, `()` for every one; nobody knows of groups that it names."""
    if _grouped(item):
        return UNKNOWN
    given = item.annotation(f"{ALB}inbound-cidrs")
    return _ranges([] if given is MISSING else given if isinstance(given, Mark) else str(given).split(","))


def _of_alb(ingress: KubeObject, *, settled: bool) -> Entrance:
    """An ALB hands requests on as its own: to pods, or to a port of a node, which makes them the node's."""
    seen = BALANCER if ingress.annotation(f"{ALB}target-type") == "ip" else NODE
    scheme, veil = ingress.annotation(f"{ALB}scheme"), GROUPED if _grouped(ingress) else VEILED
    if isinstance(ingress.annotations, Mark) or scheme is UNKNOWN or not settled:
        doubt = "its scheme is not known yet" if settled else "what the parameters of its class say is not known here"
        return Entrance(None, seen, doubt, blocks(ingress), veil=veil)
    public = scheme == "internet-facing"
    return Entrance(public, seen, "", blocks(ingress), _inside(public, AMAZON), veil=veil)


def _grouped(ingress: KubeObject) -> bool:
    return any(ingress.annotation(key) is not MISSING for key in GROUPS)


def _inside(public: Any, cloud: str) -> bool | None:
    return True if not public else False if cloud == GOOGLE else None


def _seen(service: Service, protocol: Any, cloud: str) -> str:
    """Whose address pods see behind a load balancer: its own where it asks pods by theirs and keeps no client's.

    Amazon's classic one, which a Service gets that names no type and no class, keeps none.
    """
    kept, typed = _attribute(service), (service.annotation(f"{AWS}type"), service.get("spec", "loadBalancerClass"))
    if _by_address(service):
        return CLIENT if kept == "true" or (protocol == "UDP" and kept == "") else BALANCER
    hides = kept == "false" or (cloud == AMAZON and typed == (MISSING, MISSING))
    return BALANCER if hides and _by_policy(service) == CLIENT else _by_policy(service)


def _by_policy(service: Service) -> str:
    return CLIENT if service.get("spec", "externalTrafficPolicy") == "Local" else NODE


def _attribute(service: Service) -> str:
    """What the attributes of a target group say of clients' addresses; empty where they say nothing."""
    given = service.annotation(f"{AWS}target-group-attributes")
    parts = [part.strip().partition("=") for part in given.split(",")] if isinstance(given, str) else []
    return next((value for key, _, value in parts if key == PRESERVED), "")


def _by_address(service: Service) -> bool:
    """Whether the load balancer itself sends to pods, by their addresses, with its own address as the source."""
    given = {key: service.annotation(f"{AWS}{key}") for key in ("nlb-target-type", "type")}
    return any(given[key] == value for key, value in (("nlb-target-type", "ip"), ("type", "nlb-ip")))


def _opens(service: Service) -> bool:
    """Whether AWS's controller opens the nodes' security groups to clients: for an NLB that asks nodes."""
    kind = service.annotation(f"{AWS}type")
    return not _by_address(service) and (kind == "nlb" or (isinstance(kind, Mark) and kind is not MISSING))


def _ranges(given: Any) -> Any:
    if isinstance(given, Mark) or any(isinstance(item, Mark) for item in given):
        return UNKNOWN
    found = tuple(range_ for range_ in (network(str(item).strip()) for item in given) if range_ is not None)
    return UNKNOWN if given and not found else found
