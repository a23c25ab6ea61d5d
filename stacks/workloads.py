"""Workloads of tenants: what the file of a team may say of them, and what is built in its namespace."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import pulumi
from pydantic import Field

from components.k8s import Tenant, TenantQuotaArgs, Workload, WorkloadArgs
from components.k8s.quota import hard
from components.k8s.room import Needs, check_room, together
from components.k8s.workload import plan
from components.shared.inputs import ABSENT, InputError, Wrong
from components.shared.platform import PlatformArgs
from stacks.blocks import block
from stacks.images import Images
from stacks.reading import Fault, Path, Reading, refused

Load = dict[str, Any]
"""Args of a workload less its name, tenant, quota and platform; its images have no version yet."""
Loads = Mapping[str, Load]

KEY, NAME = "workloads", ("name",)
GROUPS = ("containers", "sidecars")
WIRED = ("allow_to", "name", "platform", "quota")
OF_OTHERS = ("platform", "quota")
"""What other reports tell of."""
PROBE = {"tcp_socket": {"port": "any"}, "http_get": {"path": "/", "port": "any"}}
STAND_IN: Load = {
    "allow_from_pods": {"any": {"pods": {"match_labels": {"any": "any"}}, "ports": ["TCP/1"], "tenant": "any"}},
    **{group: {"any": {"image": "any", "liveness": PROBE, "readiness": PROBE, "startup": PROBE}} for group in GROUPS},
}
"""Stands for what is missing or wrong in a workload, so that the rest of it is judged. Nothing is built of it."""

FIELD = (
    dict[str, block(WorkloadArgs, wired=WIRED)],  # type: ignore[misc]
    Field(None, description="Workloads in the namespace by name. Default: none."),
)
OVERRIDE = (
    dict[str, block(WorkloadArgs, wired=WIRED, optional=("containers",), name="WorkloadEnvironment")],  # type: ignore[misc]
    Field(None, description="What holds of its workloads here, field by field; it wins over what stands above."),
)


@dataclass(frozen=True)
class Known:
    """What a workload may refer to: tenants of the stack, their workloads (None: nobody can tell), and images."""

    tenants: Collection[str]
    workloads: Mapping[str, Collection[str] | None]
    images: Images


def merged(common: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Load]:
    """The workloads of a tenant in an environment, field by field."""
    above, here = common.get(KEY, {}), entry.get(KEY, {})
    return {name: {**above.get(name, {}), **here.get(name, {})} for name in sorted(above.keys() | here.keys())}


def names(reading: Reading | None) -> set[str] | None:
    """Workloads that a tenant's file names, in whatever environment; None where it cannot be told."""
    if reading is None or any(KEY in fault.path or not fault.path for fault in reading.faults):
        return None
    entries = [reading.value, *reading.value.get("environments", {}).values()]
    return {name for entry in entries for name in entry.get(KEY, {})}


def is_of(entry: Mapping[str, Any], path: Path, common: Mapping[str, Any]) -> bool:
    """Whether it is the entry of an environment, and not what holds `common`ly, that says what stands at a path."""
    here, above = entry.get(KEY, {}), common.get(KEY, {})
    if len(path) > 2:
        return path[1] not in above or path[2] in here.get(path[1], {})
    return path[1] not in above if path[1:] else not above


def with_images(loads: Loads, images: Images) -> dict[str, Load]:
    """Workloads whose containers run the versions of the lock."""

    def run(group: Mapping[str, Any]) -> Load:
        return {name: {**each, "image": images.reference(each["image"])} for name, each in group.items()}

    return {
        name: {**load, **{group: run(load[group]) for group in GROUPS if group in load}} for name, load in loads.items()
    }


