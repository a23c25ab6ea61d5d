"""What the monitor answers, and what it refuses with which words."""

import asyncio
import inspect
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s
import pytest
from pulumi.runtime import Settings, configure, set_all_config
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_in_stack

from hedgerow.engine import sdk
from hedgerow.engine.answers import Answers, Undeclared
from hedgerow.engine.monitor import DefaultProviderDisabled
from hedgerow.graph import UNKNOWN, Snapshot
from hedgerow.graph.sources.recording import DuplicateUrn

from ..support import record

ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"


def by_name(snapshot: Snapshot, name: str) -> Any:
    return next(resource for resource in snapshot.resources if resource.name == name)


def test_an_id_is_unknown_and_what_hangs_on_it_too() -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
        aws.ec2.Subnet("a", vpc_id=vpc.id, cidr_block=vpc.cidr_block)

    subnet = by_name(record(program), "a")
    assert subnet.inputs == {"vpcId": UNKNOWN, "cidrBlock": "10.0.0.0/16"}
    assert [urn.rpartition("::")[2] for urn in subnet.dependencies] == ["net"]


def test_an_invoke_is_answered_from_what_was_declared_for_its_arguments() -> None:
    answers = Answers(
        {ZONES: [{"args": {"state": "impaired"}, "result": {"names": []}}, {"result": {"names": ["eu-west-1b"]}}]}
    )

    def program() -> None:
        zones = aws.get_availability_zones_output(state="available")
        aws.ec2.Subnet("a", vpc_id="vpc-1", availability_zone=zones.names[0])

    assert by_name(record(program, answers=answers), "a").input("availabilityZone") == "eu-west-1b"


def test_an_undeclared_invoke_says_how_to_declare_it() -> None:
    with pytest.raises(Undeclared) as caught:
        record(lambda: aws.get_availability_zones(state="available"))
    assert str(caught.value) == (
        f"the program asks {ZONES} with {{'state': 'available'}}, which only a cloud can answer; declare it in "
        f"facts.yaml:\n  invokes:\n    {ZONES}:\n      - result: {{…}}"
    )


def test_a_stack_reference_is_answered_from_what_was_declared() -> None:
    def program() -> None:
        other = pulumi.StackReference("organization/network/prod")
        aws.ec2.Subnet("a", vpc_id=other.get_output("vpc_id"))

    answers = Answers(stacks={"organization/network/prod": {"vpc_id": "vpc-123"}})
    assert by_name(record(program, answers=answers), "a").input("vpcId") == "vpc-123"


def test_an_output_that_is_declared_unknown_is_unknown_and_leaves_the_others_known() -> None:
    def program() -> None:
        other = pulumi.StackReference("organization/network/prod")
        aws.ec2.Subnet(
            "a", vpc_id=other.outputs["vpc_id"], tags={"zone": other.outputs["zones"][0], "by": other.outputs["who"]}
        )

    declared = {"vpc_id": "[unknown]", "who": "me", "zones": ["[unknown]"]}
    snapshot = record(program, answers=Answers(stacks={"organization/network/prod": declared}))
    assert by_name(snapshot, "a").inputs == {"vpcId": UNKNOWN, "tags": {"zone": UNKNOWN, "by": "me"}}
    reference = by_name(snapshot, "organization/network/prod")
    assert reference.outputs["outputs"] == {"vpc_id": UNKNOWN, "who": "me", "zones": [UNKNOWN]}


def test_an_undeclared_stack_reference_says_how_to_declare_it() -> None:
    with pytest.raises(Undeclared, match="refers to stack 'organization/network/prod'"):
        record(lambda: pulumi.StackReference("organization/network/prod"))


def test_two_resources_of_one_name_are_refused() -> None:
    def program() -> None:
        for _ in range(2):
            k8s.core.v1.Namespace("pay", metadata={"name": "pay"})

    with pytest.raises(DuplicateUrn, match="two resources are called 'pay'"):
        record(program)


