"""Tenants: what the file of a team may say, and the fenced namespaces that are built from it."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, cast

import pulumi
import pulumi_kubernetes as kubernetes
from pydantic import Field

from components.k8s import Tenant, TenantArgs
from components.k8s.tenant import plan
from components.shared.platform import CONTRACT_VERSION, PlatformArgs
from components.shared.presets import CLASSES
from hedgerow.facts import labels
from hedgerow.facts.problem import Problem
from stacks import workloads
from stacks.admission import install
from stacks.blocks import block, model
from stacks.images import Images
from stacks.places import Place, open_file
from stacks.reading import Fault, Reading, filled, read, refused
from stacks.workloads import Known, Loads

Fence = dict[str, Any]
"""Args of a tenant less the platform it is on."""

NAME = ("name",)

WIRED = ("allow_to", "platform")
ENVIRONMENT = model(
    "TenantEnvironment",
    {workloads.KEY: workloads.OVERRIDE},
    base=block(TenantArgs, wired=WIRED, optional=("owners",), name="TenantEnvironmentArgs"),
)
ENVIRONMENTS = model(
    "TenantEnvironments",
    {
        class_: (ENVIRONMENT, Field(None, description=f"What holds in {class_}; it wins over what stands above."))
        for class_ in CLASSES
    },
)
COMMON = block(TenantArgs, wired=(*WIRED, "quota"), name="TenantCommon")
FIELDS = {
    "environments": (ENVIRONMENTS, Field(description="Classes that the tenant is in, each with its quota.")),
    workloads.KEY: workloads.FIELD,
}
TENANT = model("TenantFile", FIELDS, base=COMMON)

LOADS = {workloads.KEY: {"any": workloads.STAND_IN}}
STAND_IN = {"owners": {"groups": ["any"]}, "environments": {"any": {"quota": {"cpu": "1"}, **LOADS}}, **LOADS}
STAND_IN_PLATFORM: PlatformArgs = {
    "cluster": "any",
    "dns": {"addresses": [], "namespace": "kube-system", "pods": [{"k8s-app": "kube-dns"}]},
    "environment": "prod",
    "health_checks": [],
    "identity": [{"address": "169.254.0.1/32", "ports": [80]}],
    "kubernetes": "1.35",
    "label_prefix": "any.example",
    "load_balancers": {"internal": {"annotations": {}}, "public": {"annotations": {}}},
    "metadata_addresses": [],
    "network_policy": "none",
    "pools": {},
    "ranges": {"network": "10.0.0.0/16"},
    "version": CONTRACT_VERSION,
}
"""Stands for the platform while a tenant's own settings are judged. Nothing is built of it."""


def read_fences(
    given: object, at: Place, folder: Path, environment: str | None, images: Images, problems: list[Problem]
) -> tuple[dict[str, Fence], dict[str, Loads]]:
    """What each tenant may do and use, and what it runs, by name; adds to `problems`.

    `allow_to` is of the others' `allow_from`. Without an environment only the form of the files is judged.
    """
    found: list[Fault] = []
    names = _names(given, found)
    places = _files(names, folder, found, problems)
    readings = {name: read(TENANT, place.document.value) for name, place in places.items() if place.document}
    running = {name: workloads.names(readings.get(name)) for name in names}
    known, fences, loads = Known(list(names), running, images), {}, {}
    for name, reading in readings.items():
        fences[name], loads[name], faults = _read_fence(name, environment, known, reading)
        problems += [places[name].problem(fault) for fault in faults if fault.path != NAME]
        found += [replace(fault, path=(names[name],)) for fault in faults if fault.path == NAME]
    problems += [at.problem(fault) for fault in found]
    return {name: fence | _reached(name, fences, loads) for name, fence in fences.items()}, loads


class Platform(Protocol):
    """What every platform component gives, whatever cloud it is of."""

    cluster_identifier: pulumi.Output[str]
    contract: PlatformArgs
    kubeconfig: pulumi.Output[str]


def build(fences: Mapping[str, Fence], loads: Mapping[str, Loads], platform: Platform) -> dict[str, Tenant]:
    """The tenants by name, with their workloads, on a platform."""
    # Identified from the first day on: else a preview that does not know the kubeconfig shows all of it replaced.
    provider = kubernetes.Provider(
        "kubernetes", cluster_identifier=platform.cluster_identifier, kubeconfig=platform.kubeconfig
    )
    opts = pulumi.ResourceOptions(providers=[provider])
    install(platform.contract, opts)
    tenants = {
        name: Tenant(name, cast("TenantArgs", {**fence, "platform": platform.contract}), opts)
        for name, fence in fences.items()
    }
    workloads.build(loads, {name: fence["quota"] for name, fence in fences.items()}, platform.contract, tenants)
    return tenants


