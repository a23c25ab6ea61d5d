"""A copy of the stacks' files to spoil, and what reading it gives."""

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from stacks.settings import Settings, read_settings
from tests.support import ROOT

STACKS = ROOT / "stacks"


def copied(to: Path) -> Path:
    """The YAML files of the stacks in a folder of their own."""
    folder = to / "stacks"
    for file in (*STACKS.glob("*.yaml"), *STACKS.glob("tenants/*.yaml")):
        target = folder / file.relative_to(STACKS)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    return folder


def spoil(folder: Path, changes: Iterable[Mapping[str, str]]) -> None:
    """Change files: `text` or `hex` as a whole, `from … to …` in place, none of these deletes."""
    for change in changes:
        file = folder / change["file"]
        if "from" in change:
            before = file.read_text()
            assert change["from"] in before, f"{change['from']!r} is not in {change['file']} any more"
            file.write_text(before.replace(change["from"], change["to"]))
        elif "text" in change:
            file.write_text(change["text"])
        elif "hex" in change:
            file.write_bytes(bytes.fromhex(change["hex"]))
        else:
            file.unlink()


def configuration(folder: Path, stack: str) -> dict[str, str]:
    """What Pulumi gives a program for a stack file: text by key, JSON for objects; nothing where it cannot read it."""
    try:
        whole: Any = yaml.safe_load((folder / f"Pulumi.{stack}.yaml").read_bytes())
        config = {key.removeprefix("hedgerow:"): value for key, value in whole["config"].items()}
    except (yaml.YAMLError, TypeError, AttributeError, KeyError, OSError):
        return {}
    return {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items() if ":" not in key
    }


def read(folder: Path, stack: str, secret: Iterable[str] = ()) -> Settings:
    """The settings of a stack whose files are in `folder`."""
    hidden = frozenset(secret)
    given = {key: text for key, text in configuration(folder, stack).items() if key not in hidden}
    return read_settings(stack, given, folder, hidden)
