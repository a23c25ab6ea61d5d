"""How pods of a cluster get their names resolved: the platform's word for it, else what every stock cluster has."""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from ...facts import labels, profiles
from ..value import MISSING, Mark, is_known, read
from .addresses import network
from .destination import Destination
from .kubernetes import KubeObject, listing, mapping

PORT = profiles.DNS_PORT
PROTOCOLS = ("UDP", "TCP")
PORT_NAMES = {"UDP": "dns", "TCP": "dns-tcp"}
"""What the DNS pods of stock clusters call their ports."""

SYSTEM = "kube-system"
EVERYWHERE = ip_network("0.0.0.0/0")
SELECTORS_ONLY = ("cilium", "dataplane-v2")
"""Enforcers for which no `ipBlock` ever matches a pod."""


def destinations(contract: Mapping[str, Any], declared: Mapping[str, KubeObject]) -> Any:
    """Everything that answers DNS; a mark where the platform's word for it is not known.

    Without a contract these are the kube-dns pods alone: whether nodes run a cache of their own cannot be told then.
    `declared` are the namespaces of the snapshot by name.
    """
    namespace, kinds = read(contract, "dns", "namespace"), listing(read(contract, "dns", "pods"))
    addresses = listing(read(contract, "dns", "addresses"))
    for value in (namespace, kinds, *(() if isinstance(kinds, Mark) else kinds), addresses):
        if isinstance(value, Mark) and value is not MISSING:
            return value
    namespace = namespace if isinstance(namespace, str) else SYSTEM
    given = declared.get(namespace)
    found = [_pods(contract, namespace, mapping(pods), given) for pods in kinds or [profiles.CLUSTER_DNS]]
    for address in addresses:
        if isinstance(address, Mark):
            return address
        block = network(address)
        found += (
            [Destination(str(block.network_address if block.num_addresses == 1 else block), block)] if block else []
        )
    return tuple(found)


def _pods(
    contract: Mapping[str, Any], namespace: str, pods: Mapping[str, str], given: KubeObject | None
) -> Destination:
    named = {labels.NAMESPACE_NAME: namespace}
    declared = given is not None and is_known(given.labels)
    return Destination(
        shown=f"{namespace} pods {','.join(f'{key}={value}' for key, value in sorted(pods.items()))}",
        block=None
        if read(contract, "network_policy") in SELECTORS_ONLY
        else network(read(contract, "ranges", "network")) or EVERYWHERE,
        pods=pods,
        namespace={**given.labels, **named} if given is not None and declared else named,
        declared=declared,
        port_names=PORT_NAMES,
    )
