"""Beside everything that runs, a quota has room for the pods that a rollout adds."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.capacity import SURGE
from hedgerow.graph.judgement import Config

from ..words import WAIT


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for cluster in views.capacity:
        for gap in cluster.of(SURGE):
            remedy = "" if gap.certain else WAIT
            yield Finding(gap.about, gap.message, witness=gap.witness, remedy=remedy, certain=gap.certain)
