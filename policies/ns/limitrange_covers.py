"""Where a quota counts processors or memory, a LimitRange gives a value to containers that name none."""

from collections.abc import Iterator

from hedgerow.facts.kubernetes import COMPUTE_KEYS, canonical_quota_key
from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import Fence, Quota

from ..words import unjudged


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for fence in views.fences:
        covered = frozenset[str]().union(*(each.covered for each in fence.inside.limit_ranges))
        for quota in fence.inside.quotas:
            yield from _judge(quota, fence, covered)
        for quota in fence.perhaps.quotas:
            if _counted(quota) - covered:
                yield unjudged(quota, "its namespace", quota.namespace)


def _judge(quota: Quota, fence: Fence, covered: frozenset[str]) -> Iterator[Finding]:
    missing = sorted(_counted(quota) - covered)
    if not missing:
        return
    if isinstance(quota.hard, Mark):
        yield unjudged(quota, "spec.hard", quota.hard)
        return
    for limit_range in fence.inside.limit_ranges:
        if limit_range.hidden is not None:
            yield unjudged(quota, f"what {limit_range} gives containers", limit_range.hidden)
            return
    for limit_range in fence.perhaps.limit_ranges:
        yield unjudged(quota, f"the namespace of {limit_range}", limit_range.namespace)
        return
    told = f"{quota} counts {', '.join(missing)}, for which no LimitRange gives containers a value"
    yield Finding(quota, f"{told}; give it {_fix(missing)}", witness="the API server refuses a pod that leaves one out")


def _counted(quota: Quota) -> set[str]:
    keys = COMPUTE_KEYS if isinstance(quota.hard, Mark) else COMPUTE_KEYS & {str(key) for key in quota.hard}
    return {canonical_quota_key(key) for key in keys}


def _fix(missing: list[str]) -> str:
    fields = {"requests": "defaultRequest", "limits": "default"}
    pairs = (key.split(".") for key in missing)
    return " and ".join(f"{fields[kind]}.{name}" for kind, name in pairs)
