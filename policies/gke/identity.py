"""A pod of GKE has an identity of its own or none, never that of its node, and a node one that somebody gave it."""

from collections.abc import Iterator
from typing import Any

from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config, HasUrn
from hedgerow.graph.value import Mark
from hedgerow.graph.views import GkeCluster, GkeNodePool

from ..words import unjudged


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for cluster in views.clusters:
        if isinstance(cluster, GkeCluster) and cluster.autopilot is not True:
            yield from _cluster(cluster)
    for pool in views.node_pools:
        if isinstance(pool, GkeNodePool):
            yield from _pool(pool)


def _cluster(cluster: GkeCluster) -> Iterator[Finding]:
    identity = "has no Workload Identity; set workloadPool in workloadIdentityConfig"
    shielded = "lets in nodes that prove nothing; leave enableShieldedNodes on"
    for value, what, told in (
        (cluster.workload_identity, "its Workload Identity", identity),
        (cluster.shielded_nodes, "enableShieldedNodes", shielded),
    ):
        if isinstance(cluster.autopilot, Mark) and value is not True:
            yield unjudged(cluster, "enableAutopilot", cluster.autopilot)
        else:
            yield from _judge(cluster, value, what, told)


def _pool(pool: GkeNodePool) -> Iterator[Finding]:
    own = pool.default_account if isinstance(pool.default_account, Mark) else not pool.default_account
    account = "runs as the account that all of Compute Engine shares; set serviceAccount to one of its own"
    metadata = "gives pods the identity of the node; set mode in workloadMetadataConfig to GKE_METADATA"
    yield from _judge(pool, own, "the account of its nodes", account)
    yield from _judge(pool, pool.metadata_server, "its metadata server", metadata)


def _judge(about: HasUrn, good: Any, what: str, told: str) -> Iterator[Finding]:
    if isinstance(good, Mark):
        yield unjudged(about, what, good)
    elif not good:
        yield Finding(about, f"{about} {told}")
