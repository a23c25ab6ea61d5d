"""What needs Google's SDK, in a process of its own: its protocol files and those of Pulumi's cannot be loaded in one."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from hedgerow.facts.unanswered import Unanswered

from ...support import ROOT
from .cloud import ANSWERS, PROJECT, REGION, Answers, google

TODAY = date(2026, 12, 1)
Told = dict[str, str] | str
"""The tables by name, or what is said where there are none."""


def asked(function: Callable[..., Any], *args: Any) -> Any:
    """What a function of this module gives, called in another process."""
    done = subprocess.run(
        [sys.executable, "-m", __name__], input=pickle.dumps((function.__name__, args)), stdout=subprocess.PIPE,
        cwd=ROOT, timeout=120, check=True,
    )  # fmt: skip
    return pickle.loads(done.stdout)


def refreshed(several: list[Answers]) -> list[Told]:
    return [_refreshed(answers) for answers in several]


def refreshed_again(folder: Path) -> list[str]:
    """The table of versions as it ships, made anew, and made anew from that."""
    from hedgerow.facts.gcp import gke

    found = [gke.VERSIONS.read_text()]
    for _ in range(2):
        told = _refreshed(ANSWERS)
        assert isinstance(told, dict)
        found.append(told["gke_versions"])
        gke.VERSIONS = folder / "gke_versions.csv"
        gke.VERSIONS.write_text(found[-1])
    return found


def unreachable() -> str:
    """What is said of a server that is gone."""
    from hedgerow.facts.gcp import client, refresh

    with google(ANSWERS) as (session, container, base):
        pass
    try:
        with client.explained():
            refresh.refresh(session, container, PROJECT, REGION, today=TODAY, base=base)
    except Unanswered as error:
        return str(error)
    return ""


def unrenewed() -> str:
    """What is said of credentials that have run out."""
    from google.auth.exceptions import RefreshError

    from hedgerow.facts.gcp import client

    try:
        with client.explained():
            raise RefreshError("Reauthentication is needed.")
    except Unanswered as error:
        return str(error)


def commanded(several: list[Answers], args: list[str], tables: dict[str, Path]) -> list[tuple[int, str, str]]:
    """How the command ends, one time after the other, with `tables` for those that ship."""
    from click.testing import CliRunner

    from hedgerow.cli import cli
    from hedgerow.facts import table
    from hedgerow.facts.gcp import client, refresh

    table.shipped = lambda: tables
    ended = []
    for answers in several:
        with google(answers) as (session, container, base):
            client.clients, refresh.COMPUTE = lambda: (session, container), base
            done = CliRunner().invoke(cli, args)
        ended.append((done.exit_code, done.stdout, done.stderr))
    return ended


def _refreshed(answers: Answers) -> Told:
    from hedgerow.facts.gcp import client, refresh

    try:
        with client.explained(), google(answers) as (session, container, base):
            return refresh.refresh(session, container, PROJECT, REGION, today=TODAY, base=base)
    except Unanswered as error:
        return str(error)


if __name__ == "__main__":
    name, given = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(pickle.dumps(globals()[name](*given)))
