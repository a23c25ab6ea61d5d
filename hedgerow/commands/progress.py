"""One line on a terminal while stacks run; nothing where nobody watches."""

import os
import time
from types import TracebackType
from typing import Self, TextIO

CLEAR = "\r\x1b[K"
MOST_NAMES = 3


class Progress:
    """Tells on one line of `stream` which stacks are still running and for how long; gone when they are done."""

    def __init__(self, stacks: list[str], stream: TextIO) -> None:
        self._running, self._all, self._stream = list(stacks), len(stacks), stream
        self._on = stream.isatty() and os.environ.get("TERM") not in (None, "", "dumb")
        self._start = time.monotonic()

    def __enter__(self) -> Self:
        self.show()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._write("")

    def ended(self, stack: str) -> None:
        """One stack less to wait for."""
        self._running.remove(stack)
        self.show()

    def show(self) -> None:
        """Write the line anew."""
        names = ", ".join(self._running[:MOST_NAMES]) + (" …" if len(self._running) > MOST_NAMES else "")
        done = f" ({self._all - len(self._running)} of {self._all} done)" if self._all > 1 else ""
        self._write(f"previewing {names}{done} {time.monotonic() - self._start:.0f} s"[: self._width()])

    def _width(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns - 1
        except (OSError, ValueError):
            return 79

    def _write(self, text: str) -> None:
        if self._on:
            self._stream.write(CLEAR + text)
            self._stream.flush()
