"""The type checker reads of the clouds' SDKs only what is used: whatever is used must be among it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SDK = re.compile(r"pulumi_(aws|gcp|kubernetes)")


def read() -> set[str]:
    """Packages of the SDKs that mypy follows."""
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["overrides"]
    return {
        name.removesuffix(".*")
        for each in overrides
        if each.get("follow_imports") == "normal"
        for name in each["module"]
    }


def used(code: str) -> Iterator[str]:
    """Packages of the SDKs that a module uses, `aws.ec2` after `import pulumi_aws as aws`."""
    tree = ast.parse(code)
    imports = [alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names = {alias.asname or alias.name: alias.name for alias in imports if SDK.match(alias.name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and SDK.match(node.module or ""):
            yield ".".join((node.module or "").split(".")[:2])
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            yield f"{names[node.value.id]}.{node.attr}"


def test_used() -> None:
    """Aliases and imports from a package are both seen."""
    code = "import pulumi_aws as aws\nfrom pulumi_gcp.compute import Network\naws.ec2.Vpc('a')\n"
    assert set(used(code)) == {"pulumi_aws.ec2", "pulumi_gcp.compute"}


def test_what_is_used_is_read() -> None:
    """A package that is not read would be Any, and any argument right."""
    rooms = ("components", "stacks", "hedgerow")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    found = {
        name.replace(".Provider", ".provider") for path in files for name in used(path.read_text(encoding="utf-8"))
    }
    assert found - read() == set()
    assert len(found) > len(rooms)
