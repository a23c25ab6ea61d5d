"""Who a tenant's pods talk to: each other, DNS, and whom the tenant or code names, by port; nobody else."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from typing import Any

from hedgerow.facts import cidr, labels

from .contract import Contract
from .ports import Ports

API = "networking.k8s.io/v1"

LINK_LOCAL = (IPv4Network("169.254.0.0/16"), IPv6Network("fe80::/10"))
"""Where clouds put metadata servers, the agents of nodes and DNS caches."""
DNS = (Ports("UDP", 53, 53), Ports("TCP", 53, 53))

Peers = Mapping[str, tuple[Ports, ...]]


def policies(
    contract: Contract, allow_from: Peers, allow_to: Peers, internet: tuple[Ports, ...]
) -> dict[str, dict[str, Any]]:
    """The spec of every NetworkPolicy by name. Policies add up: the first one denies, the others each open one way."""
    found = {
        "default-deny": _spec("Ingress", "Egress"),
        "same-namespace": _spec("Ingress", "Egress", ingress=[{"from": [_own_pods()]}], egress=[{"to": [_own_pods()]}]),
        "dns": _spec("Egress", egress=[{"to": _dns_peers(contract), "ports": _written(DNS)}]),
    }
    for tenant, ports in allow_from.items():
        rule = {"from": [_namespace(tenant)], "ports": _written(ports)}
        found[f"from-{tenant}"] = _spec("Ingress", ingress=[rule])
    for tenant, ports in allow_to.items():
        rule = {"to": [_namespace(tenant)], "ports": _written(ports)}
        found[f"to-{tenant}"] = _spec("Egress", egress=[rule])
    if internet:
        rule = {"to": outside(contract.closed), "ports": _written(internet)}
        found["internet"] = _spec("Egress", egress=[rule])
    return found


def _spec(*directions: str, **rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {**_own_pods(), "policyTypes": list(directions), **rules}


def _own_pods() -> dict[str, Any]:
    return {"podSelector": {}}


def _written(ports: Iterable[Ports]) -> list[dict[str, Any]]:
    return [each.manifest() for each in ports]


def _namespace(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {labels.NAMESPACE_NAME: name}}}


def _dns_peers(contract: Contract) -> list[dict[str, Any]]:
    # Both selectors in one peer: as two peers they would mean the whole namespace, or any pod here with those labels.
    place = _namespace(contract.dns_namespace)
    pods = [place | {"podSelector": {"matchLabels": dict(each)}} for each in contract.dns_pods]
    return [*pods, *({"ipBlock": {"cidr": str(address)}} for address in contract.dns_addresses)]


def outside(closed: Iterable[cidr.Network]) -> list[dict[str, Any]]:
    """The internet as peers: every address but the private ones, those of the node itself, and the `closed` ones."""
    inside = (*cidr.PRIVATE, *LINK_LOCAL, *closed)
    return [
        _all_but("0.0.0.0/0", (range_ for range_ in inside if isinstance(range_, IPv4Network))),
        _all_but("::/0", (range_ for range_ in inside if isinstance(range_, IPv6Network))),
    ]


def _all_but(family: str, inside: Iterable[cidr.AnyNetwork]) -> dict[str, Any]:
    return {"ipBlock": {"cidr": family, "except": [str(range_) for range_ in collapse_addresses(inside)]}}
