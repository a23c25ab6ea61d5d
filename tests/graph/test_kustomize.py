"""Files that Kustomize changes before they are applied are listed, not judged."""

from pathlib import Path

import pytest

from hedgerow.graph.sources import manifests

NAMESPACE = "{apiVersion: v1, kind: Namespace, metadata: {name: system}}\n"
POD = "{apiVersion: v1, kind: Pod, metadata: {name: api, namespace: system}}\n"
RENAMED = (
    "manager/manager.yaml:1: is a Namespace 'system' that Kustomize names {}; judge what `kubectl kustomize` prints"
)


def loaded(folder: Path, files: dict[str, str]) -> tuple[list[str], list[str]]:
    """The objects that were read by kind and name, and what is told of the other files."""
    for name, text in {"manager/manager.yaml": f"{NAMESPACE}---\n{POD}", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    snapshot, problems = manifests.load(folder)
    told = [str(problem) for problem in problems if "without metadata" not in str(problem)]
    return [f"{resource.inputs['kind']} {resource.name}" for resource in snapshot.resources], told


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({"manager/kustomization.yaml": "{namespace: shop, resources: [manager.yaml]}"}, "shop"),
        (
            {
                "manager/kustomization.yaml": "resources: [manager.yaml]",
                "default/kustomization.yml": "{namespace: shop, namePrefix: shop-, bases: [../manager]}",
            },
            "shop",
        ),
        (
            {
                "manager/kustomization.yaml": "{namespace: inner, resources: [manager.yaml]}",
                "one/Kustomization": "{namespace: one, resources: [../manager]}",
                "two/kustomization.yaml": "{namespace: two, components: [../manager]}",
            },
            "one, two",
        ),
    ],
    ids=["at once", "by one above", "by several, of which the outermost counts"],
)
def test_a_namespace_that_is_always_renamed_is_listed_and_the_rest_of_its_file_read(
    tmp_path: Path, files: dict[str, str], names: str
) -> None:
    assert loaded(tmp_path, files) == (["Pod system/api"], [RENAMED.format(names)])


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"manager/kustomization.yaml": "{namePrefix: shop-, resources: [manager.yaml]}"},
        {"manager/kustomization.yaml": "{namespace: system, resources: [manager.yaml]}"},
        {"other/kustomization.yaml": "{namespace: shop, resources: [other.yaml, https://example.com/manager.yaml]}"},
        {
            "manager/kustomization.yaml": "resources: [manager.yaml]",
            "one/kustomization.yaml": "{namespace: one, resources: [../manager]}",
            "plain/kustomization.yaml": "resources: [../manager]",
        },
        {
            "manager/kustomization.yaml": "{namespace: 5, resources: [manager.yaml, 7, {a: b}, ../ring]}",
            "ring/kustomization.yaml": "resources: [../manager]",
        },
    ],
    ids=["no kustomization", "a prefix", "its own name", "not taken in", "one way keeps it", "in a ring, and nonsense"],
)
def test_a_namespace_that_keeps_its_name_in_some_way_is_read(tmp_path: Path, files: dict[str, str]) -> None:
    assert loaded(tmp_path, files) == (["Namespace system", "Pod system/api"], [])


def test_a_patch_is_listed_with_the_kustomization_that_names_it(tmp_path: Path) -> None:
    files = {
        "default/kustomization.yaml": "{resources: [../manager], patches: [{path: less.yaml}, {patch: 'a: b'}]}",
        "default/less.yaml": NAMESPACE,
    }
    told = "default/less.yaml: is a patch of default/kustomization.yaml; judge what `kubectl kustomize` prints"
    assert loaded(tmp_path, files) == (["Namespace system", "Pod system/api"], [told])
