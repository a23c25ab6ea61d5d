"""The workloads of a namespace fit into its quota, all of them at their largest."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.capacity import QUOTA
from hedgerow.graph.judgement import Config

from ..words import WAIT
from ._quotas import unseen

COUNTED_APART = ("pods", "count/pods")


def check(views: Views, _config: Config) -> Iterator[Finding]:
    yield from unseen(views, _judge(views))


def _judge(views: Views) -> Iterator[Finding]:
    for cluster in views.capacity:
        for gap in cluster.of(QUOTA):
            if gap.resource not in COUNTED_APART:
                remedy = "" if gap.certain else WAIT
                yield Finding(gap.about, gap.message, witness=gap.witness, remedy=remedy, certain=gap.certain)
