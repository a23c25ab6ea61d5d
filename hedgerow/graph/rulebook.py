"""What a rule's yaml may say, and the configuration of a class of environment: read with every problem told at once."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Any

from ..facts.problem import NOT_GIVEN, Problem
from ..facts.yaml_text import Document
from .admission import read_admission
from .judgement import LEVELS, Exemption, Rule, Setting
from .views import CLASSES

AREAS = ("eks", "gke", "iso", "meta", "net", "np", "ns", "wl")
"""What ids of rules begin with, and the folders that rules lie in."""
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""What a rule's file may be called."""
SEVERITIES = ("low", "medium", "high", "critical")
CASES = ("allow", "deny", "unknown")
"""Kinds of examples: nothing is found; exactly what is named; only what cannot be judged yet."""

TEXTS, LISTS = ("title", "why", "remedy", "severity"), ("judges", "references")
REQUIRED, OPTIONAL = (*TEXTS, *LISTS, "levels", "examples"), ("admission", "config", "settings")
OF_EXEMPTION = ("match", "owner", "reason", "expires")
OF_EXAMPLE, WHAT = ("title", "finds"), ("objects", "resources", "config")
SHORTEST_REASON = 10
PLAIN = {"type", "enum", "pattern", "items", "minItems", "required", "properties", "additionalProperties"}
DAY = re.compile(r"\d{4}-\d\d-\d\d")
ON_UNKNOWN = {"on_unknown": {"enum": ["advisory", "mandatory"]}}
"""The setting of every rule: the level of what it finds and cannot be certain of."""


class Reading:
    """A file, or another source of settings, and what is wrong with it by key and line."""

    def __init__(self, file: str, line_of: Callable[..., int] = lambda *_path: 0) -> None:
        self.file, self.problems = file, list[Problem]()
        self._line_of = line_of

    def wrong(self, what: str, *path: object, given: object = NOT_GIVEN, fix: str = "") -> None:
        """Report the value at `path`."""
        self.problems.append(Problem(self.file, self._line_of(*path), ".".join(map(str, path)), what, given, fix))

    def keys(self, value: Any, *path: object, required: Iterable[str] = (), optional: Iterable[str] = ()) -> bool:
        """Whether a value is a mapping, its keys reported where they are not these."""
        if not isinstance(value, dict):
            self.wrong("must be a mapping", *path, given=value)
            return False
        wanted = [*required, *optional]
        for key in [key for key in value if key not in wanted]:
            self.wrong("is not known", *path, key, fix=_nearest(str(key), wanted))
        for key in required:
            if key not in value:
                self.wrong("is missing", *path, key, fix="write it")
        return True

    def one_of(self, value: Any, allowed: Iterable[str], *path: object) -> None:
        """Report a value that is none of `allowed`."""
        if value not in allowed:
            self.wrong(f"must be one of {', '.join(allowed)}", *path, given=value)


def rule_id(area: str, name: str) -> str:
    """Id of the rule in `<area>/<name>.py`."""
    return f"{area}-{name.replace('_', '-')}"


def read_rule(identity: str, document: Document, check: Callable[..., Any]) -> tuple[Rule | None, list[Problem]]:
    """The rule that a yaml describes, or what is wrong with it."""
    reading, told = Reading(document.file, document.line_of), document.value
    reading.keys(told, required=REQUIRED, optional=OPTIONAL)
    for key in {*TEXTS, *LISTS} & told.keys():
        kind, what = (str, "must be text") if key in TEXTS else (list, "must be a list that is not empty")
        if not isinstance(told[key], kind) or not told[key]:
            reading.wrong(what, key, given=told[key])
    if isinstance(told.get("severity"), str):
        reading.one_of(told["severity"], SEVERITIES, "severity")
    if reading.keys(told.get("levels", dict.fromkeys(CLASSES, "off")), "levels", required=CLASSES):
        for name in CLASSES & told.get("levels", {}).keys():
            reading.one_of(_level(told["levels"][name]), LEVELS, "levels", name)
    if "examples" in told:
        _examples(reading, told["examples"])
    for key in OPTIONAL:
        if not isinstance(told.get(key, {}), dict):
            reading.wrong("must be a mapping", key, given=told[key])
    config = told.get("config", {})
    if isinstance(told.get("admission"), dict):
        read_admission(reading, told["admission"], config if isinstance(config, dict) else {})
    if reading.problems:
        return None, reading.problems
    title, why, remedy, severity = (" ".join(told[key].split()) for key in TEXTS)
    rule = Rule(
        identity,
        title,
        why,
        remedy,
        severity,
        settings={name: Setting(_level(told["levels"][name]), config) for name in CLASSES},
        check=check,
        config=config,
        schema=_schema(told.get("settings", {"properties": {key: {} for key in config}})),
        references=tuple(told["references"]),
        judges=tuple(told["judges"]),
        examples=told["examples"],
        admission=told.get("admission", {}),
    )
    return rule, []


