"""One stack from its first preview to its end: what each step printed, and what the pack was asked and told."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hedgerow.commands.pack import Pack
from hedgerow.graph import Snapshot
from hedgerow.graph.sources import state
from hedgerow.graph.sources.pack import Analyzed
from policies.words import told

from ..agreement.reading import requests
from .cli import Cli, Ran

PREVIEWED, MADE, AGAIN, CHANGED = "preview", "up", "again", "change"
"""Steps in which the pack is asked."""
Told = tuple[str, str, str, str]
"""A finding as the engine hears it: rule, URN, message, level."""


@dataclass(frozen=True)
class Journey:
    """What each step printed, in their order; `tapes` is the folder of what the pack was asked."""

    preview: Ran
    up: Ran
    again: Ran
    changed: Ran
    export: Mapping[str, Any]
    destroy: Ran
    left: Mapping[str, Any]
    tapes: Path

    @property
    def state(self) -> Snapshot:
        """What the stack held after `up`."""
        return state.snapshot(self.export)

    def asked(self, step: str, config: Mapping[str, Any]) -> Snapshot:
        """The snapshot that the pack made of what it was asked in a step."""
        analyzed = Analyzed()
        for call, request in requests(str(self.tapes / step)):
            if call == "AnalyzeStack":
                return analyzed.snapshot(request.resources, dict(config))
            analyzed.add(request)
        raise AssertionError(f"the pack was asked no AnalyzeStack at {step}")

    def told(self, step: str) -> list[Told]:
        """The findings that the pack told the engine in a step, in order."""
        entries = [json.loads(line) for line in tape(self.tapes, step).read_text().splitlines()]
        return sorted(
            (found["policyName"], found["urn"], found["message"], found.get("enforcementLevel", "ADVISORY").lower())
            for entry in entries
            for found in entry["response"].get("diagnostics", [])
        )


def findings(rules: Pack, snapshot: Snapshot) -> list[Told]:
    """What the pack should tell the engine of a snapshot."""
    return sorted(
        (found.rule, found.urn, told(found), "mandatory" if found.denies else "advisory")
        for found in rules.judge(snapshot, snapshot.stack).judged
        if not found.exempt
    )


def run(cli: Cli, stack: str, pack: Sequence[str], tapes: Path, change: Callable[[Path], None]) -> Journey:
    """Preview, up, up again, preview of a change to the copy, export, destroy, export; a step that fails ends it."""
    judged, at_once = ("--stack", stack, *pack), ("--yes", "--skip-preview")

    def changed() -> Ran:
        change(cli.copy)
        return cli("preview", *judged, tape=tape(tapes, CHANGED))

    return Journey(
        preview=cli("preview", *judged, tape=tape(tapes, PREVIEWED)),
        up=cli("up", *at_once, *judged, tape=tape(tapes, MADE)),
        again=cli("up", *at_once, *judged, tape=tape(tapes, AGAIN)),
        changed=changed(),
        export=json.loads(cli("stack", "export", "--stack", stack).text),
        destroy=cli("destroy", *at_once, "--stack", stack),
        left=json.loads(cli("stack", "export", "--stack", stack).text),
        tapes=tapes,
    )


def tape(folder: Path, step: str) -> Path:
    """Named as tests/agreement names its recordings."""
    return folder / f"{step}.requests.jsonl"


def counts(ran: Ran) -> dict[str, int]:
    """The engine's own summary: how many resources were created, deleted, left unchanged and so on.

    The interrupt by which an engine ends a program that waits may count as an error of the stack; a true one has its
    exit code.
    """
    _, _, summary = ran.text.partition("\nResources:\n")
    found = re.findall(r"^ +(?:[-+~]+ )?(\d+) (.+?)\s*$", summary, re.MULTILINE)
    return {what: int(number) for number, what in found if what != "errored"}
