"""Transforms of resources, called as the engine calls them: the resource's own, its parents', then the stack's."""

from typing import Any

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

LIKE_NAMED = (
    ("protect", "protect"),
    ("provider", "provider"),
    ("version", "version"),
    ("ignoreChanges", "ignore_changes"),
    ("dependencies", "depends_on"),
    ("replaceOnChanges", "replace_on_changes"),
    ("additionalSecretOutputs", "additional_secret_outputs"),
    ("retainOnDelete", "retain_on_delete"),
    ("deletedWith", "deleted_with"),
    ("pluginDownloadURL", "plugin_download_url"),
)
"""Options of a registration, beside their names in a transform's request (pulumi 3.272 resource.proto)."""


class Transforms:
    """Keeps callbacks by the resource that carries them and runs them over loopback, where the SDK serves them."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._of: dict[str, list[Any]] = {}
        self._parents: dict[str, str] = {}
        self._stubs: dict[str, Any] = {}

    def add_to_stack(self, callback: Any) -> None:
        """Keep a transform of the whole stack."""
        self._stack.append(callback)

    def remember(self, urn: str, request: Any) -> None:
        """Keep the transforms of a resource for its children to come."""
        self._parents[urn] = request.parent
        if request.transforms:
            self._of[urn] = list(request.transforms)

    def apply(self, request: Any) -> None:
        """Change `request` in place as the transforms say."""
        callbacks = list(request.transforms)
        above = request.parent
        while above:
            callbacks += self._of.get(above, [])
            above = self._parents.get(above, "")
        for callback in [*callbacks, *self._stack]:
            self._run(callback, request)

    def _run(self, callback: Any, request: Any) -> None:
        options = resource_pb2.TransformResourceOptions()
        for ours, theirs in LIKE_NAMED:
            _copy(request, ours, options, theirs)
        asked = resource_pb2.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=request.object,
            options=options,
        )
        envelope = callback_pb2.CallbackInvokeRequest(token=callback.token, request=asked.SerializeToString())
        answer = resource_pb2.TransformResponse.FromString(self._stub(callback.target).Invoke(envelope).response)
        if answer.HasField("properties"):
            request.object.CopyFrom(answer.properties)
        if answer.HasField("options"):
            for ours, theirs in LIKE_NAMED:
                _copy(answer.options, theirs, request, ours)

    def _stub(self, target: str) -> Any:
        if target not in self._stubs:
            self._stubs[target] = callback_pb2_grpc.CallbacksStub(grpc.insecure_channel(target))
        return self._stubs[target]


def _copy(source: Any, name: str, target: Any, as_name: str) -> None:
    value = getattr(source, name)
    if isinstance(value, str | bool):
        setattr(target, as_name, value)
    else:
        del getattr(target, as_name)[:]
        getattr(target, as_name).extend(value)
