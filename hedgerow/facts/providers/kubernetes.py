"""What the Kubernetes provider of Pulumi replaces: the tables in its `diff.go`, and what its code adds to them."""

from collections.abc import Iterator
from typing import Any

from . import go
from .package import Packages

PACKAGE, TABLE = "provider", "forceNew"
EVERY = {
    "kubernetes:* *": "update",
    "kubernetes:* metadata.name": "replace",
    "kubernetes:* metadata.namespace": "replace",
}
"""What it does for objects of every kind."""
IMMUTABLE = (
    "kubernetes:core/v1:ConfigMap binaryData",
    "kubernetes:core/v1:ConfigMap data",
    "kubernetes:core/v1:Secret data",
    "kubernetes:core/v1:Secret stringData",
    "kubernetes:core/v1:Secret type",
)
"""What its code replaces unless it is told that these may change, which is not its default."""


def effects(packages: Packages) -> dict[str, str]:
    """Effects by type and path; empty where the folder does not hold the provider."""
    found = {f"{type_} {path}": "replace" for type_, path in _rows(packages)}
    return {**EVERY, **dict.fromkeys(IMMUTABLE, "replace"), **found} if found else {}


def _rows(packages: Packages) -> Iterator[tuple[str, str]]:
    groups = packages.declared(PACKAGE, TABLE)[0]
    for group, versions in _elements(groups, packages):
        for version, kinds in _elements(versions, packages) if group else ():
            for kind, properties in _elements(kinds, packages):
                yield from ((f"kubernetes:{group}/{version}:{kind}", path) for path in _paths(properties, packages))


def _elements(node: Any, packages: Packages) -> Iterator[tuple[str, Any]]:
    node = packages.declared(PACKAGE, node.value)[0] if isinstance(node, go.Name) else node
    for key, value in node.elements if isinstance(node, go.Literal) else ():
        if not isinstance(key, go.Text):
            raise go.NotGo("a key of it is not a string")
        yield key.value, value


def _paths(node: Any, packages: Packages) -> Iterator[str]:
    """Paths of a list, of a name of one, or of lists put together; what is below another path says nothing new."""
    if isinstance(node, go.Name):
        node = packages.declared(PACKAGE, node.value)[0]
    if isinstance(node, go.Text):
        yield node.value.removeprefix(".").partition("[")[0]
    for item in node.arguments if isinstance(node, go.Call) else ():
        yield from _paths(item, packages)
    for _, item in node.elements if isinstance(node, go.Literal) else ():
        yield from _paths(item, packages)
