"""Quotas promise no more, all together, than the most nodes hold."""

from collections.abc import Iterator

from hedgerow.facts import quantity
from hedgerow.graph import Finding, Views
from hedgerow.graph.capacity import PROMISES, Capacity, short_of
from hedgerow.graph.judgement import Config

from ..words import WAIT, hidden, unjudged


def check(views: Views, config: Config) -> Iterator[Finding]:
    for cluster in views.capacity:
        yield from _judge(cluster, config)
    for quota in views.quotas if any(cluster.supplies for cluster in views.capacity) else ():
        for what, value in (("its namespace", quota.namespace), ("what it allows", quota.hard)):
            if hidden(value) is not None:
                yield unjudged(quota, what, value)


def _judge(cluster: Capacity, config: Config) -> Iterator[Finding]:
    witness = {gap.resource: gap.witness for gap in cluster.of(PROMISES)}
    times, of = quantity.parse(config["overcommit"]).as_integer_ratio()
    for row in cluster.rows:
        gap = short_of(cluster.name, cluster.about, row, times, of, witness.get(row.resource, ""))
        if gap is not None:
            yield Finding(gap.about, gap.message, witness=gap.witness, certain=gap.certain)
    for doubt in cluster.doubts:
        if doubt.kind == PROMISES:
            yield Finding(doubt.about, doubt.message, remedy=WAIT, certain=False)
