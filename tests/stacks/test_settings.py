"""Settings as they are loaded: the examples as whole values, and whatever anybody may type."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stacks.settings import KEYS, Settings, SettingsError, load, read_settings
from tests.support import record

from .folder import STACKS, configuration, copied, read, spoil
from .spoilt import ANYTHING, spoilt

VERSIONS = {
    "addons": {
        "coredns": "v1.13.2-eksbuild.31",
        "kube-proxy": "v1.35.3-eksbuild.29",
        "vpc-cni": "v1.22.4-eksbuild.3",
    },
    "kubernetes": "1.35",
    "node_release": "1.35.6-20260714",
}
DEV = Settings(
    stack="aws-dev",
    environment="dev",
    label_prefix="platform.example.com",
    aws={
        "account": "111122223333",
        "cluster": {"admins": {"platform": "arn:aws:iam::111122223333:role/platform-admin"}},
        "environment": "dev",
        "label_prefix": "platform.example.com",
        "network": {"cidr": "10.16.0.0/16"},
        "node_groups": {"general": {"disk_gib": 100, "instance_types": ["m7i.2xlarge"], "max": 30}},
        "region": "eu-west-1",
        "versions": VERSIONS,  # type: ignore[typeddict-item]
    },
    tenants={
        "payments": {
            "allow_from": {"search": ["TCP/8443"]},
            "owners": {"groups": ["payments-team"]},
            "quota": {"cpu": "100"},
        },
        "search": {
            "allow_to": {"payments": ["TCP/8443"]},
            "owners": {"groups": ["search-team"]},
            "quota": {"cpu": "100"},
        },
    },
)
PROD = Settings(
    stack="aws-prod",
    environment="prod",
    label_prefix="platform.example.com",
    aws={
        "account": "444455556666",
        "cluster": {"admins": {"platform": "arn:aws:iam::444455556666:role/platform-admin"}},
        "environment": "prod",
        "label_prefix": "platform.example.com",
        "network": {"cidr": "10.32.0.0/16"},
        "node_groups": {
            "general": {"disk_gib": 320, "instance_types": ["m7i.8xlarge"], "max": 30, "min": 3},
            "gpu": {"disk_gib": 200, "instance_types": ["g5.48xlarge"], "max": 13, "min": 0},
        },
        "region": "eu-west-1",
        "versions": VERSIONS,  # type: ignore[typeddict-item]
    },
    tenants={
        "payments": {
            "allow_from": {"search": ["TCP/8443"]},
            "owners": {"groups": ["payments-team"]},
            "quota": {"cpu": "400", "gpu": "0"},
        },
        "search": {
            "allow_to": {"payments": ["TCP/8443"]},
            "owners": {"groups": ["search-team"]},
            "quota": {"cpu": "400", "gpu": "100"},
        },
    },
)


GCP_DEV = Settings(
    stack="gcp-dev",
    environment="dev",
    label_prefix="platform.example.com",
    gcp={
        "autopilot": {},
        "environment": "dev",
        "label_prefix": "platform.example.com",
        "network": {"cidr": "10.64.0.0/16"},
        "project": "acme-dev-1234",
        "region": "europe-west4",
        "versions": {"kubernetes": "1.35"},
    },
    tenants=DEV.tenants,
)
GCP_PROD = Settings(
    stack="gcp-prod",
    environment="prod",
    label_prefix="platform.example.com",
    gcp={
        "cluster": {"endpoint_mode": "dns"},  # type: ignore[typeddict-item]
        "environment": "prod",
        "label_prefix": "platform.example.com",
        "network": {"cidr": "10.80.0.0/16"},
        "node_pools": {
            "general": {"disk_gib": 320, "machine_type": "n2-standard-32", "max": 45, "min": 3},
            "gpu": {"disk_gib": 200, "machine_type": "g2-standard-96", "max": 13, "min": 0},
        },
        "project": "acme-prod-1234",
        "region": "europe-west4",
        "versions": {"kubernetes": "1.35"},
    },
    tenants=PROD.tenants,
)


@pytest.mark.parametrize("wanted", [DEV, PROD, GCP_DEV, GCP_PROD], ids=lambda wanted: wanted.stack)
def test_the_examples_are_what_they_say(wanted: Settings) -> None:
    assert read(STACKS, wanted.stack) == wanted


@pytest.mark.parametrize("stack", ["aws-dev", "aws-prod", "gcp-dev", "gcp-prod"])
def test_the_examples_disable_default_providers(stack: str) -> None:
    config = yaml.safe_load((STACKS / f"Pulumi.{stack}.yaml").read_text())["config"]
    assert config["pulumi:disable-default-providers"] == ["*"]


def test_they_are_loaded_from_pulumi_configuration() -> None:
    """`load` takes values from Pulumi, not from the stack file, which may be another one (--config-file)."""
    found = []
    config = {f"hedgerow:{key}": text for key, text in configuration(STACKS, "aws-dev").items()}
    config["hedgerow:tenants"] = '["search"]'
    record(lambda: found.append(load(STACKS)), stack="aws-dev", config=config)
    assert DEV.tenants is not None
    search = {"owners": {"groups": ["search-team"]}, "quota": {"cpu": "100"}}
    assert [(each.stack, each.aws, each.tenants) for each in found] == [("aws-dev", DEV.aws, {"search": search})]


def test_they_do_not_change() -> None:
    with pytest.raises(AttributeError):
        DEV.stack = "other"  # type: ignore[misc]


def test_a_stack_without_a_class_is_prod(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    spoil(folder, [{"file": "Pulumi.aws-dev.yaml", "from": "class: dev, ", "to": ""}])
    found = read(folder, "aws-dev")
    assert (found.environment, found.tenants) == ("prod", PROD.tenants)


def test_a_stack_may_have_no_tenants(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    spoil(folder, [{"file": "Pulumi.aws-dev.yaml", "from": "  hedgerow:tenants: [payments, search]\n", "to": ""}])
    assert read(folder, "aws-dev").tenants == {}


def test_what_an_environment_says_wins_over_what_holds_for_all(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change = {
        "from": 'dev: {quota: {cpu: "100"}}',
        "to": 'dev: {quota: {cpu: "9"}, allow_from: {}, internet: [TCP/443]}',
    }
    spoil(folder, [{"file": "tenants/payments.yaml", **change}])
    found = read(folder, "aws-dev").tenants
    assert found["payments"] == {
        "allow_from": {},
        "internet": ["TCP/443"],
        "owners": {"groups": ["payments-team"]},
        "quota": {"cpu": "9"},
    }
    assert "allow_to" not in found["search"]


def test_a_secret_is_never_shown() -> None:
    """A block that holds an encrypted value arrives in clear: none of it may stand in a report."""
    config = {f"hedgerow:{key}": text for key, text in configuration(STACKS, "aws-dev").items()}
    config["hedgerow:aws"] = '{"account": "hunter2"}'
    with pytest.raises(pulumi.RunError) as refused:
        record(lambda: load(STACKS), stack="aws-dev", config=config, secret=frozenset({"hedgerow:aws"}))
    assert "hunter2" not in str(refused.value)
    assert "hedgerow:aws must not be encrypted; nothing in it is a secret: type it in plain" in str(refused.value)


def usable_or_refused(stack: str, config: dict[str, str], folder: Path) -> None:
    """Settings without anything made up, or a report that can be printed, with a line for each problem; nothing else."""
    refused: SettingsError | None = None
    try:
        found = read_settings(stack, config, folder)
        told = json.dumps([found.aws, found.gcp, found.label_prefix, dict(found.tenants)], ensure_ascii=False)
        assert '"any' not in told
    except SettingsError as error:
        refused = error
    if refused is not None:
        heading, *lines = str(refused).encode().decode().split("\n")
        assert lines == [f"  {problem}" for problem in refused.problems]
        assert lines
        assert heading.startswith("The settings of stack 'aws-dev' have ")


def given_config() -> dict[str, Any]:
    return {key: json.loads(text) for key, text in configuration(STACKS, "aws-dev").items()}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(config=spoilt(given_config()) | st.dictionaries(st.sampled_from(KEYS), ANYTHING | st.text()))
def test_any_configuration_is_used_or_refused(config: Any) -> None:
    if isinstance(config, dict):
        text = {str(key): value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
        usable_or_refused("aws-dev", text, STACKS)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    config=st.dictionaries(
        st.sampled_from(KEYS),
        st.text(max_size=40) | st.sampled_from(["[" * 3000, "1" * 5000, "NaN", '"\\ud800"', '{"\\ud800": 1}']),
    )
)
def test_any_text_in_configuration_is_used_or_refused(config: dict[str, str]) -> None:
    usable_or_refused("aws-dev", config, STACKS)


FILES = ("Pulumi.aws-dev.yaml", "aws-dev.lock.yaml", "tenants/payments.yaml")
CONTENTS = {file: (STACKS / file).read_bytes() for file in FILES}


@st.composite
def contents(draw: st.DrawFn) -> tuple[str, bytes]:
    """A settings file with anything in it: other bytes, other YAML, or a few bytes changed."""
    file = draw(st.sampled_from(FILES))
    whole = CONTENTS[file]
    at = draw(st.integers(0, len(whole)))
    changed = whole[:at] + draw(st.binary(max_size=6)) + whole[at + draw(st.integers(0, 6)) :]
    value = spoilt(yaml.safe_load(whole)).map(lambda new: yaml.safe_dump(new, allow_unicode=True).encode())
    return file, draw(st.one_of(st.binary(max_size=60), st.just(changed), value))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(change=contents())
def test_any_file_is_used_or_refused(change: tuple[str, bytes]) -> None:
    file, content = change
    with tempfile.TemporaryDirectory() as place:
        folder = copied(Path(place))
        (folder / file).write_bytes(content)
        usable_or_refused("aws-dev", configuration(STACKS, "aws-dev"), folder)


@pytest.mark.parametrize("depth", [1_000, 100_000])
@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_nested_without_end_is_refused(file: str, depth: int, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / file).write_text(f"environments: {'[' * depth}{']' * depth}\n")
    with pytest.raises(SettingsError, match=f"stacks/{file}:1: is nested more than 200 levels deep"):
        read_settings("aws-dev", configuration(STACKS, "aws-dev"), folder)


def test_a_file_that_expands_without_end_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))]
    (folder / "tenants" / "payments.yaml").write_text("\n".join(lines))
    with pytest.raises(SettingsError, match="expands by aliases to more than 200000 values"):
        read(folder, "aws-dev")
