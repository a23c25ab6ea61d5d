"""Quotas of which nothing can be said: where they lie, or what they allow, is not known."""

from collections.abc import Iterable, Iterator

from hedgerow.graph import UNKNOWN, Finding, Views

from ..words import hidden, unjudged


def unseen(views: Views, found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, then one for each quota that none of them is about and that hides what it is judged by."""
    told = set[str]()
    for finding in found:
        told.add(finding.about.urn)
        yield finding
    for quota in views.quotas:
        home = quota.namespace if views.place(quota)[1] is UNKNOWN else ""
        for what, value in (("its namespace", home), ("what it allows", quota.hard)):
            if quota.urn not in told and hidden(value) is not None:
                told.add(quota.urn)
                yield unjudged(quota, what, value)
