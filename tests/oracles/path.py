"""Whether a packet gets from one end to the other in a whole cluster: the other oracles, one after the other.

A path is there where every layer lets it through. Every layer gives the answers that are possible for it, and so does
the path: all of them together, each layer by itself.

- Policies of both ends decide, and the nodes' own network: between two pods, and between a pod and an address.
- From a public address a pod is reached by a way in, and by nothing else; from another also by its own address.
- A plugin enforces NetworkPolicies (`vpc-cni`, `dataplane-v2`), those and the tiers (`calico`), or `none` of them. What
  is not enforced is as if it were not there.
- A single pod always reaches itself.
"""

from functools import partial
from typing import Any

from . import clouds, cluster_policies, ways
from .endpoints import Manifest, pod

Whole = dict[str, Any]
POLICIES, TIERS = "networking.k8s.io/", "policy.networking.k8s.io/"
NOT_ENFORCED = {"none": (POLICIES, TIERS), "vpc-cni": (TIERS,), "dataplane-v2": (TIERS,), "calico": ()}


def answers(whole: Whole, source: Any, destination: Any, protocol: str, port: int) -> set[bool]:
    """Whether one packet may go from `source` to `port` of `destination`: every answer that is possible."""
    objects, packet = enforced(whole), (protocol, port)
    if source is destination and pod(source) is source:
        return {True}
    entered = {False}
    if isinstance(source, str):
        node, behind = partial(_at_a_node, whole, source), partial(clouds.behind_balancers, whole, source)
        entered = ways.answers(objects, source, destination, *packet, node, behind, whole["cloud"])
        if clouds.public(source):
            return entered
        network = clouds.with_address(whole, "ingress", source, packet)
    elif isinstance(destination, str):
        network = clouds.with_address(whole, "egress", destination, packet)
    else:
        network = clouds.between_pods(whole, packet)
    policies = cluster_policies.answers(objects, source, destination, *packet)
    return {(one and other) or third for one in policies for other in network for third in entered}


def _at_a_node(whole: Whole, source: str, *packet: Any) -> set[bool]:
    return clouds.with_address(whole, "ingress", source, packet)


def enforced(whole: Whole) -> list[Manifest]:
    """The objects of a cluster without the policies that its plugin does not enforce."""
    dropped = NOT_ENFORCED[whole["plugin"]]
    policies = [each for each in whole["objects"] if each["kind"].endswith("NetworkPolicy")]
    absent = [each for each in policies if each["apiVersion"].startswith(dropped)]
    return [each for each in whole["objects"] if each not in absent]
