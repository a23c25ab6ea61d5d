"""The embedded engine: runs a project's program in a process of its own, records it, ends it when its time is up."""

import contextlib
import math
import os
import pickle
import runpy
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from ..facts.collector import tuned
from ..facts.problem import BadInput
from ..graph.snapshot import Snapshot
from ..graph.sources.recording import Recording
from . import answers
from .project import Project, StackConfig, stack_config

SECONDS = 120.0
"""Time limit of one program. A program that waits for an output nobody resolves would otherwise wait for ever."""
TICK = 0.2
GRACE = 10
"""Seconds after its time limit that a child ends itself, should whoever started it be gone."""
MOST_PRINTED = 1 << 18
"""Bytes kept of what a program prints, the last ones."""

Result = TypeVar("Result")


class ProgramError(Exception):
    """The program did not run through: its own message, and the exit code that says whose fault it is."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Outcome(Generic[Result]):
    """What a run left: the result, or the error; and what the program printed and logged."""

    stack: str
    result: Result | None
    error: str
    exit_code: int
    printed: str
    seconds: float


def record(project: Project, stack: str, config: StackConfig | None = None) -> Snapshot:
    """Run the program of `project` for `stack` in this process and give what it registered.

    Raises ProgramError with the program's own message where it fails. Nothing limits its time: use `run`.
    """
    from . import monitor, sdk

    config = config or stack_config(project, stack)
    declared = answers.load(project, stack)
    recording = Recording(project.name, stack)
    log = monitor.Log()
    with tuned():
        try:
            sdk.run(
                lambda: _executed(project.program),
                project=project.name,
                stack=stack,
                root=str(project.root),
                monitor=monitor.Monitor(recording, declared, disabled_providers(config)),
                engine=log,
                config=config.values,
                secret=config.secret,
            )
        except BadInput:
            raise
        except SystemExit as error:
            if error.code:
                raise ProgramError(f"the program ended itself with exit code {error.code}") from error
        except Exception as error:
            raise _refused(error, project) from error
        finally:
            for severity, message in log.messages:
                if severity != "error":
                    print(f"{severity}: {message}", file=sys.stderr)
    failures = [message for severity, message in log.messages if severity == "error"]
    if failures:
        raise ProgramError("\n".join(failures))
    return recording.snapshot(config.decoded())


def disabled_providers(config: StackConfig) -> frozenset[str]:
    """Packages whose default providers the stack disables; `*` for all."""
    value = config.decoded().get("pulumi:disable-default-providers", [])
    return frozenset(value if isinstance(value, list) else [value])


class Run(Generic[Result]):
    """One stack being recorded in a child process. `fileno` is readable when it has something to say."""

    def __init__(self, project: Project, stack: str, then: Callable[[Snapshot], Result], seconds: float) -> None:
        self.stack, self._seconds, self._start = stack, seconds, time.monotonic()
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the run)
        self._reader, writer = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._reader)
            signal.alarm(math.ceil(seconds) + GRACE)
            _child(project, stack, then, writer, self._output.fileno())
        os.close(writer)
        self._data = bytearray()

    def fileno(self) -> int:
        return self._reader

    @property
    def remaining(self) -> float:
        """Seconds left, possibly below zero."""
        return self._start + self._seconds - time.monotonic()

    def read(self) -> bool:
        """Take what is there; true when the child has said everything."""
        chunk = os.read(self._reader, 1 << 20)
        self._data += chunk
        return not chunk

    def finish(self, *, expired: bool = False) -> Outcome[Result]:
        """Reap the child, killing it first where its time is up."""
        os.close(self._reader)
        if expired:
            os.kill(self._pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError, PermissionError):  # whatever the program started and left running
            os.killpg(self._pid, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        self._output.seek(max(0, self._output.seek(0, os.SEEK_END) - MOST_PRINTED))
        printed = self._output.read().decode(errors="replace")
        self._output.close()
        result, error, code = self._judge(expired, status)
        return Outcome(self.stack, result, error, code, printed, time.monotonic() - self._start)

    def _judge(self, expired: bool, status: int) -> tuple[Result | None, str, int]:  # noqa: FBT001
        if expired:
            return (
                None,
                (
                    f"the program did not finish within {self._seconds:g} s and was ended; look for an output that "
                    f"nothing resolves or a call that waits, or give it longer: --timeout {self._seconds * 2:g}"
                ),
                1,
            )
        if not self._data:
            how = (
                f"by signal {os.WTERMSIG(status)}"
                if os.WIFSIGNALED(status)
                else f"with code {os.waitstatus_to_exitcode(status)}"
            )
            return None, f"the program's process ended {how} and left no result", 1
        try:
            result, error, code = pickle.loads(bytes(self._data))  # noqa: S301 (our own child wrote it)
        except (EOFError, pickle.UnpicklingError):
            return None, "the program's process ended while it told its result", 1
        return result, error, code


def run_all(
    project: Project,
    stacks: list[str],
    then: Callable[[Snapshot], Result],
    *,
    seconds: float = SECONDS,
    done: Callable[[Outcome[Result]], None] = lambda _outcome: None,
    tick: Callable[[], None] | None = None,
) -> list[Outcome[Result]]:
    """Record every stack, each in a process forked off this one, as many at a time as there are processors.

    `then` is applied to the snapshot in the child, so that only what it gives crosses back. Outcomes come in the
    order of `stacks`; `done` hears of each as it ends, `tick` is called a few times a second meanwhile.
    """
    waiting, running = list(stacks), list[Run[Result]]()
    outcomes: dict[str, Outcome[Result]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                running.append(Run(project, waiting.pop(0), then, seconds))
            patience = max(0.0, min(run.remaining for run in running))
            if tick:
                tick()
                patience = min(patience, TICK)
            ready = select.select(running, [], [], patience)[0]
            for run in [run for run in running if run in ready or run.remaining <= 0]:
                ended = run in ready and run.read()
                if ended or run.remaining <= 0:
                    running.remove(run)
                    outcomes[run.stack] = run.finish(expired=not ended)
                    done(outcomes[run.stack])
    finally:
        for run in running:
            run.finish(expired=True)
    return [outcomes[stack] for stack in stacks]


def _child(project: Project, stack: str, then: Callable[[Snapshot], Any], writer: int, output: int) -> None:
    code = 1
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for descriptor in (1, 2):
            os.dup2(output, descriptor)
        sys.stdout, sys.stderr = (os.fdopen(descriptor, "w", 1, closefd=False) for descriptor in (1, 2))
        message = _attempt(project, stack, then)
        sys.stdout.flush()
        sys.stderr.flush()
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
        code = 0
    finally:
        os._exit(code)


def _attempt(project: Project, stack: str, then: Callable[[Snapshot], Any]) -> tuple[Any, str, int]:
    try:
        return then(record(project, stack)), "", 0
    except (ProgramError, BadInput) as error:
        return None, str(error), error.exit_code
    except BaseException:  # noqa: BLE001 (the parent must hear of anything at all)
        return None, f"hedgerow itself failed; please report this:\n{traceback.format_exc()}", 1


async def _executed(program: Path) -> None:
    """Run the program, and wait for all that it set going in fewer looks than the SDK takes."""
    from . import sdk

    _execute(program)
    await sdk.settled()


def _execute(program: Path) -> None:
    """As the language host does: the program's folder is the working directory and the first import path."""
    os.chdir(program)
    sys.path.insert(0, str(program))
    try:
        runpy.run_path(str(program), run_name="__main__")
    finally:
        sys.path.remove(str(program))


def _refused(error: Exception, project: Project) -> ProgramError:
    import pulumi

    if isinstance(error, pulumi.RunError):
        return ProgramError(str(error), getattr(error, "exit_code", 2))
    if isinstance(error, LookupError | ValueError) and type(error).__module__.startswith("hedgerow."):
        return ProgramError(str(error))
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(project.root) and ".venv" not in frame.filename
    ]
    place = "".join(
        f"\n  {project.shown(Path(frame.filename))}:{frame.lineno} in {frame.name}: {frame.line}" for frame in frames
    )
    return ProgramError(f"the program failed: {type(error).__name__}: {error}{place}")
