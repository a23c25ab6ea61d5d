"""No pod reaches a metadata or credential server, but for those whose service account is named."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from hedgerow.graph import MISSING, Finding, Views, read
from hedgerow.graph.judgement import Config
from hedgerow.graph.reach.outward import Way, outward
from hedgerow.graph.reach.ports import told, united
from hedgerow.graph.views import Namespace

from ..words import unjudged
from ._cloud_dns import is_dns
from ._witness import namespaces, nowhere, witness


def check(views: Views, config: Config) -> Iterator[Finding]:
    yield from nowhere(views)
    declared, allowed = namespaces(views), _allowed(views, config["service_accounts"])
    found: dict[Namespace, list[Way]] = {}
    for way in outward(views.reach, lambda piece: piece.metadata):
        about = declared.get((way.cluster.people.scope, way.namespace))
        if about is not None and way.source.urn not in allowed and not is_dns(views, way):
            found.setdefault(about, []).append(way)
    for namespace, ways in found.items():
        yield _finding(namespace, [way for way in ways if way.certain] or ways)


def _finding(namespace: Namespace, ways: list[Way]) -> Finding:
    first = ways[0]
    servers = ", ".join(dict.fromkeys(_address(way) for way in ways))
    ports = told(united(port for way in ways for port in way.ports))
    if not first.certain:
        return unjudged(namespace, f"whether {first.source} reaches {servers}")
    state = f"{namespace} lets pods reach {servers} on {ports}"
    fix = "leave link-local addresses out of its egress, or name the pods' account in np-metadata.service_accounts"
    shown = witness(first.cluster, first.source, first.destination, first.ports[0])
    return Finding(namespace, f"{state}; {fix}", witness=shown)


def _address(way: Way) -> str:
    piece = way.cluster.people.sites[way.destination.site].piece
    return str(piece.range.network_address) if piece is not None else way.destination.name


def _allowed(views: Views, accounts: list[str]) -> set[str]:
    """URNs of workloads that run as one of these accounts, written `namespace/name`."""
    return {
        workload.urn
        for workload in (views.workloads if accounts else ())
        if any(fnmatchcase(f"{workload.namespace}/{_account(workload.pod_spec)}", each) for each in accounts)
    }


def _account(pod_spec: object) -> str:
    given = read(pod_spec, "serviceAccountName")
    return "default" if given is MISSING else str(given)
