"""What does not fit, in words: each gap with what to do, and the numbers that show it."""

from collections.abc import Iterable, Iterator, Sequence

from ..judgement import HasUrn
from .amounts import ONE, plus, told
from .answer import ADDRESSES, ASKS, CONTRADICTION, PIECE, PROMISES, QUOTA, SURGE, Gap, Row
from .clusters import Site
from .demand import Demand
from .nodes import GPU, NEURON, Supply
from .packing import Nodes, Pods, TooMany, pack
from .placing import admits
from .promises import PODS, Account

BALANCERS, NODE_PORTS = "services.loadbalancers", "services.nodeports"
DEVICES = (GPU, NEURON)
MOST_NAMED = 3


def of_namespaces(accounts: Iterable[Account], site: Site) -> Iterator[Gap]:
    """What does not fit within the quotas of a namespace, or in what they say themselves."""
    for one in accounts:
        yield from _contradictions(one, site)
        for limit, asked in one.over():
            resource = _resource(limit.key)
            held, by = told(resource, limit.amount), told(resource, asked - limit.amount)
            ask = told(resource, asked)
            message = (
                f"{limit.quota} allows {limit.key} {held}, its workloads ask for {ask}; raise it by {by}, or lower them"
            )
            yield Gap(QUOTA, limit.quota, limit.key, asked, limit.amount, message, one.largest(limit.key))
        yield from _rolling(one, 1)


def of_rollouts(accounts: Iterable[Account], at_once: int) -> Iterator[Gap]:
    """What cannot roll, where so many workloads of a namespace do at the same time: those with the largest surges."""
    for one in accounts:
        yield from _rolling(one, at_once)


def _rolling(one: Account, at_once: int) -> Iterator[Gap]:
    for limit, asked, surge, of in one.no_room_to_roll(at_once):
        resource = _resource(limit.key)
        short = told(resource, asked + surge - limit.amount)
        held, more = told(resource, limit.amount), told(resource, surge)
        who = " and ".join(map(str, of))
        which = ("it", "its") if len(of) == 1 else ("them", "their")
        together = "" if len(of) == 1 else " at the same time"
        pods = f"{sum(each.surge for each in of)} more of {which[1]} pods"
        message = (
            f"{who} cannot roll{together}: {pods} take {limit.key} {more} beside what runs, and {limit.quota} allows "
            f"{held}; raise it by {short}, or give {which[0]} maxSurge 0 and maxUnavailable 1"
        )
        yield Gap(SURGE, of[0].workload, limit.key, asked + surge, limit.amount, message, one.largest(limit.key))


def _contradictions(one: Account, site: Site) -> Iterator[Gap]:
    if one.hidden:
        return
    balancers, ports = one.limits.get(BALANCERS), one.limits.get(NODE_PORTS)
    if balancers and ports and balancers.amount > 0 and ports.amount == 0 and not one.portless:
        some = f"{BALANCERS} {told('', balancers.amount)}"
        message = (
            f"{balancers.quota} allows {some} and {NODE_PORTS} 0, so that a load balancer is refused its node ports; "
            f"allow one for each of its ports"
        )
        yield Gap(CONTRADICTION, balancers.quota, NODE_PORTS, balancers.amount, 0, message)
    for key, limit in one.limits.items():
        kind, _, resource = key.partition(".")
        if (
            kind == "requests"
            and resource in DEVICES
            and limit.amount > 0
            and site.known
            and not somewhere(site, resource)
        ):
            have = told(resource, limit.amount)
            message = f'{limit.quota} promises {key} {have}, and no node pool has any; add a pool, or write "0"'
            yield Gap(CONTRADICTION, limit.quota, key, limit.amount, 0, message)
        above = one.limits.get(f"limits.{resource}") if kind == "requests" else None
        if above is not None and above.amount < limit.amount:
            held, less = told(resource, limit.amount), told(resource, above.amount)
            message = (
                f"{above.quota} allows limits.{resource} {less} and requests.{resource} {held}, which nobody uses up: "
                f"no limit is less than its request; raise it to {held}"
            )
            yield Gap(CONTRADICTION, above.quota, f"limits.{resource}", limit.amount, above.amount, message)


def somewhere(site: Site, resource: str) -> bool:
    """Whether some pool surely has a device."""
    return any((supply.each or {}).get(resource, 0) and supply.most for supply in site.supplies)


def of_promises(site: Site, rows: Iterable[Row], accounts: Sequence[Account]) -> Iterator[Gap]:
    """Where quotas promise more than the most nodes hold; devices that no node has are told as contradictions."""
    for row in rows:
        gap = short_of(site.name, site.about, row, 1, 1, promising(row.resource, accounts))
        if gap is not None:
            yield gap


def short_of(name: str, about: HasUrn | None, row: Row, times: int, of: int, witness: str = "") -> Gap | None:
    """The gap of a row where promises may be `times / of` as much as nodes hold; None where there is none.

    Uncertain where nodes with taints would do: only pods that tolerate these use them.
    """
    device = "/" in row.resource
    if row.most is None or about is None or row.resource == "addresses" or (device and not row.most + row.kept):
        return None
    everything = (row.most + row.kept) * times // of
    open_ = everything if device else row.most * times // of
    if not row.promised or row.promises <= open_:
        return None
    enough = row.promises > everything
    held = everything if enough else open_
    may = "" if times == of else f", of which quotas may promise {told(row.resource, held)}"
    have = told(row.resource, row.most + row.kept if device or enough else row.most)
    where = "" if enough else " on nodes without taints"
    message = (
        f"{name} holds {row.resource} {have} at most{where}{may}, quotas promise {told(row.resource, row.promises)}; "
        f"add nodes, or lower quotas by {told(row.resource, row.promises - held)}"
    )
    return Gap(PROMISES, about, row.resource, row.promises, held, message, witness, enough and row.sure)


