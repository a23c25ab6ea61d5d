"""Quotas promise no more, all together, than the most nodes hold."""

from collections.abc import Iterator

from hedgerow.facts import quantity
from hedgerow.graph import Finding, Views
from hedgerow.graph.capacity import PROMISES, Capacity, on_nodes, short_of
from hedgerow.graph.judgement import Config

from ..words import WAIT
from ._quotas import unseen


def check(views: Views, config: Config) -> Iterator[Finding]:
    found = (finding for cluster in views.capacity for finding in _judge(cluster, config))
    yield from unseen(views, found) if on_nodes(views) else found


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
