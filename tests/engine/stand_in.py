"""A cloud provider's plugin without the cloud: speaks Pulumi's provider protocol and invents what a cloud would answer.

Run as `python stand_in.py aws 7.51.1`; the engine reads the port from standard output and ends the process. What it
adds to a program's inputs is what pulumi-aws and pulumi-gcp add in their Check (auto-names, the schema's defaults and the
bridge's `__defaults`; provider/tags.go and region.go for AWS), because a pack and a state show that too. Outputs follow
the getters of the SDK's classes.
"""

import base64
import hashlib
import importlib
import inspect
import json
import os
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent import futures
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import grpc
import yaml
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ENDPOINT, AUTHORITY = "HEDGEROW_STAND_IN_ENDPOINT", "HEDGEROW_STAND_IN_AUTHORITY"
"""Environment variables: address and certificate authority (base64) of the API server that a cluster gets."""

DEFAULTS = yaml.safe_load((Path(__file__).parent / "provider_defaults.yaml").read_text())


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Speaks the protocol; method names are the protocol's."""

    def __init__(self, name: str, version: str) -> None:
        self.name, self.version = name, version
        self.region, self.account = "eu-west-1", "111122223333"

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self.version)

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return self.Diff(request, context)

    def Configure(self, request: Any, context: Any) -> Any:
        given = read(request.args)
        self.region = given.get("region", self.region)
        self.account = next(iter(json.loads(given.get("allowedAccountIds", "[]"))), self.account)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:
        given = read(request.news)
        if self.name in CLOUDS:
            given = self._checked(request, given)
        return provider_pb2.CheckResponse(inputs=written(given))

    def Diff(self, request: Any, context: Any) -> Any:
        before, after = read(request.old_inputs), read(request.news)
        changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
        kind = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=kind, diffs=changed)

    def Create(self, request: Any, context: Any) -> Any:
        given = read(request.properties)
        id_ = identifier(request.urn, given)
        made = self._made(request.urn, given, id_, known=not request.preview)
        return provider_pb2.CreateResponse(id="" if request.preview else id_, properties=written(made))

    def Read(self, request: Any, context: Any) -> Any:
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    def Update(self, request: Any, context: Any) -> Any:
        made = self._made(request.urn, read(request.news), request.id, known=True)
        return provider_pb2.UpdateResponse(properties=written(made))

    def Delete(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        zones = [f"{self.region}{letter}" for letter in "abc"]
        answers: dict[str, dict[str, Any]] = {
            "getAvailabilityZones": {"names": zones, "zoneIds": [f"id-{zone}" for zone in zones], "id": self.region},
            "getCallerIdentity": {"accountId": self.account, "arn": f"arn:aws:iam::{self.account}:user/stand-in"},
            "getPartition": {"partition": "aws", "dnsSuffix": "amazonaws.com", "id": "aws"},
        }
        function = request.tok.rpartition(":")[2]
        if function not in answers:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"tests/engine/stand_in.py answers no {request.tok}")
        return provider_pb2.InvokeResponse(**{"return": written(answers[function])})

    def _checked(self, request: Any, given: dict[str, Any]) -> dict[str, Any]:
        """The inputs as the provider hands them on: auto-name, defaults, its marks at every depth; on AWS region and tags."""
        token, name = request.urn.split("::")[2].rpartition("$")[2], request.urn.rpartition("::")[2]
        takes = arguments(token)
        defaults = {key: value for key, value in DEFAULTS.get(token, {}).items() if key not in given}
        named = next((key for key in ("nodeGroupName", "name") if key in takes), "")
        if named and not {named, f"{named}Prefix"} & given.keys():
            fresh = f"{name}-{random.Random(request.randomSeed).randbytes(4).hex()[1:]}"
            defaults[named] = read(request.olds).get(named, fresh)
        added: dict[str, Any] = {}
        if self.name == "aws":
            added = {"tagsAll": given.get("tags", {})} if "tags" in takes else {}
            added |= {"region": self.region} if "region" in takes and "region" not in given else {}
        return {**marked({**given, **added, **defaults}), "__defaults": sorted(defaults)}

    def _made(self, urn: str, given: dict[str, Any], id_: str, *, known: bool) -> dict[str, Any]:
        """What is known after creation: the inputs, and every output that the SDK's class promises."""
        if self.name not in CLOUDS:
            return given
        token = urn.split("::")[2].rpartition("$")[2]
        special = CLOUDS[self.name](self, token, id_)
        made = {key: special.get(key, filled(key, kind, id_)) for key, kind in outputs(token).items()}
        made = {"id": id_, **made} if known else dict.fromkeys(["id", *made], UNKNOWN)
        for *path, last in ADDED_WITHIN.get(token, []):
            at = given = {**given}
            for step in path:
                at[step] = {**at[step]}
                at = at[step]
            at[last] = special.get(last, f"{last}-{id_}") if known else UNKNOWN
        return {**made, **unmarked(given)}


