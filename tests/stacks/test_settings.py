"""Settings as they are loaded: the examples as whole values, and whatever anybody may type."""

import base64
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
from .loads import API, IN_DEV, IN_PROD
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
            "quota": {"cpu": "100", "load_balancers": 1},
        },
        "search": {
            "allow_to": {"payments": ["TCP/8443"]},
            "owners": {"groups": ["search-team"]},
            "quota": {"cpu": "100"},
        },
    },
    workloads=IN_DEV,
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
            "quota": {"cpu": "400", "gpu": "0", "load_balancers": 1},
        },
        "search": {
            "allow_to": {"payments": ["TCP/8443"]},
            "owners": {"groups": ["search-team"]},
            "quota": {"cpu": "400", "gpu": "100"},
        },
    },
    workloads=IN_PROD,
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
    workloads=IN_DEV,
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
    workloads=IN_PROD,
)


AWS_TENANTS = Settings(
    stack="aws-tenants",
    environment="dev",
    label_prefix="platform.example.com",
    platform={"stack": "organization/hedgerow/aws-dev"},
    tenants=DEV.tenants,
    workloads=IN_DEV,
)
GCP_TENANTS = Settings(
    stack="gcp-tenants",
    environment="dev",
    label_prefix="platform.example.com",
    platform={
        "cluster": {
            "certificate_authority": base64.b64encode(
                b"-----BEGIN CERTIFICATE-----\nZXhhbXBsZQ==\n-----END CERTIFICATE-----\n"
            ).decode(),
            "endpoint": "https://203.0.113.7",
            "identifier": "projects/acme-legacy-1234/locations/europe-west4/clusters/legacy",
            "kubernetes": "1.34",
            "name": "legacy",
            "pools": {"general": {"instance_type": "n2-standard-16", "max": 18, "min": 3}},
            "profile": "gke-calico",
            "ranges": {"network": "10.96.0.0/16", "pods": "10.100.0.0/14", "services": "10.104.0.0/20"},
            "token": ["gke-gcloud-auth-plugin"],
        }
    },
    tenants=DEV.tenants,
    workloads=IN_DEV,
)
EXAMPLES = (DEV, PROD, GCP_DEV, GCP_PROD, AWS_TENANTS, GCP_TENANTS)


def test_every_example_is_held_against_what_it_says() -> None:
    assert {wanted.stack for wanted in EXAMPLES} == {
        path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in STACKS.glob("Pulumi.*.yaml")
    }


@pytest.mark.parametrize("wanted", EXAMPLES, ids=lambda wanted: wanted.stack)
def test_the_examples_are_what_they_say(wanted: Settings) -> None:
    assert read(STACKS, wanted.stack) == wanted


@pytest.mark.parametrize("stack", [wanted.stack for wanted in EXAMPLES])
def test_the_examples_disable_default_providers(stack: str) -> None:
    config = yaml.safe_load((STACKS / f"Pulumi.{stack}.yaml").read_text())["config"]
    assert config["pulumi:disable-default-providers"] == ["*"]


def test_they_are_loaded_from_pulumi_configuration() -> None:
    """`load` takes values from Pulumi, not from the stack file, which may be another one (--config-file)."""
    found = []
    config = {f"hedgerow:{key}": text for key, text in configuration(STACKS, "aws-dev").items()}
    config["hedgerow:tenants"] = '["search", "payments"]'
    config["hedgerow:environment"] = '{"class": "dev", "label_prefix": "other.example.com"}'
    record(lambda: found.append(load(STACKS)), stack="aws-dev", config=config)
    ((stack, prefix, tenants),) = [(each.stack, each.label_prefix, each.tenants) for each in found]
    assert (stack, prefix, list(tenants), tenants) == (
        "aws-dev",
        "other.example.com",
        ["search", "payments"],
        DEV.tenants,
    )


def test_they_do_not_change() -> None:
    with pytest.raises(AttributeError):
        DEV.stack = "other"  # type: ignore[misc]


def test_a_stack_without_a_class_is_prod(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    spoil(folder, [{"file": "Pulumi.aws-dev.yaml", "from": "class: dev, ", "to": ""}])
    found = read(folder, "aws-dev")
    assert (found.environment, found.tenants, found.workloads) == ("prod", PROD.tenants, IN_PROD)


def test_a_stack_may_have_no_tenants(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    spoil(folder, [{"file": "Pulumi.aws-dev.yaml", "from": "  hedgerow:tenants: [payments, search]\n", "to": ""}])
    assert read(folder, "aws-dev").tenants == {}


def test_what_an_environment_says_wins_over_what_holds_for_all(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change = {
        "from": 'dev: {quota: {cpu: "100", load_balancers: 1}}',
        "to": 'dev: {quota: {cpu: "9", load_balancers: 1}, allow_from: {}, internet: [TCP/443]}',
    }
    spoil(folder, [{"file": "tenants/payments.yaml", **change}])
    found = read(folder, "aws-dev").tenants
    assert found["payments"] == {
        "allow_from": {},
        "internet": ["TCP/443"],
        "owners": {"groups": ["payments-team"]},
        "quota": {"cpu": "9", "load_balancers": 1},
    }
    assert "allow_to" not in found["search"]


def test_a_workload_is_overridden_field_by_field_and_may_be_of_one_environment_only(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    other = (
        "other: {containers: {main: {image: docker.io/library/redis, liveness: {exec: [a]}, readiness: {exec: [b]}}}}"
    )
    change = {
        "from": "dev: {quota:",
        "to": f"dev: {{workloads: {{api: {{replicas: 3, cloud_identity: true}}, {other}}}, quota:",
    }
    spoil(folder, [{"file": "tenants/payments.yaml", **change}])
    here, there = (read(folder, stack).workloads["payments"] for stack in ("aws-dev", "aws-prod"))
    assert list(here) == ["api", "other"]
    assert here["api"] == {**API, "replicas": 3, "cloud_identity": True}
    assert there == IN_PROD["payments"]


def test_other_tenants_pods_that_get_in_are_let_out(tmp_path: Path) -> None:
    """Their workloads get a way of their own; pods that are told by labels get theirs with their whole tenant."""
    folder = copied(tmp_path)
    asked = "allow_from_pods: {ui: {tenant: payments, pods: {match_labels: {tier: ui}}, ports: [TCP/6379]}}"
    spoil(folder, [{"file": "tenants/search.yaml", "from": "    volumes:", "to": f"    {asked}\n    volumes:"}])
    found = read(folder, "aws-dev").tenants
    assert found["payments"]["allow_to"] == {"search": ["TCP/6379"]}
    assert found["search"]["allow_to"] == {"payments": ["TCP/8443"]}


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
        told = json.dumps(
            [found.aws, found.gcp, found.platform, found.label_prefix, dict(found.tenants), dict(found.workloads)],
            ensure_ascii=False,
        )
        assert '"any' not in told
    except SettingsError as error:
        refused = error
    if refused is not None:
        heading, *lines = str(refused).encode().decode().split("\n")
        assert lines == [f"  {problem}" for problem in refused.problems]
        assert lines
        assert heading.startswith("The settings of stack 'aws-dev' have ")


def given_config(stack: str) -> dict[str, Any]:
    return {key: json.loads(text) for key, text in configuration(STACKS, stack).items()}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    config=st.sampled_from(["aws-dev", "aws-tenants", "gcp-tenants"]).flatmap(lambda stack: spoilt(given_config(stack)))
    | st.dictionaries(st.sampled_from(KEYS), ANYTHING | st.text())
)
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
