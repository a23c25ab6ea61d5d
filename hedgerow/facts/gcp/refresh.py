"""Makes the tables of this folder from Google Cloud: each function asks through a session and returns the table's text.

`source` says where the answers come from and when they were read; it becomes the first line of the table.
"""

from collections.abc import Iterator
from typing import Any

from .. import table
from .machines import architecture

MACHINE_COLUMNS = ("type", "vcpu", "memory_mib", "arch", "gpus", "gpu")
COMPUTE = "https://compute.googleapis.com/compute/v1"
SECONDS = 60


def refresh_machines(session: Any, project: str, *, source: str) -> str:
    """The text of tables/machines.csv: every machine type of any zone that the project sees.

    `session` is a `google.auth.transport.requests.AuthorizedSession`, or anything that `get`s like one.
    """
    found = {each["name"]: _machine(each) for each in _answers(session, project)}
    return table.text(source, MACHINE_COLUMNS, found.values())


def _answers(session: Any, project: str) -> Iterator[dict[str, Any]]:
    url, page = f"{COMPUTE}/projects/{project}/aggregated/machineTypes", ""
    while True:
        params = {"maxResults": "500", **({"pageToken": page} if page else {})}
        answer = session.get(url, params=params, timeout=SECONDS)
        answer.raise_for_status()
        body = answer.json()
        for zone in body.get("items", {}).values():
            yield from (each for each in zone.get("machineTypes", ()) if "deprecated" not in each)
        page = body.get("nextPageToken", "")
        if not page:
            return


def _machine(answer: dict[str, Any]) -> tuple[object, ...]:
    gpus = [each for each in answer.get("accelerators", ()) if str(each["guestAcceleratorType"]).startswith("nvidia-")]
    return (
        answer["name"],
        answer["guestCpus"],
        answer["memoryMb"],
        {"ARM64": "arm64", "X86_64": "x86_64"}.get(answer.get("architecture", ""), architecture(answer["name"])),
        sum(each["guestAcceleratorCount"] for each in gpus),
        gpus[0]["guestAcceleratorType"] if gpus else "",
    )
