"""Property bags of Pulumi's gRPC protocol, read into plain values in one pass."""

from sys import intern
from typing import Any

from ..value import SIGNATURE, UNKNOWN, UNKNOWN_TEXTS, plain


def struct(message: Any) -> dict[str, Any]:
    """Plain values of a `google.protobuf.Struct`; equal texts are kept once: thousands of resources say the same."""
    return {intern(key): _value(item) for key, item in message.fields.items()}


def _value(message: Any) -> Any:
    kind = message.WhichOneof("kind")
    if kind == "string_value":
        text = message.string_value
        return UNKNOWN if text in UNKNOWN_TEXTS else intern(text)
    if kind == "struct_value":
        inner = message.struct_value
        if SIGNATURE in inner.fields:
            return plain(dict(inner))
        return struct(inner)
    if kind == "list_value":
        return [_value(item) for item in message.list_value.values]
    if kind == "number_value":
        number = message.number_value
        return int(number) if number.is_integer() else number
    return message.bool_value if kind == "bool_value" else None


def urn_of_provider(reference: str) -> str:
    """The URN in a provider reference `urn::id`; empty for a default provider."""
    return reference.rpartition("::")[0]
