"""What is said where a cloud does not answer."""


class Unanswered(Exception):
    """A cloud did not answer, or not wholly. The message is one line: what happened; what to type."""