def configure(rule: Rule, name: str, entry: Any, reading: Reading, *path: object) -> Rule:
    """The rule as an entry (`level`, `exempt`, settings) wants it for the class `name`; problems go to `reading`."""
    before = rule.setting(name)
    if not isinstance(entry, dict):
        reading.wrong("must be a mapping", *path, given=entry)
        return rule
    level = _level(entry.get("level", before.level))
    reading.one_of(level, LEVELS, *path, "level")
    given = {key: value for key, value in entry.items() if key not in ("level", "exempt")}
    if given:
        _validate(rule, given, reading, *path)
    exempt = entry.get("exempt", [])
    if not isinstance(exempt, list):
        reading.wrong("must be a list", *path, "exempt", given=exempt)
        exempt = []
    exemptions = [_exemption(item, reading, *path, "exempt", index) for index, item in enumerate(exempt)]
    usable = [item for item in exemptions if item is not None]
    changed = Setting(level, {**before.config, **given}, (*before.exemptions, *usable))
    return replace(rule, settings={**rule.settings, name: changed})


def _validate(rule: Rule, given: Mapping[str, Any], reading: Reading, *path: object) -> None:
    properties = rule.schema["properties"]
    for key in given.keys() - properties.keys():
        reading.wrong(f"is no setting of {rule.id}", *path, key, fix=_nearest(str(key), properties))
    known = {key: value for key, value in given.items() if key in properties}
    if all(_plainly_fits(value, properties[key]) for key, value in known.items()):
        return
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator({**rule.schema, "required": []}).iter_errors(known):
        wanted = error.validator_value
        shown = ", ".join(map(str, wanted)) if isinstance(wanted, list) else wanted
        what = WANTED.get(str(error.validator))
        if what is None:
            reading.wrong(f"does not fit: {error.message}", *path, *error.absolute_path)
        else:
            reading.wrong(f"{what} {shown}", *path, *error.absolute_path, given=error.instance)


def _plainly_fits(value: Any, schema: Any) -> bool:
    """Whether a value surely fits, by the keywords that settings mostly use: loading jsonschema takes 0.2 s."""
    if not isinstance(schema, dict) or schema.keys() - PLAIN:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, str):
        return schema.get("type") == "string" and re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, list):
        enough = schema.get("type") == "array" and len(value) >= schema.get("minItems", 0)
        return enough and all(_plainly_fits(each, schema.get("items")) for each in value)
    if not isinstance(value, dict) or schema.get("type") != "object" or set(schema.get("required", ())) - value.keys():
        return False
    named, others = schema.get("properties", {}), schema.get("additionalProperties")
    return all(_plainly_fits(each, named.get(key, others)) for key, each in value.items())


WANTED = {"type": "must be of type", "enum": "must be one of", "pattern": "must match"}


def _exemption(item: Any, reading: Reading, *path: object) -> Exemption | None:
    before = len(reading.problems)
    if not reading.keys(item, *path, required=OF_EXEMPTION):
        return None
    for key in OF_EXEMPTION & item.keys():
        if not (isinstance(item[key], str) and item[key]):
            reading.wrong("must be text", *path, key, given=item[key])
        elif key == "reason" and len(item[key]) < SHORTEST_REASON:
            reading.wrong(f"must have at least {SHORTEST_REASON} characters", *path, key, given=item[key])
        elif key == "expires" and not DAY.fullmatch(item[key]):
            reading.wrong("must be a day such as 2027-01-31", *path, key, given=item[key])
    if len(reading.problems) > before:
        return None
    try:
        expires = date.fromisoformat(item["expires"])
    except ValueError:
        reading.wrong("is no day of the calendar", *path, "expires", given=item["expires"])
        return None
    return Exemption(item["match"], item["owner"], item["reason"], expires)


def _examples(reading: Reading, examples: Any) -> None:
    if not reading.keys(examples, "examples", required=CASES):
        return
    for case in CASES & examples.keys():
        if not isinstance(examples[case], list):
            reading.wrong("must be a list", "examples", case, given=examples[case])
            continue
        for index, example in enumerate(examples[case]):
            required = OF_EXAMPLE if case == "deny" else OF_EXAMPLE[:1]
            reading.keys(example, "examples", case, index, required=required, optional=WHAT)


def _schema(given: Mapping[str, Any]) -> dict[str, Any]:
    properties = {**given.get("properties", {}), **ON_UNKNOWN}
    return {"type": "object", "additionalProperties": False, **given, "properties": properties}


def _level(given: Any) -> Any:
    # YAML 1.1 reads a bare `off` as false.
    return "off" if given is False else given


def _nearest(given: str, wanted: Iterable[str]) -> str:
    known = list(wanted)
    near = get_close_matches(given, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