def of_aws(provider: Provider, token: str, id_: str) -> dict[str, Any]:
    """Outputs of AWS that must be more than some value of their type."""
    service, kind = token.split(":")[1].partition("/")[::2]
    where = "" if service == "iam" else provider.region
    digest = hashlib.sha256(id_.encode()).hexdigest()[:32].upper()
    return {
        "arn": f"arn:aws:{service}:{where}:{provider.account}:{kind}/{id_}",
        "certificateAuthority": {"data": authority()},
        "endpoint": os.environ.get(ENDPOINT) or f"https://{digest}.gr7.{provider.region}.eks.amazonaws.com",
        "identities": [{"oidcs": [{"issuer": f"https://oidc.eks.{provider.region}.amazonaws.com/id/{digest}"}]}],
        "latestVersion": 1,
        "ownerId": provider.account,
    }


def of_google(_provider: Provider, _token: str, id_: str) -> dict[str, Any]:
    """Outputs of Google Cloud that must be more than some value of their type. An endpoint has no scheme here."""
    name = f"gke-{hashlib.sha256(id_.encode()).hexdigest()[:32]}-123456789012.europe-west4.gke.goog"
    return {
        "email": f"{id_}@acme.iam.gserviceaccount.com",
        "endpoint": (os.environ.get(ENDPOINT) or f"https://{name}").removeprefix("https://"),
        "masterAuth": {"clusterCaCertificate": authority()},
    }


CLOUDS: dict[str, Callable[[Provider, str, str], dict[str, Any]]] = {"aws": of_aws, "gcp": of_google}
ADDED_WITHIN = {
    "aws:eks/cluster:Cluster": [("vpcConfig", "clusterSecurityGroupId"), ("vpcConfig", "vpcId")],
    "gcp:container/cluster:Cluster": [("controlPlaneEndpointsConfig", "dnsEndpointConfig", "endpoint")],
}
"""Outputs that stand within inputs, by their paths."""


def authority() -> str:
    return os.environ.get(AUTHORITY) or base64.b64encode(b"no certificate authority").decode()


def read(message: Any) -> dict[str, Any]:
    found: dict[str, Any] = json_format.MessageToDict(message)
    return found


def written(value: Mapping[str, Any]) -> Any:
    return json_format.ParseDict(value, struct_pb2.Struct())


def marked(value: Any) -> Any:
    """The value with the bridge's mark in every object within."""
    if isinstance(value, list):
        return [marked(item) for item in value]
    if isinstance(value, dict):
        return {**{key: marked(item) for key, item in value.items()}, "__defaults": []}
    return value


def unmarked(value: Any) -> Any:
    if isinstance(value, list):
        return [unmarked(item) for item in value]
    if isinstance(value, dict):
        return {key: unmarked(item) for key, item in value.items() if key != "__defaults"}
    return value


def identifier(urn: str, given: Mapping[str, Any]) -> str:
    kind, name = urn.split("::")[2].rpartition(":")[2], urn.rpartition("::")[2]
    if "metadata" in given:
        metadata = given["metadata"]
        return "/".join(metadata[key] for key in ("namespace", "name") if key in metadata)
    return str(given.get("name") or f"{kind.lower()}-{name}")


@cache
def class_of(token: str) -> Any:
    package, module, name = token.split(":")
    area = module.partition("/")[0]
    return getattr(importlib.import_module(f"pulumi_{package}" + ("" if area == "index" else f".{area}")), name)


@cache
def arguments(token: str) -> frozenset[str]:
    """The names of the inputs that a class takes, as the protocol writes them."""
    found = inspect.signature(class_of(token)._internal_init).parameters
    return frozenset(wire for wire, python in _getters(token).items() if python.__name__ in found)


@cache
def outputs(token: str) -> dict[str, Any]:
    """The outputs that a class always has, with their types."""
    types = {wire: get_args(get_type_hints(getter)["return"])[0] for wire, getter in _getters(token).items()}
    return {wire: kind for wire, kind in types.items() if type(None) not in get_args(kind)}


def _getters(token: str) -> dict[str, Callable[..., Any]]:
    found = [member.fget for member in vars(class_of(token)).values() if isinstance(member, property)]
    return {getattr(getter, "_pulumi_name"): getter for getter in found if getter}  # noqa: B009 (set by pulumi.getter)


def filled(key: str, kind: Any, id_: str) -> Any:
    """Some value of a type."""
    made: dict[Any, Any] = {str: f"{key}-{id_}", bool: False, int: 1, float: 1.0}
    return made.get(kind, [] if get_origin(kind) is Sequence else {})


def serve(name: str, version: str) -> None:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(name, version), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    engine = os.getppid()
    while os.getppid() == engine:
        time.sleep(1)


if __name__ == "__main__":
    serve(*sys.argv[1:3])
