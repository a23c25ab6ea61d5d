"""Rollouts are tried on nodes that kwok pretends: what works, what does not fit, and what cannot be tried."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hedgerow.graph import Resource, Snapshot
from hedgerow.rehearsal import nodes, objects
from hedgerow.rehearsal.binaries import NEEDED, Binaries
from hedgerow.rehearsal.client import Client
from hedgerow.rehearsal.objects import Manifest
from hedgerow.rehearsal.plane import ControlPlane
from hedgerow.rehearsal.run import rehearse
from hedgerow.rehearsal.trials import rolling, rollouts

pytestmark = pytest.mark.control_plane
TPU = "google.com/tpu"


@pytest.fixture(scope="module")
def running(built: Binaries) -> Iterator[Client]:
    """A server whose pods run."""
    if nodes.missing(built):
        pytest.skip(f"no {', no '.join(nodes.missing(built))} beside the binaries")
    with ControlPlane(built, nodes=True) as plane:
        yield plane.client


def manifest(namespace: str, replicas: int | None, kind: str = "Deployment", **spec: Any) -> dict[str, Any]:
    """A workload; `pod` is the spec of its pods beside their container."""
    container = {"name": "main", "image": "none", "resources": spec.pop("resources", {})}
    pod = {"containers": [container], **spec.pop("pod", {})}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "api", "namespace": namespace},
        "spec": {
            **({} if replicas is None else {"replicas": replicas}),
            "selector": {"matchLabels": {"app": "api"}},
            "template": {"metadata": {"labels": {"app": "api"}}, "spec": pod},
            **spec,
        },
    }


def tried(client: Client, body: dict[str, Any], hard: dict[str, str] | None = None) -> dict[str, tuple[str, str, bool]]:
    """What the trials of a Deployment tell, by what was tried."""
    name = body["metadata"]["namespace"]
    assert client.create("/api/v1/namespaces", {"metadata": {"name": name}}).ok
    path = f"/api/v1/namespaces/{name}"
    client.wait(f"the service account of {name}", lambda: client.get(f"{path}/serviceaccounts/default").ok)
    if hard:
        assert client.create(f"{path}/resourcequotas", {"metadata": {"name": "quota"}, "spec": {"hard": hard}}).ok
        client.wait("the quota", lambda: "hard" in client.get(f"{path}/resourcequotas/quota").body["status"])
    made = client.create(f"/apis/apps/v1/namespaces/{name}/{rolling.PLURALS[body['kind']]}", body)
    assert made.ok, made.message
    nodes.add(client, [body["spec"]["template"]])
    return {
        trial.what: (trial.expected, trial.happened, trial.holds)
        for trial in rollouts.trials(client, Manifest(body, "urn:api", 0))
    }


def test_a_version_takes_over_by_quarters(running: Client) -> None:
    told = tried(running, manifest("quarters", 5))
    assert told == {
        "the pods of api": ("5 available", "5 available", True),
        "a new version of api": ("at least 4 up, at most 7 there", told["a new version of api"][1], True),
        "a version that never runs of api": (
            "stops, at least 4 up", told["a version that never runs of api"][1], True,
        ),
        "rollout undo of api": ("the version before, at least 4 up", told["rollout undo of api"][1], True),
    }  # fmt: skip
    now = running.get("/apis/apps/v1/namespaces/quarters/deployments/api").body
    assert now["spec"]["progressDeadlineSeconds"] == 600
    assert now["spec"]["template"]["metadata"].get("annotations", {}) == {}


def test_recreating_has_a_moment_without_pods(running: Client) -> None:
    told = tried(running, manifest("recreated", 2, strategy={"type": "Recreate"}))
    assert told["a new version of api"][::2] == ("at least 0 up, at most 2 there", True)
    assert told["a version that never runs of api"][::2] == ("stops, at least 0 up", True)


def test_a_stateful_set_goes_pod_by_pod_and_stops_at_the_first_that_never_runs(running: Client) -> None:
    """Its volumes are given by what plays the cloud."""
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    told = tried(running, manifest("stateful", 3, "StatefulSet", serviceName="api", volumeClaimTemplates=[claim]))
    assert told == {
        "the pods of api": ("3 available", "3 available", True),
        "a new version of api": ("at least 2 up, at most 3 there", told["a new version of api"][1], True),
        "a version that never runs of api": ("stops, at least 2 up", "stopped, at least 2 up", True),
        "rollout undo of api": ("the version before, at least 2 up", told["rollout undo of api"][1], True),
    }  # fmt: skip


def test_a_daemon_set_goes_node_by_node_and_stops_too(running: Client) -> None:
    told = tried(running, manifest("daemons", None, "DaemonSet", pod={"nodeSelector": {"pool": "daemons"}}))
    assert told == {
        "the pods of api": ("3 available", "3 available", True),
        "a new version of api": ("at least 2 up, at most 3 there", told["a new version of api"][1], True),
        "a version that never runs of api": ("stops, at least 2 up", "stopped, at least 2 up", True),
        "rollout undo of api": ("the version before, at least 2 up", told["rollout undo of api"][1], True),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
def test_one_whose_pods_are_replaced_by_hand_only_has_to_run(running: Client, kind: str) -> None:
    replicas, own = (None, {}) if kind == "DaemonSet" else (1, {"serviceName": "api"})
    told = tried(
        running, manifest(f"by-hand-{kind.lower()}", replicas, kind, updateStrategy={"type": "OnDelete"}, **own)
    )
    assert list(told) == ["the pods of api"]
    assert told["the pods of api"][2]


def test_pods_run_where_they_choose_to(running: Client) -> None:
    chosen = {"key": "pool", "operator": "In", "values": ["tpu", "gpu"]}
    affinity = {
        "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [chosen]}]}
    }
    pod = {"nodeSelector": {"kubernetes.io/arch": "arm64"}, "affinity": {"nodeAffinity": affinity}}
    told = tried(running, manifest("choosy", 1, pod=pod, resources={"limits": {TPU: "4"}}))
    assert [holds for _, _, holds in told.values()] == [True] * 4


def test_pods_that_their_quota_refuses_are_told_in_its_words(running: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolling, "SECONDS", 3.0)
    body = manifest("full", 3, resources={"requests": {"cpu": "1"}})
    told = tried(running, body, hard={"requests.cpu": "2"})
    assert told == {"the pods of api": ("3 available", "2 available", False)}
    (trial,) = rollouts.trials(running, Manifest(body, "urn:api", 0))
    assert (
        "exceeded quota: quota, requested: requests.cpu=1, used: requests.cpu=2, limited: requests.cpu=2"
        in trial.message
    )


def test_a_new_version_without_room_is_told(running: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The surge of a rollout is part of what a quota must hold."""
    monkeypatch.setattr(rolling, "SECONDS", 4.0)
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    told = tried(running, manifest("tight", 2, strategy=strategy), hard={"pods": "2"})
    assert told["the pods of api"][2]
    assert told["a new version of api"][1:] == ("at least 2 up, at most 2 there, NOT DONE", False)


