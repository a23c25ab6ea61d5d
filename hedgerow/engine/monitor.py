"""The resource monitor of the embedded engine: records what is registered, answers as a first preview would."""

from collections.abc import Mapping
from typing import Any

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import engine_pb2, provider_pb2, resource_pb2

from ..graph.sources import wire
from ..graph.sources.recording import Recording
from .answers import UNKNOWN_TEXT, Answers
from .transforms import Transforms

STACK_REFERENCE = "pulumi:pulumi:StackReference"
FEATURES = [
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
]


class DefaultProviderDisabled(ValueError):
    """A resource has no explicit provider where the stack disables default providers."""


class Monitor:
    """Speaks the SDK's ResourceMonitor protocol; method names are the protocol's."""

    def __init__(self, recording: Recording, answers: Answers, disabled_providers: frozenset[str]) -> None:
        self.recording, self._answers, self._disabled = recording, answers, disabled_providers
        self._transforms = Transforms()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        self._transforms.apply(request)
        self._check_provider(request)
        urn = self.recording.register(request)
        self._transforms.remember(urn, request)
        return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object if request.custom else None)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        self.recording.outputs(request.urn, request.outputs)
        return empty_pb2.Empty()

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        properties = struct_pb2.Struct()
        properties.CopyFrom(request.properties)
        if request.type == STACK_REFERENCE:
            name = request.properties.fields["name"].string_value or request.id
            properties.update({"name": name, "outputs": _sent(self._answers.stack_outputs(name))})
            properties.update({"secretOutputNames": []})
        urn = self.recording.read(request, wire.struct(properties))
        return resource_pb2.ReadResourceResponse(urn=urn, properties=properties)

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        return resource_pb2.ResourceInvokeResponse(**{"return": self._answer(request)})

    def Call(self, request: Any) -> Any:  # noqa: N802
        return provider_pb2.CallResponse(**{"return": self._answer(request)})

    def RegisterStackTransform(self, request: Any) -> Any:  # noqa: N802
        self._transforms.add_to_stack(request)
        return empty_pb2.Empty()

    def RegisterPackage(self, request: Any) -> Any:  # noqa: N802
        return resource_pb2.RegisterPackageResponse(ref=f"{request.name}@{request.version}")

    def GetDeploymentInfo(self, _request: Any) -> Any:  # noqa: N802
        return resource_pb2.DeploymentInfo(supportedFeatures=FEATURES)

    def _nothing(self, _request: Any) -> Any:
        return empty_pb2.Empty()

    RegisterStackInvokeTransform = RegisterResourceHook = RegisterErrorHook = SignalAndWaitForShutdown = _nothing

    def _answer(self, request: Any) -> Any:
        result = struct_pb2.Struct()
        result.update(dict(self._answers.invoke(request.tok, wire.struct(request.args))))
        return result

    def _check_provider(self, request: Any) -> None:
        package = request.type.split(":")[0]
        if not request.custom or request.provider or package == "pulumi":
            return
        if self._disabled & {package, "*"}:
            raise DefaultProviderDisabled(
                f"{request.type} {request.name!r} has no explicit provider and default providers of {package!r} are "
                f"disabled; pass one: pulumi.ResourceOptions(provider=…) on it or on a parent"
            )


def _sent(value: Any) -> Any:
    """A declared value as the wire has it: what stands for an unknown one becomes so."""
    if isinstance(value, Mapping):
        return {key: _sent(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_sent(item) for item in value]
    return rpc.UNKNOWN if value == UNKNOWN_TEXT else value


class Log:
    """The engine half of the protocol: keeps the messages that a program logs, and the root resource."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []
        self._root = ""

    def Log(self, request: Any) -> Any:  # noqa: N802
        if request.severity > engine_pb2.DEBUG and not request.ephemeral:
            self.messages.append((engine_pb2.LogSeverity.Name(request.severity).lower(), request.message))
        return empty_pb2.Empty()

    def SetRootResource(self, request: Any) -> Any:  # noqa: N802
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def GetRootResource(self, _request: Any) -> Any:  # noqa: N802
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def RequirePulumiVersion(self, _request: Any) -> Any:  # noqa: N802
        return engine_pb2.RequirePulumiVersionResponse()
