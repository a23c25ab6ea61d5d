"""No pod of a tenant shares the network, the ports, the processes or the memory of its node."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from hedgerow.graph import MISSING, Finding, Views, read
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import Workload

from ..words import hidden, unjudged

OF_THE_NODE = ("hostNetwork", "hostPID", "hostIPC")
CONTAINERS = ("containers", "initContainers")


def check(views: Views, config: Config) -> Iterator[Finding]:
    for fence in views.fences:
        if fence.namespace is None:
            continue
        for workload in fence.inside.workloads:
            name = f"{workload.namespace}/{workload.name}"
            if not any(fnmatchcase(name, glob) for glob in config["allow"]):
                yield from _judge(workload)
        for workload in fence.perhaps.workloads:
            if any(_shared(workload.pod_spec).values()):
                yield unjudged(workload, "its namespace", workload.namespace)


def _judge(workload: Workload) -> Iterator[Finding]:
    found = _shared(workload.pod_spec)
    if shared := [field for field, value in found.items() if hidden(value) is None]:
        state = f"{workload} shares its node by {', '.join(shared)}, out of reach of NetworkPolicies and limits"
        yield Finding(workload, f"{state}; leave {'it' if len(shared) == 1 else 'them'} out")
    if hidden(values := list(found.values())) is not None:
        yield unjudged(workload, "what it shares with its node", values)


def _shared(spec: Any) -> dict[str, list[Any]]:
    """Fields by which pods share their node, with the values that do."""
    given = {field: [read(spec, field)] for field in OF_THE_NODE}
    given["hostPort"] = [read(port, "hostPort") for key in CONTAINERS for port in _ports(read(spec, key))]
    kept = {field: [value for value in values if _is_set(value)] for field, values in given.items()}
    return {field: values for field, values in kept.items() if values}


def _ports(containers: Any) -> Iterator[Any]:
    for container in containers if isinstance(containers, list) else [containers]:
        ports = read(container, "ports")
        yield from ports if isinstance(ports, list) else [ports]


def _is_set(value: Any) -> bool:
    return value is not MISSING and (isinstance(value, Mark) or bool(value))
