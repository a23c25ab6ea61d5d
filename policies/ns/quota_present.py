"""Every namespace has a resource quota that counts all of its pods."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.views import Fence, Namespace

from ..words import unjudged


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for fence in views.fences:
        if fence.namespace is not None:
            yield from _judge(fence.namespace, fence)


def _judge(namespace: Namespace, fence: Fence) -> Iterator[Finding]:
    own = fence.inside.quotas
    if any(quota.scoped is False for quota in own):
        return
    for quota in own:
        if quota.scoped is not True:
            yield unjudged(namespace, f"the scope of {quota}", quota.scoped)
            return
    for quota in fence.perhaps.quotas:
        if quota.scoped is not True:
            yield unjudged(namespace, f"the namespace of {quota}", [quota.namespace, namespace.name])
            return
    if own:
        scoped = ", ".join(str(quota) for quota in own)
        told = f"{namespace} has a ResourceQuota for some pods only; add one without scopes"
        yield Finding(namespace, told, witness=f"{scoped} has scopes")
    else:
        yield Finding(namespace, f"{namespace} has no ResourceQuota; add one without scopes")
