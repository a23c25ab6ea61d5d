"""Every container gets processor and memory for sure, and cannot take a node's memory; by itself or by a LimitRange."""

from collections.abc import Iterator

from hedgerow.graph import MISSING, UNKNOWN, Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import LimitRange, Workload
from hedgerow.graph.views.container import Container
from hedgerow.graph.views.workload import TEMPLATE

from ..words import hidden, unjudged

WANTED = ("requests.cpu", "requests.memory", "limits.memory")


def check(views: Views, _config: Config) -> Iterator[Finding]:
    for workload in views.workloads:
        # What makes the pods of a kind that is not Kubernetes' own may fill in what they lack, as Knative does.
        if workload.kind not in TEMPLATE or views.of_the_system(workload):
            continue
        if workload.patch or isinstance(workload.containers, Mark):
            yield unjudged(workload, "what its containers are given", workload.containers)
            continue
        near = list(_near(views, workload))
        for container in workload.containers:
            yield from _judge(workload, container, near)


def _near(views: Views, workload: Workload) -> Iterator[tuple[LimitRange, bool]]:
    """LimitRanges that may be for a workload's pods, each with whether it surely is."""
    scope, namespace = views.place(workload)
    for limit_range in views.limit_ranges:
        theirs = views.place(limit_range)
        if theirs[0] == scope and (theirs[1] == namespace or UNKNOWN in (theirs[1], namespace)):
            yield limit_range, namespace is not UNKNOWN and theirs[1] == namespace


def _judge(workload: Workload, container: Container, near: list[tuple[LimitRange, bool]]) -> Iterator[Finding]:
    sizes = {key: container.size(*key.split(".")) for key in WANTED}
    if (mark := hidden(sizes)) is not None:
        yield unjudged(workload, f"what {container} is given", mark)
    covered = frozenset[str]().union(*(each.covered for each, sure in near if sure))
    missing = [key for key, size in sizes.items() if size is MISSING and key not in covered]
    unsure = [each for each, sure in near if not sure or each.hidden is not None]
    if missing and unsure:
        yield unjudged(workload, f"what {unsure[0]} gives {container}", [unsure[0].hidden, unsure[0].namespace])
    elif missing:
        told = f"{workload} leaves {container} without {', '.join(missing)}, and no LimitRange gives them"
        yield Finding(workload, f"{told}; write them under resources")
