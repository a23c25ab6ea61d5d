"""The policy pack in a process of its own, asked over gRPC as the engine asks it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from hedgerow.graph import SECRET, UNKNOWN, Resource, Snapshot
from hedgerow.graph.value import SECRET_SIGNATURE, SIGNATURE

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@contextmanager
def pack(folder: Path, environment: dict[str, str] | None = None) -> Iterator[Any]:
    """Start `folder` as the engine does (`python -u -m pulumi.policy`, an engine's address, cwd the pack); end it by its id."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)]
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        process.kill()
        process.wait()


def ask(stub: Any, snapshot: Snapshot) -> Any:
    """Send a snapshot as the engine would: Analyze for each resource, then AnalyzeStack; gives the last response."""
    for resource in snapshot.resources:
        asked = analyzer_pb2.AnalyzeRequest(
            type=resource.type, name=resource.name, urn=resource.urn, properties=on_the_wire(resource.inputs)
        )
        assert not stub.Analyze(asked).diagnostics
    shown = reversed(snapshot.resources)
    return stub.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=[analyzed(resource) for resource in shown]))


def analyzed(resource: Resource) -> Any:
    """A resource as AnalyzeStack shows it: the properties of a component are its outputs."""
    links = {
        key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
        for key, urns in resource.property_dependencies.items()
    }
    message = analyzer_pb2.AnalyzerResource(
        type=resource.type,
        name=resource.name,
        urn=resource.urn,
        parent=resource.parent,
        dependencies=resource.dependencies,
        propertyDependencies=links,
        properties=on_the_wire(resource.outputs),
    )
    message.options.protect = resource.protect
    message.options.ignoreChanges.extend(resource.ignore_changes)
    if resource.provider:
        message.provider.urn = resource.provider
    return message


def on_the_wire(values: Any) -> Any:
    """A property bag with secrets and unknowns as the engine marks them; a secret's value is made up."""
    message = struct_pb2.Struct()
    message.update(_wire(dict(values)))
    return message


def _wire(value: Any) -> Any:
    if value is UNKNOWN:
        return UNKNOWN_TEXT
    if value is SECRET:
        return {SIGNATURE: SECRET_SIGNATURE, "value": "hunter2"}
    if isinstance(value, dict):
        return {key: _wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_wire(item) for item in value]
    return value
