"""Tenants on a platform that exists, run by a real engine: over the stack that has it, and over a cluster in plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from hedgerow.commands import pack
from hedgerow.engine import embedded, project
from hedgerow.graph import Snapshot

from ..agreement import compare
from ..support import ROOT
from . import journey
from .cli import NEEDS_CLI, Cli
from .conftest import NewCli
from .control_plane import ControlPlane
from .journey import AGAIN, MADE, PREVIEWED, Journey

pytestmark = NEEDS_CLI
ALLOWED = yaml.safe_load((ROOT / "tests/agreement/allowed.yaml").read_text())
PLATFORM, OVER_IT, OVER_A_CLUSTER = "aws-dev", "aws-tenants", "gcp-tenants"
FULL_NAME = f"organization/hedgerow/{PLATFORM}"
TENANTS = "  hedgerow:tenants: [payments, search]\n"
RECORDER = ("--policy-pack", "recorder")


@dataclass(frozen=True)
class Walk:
    """A stack's journey, and what the embedded engine shows of it; `read` of its resources are only read."""

    stack: str
    run: Journey
    recorded: Snapshot
    read: int


@pytest.fixture(scope="module")
def over_a_stack(new_cli: NewCli) -> Cli:
    """The CLI with two stacks; that of the platform fences nothing, for a namespace is of one stack."""
    cli = new_cli(PLATFORM)
    edit(cli.copy / f"stacks/Pulumi.{PLATFORM}.yaml", TENANTS, "")
    cli("stack", "init", OVER_IT)
    return cli


@pytest.fixture(scope="module")
def refused(over_a_stack: Cli) -> str:
    """What a preview says before the platform was made."""
    return over_a_stack("preview", "--stack", OVER_IT, fails=True).text


@pytest.fixture(scope="module")
def tapes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    return tmp_path_factory.mktemp


@pytest.fixture(scope="module")
def by_reference(over_a_stack: Cli, refused: str, tapes: Callable[[str], Path]) -> Walk:
    """The platform is made, then the tenants on it; the embedded engine reads what the CLI says it exports."""
    cli = over_a_stack
    assert refused
    cli("up", "--yes", "--skip-preview", "--stack", PLATFORM)
    declared = cli("stack", "output", "--json", "--stack", PLATFORM).text
    (cli.copy / f"stacks/{PLATFORM}.outputs.yaml").write_text(declared)
    recorded = shown(cli.copy, OVER_IT)
    return Walk(OVER_IT, journey.run(cli, OVER_IT, RECORDER, tapes(OVER_IT), unchanged), recorded, read=1)


@pytest.fixture(scope="module")
def by_values(new_cli: NewCli, kubernetes: ControlPlane | None, tapes: Callable[[str], Path]) -> Walk:
    """The cluster is this machine's API server where it has one."""
    cli = new_cli(OVER_A_CLUSTER)
    if kubernetes:
        file = cli.copy / f"stacks/Pulumi.{OVER_A_CLUSTER}.yaml"
        given = yaml.safe_load(file.read_text())["config"]["hedgerow:platform"]
        edit(file, given["endpoint"], kubernetes.endpoint)
        edit(file, given["certificate_authority"], kubernetes.authority)
        edit(file, "[gke-gcloud-auth-plugin]", "[aws]")
    recorded = shown(cli.copy, OVER_A_CLUSTER)
    return Walk(
        OVER_A_CLUSTER, journey.run(cli, OVER_A_CLUSTER, RECORDER, tapes(OVER_A_CLUSTER), unchanged), recorded, 0
    )


@pytest.fixture(params=["by_reference", "by_values"])
def walk(request: pytest.FixtureRequest) -> Walk:
    found: Walk = request.getfixturevalue(request.param)
    return found


def unchanged(copy: Path) -> None:
    """Nothing is changed on this journey."""
    assert copy.is_dir()


def edit(path: Path, given: str, mutated: str) -> None:
    text = path.read_text()
    assert given in text
    path.write_text(text.replace(given, mutated, 1))


def shown(folder: Path, stack: str) -> Snapshot:
    """What the embedded engine shows of a stack in a copy of this repository."""
    outcome = embedded.run_all(project.find(folder), [stack], lambda snapshot: snapshot)[0]
    assert outcome.result, outcome.error
    return outcome.result


def not_allowed(recorded: Snapshot, other: Snapshot) -> list[tuple[str, str]]:
    return [found for found in compare.differences(recorded, other) if found[0] not in ALLOWED]


def test_a_platform_that_was_never_made_is_named_as_the_stack_to_update_first(refused: str) -> None:
    told = (
        f"hedgerow: stack '{FULL_NAME}' has no outputs 'cluster_identifier', 'contract', 'kubeconfig'; "
        f"update that stack first: pulumi up -s {FULL_NAME}"
    )
    assert told in refused
    assert "Traceback" not in refused


def test_tenants_are_made_once_and_leave_nothing(walk: Walk) -> None:
    resources = len(walk.recorded.resources) - walk.read
    assert journey.counts(walk.run.preview) == {"to create": resources}
    assert journey.counts(walk.run.up) == {"created": resources}
    assert journey.counts(walk.run.again) == {"unchanged": resources}
    assert journey.counts(walk.run.changed) == {"unchanged": resources}
    assert journey.counts(walk.run.destroy) == {"deleted": resources}
    assert walk.run.left["deployment"].get("resources", []) == []


@pytest.mark.parametrize("step", [PREVIEWED, MADE, AGAIN])
def test_the_pack_sees_what_the_embedded_engine_records(walk: Walk, step: str) -> None:
    assert not_allowed(walk.recorded, walk.run.asked(step, walk.recorded.config)) == []


@pytest.mark.parametrize("step", [PREVIEWED, MADE, AGAIN])
def test_the_engine_is_told_the_findings_of_the_embedded_preview(walk: Walk, step: str) -> None:
    assert walk.run.told(step) == journey.findings(pack.load(ROOT / "policies"), walk.recorded)


def test_the_exported_state_is_what_the_embedded_engine_records(walk: Walk) -> None:
    assert not_allowed(walk.recorded, walk.run.state) == []


def test_nothing_in_the_preview_of_tenants_is_unknown_once_their_platform_stands(by_reference: Walk) -> None:
    assert "[unknown]" not in repr(by_reference.recorded.resources)
