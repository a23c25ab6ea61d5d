"""A snapshot of what the engine shows a policy pack: AnalyzeStack, joined by URN with the Analyze requests before it.

AnalyzeStack alone is not enough: a component's properties in it are its outputs, and its inputs come only with
Analyze (engine-facts A2).
"""

from collections.abc import Iterable
from typing import Any

from ..snapshot import Resource, Snapshot
from . import wire
from .state import PROVIDER_TYPE, given_inputs


class Analyzed:
    """Inputs by URN, kept while the engine analyzes one resource after the other."""

    def __init__(self) -> None:
        self._inputs: dict[str, dict[str, Any]] = {}

    def add(self, request: Any) -> None:
        """Keep the inputs of an AnalyzeRequest."""
        self._inputs[request.urn] = wire.struct(request.properties)

    def snapshot(self, resources: Iterable[Any], config: dict[str, Any]) -> Snapshot:
        """The snapshot of an AnalyzeStackRequest's resources. What was never analyzed has its outputs for inputs."""
        found = [self._resource(message) for message in resources]
        stack, project = found[0].urn.removeprefix("urn:pulumi:").split("::")[:2] if found else ("", "")
        return Snapshot.of(project, stack, found, config)

    def _resource(self, message: Any) -> Resource:
        outputs = wire.struct(message.properties)
        links = message.propertyDependencies
        provider = message.provider.urn
        return Resource(
            urn=message.urn,
            type=message.type,
            name=message.name,
            custom=bool(provider) or message.type.startswith(PROVIDER_TYPE),
            parent=message.parent,
            provider=provider,
            inputs=given_inputs(message.type, self._inputs.get(message.urn, outputs)),
            outputs=given_inputs(message.type, outputs),
            dependencies=tuple(sorted(message.dependencies)),
            property_dependencies={key: tuple(sorted(value.urns)) for key, value in links.items() if value.urns},
            protect=message.options.protect,
            ignore_changes=tuple(message.options.ignoreChanges),
        )
