"""The schema of a Terraform resource: which of its inputs are changed in place, and which force a new one.

Both kinds of resources are read: `schema.Resource` with `ForceNew`, and the framework's attributes with plan modifiers.
What cannot be read is `either`, never an update.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import go
from .package import Packages
from .words import camel, constant, plural

UPDATE, REPLACE, EITHER = "update", "replace", "either"
REST = "*"
DEEPEST = 40
MANY = (
    "ListAttribute",
    "SetAttribute",
    "ListNestedBlock",
    "SetNestedBlock",
    "ListNestedAttribute",
    "SetNestedAttribute",
)
TRUE = go.Name("true")


@dataclass(frozen=True)
class Scope:
    """Where a name is looked up: its package, then what the function around it was given or gives names itself."""

    package: str
    given: Mapping[str, tuple[Any, "Scope"]] = field(default_factory=dict)
    body: tuple[str, ...] = ()


@dataclass(frozen=True)
class Input:
    """One input: its names in Pulumi and in Terraform, what a change of it does, and the inputs below it."""

    name: str
    term: str
    effect: str
    below: tuple["Input", ...] = ()
    a_set: bool = False
    """Whether it is a set of blocks: one that changes is taken out and put in anew."""


class Reader:
    """Reads resources out of packages."""

    def __init__(self, packages: Packages, names: Mapping[str, str]) -> None:
        """`names`: Pulumi's names of Terraform's, where they do not follow from these."""
        self._packages, self._names = packages, names

    def effects(self, package: str, constructor: str) -> dict[str, str]:
        """Effects by path of the resource that an expression makes, `*` for the rest; empty where there is none."""
        scope = Scope(package)
        made, where = self._settled(go.expression(go.tokens(constructor))[0], scope)
        if not isinstance(made, go.Literal):
            return {}
        inputs = self._inputs(made, where)
        found = dict(rows(inputs))
        doubtful = list(self._doubtful(made.get("CustomizeDiff"), where))
        paths = [path for told in doubtful if told and (path := _pulumi(inputs, told))]
        found |= {path: EITHER for path in paths if found.get(path) != REPLACE}
        return found | {REST: EITHER if None in doubtful else UPDATE}

    def of_method(self, package: str, type_: str) -> dict[str, str]:
        """The same of a resource of the framework, by the type whose method `Schema` tells it."""
        told = self._packages.method(package, type_, "Schema")
        if not isinstance(told, go.Function):
            return {}
        made = _assigned_schema(told.body)
        return {**dict(rows(self._inputs(made, Scope(package, body=told.body)))), REST: UPDATE} if made else {}

    def _inputs(self, made: go.Literal, scope: Scope) -> list[Input]:
        found = list[Input]()
        for key in ("Schema", "SchemaFunc", "Attributes", "Blocks"):
            if (fields := made.get(key)) is not None:
                found += [
                    one for name, item, where in self._fields(fields, scope) for one in self._input(name, item, where)
                ]
        return found

    def _fields(self, node: Any, scope: Scope) -> Iterator[tuple[str, Any, Scope]]:
        if isinstance(node, go.Call) and node.name.endswith("MergeSchemas"):
            for argument in node.arguments:
                yield from self._fields(argument, scope)
            return
        settled, where = self._settled(node, scope)
        if isinstance(settled, go.Call):
            if settled == node:
                raise go.NotGo(f"no folder tells what '{settled.name}' gives")
            yield from self._fields(settled, where)
        for key, item in settled.elements if isinstance(settled, go.Literal) else ():
            yield self._constant(key, where), item, where

    def _input(self, name: str, node: Any, scope: Scope) -> Iterator[Input]:
        one, where = self._settled(node, scope)
        if not isinstance(one, go.Literal):
            yield Input(self._named(name, many=False), name, EITHER)
        elif TRUE in (one.get("Optional"), one.get("Required")) or one.type.endswith("Block"):
            below = tuple(self._below(one, where))
            a_set = bool(below) and one.get("Type") == go.Name("schema.TypeSet")
            yield Input(self._named(name, many=_many(one)), name, _effect(one), below, a_set)

    def _below(self, one: go.Literal, scope: Scope) -> list[Input]:
        if one.type.endswith("SingleNestedBlock") or one.get("Attributes") is not None:
            return self._inputs(one, scope)
        inner, where = self._settled(one.get("Elem") or one.get("NestedObject"), scope)
        described = isinstance(inner, go.Literal) and not inner.type.endswith("schema.Schema")
        return self._inputs(inner, where) if described else []

    def _settled(self, node: Any, scope: Scope, depth: int = 0) -> tuple[Any, Scope]:
        """What a node stands for at last: a literal, or the node itself where no folder tells."""
        if depth > DEEPEST or node is None or isinstance(node, go.Literal | go.Text):
            return node, scope
        if isinstance(node, go.Function):
            return self._settled(go.returned(node.body), Scope(scope.package, scope.given, node.body), depth + 1)
        if isinstance(node, go.Name):
            return self._named_value(node, scope, depth)
        if node.name == "sync.OnceValue" and node.arguments:
            return self._settled(node.arguments[0], scope, depth + 1)
        called, where = self._looked_up(node.name, scope)
        if isinstance(called, go.Function):
            given = {name: (value, scope) for name, value in zip(called.parameters, node.arguments, strict=False)}
            return self._settled(go.returned(called.body), Scope(where.package, given, called.body), depth + 1)
        return (node, scope) if called is None else self._settled(called, where, depth + 1)

    def _named_value(self, node: go.Name, scope: Scope, depth: int) -> tuple[Any, Scope]:
        value, where = self._looked_up(node.value, scope)
        return (node, scope) if value is None or value == node else self._settled(value, where, depth + 1)

    def _looked_up(self, name: str, scope: Scope) -> tuple[Any, Scope]:
        if name in scope.given:
            return scope.given[name]
        if (own := go.assigned(scope.body, name)) is not None:
            return own, scope
        value, package = self._packages.declared(scope.package, name)
        return value, Scope(package)

    def _constant(self, node: Any, scope: Scope) -> str:
        value, _ = self._settled(node, scope)
        if not isinstance(value, go.Text) and not isinstance(node, go.Name):
            raise go.NotGo("an input has no name")
        return value.value if isinstance(value, go.Text) else constant(node.value)

    def _named(self, name: str, *, many: bool) -> str:
        return self._names.get(name) or (plural(camel(name)) if many else camel(name))

    def _doubtful(self, node: Any, scope: Scope, depth: int = 0) -> Iterator[str | None]:
        """Paths that a resource's own code may force a new one for; None for one that is computed there."""
        if isinstance(node, go.Function):
            for at, token in enumerate(node.body):
                if token.endswith(".ForceNew") and node.body[at + 1 : at + 2] == ("(",):
                    yield self._path(go.expression(node.body, at + 2)[0], scope)
        elif isinstance(node, go.Call) and ".ForceNewIf" in node.name and node.arguments:
            yield self._path(node.arguments[0], scope)
        elif isinstance(node, go.Call | go.Name) and depth < DEEPEST:
            for argument in node.arguments if isinstance(node, go.Call) else ():
                yield from self._doubtful(argument, scope, depth + 1)
            value, where = self._looked_up(node.name if isinstance(node, go.Call) else node.value, scope)
            if value is not None and value != node:
                yield from self._doubtful(value, where, depth + 1)

    def _path(self, node: Any, scope: Scope) -> str | None:
        settled, _ = self._settled(node, scope)
        if isinstance(settled, go.Text):
            return settled.value
        return constant(settled.value) if isinstance(settled, go.Name) and "." in settled.value else None


