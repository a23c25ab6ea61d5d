"""`hedgerow preview --against`: what changes compared with a commit or a state."""

import json
from pathlib import Path

import pytest

from .support import hedgerow
from .test_base import git

PROGRAM = """
import pulumi_kubernetes as k8s

from size import PODS

k8s.core.v1.ResourceQuota(
    "quota",
    metadata={"name": "quota", "namespace": "shop"},
    spec={"hard": {"pods": PODS}},
)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in a repository: committed with 10 pods, changed to 20."""
    root = tmp_path / "shop"
    root.mkdir()
    (root / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (root / "Pulumi.dev.yaml").write_text("config: {}\n")
    (root / "__main__.py").write_text(PROGRAM)
    (root / "size.py").write_text('PODS = "10"\n')
    (root / ".gitignore").write_text("__pycache__/\n")
    git(tmp_path, "init", "-q", str(root))
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    (root / "size.py").write_text('PODS = "20"\n')
    return root


def test_a_commit_is_embedded_with_its_own_files(project: Path) -> None:
    ran = hedgerow("preview", "--against", "HEAD", "--json", "out.json", cwd=project)
    assert "against HEAD: 1 to update" in ran.out
    assert "spec.hard.pods: 10 → 20" in ran.out
    told = json.loads((project / "out.json").read_text())["difference"]
    assert (told["against"], told["new"], told["error"]) == ("HEAD", False, "")
    assert [(change["what"], change["name"]) for change in told["changes"]] == [("update", "quota")]
    assert git(project, "status", "--short").splitlines() == ["M size.py", "?? out.json"]


def test_a_stack_that_the_commit_has_not_is_new(project: Path) -> None:
    (project / "Pulumi.prod.yaml").write_text("config: {}\n")
    ran = hedgerow("preview", "prod", "--against", "HEAD", cwd=project)
    assert "against HEAD: nothing is there yet, everything is new" in ran.out


def test_a_commit_whose_program_fails_costs_the_difference_only(project: Path) -> None:
    (project / "size.py").write_text("raise KeyError('x')\n")
    git(project, "commit", "-qam", "broken")
    (project / "size.py").write_text('PODS = "20"\n')
    whole = hedgerow("preview", cwd=project)
    ran = hedgerow("preview", "--against", "HEAD", cwd=project)
    assert "against HEAD: not known" in ran.out
    assert ran.code == whole.code


def test_what_names_nothing_is_refused_before_anything_is_shown(project: Path) -> None:
    ran = hedgerow("preview", "--against", "nobody", cwd=project)
    assert (ran.code, ran.out) == (2, "")
    assert "--against nobody: is no file, no folder and no commit" in ran.err


def test_one_state_is_not_for_several_stacks(project: Path) -> None:
    (project / "Pulumi.prod.yaml").write_text("config: {}\n")
    (project / "state.json").write_text("{}")
    ran = hedgerow("preview", "--all", "--against", "state.json", cwd=project)
    assert ran.code == 2
    assert "--against state.json: is one state, and 2 stacks; name one stack, or compare with a commit" in ran.err


def test_a_state_is_compared_by_what_the_program_gives(project: Path) -> None:
    urn = "urn:pulumi:dev::shop::"
    entry = {
        "urn": f"{urn}kubernetes:core/v1:ResourceQuota::quota",
        "custom": True,
        "type": "kubernetes:core/v1:ResourceQuota",
        "inputs": {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "quota", "namespace": "shop"},
            "spec": {"hard": {"pods": "30"}},
        },
    }
    state = {"version": 3, "deployment": {"resources": [entry]}}
    (project / "state.json").write_text(json.dumps(state))
    ran = hedgerow("preview", "--against", "state.json", cwd=project)
    assert "against state.json: 1 to update" in ran.out
    assert "spec.hard.pods: 30 → 20" in ran.out
