"""Programs run in a process of their own: whatever they do, there is a report, and nothing is left behind."""

import os
from pathlib import Path
from typing import Any

import pytest

from hedgerow.engine import embedded, project
from hedgerow.facts import collector
from hedgerow.graph import Snapshot


def made(root: Path, program: str, **files: str) -> project.Project:
    (root / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (root / "__main__.py").write_text(program)
    for stack in ("dev", "prod"):
        (root / f"Pulumi.{stack}.yaml").write_text(f"config: {{shop:stack: {stack}}}\n")
    for name, text in files.items():
        (root / name).write_text(text)
    return project.find(root)


def outcome(root: Path, program: str, seconds: float = 60) -> embedded.Outcome[Any]:
    return embedded.run_all(made(root, program), ["dev"], names, seconds=seconds)[0]


def names(snapshot: Snapshot) -> list[str]:
    return [resource.name for resource in snapshot.resources]


def test_a_program_runs_in_its_own_folder_with_its_own_modules(tmp_path: Path) -> None:
    found = made(
        tmp_path,
        "import pulumi, helper, os\npulumi.export('x', helper.VALUE + os.getcwd())\n",
        **{"helper.py": "VALUE = 'at '"},
    )
    run = embedded.run_all(found, ["dev"], lambda snapshot: snapshot.resources[0].outputs)[0]
    assert (run.error, run.result) == ("", {"x": f"at {tmp_path}"})


def test_stacks_come_back_in_the_order_asked_for_each_with_its_configuration(tmp_path: Path) -> None:
    found = made(tmp_path, "import pulumi\npulumi.export('x', pulumi.Config().require('stack'))\n")
    runs = embedded.run_all(found, ["prod", "dev"], lambda snapshot: snapshot.resources[0].outputs["x"])
    assert [(run.stack, run.result) for run in runs] == [("prod", "prod"), ("dev", "dev")]


@pytest.mark.parametrize("program", [
    "import time\ntime.sleep(60)\n",
    "import asyncio, pulumi\npulumi.export('x', pulumi.Output.from_input(asyncio.Event().wait()))\n",
    "while True: pass\n",
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)\n",
])  # fmt: skip
def test_a_program_that_hangs_is_ended_when_its_time_is_up(tmp_path: Path, program: str) -> None:
    run = outcome(tmp_path, program, seconds=2)
    assert (run.result, run.exit_code) == (None, 1)
    assert run.error == (
        "the program did not finish within 2 s and was ended; look for an output that nothing resolves or a call that "
        "waits, or give it longer: --timeout 4"
    )
    assert run.seconds < 10
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize(
    ("program", "code", "error"),
    [
        ("import pulumi\nraise pulumi.RunError('zones must be 2')\n", 2, "zones must be 2"),
        ("import pulumi\npulumi.Config().require('nope')\n", 2, "Missing required configuration variable 'shop:nope'\n\tplease set a value using the command `pulumi config set shop:nope <value>`"),
        ("def f():\n    return {}['x']\nf()\n", 1, "the program failed: KeyError: 'x'\n  __main__.py:3 in <module>: f()\n  __main__.py:2 in f: return {}['x']"),
        ("import pulumi\npulumi.log.error('broken pipe')\n", 1, "broken pipe"),
        ("def :\n", 1, "the program failed: SyntaxError: invalid syntax (__main__.py, line 1)"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", 1, "the program's process ended by signal 9 and left no result"),
        ("import os\nos._exit(3)\n", 1, "the program's process ended with code 3 and left no result"),
        ("import sys\nsys.exit(4)\n", 1, "the program ended itself with exit code 4"),
    ],
)  # fmt: skip
def test_a_program_that_fails_is_reported_in_its_own_words(tmp_path: Path, program: str, code: int, error: str) -> None:
    run = outcome(tmp_path, program)
    assert (run.error, run.exit_code, run.result) == (error, code, None)


def test_what_a_program_prints_is_kept_apart(tmp_path: Path) -> None:
    run = outcome(tmp_path, "import sys\nprint('hello')\nprint('oops', file=sys.stderr)\n")
    assert (run.printed, run.error, run.result) == ("hello\noops\n", "", ["shop-dev"])


def test_the_collector_is_tuned_for_the_body_and_restored_after_it_and_after_errors() -> None:
    import gc

    before = gc.get_threshold()
    with collector.tuned():
        assert gc.get_threshold() == collector.THRESHOLDS
    assert gc.get_threshold() == before
    with pytest.raises(ZeroDivisionError), collector.tuned(keep=True):
        _ = 1 / 0
    assert gc.get_threshold() == before
    try:
        with collector.tuned(keep=True):
            pass
        assert gc.get_threshold() == collector.THRESHOLDS
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