def faults(tenant: str, quota: TenantQuotaArgs, loads: Loads, platform: PlatformArgs, known: Known) -> Iterator[Fault]:
    """What is wrong with the workloads of a tenant, below `workloads`."""
    needs: dict[str, Needs] = {}
    for name, load in with_images(loads, known.images).items():
        args = {**load, "name": name, "platform": platform, "quota": quota, "tenant": tenant}
        found = [fault for fault in refused(partial(_judge, needs, name, args)) if fault.path[0] not in OF_OTHERS]
        for fault in (*found, *_strangers(tenant, load, known), *_unlocked(loads[name], known.images)):
            yield replace(fault, path=(KEY, name, *(fault.path if fault.path != NAME else ())))
    if len(needs) == len(loads) > 1:
        yield from refused(partial(_judge_together, needs, quota))


def _judge(needs: dict[str, Needs], name: str, args: Load) -> None:
    needs[name] = plan(name, cast("WorkloadArgs", args)).needs


def _judge_together(needs: Mapping[str, Needs], quota: TenantQuotaArgs) -> None:
    """Refuse workloads of which each fits the quota of their tenant, and all of them do not."""
    wrong, *names = Wrong(), *sorted(needs)
    who = f"{', '.join(names[:-1])} and {names[-1]} together take"
    check_room(wrong, (KEY,), hard(Wrong(), quota), together(needs.values()), who, ABSENT)
    if wrong:
        raise InputError("Tenant", "", tuple(wrong.problems))


def _strangers(tenant: str, load: Load, known: Known) -> Iterator[Fault]:
    others = sorted(
        f"{other}/{of}" for other, theirs in known.workloads.items() if other != tenant for of in theirs or ()
    )
    fix = f"type one of {', '.join(others)}" if others else "delete it: no other tenant of the stack has any"
    otherwise = None if None in known.workloads.values() else set[str]()
    for peer in load.get("allow_from", {}):
        of, slash, _ = peer.partition("/")
        if slash and of != tenant and peer not in others and known.workloads.get(of, otherwise) is not None:
            yield Fault(("allow_from", peer), "must be a workload of another tenant of this stack", peer, fix)
    tenants = [other for other in known.tenants if other != tenant]
    fix = f"type one of {', '.join(tenants)}" if tenants else "delete it: the stack has no other tenant"
    for key, pods in load.get("allow_from_pods", {}).items():
        if pods["tenant"] not in (*tenants, tenant):
            yield Fault(("allow_from_pods", key, "tenant"), "must be a tenant of this stack", pods["tenant"], fix)


def _unlocked(load: Load, images: Images) -> Iterator[Fault]:
    for group in GROUPS:
        for name, container in load.get(group, {}).items():
            if fault := images.fault(container["image"]):
                yield replace(fault, path=(group, name, "image"))


def reached(name: str, loads: Mapping[str, Loads]) -> Iterator[tuple[str, list[str]]]:
    """Tenants whose workloads let pods of a tenant in by their labels, each with the ports: its side of that way."""
    for other, theirs in loads.items():
        for load in theirs.values():
            for pods in load.get("allow_from_pods", {}).values():
                if pods["tenant"] == name:
                    yield other, pods["ports"]


def build(
    loads: Mapping[str, Loads],
    quotas: Mapping[str, TenantQuotaArgs],
    platform: PlatformArgs,
    tenants: Mapping[str, Tenant],
) -> None:
    """The workloads of every tenant, each a part of it, once its fences stand."""
    asked = {
        (peer, f"{tenant}/{name}"): ports
        for tenant, theirs in loads.items()
        for name, load in theirs.items()
        for peer, ports in load.get("allow_from", {}).items()
    }
    for tenant, theirs in loads.items():
        for name, load in theirs.items():
            allow_to = {of: ports for (peer, of), ports in asked.items() if peer == f"{tenant}/{name}"}
            wired = {"name": name, "platform": platform, "quota": quotas[tenant], "tenant": tenants[tenant].namespace}
            args = {**load, **wired, **({"allow_to": allow_to} if allow_to else {})}
            opts = pulumi.ResourceOptions(parent=tenants[tenant])
            Workload(f"{tenant}-{name}", cast("WorkloadArgs", args), opts)
