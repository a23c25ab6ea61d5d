"""The rules' own words become admission policies: as strict as the class, with the class's settings in them."""

import shutil
from pathlib import Path

import yaml

from policies import catalog
from stacks.admission import POLICIES, read_policies

PREFIX = "platform.example.com"


def copied(to: Path) -> Path:
    folder = to / "policies"
    shutil.copytree(POLICIES, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def test_each_class_has_the_levels_of_the_rules() -> None:
    rules = [rule for rule in catalog.load(POLICIES) if rule.admission]
    for environment in ("dev", "staging", "prod"):
        wanted = {rule.id: rule.level(environment) for rule in rules if rule.level(environment) != "off"}
        found = {rule: policy["action"] for rule, policy in read_policies(POLICIES, environment, PREFIX).items()}
        assert found == {rule: {"advisory": "Audit", "mandatory": "Deny"}[level] for rule, level in wanted.items()}


def test_nothing_is_left_to_fill_in() -> None:
    text = yaml.safe_dump(read_policies(POLICIES, "prod", PREFIX))
    assert "<" not in text.replace(" < ", "")
    assert PREFIX in text


def test_a_class_changes_level_and_settings(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    config = {"rules": {"ns-labels": {"level": "mandatory", "required": ["team"]}, "np-write-rbac": {"level": "off"}}}
    (folder / "config" / "dev.yaml").write_text(yaml.safe_dump(config))
    before, after = read_policies(POLICIES, "dev", PREFIX), read_policies(folder, "dev", PREFIX)
    assert before.keys() - after.keys() == {"np-write-rbac"}
    assert (before["ns-labels"]["action"], after["ns-labels"]["action"]) == ("Audit", "Deny")
    first = after["ns-labels"]["validations"][0]
    assert first["expression"].startswith('["team"].all(key, ')
    assert first["message"] == f"Namespace lacks a label that every namespace has under {PREFIX}; add team"


def test_a_folder_without_such_rules_gives_none(tmp_path: Path) -> None:
    (tmp_path / "ns").mkdir()
    (tmp_path / "ns" / "quiet.yaml").write_text("title: says nothing of a server\nlevels: {dev: advisory}\n")
    assert read_policies(tmp_path, "dev", PREFIX) == {}
