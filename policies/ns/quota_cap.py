"""A quota gives no namespace more than the cap of its class of environment."""

from collections.abc import Iterator

from hedgerow.facts import quantity
from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.views import Fence

from ..words import unjudged


def check(views: Views, config: Config) -> Iterator[Finding]:
    for fence in views.fences:
        for key, cap in config["caps"].items():
            yield from _judge(fence, key, cap, f"the cap of {views.environment} is {cap}")


def _judge(fence: Fence, key: str, cap: str, rule: str) -> Iterator[Finding]:
    own = [quota for quota in fence.inside.quotas if quota.scoped is False]
    limits = [(*limit, quota) for quota in own if (limit := quota.least(key)) is not None]
    least = min(limits, key=lambda limit: limit[0], default=None)
    if least is not None and least[0] <= quantity.parse(cap):
        return
    if (could_lower := _unread(fence, key)) is not None:
        yield could_lower
    elif least is not None:
        _, given, quota = least
        told = f"{quota} allows {key} {given}, {rule}; lower it"
        yield Finding(quota, told, witness=f"{given} is more than {cap}")
    elif own:
        yield Finding(own[0], f'{own[0]} leaves {key} without a limit, {rule}; add {key}: "{cap}"')


def _unread(fence: Fence, key: str) -> Finding | None:
    for quota in fence.inside.quotas:
        if quota.scoped is not True and (mark := quota.hidden(key)) is not None:
            return unjudged(quota, f"what it allows of {key}", mark)
    for quota in fence.perhaps.quotas:
        if quota.scoped is not True:
            return unjudged(quota, "its namespace", quota.namespace)
    return None
