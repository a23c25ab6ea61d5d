"""The well-known recipes for NetworkPolicies as manifests, each with the whole table of what gets through."""

from pathlib import Path

import pytest
import yaml

from hedgerow.graph import Views
from hedgerow.graph.reach import reach
from hedgerow.graph.reach.ports import told
from hedgerow.graph.sources import manifests

RECIPES = sorted((Path(__file__).parent / "recipes").glob("*.yaml"))
NUMBERS = {f"{number:02}" for number in range(15)} - {"13"}
"""The numbers that the collection has: its thirteenth was never written."""


@pytest.mark.parametrize("file", RECIPES, ids=lambda file: file.stem)
def test_a_recipe_lets_through_its_table_and_nothing_else(file: Path) -> None:
    table = list(yaml.safe_load_all(file.read_text()))[-1]
    snapshot, unread = manifests.load(file)
    found = reach(Views(snapshot), plugin=table.get("plugin", "cilium"))
    got: dict[str, set[str]] = {source: set() for source in table["paths"]}
    for path in found.paths():
        if path.source.name in got and path.destination.name in got:
            every = "" if told(path.ports) == "every port" else f" {told(path.ports)}"
            got[path.source.name].add(f"{path.destination.name}{every}")
    assert got == {source: set(to) for source, to in table["paths"].items()}
    assert not unread
    assert not found.problems
    assert got.keys() == {end.name for cluster in found.clusters for end in cluster.endpoints if end.kind == "pods"} | {
        "internet"
    }


def test_every_recipe_is_there() -> None:
    assert {file.name[:2] for file in RECIPES} == NUMBERS
