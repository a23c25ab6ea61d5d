"""A folder is replaced as a whole or not at all, and nothing goes that hedgerow did not render."""

import os
from pathlib import Path

import pytest

from hedgerow.facts.problem import BadInput
from hedgerow.graph.sources.rendered import INDEX
from hedgerow.rendering import folder
from hedgerow.rendering.folder import Changes, replace
from hedgerow.rendering.manifests import HEADER
from hedgerow.rendering.text import dump


def files(**objects: str) -> dict[str, str]:
    """What a render gives: `a_b="x"` is the file `a/b.yaml`."""
    made = {f"{name.replace('_', '/')}.yaml": f"{HEADER}kind: {text}\n" for name, text in objects.items()}
    index = {"schema": "hedgerow/render/v1", "objects": {path: f"urn:{path}" for path in made}}
    return {**made, INDEX: HEADER + dump(index)}


def held(place: Path) -> dict[str, str]:
    return {str(path.relative_to(place)): path.read_text() for path in place.rglob("*") if path.is_file()}


def test_a_folder_holds_what_was_rendered_last(tmp_path: Path) -> None:
    place = tmp_path / "out"
    assert replace(place, files(a="1", b_c="2", d_e="3")) == Changes(3, 0, 0)
    assert replace(place, files(a="1", b_c="other", f="4")) == Changes(1, 1, 1)
    assert held(place) == files(a="1", b_c="other", f="4")
    assert sorted(path.name for path in place.iterdir()) == ["a.yaml", "b", "f.yaml", INDEX]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_is_the_same_is_not_touched(tmp_path: Path) -> None:
    place = tmp_path / "out"
    replace(place, files(a="1"))
    before = place.stat().st_ino, (place / "a.yaml").stat().st_mtime_ns
    assert replace(place, files(a="1")) == Changes(0, 0, 0)
    assert (place.stat().st_ino, (place / "a.yaml").stat().st_mtime_ns) == before


def test_an_empty_folder_is_taken_and_keeps_its_mode(tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.mkdir(mode=0o750)
    replace(place, files(a="1"))
    assert (held(place), place.stat().st_mode & 0o777) == (files(a="1"), 0o750)


def refused(place: Path) -> str:
    """Why a folder is refused; it stays as it was."""
    before = held(place) if place.is_dir() else None
    with pytest.raises(BadInput) as error:
        replace(place, files(z="9"))
    assert (held(place) if place.is_dir() else None) == before
    return str(error.value)


@pytest.mark.parametrize("name", ["notes.md", "z.yaml", ".git/config", "b/own.yaml", ".gitkeep"])
def test_a_file_that_nobody_rendered_is_named_and_kept(name: str, tmp_path: Path) -> None:
    place = tmp_path / "out"
    replace(place, files(a="1", b_c="2"))
    (place / name).parent.mkdir(exist_ok=True)
    (place / name).write_text("mine")
    assert refused(place) == (
        f"{place}: holds what hedgerow did not render: {name}; name another folder, or move that away"
    )


def test_a_folder_of_somebody_else_is_refused_with_a_few_names(tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    for number in range(7):
        (place / f"{number}.yaml").write_text(f"kind: Pod{number}\n")
    told = "holds what hedgerow did not render: 0.yaml, 1.yaml, 2.yaml, 3.yaml, 4.yaml and 2 more"
    assert refused(place) == f"{place}: {told}; name another folder, or move that away"


@pytest.mark.parametrize("text", ["", "schema: x\n", "a: {\n", "schema: hedgerow/render/v1\nobjects: {INDEX: x}\n"])
def test_an_index_of_somebody_else_is_no_leave_to_remove_it(text: str, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / INDEX).write_text(text)
    assert "holds what hedgerow did not render: hedgerow.index;" in refused(tmp_path / "out")


def test_a_rendered_file_that_somebody_replaced_is_theirs_and_one_that_somebody_changed_is_not(tmp_path: Path) -> None:
    place = tmp_path / "out"
    replace(place, files(a="1", b="2"))
    (place / "a.yaml").write_text((place / "a.yaml").read_text() + "spec: {}\n")
    assert replace(place, files(a="1", b="2")) == Changes(0, 1, 0)
    (place / "a.yaml").write_text("kind: Mine\n")
    assert "hedgerow did not render: a.yaml;" in refused(place)


def test_links_are_nobodys_and_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "keep.yaml").write_text("kind: Keep\n")
    place = tmp_path / "out"
    replace(place, files(a="1"))
    (place / "folder").symlink_to(tmp_path / "elsewhere")
    assert "hedgerow did not render: folder;" in refused(place)
    (place / "folder").unlink()
    (place / "a.yaml").unlink()
    (place / "a.yaml").symlink_to(tmp_path / "elsewhere" / "keep.yaml")
    assert "hedgerow did not render: a.yaml;" in refused(place)


def test_a_link_to_the_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    replace(tmp_path / "link", files(a="1"))
    assert (tmp_path / "link").is_symlink()
    assert held(tmp_path / "real") == files(a="1")


def test_places_that_cannot_be_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    assert refused(tmp_path / "file") == f"{tmp_path}/file: is no folder; name one that is empty or not there yet"
    place = tmp_path / "no" / "out"
    assert refused(place) == f"{place}: lies in a folder that is not there; make {tmp_path}/no"
    monkeypatch.chdir(tmp_path)
    told = "is, or holds, the working directory; name one below it: it is replaced as a whole"
    assert (refused(Path()), refused(tmp_path)) == (f".: {told}", f"{tmp_path}: {told}")


@pytest.mark.parametrize("at", ["write_bytes", "rename"])
def test_what_fails_half_way_leaves_everything_as_it_was(
    at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "out"
    replace(place, files(a="1", b="2"))
    done, calls = getattr(Path, at), []

    def failing(self: Path, *args: object) -> object:
        calls.append(self)
        if len(calls) == 2:
            raise OSError(28, os.strerror(28))
        return done(self, *args)

    with monkeypatch.context() as patched:
        patched.setattr(Path, at, failing)
        with pytest.raises(BadInput) as error:
            replace(place, files(a="3", c="4"))
    assert str(error.value) == f"{place}: cannot be written: No space left on device"
    assert held(place) == files(a="1", b="2")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_may_not_be_written_is_told_before_any_work(tmp_path: Path) -> None:
    folder.check(tmp_path / "out")
    assert not (tmp_path / "out").exists()
