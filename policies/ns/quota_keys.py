"""A quota limits what it must, by keys that Kubernetes counts."""

from collections.abc import Iterator
from typing import Any

from hedgerow.facts import quantity
from hedgerow.facts.kubernetes import canonical_quota_key, quota_key_problem
from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import Fence, Quota

from ..words import hidden, unjudged


def check(views: Views, config: Config) -> Iterator[Finding]:
    for quota in views.quotas:
        if views.of_the_system(quota):
            continue
        if isinstance(quota.hard, Mark):
            yield unjudged(quota, "spec.hard", quota.hard)
        else:
            for key, value in quota.hard.items():
                yield from _key(quota, str(key), value)
    for fence in views.fences:
        yield from _required(fence, config["required"])


def _key(quota: Quota, key: str, value: Any) -> Iterator[Finding]:
    if problem := quota_key_problem(key):
        yield Finding(quota, f"{quota} has key {key!r}, which {problem}")
    long = canonical_quota_key(key)
    if key != long and long in quota.hard:
        yield Finding(quota, f"{quota} has both {key} and {long}, which count the same; keep {long}")
    if hidden(value) is not None:
        yield unjudged(quota, key, value)
        return
    try:
        if quantity.parse(value) < 0:
            yield Finding(quota, f"{quota} has key {key!r} with a value below 0, {value}; write 0 or more")
    except quantity.QuantityError:
        told = f"{quota} has key {key!r} with a value that is no quantity, {value!r}"
        yield Finding(quota, f"{told}; write a number such as 20, 250m or 4Gi")


def _required(fence: Fence, required: list[str]) -> Iterator[Finding]:
    own = [quota for quota in fence.inside.quotas if quota.scoped is False]
    if not fence.inside.quotas:
        for quota in fence.perhaps.quotas:
            yield unjudged(quota, "its namespace", quota.namespace)
    if not own or any(isinstance(quota.hard, Mark) for quota in own):
        return
    present = {canonical_quota_key(str(key)) for quota in own for key in quota.hard}
    missing = ", ".join(key for key in required if canonical_quota_key(key) not in present)
    every = (*fence.inside.quotas, *fence.perhaps.quotas)
    unsure = [quota for quota in every if quota not in own and quota.scoped is not True]
    if missing and unsure:
        yield unjudged(own[0], f"the namespace or scope of {unsure[0]}", [unsure[0].namespace, unsure[0].scoped])
    elif missing:
        yield Finding(own[0], f'{own[0]} leaves {missing} without a limit; add each, with "0" where nothing is allowed')
