"""No quota promises what it or the cluster cannot keep: load balancers, devices, pods, limits."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.capacity import CONTRADICTION, QUOTA
from hedgerow.graph.judgement import Config

from ..words import WAIT, hidden, unjudged

PODS = ("pods", "count/pods")


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for cluster in views.capacity:
        for gap in cluster.of(CONTRADICTION, QUOTA):
            if gap.kind == CONTRADICTION or gap.resource in PODS or not gap.certain:
                remedy = "" if gap.certain else WAIT
                yield Finding(gap.about, gap.message, witness=gap.witness, remedy=remedy, certain=gap.certain)
    for quota in views.quotas:
        if hidden(quota.namespace) is not None:
            yield unjudged(quota, "its namespace", quota.namespace)
