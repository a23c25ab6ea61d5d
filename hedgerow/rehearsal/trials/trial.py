"""One line of the table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trial:
    """What was tried where, what the settings promise, what the server did and said, and whether that is the same."""

    namespace: str
    what: str
    expected: str
    happened: str
    holds: bool
    message: str = ""
