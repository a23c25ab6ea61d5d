"""From a snapshot's views to answers: the clusters in it, each with its table and its gaps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..value import Mark
from ..views import Fence, Views
from ..views.fence import Place
from .amounts import ONE, Amounts, plus
from .answer import Capacity, Row, ordered
from .clusters import NOTHING_DECLARED, Site, sites
from .demand import Demand, Demands, claim, rolling
from .doubts import of_accounts, of_devices, of_nodes
from .gaps import of_addresses, of_asks, of_namespaces, of_pieces, of_promises
from .nodes import Supply, once
from .placing import admits
from .promises import PODS, Account, account

STORAGE, ADDRESSES = "storage", "addresses"
FIRST = ("cpu", "memory", "ephemeral-storage")
LAST = ("pods", STORAGE)
HIDDEN_MOST = 5


def capacity(views: Views) -> tuple[Capacity, ...]:
    """What fits and what does not, for each cluster that something here is for."""
    demands = Demands(views)
    claims, portless = _claims(views), _portless(views)
    found = []
    for site in sites(views):
        mine = [demand for demand in demands if demand.workload.scope in site.scopes]
        nodes = {demand.urn: _nodes(site, demand) for demand in mine if demand.daemon}
        mine = [rolling(demand, nodes.get(demand.urn)) for demand in mine]
        of = {demand.urn: demand for demand in mine}
        accounts = [
            account(
                fence,
                [of[workload.urn] for workload in fence.inside.workloads if workload.urn in of],
                claims.get(_place(fence), ()),
                nodes,
                portless=portless.get(_place(fence), False),
            )
            for fence in views.fences
            if _scope(fence) in site.scopes
        ]
        found.append(_judged(site, accounts, mine, nodes))
    return tuple(answer for answer in found if answer.rows or answer.gaps or answer.doubts)


def on_nodes(views: Views) -> bool:
    """Whether something here says what nodes a cluster has, or hides it."""
    return any(site.supplies or {*site.unknown} - {NOTHING_DECLARED} for site in sites(views))


def _judged(
    site: Site, accounts: Sequence[Account], demands: Sequence[Demand], nodes: Mapping[str, int | None]
) -> Capacity:
    rows = tuple(_rows(site, accounts, demands, nodes))
    gaps = [*of_namespaces(accounts, site), *of_promises(site, rows, accounts), *of_addresses(site, rows)]
    gaps += of_asks(site, rows)
    unknown = [*site.unknown, *(f"{each.hidden}" for each in accounts if each.hidden)]
    unknown += [f"{', '.join(each.unknown)} of {each}" for each in demands if each.unknown]
    if site.known and not any(gap.kind == "asks" for gap in gaps):
        unplaced, gave_up = of_pieces(site, demands)
        gaps += unplaced
        unknown += [gave_up] if gave_up else []
    notes = [site.ranges.note] if site.ranges.note else []
    doubts = ordered([*of_accounts(accounts), *of_devices(site, accounts), *of_nodes(site, rows)])
    return Capacity(
        site.name,
        site.about,
        site.supplies,
        site.elastic,
        rows,
        ordered(gaps),
        tuple(unknown),
        tuple(notes),
        doubts,
        tuple(accounts),
    )


def _rows(
    site: Site, accounts: Sequence[Account], demands: Sequence[Demand], nodes: Mapping[str, int | None]
) -> Iterator[Row]:
    open_ = [each for each in site.supplies if each.open]
    shut = [each for each in site.supplies if not each.open]
    system = once(site.supplies)
    least, most = _held(open_, "least"), _held(open_, "most")
    kept = _held(shut, "most")
    counted = {each.urn for one in accounts for each in one.demands}
    outside = [each for each in demands if each.urn not in counted and each.placed]
    sure = not any(one.hidden for one in accounts)
    whole = plus(*(each.requests(_number(each, nodes)) for each in demands))
    if not (whole or any(one.limits for one in accounts)):
        return
    for resource in _resources(accounts, whole, plus(most, kept)):
        promised, unlimited, besides = _promised(resource, accounts)
        besides += sum(_asked(resource, each, nodes) for each in outside)
        surge = max((_each(resource, each) * each.surge for each in demands), default=0)
        storage = sum(one.asked("requests.storage") for one in accounts) if resource == STORAGE else 0
        known = site.known and resource != STORAGE and all(each.tells(resource) for each in site.supplies)
        once_ = system.get(resource, 0)
        yield Row(
            resource,
            promised,
            unlimited,
            besides,
            whole.get(resource, 0) + surge + storage,
            max(least.get(resource, 0) - once_, 0) if known and all(each.least is not None for each in open_) else None,
            max(most.get(resource, 0) - once_, 0) if known else None,
            kept.get(resource, 0) if known else 0,
            sure,
        )
    if site.ranges.pods is not None:
        promised, unlimited, besides = _promised("pods", accounts)
        besides += sum(_asked("pods", each, nodes) for each in outside if each.addressed)
        wanting = [each for each in demands if each.addressed]
        asked = sum(_asked("pods", each, nodes) for each in wanting) + ONE * max(
            (each.surge for each in wanting), default=0
        )
        room = site.ranges.pods * ONE
        yield Row(ADDRESSES, promised, unlimited, besides, asked, room, room, 0)


def _promised(resource: str, accounts: Iterable[Account]) -> tuple[int, int, int]:
    """What quotas promise of a resource, how many namespaces have no limit of it, and what those ask for."""
    promised = unlimited = besides = 0
    keys = PODS if resource == "pods" else (f"requests.{resource}",)
    for one in accounts:
        amounts = [one.limits[key].amount for key in keys if key in one.limits]
        if amounts:
            promised += min(amounts)
        else:
            unlimited += 1
            besides += one.asked(keys[0])
    return promised, unlimited, besides


def _resources(accounts: Iterable[Account], *more: Amounts) -> list[str]:
    """Rows in their order; devices in the middle, those that nobody has, wants or is promised left out."""
    named = {
        key.removeprefix("requests."): limit.amount
        for one in accounts
        for key, limit in one.limits.items()
        if key.startswith("requests.") and (limit.amount or "/" not in key)
    }
    every = {resource for amounts in (named, *more) for resource, amount in amounts.items() if amount}
    pods = {"pods"} if every or any(key in one.limits for one in accounts for key in PODS) else set()
    devices = sorted(every - {*FIRST, *LAST})
    return [resource for resource in (*FIRST, *devices, *LAST) if resource in every | pods]


def _held(supplies: Iterable[Supply], which: str) -> dict[str, int]:
    return plus(*(each.holds(getattr(each, which) or 0) for each in supplies))


def _number(demand: Demand, nodes: Mapping[str, int | None]) -> int:
    return demand.pods * (nodes[demand.urn] or 0) if demand.daemon else demand.pods


def _each(resource: str, demand: Demand) -> int:
    return ONE if resource == "pods" else demand.pod.requests.get(resource, 0)


def _asked(resource: str, demand: Demand, nodes: Mapping[str, int | None]) -> int:
    return _each(resource, demand) * _number(demand, nodes)


def _nodes(site: Site, demand: Demand) -> int | None:
    """Nodes that a daemon runs on at most; None where that is not known."""
    if not site.known:
        return None
    taken = [(each.most or 0, admits(each.pool, demand)) for each in site.supplies]
    return None if any(isinstance(on, Mark) for _, on in taken) else sum(most for most, on in taken if on is True)


def _claims(views: Views) -> dict[Place, list[Amounts]]:
    found: dict[Place, list[Amounts]] = {}
    for item in views.objects.get("PersistentVolumeClaim", []):
        size: Any = item.get("spec", "resources", "requests", "storage")
        found.setdefault(views.place(item), []).append(claim(size))
    return found


def _portless(views: Views) -> dict[Place, bool]:
    """Whether the load balancers of each place that has some ask for no node ports."""
    found: dict[Place, bool] = {}
    for item in views.objects.get("Service", []):
        if item.get("spec", "type") == "LoadBalancer":
            place = views.place(item)
            found[place] = found.get(place, True) and item.get("spec", "allocateLoadBalancerNodePorts") is False
    return found


def _place(fence: Fence) -> Place:
    return fence.namespace.place if fence.namespace is not None else (_scope(fence) or "", _items(fence)[0].namespace)


def _scope(fence: Fence) -> str | None:
    if fence.namespace is not None:
        return fence.namespace.scope
    items = _items(fence)
    return items[0].scope if items else None


def _items(fence: Fence) -> list[Any]:
    inside = fence.inside
    return [*inside.quotas, *inside.limit_ranges, *inside.network_policies, *inside.workloads]
