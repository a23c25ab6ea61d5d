"""The recorded runs of a real engine, read as the pack reads them."""

import json
import runpy
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from hedgerow.engine.answers import Answers
from hedgerow.graph import Snapshot
from hedgerow.graph.sources.pack import Analyzed

from ..support import record

REFERENCE = Path(__file__).parent / "reference"
ZONES = {"names": ["eu-west-1a", "eu-west-1b", "eu-west-1c"]}
SECRETS = {"reference:kubeconfig": "kubeconfig-not-real", "reference:password": "hunter2-not-real"}


def requests(name: str) -> list[tuple[str, Any]]:
    """The requests of a recorded run, as (call, protobuf message)."""
    found = []
    for line in (REFERENCE / f"{name}.requests.jsonl").read_text().splitlines():
        entry = json.loads(line)
        kind = {"Analyze": analyzer_pb2.AnalyzeRequest, "AnalyzeStack": analyzer_pb2.AnalyzeStackRequest}[entry["call"]]
        found.append((entry["call"], json_format.ParseDict(entry["request"], kind(), ignore_unknown_fields=True)))
    return found


def as_the_pack_sees(name: str) -> Snapshot:
    """The snapshot that the pack makes of a recorded run."""
    analyzed = Analyzed()
    for call, request in requests(name):
        if call == "Analyze":
            analyzed.add(request)
        else:
            return analyzed.snapshot(request.resources, {})
    raise AssertionError(f"{name} holds no AnalyzeStack")


def embedded(program: str) -> Snapshot:
    """The same program, run by the embedded engine."""
    answers = Answers({"aws:index/getAvailabilityZones:getAvailabilityZones": [{"result": ZONES}]})
    return record(
        lambda: runpy.run_path(str(REFERENCE / f"{program}.py"), run_name="__main__"),
        project="reference",
        config=SECRETS,
        secret=frozenset(SECRETS),
        answers=answers,
    )
