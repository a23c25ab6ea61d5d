"""What rules say alike: that something cannot be judged yet, and why."""

from collections.abc import Mapping
from typing import Any

from hedgerow.graph import SECRET, UNKNOWN, Finding
from hedgerow.graph.judgement import HasUrn

WAIT = "Give it as a plain value, or preview again once what it depends on exists."
SHOW = "Give it as a plain value: a rule cannot judge what it must not see."


def unjudged(about: HasUrn, what: str, value: Any = UNKNOWN, remedy: str = WAIT) -> Finding:
    """A finding that denies nothing: `what` is not known, or secret where `value` holds a secret."""
    if hidden(value) is SECRET:
        return Finding(about, f"{about} cannot be judged: {what} is secret", remedy=SHOW, certain=False)
    return Finding(about, f"{about} cannot be judged: {what} is not known yet", remedy=remedy, certain=False)


def hidden(value: Any) -> Any:
    """The first unknown or secret in a value, at any depth; None where there is none."""
    if value is UNKNOWN or value is SECRET:
        return value
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return next((mark for item in items if (mark := hidden(item)) is not None), None)
