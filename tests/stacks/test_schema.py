"""The JSON Schemas that editors read: current, documented, and of one mind with what is loaded."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from stacks import aws, existing, fences, gcp
from stacks.reading import read
from stacks.schema import HERE, schemas, text

from .folder import STACKS
from .spoilt import spoilt

SCHEMAS = schemas()
FILES = {
    "Pulumi.aws-dev.yaml": "stack.schema.json",
    "Pulumi.aws-prod.yaml": "stack.schema.json",
    "Pulumi.gcp-dev.yaml": "stack.schema.json",
    "Pulumi.gcp-prod.yaml": "stack.schema.json",
    "Pulumi.aws-tenants.yaml": "stack.schema.json",
    "Pulumi.gcp-tenants.yaml": "stack.schema.json",
    "gcp-dev.lock.yaml": "gcp.lock.schema.json",
    "gcp-prod.lock.yaml": "gcp.lock.schema.json",
    "aws-dev.lock.yaml": "aws.lock.schema.json",
    "aws-prod.lock.yaml": "aws.lock.schema.json",
    "aws-tenants.lock.yaml": "tenants.lock.schema.json",
    "gcp-tenants.lock.yaml": "tenants.lock.schema.json",
    "tenants/payments.yaml": "tenants/tenant.schema.json",
    "tenants/search.yaml": "tenants/tenant.schema.json",
}


@pytest.mark.parametrize("file", SCHEMAS)
def test_what_is_checked_in_is_current(file: str) -> None:
    assert (HERE / file).read_text() == text(SCHEMAS[file]), "run `make schemas`"


def test_every_schema_file_is_made_from_a_block() -> None:
    assert {str(path.relative_to(HERE)) for path in HERE.rglob("*.schema.json")} == set(SCHEMAS)


@pytest.mark.parametrize("file", SCHEMAS)
def test_schemas_are_schemas(file: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[file])


@pytest.mark.parametrize("file", SCHEMAS)
def test_every_key_is_described_and_none_is_null(file: str) -> None:
    whole = text(SCHEMAS[file])
    assert '"default": null' not in whole
    assert '"type": "null"' not in whole
    for name, definition in {"": SCHEMAS[file], **SCHEMAS[file]["$defs"]}.items():
        for key, field in definition.get("properties", {}).items():
            if not (name == "" and file == "stack.schema.json"):
                assert field.get("description"), f"{name}.{key}"


@pytest.mark.parametrize("file", FILES)
def test_the_files_fit_the_schema_that_their_first_line_names(file: str) -> None:
    content = (STACKS / file).read_text()
    modeline = content.splitlines()[0]
    named = modeline.removeprefix("# yaml-language-server: $schema=")
    assert (Path(file).parent / named).as_posix() == FILES[file]
    validator = Draft202012Validator(SCHEMAS[FILES[file]])
    assert [error.message for error in validator.iter_errors(yaml.safe_load(content))] == []


def test_every_settings_file_is_held_against_a_schema() -> None:
    there = {str(path.relative_to(STACKS)) for path in STACKS.rglob("*.yaml")}
    assert there - {file for file in there if file.endswith(("facts.yaml", "outputs.yaml"))} == set(FILES)


def test_defaults_of_a_class_are_told_as_such() -> None:
    nat = SCHEMAS["stack.schema.json"]["$defs"]["VpcSettings"]["properties"]["nat"]["description"]
    assert nat.endswith(" Default: `single` in dev, `single` in staging, `per_zone` in prod.")


def comparable(value: Any) -> bool:
    """JSON Schema takes 3.0 for a whole number, and any text for a key; settings do not."""
    return ".0" not in json.dumps(value) and all(key.isprintable() for key in keys(value))


def keys(value: Any) -> Iterator[str]:
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys(part)
    yield from value if isinstance(value, dict) else ()


EXAMPLES = {
    "aws.lock.schema.json": (aws.LOCK, "aws-dev.lock.yaml"),
    "gcp.lock.schema.json": (gcp.LOCK, "gcp-dev.lock.yaml"),
    "tenants/tenant.schema.json": (fences.TENANT, "tenants/payments.yaml"),
}


@pytest.mark.parametrize("file", EXAMPLES)
def test_editor_and_program_agree(file: str) -> None:
    """Whatever is typed, the schema finds a fault exactly where reading does."""
    of, example = EXAMPLES[file]
    validator = Draft202012Validator(SCHEMAS[file])

    @settings(max_examples=100, deadline=None)
    @given(spoilt(yaml.safe_load((STACKS / example).read_text())).filter(comparable))
    def agree(value: Any) -> None:
        assert validator.is_valid(value) == (read(of, value).faults == ())

    agree()


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_editor_and_program_agree_on_a_platform(data: st.DataObject) -> None:
    cloud, block = data.draw(st.sampled_from([("aws", aws.BLOCK), ("gcp", gcp.BLOCK)]))
    example = yaml.safe_load((STACKS / f"Pulumi.{cloud}-prod.yaml").read_text())
    value = data.draw(spoilt(example["config"][f"hedgerow:{cloud}"]).filter(comparable))
    whole = {"config": {**example["config"], f"hedgerow:{cloud}": value}}
    valid = Draft202012Validator(SCHEMAS["stack.schema.json"]).is_valid(whole)
    assert valid == (read(block, value).faults == ())


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([("aws-tenants", existing.STACK), ("gcp-tenants", existing.CLUSTER)]), st.data())
def test_editor_and_program_agree_on_a_platform_that_exists(form: tuple[str, Any], data: st.DataObject) -> None:
    stack, block = form
    example = yaml.safe_load((STACKS / f"Pulumi.{stack}.yaml").read_text())
    value = data.draw(spoilt(example["config"]["hedgerow:platform"]).filter(comparable))
    whole = {"config": {**example["config"], "hedgerow:platform": value}}
    valid = Draft202012Validator(SCHEMAS["stack.schema.json"]).is_valid(whole)
    assert valid == (read(block, value).faults == ())


@pytest.mark.parametrize("given", [[], ["aws", "gcp"], ["aws", "platform"], ["gcp", "platform"], ["aws"], ["platform"]])
def test_a_stack_has_one_platform(given: list[str]) -> None:
    config: dict[str, Any] = {}
    for stack in ("aws-dev", "gcp-dev", "aws-tenants"):
        config |= yaml.safe_load((STACKS / f"Pulumi.{stack}.yaml").read_text())["config"]
    others = {"aws", "gcp", "platform"} - set(given)
    kept = {key: value for key, value in config.items() if key.removeprefix("hedgerow:") not in others}
    assert Draft202012Validator(SCHEMAS["stack.schema.json"]).is_valid({"config": kept}) == (len(given) == 1)


def test_a_platform_that_exists_is_there_for_tenants() -> None:
    whole = yaml.safe_load((STACKS / "Pulumi.aws-tenants.yaml").read_text())
    del whole["config"]["hedgerow:tenants"]
    assert not Draft202012Validator(SCHEMAS["stack.schema.json"]).is_valid(whole)