def _pulumi(inputs: Iterable[Input], path: str) -> str:
    """A Terraform path, such as `launch_template.0.version`, as Pulumi writes it; empty where it is no input."""
    found = list[str]()
    for step in path.split("."):
        if step.isdigit():
            continue
        one = next((item for item in inputs if item.term == step), None)
        if one is None:
            return ""
        found.append(one.name)
        inputs = one.below
    return ".".join(found)


def rows(inputs: Iterable[Input], prefix: str = "", above: str = UPDATE) -> Iterator[tuple[str, str]]:
    """Paths and effects that do not follow from the path above.

    A block that forces a new resource, with inputs in it that do not, is `either`: adding it is not changing it. So is
    a set with an input that does, and what else is in it.
    """
    for item in inputs:
        path, forced = f"{prefix}{item.name}", list(_forced(item.below))
        mixed = (item.effect == REPLACE and not all(forced)) or (item.a_set and any(forced))
        effect = EITHER if mixed else item.effect
        if effect != above:
            yield path, effect
        for below, told in rows(item.below, f"{path}.", effect):
            if not (item.a_set and mixed and told == UPDATE):
                yield below, told


def _forced(inputs: Iterable[Input]) -> Iterator[bool]:
    """Of every input, whether it forces a new resource."""
    for item in inputs:
        yield item.effect == REPLACE
        yield from _forced(item.below)


def _effect(one: go.Literal) -> str:
    forced = one.get("ForceNew")
    if forced is not None:
        return REPLACE if forced == TRUE else EITHER if forced != go.Name("false") else UPDATE
    modifiers = one.get("PlanModifiers")
    if modifiers is not None and not isinstance(modifiers, go.Literal):
        return EITHER
    calls = [item.name for _, item in modifiers.elements if isinstance(item, go.Call)] if modifiers else []
    if any(name.endswith(".RequiresReplace") for name in calls):
        return REPLACE
    return EITHER if any("Replace" in name for name in calls) else UPDATE


def _many(one: go.Literal) -> bool:
    if one.type.endswith(MANY):
        return "SizeAtMost" not in str(one.get("Validators"))
    return one.get("Type") in (go.Name("schema.TypeList"), go.Name("schema.TypeSet")) and one.get(
        "MaxItems"
    ) != go.Name("1")


def _assigned_schema(body: tuple[str, ...]) -> go.Literal | None:
    """What the method gives its answer: the first literal of a schema in it."""
    for at, token in enumerate(body):
        if (
            token == "schema.Schema"  # noqa: S105
            and body[at - 1] == "="
            and isinstance(made := go.expression(body, at)[0], go.Literal)
        ):
            return made
    return None