@pytest.mark.parametrize("disabled", ["kubernetes", "*"])
def test_a_default_provider_is_refused_where_the_stack_disables_it(disabled: str) -> None:
    with pytest.raises(DefaultProviderDisabled, match="has no explicit provider"):
        record(lambda: k8s.core.v1.Namespace("pay", metadata={"name": "pay"}), disabled_providers=frozenset({disabled}))


def test_an_explicit_provider_is_no_default_provider() -> None:
    def program() -> None:
        provider = k8s.Provider("cluster", kubeconfig="{}")
        k8s.core.v1.Namespace("pay", metadata={"name": "pay"}, opts=pulumi.ResourceOptions(provider=provider))

    found = by_name(record(program, disabled_providers=frozenset({"*"})), "pay")
    assert found.provider == "urn:pulumi:dev::hedgerow::pulumi:providers:kubernetes::cluster"


def test_a_remote_component_is_recorded_as_one_opaque_resource() -> None:
    class Remote(pulumi.ComponentResource):
        endpoint: pulumi.Output[str]

        def __init__(self) -> None:
            super().__init__("eks:index:Cluster", "main", {"endpoint": None}, None, remote=True)

    def program() -> None:
        aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", tags={"endpoint": Remote().endpoint})

    snapshot = record(program)
    assert by_name(snapshot, "main").remote
    assert by_name(snapshot, "net").input("tags", "endpoint") is UNKNOWN


def test_stack_outputs_and_secrets_are_kept_as_marks() -> None:
    def program() -> None:
        pulumi.export("password", pulumi.Output.secret("hunter2"))
        pulumi.export("vpc", aws.ec2.Vpc("net", cidr_block="10.0.0.0/16").id)

    stack = by_name(record(program), "hedgerow-dev")
    assert repr(stack.outputs["password"]) == "[secret]"
    assert stack.outputs["vpc"] is UNKNOWN


def test_runs_do_not_see_each_other() -> None:
    first = record(lambda: pulumi.export("x", pulumi.Config("a").get("b")), config={"a:b": "1"})
    second = record(lambda: pulumi.export("x", pulumi.Config("a").get("b")))
    assert [run.resources[0].outputs.get("x") for run in (first, second)] == ["1", None]


def test_the_private_surface_of_the_sdk_is_as_the_adapter_expects() -> None:
    """hedgerow/engine/sdk.py leans on these; a changed signature must be noticed here and not in a user's run."""
    assert list(inspect.signature(run_in_stack).parameters) == ["func"]
    assert list(inspect.signature(configure).parameters) == ["settings"]
    assert list(inspect.signature(set_all_config).parameters) == ["config", "secret_keys"]
    wanted = {"project", "stack", "monitor", "engine", "dry_run", "organization", "root_directory"}
    assert wanted <= set(inspect.signature(Settings).parameters)
    assert isinstance(SETTINGS.outputs, set)
    with SETTINGS.lock:
        pass


def test_waiting_ends_when_nothing_is_outstanding() -> None:
    async def program() -> tuple[bool, set[Any]]:
        slow = pulumi.Output.from_input(asyncio.sleep(0.01, "done")).apply(str.upper)
        await sdk.settled()
        return slow._data.done(), set(SETTINGS.outputs)

    assert asyncio.run(program()) == (True, set())


def test_waiting_ends_when_an_output_fails_though_another_never_comes() -> None:
    async def program() -> list[bool]:
        never = pulumi.Output.from_input(asyncio.get_running_loop().create_future())
        failing = pulumi.Output.from_input(asyncio.sleep(0)).apply(lambda _: 1 // 0)
        await asyncio.wait_for(sdk.settled(), 5)
        outputs = never, failing
        done = [output._data.done() for output in outputs]
        for output in outputs:
            output._data.cancel()
        SETTINGS.outputs.clear()
        return done

    assert asyncio.run(program()) == [False, True]
