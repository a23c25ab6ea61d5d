"""The policy pack: judges what the Pulumi engine shows. The only module that knows the policy SDK.

The stock servicer decodes the stack once for every rule, loses which values are secret and gives up a rule at the first
unknown (engine-facts A2). This one decodes once and runs the rules on the snapshot that the embedded engine gives too.
Should the SDK's private surface change, `serve` falls back to the stock pack, which judges the same rules on less.
"""

import json
import os
import sys
import threading
from collections.abc import Iterable, Sequence
from concurrent import futures
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pulumi_policy as sdk
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy import policy as private

from hedgerow.graph import Judged, Resource, Rule, Snapshot, judge
from hedgerow.graph.sources.pack import Analyzed
from hedgerow.graph.value import plain

from . import catalog
from .words import told

NAME, VERSION = "hedgerow", "0.1.0"
MEGABYTES = 400
LEVELS = {"advisory": wire.ADVISORY, "mandatory": wire.MANDATORY, "off": wire.DISABLED}
STOCK = {"advisory": "ADVISORY", "mandatory": "MANDATORY", "off": "DISABLED"}
SEVERITIES = {level.value: level for level in sdk.Severity}


def serve(folder: Path) -> None:
    """Serve the rules of `folder` on a loopback port, told on standard output, until the engine ends the process."""
    rules = catalog.load(folder)
    try:
        servicer = Servicer(rules)
    except (AttributeError, TypeError) as error:
        print(f"hedgerow: the policy SDK has changed ({error}); judging with the stock pack", file=sys.stderr)
        sdk.PolicyPack(NAME, policies(rules))
        return
    sizes = [(f"grpc.max_{way}_message_length", MEGABYTES * 1024 * 1024) for way in ("receive", "send")]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=sizes)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Event().wait()


class Servicer(getattr(private, "_PolicyAnalyzerServicer", object)):  # type: ignore[misc]
    """The SDK's servicer with a decoder of its own; information and configuration stay the SDK's."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        super().__init__(NAME, VERSION, policies(rules), sdk.EnforcementLevel.ADVISORY)
        self._rules, self._analyzed = rules, Analyzed()

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Set the rules as `--policy-pack-config` asks; a level that is the announced one was not asked for."""
        given, announced = request.policyConfig, {rule.id: LEVELS[level_now(rule)] for rule in self._rules}
        names = {number: name for name, number in LEVELS.items()}
        self._rules = [
            catalog.configured(
                rule,
                "" if given[rule.id].enforcementLevel == announced[rule.id] else names[given[rule.id].enforcementLevel],
                plain(dict(given[rule.id].properties)),
            )
            if rule.id in given
            else rule
            for rule in self._rules
        ]
        return super().Configure(request, context)

    def Analyze(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Keep a resource's inputs; everything is judged together once the stack is whole."""
        self._analyzed.add(request)
        return wire.AnalyzeResponse()

    def AnalyzeStack(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Judge the whole stack with every rule."""
        snapshot, response = self._analyzed.snapshot(request.resources, environment()), wire.AnalyzeResponse()
        for judged in judge(snapshot, self._rules, today=datetime.now(UTC).date()):
            if judged.exempt:
                told = f"{judged.urn}: exempt, {judged.exempt}"
                response.not_applicable.append(wire.PolicyNotApplicable(policy_name=judged.rule, reason=told))
            else:
                response.diagnostics.append(self._diagnostic(judged))
        return response

    def _diagnostic(self, judged: Judged) -> Any:
        return wire.AnalyzeDiagnostic(
            policyName=judged.rule,
            policyPackName=NAME,
            policyPackVersion=VERSION,
            description=judged.remedy,
            message=told(judged),
            urn=judged.urn,
            enforcementLevel=LEVELS[judged.level],
            severity=self._map_severity(SEVERITIES.get(judged.severity)),
        )


def policies(rules: Iterable[Rule]) -> list[sdk.Policy]:
    """The rules as stock policies: what the engine is told of them, and how the fallback judges."""
    return [
        sdk.StackValidationPolicy(
            name=rule.id,
            description=rule.title,
            validate=partial(_stock, rule),
            enforcement_level=sdk.EnforcementLevel[STOCK[level_now(rule)]],
            severity=SEVERITIES.get(rule.severity),
        )
        for rule in rules
    ]


def level_now(rule: Rule) -> str:
    """The rule's level in the class of environment that the stack's configuration names; that of prod without one."""
    return rule.level(str(next(iter(environment().values()), {}).get("class", "prod")))


def environment() -> dict[str, dict[str, Any]]:
    """The `…:environment` key of the stack's configuration, which is all that judging needs of it."""
    given = json.loads(os.environ.get("PULUMI_CONFIG") or "{}")
    return {key: json.loads(text) for key, text in given.items() if key.endswith(":environment") and text[:1] == "{"}


def _stock(rule: Rule, args: Any, report: Any) -> None:
    items = ((item, getattr(item.parent, "urn", "")) for item in args.resources)
    resources = [
        Resource(it.urn, it.resource_type, it.name, bool(it.provider), above, inputs=plain(_raw(it.props)))
        for it, above in items
    ]
    for judged in judge(Snapshot.of("", "", resources, environment()), [rule], today=datetime.now(UTC).date()):
        report(told(judged), judged.urn)


def _raw(value: Any) -> Any:
    """What the SDK's proxies hide: reading through them would raise at the first unknown."""
    inner = value if isinstance(value, dict | list | str) or not hasattr(value, "__getitem__") else value["__target"]
    if isinstance(inner, dict):
        return {key: _raw(item) for key, item in inner.items()}
    return [_raw(item) for item in inner] if isinstance(inner, list) else inner
