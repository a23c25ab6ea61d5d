"""The other tenants that one is open to, or is let in by, and the ports between them."""

from collections.abc import Mapping

from hedgerow.facts import kubernetes, labels

from ..shared.inputs import Path, Wrong
from .ports import Ports, read_ports


def read_peers(wrong: Wrong, field: str, own: str, given: Mapping[str, list[str]]) -> dict[str, tuple[Ports, ...]]:
    """Ports by tenant, sorted by tenant."""
    for tenant, listed in given.items():
        if tenant == own:
            wrong((field, tenant), "must be another tenant", tenant, "delete it: a tenant's own pods reach each other")
        else:
            check_tenant(wrong, (field, tenant), tenant)
        # A NetworkPolicy takes an empty list for every port.
        if listed == []:
            wrong((field, tenant), "must name a port", listed, "type one such as [TCP/8443], or delete the line")
    return {tenant: read_ports(wrong, (field, tenant), given[tenant]) for tenant in sorted(given)}


def check_tenant(wrong: Wrong, path: Path, name: str) -> None:
    """Report a name that the namespace of a tenant cannot have."""
    if problem := labels.name_problem(name):
        wrong(path, problem, name, "rename the tenant")
    elif name in kubernetes.SHARED_NAMESPACES or kubernetes.is_system_namespace(name):
        wrong(path, "must not be a namespace of the cluster itself", name, "rename the tenant")
