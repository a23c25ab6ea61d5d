"""House rules that a machine can keep (design.md section 5): sizes, words, places, pins."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

from ..support import ROOT

CODE = ("hedgerow", "components", "policies", "stacks", "bench")
MOST_LINES = {"components": 240, "policies": 60, "hedgerow": 300, "stacks": 200, "bench": 300}
LONGER = {
    "policies/pack.py": 190,
    "policies/catalog.py": 200,
    "stacks/settings.py": 300,
}
MOST_LINES_OF_A_FUNCTION = 45
MOST_FIELDS_OF_ARGS = 14


@cache
def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def python(*rooms: str) -> list[str]:
    return [name for name in tracked() if name.endswith(".py") and name.split("/")[0] in rooms]


def test_no_file_names_a_machine_or_a_registry() -> None:
    """A path of somebody's machine or a registry's host has no place in the project."""
    hosts = "|".join(
        [
            "pypi" + r"\.org",
            "pythonhosted" + r"\.org",
            "proxy" + r"\.golang",
            "registry" + r"\.npmjs",
            "deb" + r"\.debian",
        ]
    )
    wrong = re.compile(r"(^|[^A-Za-z0-9_.])/(work|root|farm|home/\w+)/|" + hosts, re.MULTILINE)
    found = []
    for name in tracked():
        text = (ROOT / name).read_bytes().decode(errors="ignore")
        found += [f"{name}: {match.group()!r}" for match in wrong.finditer(text) if name != "tests/house/test_house.py"]
    assert found == []


@pytest.mark.parametrize("name", python(*CODE))
def test_files_stay_short(name: str) -> None:
    lines = len((ROOT / name).read_text().splitlines())
    assert lines <= LONGER.get(name, MOST_LINES[name.split("/", maxsplit=1)[0]])


@pytest.mark.parametrize("name", python("hedgerow", "components", "policies", "stacks"))
def test_functions_stay_short(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    long = {node.name: node.end_lineno - node.lineno + 1 for node in functions if node.end_lineno}
    assert {key: lines for key, lines in long.items() if lines > MOST_LINES_OF_A_FUNCTION} == {}


@pytest.mark.parametrize("name", [name for name in python(*CODE) if (ROOT / name).stat().st_size])
def test_every_module_says_what_it_is(name: str) -> None:
    if not name.endswith("__main__.py"):
        assert ast.get_docstring(ast.parse((ROOT / name).read_text())), f"{name} has no docstring"


def test_comments_stay_rare() -> None:
    """What code does is said by its names; a comment says only why."""
    lines = comments = 0
    for name in python("hedgerow", "components", "policies", "stacks"):
        for line in (ROOT / name).read_text().splitlines():
            lines += 1
            comments += line.lstrip().startswith("#")
    assert comments / lines < 0.05


@pytest.mark.parametrize("name", python("components"))
def test_annotations_of_components_are_readable_at_run_time(name: str) -> None:
    """The component host reads them: postponed ones break it (model-codebases part 2)."""
    assert "from __future__ import annotations" not in (ROOT / name).read_text()


@pytest.mark.parametrize("name", python("components"))
def test_args_are_documented_and_few(name: str) -> None:
    for node in ast.walk(ast.parse((ROOT / name).read_text())):
        if not isinstance(node, ast.ClassDef) or not any(getattr(base, "id", "") == "TypedDict" for base in node.bases):
            continue
        body = [item for item in node.body if not (item is node.body[0] and isinstance(item, ast.Expr))]
        fields = [item for item in body if isinstance(item, ast.AnnAssign)]
        assert len(fields) <= MOST_FIELDS_OF_ARGS, f"{node.name} has {len(fields)} fields"
        for field, after in zip(body[::2], body[1::2], strict=True):
            assert isinstance(field, ast.AnnAssign), f"{node.name}: every field is followed by its docstring"
            assert isinstance(after, ast.Expr), f"{node.name}: every field is followed by its docstring"
            text = str(getattr(after.value, "value", ""))
            optional = "NotRequired" in ast.unparse(field.annotation)
            assert ("Default:" in text) == optional, f"{node.name}.{ast.unparse(field.target)}: {text!r}"


def test_the_program_is_small() -> None:
    assert len((ROOT / "stacks/__main__.py").read_text().splitlines()) <= 20


@pytest.mark.parametrize("name", [name for name in tracked() if name.startswith(".github/workflows/")])
def test_workflows_have_least_permissions_and_pinned_actions(name: str) -> None:
    workflow = yaml.safe_load((ROOT / name).read_text())
    assert workflow["permissions"] == {"contents": "read"}
    used = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)] == []


def test_every_make_target_that_the_readme_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert named - targets == set()
    assert {"preview", "test"} <= named


def test_the_lock_has_hashes_for_every_package() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        packages = re.split(r"\n(?=[a-z])", Path(ROOT / name).read_text())
        assert [package.split()[0] for package in packages[1:] if "--hash=sha256:" not in package] == []


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    for name in ("requirements.in", "requirements-dev.in"):
        pins = re.findall(r"^([A-Za-z][\w.-]*)(?:\[\w+\])?==", (ROOT / name).read_text(), re.MULTILINE)
        assert [pin for pin in pins if f"`{pin}`" not in text] == []
