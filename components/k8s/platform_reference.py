"""The platform of another stack: what that stack exports, read before anything is built on it."""

import typing
from collections.abc import Mapping
from typing import Any, TypedDict

import pulumi

from ..shared.inputs import fields
from ..shared.platform import CONTRACT_VERSION, PlatformArgs


class PlatformStackArgs(TypedDict):
    stack: str
    """Full name of the stack that has the platform, `organization/project/stack`."""


class PlatformReferenceArgs(PlatformStackArgs):
    cluster_identifier: str
    """What tells the cluster apart from every other one."""
    contract: PlatformArgs
    """What tenants may know of the platform."""
    kubeconfig: pulumi.Input[str]
    """Kubeconfig as JSON."""


class PlatformReferenceError(pulumi.RunError):
    """A stack does not export what is read of it; shown by `pulumi up` without a traceback."""

    exit_code = 2


async def read_reference(stack: str) -> PlatformReferenceArgs:
    """What the stack exports of its platform. It is awaited: what is built depends on it, so that it must be plain."""
    reference = pulumi.StackReference(stack)
    outputs = await reference.outputs.future(with_unknowns=True) or {}
    cluster_identifier, contract = read_outputs(stack, outputs)
    if isinstance(outputs["kubeconfig"], pulumi.output.Unknown):
        pulumi.log.info(
            f"stack '{stack}' does not know its kubeconfig yet; what only its cluster can tell stays unknown"
        )
    return {
        "cluster_identifier": cluster_identifier,
        "contract": contract,
        "kubeconfig": reference.outputs["kubeconfig"],
        "stack": stack,
    }


def read_outputs(stack: str, outputs: Mapping[str, Any]) -> tuple[str, PlatformArgs]:
    """Cluster identifier and contract among the outputs of a stack; one error names every output that is not there."""
    lacking = [f"'{key}'" for key in ("cluster_identifier", "kubeconfig") if outputs.get(key) is None]
    contract = _fitted(PlatformArgs, outputs.get("contract"), "contract", lacking)
    version = contract.get("version", CONTRACT_VERSION)
    whose, first = f"hedgerow: stack '{stack}'", f"update that stack first: pulumi up -s {stack}"
    if version != CONTRACT_VERSION:
        fix = first if version < CONTRACT_VERSION else "update hedgerow here first"
        raise PlatformReferenceError(
            f"{whose} exports version {version} of the contract, here {CONTRACT_VERSION} is read; {fix}"
        )
    if lacking:
        what = "output" if len(lacking) == 1 else "outputs"
        raise PlatformReferenceError(f"{whose} has no {what} {', '.join(sorted(lacking))}; {first}")
    return outputs["cluster_identifier"], typing.cast("PlatformArgs", contract)


def _fitted(of: Any, value: Any, at: str, lacking: list[str]) -> Any:
    """A value less keys that a later hedgerow added; keys that it lacks or does not know yet are added to `lacking`."""
    if value is None or isinstance(value, pulumi.output.Unknown):
        lacking.append(f"'{at}'")
        return {}
    parts = typing.get_args(of)
    if typing.is_typeddict(of) and isinstance(value, Mapping):
        return {
            key: _fitted(field.annotation, value.get(key), f"{at}.{key}", lacking)
            for key, field in fields(of).items()
            if field.required or key in value
        }
    if typing.get_origin(of) is dict and isinstance(value, Mapping):
        return {key: _fitted(parts[1], item, f"{at}.{key}", lacking) for key, item in value.items()}
    if typing.get_origin(of) is list and isinstance(value, list):
        return [_fitted(parts[0], item, f"{at}.{index}", lacking) for index, item in enumerate(value)]
    return int(value) if of is int and isinstance(value, float) and value.is_integer() else value
