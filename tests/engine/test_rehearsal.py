"""The rehearsal's trials on what a real engine and the real Kubernetes provider built: the fences of `pulumi up` hold too."""

import base64
import contextlib
import json
import threading
from collections.abc import Iterator

import pytest

from hedgerow.engine import embedded, project
from hedgerow.graph import Snapshot
from hedgerow.rehearsal import binaries, nodes, objects
from hedgerow.rehearsal.client import JSON_PATCH
from hedgerow.rehearsal.objects import Manifest
from hedgerow.rehearsal.plane import ControlPlane
from hedgerow.rehearsal.run import tried
from hedgerow.rehearsal.settings import fences
from hedgerow.rehearsal.trials import Trial, admission, rollouts
from hedgerow.rehearsal.trials.space import Space
from hedgerow.rehearsal.trouble import Trouble

from ..support import ROOT
from . import control_plane
from .cli import NEEDS_CLI, Cli
from .conftest import NewCli, real_provider, use

STACK = "aws-dev"
BALANCER = [{"op": "add", "path": "/status/loadBalancer", "value": {"ingress": [{"ip": "192.0.2.1"}]}}]


def ready() -> bool:
    try:
        return real_provider() is not None and not nodes.missing(binaries.find())
    except Trouble:
        return False


pytestmark = [
    *NEEDS_CLI,
    pytest.mark.skipif(not ready(), reason="needs the real Kubernetes provider, and what `make control-plane` builds"),
]


@pytest.fixture(scope="module")
def recorded() -> Snapshot:
    (outcome,) = embedded.run_all(project.find(ROOT), [STACK], lambda snapshot: snapshot)
    assert outcome.result, outcome.error
    return outcome.result


@pytest.fixture(scope="module")
def manifests(recorded: Snapshot) -> list[Manifest]:
    (stack,) = objects.clusters(recorded)
    return stack.manifests


@pytest.fixture(scope="module")
def plane(manifests: list[Manifest]) -> Iterator[ControlPlane]:
    """A server of our own whose pods run, for the provider waits for them."""
    with ControlPlane(binaries.find(), nodes=True) as running:
        nodes.add(running.client, [it.body["spec"]["template"] for it in manifests if it.kind == "Deployment"])
        yield running


@pytest.fixture(scope="module")
def made(new_cli: NewCli, plane: ControlPlane) -> Cli:
    """The stack, built by `pulumi up` on that server."""
    cli, provider = new_cli(STACK), real_provider()
    assert provider
    given = json.loads(plane.kubeconfig.read_text())
    cluster, token = given["clusters"][0]["cluster"], given["users"][0]["user"]["token"]
    credential = control_plane.CREDENTIAL.replace(control_plane.TOKEN, token)
    with contextlib.suppress(FileExistsError):
        use(cli, control_plane.ControlPlane(cluster["server"], cluster["certificate-authority-data"]), provider)
    cli.put_on_path("aws", f"echo '{credential}'")
    cli.extra |= {
        "HEDGEROW_STAND_IN_ENDPOINT": cluster["server"],
        "HEDGEROW_STAND_IN_AUTHORITY": cluster["certificate-authority-data"],
    }
    (cli.home / "authority.pem").write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
    with balancers(plane):
        cli("up", "--yes", "--skip-preview", "--stack", STACK)
    return cli


@contextlib.contextmanager
def balancers(plane: ControlPlane) -> Iterator[None]:
    """Plays the cloud that gives load balancers their addresses, which the provider waits for."""
    done = threading.Event()

    def give() -> None:
        while not done.wait(0.5):
            for item in plane.client.get("/api/v1/services").body.get("items", []):
                if item["spec"].get("type") == "LoadBalancer" and not item["status"]["loadBalancer"]:
                    place = item["metadata"]
                    path = f"/api/v1/namespaces/{place['namespace']}/services/{place['name']}/status"
                    plane.client.send("PATCH", path, BALANCER, form=JSON_PATCH)

    giver = threading.Thread(target=give, daemon=True)
    giver.start()
    try:
        yield
    finally:
        done.set()
        giver.join()


def failed(trials: Iterator[Trial]) -> list[str]:
    return [f"{trial.what}: {trial.happened}; {trial.message}" for trial in trials if not trial.holds]


def test_every_object_of_the_stack_is_there(made: Cli, plane: ControlPlane, manifests: list[Manifest]) -> None:
    assert made
    spaces = {it.namespace for it in manifests if it.namespace}
    assert len(manifests) > 30
    assert all(plane.client.get(f"/api/v1/namespaces/{name}").ok for name in spaces)


@pytest.mark.parametrize("tenant", ["payments", "search"])
def test_every_fence_that_pulumi_built_holds(
    made: Cli, plane: ControlPlane, recorded: Snapshot, manifests: list[Manifest], tenant: str
) -> None:
    assert made
    promised = fences(recorded)
    (fence,) = [each for each in promised if each.name == tenant]
    space = Space(plane.client, tenant)
    space.settle(workloads=True)
    assert failed(tried(fence, space, promised, manifests)) == []


def test_what_pulumi_had_the_server_refuse_is_refused(made: Cli, plane: ControlPlane, recorded: Snapshot) -> None:
    assert made
    guards = admission.promised(recorded)
    assert guards
    assert failed(admission.trials(plane.client, guards, fences(recorded))) == []


def test_what_pulumi_rolled_out_takes_new_versions(made: Cli, plane: ControlPlane, manifests: list[Manifest]) -> None:
    assert made
    for manifest in [it for it in manifests if it.kind == "Deployment"]:
        assert failed(rollouts.trials(plane.client, manifest)) == []


def test_it_is_deleted_under_its_own_guard(made: Cli, plane: ControlPlane) -> None:
    """By Pulumi's own user, with every admission policy in force."""
    made("destroy", "--yes", "--skip-preview", "--stack", STACK)
    held = json.loads(made("stack", "export", "--stack", STACK).text)
    assert held["deployment"].get("resources", []) == []
    assert plane.client.get("/api/v1/namespaces/payments").code == 404
