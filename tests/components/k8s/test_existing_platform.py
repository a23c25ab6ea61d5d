"""Platforms that a stack did not make: read of another stack's outputs, or described in plain values."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from pulumi.provider.experimental.component import ComponentProvider

from components.k8s import ExistingPlatform, Tenant
from components.k8s.existing_cluster import ExistingClusterArgs
from components.k8s.existing_platform import ExistingPlatformArgs, plan
from components.k8s.platform_reference import (
    PlatformReferenceArgs,
    PlatformReferenceError,
    read_outputs,
    read_reference,
)
from components.shared.platform import PlatformArgs
from hedgerow.engine.answers import Answers, Undeclared
from hedgerow.facts import labels
from hedgerow.graph import UNKNOWN, Snapshot
from tests.components.support import as_a_host_gets_it, changed, refusals
from tests.support import TESTS, golden, record

from .examples import PLATFORM, SMALLEST

STACK = "organization/hedgerow/aws-dev"
AUTHORITY = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nZXhhbXBsZQ==\n-----END CERTIFICATE-----\n").decode()
KEY = base64.b64encode(b"-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n").decode()
ARN = "arn:aws:eks:eu-west-1:111122223333:cluster/aws-dev"
OUTPUTS: dict[str, Any] = {"cluster_identifier": ARN, "contract": PLATFORM, "kubeconfig": '{"kind": "Config"}'}

CLUSTER: ExistingClusterArgs = {
    "endpoint": "https://203.0.113.7",
    "kubernetes": "1.34",
    "name": "legacy",
    "pools": {},
    "profile": "gke-calico",
    "ranges": {"network": "10.96.0.0/16", "services": "10.104.0.0/20"},
    "token": ["gke-gcloud-auth-plugin"],
}
FULLEST_CLUSTER: ExistingClusterArgs = {
    "certificate_authority": AUTHORITY,
    "dns_addresses": ["10.200.0.10/32"],
    "endpoint": "https://0f7c.gr7.eu-west-1.eks.amazonaws.com",
    "health_checks": ["10.1.0.0/20"],
    "identifier": "arn:aws:eks:eu-west-1:444455556666:cluster/bought",
    "kubernetes": "1.33",
    "name": "bought",
    "network_policy": "cilium",
    "pools": {
        "general": {"instance_type": "m7i.2xlarge", "max": 14, "min": 3},
        "gpu": {
            "instance_type": "g5.48xlarge",
            "labels": {"pool": "gpu"},
            "max": 13,
            "min": 0,
            "taints": {"nvidia.com/gpu": "present:NoSchedule"},
        },
    },
    "profile": "eks",
    "ranges": {"network": "10.1.0.0/16", "pods": "100.64.0.0/16", "services": "10.200.0.0/16"},
    "token": ["aws", "--region", "eu-west-1", "eks", "get-token", "--cluster-name", "bought", "--output", "json"],
}
REFERENCE: PlatformReferenceArgs = {
    "cluster_identifier": ARN,
    "contract": PLATFORM,
    "kubeconfig": OUTPUTS["kubeconfig"],
    "stack": STACK,
}
EXAMPLES: dict[str, ExistingPlatformArgs] = {
    "smallest": {"cluster": CLUSTER, "environment": "dev", "label_prefix": "platform.example.com"},
    "fullest": {"cluster": FULLEST_CLUSTER, "environment": "prod", "label_prefix": "platform.example.com"},
    "reference": {"environment": "dev", "label_prefix": "platform.example.com", "reference": REFERENCE},
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_it_is_as_reviewed(example: str) -> None:
    recorded = record(lambda: ExistingPlatform("main", EXAMPLES[example]))
    golden(TESTS / f"components/k8s/goldens/existing_platform-{example}.yaml", recorded)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_component_host_makes_the_same(example: str) -> None:
    sent = as_a_host_gets_it(EXAMPLES[example], ExistingPlatformArgs)
    host = ComponentProvider([ExistingPlatform], "hedgerow")
    recorded = record(lambda: host.construct("main", "hedgerow:index:ExistingPlatform", sent))
    golden(TESTS / f"components/k8s/goldens/existing_platform-{example}.yaml", recorded)


def test_a_kubeconfig_asks_a_command_and_holds_no_secret() -> None:
    found = json.loads(str(plan("main", EXAMPLES["fullest"]).kubeconfig))
    assert found["current-context"] == "bought"
    assert found["clusters"][0]["cluster"] == {
        "certificate-authority-data": AUTHORITY,
        "server": "https://0f7c.gr7.eu-west-1.eks.amazonaws.com",
    }
    assert found["users"] == [
        {
            "name": "bought",
            "user": {
                "exec": {
                    "apiVersion": "client.authentication.k8s.io/v1beta1",
                    "args": [
                        "--region",
                        "eu-west-1",
                        "eks",
                        "get-token",
                        "--cluster-name",
                        "bought",
                        "--output",
                        "json",
                    ],
                    "command": "aws",
                    "interactiveMode": "IfAvailable",
                    "provideClusterInfo": True,
                }
            },
        }
    ]


def test_a_cluster_is_told_apart_by_its_endpoint_where_nothing_else_is_given() -> None:
    assert plan("main", EXAMPLES["smallest"]).cluster_identifier == "https://203.0.113.7"


def test_what_the_settings_say_wins_over_the_profile() -> None:
    plain, said = (plan("main", EXAMPLES[example]).contract for example in ("smallest", "fullest"))
    assert (plain["network_policy"], said["network_policy"]) == ("calico", "cilium")
    assert plain["health_checks"] == ["35.191.0.0/16", "130.211.0.0/22"]
    assert said["health_checks"] == ["10.1.0.0/20"]
    assert said["dns"]["addresses"] == ["169.254.20.10/32", "10.200.0.10/32"]


def test_a_tenant_stands_on_either_kind_of_platform() -> None:
    for example in EXAMPLES.values():
        contract = plan("main", example).contract
        snapshot = record(lambda contract=contract: Tenant("payments", {**SMALLEST, "platform": contract}))  # type: ignore[misc]
        (tenant,) = snapshot.of_type("hedgerow:index:Tenant")
        assert tenant.inputs["platform"] == contract


def cluster(path: str, value: object) -> Any:
    return changed(f"cluster.{path}", value, EXAMPLES["smallest"])


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            cluster("endpoint", "203.0.113.7"),
            "cluster.endpoint must be an https address, got '203.0.113.7'; type one such as https://203.0.113.7",
        ),
        (
            cluster("certificate_authority", "x"),
            "cluster.certificate_authority must be a certificate, PEM in base64; "
            "type certificate-authority-data of its kubeconfig",
        ),
        (
            cluster("certificate_authority", KEY),
            "cluster.certificate_authority must be a certificate, PEM in base64; "
            "type certificate-authority-data of its kubeconfig",
        ),
        (
            cluster("kubernetes", "1.34.2"),
            "cluster.kubernetes must be a minor version, got '1.34.2'; type one such as 1.35",
        ),
        (
            cluster("profile", "aks"),
            "cluster.profile must be one of eks, gke, gke-node-local-dns, gke-cloud-dns, gke-calico, got 'aks'; "
            "type the nearest of them",
        ),
        (
            cluster("network_policy", "weave"),
            "cluster.network_policy must be one of vpc-cni, dataplane-v2, calico, cilium, none, got 'weave'; "
            "type one of them",
        ),
        (cluster("token", []), "cluster.token must not be empty, got []; type the command that gets a token, such as "
            "[gke-gcloud-auth-plugin]"),
        (cluster("name", " "), "cluster.name must not be empty, got ' '; type it as the cloud shows it"),
        (cluster("identifier", ""), "cluster.identifier must not be empty, got ''; type it as the cloud shows it"),
        (
            cluster("ranges", {"network": "10.96.0.0/16"}),
            "cluster.ranges.services is missing; type services: … (a range such as 10.16.0.0/16)",
        ),
        (
            cluster("ranges.pods", "10.1.2.3/16"),
            "cluster.ranges.pods has host bits set, got '10.1.2.3/16'; write 10.1.0.0/16",
        ),
        (
            cluster("ranges.pods", "0.0.0.0/0"),
            "cluster.ranges.pods must be narrower than every address, got '0.0.0.0/0'; "
            "type the range that is meant, such as 10.16.0.0/16",
        ),
        (
            cluster("dns_addresses", ["10.104.0.10"]),
            "cluster.dns_addresses.0 has no prefix length, got '10.104.0.10'; write 10.104.0.10/32 for one address",
        ),
        (
            cluster("health_checks", ["here"]),
            "cluster.health_checks.0 is not an address range, got 'here'; write a range such as 10.16.0.0/16",
        ),
        (
            cluster("pools", {"a": {"instance_type": "n2", "max": 1, "min": 2}}),
            "cluster.pools.a.max must be 2 to 15000, got 1; type one, such as 2",
        ),
        (
            cluster("pools", {"A": {"instance_type": "n2", "max": 1, "min": 0}}),
            "cluster.pools.A must be named in lower-case letters, digits and hyphens, got 'A'; rename it",
        ),
        (
            cluster("pools", {"a": {"instance_type": "n2", "max": 1, "min": 0, "taints": {"gpu": "present"}}}),
            "cluster.pools.a.taints.gpu must end with one of NoSchedule, NoExecute, PreferNoSchedule, got 'present'; "
            "type one such as present:NoSchedule",
        ),
        (
            {"environment": "dev", "label_prefix": "platform.example.com"},
            "cluster is missing; give either cluster or reference",
        ),
        (
            {**EXAMPLES["smallest"], "reference": REFERENCE},
            "cluster must not be given beside reference; give either cluster or reference",
        ),
        (
            {**EXAMPLES["reference"], "environment": "prod"},
            f"environment must be dev as on the platform of stack {STACK}, got 'prod'; type that, or take another stack",
        ),
        (
            {**EXAMPLES["reference"], "label_prefix": "other.example"},
            f"label_prefix must be platform.example.com as on the platform of stack {STACK}, got 'other.example'; "
            "type that, or take another stack",
        ),
        (
            changed("reference.contract.metadata_addresses", ["nowhere"], EXAMPLES["reference"]),
            "reference.contract.metadata_addresses is not an address range, got 'nowhere'; "
            "write a range such as 10.16.0.0/16",
        ),
        (
            changed("label_prefix", "Example", EXAMPLES["smallest"]),
            f"label_prefix {labels.name_with_dots_problem('Example')}, got 'Example'; "
            "type a DNS name of yours such as platform.example.com",
        ),
    ],
)  # fmt: skip
def test_fails_when_an_argument_is_wrong(args: Any, told: str) -> None:
    assert refusals(plan, args) == [told]


def test_fails_with_all_that_is_wrong_at_once() -> None:
    wrong = {**CLUSTER, "endpoint": "x", "kubernetes": "1", "profile": "x", "ranges": {}, "token": []}
    assert [line.split(" ")[0] for line in refusals(plan, {**EXAMPLES["smallest"], "cluster": wrong})] == [
        "cluster.endpoint",
        "cluster.token",
        "cluster.kubernetes",
        "cluster.profile",
        "cluster.ranges.network",
        "cluster.ranges.services",
    ]


def over(outputs: Mapping[str, Any]) -> Snapshot:
    """A program that awaits the platform of another stack, then builds a tenant on it."""

    async def main() -> None:
        reference = await read_reference(STACK)
        platform = ExistingPlatform(
            "main", {"environment": "dev", "label_prefix": "platform.example.com", "reference": reference}
        )
        Tenant("payments", {**SMALLEST, "platform": platform.contract})
        pulumi.export("kubeconfig", platform.kubeconfig)

    return record(lambda: pulumi.run(main), answers=Answers(stacks={STACK: outputs}))


def test_a_program_awaits_another_stack_and_builds_on_what_it_exports() -> None:
    snapshot = over(OUTPUTS)
    (platform,) = snapshot.of_type("hedgerow:index:ExistingPlatform")
    (tenant,) = snapshot.of_type("hedgerow:index:Tenant")
    (stack,) = snapshot.of_type("pulumi:pulumi:Stack")
    assert platform.inputs == {**OUTPUTS, "stack": STACK}
    assert tenant.inputs["platform"] == PLATFORM
    assert stack.outputs["kubeconfig"] == OUTPUTS["kubeconfig"]


def test_what_the_other_stack_does_not_know_yet_stays_unknown() -> None:
    """As in the embedded preview of a stack whose platform was never made: the rest is judged all the same."""
    snapshot = over({**OUTPUTS, "kubeconfig": "[unknown]", "other": "[unknown]"})
    (platform,) = snapshot.of_type("hedgerow:index:ExistingPlatform")
    assert platform.inputs == {**OUTPUTS, "kubeconfig": UNKNOWN, "stack": STACK}
    assert platform.outputs == {**OUTPUTS, "kubeconfig": UNKNOWN}


def test_a_stack_that_nobody_declared_is_asked_for() -> None:
    async def main() -> None:
        await read_reference(STACK)

    with pytest.raises(Undeclared) as error:
        record(lambda: pulumi.run(main))
    assert str(error.value) == (
        f"the program refers to stack '{STACK}', whose outputs are not known here; declare them in facts.yaml:\n"
        f"  stacks:\n    {STACK}: aws-dev.outputs.yaml\n"
        f"and write that file beside it: pulumi stack output -s {STACK} --json > aws-dev.outputs.yaml"
    )


FIRST = f"update that stack first: pulumi up -s {STACK}"


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in PLATFORM.items() if key not in keys}


@pytest.mark.parametrize(
    ("outputs", "told"),
    [
        ({}, f"has no outputs 'cluster_identifier', 'contract', 'kubeconfig'; {FIRST}"),
        ({**OUTPUTS, "kubeconfig": None}, f"has no output 'kubeconfig'; {FIRST}"),
        ({**OUTPUTS, "contract": without("health_checks")}, f"has no output 'contract.health_checks'; {FIRST}"),
        (
            {**OUTPUTS, "contract": {**without("identity", "ranges"), "pools": {"a": {"max": 1, "min": 0}}}},
            f"has no outputs 'contract.identity', 'contract.pools.a.instance_type', 'contract.ranges'; {FIRST}",
        ),
        (
            {**OUTPUTS, "contract": {**PLATFORM, "identity": [{"address": "169.254.170.23/32"}]}},
            f"has no output 'contract.identity.0.ports'; {FIRST}",
        ),
        (
            {**OUTPUTS, "contract": {**PLATFORM, "version": 0}},
            f"exports version 0 of the contract, here 1 is read; {FIRST}",
        ),
        (
            {**OUTPUTS, "contract": {**PLATFORM, "version": 2.0}},
            "exports version 2 of the contract, here 1 is read; update hedgerow here first",
        ),
    ],
)
def test_fails_when_the_other_stack_lacks_an_output(outputs: dict[str, Any], told: str) -> None:
    with pytest.raises(PlatformReferenceError) as error:
        read_outputs(STACK, outputs)
    assert str(error.value) == f"hedgerow: stack '{STACK}' {told}"
    assert error.value.exit_code == 2


def test_fails_where_the_contract_of_the_other_stack_is_not_known() -> None:
    with pytest.raises(PlatformReferenceError) as error:
        over({**OUTPUTS, "contract": {**PLATFORM, "kubernetes": "[unknown]"}})
    assert str(error.value) == f"hedgerow: stack '{STACK}' has no output 'contract.kubernetes'; {FIRST}"


def test_keys_that_a_later_hedgerow_added_are_left_out_and_numbers_are_whole_again() -> None:
    """A state holds every number as a float."""
    pools = {"general": {"instance_type": "m7i.2xlarge", "max": 14.0, "min": 1.0, "zones": 3.0}}
    identity = [{"address": "169.254.170.23/32", "ports": [80.0]}]
    given = {**PLATFORM, "colour": "red", "identity": identity, "pools": pools, "version": 1.0}
    contract: PlatformArgs = read_outputs(STACK, {**OUTPUTS, "contract": given})[1]
    assert json.dumps(contract, sort_keys=True) == json.dumps(PLATFORM, sort_keys=True)
