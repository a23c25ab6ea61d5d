"""The pack, asked over gRPC, finds exactly what the embedded engine's snapshot is judged to have."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2

from hedgerow.engine import embedded, project
from hedgerow.graph import SECRET, UNKNOWN, Judged, Resource, Snapshot, judge
from hedgerow.graph.sources.pack import Analyzed
from policies import catalog
from policies.pack import policies
from policies.words import told

from ..support import ROOT
from . import compare
from .pack_process import analyzed as shown
from .pack_process import ask, on_the_wire, pack
from .reading import as_the_pack_sees, requests

PACK = ROOT / "policies"
WHOLE = ("aws-dev", "aws-prod", "gcp-dev", "gcp-prod")
LEFT_OPEN = {
    "aws:eks/addon:Addon": {"configurationValues": UNKNOWN},
    "aws:eks/cluster:Cluster": {"vpcConfig": {"endpointPrivateAccess": True, "endpointPublicAccess": True}},
    "gcp:container/cluster:Cluster": {"enableShieldedNodes": SECRET, "privateClusterConfig": {}},
    "gcp:container/nodePool:NodePool": {"nodeConfig": UNKNOWN},
}
LEVELS = {"mandatory": analyzer_pb2.MANDATORY, "advisory": analyzer_pb2.ADVISORY}


@cache
def example(stack: str) -> Snapshot:
    run = embedded.run_all(project.find(ROOT), [stack], lambda snapshot: snapshot)[0]
    assert run.result is not None, run.error
    return run.result


def broken(stack: str = "aws-dev") -> Snapshot:
    """A stack with faults of every kind: a quota and a policy gone, values unknown and secret, a cluster left open."""
    snapshot = example(stack)
    kept: list[Resource] = []
    for resource in snapshot.resources:
        if resource.urn.endswith("payments-quota") or "NetworkPolicy::search" in resource.urn:
            continue
        inputs = dict(resource.inputs)
        if resource.type in LEFT_OPEN:
            inputs |= LEFT_OPEN[resource.type]
        if resource.urn.endswith("search-quota"):
            inputs["spec"] = {"hard": SECRET}
        kept.append(replace(resource, inputs=inputs, outputs=inputs if resource.custom else resource.outputs))
    return Snapshot.of(snapshot.project, snapshot.stack, kept, snapshot.config)


def findings(snapshot: Snapshot) -> list[Judged]:
    return judge(snapshot, catalog.load(PACK), today=datetime.now(UTC).date())


def as_diagnostics(found: list[Judged]) -> set[Any]:
    return {(item.rule, item.urn, told(item), LEVELS[item.level]) for item in found}


def answered(response: Any) -> set[Any]:
    return {(item.policyName, item.urn, item.message, item.enforcementLevel) for item in response.diagnostics}


@pytest.mark.parametrize("stack", [*WHOLE, "aws-tenants", "gcp-tenants"])
def test_the_pack_process_finds_what_the_embedded_engine_finds(stack: str) -> None:
    for snapshot in (example(stack), broken(stack)):
        expected = findings(snapshot)
        with pack(PACK) as stub:
            assert answered(ask(stub, snapshot)) == as_diagnostics(expected)
        assert bool(expected) == (snapshot is not example(stack))


def test_the_pack_judges_the_recorded_requests_of_a_real_engine() -> None:
    with pack(PACK) as stub:
        for call, request in requests("preview"):
            response = getattr(stub, call)(request)
    expected = as_diagnostics(findings(as_the_pack_sees("preview")))
    assert answered(response) == expected
    assert {rule for rule, *_ in expected} >= {"eks-endpoint", "ns-labels", "ns-limitrange-covers", "np-dns"}
    assert "hunter2" not in str(response)


@pytest.mark.parametrize("stack", WHOLE)
def test_what_crosses_the_wire_is_the_snapshot_itself(stack: str) -> None:
    snapshot = example(stack)
    analyzed = Analyzed()
    for resource in snapshot.resources:
        analyzed.add(analyzer_pb2.AnalyzeRequest(urn=resource.urn, properties=on_the_wire(resource.inputs)))
    read = analyzed.snapshot([shown(resource) for resource in snapshot.resources], {})
    assert list(compare.differences(snapshot, read)) == []


def test_the_environment_of_the_pack_tells_the_levels_that_the_engine_is_shown() -> None:
    for class_, level in (("dev", analyzer_pb2.ADVISORY), ("prod", analyzer_pb2.MANDATORY)):
        config = f'{{"hedgerow:environment": "{{\\"class\\": \\"{class_}\\"}}"}}'
        with pack(PACK, {**os.environ, "PULUMI_CONFIG": config}) as stub:
            info = stub.GetAnalyzerInfo(empty_pb2.Empty())
        told_levels = {policy.name: policy.enforcementLevel for policy in info.policies}
        assert told_levels["ns-labels"] == level
        assert len(told_levels) == len(catalog.load(PACK))


def test_configuration_of_the_run_wins_over_the_class() -> None:
    config = analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.DISABLED)
    with pack(PACK) as stub:
        stub.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig={"ns-quota-present": config}))
        rules = {item.policyName for item in ask(stub, broken()).diagnostics}
    assert "ns-quota-present" not in rules
    assert "eks-endpoint" in rules


def test_the_stock_fallback_judges_the_same_rules() -> None:
    """Where the SDK's private surface is gone, the stock servicer runs; it sees no component inputs, hence the class of prod."""
    from pulumi_policy import EnforcementLevel
    from pulumi_policy.policy import _PolicyAnalyzerServicer

    servicer = _PolicyAnalyzerServicer("hedgerow", "0", policies(catalog.load(PACK)), EnforcementLevel.ADVISORY)
    request = analyzer_pb2.AnalyzeStackRequest(resources=[shown(resource) for resource in broken().resources])
    rules = {item.policyName for item in servicer.AnalyzeStack(request, None).diagnostics}
    assert {"ns-quota-present", "np-default-deny", "eks-endpoint"} <= rules
