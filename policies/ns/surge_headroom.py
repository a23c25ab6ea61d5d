"""Beside everything that runs, a quota has room for the pods that rollouts add."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.capacity import SURGE, of_rollouts
from hedgerow.graph.judgement import Config

from ..words import WAIT
from ._quotas import unseen


def check(views: Views, config: Config) -> Iterator[Finding]:
    yield from unseen(views, _judge(views, int(config["concurrent"])))


def _judge(views: Views, at_once: int) -> Iterator[Finding]:
    for cluster in views.capacity:
        for gap in of_rollouts(cluster.accounts, at_once):
            yield Finding(gap.about, gap.message, witness=gap.witness)
        for doubt in cluster.doubts:
            if doubt.kind == SURGE:
                yield Finding(doubt.about, doubt.message, remedy=WAIT, certain=False)
