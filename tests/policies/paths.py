"""The ways in which a rule's example becomes a snapshot: what is judged must be the same by each of them."""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import yaml

from hedgerow.graph import SECRET, Snapshot
from hedgerow.graph.sources import example, manifests, state
from hedgerow.graph.sources.example import ID, MARKS, links, marked, place
from hedgerow.graph.value import SECRET_SIGNATURE, SIGNATURE

from ..support import record

Example = Mapping[str, Any]


def from_manifests(given: Example) -> Snapshot | None:
    """A folder of YAML; an example with resources of a cloud is none."""
    if given.get("resources"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "all.yaml").write_text(yaml.safe_dump_all(given["objects"]))
        snapshot, problems = manifests.load(Path(folder))
    assert problems == []
    resources = [replace(item, inputs=marked(item.inputs), outputs=marked(item.outputs)) for item in snapshot.resources]
    return Snapshot.of(snapshot.project, "", resources)


def from_a_program(given: Example) -> Snapshot:
    """A program that registers every object, with outputs that a preview does not know, and secrets."""
    return record(lambda: _register(given))


def from_a_state(given: Example) -> Snapshot | None:
    """A stack export; what is not known yet cannot be in one."""
    items = _items(given)
    urns = {name: f"urn:pulumi:dev::example::{token}::{name}" for token, name, _ in items}
    entries = [_entry(urns, *item) for item in items]
    if "<unknown>" in json.dumps(entries):
        return None
    return state.snapshot({"version": 3, "deployment": {"resources": entries}})


PATHS: dict[str, Callable[[Example], Snapshot | None]] = {
    "itself": example.snapshot,
    "manifests": from_manifests,
    "program": from_a_program,
    "state": from_a_state,
}


def _items(given: Example) -> list[tuple[str, str, Any]]:
    """Type, name and inputs of everything in an example."""
    objects = [(_token(item), place(item), item) for item in given.get("objects", [])]
    return objects + [(item["type"], item["name"], item.get("inputs", {})) for item in given.get("resources", [])]


def _token(manifest: Mapping[str, Any]) -> str:
    version = manifest["apiVersion"]
    return f"kubernetes:{version if '/' in version else f'core/{version}'}:{manifest['kind']}"


def _register(given: Example) -> None:
    unknown, ids = pulumi.CustomResource("test:index/seed:Seed", "seed", {}).id, {}
    for token, name, inputs in _items(given):
        if ":index:" in token:
            pulumi.ComponentResource(token, name, _outputs(inputs, unknown, ids))
        else:
            ids[name] = pulumi.CustomResource(token, name, _outputs(inputs, unknown, ids)).id


def _outputs(value: Any, unknown: pulumi.Output[str], ids: Mapping[str, pulumi.Output[str]]) -> Any:
    if isinstance(value, Mapping):
        return {key: _outputs(item, unknown, ids) for key, item in value.items()}
    if isinstance(value, list):
        return [_outputs(item, unknown, ids) for item in value]
    if isinstance(value, str) and (of := ID.fullmatch(value)):
        return ids[of[1]]
    if not isinstance(value, str) or value not in MARKS:
        return value
    return pulumi.Output.secret("hunter2") if MARKS[value] is SECRET else unknown


def _entry(urns: Mapping[str, str], token: str, name: str, inputs: Any) -> dict[str, Any]:
    properties = json.loads(json.dumps(inputs), object_hook=_sealed)
    return {
        "urn": urns[name],
        "type": token,
        "custom": ":index:" not in token,
        "inputs": properties,
        "outputs": properties,
        "propertyDependencies": {key: [urns[name] for name in names] for key, names in links(inputs).items()},
    }


def _sealed(value: dict[str, Any]) -> dict[str, Any]:
    secret = {SIGNATURE: SECRET_SIGNATURE, "ciphertext": "v1:sealed"}
    return {key: secret if item == "<secret>" else item for key, item in value.items()}
