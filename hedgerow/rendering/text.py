"""YAML that every reader reads alike: keys in order, and quotes around what some parser takes for a number or a truth.

PyYAML leaves `1e3`, `0o17` and `y` bare; the parser of Kubernetes reads two numbers and a truth.
"""

import re
from collections.abc import Mapping
from typing import Any

import yaml

FIRST = ("schema", "apiVersion", "kind", "metadata")
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?<![.])")
WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
WIDEST = 1 << 20
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def dump(value: Mapping[str, Any]) -> str:
    """One document of YAML, ended by a line break."""
    ordered = {key: value[key] for key in (*FIRST, *sorted(value.keys() - set(FIRST))) if key in value}
    text = yaml.dump(
        {key: _ordered(item) for key, item in ordered.items()},
        Dumper=Dumper,
        allow_unicode=True,
        default_flow_style=False,
        sort_keys=False,
        width=WIDEST,
    )
    return str(text)


class Dumper(_Dumper):  # type: ignore[misc]
    """PyYAML's, without anchors, and with texts quoted as above."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: Any, text: str) -> Any:
    style = '"'
    if PLAIN.fullmatch(text) and text.lower() not in WORDS:
        style = ""
    elif "\n" in text and _fits_a_block(text):
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _fits_a_block(text: str) -> bool:
    lines = text.split("\n")
    return (
        text.isascii()
        and all(line.isprintable() and line == line.rstrip() for line in lines)
        and not text.startswith((" ", "\n"))
    )


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    return value


Dumper.add_representer(str, _text)
