"""What the program of a stack registers, run as the embedded engine runs it, in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.shared.platform import CONTRACT_VERSION
from hedgerow.commands import pack
from hedgerow.engine import embedded, project
from hedgerow.facts.profiles import PROFILES
from hedgerow.graph import UNKNOWN, Snapshot
from tests.support import ROOT, TESTS, compare

MADE = ("aws-dev", "aws-prod", "gcp-dev", "gcp-prod")
"""Stacks that make a platform, named after their cloud; the others stand on one that exists."""
STACKS = (*MADE, "aws-tenants", "gcp-tenants")
OUTPUTS = {"aws-dev": "aws-dev.outputs.yaml"}
"""Stacks that others refer to, and the files in which their outputs are declared."""
KUBERNETES = "pulumi:providers:kubernetes::kubernetes"


def told(snapshot: Snapshot) -> dict[str, Any]:
    """What a test wants to know of a snapshot and of the process that made it."""
    return {
        "names": sorted(f"{resource.type} {resource.name}" for resource in snapshot.resources if resource.parent),
        "providers": {
            resource.urn: resource.provider.rpartition("::hedgerow::")[2]
            for resource in snapshot.resources
            if resource.custom and not resource.type.startswith("pulumi:")
        },
        "inputs": {f"{resource.type} {resource.name}": dict(resource.inputs) for resource in snapshot.resources},
        "outputs": next(dict(each.outputs) for each in snapshot.resources if each.type == "pulumi:pulumi:Stack"),
        "protected": [resource.type for resource in snapshot.resources if resource.protect],
        "unknown": {
            f"{resource.type} {resource.name}": found
            for resource in snapshot.resources
            if (found := sorted(unknown(resource.inputs)))
        },
        "findings": [str(finding) for finding in pack.load(ROOT / "policies").judge(snapshot, snapshot.stack).judged],
    }


def unknown(value: Any, *path: str) -> Iterator[str]:
    """Where in a value something is not known."""
    if value is UNKNOWN:
        yield ".".join(path)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from unknown(item, *path, str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unknown(item, *path, str(index))


@pytest.fixture(scope="module")
def runs() -> dict[str, dict[str, Any]]:
    outcomes = embedded.run_all(project.find(ROOT), list(STACKS), told)
    for outcome in outcomes:
        assert outcome.result is not None, outcome.error
    return {outcome.stack: outcome.result for outcome in outcomes if outcome.result is not None}


@pytest.mark.parametrize("stack", STACKS)
def test_it_builds_what_the_golden_names(stack: str, runs: dict[str, dict[str, Any]]) -> None:
    compare(TESTS / "stacks" / "goldens" / f"{stack}.yaml", runs[stack]["names"])


@pytest.mark.parametrize("stack", STACKS)
def test_no_rule_has_anything_to_say_of_it(stack: str, runs: dict[str, dict[str, Any]]) -> None:
    """At the levels of its class: nothing is exempt and nothing was turned off for it."""
    assert runs[stack]["findings"] == []


@pytest.mark.parametrize("profile", PROFILES)
def test_tenants_are_clean_on_every_kind_of_cluster(profile: str, tmp_path: Path) -> None:
    for file in (ROOT / "stacks").glob("*gcp-tenants.*"):
        (tmp_path / file.name).write_text(file.read_text().replace("gke-calico", profile))
    (outcome,) = embedded.run_all(replace(project.find(ROOT), stacks=tmp_path), ["gcp-tenants"], told)
    assert outcome.result, outcome.error
    assert outcome.result["findings"] == []
    assert outcome.result["outputs"]["contract"]["network_policy"] == PROFILES[profile].network_policy


def test_every_unknown_of_a_preview_is_listed(runs: dict[str, dict[str, Any]]) -> None:
    compare(TESTS / "stacks" / "goldens" / "unknown.yaml", {stack: runs[stack]["unknown"] for stack in STACKS})


@pytest.mark.parametrize("stack", OUTPUTS)
def test_what_a_stack_exports_is_what_those_that_refer_to_it_read(stack: str, runs: dict[str, dict[str, Any]]) -> None:
    compare(ROOT / "stacks" / OUTPUTS[stack], runs[stack]["outputs"])


def test_a_stack_over_a_reference_has_the_contract_of_the_other_stack(runs: dict[str, dict[str, Any]]) -> None:
    exported, read = runs["aws-dev"]["outputs"], runs["aws-tenants"]["outputs"]
    for output in ("cluster_identifier", "contract", "kubeconfig"):
        assert read[output] == exported[output]
    assert exported["contract"]["version"] == CONTRACT_VERSION


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_has_an_explicit_provider(stack: str, runs: dict[str, dict[str, Any]]) -> None:
    """Resources of a cloud the one of the account or project, Kubernetes resources the one of the cluster."""
    cloud = stack.partition("-")[0]
    for urn, provider in runs[stack]["providers"].items():
        assert provider == (KUBERNETES if "kubernetes:" in urn else f"pulumi:providers:{cloud}::{cloud}"), urn


@pytest.mark.parametrize(("stack", "account"), [("aws-dev", "111122223333"), ("aws-prod", "444455556666")])
def test_the_provider_works_in_one_account(stack: str, account: str, runs: dict[str, dict[str, Any]]) -> None:
    inputs = runs[stack]["inputs"]["pulumi:providers:aws aws"]
    assert (inputs["allowedAccountIds"], inputs["region"]) == (f'["{account}"]', "eu-west-1")


@pytest.mark.parametrize(("stack", "project"), [("gcp-dev", "acme-dev-1234"), ("gcp-prod", "acme-prod-1234")])
def test_the_provider_works_in_one_project(stack: str, project: str, runs: dict[str, dict[str, Any]]) -> None:
    inputs = runs[stack]["inputs"]["pulumi:providers:gcp gcp"]
    assert (inputs["project"], inputs["region"]) == (project, "europe-west4")
    assert {each["project"] for each in runs[stack]["inputs"].values() if "project" in each} == {project}


IDENTIFIERS = {
    "aws-dev": "arn:aws:eks:eu-west-1:111122223333:cluster/aws-dev",
    "aws-prod": "arn:aws:eks:eu-west-1:444455556666:cluster/aws-prod",
    "gcp-dev": "projects/acme-dev-1234/locations/europe-west4/clusters/gcp-dev",
    "gcp-prod": "projects/acme-prod-1234/locations/europe-west4/clusters/gcp-prod",
    "aws-tenants": "arn:aws:eks:eu-west-1:111122223333:cluster/aws-dev",
    "gcp-tenants": "projects/acme-legacy-1234/locations/europe-west4/clusters/legacy",
}


@pytest.mark.parametrize("stack", STACKS)
def test_the_cluster_is_identified_from_day_one(stack: str, runs: dict[str, dict[str, Any]]) -> None:
    inputs = runs[stack]["inputs"]["pulumi:providers:kubernetes kubernetes"]
    assert inputs["clusterIdentifier"] == IDENTIFIERS[stack]


def test_the_class_presets_what_the_settings_leave_out(runs: dict[str, dict[str, Any]]) -> None:
    found = {}
    for stack in ("aws-dev", "aws-prod"):
        run = runs[stack]
        cluster = run["inputs"][f"aws:eks/cluster:Cluster {stack}"]
        nats = [name for name in run["names"] if name.startswith("aws:ec2/natGateway:NatGateway ")]
        public = cluster["vpcConfig"]["endpointPublicAccess"]
        protected = "aws:eks/cluster:Cluster" in run["protected"]
        found[stack] = (len(nats), cluster["deletionProtection"], protected, public)
    assert found == {"aws-dev": (1, False, False, False), "aws-prod": (3, True, True, False)}


def test_the_class_presets_the_same_on_google_cloud(runs: dict[str, dict[str, Any]]) -> None:
    found = {}
    for stack in ("gcp-dev", "gcp-prod"):
        cluster = runs[stack]["inputs"][f"gcp:container/cluster:Cluster {stack}"]
        protected = "gcp:container/cluster:Cluster" in runs[stack]["protected"]
        autopilot = cluster.get("enableAutopilot", False)
        by_name = cluster["controlPlaneEndpointsConfig"]["dnsEndpointConfig"]["allowExternalTraffic"]
        found[stack] = (cluster["deletionProtection"], protected, autopilot, by_name)
    assert found == {"gcp-dev": (False, False, True, True), "gcp-prod": (True, True, False, True)}


@pytest.mark.parametrize("stack", STACKS)
def test_outputs_are_what_another_stack_needs(stack: str, runs: dict[str, dict[str, Any]]) -> None:
    outputs = runs[stack]["outputs"]
    assert sorted(outputs) == ["cluster_identifier", "contract", "kubeconfig", "namespaces"]
    assert outputs["contract"]["cluster"] == {"aws-tenants": "aws-dev", "gcp-tenants": "legacy"}.get(stack, stack)
    assert sorted(outputs["namespaces"]) == ["payments", "search"]


TRACE = """
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from hedgerow.engine import embedded, project
found = replace(project.find(Path(sys.argv[1])), stacks=Path(sys.argv[2]))
embedded.record(found, sys.argv[3])
names = {"aws", "blocks", "existing", "fences", "gcp", "places", "platforms", "reading", "schema", "settings"}
doubles = names & sys.modules.keys()
sdks = {name for name in sys.modules if "." not in name and name.startswith(("boto", "pulumi_"))}
print(sorted(sdks | doubles | {"google.cloud"} & sys.modules.keys()))
"""


def trace(stacks: Path, stack: str) -> str:
    """SDKs that a stack loads in an interpreter of its own, and modules of the stacks that are there twice."""
    run = [sys.executable, "-c", TRACE, str(ROOT), str(stacks), stack]
    return subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120).stdout.strip()


@pytest.mark.parametrize("stack", STACKS)
def test_no_other_cloud_is_loaded(stack: str) -> None:
    """Those on a platform that exists load no cloud at all."""
    own = [f"pulumi_{stack.partition('-')[0]}"] if stack in MADE else []
    assert trace(ROOT / "stacks", stack) == str([*own, "pulumi_kubernetes"])


def test_a_stack_without_tenants_loads_nothing_of_kubernetes(tmp_path: Path) -> None:
    whole = (ROOT / "stacks" / "Pulumi.aws-dev.yaml").read_text()
    (tmp_path / "Pulumi.aws-dev.yaml").write_text(whole.replace("  hedgerow:tenants: [payments, search]\n", ""))
    assert trace(tmp_path, "aws-dev") == "['pulumi_aws']"


def test_bad_settings_end_the_program_with_exit_code_2(tmp_path: Path) -> None:
    whole = (ROOT / "stacks" / "Pulumi.aws-dev.yaml").read_text()
    (tmp_path / "Pulumi.aws-dev.yaml").write_text(whole.replace("10.16.0.0/16", "8.8.0.0/16"))
    (outcome,) = embedded.run_all(replace(project.find(ROOT), stacks=tmp_path), ["aws-dev"], told)
    assert outcome.exit_code == 2
    assert outcome.error.splitlines()[0] == "The settings of stack 'aws-dev' have 1 problem:"
    assert outcome.printed == ""
