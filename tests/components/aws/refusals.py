"""How tests read what a plan refuses."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from components.shared.inputs import InputError


def refusals(plan: Callable[[str, Any], object], args: Mapping[str, Any], name: str = "main") -> list[str]:
    """The lines of the report that `plan` raises for `args`, each without the component's name."""
    with pytest.raises(InputError) as refused:
        plan(name, args)
    return [line.partition(": ")[2] for line in str(refused.value).splitlines()]
