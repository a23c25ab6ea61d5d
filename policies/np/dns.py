"""Pods whose egress is closed still reach the cluster's DNS, by UDP and by TCP."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import Fence, Namespace, NetworkPolicy, PolicyRule
from hedgerow.graph.views.destination import Destination
from hedgerow.graph.views.dns import PORT, PROTOCOLS
from hedgerow.graph.views.isolation import Pods, left_without

from ..words import unjudged


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for fence in views.fences:
        if fence.namespace is None:
            continue
        if isinstance(views.dns, Mark):
            policies = (*fence.inside.network_policies, *fence.perhaps.network_policies)
            if any(policy.isolates("Egress") is not False for policy in policies):
                yield unjudged(fence.namespace, "the platform's DNS", views.dns)
        else:
            yield from _judge(fence.namespace, fence, views.dns)


def _judge(namespace: Namespace, fence: Fence, dns: tuple[Destination, ...]) -> Iterator[Finding]:
    lacking: dict[tuple[NetworkPolicy, bool], dict[str, list[str]]] = {}
    example: dict[NetworkPolicy, Pods] = {}
    for destination in dns:
        for protocol in PROTOCOLS:
            for policy, pods in left_without(fence, partial(_reaches, destination, protocol)):
                lacking.setdefault((policy, pods.certain), {}).setdefault(destination.shown, []).append(protocol)
                example[policy] = pods
    for (policy, certain), missing in lacking.items():
        ways = ", ".join(f"{' and '.join(protocols)} {PORT} to {shown}" for shown, protocols in missing.items())
        if certain:
            told = f"{namespace} closes egress for pods that cannot reach DNS; allow {ways}"
            yield Finding(namespace, told, witness=f"{policy} isolates {example[policy]}")
        else:
            yield unjudged(namespace, f"what lets pods that {policy} isolates reach {ways}")


def _reaches(destination: Destination, protocol: str, rule: PolicyRule) -> Any:
    return destination.reached(rule, protocol, PORT)
