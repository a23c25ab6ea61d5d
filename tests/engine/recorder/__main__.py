"""The project's own pack, judging as ever; what it is asked and answers is also kept, a line each, in
the file $HEDGEROW_RECORD."""

import json
import os
import threading
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from policies import pack

LOCK = threading.Lock()


class Recorder(pack.Servicer):
    """The pack's servicer, with a tape running."""

    def Analyze(self, request: Any, context: Any) -> Any:
        return _kept("Analyze", request, super().Analyze(request, context))

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        return _kept("AnalyzeStack", request, super().AnalyzeStack(request, context))


def _kept(call: str, request: Any, response: Any) -> Any:
    line = {
        "call": call,
        "request": json_format.MessageToDict(request),
        "response": json_format.MessageToDict(response),
    }
    with LOCK, Path(os.environ["HEDGEROW_RECORD"]).open("a") as tape:
        tape.write(json.dumps(line) + "\n")
    return response


pack.Servicer = Recorder  # type: ignore[misc]
pack.serve(Path(__file__).parents[1] / "policies")
