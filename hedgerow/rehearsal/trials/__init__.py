"""What is tried in each namespace, one room a file; each gives a line: what was expected, what happened."""

from .trial import Trial

__all__ = ["Trial"]
