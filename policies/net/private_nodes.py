"""No node can be reached from the internet."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import GkeNodePool

from ..words import unjudged


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for pool in views.node_pools:
        fix = "set enablePrivateNodes" if isinstance(pool, GkeNodePool) else "put them into private subnets"
        if isinstance(pool.public, Mark):
            yield unjudged(pool, "whether the internet reaches its nodes", pool.public)
        elif pool.public:
            witness = f"{pool.witness} gives public addresses or routes to an internet gateway" if pool.witness else ""
            yield Finding(pool, f"{pool} has nodes that the internet reaches; {fix}", witness=witness)
