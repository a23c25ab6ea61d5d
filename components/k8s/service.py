"""The name by which others reach the pods of a workload: a Service, with a load balancer of the cloud where asked."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from ..shared.inputs import Wrong
from .containers import Container
from .contract import LOAD_BALANCERS
from .ports import Ports
from .ways import Peer, pods_of

CLUSTER_IP, LOAD_BALANCER = "ClusterIP", "LoadBalancer"


def ports_of(wrong: Wrong, containers: Mapping[str, Iterable[Container]]) -> dict[str, Ports]:
    """Every port that containers listen on, by name; containers of a pod share its address, and so its ports."""
    found: dict[str, Ports] = {}
    for field, group in containers.items():
        for container in group:
            for name, port in container.ports.items():
                path = (field, container.name, "ports", name)
                if name in found:
                    wrong(path, "must be named once in a workload", name, "rename it")
                elif port in found.values():
                    wrong(path, "must be a port that no other container listens on", str(port), "type another")
                else:
                    found[name] = port
    return dict(sorted(found.items()))


def spec(workload: str, ports: Mapping[str, Ports], load_balancer: str) -> dict[str, Any]:
    """What the Service says. Its ports are those of the pods: the VPC CNI judges both and wants them equal."""
    written = [
        {"name": name, "port": port.first, "protocol": port.protocol, "targetPort": port.first}
        for name, port in ports.items()
    ]
    # Local: else a node hands requests on as its own, and no policy can tell who asks.
    type_ = {"type": LOAD_BALANCER, "externalTrafficPolicy": "Local"} if load_balancer else {"type": CLUSTER_IP}
    return {**type_, "selector": pods_of(workload)["matchLabels"], "ports": written}


def needs(ports: Mapping[str, Ports], load_balancer: str) -> dict[str, Fraction]:
    """What the Service takes of a quota: a load balancer a node port for each of its ports."""
    if not ports:
        return {}
    is_one = load_balancer in LOAD_BALANCERS
    balanced = {"services.loadbalancers": 1, "services.nodeports": len(ports)} if is_one else {}
    return {key: Fraction(number) for key, number in {"services": 1, **balanced}.items()}


def check_load_balancer(wrong: Wrong, kind: str, ports: Mapping[str, Ports]) -> None:
    """Report a load balancer of no kind, of nothing, or of several protocols, which few clouds have."""
    if kind not in ("", *LOAD_BALANCERS):
        wrong("load_balancer", f"must be one of {', '.join(LOAD_BALANCERS)}", kind, "type one of them")
    elif kind and not ports:
        wrong("load_balancer", "must have a port to lead to", kind, "type ports: {web: TCP/8080} in a container")
    elif kind and len({port.protocol for port in ports.values()}) > 1:
        told = ", ".join(map(str, ports.values()))
        wrong("load_balancer", "must have ports of one protocol", told, "make two workloads of it")


def check_peers(wrong: Wrong, peers: Iterable[Peer], ports: Mapping[str, Ports]) -> None:
    """Report ways in that lead to no port."""
    for peer in peers:
        for port in peer.ports:
            if not any(_holds(port, own) for own in ports.values()):
                known = ", ".join(map(str, ports.values()))
                fix = f"type one of {known}" if known else "type ports: {web: TCP/8080} in a container"
                wrong(peer.at, "must be a port of the workload", str(port), fix)


def _holds(wanted: Ports, own: Ports) -> bool:
    return wanted.protocol == own.protocol and wanted.first <= own.first <= wanted.last
