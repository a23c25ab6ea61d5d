"""Whole stacks of both clouds, run by a real engine from the repository's root: made once, judged as embedded, refused
where they are wrong."""

import dataclasses
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from hedgerow.commands import pack
from hedgerow.commands.pack import Pack
from hedgerow.engine import embedded, project
from hedgerow.graph import Snapshot

from ..agreement import compare
from ..support import ROOT
from . import journey
from .cli import NEEDS_CLI
from .conftest import NewCli
from .control_plane import ControlPlane
from .journey import AGAIN, MADE, PREVIEWED, Journey

pytestmark = NEEDS_CLI
ALLOWED = yaml.safe_load((ROOT / "tests/agreement/allowed.yaml").read_text())
STACKS = ("aws-dev", "gcp-dev")
PAYMENTS = "stacks/tenants/payments.yaml"
OPENING = """import pulumi


def open_up(args):
    if args.type_.endswith(":NetworkPolicy") and args.name.startswith("payments-"):
        args.props["spec"]["policyTypes"] = ["Ingress"]
    return pulumi.ResourceTransformResult(args.props, args.opts)


pulumi.runtime.register_resource_transform(open_up)
"""


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def recorded(stack: str) -> Snapshot:
    return shown(stack)


@pytest.fixture(scope="module")
def rules() -> Pack:
    return pack.load(ROOT / "policies")


@pytest.fixture(scope="module")
def run(stack: str, new_cli: NewCli, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    tapes = tmp_path_factory.mktemp("tapes")
    return journey.run(new_cli(stack), stack, ("--policy-pack", "recorder"), tapes, lower_a_quota)


def lower_a_quota(copy: Path) -> None:
    """One line of one tenant."""
    edit(copy / PAYMENTS, 'cpu: "100"', 'cpu: "90"')


def too_much(copy: Path) -> None:
    """More than the class of environment may have."""
    edit(copy / PAYMENTS, 'cpu: "100"', 'cpu: "100000"')


def opened(copy: Path) -> None:
    """A transform takes away the egress half of one tenant's fence."""
    program = copy / "stacks/__main__.py"
    program.write_text(OPENING + program.read_text())


def test_it_is_made_once_and_leaves_nothing(run: Journey, recorded: Snapshot) -> None:
    resources = len(recorded.resources)
    assert journey.counts(run.preview) == {"to create": resources}
    assert journey.counts(run.up) == {"created": resources}
    assert journey.counts(run.again) == {"unchanged": resources}
    assert journey.counts(run.destroy) == {"deleted": resources}
    assert run.left["deployment"].get("resources", []) == []


@pytest.mark.parametrize("step", [PREVIEWED, MADE, AGAIN])
def test_the_pack_sees_what_the_embedded_engine_records(run: Journey, recorded: Snapshot, step: str) -> None:
    assert not_allowed(recorded, run.asked(step, recorded.config)) == []


def test_the_exported_state_is_what_the_embedded_engine_records(run: Journey, recorded: Snapshot) -> None:
    assert not_allowed(recorded, run.state) == []


@pytest.mark.parametrize("step", [PREVIEWED, MADE, AGAIN])
def test_the_engine_is_told_the_findings_of_the_embedded_preview(
    run: Journey, recorded: Snapshot, rules: Pack, step: str
) -> None:
    assert run.told(step) == journey.findings(rules, recorded)


def test_the_exported_state_gets_the_findings_of_the_embedded_preview(
    run: Journey, recorded: Snapshot, rules: Pack
) -> None:
    held = dataclasses.replace(run.state, config=recorded.config)
    assert journey.findings(rules, held) == journey.findings(rules, recorded)


def test_a_change_of_one_quota_touches_its_tenant_and_nothing_else(run: Journey, recorded: Snapshot) -> None:
    changed = {
        "hedgerow:index:Tenant payments",
        "hedgerow:index:Workload payments-api",
        "kubernetes:core/v1:LimitRange payments-limits",
        "kubernetes:core/v1:ResourceQuota payments-quota",
    }
    assert set(re.findall(r"^ ~ +(\S+ \S+) update", run.changed.text, re.MULTILINE)) == changed
    assert journey.counts(run.changed) == {
        "to update": len(changed),
        "unchanged": len(recorded.resources) - len(changed),
    }


def test_every_object_is_on_the_api_server_where_there_is_one(run: Journey, kubernetes: ControlPlane | None) -> None:
    objects = [made for made in run.state.resources if made.type.startswith("kubernetes:")]
    assert {isinstance(made.output("metadata", "uid"), str) for made in objects} == {kubernetes is not None}


@pytest.mark.parametrize("production", ["aws-prod", "gcp-prod"])
def test_the_command_of_the_readme_previews_production_and_names_the_pack(new_cli: NewCli, production: str) -> None:
    previewed = new_cli(production)("preview", "-s", production, "--policy-pack", "policies")
    assert re.search(r"Policies:\n +\S+ hedgerow@v\S+ \(local: policies\)", previewed.text)
    assert journey.counts(previewed) == {"to create": len(shown(production).resources)}


@pytest.mark.parametrize(
    ("of", "broken", "rules"),
    [("aws-dev", too_much, {"ns-quota-cap"}), ("gcp-dev", opened, {"np-default-deny", "np-metadata"})],
)
def test_what_breaks_a_mandatory_rule_is_refused_before_anything_is_made(
    new_cli: NewCli, of: str, broken: Callable[[Path], None], rules: set[str]
) -> None:
    cli = new_cli(of)
    broken(cli.copy)
    report = cli.home / "report.json"
    cli.run(sys.executable, "-m", "hedgerow", "preview", of, "--json", str(report))
    denied = [found for found in json.loads(report.read_text())["findings"] if found["level"] == "mandatory"]
    assert {found["rule"] for found in denied} == rules
    refused = cli("up", "--yes", "--stack", of, "--policy-pack", "policies", fails=True)
    assert [found["message"] for found in denied if found["message"] not in refused.text] == []
    held = json.loads(cli("stack", "export", "--stack", of).text)
    assert held["deployment"].get("resources", []) == []


def shown(stack: str) -> Snapshot:
    """What the embedded engine shows of a stack."""
    outcome = embedded.run_all(project.find(ROOT), [stack], lambda snapshot: snapshot)[0]
    assert outcome.result, outcome.error
    return outcome.result


def edit(path: Path, given: str, mutated: str) -> None:
    text = path.read_text()
    assert given in text
    path.write_text(text.replace(given, mutated, 1))


def not_allowed(recorded: Snapshot, other: Snapshot) -> list[tuple[str, str]]:
    return [found for found in compare.differences(recorded, other) if found[0] not in ALLOWED]
