"""Finds the rules of a folder, `<area>/<rule>.py` beside `<rule>.yaml`, and what `config/<class>.yaml` says of them.

Importing this module loads no rule. Everything wrong with a folder is told at once, by file and line.
"""

import importlib
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from hedgerow.facts import yaml_text
from hedgerow.facts.problem import BadInput, Problem
from hedgerow.graph import Rule
from hedgerow.graph.rulebook import AREAS, NAME, Reading, configure, read_rule, rule_id
from hedgerow.graph.views import CLASSES

CONFIG = "config"


def load(folder: Path, overrides: Path | None = None) -> tuple[Rule, ...]:
    """The rules of a folder, ordered by id, each set for every class of environment.

    A class is set by rule.yaml, then by `config/<class>.yaml` of the folder, then by `<class>.yaml` in `overrides`.
    BadInput tells everything that is wrong.
    """
    problems: list[Problem] = []
    package = _package(folder)
    found = [_rule(path, folder, package, problems) for path in _pairs(folder, problems)]
    rules = {rule.id: rule for rule in found if rule is not None}
    for configs in (folder / CONFIG, overrides):
        for path in sorted(configs.glob("*.y*ml")) if configs else ():
            _configure(rules, path, problems, complete=len(rules) == len(found))
    if problems:
        raise BadInput(problems)
    return tuple(rules[key] for key in sorted(rules))


def configured(rule: Rule, level: str, settings: Mapping[str, Any]) -> Rule:
    """The rule as one run of Pulumi wants it in every class: at `level`, unless that is empty, with these settings."""
    reading = Reading("--policy-pack-config")
    entry = {**settings, "level": level} if level else dict(settings)
    for name in CLASSES:
        rule = configure(rule, name, entry, reading, rule.id)
    if reading.problems:
        raise BadInput(list(dict.fromkeys(reading.problems)))
    return rule


def _package(folder: Path) -> str:
    """Name under which the folder's modules are imported: this package's own, or one made for another folder."""
    if __package__ and folder.resolve() == Path(__file__).resolve().parent:
        return __package__
    name = f"hedgerow_rules_{sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
    for loaded in [module for module in sys.modules if f"{module}.".startswith(f"{name}.")]:
        del sys.modules[loaded]
    module = sys.modules[name] = ModuleType(name)
    module.__path__ = [str(folder)]
    importlib.invalidate_caches()
    return name


def _pairs(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """The `.py` path of every rule, in order. A name that begins with `_` is no rule but what rules share."""
    files = sorted(path for path in folder.glob("*/*") if path.suffix in (".py", ".yaml") and path.name[0] not in "_.")
    for path in dict.fromkeys(file.with_suffix(".py") for file in files if file.parent.name != CONFIG):
        shown, other = _shown(path, folder), path.with_suffix(".yaml")
        if path.parent.name not in AREAS:
            problems.append(Problem(shown, 0, "", f"lies in no area; move it into one of {', '.join(AREAS)}"))
        elif not NAME.fullmatch(path.stem):
            what = "must be named by lower-case words with '_' between them"
            problems.append(Problem(shown, 0, "", what, path.stem, "name it such as quota_present.py"))
        elif not other.is_file():
            problems.append(Problem(shown, 0, "", f"has no {other.name} beside it; write it"))
        elif not path.is_file():
            problems.append(Problem(_shown(other, folder), 0, "", f"has no {path.name} beside it; write it"))
        else:
            yield path


def _shown(path: Path, folder: Path) -> str:
    """What a problem calls a file: its path from where the folder lies, such as `policies/ns/labels.yaml`."""
    return f"{folder.resolve().name}/{path.relative_to(folder).as_posix()}"


def _rule(path: Path, folder: Path, package: str, problems: list[Problem]) -> Rule | None:
    area, described = path.parent.name, path.with_suffix(".yaml")
    check = _check(path, _shown(path, folder), f"{package}.{area}.{path.stem}", problems)
    try:
        document = yaml_text.load(described, _shown(described, folder))
    except BadInput as error:
        problems += error.problems
        return None
    rule, wrong = read_rule(rule_id(area, path.stem), document, check)
    problems += wrong
    return rule


def _check(path: Path, shown: str, module: str, problems: list[Problem]) -> Callable[..., Any]:
    def missing(*_given: Any) -> tuple[()]:
        return ()

    try:
        check = getattr(importlib.import_module(module), "check", missing)
    except Exception as error:  # noqa: BLE001 (whatever a rule does when it is loaded is told, and the others are read)
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        line = getattr(error, "lineno", None) or (frames[-1].lineno if frames else 0) or 0
        problems.append(
            Problem(shown, line, "", f"cannot be loaded, {type(error).__name__}: {getattr(error, 'msg', error)}")
        )
        return missing
    if check is missing or not callable(check):
        problems.append(Problem(shown, 0, "", "has no function check; write `def check(views, config)`"))
    return check


def _configure(rules: dict[str, Rule], path: Path, problems: list[Problem], *, complete: bool) -> None:
    shown = _shown(path, path.parent.parent)
    if path.stem not in CLASSES or path.suffix != ".yaml":
        problems.append(Problem(shown, 0, "", f"is no class; name it {', '.join(f'{name}.yaml' for name in CLASSES)}"))
        return
    try:
        document = yaml_text.load(path, shown)
    except BadInput as error:
        problems += error.problems
        return
    reading = Reading(shown, document.line_of)
    reading.keys(document.value, required=["rules"])
    entries = document.value.get("rules", {})
    if not isinstance(entries, dict):
        reading.wrong("must be a mapping", "rules", given=entries)
    else:
        for key, entry in entries.items():
            if key in rules:
                rules[key] = configure(rules[key], path.stem, entry, reading, "rules", key)
            elif complete:
                reading.wrong("is no rule", "rules", key, fix=f"rules here: {', '.join(sorted(rules))}")
    problems += reading.problems
