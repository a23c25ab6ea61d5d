"""Answers to what a program asks a cloud while it runs: declared facts, never a guess.

They stand in `facts.yaml` beside the stack files, and per stack in `<stack>.facts.yaml`:

    invokes:
      aws:index/getAvailabilityZones:getAvailabilityZones:
        - args: {state: available}        # optional: what must be among the arguments
          result: {names: [eu-west-1a, eu-west-1b]}
    stacks:                                              # outputs of stacks that are referred to
      organization/network/prod: {vpc_id: vpc-0123}
      organization/shop/base: base.outputs.yaml          # a file beside this one: `pulumi stack output --json`

The text `[unknown]` among the outputs stands for what is not known before the other stack is there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..facts import yaml_text
from ..facts.problem import BadInput, Problem
from ..graph.value import UNKNOWN, printable
from .project import Project

FILE = "facts.yaml"
UNKNOWN_TEXT = UNKNOWN.text
NO_FILE = "names a file that is not there"

Outputs = Mapping[str, Any] | Callable[[], Mapping[str, Any]]
"""Outputs of a stack, or what reads them once they are asked for."""


class Undeclared(LookupError):
    """A program asked for something that nobody declared an answer to."""


@dataclass(frozen=True)
class Answers:
    """Declared results of invokes by token, and outputs of other stacks by their full name."""

    invokes: Mapping[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    stacks: Mapping[str, Outputs] = field(default_factory=dict)
    file: str = FILE

    def invoke(self, token: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
        """The declared result of a function call, the first whose `args` are all among the given ones."""
        for answer in self.invokes.get(token, []):
            if all(args.get(key) == value for key, value in answer.get("args", {}).items()):
                result: Mapping[str, Any] = answer.get("result", {})
                return result
        raise Undeclared(
            f"the program asks {token} with {_text(args)}, which only a cloud can answer; declare it in {self.file}:\n"
            f"  invokes:\n    {token}:\n      - result: {{…}}"
        )

    def stack_outputs(self, name: str) -> Mapping[str, Any]:
        """The declared outputs of another stack."""
        if name in self.stacks:
            outputs = self.stacks[name]
            return outputs() if callable(outputs) else outputs
        folder, file = self.file.removesuffix(FILE), f"{name.rpartition('/')[2]}.outputs.yaml"
        raise Undeclared(
            f"the program refers to stack {name!r}, whose outputs are not known here; declare them in {self.file}:\n"
            f"  stacks:\n    {name}: {file}\n"
            f"and write that file beside it: pulumi stack output -s {name} --json > {folder}{file}"
        )


def load(project: Project, stack: str) -> Answers:
    """The answers declared for a stack; its own file wins over the common one. BadInput tells what is wrong in them."""
    invokes: dict[str, list[Mapping[str, Any]]] = {}
    stacks: dict[str, Outputs] = {}
    problems: list[Problem] = []
    for path in (project.stacks / f"{stack}.{FILE}", project.stacks / FILE):
        if not path.is_file():
            continue
        document = yaml_text.load(path, project.shown(path))
        found = list(_wrong(document))
        problems += found
        if not found:
            for token, answers in (document.value.get("invokes") or {}).items():
                invokes.setdefault(token, []).extend(answers)
            for other, outputs in (document.value.get("stacks") or {}).items():
                at = Problem(document.file, document.line_of("stacks", other), f"stacks.{other}", NO_FILE, outputs)
                stacks.setdefault(other, partial(_outputs, project, at) if isinstance(outputs, str) else outputs)
    if problems:
        raise BadInput(problems)
    return Answers(invokes, stacks, project.shown(project.stacks / FILE))


def _outputs(project: Project, at: Problem) -> Mapping[str, Any]:
    """Outputs of a stack from the file that a declaration names."""
    path = project.stacks / str(at.given)
    if not path.is_file():
        raise BadInput([at])
    outputs: Mapping[str, Any] = yaml_text.load(path, project.shown(path)).value
    return outputs


def _wrong(document: yaml_text.Document) -> Iterator[Problem]:
    """What of a file is not as this module's first lines show it."""

    def problem(what: str, *path: str | int) -> Problem:
        return Problem(document.file, document.line_of(*path), ".".join(map(str, path)), what)

    for key, given in document.value.items():
        value = {} if given is None else given
        if key not in ("invokes", "stacks"):
            yield problem("is not known; write invokes or stacks", key)
        elif not isinstance(value, dict):
            yield problem("must be a mapping", key)
        elif key == "stacks":
            yield from (
                problem("must be a mapping of outputs, or the name of a file that holds it", key, name)
                for name in value
                if not isinstance(value[name], dict | str)
            )
        else:
            for token, answers in value.items():
                for index, answer in enumerate(answers if isinstance(answers, list) else ()):
                    if not isinstance(answer, dict) or not isinstance(answer.get("result"), dict):
                        yield problem("must hold a mapping result", key, token, index)
                    elif not isinstance(answer.get("args", {}), dict):
                        yield problem("must be a mapping", key, token, index, "args")
                if not isinstance(answers, list):
                    yield problem("must be a list of answers", key, token)


def _text(args: Mapping[str, Any]) -> str:
    shown = {key: value for key, value in args.items() if value is not UNKNOWN}
    return str(printable(shown)) if shown else "no arguments"
