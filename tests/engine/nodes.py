"""A node and a load balancer, as far as the engine waits for them: pods are called ready, Services get an address."""

import base64
import contextlib
import http.client
import json
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

NODE = "stand-in"
ADDRESS = "192.0.2.7"
READY = {
    "status": {
        "phase": "Running",
        "podIP": ADDRESS,
        "podIPs": [{"ip": ADDRESS}],
        "conditions": [{"type": kind, "status": "True"} for kind in ("Ready", "ContainersReady")],
    }
}
BALANCED = {"status": {"loadBalancer": {"ingress": [{"ip": ADDRESS}]}}}
REFUSED = (OSError, http.client.HTTPException, ValueError)
"""What a server that is busy, or changes its mind meanwhile, ends a call with: it is made again."""
PARAMETERS = (("networking.k8s.io/v1", "NetworkPolicy"), ("v1", "ResourceQuota"))
SECONDS_BETWEEN = 0.5
SECONDS_TO_STOP = 20.0


@dataclass(frozen=True)
class Api:
    """An API server, asked as an administrator; `authority` is its certificate authority, PEM in base64."""

    endpoint: str
    authority: str
    token: str

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=base64.b64decode(self.authority).decode())

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """The answer of the server; OSError where it refuses."""
        form = "application/merge-patch+json" if method == "PATCH" else "application/json"
        request = urllib.request.Request(
            f"{self.endpoint}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": form},
        )
        with urllib.request.urlopen(request, timeout=10, context=self._trust) as answer:
            return json.load(answer)


def hold_parameters(api: Api) -> None:
    """Let some policy always ask for a parameter of each native kind, and for nothing else.

    Once the last one that does is deleted, this server (1.36.3) finds no parameter of that kind for any later one: the
    pods of a second stack would all be refused.
    """
    for version, kind in PARAMETERS:
        spec = {
            "paramKind": {"apiVersion": version, "kind": kind},
            "matchConstraints": {
                "resourceRules": [
                    {
                        "apiGroups": ["example.com"],
                        "apiVersions": ["v1"],
                        "operations": ["CREATE"],
                        "resources": ["none"],
                    }
                ]
            },
            "validations": [{"expression": "true"}],
        }
        body = {"metadata": {"name": f"holds-{kind.lower()}"}, "spec": spec}
        api("POST", "apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", body)
        binding: dict[str, Any] = {"policyName": f"holds-{kind.lower()}", "validationActions": ["Deny"]}
        binding["paramRef"] = {"name": "none", "parameterNotFoundAction": "Allow"}
        body = {"metadata": {"name": f"holds-{kind.lower()}"}, "spec": binding}
        api("POST", "apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings", body)


@contextlib.contextmanager
def keeping(api: Api) -> Iterator[None]:
    """Keep every pod ready, every load balancer balanced, and let pods that are to go be gone."""
    api("POST", "api/v1/nodes", {"kind": "Node", "apiVersion": "v1", "metadata": {"name": NODE}})
    over = threading.Event()
    thread = threading.Thread(target=_keep, args=(api, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(SECONDS_TO_STOP)


def _keep(api: Api, over: threading.Event) -> None:
    while not over.wait(SECONDS_BETWEEN):
        for collection, keep in (("pods", _run), ("services", _balance)):
            with contextlib.suppress(*REFUSED):
                for thing in api("GET", f"api/v1/{collection}")["items"]:
                    with contextlib.suppress(*REFUSED):
                        keep(api, thing)


def _balance(api: Api, service: dict[str, Any]) -> None:
    if service["spec"]["type"] == "LoadBalancer" and not service["status"]["loadBalancer"]:
        api("PATCH", f"{_path(service, 'services')}/status", BALANCED)


def _run(api: Api, pod: dict[str, Any]) -> None:
    path = _path(pod, "pods")
    if "deletionTimestamp" in pod["metadata"]:
        api("DELETE", path, {"gracePeriodSeconds": 0})
    elif "nodeName" not in pod["spec"]:
        target = {"apiVersion": "v1", "kind": "Node", "name": NODE}
        binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": pod["metadata"]["name"]}}
        api("POST", f"{path}/binding", {**binding, "target": target})
    elif pod["status"].get("phase") != "Running":
        api("PATCH", f"{path}/status", READY)


def _path(thing: dict[str, Any], collection: str) -> str:
    return f"api/v1/namespaces/{thing['metadata']['namespace']}/{collection}/{thing['metadata']['name']}"
