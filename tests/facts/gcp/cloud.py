"""Google Cloud as far as `refresh` asks it, on a port of this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

PROJECT, REGION = "acme-dev-1234", "europe-west4"
COMPUTE = f"/compute/v1/projects/{PROJECT}"
Answers = dict[str, Any]
"""By path, what is answered: a body, a status with a body, or a body for each page token."""

N2 = {"name": "n2-standard-8", "guestCpus": 8, "memoryMb": 32768, "architecture": "X86_64"}
G2 = {
    "name": "g2-standard-4",
    "guestCpus": 4,
    "memoryMb": 16384,
    "accelerators": [{"guestAcceleratorType": "nvidia-l4", "guestAcceleratorCount": 1}],
}
ANSWERS: Answers = {
    f"/v1/projects/{PROJECT}/locations/{REGION}/serverConfig": {
        "channels": [
            {"channel": 2, "validVersions": ["1.35.9-gke.1", "1.35.10-gke.1", "1.34.8-gke.7"]},
            {"channel": 3, "validVersions": ["1.34.8-gke.7"]},
            {"channel": "RAPID", "validVersions": ["1.36.2-gke.5", "1.35.10-gke.1"]},
        ]
    },
    f"{COMPUTE}/aggregated/machineTypes": {
        "": {"items": {"zones/a": {"machineTypes": [N2]}}, "nextPageToken": "more"},
        "more": {"items": {"zones/b": {"machineTypes": [G2]}, "zones/c": {"warning": {"code": "NO_RESULTS_ON_PAGE"}}}},
    },
    f"{COMPUTE}/aggregated/acceleratorTypes": {
        "items": {
            "zones/a": {"acceleratorTypes": [{"name": "nvidia-tesla-t4", "maximumCardsPerInstance": 4}]},
            "zones/b": {
                "acceleratorTypes": [
                    {"name": "nvidia-tesla-t4", "maximumCardsPerInstance": 2},
                    {"name": "nvidia-l4", "maximumCardsPerInstance": 8},
                    {"name": "nvidia-tesla-p4", "maximumCardsPerInstance": 4, "deprecated": {"state": "OBSOLETE"}},
                ]
            },
        }
    },
    f"{COMPUTE}/zones": {
        "items": [
            {"name": "europe-west4-b", "region": "https://host/regions/europe-west4"},
            {"name": "europe-west4-a", "region": "https://host/regions/europe-west4"},
            {"name": "europe-west1-b", "region": "https://host/regions/europe-west1"},
            {"name": "europe-west1-a", "region": "https://host/regions/europe-west1", "deprecated": {}},
        ]
    },
}


@contextmanager
def google(answers: Answers) -> Iterator[tuple[Any, Any, str]]:
    """A session and a client of GKE that ask a server of ours, and the address of its Compute Engine."""
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.container_v1 import ClusterManagerClient
    from google.cloud.container_v1.services.cluster_manager.transports.rest import ClusterManagerRestTransport

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            status, body = answered(answers, asked.path, parse_qs(asked.query).get("pageToken", [""])[0])
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        host = f"127.0.0.1:{server.server_port}"
        transport = ClusterManagerRestTransport(host=host, credentials=AnonymousCredentials(), url_scheme="http")
        with requests.Session() as session:
            yield session, ClusterManagerClient(transport=transport), f"http://{host}/compute/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answered(answers: Answers, path: str, token: str) -> tuple[int, Any]:
    found = answers.get(path, (404, refusal("not found")))
    if isinstance(found, tuple):
        return found
    return 200, found[token] if isinstance(found, dict) and "" in found else found


def refusal(message: str) -> dict[str, Any]:
    return {"error": {"message": message}}
