"""A small client of the Kubernetes API: JSON over connections that are kept, as any user that the trial wants to be."""

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .trouble import AGAIN, Trouble

SECONDS = 60.0
SECONDS_TO_BE_GONE = 2.0
STORE_IS_GONE = "rpc error: code = Unavailable"
"""What an API server says while its etcd is ending."""
CLIENTS = 8
"""Requests at a time where many are sent."""
BUSY, PATIENCE = 429, 30
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
JSON = "application/json"

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class User:
    """Somebody the cluster's authentication knows. The administrator, who may do anything, has no name."""

    name: str = ""
    groups: tuple[str, ...] = ()


ADMINISTRATOR = User()


@dataclass(frozen=True)
class Answer:
    """What the server said: the code of HTTP, the decoded body, and what it only warned of."""

    code: int
    body: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return 200 <= self.code < 300

    @property
    def message(self) -> str:
        """The server's words where it refused; empty where it did not."""
        return "" if self.ok else str(self.body.get("message") or f"HTTP {self.code}")


class Client:
    """Asks one server. Each thread has a connection of its own; `alive` raises Trouble where the server is gone."""

    def __init__(self, address: tuple[str, int], authority: str, token: str, alive: Callable[[], None]) -> None:
        self._address, self._token, self._alive = address, token, alive
        self._context = ssl.create_default_context(cadata=authority)
        self._local = threading.local()
        self._connections: list[http.client.HTTPSConnection] = []
        self._pool = ThreadPoolExecutor(CLIENTS, thread_name_prefix="hedgerow-client")

    def get(self, path: str, *, user: User = ADMINISTRATOR, accept: str = JSON) -> Answer:
        """Read an object or a list."""
        return self.send("GET", path, user=user, accept=accept)

    def create(self, path: str, body: dict[str, Any], *, user: User = ADMINISTRATOR) -> Answer:
        """Create an object in a collection."""
        return self.send("POST", path, body, user=user)

    def delete(self, path: str, *, user: User = ADMINISTRATOR, dry_run: bool = False) -> Answer:
        """Delete an object or a collection, at once."""
        options: dict[str, Any] = {"gracePeriodSeconds": 0, "propagationPolicy": "Background"}
        if dry_run:  # here, because a server that is sent options does not look at those of the address
            options["dryRun"] = ["All"]
        return self.send("DELETE", path, options, user=user)

    def send(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | list[dict[str, Any]] | None = None,
        *,
        user: User = ADMINISTRATOR,
        form: str = JSON,
        accept: str = JSON,
    ) -> Answer:
        """Send one request. What changes something is sent once; reading is tried again where a connection broke."""
        headers = {"Authorization": f"Bearer {self._token}", "Accept": accept, "Content-Type": form, **_as(user)}
        content = None if body is None else json.dumps(body).encode()
        for attempt in range(PATIENCE):
            try:
                answer = self._exchange(method, path, content, headers)
            except (OSError, http.client.HTTPException) as error:
                self._drop()
                self._alive()
                if attempt or isinstance(error, TimeoutError):
                    self._look_again()
                    raise Trouble(f"the API server did not answer {method} {path}: {error!r}; {AGAIN}") from error
                continue
            if answer.code >= http.HTTPStatus.INTERNAL_SERVER_ERROR and STORE_IS_GONE in answer.message:
                self._look_again()
            if answer.code != BUSY:
                return answer
            time.sleep(0.2)
        raise Trouble(f"the API server stayed too busy for {method} {path}; {AGAIN}")

    def each(self, do: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """What `do` gives for each item, several at a time, in the order of the items."""
        futures = [self._pool.submit(do, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            for future in futures:
                future.cancel()
            raise

    def at_once(self, requests: Sequence[Callable[[], Result]]) -> list[Result]:
        """What each gives, all of them let go at one moment by as many clients."""
        gate = threading.Barrier(len(requests))

        def go(request: Callable[[], Result]) -> Result:
            self.get("/version")  # connected, before the start
            gate.wait(SECONDS)
            return request()

        with ThreadPoolExecutor(len(requests), thread_name_prefix="hedgerow-race") as pool:
            return list(pool.map(go, requests))

    def wait(self, what: str, holds: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait until `holds`; Trouble, in words of `what`, where it does not in time."""
        if not self.comes_about(holds, seconds):
            raise Trouble(f"{what} did not come about within {seconds:g} s; {AGAIN}")

    def comes_about(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait until `holds`; false where it does not in time."""
        end = time.monotonic() + seconds
        pause = 0.01
        while not holds():
            self._alive()
            if time.monotonic() > end:
                return False
            time.sleep(pause)
            pause = min(pause * 1.5, 0.2)
        return True

    def close(self) -> None:
        """Close every connection."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for connection in self._connections:
            connection.close()

    def _exchange(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Answer:
        connection = self._connection()
        connection.request(method, path, content, headers)
        response = connection.getresponse()
        text = response.read()
        return Answer(response.status, _decoded(text), tuple(map(_warned, response.headers.get_all("Warning", []))))

    def _connection(self) -> http.client.HTTPSConnection:
        found: http.client.HTTPSConnection | None = getattr(self._local, "connection", None)
        if found is None:
            found = http.client.HTTPSConnection(*self._address, timeout=SECONDS, context=self._context)
            found.connect()
            found.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._local.connection = found
            self._connections.append(found)
        return found

    def _look_again(self) -> None:
        """Trouble in the words of a server that is just ending: its connections break before its process is gone."""
        end = time.monotonic() + SECONDS_TO_BE_GONE
        while time.monotonic() < end:
            time.sleep(0.05)
            self._alive()

    def _drop(self) -> None:
        found = getattr(self._local, "connection", None)
        if found is not None:
            found.close()
        self._local.connection = None


def _as(user: User) -> dict[str, str]:
    """Headers by which the administrator acts as somebody else. Groups: one, for a header is sent once."""
    if not user.name:
        return {}
    return {"Impersonate-User": user.name} | ({"Impersonate-Group": user.groups[0]} if user.groups else {})


def _warned(header: str) -> str:
    """The text of a Warning header: `299 - "text"`."""
    return header.partition('"')[2].removesuffix('"').replace('\\"', '"')


def _decoded(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {"message": text.decode(errors="replace").strip()}
    return value if isinstance(value, dict) else {"value": value}