def promising(resource: str, accounts: Iterable[Account]) -> str:
    """The quotas that promise most of a resource."""
    keys = PODS if resource == "pods" else (f"requests.{resource}",)
    limits = [one.limits[key] for one in accounts for key in keys if key in one.limits]
    largest = sorted(limits, key=lambda limit: (-limit.amount, limit.quota.urn))
    told_ = [f"{limit.quota} {told(resource, limit.amount)}" for limit in largest[:MOST_NAMED] if limit.amount]
    left = len(limits) - MOST_NAMED
    return ", ".join(told_) + (f" and {left:,} more" if left > 0 else "")


def of_asks(site: Site, rows: Iterable[Row]) -> Iterator[Gap]:
    """Where the workloads ask for more than the most nodes hold."""
    for row in rows:
        if row.most is None or site.about is None or row.resource == "addresses":
            continue
        held = row.most + row.kept
        if row.asked > held:
            ask, have = told(row.resource, row.asked), told(row.resource, held)
            message = (
                f"{site.name} holds {row.resource} {have} at most, its workloads ask for {ask} at their peak; "
                f"add nodes for {told(row.resource, row.asked - held)}, or lower them"
            )
            yield Gap(ASKS, site.about, row.resource, row.asked, held, message)


def of_addresses(site: Site, rows: Iterable[Row]) -> Iterator[Gap]:
    """Where the ranges address fewer pods than nodes hold and somebody is promised or asks for."""
    if site.about is None:
        return
    if site.ranges.over is not None:
        what, taken, there = site.ranges.over
        message = (
            f"{site.name} has too few addresses: {what}, {taken:,} in all, and there are {there:,} "
            f"({site.ranges.what}); widen the range, or lower the most nodes"
        )
        yield Gap(ADDRESSES, site.about, "addresses", taken * ONE, there * ONE, message)
        return
    by_resource = {row.resource: row for row in rows}
    row, pods = by_resource.get("addresses"), by_resource.get("pods")
    if row is None or row.most is None:
        return
    hold = pods.most + pods.kept if pods is not None and pods.most is not None else None
    wanted = max(row.promises, row.asked)
    wanted = wanted if hold is None else min(wanted, hold)
    if wanted > row.most:
        message = (
            f"{site.name} can address {told('pods', row.most)} pods ({site.ranges.what}), and has to run "
            f"{told('pods', wanted)}; widen the ranges by {told('pods', wanted - row.most)} addresses, or lower quotas"
        )
        yield Gap(ADDRESSES, site.about, "addresses", wanted, row.most, message)


def of_pieces(site: Site, demands: Iterable[Demand]) -> tuple[list[Gap], str]:
    """Workloads that find no node although the sums fit, and why that was not tried where it was not."""
    wanted, daemons = list[Demand](), list[Demand]()
    for demand in demands:
        (daemons if demand.daemon else wanted).append(demand)
    kinds = [Nodes(supply, _free(supply, daemons), supply.most or 0) for supply in site.supplies if supply.each]
    pods = [_pods(site, demand) for demand in wanted if demand.pods]
    try:
        unplaced = pack(pods, kinds)
    except TooMany:
        return [], "whether each pod finds a node: there are too many kinds of pods and nodes to try"
    return [_piece(site, item.of, item.number, too_big=item.too_big) for item in unplaced], ""


def _pods(site: Site, demand: Demand) -> Pods[Demand, Supply]:
    on = frozenset(supply for supply in site.supplies if admits(supply.pool, demand) is not False)
    each = {resource: amount for resource, amount in demand.requests(1).items() if _told(site, resource)}
    return Pods(demand, demand.urn, each, demand.pods, on)


def _told(site: Site, resource: str) -> bool:
    """Whether every pool tells how much it has of a resource; else nodes are taken to have enough."""
    return all(supply.tells(resource) for supply in site.supplies)


def _free(supply: Supply, daemons: Iterable[Demand]) -> dict[str, int]:
    """What a node has left beside the daemons that surely run there."""
    taken = plus(*(daemon.requests(daemon.pods) for daemon in daemons if admits(supply.pool, daemon) is True))
    every = {**dict.fromkeys(taken, 0), **(supply.each or {})}
    return {resource: max(amount - taken.get(resource, 0), 0) for resource, amount in every.items()}


def _piece(site: Site, demand: Demand, number: int, *, too_big: bool) -> Gap:
    on = [supply for supply in site.supplies if admits(supply.pool, demand) is not False]
    asks = ", ".join(f"{resource} {told(resource, amount)}" for resource, amount in sorted(demand.pod.requests.items()))
    many = f"{number:,} of {demand.pods:,} pods"
    if not on:
        why, fix = "no node pool lets it in, by taints, node selector or affinity", "give it what one of them wants"
    elif too_big:
        why, fix = f"a pod of it ({asks}) is larger than any node that lets it in", "take larger machines"
    else:
        why, fix = f"{many} ({asks}) find no node left by first-fit decreasing", "add nodes, or lower what it asks"
    pools = "; ".join(map(str, on or site.supplies))
    return Gap(PIECE, demand.workload, "pods", number * ONE, 0, f"{demand} finds no node: {why}; {fix}", pools)


def _resource(key: str) -> str:
    return key if key in PODS else {"requests.storage": "storage"}.get(key, key.partition(".")[2] or key)
