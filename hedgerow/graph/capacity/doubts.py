"""What cannot be judged, because something of it is not known yet: told, and never a gap."""

from collections.abc import Iterable, Iterator

from ..judgement import HasUrn
from .answer import CONTRADICTION, PROMISES, QUOTA, SURGE, Gap, Row
from .clusters import Site
from .gaps import DEVICES, somewhere
from .promises import Account


def of_accounts(accounts: Iterable[Account]) -> Iterator[Gap]:
    """Of each namespace with quotas: what of its workloads or quotas is not known. A quota that is surely too small is
    told as such, and not again."""
    for one in accounts:
        if not one.quotas:
            continue
        quota, over = one.quotas[0], {limit.quota.urn for limit, _ in one.over()}
        if one.hidden:
            yield _doubt(CONTRADICTION, quota, one.hidden)
            if one.demands or one.perhaps:
                yield _doubt(QUOTA, quota, one.hidden)
                yield _doubt(SURGE, quota, one.hidden)
        if one.limits and quota.urn not in over:
            rolls = any(demand.surge or demand.surge_unknown for demand in one.demands)
            for what in _of_workloads(one):
                yield _doubt(QUOTA, quota, what)
                if rolls:
                    yield _doubt(SURGE, quota, what)
        for workload in one.perhaps if one.limits else ():
            yield _doubt(SURGE, quota, f"the namespace of {workload}")
        for demand in one.demands:
            if demand.surge_unknown:
                yield _doubt(SURGE, demand.workload, f"its {', '.join(demand.surge_unknown)}")


def _of_workloads(one: Account) -> Iterator[str]:
    for demand in one.demands:
        if demand.unknown:
            yield f"{', '.join(demand.unknown)} of {demand}"
        elif demand.daemon and one.nodes.get(demand.urn) is None:
            yield f"on how many nodes {demand} runs"
    for workload in one.perhaps:
        yield f"the namespace of {workload}"


def of_nodes(site: Site, rows: Iterable[Row]) -> Iterator[Gap]:
    """Of a cluster that quotas promise something of: what of its nodes is not known."""
    promised = any(row.promised for row in rows)
    if promised and site.about is not None and not site.known and not site.elastic and site.unknown:
        message = f"{site.name} cannot be judged: it hangs on {site.unknown[0]}, not known yet"
        yield Gap(PROMISES, site.about, "", 0, 0, message, certain=False)


def of_devices(site: Site, accounts: Iterable[Account]) -> Iterator[Gap]:
    """Of quotas that promise devices: what of the nodes is not known, where none surely has any."""
    if site.known or site.elastic or not site.supplies:
        return
    for one in accounts:
        for key, limit in one.limits.items():
            kind, _, resource = key.partition(".")
            if kind == "requests" and resource in DEVICES and limit.amount > 0 and not somewhere(site, resource):
                yield _doubt(CONTRADICTION, limit.quota, site.unknown[0])


def _doubt(kind: str, about: HasUrn, what: str) -> Gap:
    return Gap(kind, about, "", 0, 0, f"{about} cannot be judged: it hangs on {what}, not known yet", certain=False)
