"""No pod of one tenant reaches a pod of another, but for what the policy configuration grants."""

from collections.abc import Iterator

from hedgerow.facts import labels
from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config

from ._borders import crossed


def check(views: Views, config: Config) -> Iterator[Finding]:
    yield from crossed(views, config, "np-cross-tenant", "tenant", labels.tenant(views.label_prefix))
