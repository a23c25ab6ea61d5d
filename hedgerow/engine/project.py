"""A Python Pulumi project, read from its Pulumi.yaml: where its program, stacks and policies are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..facts import yaml_text
from ..facts.problem import BadInput, Problem

FILES = ("Pulumi.yaml", "Pulumi.yml")
HIDDEN = "[secret]"
"""What a program gets for a secret that only the stack's key could decrypt."""


@dataclass(frozen=True)
class Project:
    """A project: `root` holds Pulumi.yaml, `program` its `__main__.py`, `stacks` the stack files."""

    name: str
    root: Path
    program: Path
    stacks: Path
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def policies(self) -> Path:
        """The folder of the project's own policy pack, there or not."""
        return self.root / "policies"

    def stack_names(self) -> list[str]:
        """Every stack that has a file, sorted."""
        return sorted(
            path.name.removeprefix("Pulumi.").rpartition(".")[0]
            for path in self.stacks.iterdir()
            if path.name.startswith("Pulumi.") and path.suffix in (".yaml", ".yml") and path.name not in FILES
        )

    def stack_file(self, stack: str) -> Path:
        """The file of a stack; BadInput naming those there are where it has none."""
        for suffix in ("yaml", "yml"):
            path = self.stacks / f"Pulumi.{stack}.{suffix}"
            if path.is_file():
                return path
        known = ", ".join(self.stack_names()) or "none yet"
        wanted = f"Pulumi.{stack}.yaml"
        raise BadInput(
            [Problem(self.shown(self.stacks / wanted), 0, "", f"is not there; stacks of {self.name}: {known}")]
        )

    def shown(self, path: Path) -> str:
        """A path as a person of this project writes it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


@dataclass(frozen=True)
class StackConfig:
    """Configuration as the SDK takes it: text by namespaced key (JSON for objects), and which keys are secret."""

    values: dict[str, str]
    secret: frozenset[str]

    def decoded(self) -> dict[str, Any]:
        """What is not secret, objects decoded."""
        return {key: _decoded(text) for key, text in self.values.items() if key not in self.secret}


def find(start: Path) -> Project:
    """The project that `start` lies in: the nearest Pulumi.yaml above it."""
    for folder in (start.resolve(), *start.resolve().parents):
        for name in FILES:
            if (folder / name).is_file():
                return _read(folder / name)
    raise BadInput(
        [Problem(str(start.resolve()), 0, "", "lies in no Pulumi project", fix="go to a folder with a Pulumi.yaml")]
    )


def stack_config(project: Project, stack: str) -> StackConfig:
    """The configuration of a stack: the project's defaults, then the stack file. Secrets become `[secret]`."""
    path = project.stack_file(stack)
    given = yaml_text.load(path, project.shown(path)).value.get("config") or {}
    if not isinstance(given, dict):
        raise BadInput([Problem(project.shown(path), 0, "config", "must be a mapping of keys to values", given)])
    values: dict[str, str] = {}
    secret = set()
    for key, value in {**_defaults(project), **given}.items():
        name = str(key) if ":" in str(key) else f"{project.name}:{key}"
        hidden, shown = _without_secrets(value)
        values[name] = _text(shown)
        if hidden:
            secret.add(name)
    return StackConfig(values, frozenset(secret))


def _read(path: Path) -> Project:
    document = yaml_text.load(path, path.name)
    value, root = document.value, path.parent
    runtime = value.get("runtime")
    language = runtime.get("name") if isinstance(runtime, dict) else runtime
    problems = []
    if not isinstance(value.get("name"), str):
        problems.append(Problem(path.name, 1, "name", "is missing", fix="give the project a name"))
    if language != "python":
        line = document.line_of("runtime")
        fix = "hedgerow runs Python programs; use `pulumi preview` for others"
        problems.append(Problem(path.name, line, "runtime", "must be python", language, fix))
    program = (root / str(value.get("main") or ".")).resolve()
    if not program.is_dir():
        program = program.parent
    if not (program / "__main__.py").is_file():
        line = document.line_of("main")
        problems.append(Problem(path.name, line, "main", "holds no __main__.py", str(value.get("main") or ".")))
    if not isinstance(value.get("config") or {}, dict):
        problems.append(
            Problem(path.name, document.line_of("config"), "config", "must be a mapping of keys", value["config"])
        )
    if problems:
        raise BadInput(problems)
    stacks = root / str(value.get("stackConfigDir") or ".")
    return Project(value["name"], root, program, stacks if stacks.is_dir() else root, value.get("config") or {})


def _defaults(project: Project) -> dict[str, Any]:
    found = {}
    for key, declared in project.config.items():
        if not isinstance(declared, dict):
            found[key] = declared
        elif declared.keys() & {"default", "value"}:
            found[key] = declared.get("value", declared.get("default"))
    return found


def _without_secrets(value: Any) -> tuple[bool, Any]:
    if isinstance(value, dict):
        if value.keys() == {"secure"}:
            return True, HIDDEN
        parts = {key: _without_secrets(item) for key, item in value.items()}
        return any(hidden for hidden, _ in parts.values()), {key: shown for key, (_, shown) in parts.items()}
    if isinstance(value, list):
        items = [_without_secrets(item) for item in value]
        return any(hidden for hidden, _ in items), [shown for _, shown in items]
    return False, value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value)


def _decoded(text: str) -> Any:
    if text[:1] in "{[":
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    return text
