"""What a change may cost: data, an outage, wider access, a way in. By type and input; a plain list, not a proof."""

import re
from collections.abc import Container, Iterator, Mapping
from typing import Any

from ...facts.cidr import within
from ..value import MISSING, Mark, read
from ..views.addresses import network
from .change import CREATE, DELETE, EITHER, REPLACE, Change, Property, Risk
from .stakes import CARRIES_TRAFFIC, FENCES, GRANTS, HOLDS_DATA, OUTWARD, TOLD_ONLY, TRUSTS, WAYS_IN

DATA_LOSS, OUTAGE, ACCESS, EXPOSURE = "data loss", "outage", "access widened", "exposure opened"
GOING = frozenset({DELETE, REPLACE, EITHER})
EVERYONE = ("0.0.0.0/0", "::/0")
FENCE_OF_PATHS = ("Policy", "PolicyBinding")
OPEN_WHERE_EMPTY = ("publicAccessCidrs", "loadBalancerSourceRanges", "sourceRanges")
"""Lists of addresses that mean everybody where they are empty."""
LETS_IN = frozenset(
    {
        *("ingress", "cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups", "cidrIpv4", "cidrIpv6"),
        *("cidrBlock", *OPEN_WHERE_EMPTY, "subjects", "rules", "verbs", "resources", "apiGroups", "members"),
    }
)
"""Inputs that let in or give less where they hold less."""
SWITCH = "endpointPublicAccess"
BY_SERVICES = ("LoadBalancer", "NodePort")
_INDEX = re.compile(r"\[[^\]]*\]")


def risks(change: Change, inputs: Mapping[str, Any], gone: Container[Any] = ()) -> Iterator[Risk]:
    """What a change may cost; `inputs` are those it has afterwards, or had where it goes.

    A fence of a namespace that is `gone` with it keeps nothing out any more, and lets nothing in.
    """
    if change.what in GOING:
        perhaps = "perhaps " if change.what == EITHER else ""
        if what := HOLDS_DATA.get(change.type):
            yield Risk(DATA_LOSS, f"{perhaps}{what}")
        if what := CARRIES_TRAFFIC.get(change.type):
            yield Risk(OUTAGE, f"{perhaps}{what}")
    if change.type.startswith("kubernetes:apps/") and _to_zero(change.properties):
        yield Risk(OUTAGE, "no pod is left")
    if _gives(change):
        yield Risk(ACCESS, "somebody is given something")
    if change.what in GOING and change.type in FENCES and read(inputs, "metadata", "namespace") not in gone:
        yield Risk(EXPOSURE if change.type.endswith(FENCE_OF_PATHS) else ACCESS, FENCES[change.type])
    yield from _ways_in(change, inputs)


def _gives(change: Change) -> bool:
    """Whether a change may give somebody more than they had."""
    fields = TRUSTS.get(change.type, ("",) if change.type in GRANTS else ())
    if not fields or change.what == DELETE:
        return False
    return (change.what == CREATE and change.type in GRANTS) or any(_widening(change, fields))


def _ways_in(change: Change, inputs: Mapping[str, Any]) -> Iterator[Risk]:
    fields = WAYS_IN.get(change.type)
    if fields is None or change.what == DELETE or _outward(change.type, inputs):
        return
    if change.what != CREATE:
        if any(_widening(change, fields)):
            yield Risk(EXPOSURE, "who may reach it changes")
    elif change.type.endswith(":Service"):
        if (kind := read(inputs, "spec", "type")) in BY_SERVICES:
            yield Risk(EXPOSURE, f"a {kind} is opened")
    elif change.type.endswith((":Ingress", ":Gateway", ":HTTPRoute")):
        yield Risk(EXPOSURE, "a way in is opened")
    elif _names_everyone(inputs, fields) and not change.type.startswith("kubernetes:"):
        yield Risk(EXPOSURE, "it names every address of the internet")


def _names_everyone(inputs: Mapping[str, Any], fields: tuple[str, ...]) -> bool:
    given = [read(inputs, *field.split(".")) if field else inputs for field in fields]
    return any(f"'{address}'" in str(value) for value in given for address in EVERYONE)


def _outward(type_: str, inputs: Mapping[str, Any]) -> bool:
    field, value = OUTWARD.get(type_, ("", None))
    return bool(field) and read(inputs, field) == value


def _widening(change: Change, fields: tuple[str, ...]) -> Iterator[Property]:
    """Inputs among `fields` that change by themselves, unless they surely become narrower."""
    for item in change.properties:
        meant = item.path.startswith(fields) or any(field.startswith(f"{item.path}.") for field in fields)
        if fields == ("",) and item.path.startswith(TOLD_ONLY):
            continue
        if meant and not item.because and not _narrows(item):
            yield item


def _narrows(item: Property) -> bool:
    """Whether all that an input lets in or gives it did before."""
    before, after, name = item.before, item.after, _INDEX.sub("", item.path).rpartition(".")[2]
    if name == SWITCH:
        return after is False
    if name not in LETS_IN or before is MISSING:
        return False
    if after is MISSING or after == []:
        return name not in OPEN_WHERE_EMPTY
    if isinstance(before, Mark) or isinstance(after, Mark):
        return False
    if isinstance(before, list) and isinstance(after, list):
        return bool(before) and all(any(_inside(one, other) for other in before) for one in after)
    return network(before) is not None and _inside(after, before)


def _inside(one: Any, other: Any) -> bool:
    inner, outer = network(one), network(other)
    return within(inner, outer) if inner is not None and outer is not None else bool(one == other)


def _to_zero(properties: tuple[Property, ...]) -> bool:
    return any(item.path == "spec.replicas" and item.after == 0 for item in properties if item.after is not MISSING)