def test_no_pods_are_no_rollout(running: Client) -> None:
    assert tried(running, manifest("none", 0)) == {}


@pytest.mark.parametrize(
    ("given", "replicas", "up", "down"),
    [("25%", 5, 2, 1), ("25%", 4, 1, 1), ("1%", 2, 1, 0), (3, 2, 3, 3), ("100%", 7, 7, 7)],
)
def test_shares_are_counted_as_the_controller_does(given: int | str, replicas: int, up: int, down: int) -> None:
    assert (rolling.share(given, replicas, up=True), rolling.share(given, replicas, up=False)) == (up, down)


def test_without_kwok_rollouts_are_left_out_and_told(built: Binaries, tmp_path: Path) -> None:
    for name in NEEDED:
        (tmp_path / name).symlink_to(built.folder / name)
    body = manifest("default", 1)
    snapshot = Snapshot.of("shop", "dev", [Resource("urn:api", "kubernetes:apps/v1:Deployment", "api", inputs=body)])
    assert len(objects.clusters(snapshot)) == 1
    (found,) = rehearse(snapshot, Binaries(tmp_path), tell=lambda _: None)
    assert found.trouble is None
    assert [(item.name, item.why) for item in found.applied.left_out] == [
        (
            "the rollout of Deployment 'default/api'",
            f"no kube-scheduler, no kwok, no stages in {tmp_path}; run `make control-plane`",
        )
    ]


@pytest.mark.parametrize("name", nodes.NEEDED)
def test_a_server_that_dies_while_versions_roll_out_is_told(
    built: Binaries, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No process and no folder is left."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    add = nodes.add

    def killed(*given: Any) -> None:
        add(*given)
        (folder,) = tmp_path.iterdir()
        servers = [*NEEDED, *nodes.NEEDED]
        os.kill(int((folder / "pids").read_text().split()[servers.index(name)]), signal.SIGKILL)

    monkeypatch.setattr(nodes, "add", killed)
    body = manifest("default", 1)
    snapshot = Snapshot.of("shop", "dev", [Resource("urn:api", "kubernetes:apps/v1:Deployment", "api", inputs=body)])
    (found,) = rehearse(snapshot, built, tell=lambda _: None)
    assert found.trouble
    assert found.trouble.message == f"{name} ended by signal 9; the last lines of its log:"
    assert ([str(item) for item in found.applied.objects], found.trials) == (["Deployment 'default/api'"], [])
    assert list(tmp_path.iterdir()) == []
