"""What something is compared with: a state, a folder, or the files of a commit, read in a scratch work tree."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..facts.problem import BadInput, Problem
from ..graph import Snapshot
from .check import read

GIT_SECONDS = 120
"""Time limit of one call of git."""


class Unreadable(BadInput):
    """A stack whose program did not run through; it ends with the program's own exit code."""

    def __init__(self, stack: str, error: str, exit_code: int) -> None:
        super().__init__([Problem(stack, 0, "", error)], f"stack {stack} could not be previewed")
        self.exit_code = exit_code


@dataclass(frozen=True)
class Base:
    """A snapshot to compare with, by the name that a person gave it."""

    name: str
    snapshot: Snapshot
    unread: Sequence[Problem] = ()
    new: bool = False
    """Whether the commit has no such stack or folder, so that all of it is new; the snapshot is empty."""


def find(against: str, what: str, *, seconds: float | None = None, folder: Path | None = None) -> Base:
    """What `against` names, to compare `what` (a stack's name or a path) with; BadInput where it names nothing.

    A path that exists is read as it is. Anything else is a commit of the repository around `what` or the working
    directory (`folder`): of a path the same path is read there; of a stack the program of that commit runs, embedded,
    with its own files and stack file, for `seconds` at most.
    """
    path, here = Path(against), folder or Path.cwd()
    if path.exists():
        return Base(against, *read(path)[1:])
    inside = Path(what) if Path(what).exists() else None
    start = here if inside is None else inside.resolve() if inside.is_dir() else inside.resolve().parent
    commit = _commit(against, start)
    with tempfile.TemporaryDirectory(prefix="hedgerow-base-") as scratch:
        tree = Path(scratch)
        if inside is None:
            return _stack(against, what, _checked_out(commit, start, tree), seconds)
        return _folder(against, inside, _checked_out(commit, start, tree, only=inside.resolve()))


def embedded(what: str, *, seconds: float | None = None, folder: Path | None = None) -> Snapshot:
    """The snapshot of a stack's embedded preview; Unreadable where its program does not run through."""
    from ..engine import embedded as engine
    from ..engine import project
    from .preview import chosen

    found = project.find(folder or Path.cwd())
    stacks = chosen(found, [what], every=False)
    outcome = engine.run_all(found, stacks, _whole, seconds=seconds or engine.SECONDS)[0]
    if outcome.result is None:
        raise Unreadable(what, outcome.error, outcome.exit_code)
    return outcome.result


def _whole(snapshot: Snapshot) -> Snapshot:
    return snapshot


def _folder(against: str, inside: Path, there: Path) -> Base:
    if not there.exists():
        return Base(against, Snapshot.of(inside.resolve().name, "", ()), new=True)
    _, snapshot, unread = read(there)
    return Base(against, snapshot, unread)


def _stack(against: str, stack: str, start: Path, seconds: float | None) -> Base:
    from ..engine import project

    found = project.find(start)
    if stack not in found.stack_names():
        return Base(against, Snapshot.of(found.name, stack, ()), new=True)
    with _imported_from(found.root):
        try:
            return Base(against, embedded(stack, seconds=seconds, folder=start))
        except Unreadable as error:
            raise Unreadable(f"{stack} at {against}", error.problems[0].what, error.exit_code) from error


@contextmanager
def _imported_from(root: Path) -> Iterator[None]:
    """Let a program forked off meanwhile import what lies in `root`, and nothing that was imported from elsewhere.

    hedgerow itself and installed packages stay; a module of a project is one whose name `root` has too.
    """
    names = {path.stem for path in root.iterdir() if path.is_dir() or path.suffix == ".py"} - {
        __package__.split(".")[0]
    }
    hidden = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in names}
    kept = {name: module for name, module in hidden.items() if not _of_a_project(getattr(module, "__file__", None))}
    for name in hidden.keys() - kept.keys():
        del sys.modules[name]
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))
        sys.modules.update(hidden)


def _of_a_project(file: str | None) -> bool:
    installed = (sys.prefix, sys.base_prefix)
    return file is not None and not any(Path(file).is_relative_to(place) for place in installed)


def _commit(text: str, start: Path) -> str:
    known = (
        "" if text.startswith("-") else _git(start, "rev-parse", "--verify", "--quiet", f"{text}^{{commit}}").strip()
    )
    if not known:
        where = "write a state file, a folder, or a commit of this repository (is it fetched?)"
        raise BadInput([Problem(f"--against {text}", 0, "", "is no file, no folder and no commit", fix=where)])
    return known


def _checked_out(commit: str, start: Path, tree: Path, only: Path | None = None) -> Path:
    """The files of a commit (below `only`) in `tree`, and where `only`, or else `start`, is among them.

    With an index of its own, so that nothing of the repository changes.
    """
    top = Path(_git(start, "rev-parse", "--show-toplevel").strip())
    place = (only or start).resolve().relative_to(top.resolve())
    index = {"GIT_INDEX_FILE": str(tree / "index")}
    files = tree / "files"
    files.mkdir()
    _git(top, "read-tree", commit, **index)
    listed = _git(top, "ls-files", "-z", "--", *([f":(top,literal){place}"] if only else []), **index)
    _git(top, "checkout-index", "-z", "--stdin", f"--prefix={files}/", given=listed, **index)
    return files / place


def _git(where: Path, *arguments: str, given: str = "", **environment: str) -> str:
    """What git prints; nothing where `--quiet` was asked for and it found nothing; BadInput where it fails."""
    command = ["git", "-C", str(where), *arguments]
    around = {**os.environ, **environment}
    try:
        done = subprocess.run(  # noqa: S603 (a person's text is never taken for an option)
            command, input=given, capture_output=True, text=True, timeout=GIT_SECONDS, env=around, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BadInput([Problem("git", 0, "", f"could not be run: {error}")]) from error
    if done.returncode and (done.stderr.strip() or "--quiet" not in arguments):
        said = done.stderr.strip().splitlines() or ["it says nothing"]
        raise BadInput([Problem(str(where), 0, "", f"git {arguments[0]} failed: {said[-1]}")])
    return done.stdout
