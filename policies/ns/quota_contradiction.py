"""No quota promises what it or the cluster cannot keep: load balancers, devices, pods, limits."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.capacity import CONTRADICTION, QUOTA
from hedgerow.graph.judgement import Config

from ..words import WAIT
from ._quotas import unseen

PODS = ("pods", "count/pods")


def check(views: Views, _config: Config) -> Iterator[Finding]:
    yield from unseen(views, _judge(views))


def _judge(views: Views) -> Iterator[Finding]:
    for cluster in views.capacity:
        for gap in cluster.of(CONTRADICTION, QUOTA):
            if gap.kind == CONTRADICTION or gap.resource in PODS or not gap.certain:
                remedy = "" if gap.certain else WAIT
                yield Finding(gap.about, gap.message, witness=gap.witness, remedy=remedy, certain=gap.certain)
