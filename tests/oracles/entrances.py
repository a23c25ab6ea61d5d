"""Which ways lead from outside to a port of a pod, from Kubernetes' pages on Services and those of the load balancers.

- A Service of type LoadBalancer, to whoever is in its `loadBalancerSourceRanges` (everybody without) unless it is
  internal by its annotation; Google's Ingress to a Service. A Service leads to the pods that it selects, at `targetPort`.
- A port of a node: that of a NodePort Service, and of a LoadBalancer Service unless it says that it allocates none; one
  of 30000 to 32767 where none is named. A host port. On the host's network every port is the node's own.
- An external address of a Service, if somebody leads that to a node, and lets it in there: nobody knows. A headless
  Service has none.

Addresses inside a network get to load balancers of it by a route, of which nobody knows, and to the public ones of Google
by none: what is inside comes as a NAT there. Others have addresses inside, and whether they answer by those nobody knows.

With `externalTrafficPolicy: Local`, and at a port that is not a Service's, pods see the client's address; behind Google's
Ingress, behind targets by address and behind Amazon's classic load balancer that one's; else a node's.
"""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any, NamedTuple

from .addresses import PRIVATE, within
from .endpoints import Manifest, container_ports, labels, namespace, on_host, pod, ports_of
from .labels import selects

AWS, NODE_PORTS = "service.beta.kubernetes.io/aws-load-balancer-", (30000, 32767)
INTERNAL = {f"{AWS}scheme": "internal", "networking.gke.io/load-balancer-type": "Internal"}.items()


class Way(NamedTuple):
    """One way in: the possible answers of what stands there, whose address pods see, and the node's ports it may take."""

    lets: frozenset[bool]
    seen: str
    ports: tuple[int, ...] = ()


def of_pod(end: Manifest, protocol: str, port: int) -> Iterator[Way]:
    """The ways that a pod has by itself."""
    hosted = [
        each for each in ports_of(end) if (each.get("protocol") or "TCP", each["containerPort"]) == (protocol, port)
    ]
    for number in [port] if on_host(end) else [each["hostPort"] for each in hosted if each.get("hostPort")]:
        yield Way(frozenset({True}), "client", (number,))


def of_object(objects: list[Manifest], entry: Manifest, address: Any, cloud: str, *packet: Any) -> Iterator[Way]:
    """The ways that a Service or an Ingress makes for an address to a port of a pod."""
    spec, notes = entry.get("spec") or {}, entry["metadata"].get("annotations") or {}
    if entry["kind"] == "Ingress":
        backend, public = spec["defaultBackend"]["service"], spec["ingressClassName"] == "gce"
        for each in [each for each in objects if (each["kind"], namespace(each)) == ("Service", namespace(entry))]:
            ports = [listed for listed in each["spec"]["ports"] if listed["port"] == backend["port"]["number"]]
            if each["metadata"]["name"] == backend["name"] and any(_leads(each, listed, *packet) for listed in ports):
                yield Way(_reached(address, "gcp", public=public), "balancer")
    seen = "client" if spec.get("externalTrafficPolicy") == "Local" else "node"
    for listed in (
        [each for each in spec["ports"] if _leads(entry, each, *packet)] if entry["kind"] == "Service" else []
    ):
        if spec.get("type") == "LoadBalancer":
            taken = [ip_network(each) for each in spec.get("loadBalancerSourceRanges") or ["0.0.0.0/0", "::/0"]]
            let = _reached(address, cloud, public=not INTERNAL & notes.items()) if within(address, taken) else {False}
            hides = notes.get(f"{AWS}nlb-target-type") == "ip" or (cloud == "aws" and seen == "client")
            yield Way(frozenset(let), "balancer" if hides else seen)
        asked = spec.get("type") == "NodePort" or spec.get("allocateLoadBalancerNodePorts") is not False
        if spec.get("type") in ("NodePort", "LoadBalancer") and (asked or listed.get("nodePort")):
            yield Way(frozenset({True}), seen, (listed["nodePort"],) if listed.get("nodePort") else NODE_PORTS)
        if spec.get("externalIPs") and spec.get("clusterIP") != "None":
            yield Way(frozenset({True, False}), seen)


def _reached(address: Any, cloud: str, *, public: bool) -> frozenset[bool]:
    if not within(address, PRIVATE):
        return frozenset({public})
    return frozenset({False} if public and cloud == "gcp" else {True, False})


def _leads(service: Manifest, listed: Manifest, end: Manifest, protocol: str, port: int) -> bool:
    target = listed.get("targetPort", listed["port"])
    fits = target == port if isinstance(target, int) else (target, protocol, port) in container_ports(end)
    chosen = selects({"matchLabels": service["spec"]["selector"]}, labels(pod(end)))
    return namespace(service) == namespace(end) and chosen and (listed.get("protocol") or "TCP") == protocol and fits
