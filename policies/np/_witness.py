"""How rules on paths show one: from whom to whom on which port, and what lets it through."""

from collections.abc import Iterator

from hedgerow.graph import UNKNOWN, Finding, Views
from hedgerow.graph.reach import Cluster, Endpoint, PortRange
from hedgerow.graph.reach.endpoints import home_key
from hedgerow.graph.views import Namespace

from ..words import unjudged


def witness(cluster: Cluster, source: Endpoint, destination: Endpoint, port: PortRange) -> str:
    """The first port of a range, from one end to the other, with the reason of every layer."""
    first = PortRange(port.protocol, port.first, port.first)
    answer = cluster.why(source, destination, first)
    reasons = "; ".join(dict.fromkeys(str(reason) for reason in answer.reasons))
    return f"{source} → {destination} on {first}: {reasons}"


def namespaces(views: Views) -> dict[tuple[str, str], Namespace]:
    """Namespaces that tenants use, by their cluster and what the analysis calls them."""
    return {(item.scope, home_key(item)): item for item in views.namespaces}


def nowhere(views: Views) -> Iterator[Finding]:
    """What cannot be judged: workloads of which it is not known in which namespace they lie."""
    for workload in views.workloads if views.namespaces else ():
        if views.place(workload)[1] is UNKNOWN:
            yield unjudged(workload, "its namespace", workload.namespace)
