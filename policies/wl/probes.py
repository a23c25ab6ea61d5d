"""What runs all the time says whether it lives and whether it is ready, and not both in the same way."""

from collections.abc import Iterator

from hedgerow.graph import MISSING, Finding, Views, is_known
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import Workload
from hedgerow.graph.views.container import Container

from ..words import hidden, unjudged

KINDS = ("Deployment", "StatefulSet", "DaemonSet")
LIVE, READY, STARTED = "livenessProbe", "readinessProbe", "startupProbe"


def check(views: Views, config: Config) -> Iterator[Finding]:
    for workload in views.workloads:
        if workload.kind not in KINDS or views.of_the_system(workload):
            continue
        if workload.patch or isinstance(workload.containers, Mark):
            yield unjudged(workload, "how its containers are probed", workload.containers)
            continue
        for container in workload.containers:
            if not container.init:
                yield from _judge(workload, container, config["longest_delay_seconds"])


def _judge(workload: Workload, container: Container, longest: int) -> Iterator[Finding]:
    probes = {name: container.probe(name) for name in (READY, LIVE, STARTED)}
    if (mark := hidden(probes)) is not None:
        yield unjudged(workload, f"how {container} is probed", mark)
    if missing := [name for name in (READY, LIVE) if probes[name] is MISSING]:
        yield Finding(workload, f"{workload} has {container} without {' and '.join(missing)}; add what it lacks")
    elif is_known(probes[LIVE]) and probes[LIVE] == probes[READY]:
        told = f"{workload} has {container} with the same {LIVE} and {READY}, so that what makes it unready restarts it"
        yield Finding(workload, f"{told}; let {LIVE} ask for less, or fail later")
    delay = probes[LIVE]["initialDelaySeconds"] if isinstance(probes[LIVE], dict) else 0
    if isinstance(delay, int) and delay > longest and probes[STARTED] is MISSING:
        told = f"{workload} has {container} whose {LIVE} waits {delay} s after every start, longer than {longest} s"
        yield Finding(workload, f"{told}; add a {STARTED} and leave initialDelaySeconds out")
