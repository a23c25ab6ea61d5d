"""Blocks of settings, derived from the Args of components: what a person may type, of which type, and what it means."""

import ast
import functools
import inspect
import itertools
import sys
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from components.shared.inputs import fields

Block = type[BaseModel]


@functools.cache
def block(args_type: type, *, wired: tuple[str, ...] = (), optional: tuple[str, ...] = (), name: str = "") -> Block:
    """The block of an Args type: its fields less those typed `pulumi.Input` and those in `wired`, which code fills in.

    `optional` names required fields that may be left out here, `name` is what the JSON Schema calls the block.
    """
    documents = documentation(args_type)
    found: dict[str, Any] = {}
    for key, field in fields(args_type).items():
        if not field.wired and key not in wired:
            default = ... if field.required and key not in optional else None
            found[key] = (_annotation(field.annotation), Field(default, description=documents.get(key)))
    return model(name or args_type.__name__, found)


def model(name: str, found: Mapping[str, Any], base: Block | None = None) -> Block:
    """A block of pydantic fields, beside those of `base`: strict, frozen, and closed to other keys."""
    if base is not None:
        return create_model(name, __base__=base, **found)
    config = ConfigDict(strict=True, frozen=True, extra="forbid", protected_namespaces=())
    return create_model(name, __config__=config, **found)


@functools.cache
def documentation(args_type: type) -> dict[str, str]:
    """What each field of an Args type is, from the text below it; those of its bases too."""
    module = args_type.__module__
    written = next(node for node in _classes(module) if node.name == args_type.__name__)
    found: dict[str, str] = {}
    # Read from the text: Python 3.11 forgets the bases of a TypedDict.
    for base in written.bases:
        if isinstance(base, ast.Name) and typing.is_typeddict(inherited := getattr(sys.modules[module], base.id)):
            found |= documentation(inherited)
    for field, text in itertools.pairwise(written.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            found[field.target.id] = " ".join(str(ast.literal_eval(text.value)).split())
    return found


@functools.cache
def _classes(module: str) -> list[ast.ClassDef]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return [node for node in tree.body if isinstance(node, ast.ClassDef)]


def _annotation(of: Any) -> Any:
    if typing.is_typeddict(of):
        return block(of)
    if isinstance(of, type) and issubclass(of, Enum):
        return Literal[tuple(member.value for member in of)]
    origin = typing.get_origin(of)
    if origin in (list, dict):
        return origin[tuple(_annotation(part) for part in typing.get_args(of))]
    return of
