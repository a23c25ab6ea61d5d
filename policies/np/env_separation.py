"""No pod of one environment reaches one of another in the same cluster, but for what policy configuration grants."""

from collections.abc import Iterator

from hedgerow.facts import labels
from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config

from ._borders import crossed


def check(views: Views, config: Config) -> Iterator[Finding]:
    yield from crossed(views, config, "np-env-separation", "environment", labels.environment(views.label_prefix))
