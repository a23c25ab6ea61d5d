"""Edits that put pods back on the network of their own: on a node's no policy counts for them."""

from collections.abc import Iterator

from ..views import Views
from . import policy_edits
from .build import reach
from .course import Course
from .edits import Edit, edited, of_object

Edits = tuple[Edit, ...]
FIELD = "hostNetwork"


def candidates(course: Course) -> Iterator[Edits]:
    """Sets of edits: `hostNetwork` taken out, alone and with what NetworkPolicies can do then."""
    sites = course.cluster.people.sites
    hosted = {end.urn for end in (*course.sources, *course.destinations) if sites[end.site].host is True}
    edits = tuple(
        of_object(item, (*item.template, "spec", FIELD), snapshot=course.views.snapshot)
        for item in course.views.workloads
        if item.urn in hosted
    )
    if edits:
        yield edits
        after = Views(edited(course.views.snapshot, edits, course.cluster.people.scope))
        plugin = course.ranges.plugin
        names = tuple(end.name for end in course.sources), tuple(end.name for end in course.destinations)
        there = reach(after, plugin=plugin, apart=course.ranges_apart)
        moved = Course.of(after, there, names, course.ports, plugin)
        yield from ((*edits, *more) for more in policy_edits.candidates(moved))
