"""Every kind of bad input, by the exact report that it gives. The cases stand in reports.yaml."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.settings import SettingsError
from tests.support import TESTS

from .folder import copied, read, spoil

FILE = TESTS / "stacks" / "reports.yaml"
CASES: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())


@pytest.mark.parametrize("title", CASES)
def test_reports(title: str, tmp_path: Path) -> None:
    case, folder = CASES[title], copied(tmp_path)
    spoil(folder, case["changes"])
    before = {file: file.read_bytes() for file in folder.rglob("*.yaml")}
    with pytest.raises(SettingsError) as refused:
        read(folder, case.get("stack", "aws-dev"), case.get("secret", ()))
    if os.environ.get("HEDGEROW_ACCEPT") == "1":
        accept(title, str(refused.value))
    assert str(refused.value) == case["report"].rstrip("\n"), "if that is meant, run `make accept`"
    assert refused.value.exit_code == 2
    assert len(refused.value.problems) == len(str(refused.value).splitlines()) - 1
    assert {file: file.read_bytes() for file in folder.rglob("*.yaml")} == before, "nothing is written"


def accept(title: str, report: str) -> None:
    """Rewrite one report in the file, everything else as it stands."""
    CASES[title]["report"] = report + "\n"
    FILE.write_text(yaml.dump(CASES, Dumper=Blocks, sort_keys=False, allow_unicode=True, width=10_000))


class Blocks(yaml.SafeDumper):
    """Writes texts of several lines as people read them."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


Blocks.add_representer(str, _text)
