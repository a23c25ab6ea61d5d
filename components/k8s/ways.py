"""The ways into and out of a workload's pods, beside those of its tenant: each a NetworkPolicy for these pods alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from typing import Any, TypedDict

from hedgerow.facts import cidr, labels

from ..shared.inputs import ABSENT, Path, Wrong
from .contract import PLATFORM, Contract
from .isolation import outside
from .peers import check_tenant
from .ports import Ports, read_ports
from .selectors import SelectorArgs, read_selector

NAME = "app.kubernetes.io/name"
"""Label by which the pods of a workload are found, of all that Kubernetes recommends the one that tools read."""
INTERNAL, PUBLIC = "internal", "public"

Ways = Mapping[str, dict[str, Any]]


class TenantPodsArgs(TypedDict):
    pods: SelectorArgs
    """Labels that they have."""
    ports: list[str]
    """Ports that they reach, such as `TCP/8080`."""
    tenant: str
    """Tenant that they are of."""


@dataclass(frozen=True)
class Peer:
    """Pods of another tenant, and the ports between them and the workload.

    `at` is where it stands in the args, `key` is part of a resource's name.
    """

    at: Path
    key: str
    tenant: str
    pods: dict[str, Any]
    ports: tuple[Ports, ...]

    def manifest(self) -> dict[str, Any]:
        """As a NetworkPolicy has it: both selectors in one peer, as two they would open the whole namespace."""
        namespace = {"matchLabels": {labels.NAMESPACE_NAME: self.tenant}}
        return {"namespaceSelector": namespace, "podSelector": self.pods}


def pods_of(workload: str) -> dict[str, Any]:
    """The selector of a workload's pods."""
    return {"matchLabels": {NAME: workload}}


def read_workloads(wrong: Wrong, field: str, own: object, given: Mapping[str, list[str]]) -> list[Peer]:
    """Workloads of other tenants, written `tenant/workload`, each with its ports."""
    found = []
    for key in sorted(given):
        path, (tenant, slash, workload) = (field, key), key.partition("/")
        if not slash or labels.name_problem(workload):
            wrong(path, "must name a tenant and its workload", key, "type it like search/index")
        else:
            _check_peer(wrong, path, own, tenant)
            found.append(Peer(path, f"{tenant}.{workload}", tenant, pods_of(workload), _ports(wrong, path, given[key])))
    return found


def read_pods(wrong: Wrong, field: str, own: object, given: Mapping[str, TenantPodsArgs]) -> list[Peer]:
    """Pods of other tenants by their labels, keyed by a name of their own."""
    found = []
    for key in sorted(given):
        path, args = (field, key), given[key]
        if problem := labels.name_problem(key):
            wrong(path, problem, key, "rename it")
        _check_peer(wrong, (*path, "tenant"), own, args["tenant"])
        pods = read_selector(wrong, (*path, "pods"), args["pods"])
        found.append(Peer(path, key, args["tenant"], pods, _ports(wrong, (*path, "ports"), args["ports"])))
    return found


def _check_peer(wrong: Wrong, path: Path, own: object, tenant: str) -> None:
    if tenant == own:
        wrong(path, "must be another tenant", tenant, "delete it: a tenant's own pods reach each other")
    else:
        check_tenant(wrong, path, tenant)


def _ports(wrong: Wrong, path: Path, given: list[str]) -> tuple[Ports, ...]:
    if given == []:
        wrong(path, "must name a port", given, "type one such as [TCP/8080], or delete the line")
    return read_ports(wrong, path, given)


def inward(name: str, peers: Iterable[Peer]) -> Ways:
    """By which pods of other tenants come in."""
    return {f"from.{peer.key}": _in(name, [peer.manifest()], peer.ports) for peer in peers}


def outward(name: str, peers: Iterable[Peer]) -> Ways:
    """By which it reaches pods of other tenants: the other side of their way in."""
    return {f"to.{peer.key}": _out(name, [peer.manifest()], peer.ports) for peer in peers}


def from_load_balancer(name: str, contract: Contract, kind: str, ports: Iterable[Ports]) -> Ways:
    """By which its load balancer, those who may use it, and the cloud's health checks come in."""
    network = [contract.network] if contract.network and kind == INTERNAL else []
    internet = outside(contract.closed) if kind == PUBLIC else []
    ranges = [_block(range_) for range_ in collapsed([*network, *contract.health_checks])]
    return {"load-balancer": _in(name, [*internet, *ranges], ports)}


def to_identity(name: str, contract: Contract) -> Ways:
    """By which its pods, and no others, get what proves who they are to the cloud."""
    rules = [
        {"to": [_block(server.address)], "ports": [Ports("TCP", port, port).manifest() for port in server.ports]}
        for server in contract.identity
    ]
    return {"identity": {"podSelector": pods_of(name), "policyTypes": ["Egress"], "egress": rules}}


def check_platform(wrong: Wrong, contract: Contract, kind: str, *, identity: bool) -> None:
    """Report what the platform says too little for."""
    if kind == INTERNAL and contract.network is None:
        fix = "type the range of the network, such as 10.16.0.0/16"
        wrong((PLATFORM, "ranges", "network"), "is needed for an internal load balancer", ABSENT, fix)
    if identity and not contract.identity:
        fix = "type where the cloud answers pods, or leave cloud_identity out"
        wrong((PLATFORM, "identity"), "must not be empty for cloud_identity", [], fix)


def collapsed(ranges: Iterable[cidr.Network]) -> list[cidr.Network]:
    """The fewest ranges that hold the same addresses, IPv4 before IPv6."""
    given = list(ranges)
    four = collapse_addresses(range_ for range_ in given if isinstance(range_, IPv4Network))
    six = collapse_addresses(range_ for range_ in given if isinstance(range_, IPv6Network))
    return [*four, *six]


def _in(name: str, peers: list[dict[str, Any]], ports: Iterable[Ports]) -> dict[str, Any]:
    rule = {"from": peers, "ports": [port.manifest() for port in ports]}
    return {"podSelector": pods_of(name), "policyTypes": ["Ingress"], "ingress": [rule]}


def _out(name: str, peers: list[dict[str, Any]], ports: Iterable[Ports]) -> dict[str, Any]:
    rule = {"to": peers, "ports": [port.manifest() for port in ports]}
    return {"podSelector": pods_of(name), "policyTypes": ["Egress"], "egress": [rule]}


def _block(range_: cidr.Network) -> dict[str, Any]:
    return {"ipBlock": {"cidr": str(range_)}}
