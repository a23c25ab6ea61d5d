"""Checks that several Google Cloud components make of their arguments."""

import re
from collections.abc import Iterable, Mapping

from hedgerow.facts.gcp import regions

from ..shared.inputs import Path, Wrong

NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
REGION = re.compile(r"[a-z]+-[a-z]+[1-9][0-9]?")
ZONE = re.compile(r"[a-z]")
LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")


def check_name(wrong: Wrong, name: str, longest: int) -> None:
    """Report a name that Google Cloud does not take, or not with what is added to it."""
    if not NAME.fullmatch(name):
        rule = "must be lower-case letters, digits and hyphens, a letter first and no hyphen last"
        wrong("name", rule, name, "type one such as gcp-dev")
    elif len(name) > longest:
        wrong("name", f"must have at most {longest} characters, it has {len(name)}", name, "shorten it")


def check_project(wrong: Wrong, project: str) -> None:
    """Report what cannot be the id of a project."""
    if project.isdigit():
        wrong("project", "must be the id of a project, not its number", project, "type one such as acme-dev-1234")
    elif not PROJECT.fullmatch(project):
        rule = "must be 6 to 30 lower-case letters, digits and hyphens, a letter first and no hyphen last"
        wrong("project", rule, project, "type the id of a project such as acme-dev-1234")


def check_region(wrong: Wrong, region: str) -> None:
    """Report what has not the form of a region."""
    if REGION.fullmatch(region.rpartition("-")[0]) and ZONE.fullmatch(region.rpartition("-")[2]):
        wrong("region", "must be a region, not a zone", region, f"type {region.rpartition('-')[0]}")
    elif not REGION.fullmatch(region):
        wrong("region", "has not the form of a Google Cloud region", region, "type one such as europe-west4")


def check_zones(wrong: Wrong, region: str, zones: Iterable[str]) -> tuple[str, ...]:
    """Letters of zones in order; report those that are none, repeated, or not the region's."""
    given, known = list(zones), _letters(region)
    for zone in given:
        if not ZONE.fullmatch(zone):
            wrong("zones", "must be letters of zones", zone, "type the last letter of a zone's name")
        elif known and zone not in known:
            wrong("zones", f"must be zones of {region}", zone, f"type some of its own: [{', '.join(known)}]")
    if len(set(given)) < len(given):
        wrong("zones", "must not repeat a zone", given, "name each zone once")
    if not given:
        wrong("zones", "must name one at least", given, "type letters such as [b, c, d], or leave it out")
    return tuple(sorted(set(given)))


def _letters(region: str) -> list[str]:
    """Letters of a region's zones; none where no table knows the region: it may have any."""
    try:
        return [zone[-1] for zone in regions.zones(region)]
    except regions.UnknownRegion:
        return []


def check_resource_labels(wrong: Wrong, field: str | Path, given: Mapping[str, str]) -> dict[str, str]:
    """Labels that Google Cloud takes: narrower than Kubernetes' own."""
    for key, value in given.items():
        path = (*([field] if isinstance(field, str) else field), key)
        if not LABEL_KEY.fullmatch(key):
            rule = "must be named in lower-case letters, digits, '-' and '_', a letter first, 63 at most"
            wrong(path, rule, key, "rename it")
        if not LABEL_VALUE.fullmatch(value):
            rule = "must be lower-case letters, digits, '-' and '_', 63 at most"
            wrong(path, rule, value, "rewrite it")
    return dict(sorted(given.items()))
