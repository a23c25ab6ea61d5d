"""`hedgerow rehearse` on every example stack, and on stacks that have more, or worse, in them."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import jsonschema
import pulumi_kubernetes as kubernetes
import pytest
from click.testing import CliRunner, Result

from components.k8s import Tenant
from hedgerow.commands.rehearse import command
from hedgerow.engine import project
from hedgerow.rehearsal import places
from hedgerow.rehearsal.binaries import NEEDED, Binaries
from hedgerow.rehearsal.plane import ControlPlane
from hedgerow.rehearsal.run import rehearse

from ..components.k8s.examples import FULLEST, with_quota
from ..support import ROOT, record

pytestmark = pytest.mark.control_plane
SCHEMA = json.loads((ROOT / "docs/rehearsal.schema.json").read_text())
MOST_MIB = 800
GUARDED = ("a namespace without labels", "a network policy that lets in everybody")
"""Tried of admission policies that deny in prod and only audit in dev."""
PROGRAM = """
import pulumi_kubernetes as kubernetes
kubernetes.core.v1.Namespace("shop", metadata={"name": "shop"})
kubernetes.core.v1.ResourceQuota("quota", metadata={"name": "quota", "namespace": "shop"}, spec={"hard": HARD})
"""


@pytest.fixture(autouse=True)
def own_folder(built: Binaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planes of these tests lie where nobody else's are, so that --stop ends none of theirs."""
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(built.folder))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)


def ran(*args: str) -> Result:
    return CliRunner().invoke(command, args, prog_name="hedgerow rehearse")


def shop(folder: Path, hard: str) -> Path:
    """A project with one quota in it."""
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text("config: {}\n")
    (folder / "__main__.py").write_text(PROGRAM.replace("HARD", hard))
    return folder


@pytest.mark.parametrize("stack", project.find(ROOT).stack_names())
def test_every_fence_of_an_example_holds(stack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    told = ran(stack, "--json", str(tmp_path / "rehearsal.json"))
    document = json.loads((tmp_path / "rehearsal.json").read_text())
    jsonschema.validate(document, SCHEMA)
    failed = [trial for one in document["rehearsals"] for trial in one["trials"] if not trial["holds"]]
    assert (told.exit_code, failed, told.stderr) == (0, [], "")
    (one,) = document["rehearsals"]
    assert one["objects"]["rejected"] == one["objects"]["changed_by_a_second_apply"] == []
    tried = [trial["namespace"] for trial in one["trials"]]
    assert len(tried) == one["summary"]["trials"]
    assert min(tried.count(name) for name in ("payments", "search")) > 80
    assert tried.count("every namespace") == 7
    assert sum(trial["what"].startswith("rollout undo of ") for trial in one["trials"]) == 2
    guarded = {trial["expected"] for trial in one["trials"] if trial["what"] in GUARDED}
    assert guarded == ({"refused"} if stack.endswith("-prod") else {"admitted, with a warning"}), "by class"
    assert sum(one["memory_mib"].values()) <= MOST_MIB
    assert list(tmp_path.glob(f"{places.PREFIX}*")) == []


def test_a_rejected_object_is_exit_code_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop(tmp_path / "shop", '{"gpus": "1"}'))
    told = ran()
    assert told.exit_code == 3
    assert (
        "✗ ResourceQuota 'shop/quota' was rejected: ResourceQuota \"quota\" is invalid: [spec.hard[gpus]: "
        in told.stdout
    )


def test_a_quota_of_anybody_is_tried_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And --keep leaves a server to look at, which --stop ends."""
    monkeypatch.chdir(shop(tmp_path / "shop", '{"count/secrets": "2", "services": "0"}'))
    told = ran("--keep", "--json", "-")
    (one,) = json.loads(told.stdout)["rehearsals"]
    tried = [trial["what"] for trial in one["trials"]]
    assert tried[:4] == ["the quota in force", "fill services", "fill count/secrets", "a pod that asks for nothing"]
    assert {what.partition(":")[0] for what in tried[4:]} == {
        "hedgerow's sums of what pods use",
        "somebody with an account",
    }
    assert one["summary"]["failed"] == 0
    (kept,) = places.kept()
    assert (kept / "kubeconfig").is_file()
    assert ran("--stop").stdout == f"ended the API server of dev ({kept})\n"
    assert not kept.exists()


def test_a_program_that_fails_has_its_own_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop(tmp_path / "shop", "nothing"))
    told = ran()
    assert (told.exit_code, "name 'nothing' is not defined" in told.stderr) == (1, True)


def fails(snapshot: Any, built: Binaries) -> list[str]:
    (found,) = rehearse(snapshot, built, tell=lambda _: None)
    assert (found.trouble, found.applied.rejected, found.applied.changed) == (None, [], [])
    return [f"{trial.what}: {trial.happened}; {trial.message}" for trial in found.failed]


def test_every_setting_of_a_tenant_is_kept(built: Binaries) -> None:
    assert fails(record(lambda: Tenant("payments", FULLEST)), built) == []


def test_the_smallest_tenant_is_kept(built: Binaries) -> None:
    assert fails(record(lambda: Tenant("one", with_quota(cpu="100m", pods=1, storage="1Gi"))), built) == []


def test_pods_of_the_stack_itself_count(built: Binaries) -> None:
    def program() -> None:
        tenant = Tenant("payments", with_quota(cpu="2"))
        container = {"name": "main", "image": "none", "security_context": {
            "allow_privilege_escalation": False, "run_as_non_root": True, "capabilities": {"drop": ["ALL"]},
            "seccomp_profile": {"type": "RuntimeDefault"},
        }}  # fmt: skip
        kubernetes.apps.v1.Deployment(
            "api",
            metadata={"name": "api", "namespace": tenant.namespace},
            spec={
                "replicas": 3,
                "selector": {"match_labels": {"app": "api"}},
                "template": {"metadata": {"labels": {"app": "api"}}, "spec": {"containers": [container]}},
            },
        )

    assert fails(record(program), built) == []


@pytest.mark.parametrize("name", NEEDED)
def test_a_server_that_dies_in_mid_run_is_told_with_what_was_done(built: Binaries, name: str) -> None:
    """No process and no folder is left."""
    killed = []

    def kill(what: str) -> None:
        if "fill requests.cpu" in what and not killed:
            folder = next(Path(os.environ["TMPDIR"]).glob(f"{places.PREFIX}*"))
            killed.append(folder)
            os.kill(int((folder / "pids").read_text().split()[NEEDED.index(name)]), signal.SIGKILL)

    (found,) = rehearse(record(lambda: Tenant("payments", with_quota(cpu="2"))), built, tell=kill)
    assert found.trouble
    assert found.trouble.message == f"{name} ended by signal 9; the last lines of its log:"
    assert [trial.what for trial in found.trials] == ["the quota in force", "fill requests.cpu"]
    assert not killed[0].exists()


def test_two_rehearsals_do_not_meet(built: Binaries) -> None:
    with ControlPlane(built) as other:
        assert fails(record(lambda: Tenant("payments", with_quota(cpu="2"))), built) == []
        assert other.client.get("/api/v1/namespaces/payments").code == 404
