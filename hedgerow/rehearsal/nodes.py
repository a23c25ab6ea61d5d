"""Nodes that kwok pretends, for pods to run on; and what kwok plays, one kind of pod that never runs among it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from .binaries import Binaries
from .client import Client
from .objects import Manifest

NEEDED = ("kube-scheduler", "kwok")
ZONES = ("a", "b", "c")
BROKEN = "hedgerow-rehearsal/broken"
"""Annotation of pods whose image cannot be had."""
ROOM = {"cpu": "100k", "memory": "1Pi", "ephemeral-storage": "1Pi", "pods": "100k"}
DEVICES = "1k"
READY_STAGE = "pod-ready.yaml"
BROKEN_STAGE = {
    "apiVersion": "kwok.x-k8s.io/v1alpha1",
    "kind": "Stage",
    "metadata": {"name": "pod-broken"},
    "spec": {
        "resourceRef": {"apiGroup": "v1", "kind": "Pod"},
        "selector": {
            "matchExpressions": [
                {"key": ".metadata.deletionTimestamp", "operator": "DoesNotExist"},
                {"key": f'.metadata.annotations["{BROKEN}"]', "operator": "Exists"},
                {"key": ".status.containerStatuses", "operator": "DoesNotExist"},
            ]
        },
        "next": {
            "statusTemplate": """
phase: Pending
containerStatuses:
{{ range .spec.containers }}
- image: {{ .image | Quote }}
  name: {{ .name | Quote }}
  ready: false
  restartCount: 0
  state: {waiting: {reason: ImagePullBackOff}}
{{ end }}
"""
        },
    },
}


def missing(binaries: Binaries) -> list[str]:
    """What nodes need and this machine does not have."""
    there = [name for name in NEEDED if (binaries.folder / name).is_file()]
    return [name for name in NEEDED if name not in there] + ([] if binaries.stages else ["stages"])


def write_stages(binaries: Binaries, folder: Path) -> Iterator[str]:
    """Write what kwok plays into a folder; gives the files."""
    for stage in binaries.stages:
        told = yaml.safe_load(stage.read_text())
        if stage.name == READY_STAGE:
            whole = {"key": f'.metadata.annotations["{BROKEN}"]', "operator": "DoesNotExist"}
            told["spec"]["selector"]["matchExpressions"].append(whole)
        yield _write(folder, stage.name, told)
    yield _write(folder, "pod-broken.yaml", BROKEN_STAGE)


def add(client: Client, templates: Iterable[Mapping[str, Any]]) -> None:
    """Add nodes on which the pods of all `templates` fit: one in each zone for each choice of labels."""
    wanted: list[dict[str, str]] = []
    devices: set[str] = set()
    for template in templates:
        spec = template.get("spec", {})
        if (labels := _labels(spec)) not in wanted:
            wanted.append(labels)
        devices |= {name for each in _containers(spec) for name in each.get("resources", {}).get("limits", {})}
    room = {**dict.fromkeys(sorted(devices - ROOM.keys()), DEVICES), **ROOM}
    names = []
    for labels in wanted:
        choice = hashlib.sha256(repr((sorted(labels.items()), sorted(room))).encode()).hexdigest()[:8]
        for zone in ZONES:
            names.append(f"rehearsal-{choice}-{zone}")
            own = {"kubernetes.io/hostname": names[-1], "topology.kubernetes.io/zone": zone, **labels}
            status = {"capacity": room, "allocatable": room}
            client.create("/api/v1/nodes", {"metadata": {"name": names[-1], "labels": own}, "status": status})
    for name in names:
        client.wait(f"node {name}", lambda name=name: is_ready(client.get(f"/api/v1/nodes/{name}").body))  # type: ignore[misc]


def fitting(client: Client, template: Mapping[str, Any]) -> int:
    """How many nodes have the labels that the pods of a template choose."""
    wanted = _labels(template.get("spec", {})).items()
    items = client.get("/api/v1/nodes").body.get("items", [])
    return sum(wanted <= node["metadata"].get("labels", {}).items() for node in items)


def give_volumes(client: Client, manifest: Manifest) -> None:
    """Play the cloud that gives a workload's claims their volumes."""
    if not _claims(manifest.body):
        return
    path = f"/api/v1/namespaces/{manifest.namespace or 'default'}/persistentvolumeclaims"
    for claim in client.get(path).body.get("items", []):
        metadata, spec = claim["metadata"], claim["spec"]
        if "volumeName" in spec:
            continue
        volume = {
            "accessModes": spec["accessModes"],
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "claimRef": {"namespace": metadata["namespace"], "name": metadata["name"], "uid": metadata["uid"]},
            "hostPath": {"path": "/rehearsal"},
            "storageClassName": spec.get("storageClassName", ""),
            "volumeMode": spec["volumeMode"],
        }
        name = f"rehearsal-{metadata['uid']}"
        client.create("/api/v1/persistentvolumes", {"metadata": {"name": name}, "spec": volume})


def is_ready(node: Mapping[str, Any]) -> bool:
    """Whether a node takes pods."""
    conditions = node.get("status", {}).get("conditions", [])
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _labels(spec: Mapping[str, Any]) -> dict[str, str]:
    """Labels of a node that the pods choose; of an affinity the first term, and of each part its first value."""
    required = spec.get("affinity", {}).get("nodeAffinity", {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    terms = (required or {}).get("nodeSelectorTerms") or [{}]
    parts = [part for part in terms[0].get("matchExpressions", []) if part["operator"] in ("In", "Exists")]
    return {**{part["key"]: (part.get("values") or [""])[0] for part in parts}, **spec.get("nodeSelector", {})}


def _containers(spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*spec.get("containers", []), *spec.get("initContainers", [])]


def _claims(body: Mapping[str, Any]) -> bool:
    spec = body.get("spec", {})
    volumes = spec.get("template", {}).get("spec", {}).get("volumes", [])
    return bool(spec.get("volumeClaimTemplates")) or any("persistentVolumeClaim" in volume for volume in volumes)


def _write(folder: Path, name: str, told: Mapping[str, Any]) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(yaml.safe_dump(dict(told)))
    return str(folder / name)
