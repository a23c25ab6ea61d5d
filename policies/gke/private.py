"""A GKE cluster has private nodes, and its API server does not answer the whole internet by an address."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import GkeCluster
from hedgerow.graph.views.addresses import whole

from ..words import hidden, unjudged

FIX = "take its DNS endpoint alone, or name in masterAuthorizedNetworksConfig the ranges that may reach it"


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for cluster in views.clusters:
        if isinstance(cluster, GkeCluster):
            yield from _nodes(cluster)
            yield from _endpoint(cluster)


def _nodes(cluster: GkeCluster) -> Iterator[Finding]:
    if isinstance(cluster.private_nodes, Mark):
        yield unjudged(cluster, "whether its nodes are private", cluster.private_nodes)
    elif not cluster.private_nodes:
        yield Finding(
            cluster, f"{cluster} gives nodes public addresses; set enablePrivateNodes in privateClusterConfig"
        )


def _endpoint(cluster: GkeCluster) -> Iterator[Finding]:
    if cluster.public is False:
        return
    ranges = cluster.public_ranges
    everything = "" if isinstance(ranges, Mark) else whole(ranges)
    opened = everything and f"every address of the internet, {everything}"
    if cluster.google_addresses is True and not opened:
        opened = "every machine of Google Cloud, whoever rents it"
    if opened and cluster.public is True:
        yield Finding(cluster, f"{cluster} answers {opened}; {FIX}")
    elif opened or hidden([ranges, cluster.google_addresses]) is not None:
        yield unjudged(cluster, "its public endpoint or the ranges that reach it", [cluster.public, ranges])
