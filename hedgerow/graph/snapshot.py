"""What a program says it will build, in one typed form, wherever it was read from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from .value import read

STACK_TYPE = "pulumi:pulumi:Stack"
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=True)
class Resource:
    """One resource: what it was given (`inputs`), what is known of it after (`outputs`), and its links, all by URN.

    Values are plain Python or a mark of `hedgerow.graph.value`. `origin` says where it stands, `file:line`, for
    resources read from a folder.
    """

    urn: str
    type: str
    name: str
    custom: bool = True
    parent: str = ""
    provider: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    remote: bool = False
    origin: str = ""

    def input(self, *path: str | int) -> Any:
        """The input at `path`, or a mark."""
        return read(self.inputs, *path)

    def output(self, *path: str | int) -> Any:
        """The output at `path`, or a mark."""
        return read(self.outputs, *path)


@dataclass(frozen=True)
class Snapshot:
    """Every resource of one stack, ordered by URN, so that whatever reads it gives the same words each time.

    `config` holds the stack's settings where the source knows them, decoded, secrets left out.
    """

    project: str
    stack: str
    resources: tuple[Resource, ...]
    config: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, project: str, stack: str, resources: Iterable[Resource], config: Mapping[str, Any] = NOTHING
    ) -> "Snapshot":
        """A snapshot of `resources` in any order."""
        return cls(project, stack, tuple(sorted(resources, key=lambda resource: resource.urn)), dict(config))

    @cached_property
    def by_urn(self) -> dict[str, Resource]:
        """Resources by URN."""
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return found

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Resources of these type tokens, in the order of the types given, then by URN."""
        for kind in types:
            yield from self._by_type.get(kind, ())

    def types(self) -> Iterable[str]:
        """Every type token present."""
        return self._by_type.keys()

    @cached_property
    def children(self) -> dict[str, list[Resource]]:
        """Resources by the URN of their parent."""
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.parent, []).append(resource)
        return found
