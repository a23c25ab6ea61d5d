"""What several stacks import alike, imported once, before a process is forked off for each.

Only the Pulumi SDKs are, which cost seconds; what a program takes from them is read from its text. An import inside a
function or a condition that bears an SDK's name (`from stacks import gcp`, `import pulumi_gcp`) is followed only where
a stack file says that name. What this misses is imported later, by each stack for itself.
"""

import ast
import importlib
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from ..facts.collector import tuned
from .project import Project

Chain = tuple[str, ...]  # a way into a module, such as ("pulumi_aws", "ec2", "Vpc")
INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.If)


def load(project: Project, stacks: Sequence[str]) -> None:
    """Import the SDK, and of the others what the program of `project` uses."""
    with tuned():
        for chain in [("hedgerow.engine.monitor",), ("hedgerow.engine.sdk",), *sorted(used(project, stacks))]:
            with suppress(Exception):  # the program's own run tells what cannot be imported
                _touch(chain)


def _touch(chain: Chain) -> None:
    value: object = importlib.import_module(chain[0])
    for name in chain[1:]:
        if isinstance(value, ModuleType) and name != "config":  # an SDK's `config` reads the stack's settings
            value = getattr(value, name)


def used(project: Project, stacks: Sequence[str]) -> set[Chain]:
    """What the program, and the local modules that it reaches, take from modules named `pulumi…`."""
    said = set(re.findall(r"\w+", " ".join(project.stack_file(stack).read_text(errors="replace") for stack in stacks)))
    waiting, seen, found = {project.program / "__main__.py"}, set[Path](), set[Chain]()
    while waiting:
        file = waiting.pop()
        seen.add(file)
        with suppress(IndexError, OSError, RecursionError, SyntaxError, ValueError):
            tree = ast.parse(file.read_bytes())
            names = dict(_imports(tree, file, said))
            chains = {*names.values(), *_attributes(tree, names)}
            found |= {chain for chain in chains if chain[0].startswith("pulumi")}
            waiting |= {path for chain in names.values() for path in _files(chain, project)} - seen
    return found


def _imports(node: ast.AST, file: Path, said: set[str], *, inner: bool = False) -> Iterator[tuple[str, Chain]]:
    """Names that a module binds by importing, and what they stand for; a relative import begins with a folder."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            whence: Chain = ()
            if isinstance(child, ast.ImportFrom):
                above = (str(file.parents[child.level - 1]),) if child.level else ()
                whence = (*above, *(child.module.split(".") if child.module else ()))
            for alias in child.names:
                chain = (*whence, *alias.name.split("."))
                if not inner or all(part in said for part in map(_sdk, chain) if part):
                    yield alias.asname or alias.name, chain
        yield from _imports(child, file, said, inner=inner or isinstance(child, INNER))


@cache
def _sdk(part: str) -> str:
    """The SDK that a module is named after: `gcp` for `gcp` and `pulumi_gcp`; empty for none."""
    name = part.removeprefix("pulumi_")
    return name if name.isidentifier() and find_spec(f"pulumi_{name}") else ""


def _attributes(tree: ast.AST, names: dict[str, Chain]) -> Iterator[Chain]:
    for node in ast.walk(tree):
        path, inner = Chain(), node
        while isinstance(inner, ast.Attribute):
            path, inner = (inner.attr, *path), inner.value
        if path and isinstance(inner, ast.Name) and inner.id in names:
            yield (*names[inner.id], *path)


def _files(chain: Chain, project: Project) -> Iterator[Path]:
    """Files of the modules along a chain that are the project's, or hedgerow's own components."""
    own = (Path(__file__).parents[2],) if chain[0] == "hedgerow" else ()
    for folder in (project.program, project.root, *own):
        for length in range(1, len(chain) + 1):
            path = folder.joinpath(*chain[:length])  # a folder that a relative import begins with stands alone
            yield from (path.with_suffix(".py"), path / "__init__.py")
