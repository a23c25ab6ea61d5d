"""The `admission` block of a rule: what stands in its CEL for the label prefix and for the rule's own settings."""

import json
import re
from collections.abc import Mapping
from typing import Any

PREFIX = "prefix"
"""Stands for the prefix of hedgerow's labels; every other word stands for a setting of the rule."""
PLACEHOLDER = re.compile(r"<([a-z_]+)>")
REQUIRED = ("operations", "resources", "validations")
OPTIONAL = ("conditions", "parameter", "scope", "spares_system")


def filled(block: Any, values: Mapping[str, Any]) -> Any:
    """The block with every `<word>` replaced: the prefix as it is, a setting as CEL, in a message as people read it."""
    if isinstance(block, Mapping):
        return {
            key: _replaced(value, values, _told) if key == "message" else filled(value, values)
            for key, value in block.items()
        }
    if isinstance(block, list):
        return [filled(item, values) for item in block]
    return _replaced(block, values, json.dumps) if isinstance(block, str) else block


def words(block: Any) -> set[str]:
    """Every word that stands for something in a block."""
    if isinstance(block, Mapping):
        return {word for value in block.values() for word in words(value)}
    if isinstance(block, list):
        return {word for item in block for word in words(item)}
    return set(PLACEHOLDER.findall(block)) if isinstance(block, str) else set()


def _replaced(text: str, values: Mapping[str, Any], written: Any) -> str:
    return PLACEHOLDER.sub(lambda found: str(values[PREFIX]) if found[1] == PREFIX else written(values[found[1]]), text)


def _told(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
