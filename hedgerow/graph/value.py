"""Values as a program gave them: plain Python, and four marks for what cannot be read.

The marks raise on `bool()`, so that no rule mistakes «not known yet» for «not there».
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""Key that marks a special object on Pulumi's wire and in its state (pulumi/pulumi, sdk/go/common/resource)."""
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (a public constant of the protocol)
RESOURCE_SIGNATURE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

UNKNOWN_TEXTS: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""What stands for an unknown string, bool, number, array, asset, archive, object on the wire (pulumi-policy 1.21)."""


class Mark:
    """One of the four marks; there is a single instance of each, kept across pickling."""

    __slots__ = ("constant", "text")

    def __init__(self, constant: str, text: str) -> None:
        self.constant, self.text = constant, text

    def __bool__(self) -> bool:
        raise TypeError(f"{self.text} is neither true nor false; compare with `is {self.constant}` first")

    def __repr__(self) -> str:
        return self.text

    def __reduce__(self) -> str:
        return self.constant


UNKNOWN: Final = Mark("UNKNOWN", "[unknown]")
"""Known only after something was created."""
MISSING: Final = Mark("MISSING", "[missing]")
"""Not given at all."""
SECRET: Final = Mark("SECRET", "[secret]")
"""Given, and secret: the value itself is never kept."""

MAPPINGS: Final = (dict, Mapping)
"""What has keys; `dict` first, which is asked for far more often and is told at once."""


def is_known(value: object) -> bool:
    """Whether a value can be judged: neither unknown, nor secret, nor missing, at any depth."""
    if isinstance(value, Mark):
        return False
    if isinstance(value, Mapping):
        return all(is_known(item) for item in value.values())
    if isinstance(value, list | tuple):
        return all(is_known(item) for item in value)
    return True


def read(value: Any, *path: str | int) -> Any:
    """The value at `path`; MISSING where there is none, UNKNOWN or SECRET where the way there is so."""
    for step in path:
        if type(value) is dict or isinstance(value, Mapping):
            value = value.get(step, MISSING)
        elif isinstance(value, Mark):
            return value
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return MISSING
    return MISSING if value is None else value


def plain(value: Any) -> Any:
    """Plain Python of a decoded wire or state value: special objects become marks, whole floats become ints."""
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWN_TEXTS else value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        if SIGNATURE in value:
            return _special(value)
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [plain(item) for item in value]
    return value


def _special(value: Mapping[str, Any]) -> Any:
    signature = value[SIGNATURE]
    if signature == SECRET_SIGNATURE:
        return SECRET
    if signature == OUTPUT_SIGNATURE:
        if value.get("secret"):
            return SECRET
        return plain(value["value"]) if "value" in value else UNKNOWN
    if signature == RESOURCE_SIGNATURE:
        return (plain(value["id"]) or UNKNOWN) if "id" in value else plain(value.get("urn", ""))
    return "[asset]"


def printable(value: Any) -> Any:
    """The same value with marks as text: fit for JSON and YAML."""
    if isinstance(value, Mark):
        return value.text
    if isinstance(value, Mapping):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return value
