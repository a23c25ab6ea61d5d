"""The API server of an EKS cluster answers inside the network, and not the whole internet."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import Cluster
from hedgerow.graph.views.addresses import whole

from ..words import hidden, unjudged


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for cluster in views.clusters:
        if cluster.kind == "EKS":
            yield from _private(cluster)
            yield from _public(cluster)


def _private(cluster: Cluster) -> Iterator[Finding]:
    if isinstance(cluster.private, Mark):
        yield unjudged(cluster, "its private endpoint", cluster.private)
    elif not cluster.private:
        yield Finding(cluster, f"{cluster} has no private endpoint; set endpointPrivateAccess to true")


def _public(cluster: Cluster) -> Iterator[Finding]:
    if cluster.public is False:
        return
    ranges = cluster.public_ranges
    everything = "" if isinstance(ranges, Mark) else whole(ranges)
    if everything and cluster.public is True:
        told = f"{cluster} answers every address of the internet, {everything}"
        fix = "turn its public endpoint off, or name in publicAccessCidrs the ranges that may reach it"
        yield Finding(cluster, f"{told}; {fix}")
    elif everything or hidden(ranges) is not None:
        yield unjudged(cluster, "its public endpoint or the ranges that reach it", [cluster.public, ranges])
