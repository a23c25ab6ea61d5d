"""JSON Schemas of the settings files, for editors: made from the blocks, checked in, rewritten by `make schemas`."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from components.shared.presets import CLASSES, PRESETS, Preset
from stacks import aws, existing, fences, gcp, images
from stacks.blocks import Block
from stacks.settings import ENVIRONMENT, KEYS, NAMESPACE, PLATFORMS, TENANTS

HERE = Path(__file__).parent
DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """Every schema by its file, below this folder."""
    return {
        "stack.schema.json": _stack(),
        "aws.lock.schema.json": _file("Versions that a stack on AWS runs", aws.LOCK),
        "gcp.lock.schema.json": _file("Versions that a stack on Google Cloud runs", gcp.LOCK),
        "tenants.lock.schema.json": _file("Versions that a stack of tenants alone runs", images.LOCK),
        "tenants/tenant.schema.json": _file("A tenant: who it is, what it may do and use", fences.TENANT),
    }


def text(schema: Schema) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _stack() -> Schema:
    either = {"stack": existing.STACK, "cluster": existing.CLUSTER}
    blocks = {"environment": ENVIRONMENT, "aws": aws.BLOCK, "gcp": gcp.BLOCK, **either, "tenants": TENANTS}
    parts, definitions = _parts(blocks)
    parts["platform"] = {"oneOf": [parts[form] for form in either]}
    # A list is no block of its own: it stands in the file as the one field of its model.
    parts["tenants"] = definitions.pop(TENANTS.__name__)["properties"]["tenants"]
    known = {f"{NAMESPACE}:{key}": parts[key] for key in KEYS}
    config = {
        "type": "object",
        "properties": known,
        "propertyNames": {"anyOf": [{"not": {"pattern": f"^{NAMESPACE}:"}}, {"enum": list(known)}]},
        "required": [f"{NAMESPACE}:environment"],
        "oneOf": [{"required": [f"{NAMESPACE}:{platform}"]} for platform in PLATFORMS],
        "dependentRequired": {f"{NAMESPACE}:platform": [f"{NAMESPACE}:tenants"]},
    }
    top = {"type": "object", "properties": {"config": config}, "required": ["config"]}
    return {"$schema": DIALECT, "title": "A stack of hedgerow", **top, "$defs": definitions}


def _file(title: str, of: Block) -> Schema:
    parts, definitions = _parts({"file": of})
    top = definitions.pop(parts["file"]["$ref"].rpartition("/")[2])
    return {"$schema": DIALECT, "title": title, **top, "$defs": definitions}


def _parts(blocks: Mapping[str, Block]) -> tuple[dict[str, Schema], dict[str, Schema]]:
    """A reference to each block by its key, and the definitions they refer to."""
    keys, whole = models_json_schema([(of, "validation") for of in blocks.values()])
    definitions = {name: _plain(definition) for name, definition in whole["$defs"].items()}
    _say_presets(definitions)
    return {key: dict(keys[of, "validation"]) for key, of in blocks.items()}, definitions


def _plain(node: Any) -> Any:
    """A schema without pydantic's made-up titles, and without `null` as a default, which no file may hold."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _plain(of) for name, of in value.items()} if key in ("properties", "$defs") else _plain(value)
        for key, value in node.items()
        if key != "title" and (key, value) != ("default", None)
    }


def _say_presets(definitions: Mapping[str, Schema]) -> None:
    """In a stack the class of the environment sets some defaults, whatever those of the components are."""
    for preset in dataclasses.fields(Preset):
        values = (f"`{json.dumps(getattr(PRESETS[class_], preset.name))}` in {class_}" for class_ in CLASSES)
        default = f"Default: {', '.join(values)}.".replace('"', "")
        for definition in definitions.values():
            if field := definition.get("properties", {}).get(preset.name):
                field["description"] = field["description"].partition("Default: ")[0] + default


if __name__ == "__main__":
    for file, schema in schemas().items():
        (HERE / file).write_text(text(schema), encoding="utf-8")
