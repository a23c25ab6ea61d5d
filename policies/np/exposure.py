"""The internet reaches a pod only where its workload says its name by a label, and the configuration grants that."""

from collections.abc import Iterator
from typing import Any

from hedgerow.graph import UNKNOWN, Finding, Views
from hedgerow.graph.judgement import Config, HasUrn
from hedgerow.graph.reach.outward import Way, inward
from hedgerow.graph.reach.ports import told, united
from hedgerow.graph.value import Mark

from ..grants import NAME, granted, line
from ..words import unjudged
from ._witness import namespaces, nowhere, witness


def check(views: Views, config: Config) -> Iterator[Finding]:
    yield from nowhere(views)
    declared, workloads = namespaces(views), {workload.urn: workload for workload in views.workloads}
    found: dict[HasUrn, list[Way]] = {}
    for way in inward(views.reach):
        namespace = declared.get((way.cluster.people.scope, way.namespace))
        if namespace is not None and granted(_name(way), config) is not True:
            found.setdefault(workloads.get(way.destination.urn, namespace), []).append(way)
    for about, ways in found.items():
        yield _finding(views, config, about, [way for way in ways if way.certain] or ways)


def _finding(views: Views, config: Config, about: HasUrn, ways: list[Way]) -> Finding:
    first = ways[0]
    ports = told(united(port for way in ways for port in way.ports))
    name = _name(first)
    if not first.certain or granted(name, config) is not False:
        return unjudged(about, f"whether the internet reaches {first.destination} on {ports}")
    grant = f"label its pods {NAME} and grant that"
    if isinstance(name, Mark):
        grant = f"grant it by its label {NAME}, once that is known"
    elif name:
        grant = line(views, "np-exposure", config, name)
    state = f"{about} is reached from the internet on {ports}; close the way in, or {grant}"
    return Finding(about, state, witness=witness(first.cluster, first.source, first.destination, first.ports[0]))


def _name(way: Way) -> Any:
    """`namespace/workload` by the label of the pods; empty where they have none, UNKNOWN where that is not known."""
    labels = way.cluster.people.sites[way.destination.site].labels
    given = labels.known.get(NAME, UNKNOWN if labels.open else "")
    return UNKNOWN if isinstance(given, Mark) else f"{way.namespace}/{given}" if given else ""
