"""The one place that touches private surface of the Pulumi SDK (3.272): how a program is hooked to a monitor of ours.

`set_mocks` makes the stack resource at once and a later program then hangs; configuring the settings and calling
`run_in_stack`, as the language host does, does not (tests/engine checks the signatures).
"""

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any

from pulumi.runtime import Settings, configure, set_all_config
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_in_stack


def run(
    program: Callable[[], Any],
    *,
    project: str,
    stack: str,
    root: str,
    monitor: Any,
    engine: Any,
    config: dict[str, str],
    secret: frozenset[str] = frozenset(),
    seconds: float | None = None,
) -> None:
    """Run `program` in a stack of its own, as a first preview: what only a cloud knows stays unknown.

    Everything is set in a copy of the context, so that runs do not see each other. `seconds` bounds what the event
    loop can interrupt; a program stuck in a call of its own needs a process around it (`embedded.run`).
    """
    settings = Settings(
        project=project, stack=stack, monitor=monitor, engine=engine, dry_run=True,
        organization="organization", root_directory=root,
    )  # fmt: skip

    def inside() -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            configure(settings)
            set_all_config(config, list(secret))
            loop.run_until_complete(asyncio.wait_for(run_in_stack(program), seconds))
        finally:
            asyncio.set_event_loop(None)
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()

    contextvars.copy_context().run(inside)


async def settled() -> None:
    """Wait until no output is outstanding, or one has failed: the SDK, which waits again, says how.

    The SDK waits for the first of all outputs, again and again, and looks at every one each time.
    """
    while outputs := _outstanding():
        await asyncio.wait(outputs, return_when=asyncio.FIRST_EXCEPTION)
        if any(output.done() and (output.cancelled() or output.exception()) for output in outputs):
            return


def _outstanding() -> list[Any]:
    with SETTINGS.lock:
        return list(SETTINGS.outputs)
