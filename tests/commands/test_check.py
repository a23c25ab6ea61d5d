"""`hedgerow check`, end to end: manifests and states, and what in them cannot be read."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from .support import PROJECTS, Ran, hedgerow
from .test_preview import QUOTA, document

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {team: pay}}\n"


def checked(folder: Path, *args: str) -> tuple[Ran, Any]:
    ran = hedgerow("check", ".", "--json", "-", *args, cwd=folder)
    return ran, document(ran.out)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pay.yaml").write_text("# the team\n" + NAMESPACE % "pay")
    (tmp_path / "values.yaml").write_text("replicas: 3\n")
    return tmp_path


def test_a_folder_is_judged_and_its_objects_are_named_by_file_and_line(folder: Path) -> None:
    ran, found = checked(folder)
    assert (ran.code, found["schema"], found["source"], found["class"]) == (3, "hedgerow/check/v1", "manifests", "prod")
    assert [(item["name"], item["origin"]) for item in found["resources"]] == [("pay", "pay.yaml:2")]
    assert QUOTA in {item["rule"] for item in found["findings"]}
    assert found["unread"] == []


def test_the_report_names_the_file_and_the_line(folder: Path) -> None:
    ran = hedgerow("check", ".", cwd=folder)
    assert ran.code == 3
    assert ran.out.splitlines()[0].startswith(".  class prod, judged by ")
    assert "      on: pay.yaml:2\n" in ran.out
    assert ran.err == ""


def test_what_cannot_be_read_is_listed_and_the_rest_is_judged(folder: Path) -> None:
    (folder / "broken.yaml").write_text("a: b: c\n")
    (folder / "binary.yml").write_bytes(b"\x00\x01\x02")
    (folder / "twice.yaml").write_text("kind: Pod\nkind: Pod\n")
    (folder / "latin.json").write_bytes(b'{"a": "\xe9"}')
    (folder / "deep.yaml").write_text("[" * 5_000 + "]" * 5_000)
    (folder / "bomb.yaml").write_text(
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{n}: &{n} [{','.join(['*' + p] * 10)}]\n" for p, n in zip("abcdef", "bcdefg", strict=True))
    )
    (folder / "odd.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: [x]}\n")
    ran, found = checked(folder)
    told = {item["file"]: item["line"] for item in found["unread"]}
    assert told.keys() == {
        "broken.yaml",
        "binary.yml",
        "twice.yaml",
        "latin.json",
        "deep.yaml",
        "bomb.yaml",
        "odd.yaml",
    }
    assert (told["broken.yaml"], told["twice.yaml"]) == (1, 2)
    assert [item["name"] for item in found["resources"]] == ["pay"]
    assert ran.code == 3
    assert "Not read" in ran.err.splitlines()
    assert "Traceback" not in ran.err


def test_where_nothing_can_be_read_nothing_is_judged(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("a: b: c\n")
    ran = hedgerow("check", ".", "--json", "x.json", cwd=tmp_path)
    message = "  broken.yaml:1: is not YAML: mapping values are not allowed in this context\n"
    assert ran == Ran(2, "", f"error: bad input; nothing was done\n{message}")
    assert not (tmp_path / "x.json").exists()


def test_an_empty_folder_is_no_clean_one(tmp_path: Path) -> None:
    ran = hedgerow("check", ".", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert "holds no Kubernetes object" in ran.err


def test_a_class_changes_the_levels(folder: Path) -> None:
    (folder / "policies").mkdir()
    shutil.copytree(PROJECTS / "rules" / "ns", folder / "policies" / "ns")
    (folder / "Pulumi.yaml").write_text("name: x\nruntime: python\n")
    (folder / "__main__.py").write_text("raise SystemExit('the program ran')\n")
    (folder / "search.json").write_text(
        json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "search"}})
    )
    codes = {}
    for name in ("dev", "staging", "prod"):
        ran = hedgerow("check", "search.json", "--class", name, "--json", "-", cwd=folder)
        found = document(ran.out)
        assert [(item["rule"], item["level"]) for item in found["findings"]] == [
            ("ns-named-search", "mandatory" if name == "prod" else "advisory")
        ]
        assert found["class"] == name
        codes[name] = ran.code
    assert codes == {"dev": 0, "staging": 0, "prod": 3}


def test_a_state_is_judged_as_a_preview_is(tmp_path: Path) -> None:
    urn = "urn:pulumi:dev::shop::kubernetes:core/v1:Namespace::pay"
    resource = {
        "urn": urn,
        "custom": True,
        "type": "kubernetes:core/v1:Namespace",
        "inputs": {"metadata": {"name": "pay"}},
    }
    state = tmp_path / "dev.json"
    state.write_text(json.dumps({"version": 3, "deployment": {"resources": [resource]}}))
    ran = hedgerow("check", "dev.json", "--json", "-", "--markdown", "dev.md", cwd=tmp_path)
    found = document(ran.out)
    assert (found["source"], found["project"], [item["urn"] for item in found["resources"]]) == ("state", "shop", [urn])
    assert QUOTA in {item["rule"] for item in found["findings"]}
    assert ran.code == 3
    assert "A state judged as it was exported" in (tmp_path / "dev.md").read_text()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("x.json", "{", "  x.json:1: is not JSON: Expecting property name enclosed in double quotes\n"),
        ("x.json", "[]", "  x.json: is no stack export; make one with `pulumi stack export --file FILE`\n"),
        ("x.json", '{"version": 2, "deployment": {}}', "  x.json: version must be 3, got 2\n"),
        ("x.json", '{"version": 3, "deployment": {"resources": [{"urn": 1}]}}',
         "  x.json: deployment.resources has an entry that cannot be read: KeyError('type')\n"),
        ("x.yaml", "a: 1\n", "  x.yaml: holds no Kubernetes object\n"),
    ],
)  # fmt: skip
def test_a_file_that_is_nothing_of_the_sort_is_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    assert hedgerow("check", name, cwd=tmp_path) == Ran(2, "", f"error: bad input; nothing was done\n{message}")


def test_hostile_manifests_move_no_cursor_and_make_no_markup(folder: Path) -> None:
    name = "pay|<script>alert(1)</script>\\u001b[2J\\n## all clean"
    (folder / "evil.yaml").write_text(NAMESPACE % f'"{name}"')
    ran = hedgerow("check", ".", "--markdown", "out.md", cwd=folder)
    assert ran.code == 3
    assert "\x1b" not in ran.out
    text = (folder / "out.md").read_text()
    outside = text.partition("<details>")[0]
    assert "\x1b" not in text
    assert "<script>" not in outside
    assert not [line for line in (ran.out + text).splitlines() if line.startswith("## all clean")]
