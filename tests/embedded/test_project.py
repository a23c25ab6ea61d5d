"""A project is read as Pulumi reads it, and what is wrong with it is told in one report."""

import json
from pathlib import Path

import pytest

from hedgerow.engine import project
from hedgerow.facts.problem import BadInput

PLAIN = "name: shop\nruntime: python\n"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_the_nearest_project_above_a_folder_is_found(tmp_path: Path) -> None:
    files = {
        "Pulumi.yaml": "name: shop\nruntime: {name: python}\nmain: app\nstackConfigDir: envs\n",
        "app/__main__.py": "",
        "app/deep/x": "",
        "envs/Pulumi.dev.yaml": "config: {}",
        "envs/Pulumi.prod.yaml": "config: {}",
        "envs/dev.lock.yaml": "",
    }
    found = project.find(write(tmp_path, files) / "app" / "deep")
    assert (found.name, found.root, found.program, found.stacks) == (
        "shop",
        tmp_path,
        tmp_path / "app",
        tmp_path / "envs",
    )
    assert found.stack_names() == ["dev", "prod"]


def test_configuration_is_given_as_the_sdk_takes_it(tmp_path: Path) -> None:
    files = {
        "Pulumi.yaml": f"{PLAIN}config:\n  size: {{type: integer, default: 3}}\n  aws:region: {{value: eu-west-1}}\n  note: plain\n",
        "__main__.py": "",
        "Pulumi.dev.yaml": (
            "config:\n  shop:size: 5\n  open: true\n  shop:net: {cidr: 10.0.0.0/8, zones: [a]}\n"
            "  shop:key: {secure: v1:abc}\n  shop:mixed: {user: u, password: {secure: v1:abc}}\n"
        ),
    }
    config = project.stack_config(project.find(write(tmp_path, files)), "dev")
    assert config.values == {
        "shop:size": "5",
        "aws:region": "eu-west-1",
        "shop:note": "plain",
        "shop:open": "true",
        "shop:net": json.dumps({"cidr": "10.0.0.0/8", "zones": ["a"]}),
        "shop:key": "[secret]",
        "shop:mixed": json.dumps({"user": "u", "password": "[secret]"}),
    }
    assert config.secret == {"shop:key", "shop:mixed"}
    assert config.decoded()["shop:net"] == {"cidr": "10.0.0.0/8", "zones": ["a"]}
    assert "shop:mixed" not in config.decoded()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"Pulumi.yaml": ""}, "Pulumi.yaml: is empty"),
        ({"Pulumi.yaml": "- a\n"}, "Pulumi.yaml:1: must be a mapping of keys to values, got ['a']"),
        (
            {"Pulumi.yaml": "runtime: nodejs\nmain: app\n"},
            "Pulumi.yaml:1: name is missing; give the project a name\n"
            "Pulumi.yaml:1: runtime must be python, got 'nodejs'; hedgerow runs Python programs; use `pulumi preview` for others\n"
            "Pulumi.yaml:2: main holds no __main__.py, got 'app'",
        ),
    ],
)
def test_a_project_file_that_cannot_be_used_is_told_at_once(
    tmp_path: Path, files: dict[str, str], expected: str
) -> None:
    with pytest.raises(BadInput) as caught:
        project.find(write(tmp_path, files))
    assert str(caught.value) == expected


def test_an_unknown_stack_names_those_there_are(tmp_path: Path) -> None:
    found = project.find(write(tmp_path, {"Pulumi.yaml": PLAIN, "__main__.py": "", "Pulumi.dev.yaml": "config: {}"}))
    with pytest.raises(BadInput) as caught:
        found.stack_file("prod")
    assert str(caught.value) == "Pulumi.prod.yaml: is not there; stacks of shop: dev"


@pytest.mark.parametrize(("text", "expected"), [
    ("", "Pulumi.dev.yaml: is empty"),
    ("config: [1]\n", "Pulumi.dev.yaml: config must be a mapping of keys to values, got [1]"),
    ("config:\n  a: 1\n  a: 2\n", "Pulumi.dev.yaml:3: has the key 'a' twice; keep one of them"),
])  # fmt: skip
def test_a_stack_file_that_cannot_be_used_is_told(tmp_path: Path, text: str, expected: str) -> None:
    found = project.find(write(tmp_path, {"Pulumi.yaml": PLAIN, "__main__.py": "", "Pulumi.dev.yaml": text}))
    with pytest.raises(BadInput) as caught:
        project.stack_config(found, "dev")
    assert str(caught.value) == expected
