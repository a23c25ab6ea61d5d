"""The reference program, run by this machine's engine: what the engine shows agrees with the embedded recording."""

import shutil
from pathlib import Path

import pytest
import yaml

from hedgerow.commands import pack
from hedgerow.graph import Snapshot

from ..agreement import compare
from ..agreement.reading import REFERENCE, SECRETS, embedded
from ..support import ROOT
from . import journey
from .cli import NEEDS_CLI
from .conftest import NewCli
from .control_plane import ControlPlane
from .journey import AGAIN, CHANGED, MADE, PREVIEWED, Journey

pytestmark = NEEDS_CLI
ALLOWED = yaml.safe_load((REFERENCE.parent / "allowed.yaml").read_text())
RESOURCES = 18


@pytest.fixture(scope="module")
def run(new_cli: NewCli, kubernetes: ControlPlane | None, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    cli = new_cli("dev", "reference")
    config = {**SECRETS, "reference:kubeconfig": kubernetes.kubeconfig} if kubernetes else SECRETS
    for key, value in config.items():
        cli("config", "set", "--stack", "dev", "--secret", key, value)

    def change(copy: Path) -> None:
        shutil.copy(REFERENCE / "program_changed.py", copy / "reference/__main__.py")

    # The program is fenced by nothing; what matters here is what the pack is asked.
    advisory = cli.home / "advisory.json"
    advisory.write_text('{"all": "advisory"}')
    judged = ("--policy-pack", "../recorder", "--policy-pack-config", str(advisory))
    return journey.run(cli, "dev", judged, tmp_path_factory.mktemp("tapes"), change)


def test_it_is_made_once_and_leaves_nothing(run: Journey) -> None:
    assert journey.counts(run.preview) == {"to create": RESOURCES}
    assert journey.counts(run.up) == {"created": RESOURCES}
    assert journey.counts(run.again) == {"unchanged": RESOURCES}
    assert journey.counts(run.destroy) == {"deleted": RESOURCES}
    assert run.left["deployment"].get("resources", []) == []


@pytest.mark.parametrize(
    ("step", "program"),
    [(PREVIEWED, "program"), (MADE, "program"), (AGAIN, "program"), (CHANGED, "program_changed")],
)
def test_the_pack_sees_what_the_embedded_engine_records(run: Journey, step: str, program: str) -> None:
    assert not_allowed(program, run.asked(step, {})) == []


def test_the_exported_state_is_what_the_embedded_engine_records(run: Journey) -> None:
    assert not_allowed("program", run.state) == []


@pytest.mark.parametrize("step", [PREVIEWED, MADE, AGAIN])
def test_the_engine_is_told_the_findings_of_the_embedded_preview(run: Journey, step: str) -> None:
    found = journey.findings(pack.load(ROOT / "policies"), embedded("program"))
    assert {"np-dns", "ns-limitrange-covers"} <= {rule for rule, *_ in found}
    assert run.told(step) == [(rule, urn, message, "advisory") for rule, urn, message, _ in found]


def test_secrets_are_kept_out_of_every_reading(run: Journey) -> None:
    for reading in (run.asked(PREVIEWED, {}), run.asked(MADE, {}), run.state):
        assert "[secret]" in repr(reading.resources)
        assert SECRETS["reference:password"] not in repr(reading.resources)


def not_allowed(program: str, other: Snapshot) -> list[tuple[str, str]]:
    return [found for found in compare.differences(embedded(program), other) if found[0] not in ALLOWED]
