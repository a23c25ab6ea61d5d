"""What a change is compared with: a state, a folder, a commit; read without touching the repository."""

import subprocess
from pathlib import Path

import pytest

from hedgerow.commands import base
from hedgerow.facts.problem import BadInput

from .support import copied

POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: {}, namespace: shop}}\nspec: {{containers: [{{name: main}}]}}\n"
PROGRAM = """
import pulumi

from parts.team import SIZE

pulumi.export("size", SIZE)
pulumi.ComponentResource("test:index:Team", "team", {"size": SIZE})
"""


def git(root: Path, *arguments: str) -> str:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", "-C", str(root), *who, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit and a changed file."""
    root = tmp_path / "repo"
    (root / "deploy" / "shop").mkdir(parents=True)
    git(tmp_path, "init", "-q", str(root))
    (root / "deploy" / "shop" / "api.yaml").write_text(POD.format("api"))
    (root / "deploy" / "other.yaml").write_text(POD.format("other"))
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    (root / "deploy" / "shop" / "api.yaml").write_text(POD.format("api") + "---\n" + POD.format("new"))
    return root


def test_a_commit_gives_the_same_path_as_it_was(repository: Path) -> None:
    found = base.find("HEAD", str(repository / "deploy" / "shop"))
    assert [resource.name for resource in found.snapshot.resources] == ["shop/api"]
    assert (found.name, found.new, list(found.unread)) == ("HEAD", False, [])
    file = base.find("HEAD", str(repository / "deploy" / "shop" / "api.yaml"))
    assert [resource.name for resource in file.snapshot.resources] == ["shop/api"]


def test_the_repository_stays_as_it_is(repository: Path) -> None:
    before = git(repository, "status", "--short"), git(repository, "worktree", "list")
    base.find("HEAD", str(repository / "deploy"))
    assert (git(repository, "status", "--short"), git(repository, "worktree", "list")) == before
    assert before[0].strip() == "M deploy/shop/api.yaml".strip()


def test_a_folder_that_the_commit_has_not_is_new(repository: Path) -> None:
    (repository / "later").mkdir()
    (repository / "later" / "pod.yaml").write_text(POD.format("later"))
    found = base.find("HEAD", str(repository / "later"))
    assert (found.new, found.snapshot.resources) == (True, ())


def test_a_path_wins_over_a_commit(repository: Path) -> None:
    found = base.find(str(repository / "deploy" / "other.yaml"), str(repository / "deploy"))
    assert [resource.name for resource in found.snapshot.resources] == ["shop/other"]


@pytest.mark.parametrize("text", ["nobody", "--help", "HEAD:deploy"])
def test_what_names_nothing_is_refused(repository: Path, text: str) -> None:
    with pytest.raises(BadInput) as error:
        base.find(text, str(repository / "deploy"))
    assert str(error.value) == (
        f"--against {text}: is no file, no folder and no commit; write a state file, a folder, or a commit of this "
        "repository (is it fetched?)"
    )


def test_outside_of_a_repository_git_says_so(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(POD.format("a"))
    with pytest.raises(BadInput, match=r"git rev-parse failed: fatal: not a git repository"):
        base.find("HEAD", str(tmp_path))


def test_a_stack_runs_the_program_and_the_modules_of_the_commit(tmp_path: Path) -> None:
    root = tmp_path / "repo" / "infra"
    (root / "parts").mkdir(parents=True)
    git(tmp_path, "init", "-q", str(tmp_path / "repo"))
    (root / "Pulumi.yaml").write_text("name: size\nruntime: python\n")
    (root / "__main__.py").write_text(PROGRAM)
    (root / "parts" / "team.py").write_text("SIZE = 1\n")
    (root / "Pulumi.dev.yaml").write_text("config: {}\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    (root / "parts" / "team.py").write_text("SIZE = 2\n")
    now, before = base.embedded("dev", folder=root), base.find("HEAD", "dev", folder=root)
    sizes = [[item.input("size") for item in found.of_type("test:index:Team")] for found in (now, before.snapshot)]
    assert sizes == [[2], [1]]
    (root / "Pulumi.late.yaml").write_text("config: {}\n")
    assert base.find("HEAD", "late", folder=root).new


def test_a_program_that_failed_at_the_commit_is_told_as_such(tmp_path: Path) -> None:
    root = copied("shop", tmp_path)
    git(tmp_path, "init", "-q", str(root))
    program = (root / "__main__.py").read_text()
    (root / "__main__.py").write_text("raise SystemExit(4)\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    (root / "__main__.py").write_text(program)
    with pytest.raises(base.Unreadable) as error:
        base.find("HEAD", "open", folder=root)
    assert str(error.value) == (
        "stack open at HEAD could not be previewed\n  open at HEAD: the program ended itself with exit code 4"
    )
