"""The command itself: quick to help, quick to complete, nothing heavy loaded before it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from hedgerow import __version__

from .support import PLAIN, PROJECTS, hedgerow

HEAVY = ("pulumi", "rich", "pydantic", "jsonschema", "yaml", "grpc", "boto3", "google", "asyncio")
COMMANDS = ("check", "completion", "new-rule", "preview")
ELSEWHERE = ("facts", "reach", "rehearse", "render")


def test_the_version_is_told(tmp_path: Path) -> None:
    assert hedgerow("--version", cwd=tmp_path).out == f"hedgerow {__version__}\n"


@pytest.mark.parametrize("args", [["--help"], *([command, "--help"] for command in COMMANDS)])
def test_help_loads_nothing_heavy(args: list[str], tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "hedgerow", *args],
        cwd=tmp_path, env=PLAIN, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.stderr.splitlines()}
    assert "click" in loaded
    assert sorted(name for name in loaded if name.startswith(HEAVY)) == []
    assert "Example: hedgerow " in told.stdout


def test_a_summary_of_a_command_is_not_cut(tmp_path: Path) -> None:
    told = hedgerow("--help", cwd=tmp_path, COLUMNS="80").out
    assert "..." not in told.partition("Commands:")[2]
    assert [line.split()[0] for line in told.partition("Commands:\n")[2].splitlines()] == sorted(
        (*COMMANDS, *ELSEWHERE)
    )


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_command_of_another_module_is_told_and_completed_as_if_it_stood_here(name: str, tmp_path: Path) -> None:
    ran = hedgerow(name, "--help", cwd=tmp_path)
    assert ran.out.startswith(f"Usage: hedgerow {name} ")
    assert "Example: hedgerow " in ran.out
    summary = next(line for line in hedgerow("--help", cwd=tmp_path).out.splitlines() if line.startswith(f"  {name} "))
    assert summary.split(None, 1)[1] in ran.out
    assert "--help" in completed(f"hedgerow {name} --h", tmp_path)


@pytest.mark.parametrize("shell", ["bash", "fish", "zsh"])
def test_a_shell_gets_its_script(shell: str, tmp_path: Path) -> None:
    ran = hedgerow("completion", shell, cwd=tmp_path)
    assert f"_HEDGEROW_COMPLETE={shell}_complete" in ran.out
    assert (ran.code, ran.err) == (0, "")


def completed(words: str, cwd: Path) -> list[str]:
    count = str(len(words.split(" ")) - 1)
    ran = hedgerow(cwd=cwd, _HEDGEROW_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=count)
    assert ran.err == ""
    return [line.partition(",")[2] for line in ran.out.splitlines() if line]


def test_stacks_and_commands_are_completed(tmp_path: Path) -> None:
    assert completed("hedgerow preview ", PROJECTS / "shop") == ["fenced", "open"]
    assert completed("hedgerow preview op", PROJECTS / "shop" / "components") == ["open"]
    assert completed("hedgerow pre", tmp_path) == ["preview"]
    assert completed("hedgerow preview --ti", tmp_path) == ["--timeout"]


def test_completion_outside_a_project_is_silent(tmp_path: Path) -> None:
    assert completed("hedgerow preview ", tmp_path) == []
    (tmp_path / "Pulumi.yaml").write_text("- broken\n")
    assert completed("hedgerow preview ", tmp_path) == []


@pytest.mark.parametrize("args", [["previw"], ["preview", "--al"], ["preview", "--timeout", "0"], ["check"]])
def test_a_wrong_call_ends_with_2_and_no_traceback(args: list[str], tmp_path: Path) -> None:
    ran = hedgerow(*args, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Usage: hedgerow")
    assert "Traceback" not in ran.err
