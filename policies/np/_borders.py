"""What rules on paths between tenants, or between environments, say alike; a path that is granted is none."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.reach import EVERYTHING, PortRange
from hedgerow.graph.reach.crossings import Crossing, Grant, crossings
from hedgerow.graph.reach.ports import parse, told

from ..words import hidden, unjudged
from ._witness import namespaces, nowhere, witness

FEW = 3
"""Sources that a message names one by one."""


def crossed(views: Views, config: Config, rule: str, word: str, label: str) -> Iterator[Finding]:
    """Each namespace that another `word` reaches, by the values of `label`, where the configuration grants no path."""
    for namespace in views.namespaces:
        if hidden(namespace.label(label)) is not None:
            yield unjudged(namespace, f"which {word} it belongs to", namespace.label(label))
    yield from nowhere(views)
    declared, told_already = namespaces(views), set[tuple[str, ...]]()
    for crossing in crossings(views.reach, label, map(_grant, config["allow"])):
        about = declared.get((crossing.cluster.people.scope, crossing.namespace))
        if about is None:
            continue
        sources = f"pods of {word} {_listed(crossing.sources)}"
        same = (about.urn, sources, told(crossing.ports), str(crossing.certain))
        if same in told_already:
            continue
        told_already.add(same)
        if not crossing.certain:
            yield unjudged(about, f"whether {sources} reach it on {told(crossing.ports)}")
            continue
        lines = " and ".join(_line(source, crossing) for source in crossing.sources[:FEW])
        granted = f"or grant it in policies/config/{views.environment}.yaml, {rule}.allow: {lines}"
        state = f"{about} lets in {sources} on {told(crossing.ports)}; close that, {granted}"
        yield Finding(about, state, witness=witness(crossing.cluster, *crossing.ends, crossing.ports[0]))


def _grant(given: Config) -> Grant:
    ports = tuple(port for text in given.get("ports", []) for port in parse(text))
    return Grant(given["from"], given["to"], ports if "ports" in given else EVERYTHING)


def _line(source: str, crossing: Crossing) -> str:
    ports = "" if crossing.ports == EVERYTHING else f", ports: [{', '.join(map(_written, crossing.ports))}]"
    return f"- {{from: {source}, to: {crossing.party}{ports}}}"


def _written(port: PortRange) -> str:
    return f"{port.protocol}/{port.ports}"


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return f"{', '.join(names[:FEW])}{more}"
