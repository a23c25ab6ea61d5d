"""What keeps a rehearsal from going on; told in the words of whoever knows."""

AGAIN = "run it again, on a machine that is less busy"


class Trouble(Exception):
    """A rehearsal cannot start or go on. The message says why and what to do; `details` are lines of a server's log."""

    def __init__(self, message: str, details: tuple[str, ...] = ()) -> None:
        self.message, self.details = message, details
        super().__init__("\n".join([message, *(f"  {line}" for line in details)]))


class Unreachable(Trouble):
    """What is needed cannot be had from this machine: nothing is wrong with what it is made of."""
