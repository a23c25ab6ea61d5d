"""A snapshot of what a program registered, kept as the requests come in."""

from typing import Any

from ..snapshot import STACK_TYPE, Resource, Snapshot
from . import wire


class DuplicateUrn(ValueError):
    """Two resources of one stack got the same URN."""


class Recording:
    """Resources of one run, by URN. `register` and `read` take protobuf requests of the resource monitor."""

    def __init__(self, project: str, stack: str) -> None:
        self.project, self.stack = project, stack
        self._resources: dict[str, Resource] = {}
        self._outputs: dict[str, dict[str, Any]] = {}

    def __len__(self) -> int:
        return len(self._resources)

    @property
    def last(self) -> str:
        """URN registered last, for whoever must say how far a run came."""
        return next(reversed(self._resources), "")

    def urn(self, request: Any) -> str:
        """The URN the engine would give: the parent's whole qualified type, and nothing for the stack itself."""
        qualified = request.type
        if request.parent:
            above = request.parent.split("::")[2]
            if above != STACK_TYPE:
                qualified = f"{above}${qualified}"
        return f"urn:pulumi:{self.stack}::{self.project}::{qualified}::{request.name}"

    def register(self, request: Any) -> str:
        """Keep a RegisterResourceRequest; gives its URN."""
        inputs = wire.struct(request.object)
        return self._keep(
            Resource(
                urn=self.urn(request),
                type=request.type,
                name=request.name,
                custom=request.custom,
                parent=request.parent,
                provider=wire.urn_of_provider(request.provider),
                inputs=inputs,
                outputs=inputs if request.custom else {},
                dependencies=tuple(sorted(request.dependencies)),
                property_dependencies=_links(request.propertyDependencies),
                protect=request.protect,
                ignore_changes=tuple(request.ignoreChanges),
                remote=request.remote,
            )
        )

    def read(self, request: Any, outputs: dict[str, Any]) -> str:
        """Keep a ReadResourceRequest with what was answered; gives its URN."""
        return self._keep(
            Resource(
                urn=self.urn(request),
                type=request.type,
                name=request.name,
                parent=request.parent,
                provider=wire.urn_of_provider(request.provider),
                inputs=wire.struct(request.properties),
                outputs=outputs,
                dependencies=tuple(sorted(request.dependencies)),
            )
        )

    def outputs(self, urn: str, message: Any) -> None:
        """Keep the outputs that a component registered."""
        self._outputs[urn] = wire.struct(message)

    def snapshot(self, config: dict[str, Any]) -> Snapshot:
        """Everything kept, as a snapshot."""
        return Snapshot.of(self.project, self.stack, map(self._finished, self._resources.values()), config)

    def _keep(self, resource: Resource) -> str:
        if resource.urn in self._resources:
            raise DuplicateUrn(
                f"two resources are called {resource.name!r} with type {resource.type} under the same parent "
                f"({resource.urn}); give one of them another name"
            )
        self._resources[resource.urn] = resource
        return resource.urn

    def _finished(self, resource: Resource) -> Resource:
        outputs = self._outputs.get(resource.urn)
        if outputs is None:
            return resource
        changed = {name: getattr(resource, name) for name in Resource.__dataclass_fields__}
        return Resource(**{**changed, "outputs": outputs})


def _links(message: Any) -> dict[str, tuple[str, ...]]:
    return {key: tuple(sorted(links.urns)) for key, links in message.items() if links.urns}
