"""`hedgerow render`, end to end: what it writes, what it refuses, and that `check` reads it as the preview is."""

import json
from pathlib import Path

import pytest

from .support import Ran, copied, hedgerow

KEYS = ("rule", "urn", "message", "level", "certain")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return copied("shop", tmp_path)


def files(place: Path) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def test_a_stack_is_rendered_twice_the_same_and_again_after_a_change(shop: Path) -> None:
    ran = hedgerow("render", "fenced", "--to", "out", cwd=shop)
    assert ran == Ran(
        0,
        "fenced: 4 objects in out; 4 new, 0 changed, 0 removed\n"
        "Placeholders; fill them in before anything applies these files\n"
        "  pay/resourcequota-pay.generated.yaml: metadata.name is chosen by the provider\n"
        "  search/resourcequota-search.generated.yaml: metadata.name is chosen by the provider\n",
        "",
    )
    first = files(shop / "out")
    assert sorted(first) == [
        "_cluster/namespace-pay.yaml",
        "_cluster/namespace-search.yaml",
        "hedgerow.index",
        "pay/resourcequota-pay.generated.yaml",
        "search/resourcequota-search.generated.yaml",
    ]
    assert first["pay/resourcequota-pay.generated.yaml"].decode() == (
        "# Rendered by hedgerow. Change the settings of the stack, not this file.\n"
        "apiVersion: v1\nkind: ResourceQuota\nmetadata:\n  generateName: pay-\n  namespace: pay\n"
        'spec:\n  hard:\n    requests.cpu: "10"\n'
    )
    again = hedgerow("render", "fenced", "--to", "out", cwd=shop)
    assert again.out.splitlines()[0] == "fenced: 4 objects in out; 0 new, 0 changed, 0 removed"
    assert files(shop / "out") == first
    settings = shop / "Pulumi.fenced.yaml"
    settings.write_text(settings.read_text().replace('{pay: "10", search: "20"}', '{pay: "11"}'))
    changed = hedgerow("render", "fenced", "--to", "out", cwd=shop)
    assert changed.out.splitlines()[0] == "fenced: 2 objects in out; 0 new, 1 changed, 2 removed"
    assert not (shop / "out" / "search").exists()


@pytest.mark.parametrize("stack", ["fenced", "open"])
def test_check_finds_in_the_folder_what_preview_finds_in_the_stack(stack: str, shop: Path) -> None:
    assert hedgerow("render", stack, "--to", "out", cwd=shop).code == 0
    found = [
        json.loads(hedgerow(*command, "--json", "-", cwd=shop).out)
        for command in (["preview", stack], ["check", "out"])
    ]
    told = [sorted([item[key] for key in KEYS] for item in each["findings"]) for each in found]
    assert told[0] == told[1] != []
    assert found[0]["class"] == found[1]["class"]


def test_no_secret_of_the_settings_is_written(shop: Path) -> None:
    hedgerow("render", "fenced", "--to", "out", cwd=shop)
    assert not [name for name, data in files(shop / "out").items() if b"abcdefgh" in data]


def test_a_folder_of_somebody_else_is_refused_and_left_alone(shop: Path) -> None:
    (shop / "out").mkdir()
    (shop / "out" / "notes.md").write_text("mine")
    ran = hedgerow("render", "fenced", "--to", "out", cwd=shop)
    told = "  out: holds what hedgerow did not render: notes.md; name another folder, or move that away\n"
    assert ran == Ran(2, "", f"error: bad input; nothing was done\n{told}")
    assert files(shop / "out") == {"notes.md": b"mine"}


def test_a_stack_that_is_not_there_is_told(shop: Path) -> None:
    ran = hedgerow("render", "fencd", "--to", "out", cwd=shop)
    assert ran == Ran(
        2,
        "",
        "error: bad input; nothing was done\n  Pulumi.fencd.yaml: is not there; stacks of shop: fenced, open\n",
    )
    assert not (shop / "out").exists()


def test_a_program_that_fails_leaves_the_earlier_render_whole(shop: Path) -> None:
    hedgerow("render", "fenced", "--to", "out", cwd=shop)
    first = files(shop / "out")
    (shop / "__main__.py").write_text("raise RuntimeError('no zone left')\n")
    ran = hedgerow("render", "fenced", "--to", "out", cwd=shop)
    assert (ran.code, ran.out) == (1, "")
    assert "RuntimeError: no zone left" in ran.err
    assert files(shop / "out") == first


def test_a_stack_without_kubernetes_objects_writes_nothing(shop: Path) -> None:
    (shop / "__main__.py").write_text("import pulumi\npulumi.export('a', 1)\n")
    ran = hedgerow("render", "fenced", "--to", "out", cwd=shop)
    assert ran == Ran(0, "fenced: no Kubernetes objects; nothing was written\n", "")
    assert not (shop / "out").exists()
