"""Metadata servers that answer DNS, as those of GKE do with Cloud DNS."""

from hedgerow.facts.profiles import DNS_PORT
from hedgerow.graph import Views, read
from hedgerow.graph.reach.outward import Way


def is_dns(views: Views, way: Way) -> bool:
    """Whether a way is DNS and no more, to a server that the platform's contract says answers it."""
    piece, servers = way.cluster.people.sites[way.destination.site].piece, read(views.contract, "dns", "addresses")
    known = isinstance(servers, list) and piece is not None and str(piece.range) in servers
    return known and all((port.first, port.last) == (DNS_PORT, DNS_PORT) for port in way.ports)
