"""The folder that a stack is rendered to: refused where anything in it is not hedgerow's, and replaced in one step."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..facts.problem import BadInput, Problem
from ..graph.sources import rendered

MOST_NAMED = 5
OURS = b"# Rendered by hedgerow. "


@dataclass(frozen=True)
class Changes:
    """Objects of a folder that are new, changed, and gone, counted."""

    new: int
    changed: int
    removed: int


def check(folder: Path) -> None:
    """BadInput where a stack cannot be rendered to a folder, before any work is done."""
    shown, place = str(folder), folder.resolve()
    if place.exists() and not place.is_dir():
        raise BadInput([Problem(shown, 0, "", "is no folder", fix="name one that is empty or not there yet")])
    if not place.parent.is_dir():
        raise BadInput([Problem(shown, 0, "", "lies in a folder that is not there", fix=f"make {folder.parent}")])
    if Path.cwd().resolve().is_relative_to(place):
        fix = "name one below it: it is replaced as a whole"
        raise BadInput([Problem(shown, 0, "", "is, or holds, the working directory", fix=fix)])
    foreign = sorted(_foreign(place)) if place.is_dir() else []
    if foreign:
        more = f" and {len(foreign) - MOST_NAMED} more" if len(foreign) > MOST_NAMED else ""
        what = f"holds what hedgerow did not render: {', '.join(foreign[:MOST_NAMED])}{more}"
        raise BadInput([Problem(shown, 0, "", what, fix="name another folder, or move that away")])


def replace(folder: Path, files: Mapping[str, str]) -> Changes:
    """Make a folder hold just these files, in one step; untouched where it does already."""
    check(folder)
    place = folder.resolve()
    before = {path: (place / path).read_bytes() for path in _files(place)} if place.is_dir() else {}
    after = {path: text.encode("utf-8", "backslashreplace") for path, text in files.items()}
    if before != after:
        try:
            _swap(place, after)
        except OSError as error:
            raise BadInput([Problem(str(folder), 0, "", f"cannot be written: {error.strerror}")]) from error
    old, new = (set(paths) - {rendered.INDEX} for paths in (before, after))
    changed = [path for path in old & new if before[path] != after[path]]
    return Changes(len(new - old), len(changed), len(old - new))


def _swap(place: Path, files: Mapping[str, bytes]) -> None:
    """Write the files aside, then put them where the folder is; what was there goes last, or comes back."""
    aside = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        fresh, old = aside / "new", aside / "old"
        fresh.mkdir()
        for path, data in files.items():
            (fresh / path).parent.mkdir(parents=True, exist_ok=True)
            (fresh / path).write_bytes(data)
        if place.exists():
            fresh.chmod(stat.S_IMODE(place.stat().st_mode))
            place.rename(old)
        try:
            fresh.rename(place)
        except BaseException:
            if old.exists():
                old.rename(place)
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _foreign(place: Path) -> Iterator[str]:
    """Files of a folder that no render put there: not in its index, or without the line that each one begins with."""
    try:
        index = rendered.read(place)
    except BadInput:
        index = rendered.NONE
    for path in _files(place):
        file = place / path
        known = path in index.objects or (path == rendered.INDEX and index.rendered)
        if not known or file.is_symlink() or not file.is_file() or not _begins(file):
            yield path


def _begins(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(OURS)) == OURS


def _files(place: Path) -> Iterator[str]:
    """Everything below a folder that is no folder, links to folders counted."""
    for root, folders, names in os.walk(place):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in (*names, *links):
            yield str((Path(root) / name).relative_to(place))
