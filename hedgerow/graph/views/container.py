"""Containers of a pod template."""

from dataclasses import dataclass
from typing import Any

from ..value import MISSING, Mark, read

TIMES = {
    "failureThreshold": 3,
    "initialDelaySeconds": 0,
    "periodSeconds": 10,
    "successThreshold": 1,
    "timeoutSeconds": 1,
}
"""What the API server takes of a probe that says nothing (kubernetes/kubernetes pkg/apis/core/v1/defaults.go)."""


@dataclass(frozen=True)
class Container:
    """One container as it is given. `init`: it runs before the others."""

    given: Any
    init: bool = False

    @property
    def name(self) -> Any:
        """Its name; or a mark."""
        return read(self.given, "name")

    @property
    def sidecar(self) -> Any:
        """Whether it starts first and runs beside the others as long as they do; or a mark."""
        given = read(self.given, "restartPolicy")
        return given if isinstance(given, Mark) and given is not MISSING else self.init and given == "Always"

    def size(self, kind: str, of: str) -> Any:
        """Its `requests` or `limits` of a resource; a request that is left out is the limit; or a mark."""
        given = read(self.given, "resources", kind, of)
        return read(self.given, "resources", "limits", of) if given is MISSING and kind == "requests" else given

    def probe(self, name: str) -> Any:
        """A probe with the times that the API server fills in; or a mark, MISSING where it has none."""
        given = read(self.given, name)
        return {**TIMES, **given} if isinstance(given, dict) else given

    def __str__(self) -> str:
        return f"{'init container' if self.init else 'container'} '{self.name}'"
