"""Every pod of every namespace, also one not yet there, is isolated in both directions by some NetworkPolicy."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import Fence, Namespace
from hedgerow.graph.views.isolation import left_open

from ..words import unjudged


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for fence in views.fences:
        if fence.namespace is not None:
            for direction in ("Ingress", "Egress"):
                yield from _direction(fence.namespace, fence, direction)
            yield from _on_the_node(fence)


def _direction(namespace: Namespace, fence: Fence, direction: str) -> Iterator[Finding]:
    pods = left_open(fence, direction)
    if pods is None:
        return
    if not pods.certain:
        yield unjudged(namespace, f"what its NetworkPolicies isolate for {direction.lower()}")
        return
    told = f"{namespace} leaves {direction.lower()} open for pods that no NetworkPolicy isolates"
    fix = "add one with podSelector {} and policyTypes [Ingress, Egress]"
    yield Finding(namespace, f"{told}; {fix}", witness=f"{pods} is not isolated")


def _on_the_node(fence: Fence) -> Iterator[Finding]:
    for workload in fence.inside.workloads:
        if isinstance(workload.host_network, Mark):
            yield unjudged(workload, "hostNetwork of its pods", workload.host_network)
        elif workload.host_network is True:
            told = f"{workload} runs on the node's network, where no NetworkPolicy isolates it"
            yield Finding(workload, f"{told}; leave hostNetwork out")
    for workload in fence.perhaps.workloads:
        if workload.host_network is True or isinstance(workload.host_network, Mark):
            yield unjudged(workload, "its namespace", workload.namespace)
