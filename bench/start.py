"""How long a preview of each cloud takes on its first run, with nothing compiled, and on the next ones.

Cold: every module is compiled and none kept, as after a fresh install. Warm: compiled modules are there. Both clouds in
one run, each figure the wall and CPU time of a process of its own, warm the better of three.

    python bench/start.py [STACK…]        # aws-dev gcp-dev
"""

import os
import resource
import subprocess
import sys
import tempfile
import time

STACKS = ("aws-dev", "gcp-dev")


def preview(stack: str, **environment: str) -> tuple[float, float]:
    """Wall and CPU seconds of `hedgerow preview`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "hedgerow", "preview", stack], check=True, capture_output=True, env=kept | environment
    )
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(stacks: tuple[str, ...]) -> None:
    """Print one row a stack."""
    print("seconds       cold wall    cold CPU   warm wall    warm CPU  cold/warm")
    with tempfile.TemporaryDirectory() as folder:
        for stack in stacks:
            nothing_kept = preview(stack, PYTHONPYCACHEPREFIX=f"{folder}/none", PYTHONDONTWRITEBYTECODE="1")
            preview(stack, PYTHONPYCACHEPREFIX=f"{folder}/kept")
            warm = min(preview(stack, PYTHONPYCACHEPREFIX=f"{folder}/kept") for _ in range(3))
            figures = " ".join(f"{figure:>11.2f}" for figure in (*nothing_kept, *warm))
            print(f"{stack:<11} {figures} {nothing_kept[0] / warm[0]:>10.1f}", flush=True)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or STACKS)
