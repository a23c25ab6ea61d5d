"""Faults planted in a folder of manifests: each is found by a rule or as a path, and nothing else is said."""

import copy
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from hedgerow.graph import Snapshot, Views, judge
from hedgerow.graph.reach import reach
from hedgerow.graph.reach.ports import told
from hedgerow.graph.sources import manifests
from policies import catalog

from ...support import ROOT

HERE = Path(__file__).parent / "planted"
CLEAN: list[dict[str, Any]] = list(yaml.safe_load_all((HERE / "clean.yaml").read_text()))
FAULTS, HARMLESS = (yaml.safe_load((HERE / name).read_text()) for name in ("faults.yaml", "harmless.yaml"))
ASKED = {
    "search/Deployment/index → payments/Deployment/api TCP/8443",
    "reports/Deployment/web → reports/StatefulSet/db TCP/5432",
}
"""What the clean set asks for."""


@cache
def rules() -> tuple[Any, ...]:
    return tuple(catalog.load(ROOT / "policies"))


def named(item: dict[str, Any]) -> str:
    return f"{item['kind']}/{item['metadata'].get('namespace', '')}/{item['metadata']['name']}"


def planted(fault: dict[str, Any]) -> list[dict[str, Any]]:
    """The clean set with the fault in it."""
    objects = {named(item): copy.deepcopy(item) for item in CLEAN}
    for change in (fault, *fault.get("and", [])):
        for name in [change["of"]] if "of" in change else []:
            before = copy.deepcopy(objects[name])
            if change.get("remove"):
                del objects[name]
            else:
                _change(objects[name], change)
                assert objects[name] != before, "the change changes nothing"
    return [*objects.values(), *fault.get("add", [])]


def _change(value: Any, change: dict[str, Any]) -> None:
    *path, last = change.get("drop") or change["set"]
    for step in path:
        value = value[step] if isinstance(step, int) else value.setdefault(step, {})
    if "drop" in change:
        del value[last]
    elif isinstance(value, list) and last == len(value):
        value.append(change["to"])
    else:
        value[last] = change["to"]


def snapshot(objects: list[dict[str, Any]], folder: Path) -> Snapshot:
    """As people have it: read from a folder."""
    (folder / "all.yaml").write_text(yaml.safe_dump_all(objects))
    found, unread = manifests.load(folder)
    assert not unread
    return found


def findings(given: Snapshot) -> tuple[list[str], list[str]]:
    """The rules that find something for certain, and those that cannot tell."""
    found = judge(given, rules(), today=date(2026, 11, 21), environment="prod")
    sure, unsure = (sorted({item.rule for item in found if item.certain == each}) for each in (True, False))
    return sure, unsure


def paths(given: Snapshot) -> set[str]:
    """What gets through between workloads, the internet and metadata servers; `?` before what perhaps does."""
    found = reach(Views(given))
    pods = [end.name for cluster in found.clusters for end in cluster.endpoints if end.kind == "pods"]
    shown = set()
    for one, other in product([*pods, "internet"], [*pods, "internet", "metadata"]):
        if one != other:
            sure, unsure = found.ports(one, other), found.unsure(one, other)
            shown |= {f"{one} → {other} {told(sure)}"} if sure else set()
            shown |= {f"? {one} → {other} {told(unsure)}"} if unsure else set()
    return shown


def test_the_clean_set_is_clean(tmp_path: Path) -> None:
    given = snapshot(CLEAN, tmp_path)
    assert findings(given) == ([], [])
    assert paths(given) == ASKED


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["title"])
def test_a_fault_is_found_and_nothing_else_is(fault: dict[str, Any], tmp_path: Path) -> None:
    given = snapshot(planted(fault), tmp_path)
    got = paths(given)
    assert findings(given) == (fault.get("finds", []), fault.get("maybe", []))
    assert (got - ASKED, ASKED - got) == (set(fault.get("opens", [])), set(fault.get("closes", [])))
    assert fault.get("finds") or fault.get("opens"), "a fault is found by a rule or by a path"


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change["title"])
def test_what_is_no_fault_is_left_alone(change: dict[str, Any], tmp_path: Path) -> None:
    given = snapshot(planted(change), tmp_path)
    assert findings(given) == ([], [])
    assert paths(given) == ASKED - set(change.get("closes", []))


def test_there_are_at_least_twenty_beside_those_that_the_peers_were_tried_with() -> None:
    assert len({fault["title"] for fault in FAULTS}) == len(FAULTS) >= 5 + 20
