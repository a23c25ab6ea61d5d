"""What an Ingress says: the Services that it leads to, and whether it is of a version that is gone."""

from collections.abc import Iterator
from typing import Any

from ..value import MISSING, Mark, read
from ..views.kubernetes import KubeObject, listing

REMOVED = ("extensions/v1beta1", "networking.k8s.io/v1beta1")
"""Versions that Kubernetes 1.22 removed, whose fields are not read."""
GONE = "it is of a version that Kubernetes 1.22 removed; write networking.k8s.io/v1"


def removed(ingress: KubeObject) -> bool:
    """Whether it is of a version that is gone, by what it says itself, else by its resource."""
    given = ingress.get("apiVersion")
    return (given if isinstance(given, str) else ingress.resource.type.split(":")[1]) in REMOVED


def paths(ingress: KubeObject) -> Iterator[tuple[str, Any, Any]]:
    """Where each Service stands that it leads to, its name, and its port, a number or a name."""
    yield from _service("spec.defaultBackend", ingress.get("spec", "defaultBackend"))
    for at, rule in enumerate(_listed(ingress.get("spec", "rules"))):
        for index, path in enumerate(_listed(read(rule, "http", "paths"))):
            yield from _service(f"spec.rules[{at}].http.paths[{index}]", read(path, "backend"))


def _service(field: str, backend: Any) -> Iterator[tuple[str, Any, Any]]:
    name, number, port = (read(backend, "service", *path) for path in (("name",), ("port", "number"), ("port", "name")))
    if name is not MISSING:
        yield field, name, port if number is MISSING else number


def _listed(value: Any) -> list[Any]:
    given = listing(value)
    return [] if isinstance(given, Mark) else given
