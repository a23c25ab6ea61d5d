"""No network is one that the cloud laid by itself: neither made so, nor the one that a project is born with."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import GkeCluster

from ..words import unjudged


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for network in views.networks:
        if isinstance(network.automatic, Mark):
            yield unjudged(network, "autoCreateSubnetworks", network.automatic)
        elif network.automatic:
            told = f"{network} gets a subnet in every region, of ranges that Google picks"
            yield Finding(network, f"{told}; set autoCreateSubnetworks to false")
    for cluster in views.clusters:
        if isinstance(cluster, GkeCluster):
            yield from _placed(cluster)


def _placed(cluster: GkeCluster) -> Iterator[Finding]:
    if isinstance(cluster.default_network, Mark):
        yield unjudged(cluster, "its network", cluster.default_network)
    elif cluster.default_network:
        told = f"{cluster} lies in the project's default network, which lets in SSH from everywhere"
        yield Finding(cluster, f"{told}; give it a network and a subnetwork of your own")
