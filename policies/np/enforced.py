"""The cluster enforces NetworkPolicy: where nobody does, everything that isolates is accepted and has no effect."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views.enforcer import NOBODY

from ..words import unjudged


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for enforcer in views.enforcers:
        if isinstance(enforcer.by, Mark):
            yield unjudged(enforcer, "who enforces NetworkPolicy", enforcer.by)
        elif enforcer.by == NOBODY:
            yield Finding(enforcer, f"{enforcer} enforces no NetworkPolicy; {enforcer.fix}")
