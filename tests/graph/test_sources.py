"""State files and folders of manifests: what can be read is, the rest is told by file and line."""

import json
from pathlib import Path
from typing import Any

import pytest

from hedgerow.facts.problem import BadInput
from hedgerow.graph import Views
from hedgerow.graph.sources import manifests, state

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: pay}\n"


def folder(tmp_path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return tmp_path


def test_objects_of_every_document_list_and_folder_are_found(tmp_path: Path) -> None:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q", "namespace": "pay"}}
    files = {
        "a.yaml": f"{NAMESPACE}---\n# only a comment\n---\napiVersion: v1\nkind: List\nitems:\n- {json.dumps(quota)}\n",
        "deep/b.json": json.dumps({**quota, "metadata": {"name": "r", "namespace": "pay"}}),
        "notes.txt": "not read",
        ".git/c.yaml": NAMESPACE,
        "values.yaml": "replicas: 3\n",
    }
    snapshot, problems = manifests.load(folder(tmp_path, files))
    assert problems == []
    assert [(item.type, item.name, item.origin) for item in snapshot.resources] == [
        ("kubernetes:core/v1:Namespace", "pay", "a.yaml:1"),
        ("kubernetes:core/v1:ResourceQuota", "pay/q", "a.yaml:10"),
        ("kubernetes:core/v1:ResourceQuota", "pay/r", "deep/b.json:1"),
    ]
    views = Views(snapshot)
    assert [item.name for item in views.within(views.namespaces[0], views.quotas)] == ["q", "r"]


def test_what_cannot_be_read_is_told_by_file_and_line_and_the_rest_is_judged(tmp_path: Path) -> None:
    files: dict[str, Any] = {
        "broken.yaml": "a: [1,\n",
        "good.yaml": NAMESPACE,
        "nameless.yaml": "\n\napiVersion: v1\nkind: Namespace\n",
        "odd.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: 5}\n",
        "twice.yaml": f"# again\n{NAMESPACE}",
        "duplicate.yaml": "apiVersion: v1\nkind: Namespace\nkind: Pod\nmetadata: {name: x}\n",
    }
    binary = folder(tmp_path, files) / "binary.yaml"
    binary.write_bytes(b"\x00\xff\xfe\n")
    snapshot, problems = manifests.load(tmp_path)
    assert [str(problem) for problem in problems] == [
        "binary.yaml:1: is not UTF-8 text; save it as UTF-8",
        "broken.yaml:2: is not YAML: did not find expected node content",
        "duplicate.yaml:3: has the key 'kind' twice; keep one of them",
        "nameless.yaml:3: is a Namespace without metadata",
        "odd.yaml:1: is a Namespace whose metadata.name is no text",
        "twice.yaml:2: declares Namespace 'pay' again, first in good.yaml:1; the later one is judged; keep one of them",
    ]
    assert [item.name for item in snapshot.resources] == ["pay"]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no Kubernetes object"):
        manifests.load(tmp_path)


def test_values_of_secrets_are_never_kept(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: aHVudGVyMg==}\nstringData: {b: hunter2}\n"
    snapshot, _ = manifests.load(folder(tmp_path, {"s.yaml": text}))
    assert "hunter2" not in repr(snapshot)
    assert "aHVudGVyMg" not in repr(snapshot)


def test_a_bomb_of_aliases_is_told_and_not_expanded(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    _, problems = manifests.load(folder(tmp_path, {"bomb.yaml": "\n".join(lines), "good.yaml": NAMESPACE}))
    assert [str(problem) for problem in problems] == ["bomb.yaml:5: expands by aliases to more than 200000 values"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "f.json:1: is not JSON: Expecting property name enclosed in double quotes"),
        ("[]", "f.json: is no stack export; make one with `pulumi stack export --file FILE`"),
        ('{"version": 2, "deployment": {}}', "f.json: version must be 3, got 2"),
        ('{"version": 3, "deployment": {"resources": [null]}}', "f.json: deployment.resources has an entry that cannot be read: AttributeError(\"'NoneType' object has no attribute 'get'\")"),
        ('{"version": 3, "deployment": {"resources": 5}}', "f.json: deployment.resources has an entry that cannot be read: TypeError(\"'int' object is not iterable\")"),
        ('{"version": 3, "deployment": {"resources": [{"type": "x"}]}}', "f.json: deployment.resources has an entry that cannot be read: KeyError('urn')"),
        ('{"version": 3, "deployment": {"resources": [{"type": "x", "urn": "y"}]}}', "f.json: deployment.resources has an entry that cannot be read: IndexError('list index out of range')"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_state_is_refused_in_one_line(
    tmp_path: Path, text: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder(tmp_path, {"f.json": text}))
    with pytest.raises(BadInput) as caught:
        state.load(Path("f.json"))
    assert str(caught.value) == expected


def test_a_state_of_nothing_is_an_empty_snapshot() -> None:
    assert state.snapshot({"version": 3, "deployment": {"manifest": {}}}).resources == ()


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * 300 + "]" * 300,
        "- " * 400 + "x",
        "\n".join(" " * n + "a:" for n in range(400)),
        "x: " + '["]", ' * 100_000,
    ],
)
def test_what_is_nested_too_deeply_is_told_and_ends_no_process(tmp_path: Path, text: str) -> None:
    _, problems = manifests.load(folder(tmp_path, {"deep.yaml": text, "good.yaml": NAMESPACE}))
    assert ["is nested more than 200 levels deep" in str(problem) for problem in problems] == [True]


def test_what_kustomize_merges_is_listed_and_not_judged_as_an_object(tmp_path: Path) -> None:
    files = {
        "base/ns.yaml": NAMESPACE,
        "overlay/kustomization.yaml": "resources: [../base]\npatches:\n- path: more.yaml\n- patch: |-\n    - op: remove\npatchesStrategicMerge: [old.yaml]\n",
        "overlay/more.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: pay, labels: {a: b}}\n",
        "overlay/old.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n",
        "overlay/gone.yaml": "$patch: delete\napiVersion: v1\nkind: Namespace\nmetadata: {name: gone}\n",
        "overlay/name.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: $(namespace)}\n",
    }
    snapshot, problems = manifests.load(folder(tmp_path, files))
    assert [item.name for item in snapshot.resources] == ["pay"]
    assert [str(problem) for problem in problems] == [
        "overlay/gone.yaml:1: is a Kustomize patch of a Namespace; judge what `kubectl kustomize` prints",
        "overlay/more.yaml: is a patch of overlay/kustomization.yaml; judge what `kubectl kustomize` prints",
        "overlay/name.yaml:1: is a Namespace whose metadata.name is a Kustomize variable; judge what `kubectl kustomize` prints",
        "overlay/old.yaml: is a patch of overlay/kustomization.yaml; judge what `kubectl kustomize` prints",
    ]