def _names(given: object, found: list[Fault]) -> dict[str, int]:
    """The tenants in the order they are listed, each with its place in the list."""
    if not isinstance(given, list):
        found.append(Fault((), "must be a list", given, "type the names of the tenants: [payments, search]"))
        return {}
    names: dict[str, int] = {}
    for index, name in enumerate(given):
        if not isinstance(name, str):
            found.append(Fault((index,), "must list names", name, "type the name of a file in tenants/"))
        elif name in names:
            found.append(Fault((index,), "must list each tenant once", name, "delete one of them"))
        else:
            names[name] = index
    return names


def _files(names: Mapping[str, int], folder: Path, found: list[Fault], problems: list[Problem]) -> dict[str, Place]:
    there = sorted(path.stem for path in folder.glob("*.yaml"))
    places = {}
    for name, index in names.items():
        if problem := labels.name_problem(name):
            found.append(Fault((index,), problem, name, "rename the tenant"))
        elif name in there:
            places[name] = open_file(folder / f"{name}.yaml", problems)
        else:
            near = difflib.get_close_matches(name, there, n=1)
            file = "/".join((*folder.parts[-2:], f"{name}.yaml"))
            fix = f"write {file}, or list one of those there are: {', '.join(there) or 'none yet'}"
            fix = f"did you mean {near[0]}? There are {', '.join(there)}" if near else fix
            found.append(Fault((index,), "must list tenants that have a file", name, fix))
    return places


def _read_fence(name: str, environment: str | None, known: Known, reading: Reading) -> tuple[Fence, Loads, list[Fault]]:
    """A tenant's settings in an environment, its workloads there, and the faults of its file; those of its name have
    the path NAME.

    While nobody knows which environment is meant, all of them are judged.
    """
    common = filled(reading, STAND_IN)
    entries = common.pop("environments")
    later = []
    if environment is not None and environment not in entries:
        fix = f"type {environment}: {{quota: {{cpu: …}}}} below it, or take {name} from hedgerow:tenants"
        later.append(Fault(("environments", environment), "is missing", fix=fix))
    for class_, entry in entries.items():
        if environment in (class_, None):
            later += _faults(name, class_, common, entry, known)
    entry = entries.get(environment, {})
    fence = {key: value for key, value in {**common, **entry}.items() if key != workloads.KEY}
    return fence, workloads.with_images(workloads.merged(common, entry), known.images), reading.with_later(later)


def _faults(name: str, class_: str, common: Fence, entry: Fence, known: Known) -> Iterator[Fault]:
    fence = {key: value for key, value in {**common, **entry}.items() if key != workloads.KEY}
    platform = cast("PlatformArgs", {**STAND_IN_PLATFORM, "environment": class_})
    others = [other for other in known.tenants if other != name]
    for fault in (
        *refused(lambda: plan(name, cast("TenantArgs", {**fence, "platform": STAND_IN_PLATFORM}))),
        *_strangers(fence.get("allow_from", {}), others),
        *workloads.faults(name, fence["quota"], workloads.merged(common, entry), platform, known),
    ):
        here = fault.path[0] in entry and (fault.path[0] != workloads.KEY or workloads.is_of(entry, fault.path, common))
        yield replace(fault, path=("environments", class_, *fault.path)) if here else fault


def _strangers(allow_from: Mapping[str, object], others: list[str]) -> list[Fault]:
    fix = f"type one of {', '.join(others)}" if others else "delete it: the stack has no other tenant"
    return [
        Fault(("allow_from", peer), "must be a tenant of this stack", peer, fix)
        for peer in allow_from
        if peer not in others
    ]


def _reached(name: str, fences: Mapping[str, Fence], loads: Mapping[str, Loads]) -> Fence:
    """Whom a tenant reaches: the others that let it in, or pods of it."""
    allowed: dict[str, list[str]] = {}
    asked = [
        (other, fence["allow_from"][name]) for other, fence in fences.items() if name in fence.get("allow_from", {})
    ]
    for other, ports in (*asked, *workloads.reached(name, loads)):
        allowed[other] = list(dict.fromkeys([*allowed.get(other, []), *ports]))
    return {"allow_to": allowed} if allowed else {}
