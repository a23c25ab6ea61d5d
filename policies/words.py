"""What rules say alike: that something cannot be judged yet, and why; and how a finding is told."""

from collections.abc import Mapping
from typing import Any

from hedgerow.graph import SECRET, UNKNOWN, Finding, Judged
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


def told(judged: Judged) -> str:
    """A finding in the words of the terminal: message, witness, remedy, a line each."""
    lines = [
        judged.message,
        judged.witness and f"witness: {judged.witness}",
        judged.remedy and f"remedy: {judged.remedy}",
    ]
    return "\n".join(line for line in lines if line)
